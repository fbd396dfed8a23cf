"""The index as one object: what the answer function, the command line and the chat hold."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from index import build
from index.build import BuildReport, Progress
from index.embed import BUNDLED, Embedder, load_embedder
from index.errors import BylineError, IndexStateError, ModelError
from index.home import expanded
from index.lock import build_lock
from index.search import search
from index.store import Store, StoredArticle
from index.types import Article, Hit, Span
from index.vectors import FaissStore, difference


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an index on disk; `bytes` is the size of all its files."""

    folder: str
    embedder: str
    dimension: int
    generation: int
    articles: int
    sentences: int
    passages: int
    vectors: int
    bytes: int


class Index:
    """A collection of articles in a folder: SQLite is the truth, FAISS a cache of it.

    Safe to share between threads. `Index(folder)` opens or makes the index; `embedder` must be
    the one it was made with, and is loaded by the recorded name where it is not given.
    """

    def __init__(self, folder: str | Path, embedder: Embedder | None = None) -> None:
        self.folder = expanded(folder).resolve()
        if self.folder.exists() and not self.folder.is_dir():
            raise IndexStateError(f"{self.folder}: an index is a folder, and this is a file.")
        self.store = Store(self.folder)
        self._embedder = embedder
        self._lock = threading.RLock()
        self._vectors: FaissStore | None = None
        self._generation = -1
        recorded = self.store.meta("embedder")
        if recorded is not None and embedder is not None:
            dimension = int(self.store.meta("dimension") or 0)
            if (recorded, dimension) != (embedder.name, embedder.dimension):
                raise IndexStateError(
                    f'{self.folder}: made with the embedding model "{recorded}" ({dimension} '
                    f'numbers), not "{embedder.name}" ({embedder.dimension}); leave the model out, '
                    f"or run `byline index rebuild --model {embedder.name}`."
                )

    @property
    def embedder(self) -> Embedder:
        """The model the index was made with; the bundled one where it is still empty."""
        with self._lock:
            recorded = self.store.meta("embedder") or BUNDLED
            if self._embedder is None or (
                self._embedder.name != recorded and self.store.meta("embedder") is not None
            ):
                self._embedder = load_embedder(recorded)
            return self._embedder

    def add(self, paths: Iterable[str | Path], progress: Progress | None = None) -> BuildReport:
        """Adds files and folders; what is there unchanged is not embedded again."""
        report = BuildReport()
        articles = build.read_paths(paths, report, progress)
        return self.add_articles(articles, progress, report)

    def add_articles(
        self,
        articles: Iterable[Article],
        progress: Progress | None = None,
        report: BuildReport | None = None,
    ) -> BuildReport:
        """Adds or replaces articles, visible to every reader in one step."""
        report = report if report is not None else BuildReport()
        with build_lock(self.folder):
            build.put(self.store, self.embedder, articles, report, progress)
        self.refresh()
        return report

    def remove(self, targets: Iterable[str]) -> BuildReport:
        """Removes articles by uri, file, folder or number."""
        report = BuildReport()
        with build_lock(self.folder):
            build.remove(self.store, targets, report)
        self.refresh()
        return report

    def rebuild(self, model: str | None = None, progress: Progress | None = None) -> BuildReport:
        """Derives everything from the stored articles again, with `model` if one is named."""
        if model is not None and not model.strip():
            raise ModelError("The model's name is blank; leave it out to keep the model.")
        report = BuildReport()
        keep = model is None or model == self.embedder.name
        embedder = self.embedder if keep else load_embedder(str(model))
        with build_lock(self.folder):
            build.rebuild(self.store, embedder, report, progress)
        with self._lock:
            self._embedder = embedder
        self.refresh()
        return report

    def refresh(self) -> FaissStore:
        """Brings the vectors in memory to the newest committed state and returns them."""
        with self._lock, self.store.snapshot():
            generation = self.store.generation
            if self._vectors is None or generation != self._generation:
                self._vectors = self._synced(self._vectors)
                self._generation = generation
            return self._vectors

    def _synced(self, vectors: FaissStore | None) -> FaissStore:
        name = self.store.meta("embedder") or self.embedder.name
        dimension = int(self.store.meta("dimension") or self.embedder.dimension)
        if vectors is not None and (vectors.embedder, vectors.dimension) != (name, dimension):
            vectors = None
        if vectors is None:
            cached = FaissStore.load(self.folder, name, dimension)
            vectors = cached if cached is not None else FaissStore(dimension, name)
        gone, new = difference(vectors.ids(), self.store.passage_ids())
        vectors.remove(gone)
        for ids, rows in self.store.passage_vectors(new.tolist(), dimension):
            vectors.add(ids, rows)
        if len(gone) or len(new):
            # A cache that cannot be written costs time at the next start, nothing else.
            with contextlib.suppress(OSError):
                vectors.save(self.folder)
        return vectors

    def snapshot(self) -> AbstractContextManager[None]:
        """Inside it everything this thread reads comes from one committed state."""
        return self.store.snapshot()

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The `k` best passages for a question, best first, from one committed state."""
        query = self.embedder.encode([question])[0]
        with self._lock, self.store.snapshot():
            return search(self.store, self.refresh(), query, question, k)

    def articles(self) -> list[StoredArticle]:
        """The collection's list."""
        return self.store.list_articles()

    def article(self, article_id: int) -> Article:
        """One article with its text."""
        article = self.store.article(article_id)
        if article is None:
            raise BylineError(f"article {article_id}: not in this index any more.")
        return article

    def sentences(self, article_id: int, start: int, end: int) -> list[Span]:
        """The article's sentences that overlap `start..end`."""
        return self.store.sentences(article_id, start, end)

    def status(self) -> Status:
        """Counts, model and size on disk."""
        files = [path for path in self.folder.iterdir() if path.is_file()]
        return Status(
            folder=str(self.folder),
            embedder=self.store.meta("embedder") or BUNDLED,
            dimension=int(self.store.meta("dimension") or 0),
            generation=self.store.generation,
            bytes=sum(path.stat().st_size for path in files),
            **self.store.counts(),
        )

    def close(self) -> None:
        """Closes this thread's connection to the database."""
        self.store.close()
