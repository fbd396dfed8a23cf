"""Vector search by size of the collection: time, memory and recall, beside other FAISS indexes.

python -m bench.vectors --cache FOLDER --files A.jsonl [...] [--sizes 10000 100000 1000000]
    [--kinds byline exact rabitq flat ivf hnsw]

`byline` is what `index.ann_build` chooses by size: `exact`, every inner product in float16, or
`rabitq`, candidates from one bit a dimension. `flat` is exact in float32; `ivf` and `hnsw` hold
eight bits a dimension. Passages are real embeddings and synthetic ones like them
(`bench.synthetic`), questions are real. Recall is the share of the ten nearest passages, found in
float32, among the first ten results, and after the first 40 are ordered again by the stored
vectors. Every index is opened from its file and searched by a process of its own, one question at
a time. Memory is how much that process grew, the parts of the file that it touched included; cpu
is the mean time that a question kept cores busy, which says more than the others on a machine
that is shared. Embeddings stay in the cache folder for the next run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.synthetic import closeness, real_vectors, synthetic
from index.ann import EXACT_UP_TO, Ids, Scores
from index.ann_build import build
from index.dense import DenseView, refine
from index.dense_cache import Origin, load, save
from index.embed import Vectors
from index.runtime import cpu_count

Half = NDArray[np.float16]
Search = Callable[[Vectors, int], tuple[Ids, Scores]]
_POOL = 40


def main() -> None:
    """Prints one table a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", nargs="*", type=Path, default=[])
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--kinds", nargs="+", default=["byline", "exact", "ivf"])
    parser.add_argument("--questions", type=int, default=300)
    arguments = parser.parse_args()
    cache: Path = arguments.cache
    real = real_vectors(arguments.files, cache / "real.npz")
    questions = real.questions[: arguments.questions]
    print(
        f"{date.today()}, {cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start"
    )
    for size in arguments.sizes:
        stored = _stored(cache / f"synthetic-{size}.npy", real.passages, size)
        _resemblance(real.passages, stored, questions)
        true = _true(cache / f"true-{size}-{len(questions)}.npy", stored, questions)
        print(f"\n{size:,} passages, {len(questions)} questions:")
        print(
            f"{'':24}{'build s':>8}{'MB':>6}{'open s':>8}{'memory MB':>10}"
            f"{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}{'recall':>8}{'refined':>8}"
        )
        for kind in arguments.kinds:
            with tempfile.TemporaryDirectory() as folder:
                _row(kind, Path(folder), stored, questions, true)


def _row(kind: str, folder: Path, stored: Half, questions: Vectors, true: Ids) -> None:
    began = time.perf_counter()
    limits = {"byline": EXACT_UP_TO, "exact": sys.maxsize, "rabitq": 0}
    if kind in limits:
        settings = _byline(folder, stored, limits[kind])
    else:
        settings = _other(kind, folder, stored)
    seconds = time.perf_counter() - began
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    for name, setting in settings.items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found, opened, times, core, memory = pool.apply(_ask, (folder, setting, questions))
        raw = refined = 0.0
        for question, ids, want in zip(questions, found, true, strict=True):
            again = refine(question, ids, stored[ids].astype(np.float32), 10)[0]
            raw += len(np.intersect1d(ids[:10], want)) / 10 / len(questions)
            refined += len(np.intersect1d(again, want)) / 10 / len(questions)
        p50, p95 = 1000 * np.percentile(times, [50, 95])
        print(
            f"{name:24}{seconds:8.1f}{megabytes:6.0f}{opened:8.2f}{memory:10.0f}"
            f"{p50:8.2f}{p95:8.2f}{core:8.2f}{raw:8.3f}{refined:8.4f}",
            flush=True,
        )


def _byline(folder: Path, stored: Half, exact_up_to: int) -> dict[str, int]:
    def batches(some: Ids | None) -> Iterator[tuple[Ids, Vectors]]:
        ids = np.arange(len(stored)) if some is None else some
        for at in range(0, len(ids), 10_000):
            chosen = ids[at : at + 10_000]
            yield chosen, stored[chosen].astype(np.float32)

    dimension = stored.shape[1]
    base = build(batches, np.arange(len(stored)), dimension, exact_up_to=exact_up_to)
    save(folder, Origin("bench", "bench", dimension), DenseView.of(base, 1))
    return {f"byline: {base.kind} {base.candidates or ''}": 0}


