"""An index of any size: building its vectors, opening, retrieving, adding; each in a new process.

    python -m bench.index WORK FILE [FILE ...] [--passages 100000 1000000] [--seed 1]

The FILEs are question files. `bench.corpus` makes collections of them in WORK (once), their vectors
are made by `bench.synthetic` from real ones: clustered like real ones. Retrieval is both legs and
fusion; the question's embedding is apart, and is a synthetic vector close to the passage that
answers, as real questions are. The vectors know nothing of the texts: a passage found by its words
is far from the question, as none is in reality, so the share of known items says that both legs
work, not how good they are together (`bench.retrieval` does). Every figure is printed with its
unit.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from bench import corpus
from bench.machine import machine
from bench.synthetic import real_vectors, synthetic
from index import Article, Filter, Index, Passage, postings
from index.embed import OnnxEmbedder, Vectors
from index.store import Store

_ASKED = 400
_COSINE = 0.55  # of a question and the passage that answers it, the median over real ones
_ADDED = 10


class _Known:
    """Gives each question the vector that it was given beforehand."""

    name = OnnxEmbedder.name
    dimension = OnnxEmbedder.dimension

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self._vectors = vectors

    def encode(self, texts: Sequence[str], advance: Any = None) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])


def make(folder: Path, passages: int, files: Sequence[Path], seed: int) -> None:
    """Writes the collection, unless it is there."""
    if (folder / "made").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    real = real_vectors(files, folder.parent / "real.npz")
    most = int(passages * 1.1)
    vectors = chain.from_iterable(synthetic(real.passages, most, seed))
    corpus.write(folder, passages, files, seed=seed, vectors=vectors)
    store = Store(folder)
    with store.change():
        postings.refresh(store.connection())
    store.settle()
    (folder / "made").touch()


def questions(index: Index, folder: Path) -> dict[str, Vectors]:
    """Known items with a vector near that of the passage that answers."""
    draw = np.random.default_rng(1)
    asked: dict[str, Vectors] = {}
    for item in corpus.known_items(folder)[:_ASKED]:
        row = index.store.connection().execute(
            "SELECT v.vector FROM passages p JOIN articles a ON a.id = p.article_id"
            " JOIN vectors v ON v.id = p.vector_id WHERE a.uri = ? AND p.start <= ? AND p.end >= ?",
            (item.uri, item.start, item.end),
        )
        if (found := row.fetchone()) is None:
            continue
        vector = np.frombuffer(found[0], "<f2").astype(np.float32)
        noise = draw.standard_normal(len(vector)).astype(np.float32)
        noise -= noise @ vector * vector
        noise /= np.linalg.norm(noise)
        asked[item.question] = _COSINE * vector + np.float32(np.sqrt(1 - _COSINE**2)) * noise
    return asked


def measure(folder: Path) -> dict[str, float | str]:
    """Opens the index and asks; what it took. For a process that has done nothing else."""
    items = {item.question: item for item in corpus.known_items(folder)}
    probe = Index(folder)
    asked = questions(probe, folder)
    probe.close()
    import faiss  # noqa: F401  # its import is the program's start, not the index's

    began = time.perf_counter()
    index = Index(folder, _Known(asked))
    first, *others = asked
    index.search(first, 10)
    opened = time.perf_counter() - began
    results: dict[str, float | str] = {"open and first retrieval, s": opened}
    times, right = [], 0
    for question in others:
        began = time.perf_counter()
        hits = index.search(question, 10)
        times.append(1000 * (time.perf_counter() - began))
        right += any(_answers(index, hit.passage, items[question]) for hit in hits)
    results["retrieval p50, ms"] = float(np.percentile(times, 50))
    results["retrieval p95, ms"] = float(np.percentile(times, 95))
    results["retrieval worst, ms"] = max(times)
    results["known item in the first 10, %"] = 100 * right / len(others)
    results |= _filtered(index, others)
    results["resident memory, MB"], results["of it mapped files, MB"] = _memory()
    results["recall@10 against exact"] = _recall(index, asked)
    results["vectors"] = index.status().search
    return results


def _answers(index: Index, passage: Passage, item: corpus.KnownItem) -> bool:
    if not passage.start <= item.start < item.end <= passage.end:
        return False
    return index.article(passage.article_id).uri == item.uri


def _filtered(index: Index, asked: Sequence[str]) -> dict[str, float]:
    ids = [row[0] for row in index.store.connection().execute("SELECT id FROM articles")]
    chosen = Filter(articles=tuple(ids[:: max(1, len(ids) // 1000)]))
    index.search(asked[0], 10, chosen)
    times = []
    for question in asked[:100]:
        began = time.perf_counter()
        index.search(question, 10, chosen)
        times.append(1000 * (time.perf_counter() - began))
    return {"retrieval among 1,000 articles p95, ms": float(np.percentile(times, 95))}


def _recall(index: Index, asked: dict[str, Vectors]) -> float:
    """The share of the ten truly nearest that the vector leg returns among its first ten."""
    import faiss

    from index.search import dense

    queries = np.stack(list(asked.values())[:200])
    true = faiss.ResultHeap(len(queries), 10, keep_max=True)
    ids: list[np.ndarray[Any, Any]] = []
    at = 0
    for some, rows in index.store.passage_vectors(None, OnnxEmbedder.dimension):
        scores, near = faiss.knn(queries, rows, 10, metric=faiss.METRIC_INNER_PRODUCT)
        true.add_result(scores, near + at)
        ids.append(some)
        at += len(some)
    true.finalize()
    names = np.concatenate(ids)
    with index.snapshot():
        view = index.view
        found = [list(dense(index.store, view, query, 50, None))[:10] for query in queries]
    hits = [
        len(set(near) & set(names[row].tolist())) for near, row in zip(found, true.I, strict=True)
    ]
    return sum(hits) / (10 * len(queries))


def _memory() -> tuple[float, float]:
    values: dict[str, float] = {}
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in ("VmRSS", "RssFile"):
            values[name] = int(value.split()[0]) / 1024
    return values["VmRSS"], values["RssFile"]


def rebuild_vectors(folder: Path) -> dict[str, float]:
    """Makes the vectors' file from what is stored; what `index doctor` does when it is lost."""
    for path in folder.glob("vectors*"):
        path.unlink()
    index = Index(folder)
    import faiss  # noqa: F401

    began = time.perf_counter()
    index.refresh()
    return {"vectors' file made from the database, s": time.perf_counter() - began}


