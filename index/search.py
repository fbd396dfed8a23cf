"""Hybrid retrieval: BM25 and vectors, fused by rank; knows nothing of how answers are read."""

from __future__ import annotations

from index.embed import Vectors
from index.query import lexical_query
from index.store import Store
from index.types import Hit
from index.vectors import VectorStore, fuse

FUSION_CONSTANT = 10.0
POOL = 50
TITLE_WEIGHT = 1.0


def search(store: Store, vectors: VectorStore, query: Vectors, question: str, k: int) -> list[Hit]:
    """The `k` best passages for a question and its vector `[dimension]`, best first."""
    dense = vectors.search(query, POOL)
    expression = lexical_query(question)
    lexical = store.lexical(expression, POOL, TITLE_WEIGHT) if expression else []
    dense_ranks = {passage: place for place, (passage, _) in enumerate(dense, start=1)}
    lexical_ranks = {passage: place for place, passage in enumerate(lexical, start=1)}
    similarities = dict(dense)
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
