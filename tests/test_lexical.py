"""Lists of frequent words give the same BM25 as FTS5 alone, whatever came, went and is asked."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.corpus import KnownItem, known_items, write
from index.board import Ids
from index.database import Database
from index.lexical import weighed
from index.migrations import migrate
from index.postings import frequent, postings, refresh

Text = tuple[str, str]

_WORDS = st.sampled_from(["ferry", "ferries", "Skerra", "ran", "aground", "the", "off", "Édouard"])
_PHRASES = st.lists(_WORDS, min_size=1, max_size=9).map(" ".join)
_TITLES = st.lists(_WORDS, max_size=3).map(" ".join)  # a list counts to three in a title
_TEXTS = st.lists(st.tuples(_TITLES, _PHRASES), min_size=1, max_size=12)
_TERMS = st.lists(
    _WORDS | st.lists(_WORDS, min_size=2, max_size=3).map(" ".join) | st.just("unseen"),
    min_size=1,
    max_size=5,
)
_LEAST = st.sampled_from([1, 3, 1000])


def collection(texts: Sequence[Text] = (), least: int = 1) -> sqlite3.Connection:
    """A database in memory with one article a text, one passage an article."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    add(connection, texts)
    refresh(connection, least)
    return connection


def add(connection: sqlite3.Connection, texts: Sequence[Text], first: int | None = None) -> None:
    if first is None:
        (first,) = connection.execute("SELECT ifnull(max(id), 0) + 1 FROM articles").fetchone()
    for number, (title, body) in enumerate(texts, start=first):
        connection.execute(
            "INSERT INTO articles (id, uri, title, text, source, sha256, furniture, pages,"
            " added_at) VALUES (?, ?, ?, ?, '', '', '[]', '[]', '')",
            (number, str(number), title, body),
        )
        connection.execute("INSERT INTO vectors VALUES (?, ?, x'')", (number, str(number)))
        connection.execute(
            "INSERT INTO passages VALUES (?, ?, 0, ?, ?)", (number, number, len(body), number)
        )
        connection.execute(
            "INSERT INTO passages_fts (rowid, title, body) VALUES (?, ?, ?)", (number, title, body)
        )


def remove(connection: sqlite3.Connection, number: int) -> None:
    connection.execute(
        "INSERT INTO passages_fts (passages_fts, rowid, title, body)"
        " SELECT 'delete', id, title, body FROM passage_texts WHERE id = ?",
        (number,),
    )
    connection.execute("DELETE FROM passages WHERE id = ?", (number,))


def ranked(
    connection: sqlite3.Connection,
    terms: Sequence[str],
    limit: int,
    title_weight: float = 1.0,
    allowed: Ids | None = None,
) -> list[int]:
    """Ids of the best passages."""
    return list(weighed(connection, dict.fromkeys(terms, 1.0), title_weight).best(limit, allowed))


