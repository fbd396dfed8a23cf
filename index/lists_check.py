"""Whether the lists of frequent words are what the passages say; part of the doctor."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from index.packed import BITS, OFFSET, PLACE_BITS, Occurrences, Postings
from index.postings import MOST_WORDS, Sizes, passage_texts, refresh, sizes, start_over
from index.stems import Stems, tokenizer


def lists_sound(connection: sqlite3.Connection) -> bool:
    """Compares every list and size with the texts, one block in memory at a time; writes nothing.

    A list may still hold passages that are gone: their size of 0 leaves them out. A word that has
    no list at all is ranked by FTS5, and not missed.
    """
    stems = {row[0] for row in connection.execute("SELECT DISTINCT stem FROM frequent_words")}
    try:
        stored = sizes(connection)
        listed = {row[0] for row in connection.execute("SELECT DISTINCT block FROM frequent_words")}
        live = {row[0] >> BITS for row in connection.execute("SELECT id FROM passages")}
        if not listed | live <= stored.keys() or _end(stored) > _ever(connection):
            return False
        return all(_block_sound(connection, block, stored[block], stems) for block in stored)
    except (TypeError, ValueError):  # what is stored is no list, or no bytes
        return False


def make_lists_anew(connection: sqlite3.Connection) -> None:
    """Drops every list and makes them from the passages."""
    start_over(connection)
    refresh(connection)


def _end(stored: dict[int, Sizes]) -> int:
    """The id behind the last passage that has a size: where `refresh` goes on."""
    last = max(stored, default=0)
    return (last << BITS) + len(stored[last]) if stored else 0


def _ever(connection: sqlite3.Connection) -> int:
    """The id that the next passage gets at least."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    return 1 + (int(row[0]) if row is not None else 0)


def _block_sound(connection: sqlite3.Connection, block: int, known: Sizes, stems: set[str]) -> bool:
    first = block << BITS
    rows = connection.execute("SELECT stem, list FROM frequent_words WHERE block = ?", (block,))
    lists = {stem: Postings.unpack(block, data) for stem, data in rows}
    texts = Stems(tokenizer(connection))
    try:
        texts.read(passage_texts(connection, first, first + (1 << BITS)))
        words = {passage & OFFSET: count for passage, count in texts.sizes()}
        live = np.zeros(1 << BITS, dtype=np.bool_)
        live[list(words)] = True
        expected = np.zeros(max([len(known), *(offset + 1 for offset in words)]), dtype=np.uint16)
        for offset, count in words.items():
            expected[offset] = min(count, MOST_WORDS)
        if not np.array_equal(expected, known):
            return False
        held = stems.intersection(texts.all())
        if held - lists.keys():
            return False
        true = {stem: _occurrences(texts, stem, block) for stem in held}
        none = np.empty(0, dtype=np.int32)
        return all(_is(found, true.get(stem, none), live) for stem, found in lists.items())
    finally:
        texts.close()


def _occurrences(texts: Stems, stem: str, block: int) -> Occurrences:
    shifted = texts.occurrences(stem) - (block << BITS + PLACE_BITS)
    return Postings.of(block, shifted.astype(np.int32)).occurrences


def _is(found: Postings, expected: Occurrences, live: NDArray[np.bool_]) -> bool:
    """Whether a list says what it must of the passages that are still there."""
    if not found.fits:
        return False
    said = found.occurrences
    return np.array_equal(said[live[said >> PLACE_BITS]], expected)
