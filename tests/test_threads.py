"""Questions from many threads while the collection changes: one committed state each, no error."""

from __future__ import annotations

import multiprocessing
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from index import Filter, Index
from index.fakes import HashEmbedder
from qa.assistant import Assistant
from qa.spans import ScoredSpan
from qa.types import Status
from tests.test_assistant import TRUSTING, check_offsets

_EDITION = re.compile(r"edition (\d+)")
_QUESTION = "Which edition reported on the dam of town 7?"
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
_SIZES = [
    pytest.param(3, 30, id="few"),
    pytest.param(20, 500, id="many", marks=pytest.mark.slow),
]


def write_edition(folder: Path, articles: int, edition: int) -> None:
    """Every article says of which edition it is, so that a state of two editions shows."""
    for number in range(articles):
        (folder / f"{number}.txt").write_text(
            f"Town {number}, edition {edition}\n\nThe dam of town {number} held on day {edition}, "
            f"said edition {edition}. It is {number * edition} metres high."
        )


def sync_editions(index: Index, folder: Path, articles: int, editions: Sequence[int]) -> None:
    for edition in editions:
        write_edition(folder, articles, edition)
        report = index.sync(folder)
        assert len(report.updated) == articles


def sync_when_told(
    index: str, folder: str, articles: int, editions: Sequence[int], ready: Event, go_on: Event
) -> None:
    opened = Index(index, HashEmbedder(64))
    ready.set()
    assert go_on.wait(60)
    sync_editions(opened, Path(folder), articles, editions)


class EditionReader:
    """Answers with the edition that a passage names."""

    def read(
        self, question: str, passages: Sequence[str], history: Sequence[str] = ()
    ) -> list[list[ScoredSpan]]:
        found = [_EDITION.search(passage) for passage in passages]
        return [[ScoredSpan(*match.span(), 12.0)] if match else [] for match in found]


def editions_by_search(index: Index) -> set[str]:
    """The editions in everything that one snapshot shows."""
    with index.snapshot():
        hits = index.search(_QUESTION, 10)
        assert len(hits) == 10
        found: set[str] = set()
        for hit in hits:
            passage = hit.passage
            text = index.article(passage.article_id).text
            assert text[passage.start : passage.end] == passage.text
            assert index.sentences(passage.article_id, passage.start, passage.end)
            found.update(_EDITION.findall(text))
        titles = [article.title for article in index.articles()]
        assert len(titles) == index.status().articles
        return found.union(*map(_EDITION.findall, titles))


def editions_by_filter(index: Index) -> set[str]:
    chosen = Filter(articles=tuple(range(1, 20)))
    hits = index.search(_QUESTION, 5, chosen)
    assert len(hits) == 5
    assert {hit.passage.article_id for hit in hits} <= set(chosen.articles)
    return {name for hit in hits for name in _EDITION.findall(hit.passage.text)}


def editions_by_answer(index: Index) -> set[str]:
    with index.snapshot():
        answer = Assistant(index, reader=EditionReader(), calibration=TRUSTING).ask(_QUESTION)
        check_offsets(index, answer)
    assert answer.status is Status.ANSWERED
    assert answer.alternatives == ()
    return {name for c in answer.citations for name in _EDITION.findall(f"{c.title} {c.sentence}")}


@contextmanager
def asking(index: Index, threads: int, last_edition: int) -> Iterator[None]:
    """Asks without pause in so many threads, and once more when the block is left.

    What is seen at once is of one edition, editions only go up, and the last is there at the end.
    """
    stop, errors, last = threading.Event(), list[BaseException](), list[int]()
    started = threading.Barrier(threads + 1)

    def ask(editions: Callable[[Index], set[str]]) -> None:
        newest, final = 0, False
        try:
            started.wait()
            while not final:
                final = stop.is_set()
                (edition,) = editions(index)
                assert int(edition) >= newest
                newest = int(edition)
            last.append(newest)
        except BaseException as error:
            errors.append(error)

    ways = (editions_by_search, editions_by_filter, editions_by_answer)
    pool = [threading.Thread(target=ask, args=(ways[n % len(ways)],)) for n in range(threads)]
    for thread in pool:
        thread.start()
    started.wait()
    try:
        yield
    finally:
        stop.set()
        for thread in pool:
            thread.join()
    assert errors == []
    assert last == [last_edition] * threads


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("threads", "articles"), _SIZES)
def test_while_another_thread_syncs(
    tmp_path: Path, news: Path, threads: int, articles: int
) -> None:
    index = Index(tmp_path / "index", HashEmbedder(64))
    write_edition(news, articles, 1)
    index.sync(news)
    with asking(index, threads, last_edition=3):
        sync_editions(index, news, articles, (2, 3))
    assert index.doctor() == []


@pytest.mark.parametrize(("threads", "articles"), _SIZES)
def test_while_another_process_syncs(
    tmp_path: Path, news: Path, threads: int, articles: int
) -> None:
    index = Index(tmp_path / "index", HashEmbedder(64))
    write_edition(news, articles, 1)
    index.sync(news)
    ready, go_on = _CONTEXT.Event(), _CONTEXT.Event()
    arguments = (str(index.folder), str(news), articles, (2, 3), ready, go_on)
    process = _CONTEXT.Process(target=sync_when_told, args=arguments)
    process.start()
    assert ready.wait(60)
    with asking(index, threads, last_edition=3):
        go_on.set()
        process.join()
        assert process.exitcode == 0
    assert index.doctor() == []


def test_a_snapshot_keeps_its_state_and_no_writer_waits(
    tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.database._BUSY_SECONDS", 3600)  # whoever waits here waits for ever
    index, other = (Index(tmp_path / "index", HashEmbedder(64)) for _ in range(2))
    write_edition(news, 20, 1)
    index.sync(news)
    with index.snapshot():
        assert editions_by_search(index) == {"1"}
        sync_editions(other, news, 20, [2])
        assert editions_by_search(index) == editions_by_answer(index) == {"1"}
    assert editions_by_search(index) == editions_by_answer(index) == {"2"}
