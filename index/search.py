"""Hybrid retrieval: BM25 and vectors, fused by score; knows nothing of how answers are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import numpy as np

from index.ann import Ids
from index.dense import DenseView, refine
from index.embed import Vectors
from index.lexical import weighed
from index.query import lexical_terms
from index.store import Store
from index.types import Hit

COSINE_WEIGHT = 0.65
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
    near = dense(store, view, query, POOL, allowed)
    words = weighed(store.connection(), lexical_terms(question), TITLE_WEIGHT)
    worded = words.best(POOL, allowed)
    cosine = near | cosines(store, view, query, worded.keys() - near.keys())
    both = np.fromiter(cosine, dtype=np.int64)
    bm25 = dict(zip(cosine, words.scores_of(both).tolist(), strict=True))
    scores = fuse(cosine, bm25)
    best = sorted(scores, key=lambda passage: (-scores[passage], passage))[:k]
    passages = store.passages(best)
    dense_ranks = {passage: place for place, passage in enumerate(near, start=1)}
    lexical_ranks = {passage: place for place, passage in enumerate(worded, start=1)}
    return [
        Hit(
            passage=passages[i],
            score=scores[i],
            similarity=cosine[i],
            bm25=bm25[i],
            dense_rank=dense_ranks.get(i),
            lexical_rank=lexical_ranks.get(i),
        )
        for i in best
    ]


def dense(
    store: Store, view: DenseView, query: Vectors, k: int, allowed: Ids | None
) -> dict[int, float]:
    """The `k` nearest passages and their cosine by the stored vectors, best first."""
    near, _ = view.search(query, k if view.exact else _CANDIDATES * k, allowed)
    found = cosines(store, view, query, near.tolist())
    return dict(islice(found.items(), k))


def cosines(
    store: Store, view: DenseView, query: Vectors, passages: Iterable[int]
) -> dict[int, float]:
    """Passage -> cosine of its stored vector and the question's, in [-1, 1], best first."""
    wanted = np.sort(np.fromiter(passages, dtype=np.int64))
    batches = list(store.passage_vectors(wanted, view.base.dimension))
    if not batches:
        return {}
    ids = np.concatenate([some for some, _ in batches])
    vectors = np.concatenate([rows for _, rows in batches])
    ids, scores = refine(query, ids, vectors, len(ids))
    return dict(zip(ids.tolist(), scores.clip(-1.0, 1.0).tolist(), strict=True))


def fuse(cosine: Mapping[int, float], bm25: Mapping[int, float]) -> dict[int, float]:
    """Weighted sum of cosine and BM25 as a share of the question's best, in [-0.65, 1].

    Of the same passages. `fuse({7: 0.5, 8: 0.2}, {7: 0.0, 8: 20.0})` scores 7 with 0.65 * 0.5 and
    8 with 0.65 * 0.2 + 0.35 * 1.
    """
    best = max(bm25.values(), default=0.0)
    share = (1.0 - COSINE_WEIGHT) / best if best > 0 else 0.0
    return {i: COSINE_WEIGHT * near + share * bm25[i] for i, near in cosine.items()}
