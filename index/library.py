"""The index as one object: what the answer function, the command line and the chat hold."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from index import build
from index.articles import discover
from index.dense import DenseView
from index.dense_cache import Origin
from index.doctor import Finding, examine
from index.embed import BUNDLED, Embedder, load_embedder
from index.errors import BylineError, IndexStateError, LoadError, ModelError
from index.fetch import fetch, is_address
from index.files import Columns, articles_by_file, folders, put_folder, records
from index.filters import Filter
from index.home import expanded, located
from index.lock import build_lock
from index.lookup import has_articles, held, published, stories
from index.plan import plan
from index.report import BuildReport, Progress
from index.search import search
from index.store import Store, StoredArticle
from index.transfer import clear_leftovers, export_index, import_index
from index.types import Article, Hit, Span
from index.views import Views


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an index on disk; `bytes` is the size of all files in its folder.

    `copies` are articles whose text stands at another uri too, `stories` counts near copies as
    one; `search` says how vectors are searched, and with which measured recall.
    """

    folder: str
    embedder: str
    dimension: int
    generation: int
    articles: int
    sentences: int
    passages: int
    vectors: int
    copies: int
    stories: int
    bytes: int
    search: str
    folders: tuple[str, ...]


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
        self._views = Views(self.store, self.folder)
        self._pinned = threading.local()
        self._kept = False
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

    def add(
        self,
        paths: Iterable[str | Path],
        progress: Progress | None = None,
        columns: Columns | None = None,
        *,
        allow_private: bool = False,
    ) -> BuildReport:
        """Adds files, folders and web addresses; what is unchanged is not embedded again.

        `columns` maps our fields to the columns of tables: `{"title": "Headline"}`. Addresses on
        a private network are fetched only with `allow_private`.
        """
        paths = list(paths)
        addresses = [path for path in paths if isinstance(path, str) and is_address(path)]
        files = [located(path) for path in paths if path not in addresses]
        # Fetched before the lock is taken: the web is slow, and others may want to build.
        fetched = [
            found for address in addresses for found in fetch(address, allow_private=allow_private)
        ]
        report = self._apply(files, progress, columns, prune=False) if files else BuildReport()
        report.failed.extend(found for found in fetched if isinstance(found, LoadError))
        articles = [found for found in fetched if isinstance(found, Article)]
        return self.add_articles(articles, progress, report) if articles else report

    def sync(
        self,
        folder: str | Path,
        progress: Progress | None = None,
        columns: Columns | None = None,
        *,
        allow_empty: bool = False,
    ) -> BuildReport:
        """Makes the index equal to a folder: new, changed, moved and deleted files.

        A folder that has nothing left to read although the index has articles from it is
        refused, for that is what a disk that is not there looks like; `allow_empty` accepts it.
        """
        path = located(folder)
        if not path.is_dir():
            raise IndexStateError(f"{path}: not a folder; name the folder to keep in step.")
        self._check_not_emptied(path, allow_empty)
        if folders(self.store).get(str(path)) != dict(columns or {}):
            known = folders(self.store).get(str(path))
            if known is None or columns is not None:
                with build_lock(self.folder), self.store.change(visible=False):
                    put_folder(self.store, path, columns or {})
        return self._apply([path], progress, columns, prune=True)

    def sync_paths(
        self, paths: Iterable[str | Path], progress: Progress | None = None
    ) -> BuildReport:
        """Makes the index equal to these files and folders, of which some may be gone."""
        return self._apply(map(located, paths), progress, None, prune=True)

    def files(self) -> set[str]:
        """Paths of the files that articles came from."""
        return set(articles_by_file(self.store))

    def folders(self) -> list[str]:
        """The folders that were synced."""
        return list(folders(self.store))

    def _apply(
        self,
        paths: Iterable[Path],
        progress: Progress | None,
        columns: Columns | None,
        *,
        prune: bool,
    ) -> BuildReport:
        report = BuildReport()
        with build_lock(self.folder):
            planned = plan(
                self.store, paths, prune=prune, columns=columns, advance=_looking(progress)
            )
            build.apply(self.store, self.embedder, planned, report, progress)
            self._renew()
        return report

    def _check_not_emptied(self, folder: Path, allow_empty: bool) -> None:
        held = sum(record.path.startswith(f"{folder}{os.sep}") for record in records(self.store))
        if held and not allow_empty and not any(isinstance(p, Path) for p in discover([folder])):
            raise IndexStateError(
                f"{folder}: nothing to read here any more, but the index has {held:,} files of "
                "it; check that its disk is there, or remove them with --allow-empty."
            )

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
            self._renew()
        return report

    def remove(self, targets: Iterable[str]) -> BuildReport:
        """Removes articles by uri, file, folder or number."""
        report = BuildReport()
        with build_lock(self.folder):
            build.remove(self.store, self.embedder, targets, report)
            self._renew()
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
            self._renew()
        return report

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Inside it everything this thread reads and searches comes from one committed state."""
        if getattr(self._pinned, "view", None) is not None:
            yield
            return
        while True:
            with self.store.snapshot():
                view = self._views.at(self._origin())
                if view is None:
                    continue  # a newer state was committed meanwhile: read that one
                self._pinned.view = view
                try:
                    yield
                finally:
                    self._pinned.view = None
            self._keep()
            return

    @property
    def view(self) -> DenseView:
        """The vectors as of this thread's snapshot; belongs inside `snapshot()`."""
        view: DenseView = self._pinned.view
        return view

    def search(self, question: str, k: int = 10, chosen: Filter | None = None) -> list[Hit]:
        """The `k` best passages for a question, best first, from one committed state.

        With `chosen` only passages of the articles it lets through are ranked.
        """
        query = self.embedder.encode([question])[0]
        with self.snapshot():
            allowed = self._views.allowed(chosen) if chosen else None
            hits = search(self.store, self.view, query, question, k, allowed)
            return self._as_chosen(hits, chosen) if chosen else hits

    def _as_chosen(self, hits: list[Hit], chosen: Filter) -> list[Hit]:
        """Passages of an article that only a copy of it lets through are the copy's."""
        found = {hit.passage.article_id for hit in hits}
        copies = self.store.chosen_copies(found, chosen)
        if not copies:
            return hits
        return [
            replace(hit, passage=replace(hit.passage, article_id=copies.get(own, own)))
            for hit in hits
            for own in (hit.passage.article_id,)
        ]

    def refresh(self) -> None:
        """Brings the vectors to the newest state now, not at the next question."""
        with self.snapshot():
            pass

    def _keep(self) -> None:
        """Keeps vectors that were made anew for lack of a file, unless somebody builds just now."""
        if self._views.unsaved and not self._kept and not self.store.read_only:
            self._kept = True
            with contextlib.suppress(IndexStateError), build_lock(self.folder, wait=0):
                self._renew()

    def _renew(self) -> None:
        """After a change: a new base for the vectors and a shorter memory, where it is time."""
        with self.snapshot():
            forgotten = self._views.renew(self._origin())
        if forgotten is not None:
            with self.store.change(visible=False):
                self.store.forget_removed(forgotten)

    def _origin(self) -> Origin:
        name = self.store.meta("embedder")
        dimension = self.store.meta("dimension")
        if name is None or dimension is None:
            name, dimension = self.embedder.name, str(self.embedder.dimension)
        return Origin(self.store.meta("database") or "", name, int(dimension))

    def doctor(self, *, mend: bool = True) -> list[Finding]:
        """Checks every invariant; with `mend` mends what needs no embedding."""
        if not mend:
            return [*examine(self.store, mend=False), *self._examine_cache(mend=False)]
        with build_lock(self.folder):
            clear_leftovers(self.folder)
            found = list(examine(self.store, mend=True))
            if all(finding.mended for finding in found):
                found += self._examine_cache(mend=True)
        return found

    def _examine_cache(self, *, mend: bool) -> list[Finding]:
        with self.store.snapshot():
            if self._views.sound(self._origin()):
                return []
        if mend:
            self._views.discard()
            self._renew()
        return [
            Finding("the vectors file does not fit the index", mend, "run `byline index doctor`")
        ]

    def export(self, target: str | Path) -> int:
        """Writes the whole index to one new file; returns its size in bytes."""
        return export_index(self.store, located(target))

    def import_file(self, source: str | Path, *, replace: bool = False) -> None:
        """Makes the index what an exported file says; see `index.transfer`."""
        with build_lock(self.folder):
            import_index(self.store, located(source), replace=replace)
            self._renew()

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

    def holds(self, words: Sequence[str], chosen: Filter | None = None) -> list[bool]:
        """Whether each word or phrase stands in any article that the filter lets through."""
        with self.snapshot():
            return held(self.store, words, self._views.allowed(chosen) if chosen else None)

    def published(self, chosen: Filter | None = None) -> tuple[str, str] | None:
        """First and last date of the articles that the filter lets through, None without any."""
        return published(self.store, chosen)

    def has_articles(self, chosen: Filter) -> bool:
        """Whether the filter lets any article through."""
        return has_articles(self.store, chosen)

    def stories(self, articles: Iterable[int]) -> dict[int, int]:
        """Article -> a number that near copies of the same agency story share."""
        return stories(self.store, articles)

    def status(self) -> Status:
        """Counts, model and size on disk."""
        with self.snapshot():
            sizes = (path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
            return Status(
                folder=str(self.folder),
                embedder=self.store.meta("embedder") or BUNDLED,
                dimension=int(self.store.meta("dimension") or 0),
                generation=self.store.generation,
                bytes=sum(sizes),
                search=_described(self.view),
                folders=tuple(self.folders()),
                **self.store.counts(),
            )

    def close(self) -> None:
        """Closes this thread's connection to the database."""
        self.store.close()


def _described(view: DenseView) -> str:
    base = view.base
    if view.exact:
        return "exact"
    return f"approximate, {base.recall:.1%} of the exact ten nearest among the first forty"


def _looking(progress: Progress | None) -> Callable[[int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda count: tell("looking", count, 0)
