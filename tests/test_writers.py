"""Several writers of one index: they take turns, and say who has it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

import pytest

from index import Index, IndexStateError
from index.fakes import HashEmbedder
from index.lock import build_lock

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


class WaitingEmbedder(HashEmbedder):
    """Says that it has begun, and goes on when it is told to."""

    def __init__(self, begun: Event, go_on: Event) -> None:
        super().__init__(64)
        self.begun, self.go_on = begun, go_on

    def encode(self, texts, advance=None):  # type: ignore[no-untyped-def]
        self.begun.set()
        assert self.go_on.wait(60)
        return super().encode(texts, advance)


def sync_waiting(index: str, folder: str, begun: Event, go_on: Event) -> None:
    Index(index, WaitingEmbedder(begun, go_on)).sync(folder)


def test_the_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        (folder / "a.txt").write_text(f"The dam of {folder.name} held.")
    first_begun, second_begun, go_on = (_CONTEXT.Event() for _ in range(3))
    index = Index(tmp_path / "index", HashEmbedder(64))
    first, second = (
        _CONTEXT.Process(target=sync_waiting, args=(str(index.folder), str(folder), begun, go_on))
        for folder, begun in zip(folders, (first_begun, second_begun), strict=True)
    )
    first.start()
    assert first_begun.wait(60)
    second.start()
    assert not second_begun.wait(0.5)
    with pytest.raises(IndexStateError) as caught, build_lock(index.folder, wait=0):
        raise AssertionError("two processes hold the lock")
    assert str(caught.value) == (
        f"{index.folder}: process {first.pid} has been changing this index for more than 0 "
        "seconds; run the same command again when it is done."
    )
    assert index.articles() == []  # readers never wait

    go_on.set()
    for process in (first, second):
        process.join(60)
        assert process.exitcode == 0
    assert sorted(article.uri for article in index.articles()) == [
        str(folder / "a.txt") for folder in folders
    ]
    assert index.doctor() == []
    with build_lock(index.folder, wait=0):
        assert (index.folder / "build.pid").read_text() == str(os.getpid())


def test_threads_take_turns_as_processes_do(tmp_path: Path) -> None:
    refused: list[str] = []

    def build() -> None:
        try:
            with build_lock(tmp_path, wait=0):
                refused.append("nothing")
        except IndexStateError as error:
            refused.append(str(error))

    with build_lock(tmp_path):
        thread = threading.Thread(target=build)
        thread.start()
        thread.join()
    assert len(refused) == 1
    assert f"process {os.getpid()} has been changing" in refused[0]
    build()
    assert refused[1:] == ["nothing"]


def open_together(folder: str, together: Barrier) -> None:
    together.wait()
    assert Index(folder, HashEmbedder(64)).status().articles == 0


def test_many_processes_make_one_index(tmp_path: Path) -> None:
    for attempt in range(6):
        together = _CONTEXT.Barrier(4)
        arguments = (str(tmp_path / str(attempt)), together)
        pool = [_CONTEXT.Process(target=open_together, args=arguments) for _ in range(4)]
        for process in pool:
            process.start()
        for process in pool:
            process.join()
        assert [process.exitcode for process in pool] == [0] * 4
