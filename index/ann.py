"""FAISS indexes of a fixed set of vectors: which one for how many, and searching it.

Knows nothing of files, of later changes or of SQLite. Up to `EXACT_UP_TO` vectors every inner
product is computed, in float16. Beyond, a scan of one bit a dimension picks candidates, which are
scored with eight bits a dimension; how many candidates it takes was measured when it was built.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors

if TYPE_CHECKING:
    import faiss

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Kind = Literal["exact", "rabitq"]

EXACT_UP_TO = 100_000
# Candidates for each result asked for: the ends of long lists are worth finding too.
_A_RESULT = 8
# Fetching one candidate from the scan of bits costs as much as scoring this many vectors in a row.
_FETCH_COST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """Vectors `[count, dimension]` in the order of their ids; never changed once it is made.

    `ids` grow strictly. `candidates` is 0 where every inner product is computed. `recall` is the
    share of the ten vectors truly nearest to a question that are among the first 40 results.
    Searching is safe from any number of threads, each using one core.
    """

    index: faiss.Index
    ids: Ids
    candidates: int
    recall: float

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        return int(self.index.d)

    @property
    def kind(self) -> Kind:
        return "exact" if self.candidates == 0 else "rabitq"

    def search(self, query: Vectors, k: int, mask: Mask | None = None) -> tuple[Ids, Scores]:
        """Up to `k` ids and inner products for a query `[dimension]`, best first.

        `mask` `[count]` is true for the vectors that may be returned.
        """
        allowed = self.count if mask is None else int(np.count_nonzero(mask))
        k = min(k, allowed)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        row = np.ascontiguousarray(query, np.float32).reshape(1, -1)
        with one_core():
            positions, scores = self._positions(row, k, mask, allowed)
        found = positions >= 0  # FAISS says -1 where a query that is no number compares with none
        return self.ids[positions[found]], scores[found]

    def _positions(
        self, row: Vectors, k: int, mask: Mask | None, allowed: int
    ) -> tuple[Ids, Scores]:
        """A narrow filter is scored in full; a wide one widens the list of candidates.

        Candidates come best first, so those that pass the filter are the best that pass it,
        whether the filter suits the question or not; where too few pass, more are fetched.
        """
        if self.kind == "rabitq":
            wanted = max(self.candidates, _A_RESULT * k)
            fetch = wanted * self.count // allowed
            while fetch * _FETCH_COST < allowed:
                found = _part(self.index, "base_index").search(row, fetch)[1][0]
                found = found[found >= 0]
                passed = found if mask is None else found[mask[found]]
                if 2 * len(passed) >= wanted:
                    return self._scored(row, k, passed[:wanted])
                fetch *= 4
        return self._scan(row, k, mask)

    def _scored(self, row: Vectors, k: int, positions: Ids) -> tuple[Ids, Scores]:
        import faiss

        vectors = _part(self.index, "refine_index").reconstruct_batch(positions)
        scores, order = faiss.knn(row, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
        return positions[order[0]], scores[0]

    def _scan(self, row: Vectors, k: int, mask: Mask | None) -> tuple[Ids, Scores]:
        import faiss

        codes = self.index if self.kind == "exact" else _part(self.index, "refine_index")
        chosen = faiss.SearchParameters()
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            chosen.sel = selector
        scores, positions = codes.search(row, k, params=chosen)
        return positions[0], scores[0]


def _part(index: faiss.Index, name: str) -> faiss.Index:
    import faiss

    return faiss.downcast_index(getattr(index, name))


@contextmanager
def one_core() -> Iterator[None]:
    """Keeps FAISS to the calling thread; for one question a team of threads is no help.

    On a busy machine the team waits for its slowest member: 30 ms in place of 0.3 were measured.
    OpenMP has the number a thread, so that threads that build an index keep all their cores.
    """
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
