"""Collections of any size to measure on, written straight into an index; knows no models.

    python -m bench.corpus FOLDER FILE [FILE ...] [--passages 100000] [--seed 1]

The files are question files; `bench/mixture.py` says how articles are made of them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np

from bench.mixture import KnownItem, Made, Source
from index import postings
from index.embed import OnnxEmbedder, Vectors
from index.passages import split_passages
from index.store import Store
from index.types import Span

__all__ = ["QUESTIONS", "KnownItem", "known_items", "write"]

QUESTIONS = "questions.jsonl"
_ARTICLES_AT_ONCE = 2000


def write(
    folder: Path,
    passages: int,
    files: Sequence[Path],
    *,
    seed: int = 1,
    vectors: Iterator[Vectors] | None = None,
    questions: int = 2000,
) -> list[KnownItem]:
    """Fills an index that is empty or not there with at least `passages` passages.

    Returns known items, which are also written beside the index: `known_items(folder)` reads them.
    `vectors` gives a vector `[dimension]` for every passage in the order of passage ids; without
    it they are random unit vectors.
    """
    store = Store(folder)
    draw = np.random.default_rng(seed)
    made = Source(files).articles(seed)
    items: list[KnownItem] = []
    count = asked = 0
    while count < passages:
        batch: list[tuple[Made, tuple[Span, ...]]] = []
        first = count
        while count < passages and len(batch) < _ARTICLES_AT_ONCE:
            article = next(made)
            batch.append((article, split_passages(article.article, article.sentences)))
            count += len(batch[-1][1])
            if article.item is not None:  # a reservoir: each is as likely to stay
                asked += 1
                place = len(items) if len(items) < questions else int(draw.integers(asked))
                items[place : place + 1] = [article.item] if place < questions else []
        given = _random(count - first, draw) if vectors is None else _take(vectors, count - first)
        with store.change():
            _put(store, batch, given, first)
    with store.change():
        store.record_model(OnnxEmbedder.name, OnnxEmbedder.dimension)
        postings.refresh(store.connection())
    store.close()
    lines = [json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in items]
    (folder / QUESTIONS).write_text("".join(lines), encoding="utf-8")
    return items


def _put(
    store: Store, batch: Sequence[tuple[Made, tuple[Span, ...]]], vectors: Vectors, first: int
) -> None:
    """Writes articles and their passages; `vectors` are the passages' in order."""
    digests = [(first + n).to_bytes(16, "big") for n in range(len(vectors))]
    store.put_vectors(dict(zip(digests, vectors, strict=True)))
    ids = store.vector_ids(digests)
    next_id = iter([ids[digest] for digest in digests])
    for made, spans in batch:
        store.put_article(made.article, made.sentences, [(span, next(next_id)) for span in spans])


def known_items(folder: Path) -> list[KnownItem]:
    """The questions that were written beside a collection."""
    lines = (folder / QUESTIONS).read_text(encoding="utf-8").splitlines()
    return [KnownItem(**json.loads(line)) for line in lines]


def _take(vectors: Iterator[Vectors], count: int) -> Vectors:
    return np.stack(list(islice(vectors, count)))


def _random(count: int, draw: np.random.Generator) -> Vectors:
    vectors = draw.standard_normal((count, OnnxEmbedder.dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def main() -> None:
    """Writes one collection and says how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.perf_counter()
    items = write(arguments.folder, arguments.passages, arguments.files, seed=arguments.seed)
    took = time.perf_counter() - began
    print(f"{arguments.passages:,} passages, {len(items):,} known items: {took:.0f} s")


if __name__ == "__main__":
    main()
