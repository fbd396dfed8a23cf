"""Keeps the list of the passages that hold each frequent word; knows nothing of ranking.

FTS5 has all of it too, but spends a microsecond on ranking a row; a list is added up at a few
nanoseconds a row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.packed import BITS, OFFSET, PLACE_BITS, Postings
from index.stems import Stems, tokenizer

FREQUENT = 250
"""A word in so many passages gets a list, when it is decided which words do."""

MOST_WORDS = 65_535
"""A longer passage counts as of so many words."""

_DECIDE_AT = "frequent_words_decide_at"  # the passage id

# `passage_sizes` has two bytes for each id of a block: the passage's number of words, 0 where there
# is none. `frequent_words` has a word's packed list for each block.
Sizes = NDArray[np.uint16]


def refresh(connection: sqlite3.Connection, least: int = FREQUENT) -> None:
    """Brings the lists up to date with `passages`; belongs into every change that readers see.

    Takes time for the passages that came and went. Which words are in at `least` so many passages
    is decided again, and all lists are made anew, when as many have come as there were before.
    """
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    due = connection.execute("SELECT value FROM meta WHERE key = ?", (_DECIDE_AT,)).fetchone()
    if due is None or last >= int(due[0]):
        stems = _decide(connection, last, least)
    else:
        rows = connection.execute("SELECT DISTINCT stem FROM frequent_words")
        stems = {row[0] for row in rows}
        _forget(connection)
    _extend(connection, stems)


def start_over(connection: sqlite3.Connection) -> None:
    """Forgets when it was last decided which words have lists, so that `refresh` makes all anew."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_DECIDE_AT,))


def frequent(connection: sqlite3.Connection, stems: Iterable[str]) -> set[str]:
    """Those of `stems` that have a list."""
    rows = connection.execute(
        "SELECT DISTINCT stem FROM frequent_words WHERE stem IN (SELECT value FROM json_each(?))",
        (json.dumps(list(stems)),),
    )
    return {row[0] for row in rows}


def postings(connection: sqlite3.Connection, stem: str) -> list[Postings]:
    """A word's list, blocks rising; empty where it has none."""
    rows = connection.execute(
        "SELECT block, list FROM frequent_words WHERE stem = ? ORDER BY block", (stem,)
    )
    return [Postings.unpack(block, data) for block, data in rows]


def sizes(connection: sqlite3.Connection) -> dict[int, Sizes]:
    """block -> number of words of each of its passages, 0 for those that are gone."""
    rows = connection.execute("SELECT block, sizes FROM passage_sizes ORDER BY block")
    return {block: np.frombuffer(data, dtype="<u2") for block, data in rows}


def _decide(connection: sqlite3.Connection, last: int, least: int) -> set[str]:
    """Starts all over: the stems that get a list."""
    for table in ("frequent_words", "passage_sizes", "gone_passages"):
        connection.execute(f"DELETE FROM {table}")
    (count,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    connection.execute("REPLACE INTO meta VALUES (?, ?)", (_DECIDE_AT, str(last + count)))
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.passage_words"
        " USING fts5vocab (main, passages_fts, row)"
    )
    rows = connection.execute("SELECT term FROM passage_words WHERE doc >= ?", (least,))
    return {row[0] for row in rows}


def _forget(connection: sqlite3.Connection) -> None:
    gone = [row[0] for row in connection.execute("SELECT id FROM gone_passages ORDER BY id")]
    for block, ids in groupby(gone, lambda number: number >> BITS):
        known = _sizes_of(connection, block)
        offsets = np.array([number & OFFSET for number in ids])
        known[offsets[offsets < len(known)]] = 0
        _put_sizes(connection, block, known)
    connection.execute("DELETE FROM gone_passages")


def _extend(connection: sqlite3.Connection, stems: set[str]) -> None:
    """Takes in the passages behind the last one that has a size, block by block."""
    row = connection.execute(
        "SELECT block, length(sizes) / 2 FROM passage_sizes ORDER BY block DESC LIMIT 1"
    ).fetchone()
    start = 0 if row is None else (row[0] << BITS) + row[1]
    while True:
        (first,) = connection.execute(
            "SELECT min(id) FROM passages WHERE id >= ?", (start,)
        ).fetchone()
        if first is None:
            return
        block = first >> BITS
        start = (block + 1) << BITS
        texts = Stems(tokenizer(connection))
        try:
            texts.read(passage_texts(connection, first, start))
            _extend_block(connection, block, texts, stems)
        finally:
            texts.close()


def passage_texts(
    connection: sqlite3.Connection, first: int, stop: int
) -> Iterator[tuple[int, str, str]]:
    """(id, title, text) of the passages `first..stop`, each article's text fetched once.

    Slices in Python: finding a place deep in a long text takes SQLite time each time.
    """
    known, title, text = 0, "", ""
    for number, article, start, end in connection.execute(
        "SELECT id, article_id, start, end FROM passages WHERE id >= ? AND id < ? ORDER BY id",
        (first, stop),
    ):
        if article != known:
            known = article
            title, text = connection.execute(
                "SELECT title, text FROM articles WHERE id = ?", (article,)
            ).fetchone()
        yield number, title, text[start:end]


def _extend_block(
    connection: sqlite3.Connection, block: int, texts: Stems, stems: set[str]
) -> None:
    arrived = dict(texts.sizes())
    known = _sizes_of(connection, block)
    grown = np.zeros(max([len(known), *((number & OFFSET) + 1 for number in arrived)]), dtype="<u2")
    grown[: len(known)] = known
    for number, words in arrived.items():
        grown[number & OFFSET] = min(words, MOST_WORDS)
    _put_sizes(connection, block, grown)
    for stem in stems.intersection(texts.all()):
        occurrences = texts.occurrences(stem) - (block << BITS + PLACE_BITS)
        row = connection.execute(
            "SELECT list FROM frequent_words WHERE stem = ? AND block = ?", (stem, block)
        ).fetchone()
        new = Postings.of(block, occurrences.astype(np.int32))
        if row is not None:
            new = Postings.unpack(block, row[0]).followed_by(new)
        connection.execute(
            "REPLACE INTO frequent_words VALUES (?, ?, ?)", (stem, block, new.pack())
        )


def _sizes_of(connection: sqlite3.Connection, block: int) -> Sizes:
    row = connection.execute("SELECT sizes FROM passage_sizes WHERE block = ?", (block,)).fetchone()
    return np.frombuffer(row[0] if row is not None else b"", dtype="<u2").copy()


def _put_sizes(connection: sqlite3.Connection, block: int, values: Sizes) -> None:
    connection.execute("REPLACE INTO passage_sizes VALUES (?, ?)", (block, values.tobytes()))
