"""Embeddings to measure on: real ones of question files, and as many like them as are wanted.

Knows the embedder and the question files, nothing of indexes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import Article
from index.cut import cut
from index.embed import OnnxEmbedder, Vectors
from qa.readerdata import QuestionFile, read_questions

_NEIGHBOURS = 50
# Chosen so that a synthetic vector is as close to its nearest neighbour as a real one is.
_SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class Real:
    """Unit vectors of real text: passages `[n, dimension]` and questions `[m, dimension]`."""

    passages: Vectors
    questions: Vectors


def real_vectors(
    files: Sequence[Path], cache: Path, passages: int = 14_000, questions: int = 1_000
) -> Real:
    """Passages and questions of question files, drawn by a seeded shuffle and embedded once.

    `cache` is an `.npz` file, read where it exists. Embedding takes some 25 ms a passage.
    """
    if not cache.exists():
        read = [read_questions(path) for path in files]
        draw = random.Random(1)
        texts = sorted({text for file in read for text in _texts(file)})
        asked = sorted({question for file in read for question in _questions(file)})
        embedder = OnnxEmbedder()
        np.savez(
            cache,
            passages=embedder.encode(draw.sample(texts, min(passages, len(texts)))),
            questions=embedder.encode(draw.sample(asked, min(questions, len(asked)))),
        )
    with np.load(cache) as stored:
        return Real(stored["passages"], stored["questions"])


def synthetic(real: Vectors, count: int, seed: int = 1, batch: int = 10_000) -> Iterator[Vectors]:
    """`count` unit vectors in batches: the real ones first, then new ones that cluster like them.

    A new one is a real one moved by the differences of two pairs of its near neighbours, that is
    in directions in which texts of its kind differ.

        stored = np.concatenate([rows.astype(np.float16) for rows in synthetic(real, 100_000)])
    """
    import faiss

    real = np.ascontiguousarray(real[:count])
    for at in range(0, len(real), batch):
        yield real[at : at + batch]
    draw = np.random.default_rng(seed)
    near = faiss.knn(real, real, _NEIGHBOURS + 1, metric=faiss.METRIC_INNER_PRODUCT)[1][:, 1:]
    for at in range(len(real), count, batch):
        parents = draw.integers(len(real), size=min(batch, count - at))
        pairs = draw.integers(_NEIGHBOURS, size=(4, len(parents)))
        one, two, three, four = (real[near[parents, pair]] for pair in pairs)
        rows = real[parents] + np.float32(_SPREAD / np.sqrt(2)) * (one - two + three - four)
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)


def closeness(passages: Vectors, queries: Vectors | None = None) -> list[float]:
    """Median inner product with the 1st, 10th and 100th nearest passage.

    Of the queries `[m, dimension]`, or of the first 2,000 passages and those next to them.
    """
    import faiss

    asked = queries if queries is not None else passages[:2000]
    scores, _ = faiss.knn(asked, passages, 101, metric=faiss.METRIC_INNER_PRODUCT)
    itself = 0 if queries is not None else 1
    return [float(np.median(scores[:, place - 1 + itself])) for place in (1, 10, 100)]


def _texts(file: QuestionFile) -> Iterable[str]:
    bodies = {(a.title, a.body) for a in file.articles}
    bodies |= {(row.title, row.context) for row in file.rows}
    for title, body in bodies:
        yield from cut(Article("", title, body, "")).texts


def _questions(file: QuestionFile) -> Iterable[str]:
    yield from (row.question for row in file.rows)
    yield from (question.question for article in file.articles for question in article.facts)
