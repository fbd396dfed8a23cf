"""Passages for words and phrases by BM25, however frequent the words; knows nothing of questions.

FTS5 ranks what is rare; frequent words are added up from their lists (`index/board.py`).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np

from index.board import Board, Ids, Scores, leading
from index.postings import frequent
from index.stems import Stems, tokenizer


class Weighed(Protocol):
    """The BM25 of every passage for some words and phrases."""

    def best(self, limit: int, allowed: Ids | None = None) -> dict[int, float]:
        """The `limit` best passages and their scores, best first, ties by id.

        `allowed` are the only ids to return, in any order; None allows all.
        """
        ...

    def scores_of(self, passages: Ids) -> Scores:
        """The scores of these passages `[n]`, 0 for one that holds nothing."""
        ...


def weighed(
    connection: sqlite3.Connection, terms: Mapping[str, float], title_weight: float = 1.0
) -> Weighed:
    """What words and phrases, each with a weight of its own, weigh in every passage.

    `weighed(connection, {"fled": 1, "Tal Afar": 1}).best(50)` is what `MATCH '"fled" OR "Tal
    Afar"' ORDER BY bm25(passages_fts, title_weight, 1.0) LIMIT 50` gives. A term is plain text:
    quotes, operators and control characters in it mean nothing.
    """
    plan = _plan(connection, terms)
    few = _Few.of(
        (weight, *_by_fts5(connection, rare, title_weight)) for weight, rare in plan.rare.items()
    )
    if not plan.frequent:
        return few
    board = Board(connection, few.ids, title_weight)
    board.add(few.ids, few.scores)
    for stems, weight in plan.frequent.items():
        board.add_term(stems, weight)
    return board


@dataclass(frozen=True, slots=True)
class _Plan:
    """Terms that FTS5 ranks, by weight, and the weight of stems all of which have lists."""

    rare: dict[float, list[str]] = field(default_factory=lambda: defaultdict(list))
    frequent: dict[tuple[str, ...], float] = field(default_factory=lambda: defaultdict(float))


def _plan(connection: sqlite3.Connection, terms: Mapping[str, float]) -> _Plan:
    plain = [_plain(term) for term in terms]
    stems = _stems(tokenizer(connection)).of(plain)
    listed = frequent(connection, {stem for words in stems for stem in words})
    plan = _Plan()
    for term, words, weight in zip(plain, stems, terms.values(), strict=True):
        if not listed.issuperset(words):
            plan.rare[weight].append(term)
        elif words:
            plan.frequent[tuple(words)] += weight
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
    rows = connection.execute(
        "SELECT rowid, -bm25(passages_fts, ?, 1.0) FROM passages_fts WHERE passages_fts MATCH ?",
        (title_weight, " OR ".join(f'"{term}"' for term in terms)),
    ).fetchall()
    return (
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.float32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Few:
    """The passages that hold something, ids rising, and their scores."""

    ids: Ids
    scores: Scores

    @classmethod
    def of(cls, parts: Iterable[tuple[float, Ids, Scores]]) -> _Few:
        """The weighted sum of scores of which each is of passages `[n]` of its own."""
        ids, scores = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.float32)]
        for weight, some, own in parts:
            ids.append(some)
            scores.append(np.float32(weight) * own)
        every, at = np.unique(np.concatenate(ids), return_inverse=True)
        return cls(every, np.bincount(at, np.concatenate(scores), len(every)).astype(np.float32))

    def best(self, limit: int, allowed: Ids | None = None) -> dict[int, float]:
        kept = slice(None) if allowed is None else np.isin(self.ids, allowed)
        return leading(self.ids[kept], self.scores[kept], limit)

    def scores_of(self, passages: Ids) -> Scores:
        places = np.searchsorted(self.ids, passages)
        known = np.append(self.ids, -1)[places] == passages
        return np.where(known, np.append(self.scores, np.float32(0))[places], np.float32(0))
