"""Changes to an index: put, sync, remove, rebuild. Each becomes visible to readers in one step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from index import postings
from index.articles import load
from index.copies import promoted, settle_copies
from index.embed import Embedder
from index.errors import LoadError
from index.fetch import is_address
from index.files import articles_by_file, delete_file, forget_incomplete, put_file, set_file
from index.grouping import near, settle_stories
from index.home import expanded
from index.plan import Plan, Reading
from index.report import BuildReport, Progress
from index.staging import Staging
from index.store import Store
from index.types import Article


@dataclass(slots=True)
class _Step:
    """What one visible step does besides putting in what is staged."""

    files: dict[str, tuple[Reading, list[str]]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)  # uri of an article left as it is -> file
    moves: dict[str, str] = field(default_factory=dict)  # old uri -> new uri
    gone: dict[str, int] = field(default_factory=dict)  # uri -> article id
    gone_files: list[str] = field(default_factory=list)
    incomplete: bool = False  # the files of what is gone are still there


def put(
    store: Store,
    embedder: Embedder,
    articles: Iterable[Article],
    report: BuildReport,
    progress: Progress | None = None,
) -> None:
    """Adds or replaces articles; those with an unchanged content hash are left alone."""
    staging = _staging(store, embedder, report, progress)
    staging.open()
    for article in articles:
        if store.hash_of(article.uri) == article.sha256:
            report.unchanged.append(article.uri)
        else:
            staging.add(article)
    _commit(staging, _Step(), report)


def apply(
    store: Store,
    embedder: Embedder,
    plan: Plan,
    report: BuildReport,
    progress: Progress | None = None,
) -> None:
    """Makes the index equal to what a plan of files says."""
    report.failed.extend(plan.failed)
    by_file = articles_by_file(store)
    for record in plan.unchanged:
        report.unchanged.extend(by_file.get(record.path, {}))
        report.failed.extend(map(LoadError, record.failures))
    if not (plan.readings or plan.gone):
        return
    staging = _staging(store, embedder, report, progress)
    staging.open()
    step = _Step(gone_files=[record.path for record in plan.gone])
    for path in step.gone_files:
        step.gone |= by_file.get(path, {})
    total = sum(reading.size for reading in plan.readings)
    done = 0
    for reading in plan.readings:
        read = 0
        held = by_file.get(reading.origin, {})
        old = _moved(held, reading, step)
        failures: list[str] = []
        for loaded in _articles(reading):
            if isinstance(loaded, LoadError):
                failures.append(str(loaded))
                report.failed.append(loaded)
                continue
            before = old.pop(loaded.uri, loaded.uri)
            if store.hash_of(before) == loaded.sha256:
                step.homes[loaded.uri] = str(reading.path)
                if before == loaded.uri:
                    report.unchanged.append(loaded.uri)
            else:
                staging.add(loaded, str(reading.path))
            read += len(loaded.text)
            if progress is not None:
                progress("indexing", done + min(read, reading.size), total)
        done += reading.size
        for before in old.values():
            step.moves.pop(before, None)
            step.gone[before] = held[before]
        step.files[str(reading.path)] = (reading, failures)
        if reading.moved_from is not None:
            step.gone_files.append(reading.moved_from)
    _commit(staging, step, report)


def _moved(old: Mapping[str, int], reading: Reading, step: _Step) -> dict[str, str]:
    """New uri -> old uri for the articles that the file held when it was last read."""
    renamed = {f"{reading.path}{uri.removeprefix(reading.origin)}": uri for uri in old}
    if reading.moved_from is not None:
        step.moves |= {before: uri for uri, before in renamed.items()}
    return renamed


def _articles(reading: Reading) -> Iterator[Article | LoadError]:
    """The file's articles under the name by which it was found, each uri once."""
    real = os.path.realpath(reading.path)
    seen: set[str] = set()
    for loaded in load(reading.path, reading.columns):
        if isinstance(loaded, LoadError):
            yield loaded
            continue
        uri = f"{reading.path}{loaded.uri.removeprefix(real)}"
        if uri not in seen:
            seen.add(uri)
            yield loaded if uri == loaded.uri else replace(loaded, uri=uri)