def _other(kind: str, folder: Path, stored: Half) -> dict[str, int]:
    """Another index and the effort (lists probed, entries kept) at which to search it."""
    import faiss

    count, dimension = stored.shape
    lists = 2 ** round(np.log2(2 * np.sqrt(count)))
    factory, efforts = {
        "flat": ("Flat", [0]),
        "ivf": (f"IVF{lists},SQ8", [lists // 32, lists // 8, lists // 4]),
        "hnsw": ("HNSW32,SQ8", [64, 256]),
    }[kind]
    index = faiss.index_factory(dimension, factory, faiss.METRIC_INNER_PRODUCT)
    draw = np.random.default_rng(0)
    sample = np.sort(draw.choice(count, min(count, 40 * lists), replace=False))
    index.train(stored[sample].astype(np.float32))
    for at in range(0, count, 10_000):
        index.add(stored[at : at + 10_000].astype(np.float32))
    faiss.write_index(index, str(folder / "other.faiss"))
    return {f"{factory} {effort or ''}": effort for effort in efforts}


def _opened(folder: Path, effort: int, dimension: int) -> Search:
    import faiss

    path = folder / "other.faiss"
    if not path.exists():
        view = load(folder, Origin("bench", "bench", dimension))
        assert view is not None
        return view.search
    index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if isinstance(index, faiss.IndexIVF):
        index.nprobe = effort
    elif isinstance(index, faiss.IndexHNSW):
        index.hnsw.efSearch = effort

    def search(query: Vectors, k: int) -> tuple[Ids, Scores]:
        scores, ids = index.search(query[None], k)
        return ids[0], scores[0]

    return search


def _ask(
    folder: Path, effort: int, questions: Vectors
) -> tuple[list[Ids], float, list[float], float, float]:
    """(results, seconds to the first, seconds a question, milliseconds on a core, megabytes)."""
    import faiss

    faiss.knn(questions[:1], questions, 1)  # so that loading the libraries does not count
    before = _resident()
    began = time.perf_counter()
    search = _opened(folder, effort, questions.shape[1])
    search(questions[0], _POOL)
    opened = time.perf_counter() - began
    found, times = [], []
    worked = time.process_time()
    for question in questions:
        began = time.perf_counter()
        ids, _ = search(question, _POOL)
        times.append(time.perf_counter() - began)
        found.append(ids)
    core = 1000 * (time.process_time() - worked) / len(questions)
    return found, opened, times, core, _resident() - before


def _resident() -> float:
    """Megabytes of memory that this process occupies; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0.0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _stored(path: Path, real: Vectors, count: int) -> Half:
    """Vectors as the database holds them, in a file that takes no memory."""
    if not path.exists():
        part = path.with_suffix(".part")
        stored = np.lib.format.open_memmap(part, "w+", np.float16, (count, real.shape[1]))
        at = 0
        for rows in synthetic(real, count):
            stored[at : at + len(rows)] = rows
            at += len(rows)
        part.replace(path)
    return np.asanyarray(np.load(path, mmap_mode="r"))


def _true(path: Path, stored: Half, questions: Vectors) -> Ids:
    """The ten nearest passages of every question, computed in float32."""
    import faiss

    if not path.exists():
        heap = faiss.ResultHeap(len(questions), 10, keep_max=True)
        for at in range(0, len(stored), 50_000):
            rows = stored[at : at + 50_000].astype(np.float32)
            scores, ids = faiss.knn(questions, rows, 10, metric=faiss.METRIC_INNER_PRODUCT)
            heap.add_result(scores, ids + at)
        heap.finalize()
        np.save(path, heap.I)
    return np.asarray(np.load(path), np.int64)


def _resemblance(real: Vectors, stored: Half, questions: Vectors) -> None:
    """Prints whether as many synthetic passages as there are real ones lie like them."""
    if len(stored) < 2 * len(real):
        return
    made = stored[-len(real) :].astype(np.float32)
    print(f"\nmedian similarity to the 1st, 10th and 100th nearest of {len(real):,}:")
    for name, passages in (("real", real), ("synthetic", made)):
        near, asked = closeness(passages), closeness(passages, questions)
        print(
            f"{name:10} passages {' '.join(f'{score:.2f}' for score in near)}, "
            f"questions {' '.join(f'{score:.2f}' for score in asked)}"
        )


if __name__ == "__main__":
    main()
