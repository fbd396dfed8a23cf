"""Sentences: exact offsets for any text, and the boundaries that news needs."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import MAX_SENTENCE_CHARS, split_sentences
from tests.conftest import DATA, SEED


def cut(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Gen. Qassem al-Atta spoke. He left.",
            ["Gen. Qassem al-Atta spoke.", "He left."],
        ),
        (
            "It came 2 ½ years after the U.S. military left. U.S. officials agreed.",
            ["It came 2 ½ years after the U.S. military left.", "U.S. officials agreed."],
        ),
        ("“We march.” The men sang.", ["“We march.”", "The men sang."]),
        ("J. K. Rowling met George W. Bush. Ms. Saar did not.", None),
        ("TACOMA, Wash. — A dog barked. It slept.", ["TACOMA, Wash. — A dog barked.", "It slept."]),
        ("It opens at 9:40 p.m. Tuesday. Bring a coat.", None),
        ("He will stand in May. Polls favour him.", ["He will stand in May.", "Polls favour him."]),
        ("She fell ill. The doctor came.", ["She fell ill.", "The doctor came."]),
        ("Kerry told Yahoo! News that it may.", ["Kerry told Yahoo! News that it may."]),
        (
            "- raised the fee by $1.75;\n2. Pump the water out.\n• Hold it shut.",
            ["raised the fee by $1.75;", "Pump the water out.", "Hold it shut."],
        ),
        (
            "“I clean rooms. The ward is open,” she said.",
            ["“I clean rooms.", "The ward is open,” she said."],
        ),
        ("One line\nand another", ["One line", "and another"]),
        ("* * *", []),
        ("", []),
    ],
)
def test_news_boundaries(text: str, sentences: list[str] | None) -> None:
    got = cut(text)
    if sentences is None:
        assert len(got) == 2 or got == [text], got
        assert not any(s in {"J.", "K.", "Ms.", "It opens at 9:40 p.m."} for s in got)
    else:
        assert got == sentences


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_offsets_hold_for_any_text(text: str) -> None:
    spans = split_sentences(text)
    for span, following in pairwise(spans):
        assert span.end <= following.start
    for span in spans:
        sentence = text[span.start : span.end]
        assert sentence
        assert sentence == sentence.strip()
        assert "\n" not in sentence
        assert len(sentence) <= MAX_SENTENCE_CHARS


@given(
    st.lists(
        st.sampled_from(
            ["Gen. Al left.", "“Go!” he said.", "3.5 m (9 ft).", "No. 5 won.", "¿Qué?"]
        ),
        max_size=12,
    )
)
def test_no_letter_is_lost(parts: list[str]) -> None:
    text = " ".join(parts)
    inside = {i for span in split_sentences(text) for i in range(span.start, span.end)}
    assert all(i in inside for i, c in enumerate(text) if c.isalnum())


def test_enormous_line_is_cut_and_quick() -> None:
    spans = split_sentences("漢字。" * 20_000 + "a" * 50_000)
    assert max(span.end - span.start for span in spans) <= MAX_SENTENCE_CHARS


@pytest.mark.skipif(not SEED.exists(), reason="the example article is not beside this checkout")
def test_seed_article() -> None:
    got = cut(SEED.read_text(encoding="utf-8"))
    assert "Some 3,000 others from Tal Afar fled west to the neighboring town of Sinjar." in got
    assert any(s.startswith("The stunning turn of events in Iraq, 2 ½ years") for s in got)
    assert any(s.endswith("“may well” be an option.") for s in got)


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not beside this checkout")
def test_evidence_sentences_are_found_whole() -> None:
    found = asked = 0
    for line in (DATA / "dev" / "news_dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sentences = set(cut(row["body"]))
        for question in row["qas"]:
            asked += 1
            found += question["evidence"] in sentences
    assert found / asked >= 0.98, (found, asked)