def remove(store: Store, embedder: Embedder, targets: Iterable[str], report: BuildReport) -> None:
    """Removes articles by uri, file, folder or number; what is not there goes into the report."""
    doomed: dict[str, int] = {}
    for target in targets:
        found = _named(store, target)
        if not found:
            report.failed.append(
                LoadError(
                    f"{target or '(blank)'}: no such article here; `byline index list` shows them."
                )
            )
        doomed |= found
    if doomed:
        staging = _staging(store, embedder, report, None)
        staging.open()
        _commit(staging, _Step(gone=doomed, incomplete=True), report)


def rebuild(
    store: Store, embedder: Embedder, report: BuildReport, progress: Progress | None = None
) -> None:
    """Cuts every stored article afresh and derives everything else from that.

    With an embedder other than the recorded one every passage is embedded again, otherwise only
    passages whose text is new. The old state answers until the new one is complete.
    """
    ids = store.article_ids()
    staging = _staging(store, embedder, report, None)
    staging.open()
    for done, article_id in enumerate(ids, start=1):
        article = store.article(article_id)
        if article is not None:
            staging.add(article)
        if progress is not None:
            progress("rebuilding", done, len(ids))
    _commit(staging, _Step(), report, sweep=True)


def _staging(
    store: Store, embedder: Embedder, report: BuildReport, progress: Progress | None
) -> Staging:
    def advance(count: int) -> None:
        report.embedded += count
        if progress is not None:
            progress("embedding", report.embedded, 0)

    return Staging(store, embedder, advance)


def _commit(staging: Staging, step: _Step, report: BuildReport, *, sweep: bool = False) -> None:
    """The visible step: everything, or nothing."""
    store = staging.store
    staging.flush()
    for article_id in promoted(store, step.moves, set(step.gone)):
        article = store.article(article_id)
        if article is not None:
            staging.add(replace(article, uri=step.moves.get(article.uri, article.uri)))
    staging.flush()
    staged, replaced = staging.uris(), staging.replaced()
    visible = bool(staged or step.gone or step.moves)
    with store.change(visible=visible):
        if staged:
            store.record_model(staging.embedder.name, staging.embedder.dimension)
        touched = [*step.gone, *step.moves, *staged]
        keys, neighbours = store.text_keys(touched), near(store, touched)
        for before, uri in step.moves.items():
            store.move_article(before, uri)
        if step.incomplete:
            forget_incomplete(store, list(step.gone.values()))
        for article_id in step.gone.values():
            store.delete_article(article_id)
        files = {
            path: put_file(store, path, reading.digest, reading.loader, failures)
            for path, (reading, failures) in step.files.items()
        }
        for uri, path in step.homes.items():
            set_file(store, uri, files[path])
        for item in staging.articles():
            vector_ids = store.vector_ids(item.digests)
            passages = [
                (span, vector_ids[digest])
                for span, digest in zip(item.passages, item.digests, strict=True)
            ]
            store.put_article(item.article, item.sentences, passages, item.signature)
            if item.file is not None:
                set_file(store, item.article.uri, files[item.file])
        for path in step.gone_files:
            delete_file(store, path)
        settle_copies(store, keys | store.text_keys(staged))
        settle_stories(store, neighbours, staged)
        if sweep or staging.interrupted:
            store.drop_unused_vectors()
        else:
            store.drop_loose_vectors()
        if visible:
            postings.refresh(store.connection())
        staging.clear()
    store.settle()
    _tell(report, replaced, staged, step)


def _tell(report: BuildReport, replaced: set[str], staged: list[str], step: _Step) -> None:
    arrived = set(step.moves.values())
    for uri in staged:
        if uri not in arrived:
            (report.updated if uri in replaced else report.added).append(uri)
    report.moved.extend(sorted(step.moves.items()))
    report.removed.extend(sorted(step.gone))


def _named(store: Store, target: str) -> dict[str, int]:
    """uri -> id of what a target names: a uri, a file or folder with all in it, a number."""
    if not target.strip():  # a blank path would be the current folder
        return {}
    path = target if is_address(target) else str(expanded(target).resolve())
    found = store.uris_below(path) | store.uris_below(target)
    return found | (store.uri_of(int(target)) if target.isdecimal() else {})