def add_ten(folder: Path) -> dict[str, float]:
    """Adds ten articles; the time beyond their embedding. Removes them again."""
    embedder = OnnxEmbedder()
    spent = 0.0
    encode = embedder.encode

    def timed(texts: Sequence[str], advance: Any = None) -> Vectors:
        nonlocal spent
        began = time.perf_counter()
        rows = encode(texts, advance)
        spent += time.perf_counter() - began
        return rows

    embedder.encode = timed  # type: ignore[method-assign]
    index = Index(folder, embedder)
    index.search("Who was it?", 1)
    listed = index.articles()[:: max(1, index.status().articles // _ADDED)][:_ADDED]
    texts = [index.article(article.id) for article in listed]
    new = [
        Article(f"/new/{n}.txt", f"New {a.title}", f"{a.text} It was the {n}th report.", "bench")
        for n, a in enumerate(texts)
    ]
    spent = 0.0
    began = time.perf_counter()
    report = index.add_articles(new)
    index.search("Who was it?", 1)
    took = time.perf_counter() - began
    began = time.perf_counter()
    index.remove(report.added)
    return {
        "ten articles added, beyond embedding, s": took - spent,
        "their embedding, s": spent,
        "ten articles removed, s": time.perf_counter() - began,
    }


_STEPS = {"vectors": rebuild_vectors, "measure": measure, "add": add_ten}


def _sizes(folder: Path) -> Iterator[tuple[str, float]]:
    for name in ("index.db", "vectors*.faiss"):
        yield f"{name}, MB", sum(path.stat().st_size for path in folder.glob(name)) / 1e6


def main() -> None:
    """Runs every step of every size in a process of its own and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--passages", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", choices=sorted(_STEPS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step is not None:
        print(json.dumps(_STEPS[arguments.step](arguments.work)))
        return
    print(machine())
    for passages in arguments.passages:
        folder = arguments.work / f"{passages}"
        make(folder, passages, arguments.files, arguments.seed)
        print(f"\n{passages:,} passages")
        for step in _STEPS:
            command = [sys.executable, "-m", "bench.index", str(folder), "--step", step]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            for name, value in json.loads(done.stdout.splitlines()[-1]).items():
                shown = value if isinstance(value, str) else f"{value:,.3f}"
                print(f"  {name}: {shown}", flush=True)
        for name, size in _sizes(folder):
            print(f"  {name}: {size:,.0f}")


if __name__ == "__main__":
    main()