def plain(
    connection: sqlite3.Connection, terms: Sequence[str], title_weight: float = 1.0
) -> dict[int, float]:
    """Passage id -> BM25 by FTS5 alone, best first."""
    rows = connection.execute(
        "SELECT rowid, -bm25(passages_fts, ?, 1.0) AS score FROM passages_fts"
        " WHERE passages_fts MATCH ? ORDER BY score DESC",
        (title_weight, " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))),
    )
    return dict(rows.fetchall())


def assert_same_ranking(ids: Sequence[int], scores: dict[int, float], limit: int) -> None:
    """The ids are as many as they can be, and as good place by place: ties may lie otherwise."""
    assert len(set(ids)) == len(ids)
    assert [scores[i] for i in ids] == pytest.approx(list(scores.values())[:limit], rel=1e-4)


@settings(max_examples=100, deadline=None)
@given(
    texts=_TEXTS,
    terms=_TERMS,
    least=_LEAST,
    title_weight=st.sampled_from([0.5, 1.0, 3.0]),
    limit=st.integers(1, 14),
)
def test_equals_plain_bm25(
    texts: list[Text], terms: list[str], least: int, title_weight: float, limit: int
) -> None:
    connection = collection(texts, least)
    ids = ranked(connection, terms, limit, title_weight)
    assert_same_ranking(ids, plain(connection, terms, title_weight), limit)


@settings(max_examples=40, deadline=None)
@given(
    batches=st.lists(_TEXTS, min_size=1, max_size=4),
    gone=st.sets(st.integers(1, 20)),
    terms=_TERMS,
    least=_LEAST,
)
def test_equals_plain_bm25_after_changes(
    batches: list[list[Text]], gone: set[int], terms: list[str], least: int
) -> None:
    connection = collection([("the ferry", "ran off")], least)
    for number, batch in enumerate(batches):
        add(connection, batch)
        for passage in gone:
            if passage % len(batches) == number:
                remove(connection, passage)
        refresh(connection, least)
    assert_same_ranking(ranked(connection, terms, 50), plain(connection, terms), 50)


def test_lists_across_blocks() -> None:
    connection = collection()
    texts = [("", "the ferry"), ("Ferry", "the ferry of Skerra"), ("", "nothing")]
    for first in (65_535, 200_000, 10_000_000):
        add(connection, texts, first)
        refresh(connection, 1)
    assert [found.block for found in postings(connection, "ferri")] == [0, 1, 3, 152]
    assert_same_ranking(ranked(connection, ["ferry"], 50), plain(connection, ["ferry"]), 50)
    assert set(ranked(connection, ["Skerra"], 50)) == {65_536, 200_001, 10_000_001}
    allowed = np.array([10_000_001, 200_000, 5, 20_000_000])
    assert set(ranked(connection, ["ferry"], 9, allowed=allowed)) == {200_000, 10_000_001}


def test_lists_say_where_a_word_stands() -> None:
    texts = [("Ferries", "the ferry ran"), ("", "a ferry"), ("", "the pier")]
    connection = collection(texts, least=2)
    assert frequent(connection, ["ferri", "the", "ran", "unseen"]) == {"ferri", "the"}
    add(connection, [("", "the ferry ran to the ferry pier")])
    refresh(connection, 2)
    assert frequent(connection, ["ferri", "the", "ran"]) == {"ferri", "the"}
    (found,) = postings(connection, "ferri")
    assert found.block == 0
    assert found.offsets.tolist() == [1, 2, 4]
    assert found.counts.tolist() == [1 << 6 | 1, 1, 2]
    assert found.places.tolist() == [0, 32 + 1, 32 + 1, 32 + 1, 32 + 5]


def test_a_word_becomes_frequent_when_the_collection_has_doubled() -> None:
    connection = collection([("", "ferry"), ("", "pier"), ("", "pier")], least=2)
    add(connection, [("", "ferry")])
    refresh(connection, 2)
    assert frequent(connection, ["ferri"]) == set()
    add(connection, [("", "ferry")] * 2)
    refresh(connection, 2)
    assert frequent(connection, ["ferri"]) == {"ferri"}
    assert ranked(connection, ["ferry"], 9) == [1, 4, 5, 6]


def test_words_beyond_what_a_list_can_count() -> None:
    texts = [("ferry " * 9, "ferry " * 300), ("", "ferry"), ("", "word " * 300 + "ferry ran off")]
    connection = collection(texts)
    assert ranked(connection, ["ferry"], 9) == [1, 2, 3]
    assert ranked(connection, ["ferry ran off"], 9) == [3]


@settings(max_examples=60, deadline=None)
@given(texts=_TEXTS, terms=_TERMS, least=_LEAST)
def test_the_weighted_score_of_any_passage(texts: list[Text], terms: list[str], least: int) -> None:
    connection = collection(texts, least)
    weights = {term: float(number % 3 + 1) for number, term in enumerate(terms)}
    found, scores = weighed(connection, weights), dict[int, float]()
    for term, weight in weights.items():
        for passage, score in plain(connection, [term]).items():
            scores[passage] = scores.get(passage, 0.0) + weight * score
    asked = [*range(len(texts), -1, -1), 70_000]
    own = [scores.get(passage, 0.0) for passage in asked]
    assert found.scores_of(np.array(asked)).tolist() == pytest.approx(own, rel=1e-4)
    assert found.best(50) == pytest.approx(scores, rel=1e-4)
    assert found.scores_of(np.empty(0, dtype=np.int64)).tolist() == []


@pytest.mark.parametrize("least", [1, 1000])
def test_only_allowed_passages(least: int) -> None:
    connection = collection([("", "ferry " * n) for n in range(1, 30)], least)
    allowed = np.array([28, 3, 12, 500])
    assert ranked(connection, ["ferry", "unseen"], 2, allowed=allowed) == [28, 12]
    assert ranked(connection, ["ferry"], 2, allowed=np.array([], dtype=np.int64)) == []


ODD = [
    '"',
    '"" OR *',
    "NOT",
    "title:x",
    "a AND (b",
    "col^2 {x} -y",
    "*",
    "?!",
    "_",
    "",
    "\0",
    "a\0b",
]
ODD += ["x", "東京", "東京 の 天気", "\ud800", "é", "e\u0301", "NEAR(ferry ran)", "ferry'", "'; --"]


@pytest.mark.parametrize("least", [1, 1000])
def test_odd_terms_are_plain_text(least: int) -> None:
    connection = collection([("The ferry", "x ran a b 東京 NOT"), ("", "title é")], least)
    for term in ODD:
        assert set(ranked(connection, [term], 5)) <= {1, 2}
    assert ranked(connection, ["NOT"], 5) == [1]
    assert ranked(connection, ["東京"], 5) == [1]
    assert ranked(connection, ['"ferry"'], 5) == [1]
    assert ranked(connection, ODD * 4, 5) == [1, 2]
    assert ranked(connection, [], 5) == []
    assert ranked(connection, ["ferry"], 0) == []


@settings(max_examples=50, deadline=None)
@given(terms=st.lists(st.text(max_size=12), max_size=6))
def test_any_terms_rank_without_error(terms: list[str]) -> None:
    connection = collection([("The ferry", "x ran"), ("", "to 東京")])
    assert set(ranked(connection, terms, 5)) <= {1, 2}


def test_a_phrase_stands_within_one_text() -> None:
    texts = [("Port", "Edwin"), ("Port Edwin", "-"), ("", "the port"), ("", "Edwin Port Edwin")]
    connection = collection(texts)
    assert set(ranked(connection, ["Port Edwin"], 9)) == {2, 4}
    assert ranked(connection, ["Edwin Port Edwin"], 9) == [4]


def test_without_lists_fts5_ranks_alone() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    add(connection, [("", "the ferry"), ("Ferry", "the ferry")])
    assert ranked(connection, ["ferry", "the"], 5) == [2, 1]


def test_rare_words_are_found_before_the_lists_are_brought_up_to_date() -> None:
    connection = collection([("", "the ferry"), ("", "the pier")], least=2)
    add(connection, [("", "the Skerra light")], first=900_000)
    assert ranked(connection, ["Skerra", "the"], 1) == [900_000]


def test_threads_share_nothing_that_matters(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with database.change():
        add(database.connection(), [("", f"ferry number{n}") for n in range(40)])
        refresh(database.connection(), 20)
    found: dict[int, list[int]] = {}

    def ask(number: int) -> None:
        for _ in range(20):
            terms = ["ferry", f"number{number}"]
            found[number] = ranked(database.connection(), terms, 1)
        database.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number + 1] for number in range(4)}


