"""Changes to an index: put, remove, rebuild. Each becomes visible to readers in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.articles import discover, load
from index.cut import Cut, cut
from index.embed import Embedder
from index.errors import LoadError
from index.home import expanded
from index.store import Store, StoredArticle
from index.types import Article

Progress = Callable[[str, int, int], None]
"""Called as (stage, done, total); total is 0 where it is not known yet."""

_EMBED_AT_ONCE = 512


@dataclass(slots=True)
class BuildReport:
    """What a change did, by article uri; `failed` holds what could not be read, with the reason."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[LoadError] = field(default_factory=list)
    embedded: int = 0

    def __str__(self) -> str:
        counts = [
            (len(self.added), "added"),
            (len(self.updated), "updated"),
            (len(self.unchanged), "unchanged"),
            (len(self.removed), "removed"),
            (len(self.failed), "failed"),
        ]
        said = ", ".join(f"{count} {word}" for count, word in counts if count)
        return f"{said or 'nothing to do'}; {self.embedded} passages embedded"


def read_paths(
    paths: Iterable[str | Path], report: BuildReport, progress: Progress | None = None
) -> Iterator[Article]:
    """Articles of files and folders; what cannot be read goes into the report."""
    count = 0
    for path in discover(expanded(path) for path in paths):
        for loaded in [path] if isinstance(path, LoadError) else load(path):
            if isinstance(loaded, LoadError):
                report.failed.append(loaded)
                continue
            yield loaded
            count += 1
            if progress is not None:
                progress("reading", count, 0)


def put(
    store: Store,
    embedder: Embedder,
    articles: Iterable[Article],
    report: BuildReport,
    progress: Progress | None = None,
) -> None:
    """Adds or replaces articles; those with an unchanged content hash are left alone."""
    known = store.hashes()
    fresh: dict[str, Article] = {}
    for article in articles:
        if known.get(article.uri) == article.sha256:
            report.unchanged.append(article.uri)
        else:
            fresh[article.uri] = article
    if fresh:
        _write(store, embedder, [cut(article) for article in fresh.values()], report, progress)
    for uri in fresh:
        (report.updated if uri in known else report.added).append(uri)


def remove(store: Store, targets: Iterable[str], report: BuildReport) -> None:
    """Removes articles by uri, file, folder or number; what is not there goes into the report."""
    listed = store.list_articles()
    doomed: dict[int, str] = {}
    for target in targets:
        found = {article.id: article.uri for article in listed if _matches(article, target)}
        if not found:
            report.failed.append(
                LoadError(
                    f"{target or '(blank)'}: no such article here; `byline index list` shows them."
                )
            )
        doomed |= found
    if doomed:
        with store.change():
            for article_id in doomed:
                store.delete_article(article_id)
            store.drop_unused_vectors()
    report.removed.extend(doomed.values())


def rebuild(
    store: Store, embedder: Embedder, report: BuildReport, progress: Progress | None = None
) -> None:
    """Cuts every stored article afresh and derives everything else from that.

    With an embedder other than the recorded one every passage is embedded again, otherwise only
    passages whose text is new. The old state answers until the new one is complete.
    """
    cuts = [cut(article) for article in _stored(store)]
    if store.meta("embedder") in (None, embedder.name):
        _write(store, embedder, cuts, report, progress)
    else:
        texts = _texts(cuts)
        vectors: dict[bytes, NDArray[np.float32]] = {}
        for batch in _embedded(embedder, list(texts.items()), progress):
            vectors |= batch
        with store.change():
            store.drop_all_vectors()
            _record_model(store, embedder)
            store.put_vectors(vectors)
            _put_cuts(store, cuts)
        report.embedded += len(texts)
    report.updated.extend(cut.article.uri for cut in cuts)


def _write(
    store: Store,
    embedder: Embedder,
    cuts: Sequence[Cut],
    report: BuildReport,
    progress: Progress | None,
) -> None:
    """Embeds what is new, then swaps all the articles in.

    Each batch of vectors is committed by itself, unseen by readers, so that a build that is cut
    short goes on where it stopped.
    """
    texts = _texts(cuts)
    known = store.vector_ids(texts)
    missing = [(digest, text) for digest, text in texts.items() if digest not in known]
    for batch in _embedded(embedder, missing, progress):
        with store.change():
            _record_model(store, embedder)
            store.put_vectors(batch)
        report.embedded += len(batch)
    with store.change():
        _record_model(store, embedder)
        _put_cuts(store, cuts)
        store.drop_unused_vectors()


def _embedded(
    embedder: Embedder, texts: Sequence[tuple[bytes, str]], progress: Progress | None
) -> Iterator[dict[bytes, NDArray[np.float32]]]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress("embedding", done, len(texts))

    for at in range(0, len(texts), _EMBED_AT_ONCE):
        batch = texts[at : at + _EMBED_AT_ONCE]
        rows = embedder.encode([text for _, text in batch], advance)
        yield {digest: row for (digest, _), row in zip(batch, rows, strict=True)}


def _put_cuts(store: Store, cuts: Sequence[Cut]) -> None:
    vector_ids = store.vector_ids(_texts(cuts))
    for cut_ in cuts:
        pairs = zip(cut_.passages, cut_.digests, strict=True)
        passages = [(span, vector_ids[digest]) for span, digest in pairs]
        store.put_article(cut_.article, cut_.sentences, passages)


def _texts(cuts: Sequence[Cut]) -> dict[bytes, str]:
    return {d: text for cut_ in cuts for d, text in zip(cut_.digests, cut_.texts, strict=True)}


def _record_model(store: Store, embedder: Embedder) -> None:
    store.set_meta("embedder", embedder.name)
    store.set_meta("dimension", str(embedder.dimension))


def _stored(store: Store) -> Iterator[Article]:
    for article_id in store.article_ids():
        article = store.article(article_id)
        if article is not None:
            yield article


def _matches(article: StoredArticle, target: str) -> bool:
    if target in (article.uri, str(article.id)):
        return True
    if not target.strip():  # a blank path would be the current folder
        return False
    path = str(expanded(target).resolve())
    return article.uri == path or article.uri.startswith((f"{path}#", f"{path}/"))
