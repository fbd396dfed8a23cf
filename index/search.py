"""Hybrid retrieval: BM25 and vectors, fused by rank; knows nothing of how answers are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.ann import Ids
from index.dense import DenseView, refine
from index.embed import Vectors
from index.lexical import ranked
from index.query import lexical_terms
from index.store import Store
from index.types import Hit

FUSION_CONSTANT = 10.0
POOL = 50
TITLE_WEIGHT = 1.0
_CANDIDATES = 4


def search(
    store: Store,
    view: DenseView,
    query: Vectors,
    question: str,
    k: int,
    allowed: Ids | None = None,
) -> list[Hit]:
    """The `k` best passages for a question and its vector `[dimension]`, best first.

    Only passages in `allowed` are looked at, all where it is None.
    """
    similarities = dense(store, view, query, POOL, allowed)
    lexical = ranked(store.connection(), lexical_terms(question), POOL, TITLE_WEIGHT, allowed)
    dense_ranks = {passage: place for place, passage in enumerate(similarities, start=1)}
    lexical_ranks = {passage: place for place, passage in enumerate(lexical, start=1)}
    scores = fuse([list(dense_ranks), lexical], FUSION_CONSTANT)
    best = sorted(scores, key=lambda passage: (-scores[passage], passage))[:k]
    passages = store.passages(best)
    return [
        Hit(
            passage=passages[i],
            score=scores[i],
            dense_rank=dense_ranks.get(i),
            lexical_rank=lexical_ranks.get(i),
            similarity=similarities.get(i),
        )
        for i in best
        if i in passages
    ]


def dense(
    store: Store, view: DenseView, query: Vectors, k: int, allowed: Ids | None
) -> dict[int, float]:
    """The `k` nearest passages and their cosine, best first.

    What an approximate search finds is scored again with the stored vectors.
    """
    if view.exact:
        ids, scores = view.search(query, k, allowed)
    else:
        near, _ = view.search(query, _CANDIDATES * k, allowed)
        batches = list(store.passage_vectors(np.sort(near), view.base.dimension))
        if not batches:
            return {}
        ids = np.concatenate([some for some, _ in batches])
        ids, scores = refine(query, ids, np.concatenate([rows for _, rows in batches]), k)
    return dict(zip(ids.tolist(), scores.tolist(), strict=True))


def fuse(rankings: Sequence[Sequence[int]], constant: float) -> dict[int, float]:
    """Reciprocal-rank fusion: the sum of 1 / (constant + place) over the rankings.

    Cormack, Clarke and Buettcher (SIGIR 2009). `fuse([[7, 8], [8]], 10)` scores 7 with 1/11 and
    8 with 1/12 + 1/11.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for place, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1.0 / (constant + place)
    return scores
