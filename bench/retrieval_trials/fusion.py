"""Ways to make one ranking of two: by scores on a common scale, or by rank; knows no question.

Cosines and BM25 are matrices `[questions, passages]`; what no leg returns scores minus infinity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.retrieval_trials.bed import Matrix
from index.search import COSINE_WEIGHT, POOL


def weighted(
    cosines: Matrix, bm25: Matrix, weight: float = COSINE_WEIGHT, least: float = 1e-9
) -> Matrix:
    """As it ships: cosine and share of the question's best BM25, which is `least` at least."""
    share = bm25 / np.maximum(bm25.max(1, keepdims=True), least)
    return _ranked(cosines, bm25, weight * cosines + (1 - weight) * share)


def found_only(cosines: Matrix, bm25: Matrix) -> Matrix:
    """As it ships, but without the BM25 of what only the dense leg returns."""
    known = np.where(_leaders(bm25, POOL), bm25, np.float32(0))
    return _ranked(cosines, bm25, weighted(cosines, known))


def summed(cosines: Matrix, bm25: Matrix, scale: float) -> Matrix:
    """Cosine and BM25 / `scale`, whatever the question's best is."""
    return _ranked(cosines, bm25, cosines + bm25 / scale)


def min_max(cosines: Matrix, bm25: Matrix, weight: float) -> Matrix:
    """Both legs from 0 to 1 over the candidates of the question."""
    chosen = _candidates(cosines, bm25)
    near, said = (_stretched(scores, chosen) for scores in (cosines, bm25))
    return _ranked(cosines, bm25, weight * near + (1 - weight) * said)


def by_rank(cosines: Matrix, bm25: Matrix, constant: float) -> Matrix:
    """Reciprocal-rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009)."""
    return _ranked(cosines, bm25, _reciprocal(cosines, constant) + _reciprocal(bm25, constant))


def one_leg(scores: Matrix) -> Matrix:
    """A leg alone."""
    return np.where(_leaders(scores, POOL) & (scores != 0), scores, -np.inf)


def _ranked(cosines: Matrix, bm25: Matrix, scores: NDArray[np.floating]) -> Matrix:
    return np.where(_candidates(cosines, bm25), scores, -np.inf).astype(np.float32)


def _candidates(cosines: Matrix, bm25: Matrix) -> NDArray[np.bool_]:
    return _leaders(cosines, POOL) | (_leaders(bm25, POOL) & (bm25 > 0))


def _leaders(scores: Matrix, count: int) -> NDArray[np.bool_]:
    return _places(scores) < count


def _places(scores: Matrix) -> NDArray[np.int64]:
    """0 for the best of each row, 1 for the next; equal ones by number."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(scores.shape[1])[None], axis=1)
    return places


def _reciprocal(scores: Matrix, constant: float) -> Matrix:
    places = _places(scores)
    returned = (places < POOL) & (scores != 0)
    return np.where(returned, 1 / (constant + 1 + places), 0).astype(np.float32)


def _stretched(scores: Matrix, chosen: NDArray[np.bool_]) -> Matrix:
    low = np.where(chosen, scores, np.inf).min(1, keepdims=True)
    high = np.where(chosen, scores, -np.inf).max(1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-9), dtype=np.float32)