def test_a_made_collection_has_its_known_items(tmp_path: Path) -> None:
    rows = [
        {
            "id": str(n),
            "source": "test",
            "title": "",
            "context": f"The ferry Skerra{n} ran aground off Edwin{n}. " * 3
            + f"Nobody was hurt, and {1900 + n} people went home on foot.",
            "question": f"Who saw Skerra{n} run aground off Edwin{n}?",
            "answers": [{"text": f"Skerra{n}", "start": 10}],
            "impossible": False,
        }
        for n in range(25)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    items = write(tmp_path / "index", 300, [file], questions=50)
    assert known_items(tmp_path / "index") == items
    assert len(items) == 50
    database = Database(tmp_path / "index")
    connection = database.connection()
    assert frequent(connection, ["ferri", "aground"]) == {"ferri", "aground"}
    found = [holds(connection, ranked(connection, words(item), 5), item) for item in items]
    assert sum(found) >= 45
    database.close()


def words(item: KnownItem) -> list[str]:
    return item.question.strip("?").split()


def holds(connection: sqlite3.Connection, ids: Sequence[int], item: KnownItem) -> bool:
    """Whether one of the passages overlaps with where the question's answer stands."""
    rows = connection.execute(
        "SELECT uri, start, end FROM passages JOIN articles ON articles.id = article_id"
        " WHERE passages.id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return any(u == item.uri and s < item.end and item.start < e for u, s, e in rows)
