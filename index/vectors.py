"""The seam between the index and FAISS: vectors by passage id, searched by inner product."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors

Ids = NDArray[np.int64]
CACHE = "vectors.faiss"
_LABEL = "vectors.json"


class VectorStore(Protocol):
    """What the index needs of a vector engine."""

    def add(self, ids: Ids, vectors: Vectors) -> None: ...

    def remove(self, ids: Ids) -> None: ...

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """Up to `k` (id, inner product) pairs for a query `[dimension]`, best first."""
        ...

    def ids(self) -> Ids: ...

    @property
    def count(self) -> int: ...


class FaissStore:
    """Exact inner-product search in memory, with a file that saves reading every vector again."""

    def __init__(self, dimension: int, embedder: str) -> None:
        import faiss

        self.dimension = dimension
        self.embedder = embedder
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        import faiss

        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        if len(ids) != len(vectors) or vectors.shape[1:] != (self.dimension,):
            raise ValueError(
                f"need {len(ids)} vectors of {self.dimension} numbers, got shape {vectors.shape}"
            )
        self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)

    def remove(self, ids: Ids) -> None:
        if len(ids):
            import faiss

            self._index.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64)))

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        if self.count == 0 or k <= 0:
            return []
        scores, ids = self._index.search(query.reshape(1, -1), min(k, self.count))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def save(self, folder: Path) -> None:
        """Writes the cache and its label beside the database, each in one step."""
        import faiss

        data = faiss.serialize_index(self._index).tobytes()
        label = {
            "embedder": self.embedder,
            "dimension": self.dimension,
            "count": self.count,
            "size": len(data),
            "crc32": zlib.crc32(data),
        }
        _replace(folder / CACHE, data)
        _replace(folder / _LABEL, json.dumps(label).encode())

    @classmethod
    def load(cls, folder: Path, embedder: str, dimension: int) -> FaissStore | None:
        """The cached store, or None where it is missing, damaged or of another model."""
        import faiss

        try:
            label = json.loads((folder / _LABEL).read_bytes())
            data = (folder / CACHE).read_bytes()
            fits = (
                label["embedder"] == embedder
                and label["dimension"] == dimension
                and label["size"] == len(data)
                and label["crc32"] == zlib.crc32(data)
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not fits:
            return None
        store = cls(dimension, embedder)
        index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        if not isinstance(index, faiss.IndexIDMap2) or index.ntotal != label["count"]:
            return None
        store._index = index
        return store


def difference(have: Ids, want: Ids) -> tuple[Ids, Ids]:
    """(ids to remove, ids to add) that turn `have` into `want`."""
    return np.setdiff1d(have, want), np.setdiff1d(want, have)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
