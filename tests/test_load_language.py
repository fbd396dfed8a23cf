"""The language of an article: what files declare, what texts show, one detector for all threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.loaders import language
from index.loaders.language import detect_language, language_code
from tests.loader_files import PROSE, the_article

TEXTS = {
    "en": PROSE,
    "fr": "Le maire a démissionné jeudi. « C’est une décision difficile », a-t-il déclaré.",
    "de": "Der Stadtrat hat am Dienstag beschlossen, die alte Brücke über den Fluss zu erneuern.",
    "es": "El ayuntamiento decidió el martes reconstruir el viejo puente, cerrado desde 2019.",
    "ru": "Мэр города подал в отставку. Совет назначил выборы на осень, сообщила газета.",
    "ja": "東京で新しい橋が開通した。市長は喜んでいると述べた。工事は三年かかった。",
}


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("EN_gb", "en"),
        ("eng", "en"),
        ("English", "en"),
        (" de ", "de"),
        ("ger", "de"),
        ("deu", "de"),
        ("zh-Hant-TW", "zh"),
        ("iw", "he"),
        ("fr, de", "fr"),
        (["fr", "de"], "fr"),
        ("und", None),
        ("x-default", None),
        ("zxx", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_declared_languages(declared: object, code: str | None) -> None:
    assert language_code(declared) == code


@pytest.mark.parametrize("code", TEXTS)
def test_language_of_a_text(code: str) -> None:
    assert detect_language(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "Bridge", "12 34 56 78 90", "foo(bar) = 1;", "\n\n"])
def test_texts_that_tell_nothing(text: str) -> None:
    assert detect_language(text) is None


def test_what_is_declared_counts_before_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\nlang: fr\n---\n\n{PROSE}")
    assert the_article(path).language == "fr"
    path.write_text(PROSE)
    assert the_article(path).language == "en"


def test_threads_share_one_detector() -> None:
    language._detector.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(detect_language, list(TEXTS.values()) * 8))
    assert found == list(TEXTS) * 8
    assert language._detector.cache_info().misses == 1
