"""Ways to make one ranking of two: by scores on a common scale, or by rank; knows no question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.retrieval import Floats
from bench.retrieval_trials.bed import DEPTH, Bed, Ranking, Rankings, dense
from index.embed import Vectors
from index.query import lexical_query

WEIGHT = 0.6
LEAST_BEST = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Both rankings of every question, and all cosines `[questions, passages]`."""

    lexical: Rankings
    dense: Rankings
    cosines: Vectors

    @classmethod
    def of(cls, bed: Bed) -> Legs:
        cosines = bed.asked() @ bed.embedded().T
        return cls(bed.lexical(lexical_query), dense(cosines, 4 * DEPTH), cosines)


def mixed(legs: Legs, weight: float = WEIGHT, depth: int = DEPTH) -> Rankings:
    """Weight x cosine + (1 - weight) x BM25 as a share of the question's best, 10 at least."""
    return scored(legs, weight, depth, as_it_is, share_of_best(LEAST_BEST))


Scale = Callable[[Floats, Floats], Floats]
"""A leg's scores of all candidates, and those that the leg itself returned: scores to be added."""


def scored(
    legs: Legs, weight: float, depth: int, near: Scale, said: Scale, *, exact: bool = True
) -> Rankings:
    """Candidates of both legs by the weighted sum of their scaled scores; BM25 0 if not found.

    Where `exact` is false, what only BM25 found gets the lowest cosine of the dense leg.
    """
    rankings = []
    for row, close, worded in zip(legs.cosines, legs.dense, legs.lexical, strict=True):
        close, worded = _first(close, depth), _first(worded, depth)
        both = np.array(list(close | worded))
        own = np.array(list(close.values()))
        cosine = near(row[both].astype(float) if exact else _guessed(both, close), own)
        bm25 = np.array([worded.get(i, 0.0) for i in both.tolist()])
        score = weight * cosine
        if worded:
            score += (1 - weight) * said(bm25, np.array(list(worded.values())))
        order = np.argsort(-score, kind="stable")
        rankings.append(dict(zip(both[order].tolist(), score[order].tolist(), strict=True)))
    return rankings


def _guessed(numbers: NDArray[np.int64], close: Ranking) -> Floats:
    lowest = min(close.values())
    return np.array([close.get(number, lowest) for number in numbers.tolist()])


def by_rank(legs: Legs, constant: float, weight: float = 1.0, depth: int = DEPTH) -> Rankings:
    """Reciprocal-rank fusion, the dense leg with `weight`."""
    rankings = []
    for close, worded in zip(legs.dense, legs.lexical, strict=True):
        sums: Ranking = {}
        for share, leg in ((weight, close), (1.0, worded)):
            for place, i in enumerate(_first(leg, depth), start=1):
                sums[i] = sums.get(i, 0.0) + share / (constant + place)
        rankings.append(dict(sorted(sums.items(), key=lambda item: (-item[1], item[0]))))
    return rankings


def _first(ranking: Ranking, depth: int) -> Ranking:
    return dict(list(ranking.items())[:depth])


def as_it_is(scores: Floats, own: Floats) -> Floats:
    return scores


def share_of_best(least: float = 1e-9) -> Scale:
    """Scores as shares of the leg's best, which counts as `least` where it is smaller."""
    return lambda scores, own: scores / max(float(own.max()), least)


def min_max(scores: Floats, own: Floats) -> Floats:
    scaled: Floats = np.maximum(scores - own.min(), 0.0) / max(float(np.ptp(own)), 1e-9)
    return scaled


def standard(scores: Floats, own: Floats) -> Floats:
    scaled: Floats = (np.maximum(scores, own.min()) - own.mean()) / max(float(own.std()), 1e-9)
    return scaled


def thirtieth(scores: Floats, own: Floats) -> Floats:
    return scores / 30
