"""Keeps the list of the passages that hold each frequent word; knows nothing of ranking.

FTS5 has all of it too, and spends a microsecond on a row; a list is read at a nanosecond a row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.stems import Stems, tokenizer

FREQUENT = 250
"""A word in so many passages gets a list, when it is decided which words do."""

# Lists come in blocks of 65,536 passage ids: two bytes an id, and after these one byte an id that
# counts the word, in the title (upper two bits) and in the body (lower six). `passage_sizes` has
# two bytes for each id of a block: its number of words, 0 where there is no such passage.
SCHEMA = """
    CREATE TABLE passage_sizes (block INTEGER PRIMARY KEY, sizes BLOB NOT NULL);
    CREATE TABLE frequent_words (
        stem TEXT NOT NULL, block INTEGER NOT NULL, list BLOB NOT NULL, PRIMARY KEY (stem, block)
    );
    CREATE TABLE gone_passages (id INTEGER PRIMARY KEY);
    CREATE TRIGGER passage_goes AFTER DELETE ON passages BEGIN
        INSERT OR IGNORE INTO gone_passages VALUES (old.id);
    END;
"""

BITS = 16
_OFFSET = (1 << BITS) - 1
_BODY_BITS = 6
_MOST_TITLE, _MOST_BODY, _MOST_WORDS = 3, 63, 65_535
_DECIDE_AT = "frequent_words_decide_at"  # the passage id

Offsets = NDArray[np.uint16]
Counts = NDArray[np.uint8]
Sizes = NDArray[np.uint16]


def refresh(connection: sqlite3.Connection, frequent: int = FREQUENT) -> None:
    """Brings the lists up to date with `passages`; belongs into every change that readers see.

    Takes time for the passages that came and went. Which words are `frequent` is decided again,
    and all lists are made anew, when as many passages have come as there were the last time.
    """
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    due = connection.execute("SELECT value FROM meta WHERE key = ?", (_DECIDE_AT,)).fetchone()
    if due is None or last >= int(due[0]):
        stems = _decide(connection, last, frequent)
    else:
        rows = connection.execute("SELECT DISTINCT stem FROM frequent_words")
        stems = {row[0] for row in rows}
        _forget(connection)
    _extend(connection, stems)


def frequencies(connection: sqlite3.Connection, stems: Sequence[str]) -> dict[str, int]:
    """stem -> passages on its list, for those of `stems` that have one."""
    rows = connection.execute(
        "SELECT stem, sum(length(list)) / 3 FROM frequent_words"
        " WHERE stem IN (SELECT value FROM json_each(?)) GROUP BY stem",
        (json.dumps(list(stems)),),
    )
    return dict(rows.fetchall())


def postings(connection: sqlite3.Connection, stem: str) -> Iterator[tuple[int, Offsets, Counts]]:
    """A word's list as (block, offsets in the block `[n]`, counts `[n]`), blocks rising."""
    rows = connection.execute(
        "SELECT block, list FROM frequent_words WHERE stem = ? ORDER BY block", (stem,)
    )
    for block, data in rows:
        yield block, *_unpacked(data)


def sizes(connection: sqlite3.Connection) -> dict[int, Sizes]:
    """block -> number of words of each of its passages, 0 for those that are gone."""
    rows = connection.execute("SELECT block, sizes FROM passage_sizes ORDER BY block")
    return {block: np.frombuffer(data, dtype="<u2") for block, data in rows}


def times(title_weight: float) -> NDArray[np.float32]:
    """How often each of the 256 counts says that a word occurs, its title part weighted `[256]`."""
    counts = np.arange(256)
    return ((counts & _MOST_BODY) + title_weight * (counts >> _BODY_BITS)).astype(np.float32)


def _decide(connection: sqlite3.Connection, last: int, frequent: int) -> set[str]:
    """Starts all over: the stems that get a list."""
    for table in ("frequent_words", "passage_sizes", "gone_passages"):
        connection.execute(f"DELETE FROM {table}")
    (count,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    connection.execute("REPLACE INTO meta VALUES (?, ?)", (_DECIDE_AT, str(last + count)))
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.passage_words"
        " USING fts5vocab (main, passages_fts, row)"
    )
    rows = connection.execute("SELECT term FROM passage_words WHERE doc >= ?", (frequent,))
    return {row[0] for row in rows}


def _forget(connection: sqlite3.Connection) -> None:
    gone = [row[0] for row in connection.execute("SELECT id FROM gone_passages ORDER BY id")]
    for block, ids in groupby(gone, lambda number: number >> BITS):
        known = _sizes_of(connection, block)
        offsets = np.array([number & _OFFSET for number in ids])
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
            texts.read(
                connection.execute(
                    "SELECT id, title, body FROM passage_texts WHERE id >= ? AND id < ?"
                    " ORDER BY id",
                    (first, start),
                )
            )
            _extend_block(connection, block, texts, stems)
        finally:
            texts.close()


def _extend_block(
    connection: sqlite3.Connection, block: int, texts: Stems, stems: set[str]
) -> None:
    new = dict(texts.sizes())
    known = _sizes_of(connection, block)
    grown = np.zeros((max(new) & _OFFSET) + 1, dtype="<u2")
    grown[: len(known)] = known
    for number, words in new.items():
        grown[number & _OFFSET] = min(words, _MOST_WORDS)
    _put_sizes(connection, block, grown)
    for stem in stems.intersection(texts.all()):
        ids, titles, bodies = texts.count(stem)
        offsets = (ids & _OFFSET).astype("<u2")
        counts = np.minimum(titles, _MOST_TITLE) << _BODY_BITS | np.minimum(bodies, _MOST_BODY)
        counts = counts.astype(np.uint8)
        row = connection.execute(
            "SELECT list FROM frequent_words WHERE stem = ? AND block = ?", (stem, block)
        ).fetchone()
        if row is not None:
            old_offsets, old_counts = _unpacked(row[0])
            offsets = np.concatenate([old_offsets, offsets])
            counts = np.concatenate([old_counts, counts])
        connection.execute(
            "REPLACE INTO frequent_words VALUES (?, ?, ?)",
            (stem, block, offsets.tobytes() + counts.tobytes()),
        )


def _unpacked(data: bytes) -> tuple[Offsets, Counts]:
    length = len(data) // 3
    return (
        np.frombuffer(data, dtype="<u2", count=length),
        np.frombuffer(data, dtype=np.uint8, offset=2 * length),
    )


def _sizes_of(connection: sqlite3.Connection, block: int) -> Sizes:
    row = connection.execute("SELECT sizes FROM passage_sizes WHERE block = ?", (block,)).fetchone()
    return np.frombuffer(row[0] if row is not None else b"", dtype="<u2").copy()


def _put_sizes(connection: sqlite3.Connection, block: int, values: Sizes) -> None:
    connection.execute("REPLACE INTO passage_sizes VALUES (?, ?)", (block, values.tobytes()))
