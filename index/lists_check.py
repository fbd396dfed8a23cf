"""Whether the lists of frequent words are what the passages say; part of the doctor."""

from __future__ import annotations

import sqlite3

import numpy as np

from index.postings import (
    BITS,
    MOST_WORDS,
    OFFSET,
    PLACE_BITS,
    Occurrences,
    Postings,
    Sizes,
    passage_texts,
    postings,
    refresh,
    sizes,
    start_over,
)
from index.stems import Stems, tokenizer


def lists_sound(connection: sqlite3.Connection) -> bool:
    """Compares every list and size with the texts, block by block; writes nothing.

    A list may still hold passages that are gone: their size of 0 leaves them out. A word that has
    no list at all is ranked by FTS5, and not missed.
    """
    stems = {row[0] for row in connection.execute("SELECT DISTINCT stem FROM frequent_words")}
    live = [row[0] for row in connection.execute("SELECT id FROM passages ORDER BY id")]
    try:
        stored = sizes(connection)
        kept = {stem: {list.block: list for list in postings(connection, stem)} for stem in stems}
    except (ValueError, IndexError):
        return False
    blocks = {number >> BITS for number in live}
    return all(_block_sound(connection, block, stored, kept) for block in sorted(blocks))


def make_lists_anew(connection: sqlite3.Connection) -> None:
    """Drops every list and makes them from the passages."""
    start_over(connection)
    refresh(connection)


def _block_sound(
    connection: sqlite3.Connection,
    block: int,
    stored: dict[int, Sizes],
    kept: dict[str, dict[int, Postings]],
) -> bool:
    first = block << BITS
    texts = Stems(tokenizer(connection))
    try:
        texts.read(passage_texts(connection, first, first + (1 << BITS)))
        words = {number & OFFSET: min(count, MOST_WORDS) for number, count in texts.sizes()}
        known = stored.get(block)
        if known is None or any(
            offset >= len(known) or known[offset] != count for offset, count in words.items()
        ):
            return False
        if int(np.count_nonzero(known)) != sum(count > 0 for count in words.values()):
            return False
        present = set(texts.all())
        return all(
            _list_sound(texts, stem, block, words, kept[stem].get(block), stem in present)
            for stem in kept
        )
    finally:
        texts.close()


def _list_sound(
    texts: Stems,
    stem: str,
    block: int,
    words: dict[int, int],
    found: Postings | None,
    present: bool,
) -> bool:
    live = np.fromiter(words, dtype=np.int64)
    expected: Occurrences = np.empty(0, dtype=np.int32)
    if present:
        shifted = texts.occurrences(stem) - (block << BITS + PLACE_BITS)
        expected = Postings.of(block, shifted.astype(np.int32)).occurrences
    if found is None:
        return len(expected) == 0
    counted = int(((found.counts >> 6) + (found.counts & 63)).sum())
    if len(found.offsets) != len(found.counts) or counted != len(found.places):
        return False
    said = found.occurrences
    said = said[np.isin(said >> PLACE_BITS, live)]
    return bool(np.array_equal(said, expected))
