"""Passages for words and phrases by BM25, however frequent the words; knows nothing of questions.

FTS5 ranks what is rare; frequent words are added up from their lists (`index/postings.py`).
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.postings import (
    BITS,
    FIRST_IN_BODY,
    OFFSET,
    PLACE_BITS,
    Occurrences,
    Postings,
    frequent,
    postings,
    sizes,
    times,
)
from index.stems import Stems, tokenizer, varints

_K1, _B, _LEAST_IDF = 1.2, 0.75, 1e-6  # as in FTS5's bm25()

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


def ranked(
    connection: sqlite3.Connection,
    terms: Sequence[str],
    limit: int,
    title_weight: float = 1.0,
    allowed: Ids | None = None,
) -> list[int]:
    """Ids of the `limit` best passages for words and phrases, best first, ties by id.

    `ranked(connection, ["fled", "Tal Afar"], 50)` is what `MATCH '"fled" OR "Tal Afar"' ORDER BY
    bm25(passages_fts, title_weight, 1.0) LIMIT 50` gives. A term is plain text: quotes, operators
    and control characters in it mean nothing. `allowed` are the only ids to return, in any order;
    None allows all.
    """
    if limit <= 0:
        return []
    plan = _plan(connection, terms)
    found, scores = _by_fts5(connection, plan.rare, title_weight)
    if not plan.frequent:
        if allowed is not None:
            kept = np.isin(found, allowed)
            found, scores = found[kept], scores[kept]
        return _best(found, scores, limit)
    board = _Board(connection, found, title_weight)
    board.add(found, scores)
    for stems, asked in plan.frequent.items():
        board.add_term(stems, asked)
    return board.best(limit, allowed)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Terms that FTS5 ranks, and stems of terms all of which have lists: asked for how often."""

    rare: list[str] = field(default_factory=list)
    frequent: Counter[tuple[str, ...]] = field(default_factory=Counter)


def _plan(connection: sqlite3.Connection, terms: Sequence[str]) -> _Plan:
    plain = [_plain(term) for term in terms]
    stems = _stems(tokenizer(connection)).of(plain)
    listed = frequent(connection, {stem for words in stems for stem in words})
    plan = _Plan()
    for term, words in zip(plain, stems, strict=True):
        if not listed.issuperset(words):
            plan.rare.append(term)
        elif words:
            plan.frequent[tuple(words)] += 1
    return plan


def _plain(term: str) -> str:
    """The term without what ends an FTS5 string, or cannot be stored."""
    return term.replace('"', " ").replace("\0", " ").encode("utf-8", "ignore").decode()


@cache
def _stems(tokenize: str) -> Stems:
    return Stems(tokenize)


def _by_fts5(
    connection: sqlite3.Connection, terms: Sequence[str], title_weight: float
) -> tuple[Ids, Scores]:
    if not terms:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    rows = connection.execute(
        "SELECT rowid, -bm25(passages_fts, ?, 1.0) FROM passages_fts WHERE passages_fts MATCH ?",
        (title_weight, " OR ".join(f'"{term}"' for term in terms)),
    ).fetchall()
    return (
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.float32),
    )


