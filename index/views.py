"""Keeps the vectors in memory in step with the database, by what changed, not by all there is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.ann import Ids
from index.ann_build import build
from index.dense import DenseView
from index.dense_cache import Origin, load, save
from index.embed import Vectors
from index.filters import Filter
from index.store import Store

_LOOKED_AT = 200
_SAME = 0.98


class Views:
    """The vectors as of the newest generation that anyone asked for, shared between threads.

    Everything but `discard` belongs inside a snapshot of the store.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._lock = threading.Lock()
        self._view: DenseView | None = None
        self._origin: Origin | None = None
        self._base_generation = 0
        self._owners: _Owners | None = None
        self.unsaved = False
        """Whether the base was made here because none on disk could be used."""

    def at(self, origin: Origin) -> DenseView | None:
        """The view that fits this thread's snapshot; None where a newer one has replaced it.

        Whoever gets None takes a new snapshot and asks again.
        """
        generation = self._store.generation
        with self._lock:
            if self._origin != origin:
                self._view, self._origin = None, origin
            if self._view is None or self._view.generation < generation:
                self._view = self._advanced(self._view, origin, generation)
            return self._view if self._view.generation == generation else None

    def renew(self, origin: Origin) -> int | None:
        """For whoever holds the build lock: a new base where the old one is too old or not on disk.

        Returns the generation up to which nobody needs to know any more what was removed, None
        where the base was kept. A base that cannot be written costs time at the next start,
        nothing else.
        """
        view = self.at(origin)
        if view is None or not (view.stale or self.unsaved):
            return None
        with self._lock:
            before = 0 if self.unsaved else self._base_generation
            if view.stale:
                view = self._view = self._built(origin, view.generation)
            base = DenseView.of(view.base, self._base_generation)
            self.unsaved = not save(self._folder, origin, base)
            if not self.unsaved:  # mapped it takes little memory
                self._view = None
        return before

    def sound(self, origin: Origin) -> bool:
        """Whether the base on disk, brought up to date, is what the database says."""
        view = load(self._folder, origin)
        since = int(self._store.meta("removals_since") or 0)
        if view is None or not since <= view.generation <= self._store.generation:
            return False
        view = self._changed(view, origin, self._store.generation)
        ids = self._store.passage_ids()
        if not np.array_equal(view.ids, ids):
            return False
        some = ids[np.linspace(0, len(ids) - 1, min(len(ids), _LOOKED_AT)).astype(np.int64)]
        vectors = self._vectors(some, origin.dimension)
        # Passages with the same words have the same vector: what counts is that one is found.
        best = [view.search(vector, 1)[1] for vector in vectors]
        return all(len(scores) and scores[0] > _SAME for scores in best)

    def discard(self) -> None:
        """Forgets what is in memory."""
        with self._lock:
            self._view = None

    def allowed(self, chosen: Filter) -> Ids:
        """Ids of the passages that a filter lets through, growing; belongs inside a snapshot.

        A copy that passes lets the passages of its original through.
        """
        condition, values = chosen.condition()
        rows = self._store.connection().execute(
            f"SELECT DISTINCT coalesce(copy_of, id) FROM articles WHERE {condition} ORDER BY 1",
            values,
        )
        articles = np.fromiter((row[0] for row in rows), dtype=np.int64)
        with self._lock:
            self._owners = _Owners.of(self._store, self._owners)
            owners = self._owners
        return owners.passages_of(articles)

    def _advanced(self, view: DenseView | None, origin: Origin, generation: int) -> DenseView:
        since = int(self._store.meta("removals_since") or 0)
        if view is None or view.generation < since:
            view = load(self._folder, origin)
            self.unsaved = view is None or not since <= view.generation <= generation
            if view is None or self.unsaved:
                return self._built(origin, generation)
            self._base_generation = view.generation
        return self._changed(view, origin, generation)

    def _changed(self, view: DenseView, origin: Origin, generation: int) -> DenseView:
        if view.generation == generation:
            return view
        removed = self._store.removed_since(view.generation)
        new = self._store.passage_ids(after=view.last_id)
        return view.changed(generation, removed, new, self._vectors(new, origin.dimension))

    def _built(self, origin: Origin, generation: int) -> DenseView:
        def batches(some: Ids | None) -> Iterator[tuple[Ids, Vectors]]:
            return self._store.passage_vectors(some, origin.dimension)

        base = build(batches, self._store.passage_ids(), origin.dimension)
        self._base_generation = generation
        return DenseView.of(base, generation)

    def _vectors(self, ids: Ids, dimension: int) -> Vectors:
        rows = [vectors for _, vectors in self._store.passage_vectors(ids, dimension)]
        return np.concatenate(rows) if rows else np.empty((0, dimension), dtype=np.float32)


class _Owners:
    """Which article each passage belongs to, as arrays; made only when somebody filters."""

    def __init__(self, generation: int, passages: Ids, articles: Ids) -> None:
        self.generation = generation
        self._passages = passages
        self._articles = articles

    @classmethod
    def of(cls, store: Store, before: _Owners | None) -> _Owners:
        generation = store.generation
        if before is not None and before.generation == generation:
            return before
        rows = store.connection().execute("SELECT id, article_id FROM passages ORDER BY id")
        flat = np.fromiter((number for row in rows for number in row), dtype=np.int64)
        return cls(generation, flat[0::2].copy(), flat[1::2].copy())

    def passages_of(self, articles: Ids) -> Ids:
        if not len(articles) or not len(self._articles):
            return np.empty(0, dtype=np.int64)
        chosen = np.zeros(int(max(self._articles.max(), articles.max())) + 1, dtype=np.bool_)
        chosen[articles] = True
        return self._passages[chosen[self._articles]]
