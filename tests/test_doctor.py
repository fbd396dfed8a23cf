"""The doctor: finds each kind of damage, mends what it can, leaves a sound index alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import Index, postings
from index.doctor import examine
from index.fakes import HashEmbedder
from tests.index_state import rows
from tests.test_sync import BAKERY, FERRY, ROADS

LONG = " ".join(f"The river rose {n} metres in town {n} on Monday." for n in range(40))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in {
        "a.txt": FERRY,
        "b.txt": BAKERY,
        "c.txt": ROADS,
        "d.txt": FERRY,
        "e.txt": LONG,
        "f.txt": f"{LONG} More rain is coming.",
    }.items():
        (folder / name).write_text(text)
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(folder)
    return index


def findings(index: Index, *, mend: bool = True) -> list[str]:
    return [str(finding) for finding in examine(index.store, mend=mend)]


def test_a_sound_index_is_left_alone(index: Index) -> None:
    before = index.store.generation
    assert findings(index) == []
    assert findings(index, mend=False) == []
    assert index.store.generation == before


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE articles SET sha256 = 'x' WHERE id = 1", "its hash is not that of its text"),
        ("UPDATE articles SET text_key = x'00' WHERE id = 2", "its hash is not that of its text"),
        ("UPDATE sentences SET end = end - 1 WHERE article_id = 3", "its sentences are not where"),
        ("INSERT INTO vectors (digest, vector) VALUES (x'01', zeroblob(1024))", "1 vectors belong"),
        ("UPDATE articles SET story = id", "articles are not in their story"),
        ("UPDATE articles SET signature = NULL WHERE id = 5", "what stories are recognised by"),
        ("DELETE FROM bands WHERE article_id = 6", "what stories are recognised by"),
        ("INSERT INTO bands VALUES (7, 1)", "what stories are recognised by"),
        ("UPDATE articles SET copy_of = NULL WHERE id = 4", "are not known as such"),
        ("DELETE FROM passages_fts_data WHERE id > 10", "the word index does not fit"),
        (
            "INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')",
            "the word index does not",
        ),
    ],
)
def test_what_is_mended_without_embedding(index: Index, damage: str, problem: str) -> None:
    sound = rows(index.folder)
    index.store.connection().execute(damage)
    generation = index.store.generation
    found = findings(index)
    assert len(found) == 1
    assert problem in found[0]
    assert found[0].endswith(": mended.")
    assert rows(index.folder) == sound
    assert index.store.generation == generation + 1
    assert findings(index) == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE passages SET end = end - 1 WHERE id = 1", "its passages are not what"),
        ("DELETE FROM passages WHERE id = 1", "its passages are not what"),
        ("UPDATE vectors SET vector = zeroblob(1024) WHERE id = 1", "1 vectors are damaged"),
        ("UPDATE vectors SET vector = x'0000' WHERE id = 1", "1 vectors have not 512 numbers"),
    ],
)
def test_what_needs_a_rebuild_is_said(index: Index, damage: str, problem: str) -> None:
    index.store.connection().execute(damage)
    found = [finding for finding in findings(index) if not finding.endswith("mended.")]
    assert len(found) == 1
    assert problem in found[0]
    assert found[0].endswith(": run `byline index rebuild`.")


def test_checking_writes_nothing(index: Index) -> None:
    index.store.connection().execute("UPDATE articles SET sha256 = 'x' WHERE id = 1")
    before = rows(index.folder)
    found = findings(index, mend=False)
    assert len(found) == 1
    assert found[0].endswith(": run `byline index doctor`.")
    assert rows(index.folder) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE frequent_words SET list = x'00000000'",
        "UPDATE frequent_words SET list = substr(list, 1, length(list) - 1)",
        "UPDATE frequent_words SET list = x'01'",
        "UPDATE passage_sizes SET sizes = zeroblob(length(sizes))",
        "UPDATE passage_sizes SET sizes = substr(sizes, 1, 2)",
        "DELETE FROM passage_sizes",
        "UPDATE passage_sizes SET sizes = 'words'",
        "UPDATE passage_sizes SET sizes = CAST(sizes || x'0000' AS BLOB)",
        "INSERT INTO passage_sizes VALUES (1, x'0100')",
        "INSERT INTO passage_sizes VALUES (1, x'')",
        "INSERT INTO frequent_words SELECT stem, 7, list FROM frequent_words LIMIT 1",
        "INSERT INTO frequent_words SELECT 'zebra', 0, list FROM frequent_words LIMIT 1",
        "UPDATE frequent_words SET stem = stem || 's' WHERE rowid = 1",
        "UPDATE frequent_words SET list = CAST(hex(list) AS TEXT) WHERE rowid = 2",
        # The first passage is said to be another, to hold the word once more, and elsewhere.
        "UPDATE frequent_words SET list = CAST(substr(list, 1, 4) || x'0000' || substr(list, 7)"
        " AS BLOB) WHERE rowid = 1",
        "UPDATE frequent_words SET list = CAST(list || x'21' AS BLOB) WHERE rowid = 1",
        "UPDATE frequent_words SET list = CAST(substr(list, 1, length(list) - 1) || x'FF' AS BLOB)"
        " WHERE rowid = 3",
    ],
)
def test_lists_of_frequent_words_are_made_anew(index: Index, damage: str) -> None:
    with index.store.change():
        postings.start_over(index.store.connection())
        postings.refresh(index.store.connection(), 3)
    sound = rows(index.folder)
    assert findings(index) == []
    with index.store.change(visible=False):
        index.store.connection().execute(damage)
    said = "the lists of frequent words do not fit the passages"
    assert findings(index, mend=False) == [f"{said}: run `byline index doctor`."]
    assert findings(index) == [f"{said}: mended."]
    assert findings(index) == []
    with index.store.change():
        postings.start_over(index.store.connection())
        postings.refresh(index.store.connection(), 3)
    assert rows(index.folder) == sound


def test_lists_are_sound_after_passages_have_gone(index: Index) -> None:
    with index.store.change():
        postings.start_over(index.store.connection())
        postings.refresh(index.store.connection(), 3)
    index.remove(["1", "6"])
    assert findings(index, mend=False) == []