class _Board:
    """A score for every passage, added up term by term."""

    def __init__(self, connection: sqlite3.Connection, also: Ids, title_weight: float) -> None:
        self._connection = connection
        self._title_weight, self._times = title_weight, times(title_weight)
        self._read: dict[str, dict[int, Postings]] = {}
        known = sizes(connection)
        self._blocks = np.union1d(np.array(list(known), dtype=np.int64), also >> BITS)
        self._slots = {block: slot for slot, block in enumerate(self._blocks.tolist())}
        self._sizes = np.zeros((len(self._blocks), 1 << BITS), dtype=np.uint16)
        for block, values in known.items():
            self._sizes[self._slots[block], : len(values)] = values
        self._scores = np.zeros(self._sizes.shape, dtype=np.float32)
        # FTS5 keeps its number of rows, then the number of words in each column.
        (totals,) = connection.execute(
            "SELECT block FROM passages_fts_data WHERE id = 1"
        ).fetchone()
        self._passages, *words = varints(totals)
        average = max(sum(words), 1) / max(self._passages, 1)
        lengths = np.arange(int(self._sizes.max(initial=0)) + 1)
        self._damping = (_K1 * (1 - _B + _B * lengths / average)).astype(np.float32)
        self._damping[0] = np.inf  # no such passage

    def add(self, ids: Ids, scores: Scores) -> None:
        """Adds scores that are ready."""
        slots = np.searchsorted(self._blocks, ids >> BITS)
        self._scores[slots, ids & OFFSET] += scores

    def add_term(self, stems: Sequence[str], asked: int) -> None:
        """Adds the BM25 of a frequent word or a phrase of such, as often as it was asked for."""
        held, parts = 0, []
        for block, offsets, occurs in self._found(stems):
            slot = self._slots[block]
            places = offsets.astype(np.intp)  # once, instead of at every use
            lengths = self._sizes[slot].take(places)
            held += int(np.count_nonzero(lengths))
            parts.append((slot, places, occurs / (occurs + self._damping.take(lengths))))
        weight = np.float32(asked * self._weight(held))
        for slot, places, part in parts:
            self._scores[slot][places] += weight * part

    def _found(self, stems: Sequence[str]) -> Iterator[tuple[int, NDArray[Any], Scores]]:
        """Passages with the stems side by side: block, offsets `[n]`, how often `[n]`."""
        first, *others = [self._postings(stem) for stem in stems]
        for block, part in first.items():
            if not others:
                yield block, part.offsets, self._times.take(part.counts)
                continue
            ends = part.occurrences
            for other in others:
                after = other[block].occurrences if block in other else ends[:0]
                ends = _common(ends + np.int32(1), after)
            if len(ends):
                passages = ends >> PLACE_BITS
                firsts = np.flatnonzero(np.diff(passages, prepend=-1))
                weights = np.where(ends & 255 < FIRST_IN_BODY, self._title_weight, 1)
                yield block, passages[firsts], np.add.reduceat(weights, firsts, dtype=np.float32)

    def _postings(self, stem: str) -> dict[int, Postings]:
        if stem not in self._read:
            found = postings(self._connection, stem)
            self._read[stem] = {part.block: part for part in found}
        return self._read[stem]

    def _weight(self, held: int) -> float:
        idf = math.log((max(self._passages - held, 0) + 0.5) / (held + 0.5))
        return max(idf, _LEAST_IDF) * (_K1 + 1)

    def best(self, limit: int, allowed: Ids | None) -> list[int]:
        """The best passages with a score, best first."""
        scores = self._scores.reshape(-1)
        if allowed is None:
            places = _leaders(scores, limit)
        else:
            allowed = allowed[np.isin(allowed >> BITS, self._blocks)]
            slots = np.searchsorted(self._blocks, allowed >> BITS)
            places = slots << BITS | allowed & OFFSET
            places = places[_leaders(scores[places], limit)]
        ids = self._blocks[places >> BITS] << BITS | places & OFFSET
        return _best(ids, scores[places], limit)


def _common(left: Occurrences, right: Occurrences) -> Occurrences:
    """What two rising arrays have in common."""
    few, many = (left, right) if len(left) < len(right) else (right, left)
    if not len(few):
        return few
    at = np.minimum(np.searchsorted(many, few), len(many) - 1)
    common: Occurrences = few[many[at] == few]
    return common


def _leaders(scores: Scores, limit: int) -> Ids:
    """Where the scores stand that can be among the best, without sorting all of them.

    The best of each 256 are looked at: the `limit`-th best of these is a floor.
    """
    tops = scores[: len(scores) // 256 * 256].reshape(-1, 256).max(axis=1)
    floor = np.partition(tops, -limit)[-limit] if len(tops) >= limit else 0
    return np.flatnonzero(scores >= floor if floor > 0 else scores)


def _best(ids: Ids, scores: Scores, limit: int) -> list[int]:
    order = np.lexsort((ids, -scores))[:limit]
    best: list[int] = ids[order].tolist()
    return best
