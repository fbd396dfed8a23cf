"""Vectors as rows, addressed by what was embedded; knows nothing of models or of FAISS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from index.database import Database

_AT_ONCE = 10_000
LOOSE = "CREATE TEMP TABLE IF NOT EXISTS loose (vector_id INTEGER PRIMARY KEY)"
"""Vectors that lost a passage in this change; dropped at its end if no other passage has them."""


class VectorRows(Database):
    """The vectors of passages, and which passages came and went; writes belong in `change()`."""

    def passage_ids(self, after: int = 0) -> NDArray[np.int64]:
        """Ids of the passages that came after the one with this id, sorted."""
        rows = self.connection().execute(
            "SELECT id FROM passages WHERE id > ? ORDER BY id", (after,)
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def removed_since(self, generation: int) -> NDArray[np.int64]:
        """Ids of passages that were removed after this generation."""
        rows = self.connection().execute(
            "SELECT passage_id FROM removed WHERE generation > ?", (generation,)
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def forget_removed(self, generation: int) -> None:
        """Drops the list of what was removed up to this generation."""
        self.connection().execute("DELETE FROM removed WHERE generation <= ?", (generation,))
        self.set_meta("removals_since", str(generation))

    def passage_vectors(
        self, ids: NDArray[np.int64] | None, dimension: int
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Batches of (passage ids `[n]`, vectors `[n, dimension]`), ids growing; None for all."""
        query = "SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.id = p.vector_id"
        if ids is None:
            rows = self.connection().execute(f"{query} ORDER BY p.id")
        else:
            rows = self.connection().execute(
                f"{query} WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id",
                (json.dumps(ids.tolist()),),
            )
        while batch := rows.fetchmany(_AT_ONCE):
            vectors = np.frombuffer(b"".join(row[1] for row in batch), dtype="<f2")
            found = np.array([row[0] for row in batch], dtype=np.int64)
            yield found, vectors.reshape(len(batch), dimension).astype(np.float32)

    def vector_ids(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        """digest -> vector id, for those that are stored already."""
        connection = self.connection()
        found: dict[bytes, int] = {}
        for digest in digests:
            row = connection.execute("SELECT id FROM vectors WHERE digest = ?", (digest,))
            if (value := row.fetchone()) is not None:
                found[digest] = value[0]
        return found

    def record_model(self, name: str, dimension: int) -> None:
        """Says which model the vectors are from."""
        self.set_meta("embedder", name)
        self.set_meta("dimension", str(dimension))

    def put_vectors(self, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Stores vectors as little-endian float16; invisible until a passage names them."""
        self.connection().executemany(
            "INSERT OR IGNORE INTO vectors (digest, vector) VALUES (?, ?)",
            [(digest, vector.astype("<f2").tobytes()) for digest, vector in vectors.items()],
        )

    def drop_loose_vectors(self) -> None:
        """Drops the vectors that lost their last passage in this change."""
        connection = self.connection()
        connection.execute(LOOSE)
        connection.execute(
            "DELETE FROM vectors WHERE id IN (SELECT vector_id FROM loose)"
            " AND NOT EXISTS (SELECT 1 FROM passages WHERE vector_id = vectors.id)"
        )
        connection.execute("DELETE FROM loose")

    def drop_unused_vectors(self) -> int:
        """Drops every vector that no passage names, looking at all of them; how many."""
        cursor = self.connection().execute(
            "DELETE FROM vectors WHERE NOT EXISTS"
            " (SELECT 1 FROM passages WHERE vector_id = vectors.id)"
        )
        return cursor.rowcount
