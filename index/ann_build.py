"""Builds and measures a `Base` from batches of vectors, with bounded memory.

Knows where no vector comes from: the caller supplies a function that reads them, twice if need be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from index.ann import EXACT_UP_TO, Base, Ids
from index.embed import Vectors

Batches = Callable[[Ids | None], Iterable[tuple[Ids, Vectors]]]
"""Called with ids, or None for all: yields (ids `[n]`, vectors `[n, dimension]`), ids growing."""

RECALL = 0.995
# Real questions need 500 candidates among 100,000 passages and 1,000 among a million.
_CANDIDATES = (1_000, 2_000, 4_000)
_SAMPLE = 10_000
_QUESTIONS = 100
_MEASURED = 10  # results a question
_QUESTION_COSINE = 0.5


def build(batches: Batches, ids: Ids, dimension: int, *, exact_up_to: int = EXACT_UP_TO) -> Base:
    """The index that suits the number of vectors; `ids` are all of them, growing.

    Above `exact_up_to` a sample is read first and everything after it. Where the measured recall
    stays below `RECALL` whatever the number of candidates, the index is exact after all. Raises
    `ValueError` where the ids do not grow, or the batches do not hold exactly them or vectors of
    another dimension.

        build(lambda some: [(ids, vectors)], ids, 384)
    """
    if len(ids) > 1 and np.diff(ids).min() <= 0:
        raise ValueError("the ids must grow")
    if len(ids) > max(exact_up_to, _MEASURED + 1):
        base = _rabitq(batches, ids, dimension)
        if base.recall >= RECALL:
            return base
    return _exact(batches, ids, dimension)


def _exact(batches: Batches, ids: Ids, dimension: int) -> Base:
    import faiss

    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    for _, vectors in _checked(batches(None), ids, dimension):
        index.add(vectors)
    return Base(index, ids, 0, 1.0)


def _rabitq(batches: Batches, ids: Ids, dimension: int) -> Base:
    """RaBitQ (Gao and Long, SIGMOD 2024): the signs of the rotated dimensions, then eight bits.

    Without the rotation the signs say little where a few dimensions outweigh the rest.
    """
    import faiss

    draw = np.random.default_rng(0)
    some = np.sort(draw.choice(ids, min(_SAMPLE, len(ids)), replace=False))
    sample = np.concatenate([rows for _, rows in _checked(batches(some), some, dimension)])
    index: Any = faiss.index_factory(
        dimension, f"RR{dimension},RaBitQfs,Refine(SQ8)", faiss.METRIC_INNER_PRODUCT
    )
    # The sample does not hold the largest numbers there are; beyond the range they are cut off.
    fine: Any = faiss.downcast_index(index.refine_index)
    fine.sq.rangestat_arg = 0.1
    index.train(sample)
    sources = draw.choice(len(some), min(_QUESTIONS, len(some)), replace=False)
    questions = _questions(sample[sources], sample.mean(axis=0), draw)
    nearest = faiss.ResultHeap(len(questions), _MEASURED + 1, keep_max=True)
    at = 0
    for _, vectors in _checked(batches(None), ids, dimension):
        index.add(vectors)
        most = min(_MEASURED + 1, len(vectors))
        scores, near = faiss.knn(questions, vectors, most, metric=faiss.METRIC_INNER_PRODUCT)
        nearest.add_result(scores, near + at)
        at += len(vectors)
    nearest.finalize()
    # A question's source is left out: it is nearer than the passage to a question ever is.
    least = [
        scores[ids[near] != source][:_MEASURED][-1]
        for scores, near, source in zip(nearest.D, nearest.I, some[sources], strict=True)
    ]
    for candidates in _CANDIDATES:
        base = Base(index, ids, candidates, 0.0)
        recall = _recall(base, batches, questions, some[sources], least)
        if recall >= RECALL:
            break
    return Base(index, ids, candidates, recall)


def _questions(vectors: Vectors, centre: Vectors, draw: np.random.Generator) -> Vectors:
    """Vectors as far from the given ones as questions are from the passages that answer them.

    Seen from the centre `[dimension]`, which for some models all texts are near to.
    """
    noise = draw.standard_normal(vectors.shape).astype(np.float32)
    own = vectors - centre
    noise *= np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(noise, axis=1)[:, None]
    away = np.float32(np.sqrt(1 - _QUESTION_COSINE**2))
    mixed = centre + _QUESTION_COSINE * own + away * noise
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def _recall(
    base: Base, batches: Batches, questions: Vectors, sources: Ids, least: Sequence[float]
) -> float:
    """The share of the ten nearest that come up once the first 40 are scored by their vectors.

    `least` `[questions]` is the score of the tenth: of equals, one is as good as another.
    """
    found = [base.search(question, 40)[0] for question in questions]
    some = np.unique(np.concatenate(found))
    vectors = np.concatenate([rows for _, rows in _checked(batches(some), some, base.dimension)])
    hits = 0
    for question, ids, source, tenth in zip(questions, found, sources, least, strict=True):
        scores = vectors[np.searchsorted(some, ids[ids != source])] @ question
        hits += min(_MEASURED, int(np.count_nonzero(scores >= tenth - 1e-5)))
    return hits / (_MEASURED * len(questions))


def _checked(
    batches: Iterable[tuple[Ids, Vectors]], ids: Ids, dimension: int
) -> Iterable[tuple[Ids, Vectors]]:
    at = 0
    for some, vectors in batches:
        if vectors.shape != (len(some), dimension):
            raise ValueError(
                f"need {len(some)} vectors of {dimension} numbers, got shape {vectors.shape}"
            )
        if not np.array_equal(some, ids[at : at + len(some)]):
            raise ValueError(f"vector {at} and those after it are not those of the ids, in order")
        at += len(some)
        if len(some):
            yield some, np.ascontiguousarray(vectors, np.float32)
    if at != len(ids):
        raise ValueError(f"need {len(ids)} vectors, got {at}")
