"""Builds and measures a `Base` from batches of vectors, with bounded memory.

Knows where no vector comes from: the caller supplies a function that reads them, twice if need be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from index.ann import EXACT_UP_TO, Base, Ids
from index.embed import Vectors

Batches = Callable[[Ids | None], Iterable[tuple[Ids, Vectors]]]
"""Called with ids, or None for all: yields (ids `[n]`, vectors `[n, dimension]`), ids growing."""

RECALL = 0.995
_CANDIDATES = (250, 500, 1_000, 2_000, 4_000)
_SAMPLE = 10_000
_QUESTIONS = 100
# At this cosine it takes as many candidates as for real questions (`bench.vectors`).
_QUESTION_COSINE = 0.45


def build(batches: Batches, ids: Ids, dimension: int, *, exact_up_to: int = EXACT_UP_TO) -> Base:
    """The index that suits the number of vectors; `ids` are all of them, growing.

    Above `exact_up_to` a sample is read first and everything after it. Where the measured recall
    stays below `RECALL` whatever the number of candidates, the index is exact after all. Raises
    `ValueError` where the batches do not hold exactly `ids` or vectors of another dimension.

        build(lambda some: [(ids, vectors)], ids, 384)
    """
    if len(ids) > exact_up_to:
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
    index = faiss.index_factory(
        dimension, f"RR{dimension},RaBitQfs,Refine(SQ8)", faiss.METRIC_INNER_PRODUCT
    )
    # The sample does not hold the largest numbers there are; beyond the range they are cut off.
    faiss.downcast_index(index.refine_index).sq.rangestat_arg = 0.1
    index.train(sample)
    asked = draw.choice(len(some), min(_QUESTIONS, len(some)), replace=False)
    questions = _questions(sample[asked], draw)
    true = faiss.ResultHeap(len(asked), 11, keep_max=True)
    at = 0
    for _, vectors in _checked(batches(None), ids, dimension):
        index.add(vectors)
        scores, near = faiss.knn(
            questions, vectors, min(11, len(vectors)), metric=faiss.METRIC_INNER_PRODUCT
        )
        true.add_result(scores, near + at)
        at += len(vectors)
    true.finalize()
    for candidates in _CANDIDATES:
        base = Base(index, ids, candidates, 0.0)
        recall = _recall(base, questions, true.I, some[asked])
        if recall >= RECALL:
            break
    return Base(index, ids, candidates, recall)


def _questions(vectors: Vectors, draw: np.random.Generator) -> Vectors:
    """Vectors as far from the given ones as questions are from the passages that answer them."""
    noise = draw.standard_normal(vectors.shape).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    mixed = _QUESTION_COSINE * vectors + np.float32(np.sqrt(1 - _QUESTION_COSINE**2)) * noise
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def _recall(base: Base, questions: Vectors, true: Ids, sources: Ids) -> float:
    """The share of the ten nearest among 40 results, the questions' sources left out.

    `true` `[questions, 11]` are positions, best first, -1 where there are no more.
    """
    hits = total = 0
    for question, near, source in zip(questions, true, sources, strict=True):
        known = base.ids[near[near >= 0]]
        want = known[known != source][:10]
        hits += len(np.intersect1d(want, base.search(question, 40)[0]))
        total += len(want)
    return hits / total


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
