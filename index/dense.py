"""Search by vector as of one generation: a fixed base, what came since and what went since.

Knows nothing of files or of SQLite. A view is a value: a change makes another view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from index.ann import Base, Ids, Mask, Scores, one_core
from index.embed import Vectors

_STALE_AT_LEAST, _STALE_AT_MOST = 1_000, 10_000
_STALE_SHARE = 0.1
_FEW = 0.02  # of the ids: as many are bisected in the time that a table takes
_SPARSE = 8  # numbers an id: a table of more takes too much memory


@dataclass(frozen=True, slots=True, eq=False)
class DenseView:
    """Passage vectors by id at `generation`; safe to search from any number of threads.

    `live` `[base.count]` is false for what is gone from the base, None where nothing is.
    `new_ids` grow strictly; `new_vectors` belong to them and are searched in full.

        view = DenseView.of(build(batches, ids, 384), generation)
        view = view.changed(generation + 1, removed, new_ids, new_vectors)
        ids, scores = view.search(query, 40)
    """

    base: Base
    generation: int
    live: Mask | None
    new_ids: Ids
    new_vectors: Vectors

    @classmethod
    def of(cls, base: Base, generation: int) -> DenseView:
        """A base to which nothing has happened yet."""
        nothing = np.empty((0, base.dimension), np.float32)
        return cls(base, generation, None, np.empty(0, np.int64), nothing)

    @property
    def gone(self) -> int:
        """How many vectors of the base are not there any more."""
        return 0 if self.live is None else int(np.count_nonzero(~self.live))

    @property
    def count(self) -> int:
        return self.base.count - self.gone + len(self.new_ids)

    @property
    def ids(self) -> Ids:
        """All ids, growing."""
        kept = self.base.ids if self.live is None else self.base.ids[self.live]
        return np.sort(np.concatenate([kept, self.new_ids]))

    @property
    def last_id(self) -> int:
        """New ids are higher, as no id is given twice; 0 where there are none yet."""
        return max((int(ids[-1]) for ids in (self.base.ids, self.new_ids) if len(ids)), default=0)

    @property
    def exact(self) -> bool:
        """Whether every inner product is computed."""
        return self.base.kind == "exact"

    @property
    def stale(self) -> bool:
        """Whether so much has changed that a new base is worth its time."""
        most = np.clip(_STALE_SHARE * self.base.count, _STALE_AT_LEAST, _STALE_AT_MOST)
        return len(self.new_ids) > most or self.gone > max(
            _STALE_AT_LEAST, _STALE_SHARE * self.base.count
        )

    def changed(
        self, generation: int, removed: Ids, new_ids: Ids, new_vectors: Vectors
    ) -> DenseView:
        """The view after a change; ids that are not there are removed already.

        A new id that is there already gets its new vector. No vector of the base is copied.
        """
        if new_vectors.shape != (len(new_ids), self.base.dimension):
            raise ValueError(
                f"need {len(new_ids)} vectors of {self.base.dimension} numbers, "
                f"got shape {new_vectors.shape}"
            )
        gone = np.concatenate([np.asarray(removed, np.int64), new_ids])
        kept = ~np.isin(self.new_ids, gone)
        ids = np.concatenate([self.new_ids[kept], np.asarray(new_ids, np.int64)])
        vectors = np.concatenate([self.new_vectors[kept], new_vectors.astype(np.float32)])
        order = np.argsort(ids)
        if len(ids) > 1 and not np.diff(ids[order]).all():
            raise ValueError("an id comes twice among the new ones")
        lost = _among(self.base.ids, gone)
        live = self.live
        if lost.any():
            live = ~lost if live is None else live & ~lost
        return replace(
            self, generation=generation, live=live, new_ids=ids[order], new_vectors=vectors[order]
        )

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        """Up to `k` ids and inner products for a query `[dimension]`, best first.

        With `allowed` only those ids are returned, and as many of them as there would be in a
        view that holds nothing else. Equal scores are ordered by id.
        """
        import faiss

        mask, new_ids, new_vectors = self.live, self.new_ids, self.new_vectors
        if allowed is not None:
            mask = _among(self.base.ids, allowed)
            if self.live is not None:
                mask &= self.live
            chosen = np.isin(new_ids, allowed)
            new_ids, new_vectors = new_ids[chosen], new_vectors[chosen]
        ids, scores = self.base.search(query, k, mask)
        if len(new_ids) and k > 0:
            row = np.ascontiguousarray(query, np.float32).reshape(1, -1)
            most = min(k, len(new_ids))
            with one_core():
                near, at = faiss.knn(row, new_vectors, most, metric=faiss.METRIC_INNER_PRODUCT)
            ids = np.concatenate([ids, new_ids[at[0]]])
            scores = np.concatenate([scores, near[0]])
        return _best(ids, scores, k)


def refine(query: Vectors, ids: Ids, vectors: Vectors, k: int) -> tuple[Ids, Scores]:
    """The `k` best of `ids` `[n]` by their own `vectors` `[n, dimension]`, best first.

    `refine(query, *store.vectors(view.search(query, 4 * k)[0]), k)` makes up for what a base that
    is not exact loses.
    """
    return _best(ids, np.einsum("nd,d->n", vectors, query, dtype=np.float32), k)


def _best(ids: Ids, scores: Scores, k: int) -> tuple[Ids, Scores]:
    order = np.lexsort((ids, -scores))[: max(k, 0)]
    return ids[order], scores[order]


def _among(ids: Ids, some: Ids) -> Mask:
    """Which of the growing `ids` are in `some`: by bisection for a few, else by a table."""
    mask = np.zeros(len(ids), np.bool_)
    if not len(ids):
        return mask
    first, last = int(ids[0]), int(ids[-1])
    if len(some) > _FEW * len(ids) and last - first < _SPARSE * len(ids):
        table = np.zeros(last - first + 1, np.bool_)
        table[some[(some >= first) & (some <= last)] - first] = True
        return np.asarray(table[ids - first], np.bool_)
    at = np.minimum(np.searchsorted(ids, some), len(ids) - 1)
    mask[at[ids[at] == some]] = True
    return mask
