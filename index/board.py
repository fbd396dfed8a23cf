"""A BM25 score for every passage, added up from the lists of frequent words; knows no questions."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.packed import BITS, FIRST_IN_BODY, OFFSET, PLACE_BITS, Occurrences, Postings, times
from index.postings import postings, sizes
from index.stems import varints

_K1, _B, _LEAST_IDF = 1.2, 0.75, 1e-6  # as in FTS5's bm25()

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


class Board:
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
        self._scores.reshape(-1)[self._places(ids)] += scores

    def add_term(self, stems: Sequence[str], weight: float) -> None:
        """Adds the weighted BM25 of a frequent word or a phrase of such."""
        held, parts = 0, []
        for block, offsets, occurs in self._found(stems):
            slot = self._slots[block]
            places = offsets.astype(np.intp)  # once, instead of at every use
            lengths = self._sizes[slot].take(places)
            held += int(np.count_nonzero(lengths))
            parts.append((slot, places, occurs / (occurs + self._damping.take(lengths))))
        most = np.float32(weight * self._most(held))
        for slot, places, part in parts:
            self._scores[slot][places] += most * part

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

    def _most(self, held: int) -> float:
        """What a term in so many passages can add at most."""
        idf = math.log((max(self._passages - held, 0) + 0.5) / (held + 0.5))
        return max(idf, _LEAST_IDF) * (_K1 + 1)

    def best(self, limit: int, allowed: Ids | None = None) -> dict[int, float]:
        scores = self._scores.reshape(-1)
        if allowed is None:
            places = _leaders(scores, limit)
        else:
            places = self._places(allowed[self._covers(allowed)])
            places = places[_leaders(scores[places], limit)]
        ids = self._blocks[places >> BITS] << BITS | places & OFFSET
        return leading(ids, scores[places], limit)

    def scores_of(self, passages: Ids) -> Scores:
        scores = np.zeros(len(passages), dtype=np.float32)
        known = self._covers(passages)
        scores[known] = self._scores.reshape(-1)[self._places(passages[known])]
        return scores

    def _covers(self, ids: Ids) -> NDArray[np.bool_]:
        return np.isin(ids >> BITS, self._blocks)

    def _places(self, ids: Ids) -> Ids:
        """Where the scores of ids stand, whose blocks are known."""
        return np.searchsorted(self._blocks, ids >> BITS) << BITS | ids & OFFSET


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
    floor = np.partition(tops, -limit)[-limit] if 0 < limit <= len(tops) else 0
    return np.flatnonzero(scores >= floor if floor > 0 else scores)


def leading(ids: Ids, scores: Scores, limit: int) -> dict[int, float]:
    """The best `limit` ids and their scores, best first, ties by id."""
    order = np.lexsort((ids, -scores))[: max(limit, 0)]
    return dict(zip(ids[order].tolist(), scores[order].tolist(), strict=True))
