"""Watching a folder, with real files; every wait is for an event and bounded."""

from __future__ import annotations

import _thread
import contextlib
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import watchfiles

from index.errors import BylineError, IndexStateError, LoadError
from index.watch import Held, watch

WAIT = 20.0
DEBOUNCE = 0.2


def unwanted(value: object) -> None:
    raise AssertionError(f"unexpected: {value}")


class Watched:
    """A watch in a thread of its own: what it told, in order."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder = folder
        self.calls: queue.Queue[set[Path]] = queue.Queue()
        self.errors: queue.Queue[BylineError] = queue.Queue()
        self.refuse: list[BylineError] = []
        self.stop = threading.Event()
        arguments = {"failed": self.errors.put, "debounce": DEBOUNCE, **options}
        self.thread = threading.Thread(
            target=watch, args=(folder, self.changed, self.stop), kwargs=arguments
        )

    def changed(self, paths: set[Path]) -> None:
        self.calls.put(paths)
        if self.refuse:
            raise self.refuse.pop()

    def next(self) -> set[Path]:
        return self.calls.get(timeout=WAIT)

    def until(self, *names: str) -> set[Path]:
        """Everything told until all of these have been."""
        told: set[Path] = set()
        while not {self.folder / name for name in names} <= told:
            told |= self.next()
        return told


Watching = Callable[..., contextlib.AbstractContextManager[Watched]]


@contextlib.contextmanager
def watching(folder: Path, **options: object) -> Iterator[Watched]:
    """A watch that has begun, ended at the end of the block."""
    watched = Watched(folder, **options)
    watched.thread.start()
    try:
        assert watched.next() == {folder}
        yield watched
    finally:
        watched.stop.set()
        watched.thread.join(WAIT)
    assert not watched.thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "news"
    (path / "city").mkdir(parents=True)
    (path / "city" / "fire.txt").write_text("A fire.")
    (path / "ferry.txt").write_text("A ferry.")
    return path


@pytest.mark.parametrize("poll", [False, True])
def test_new_changed_and_deleted_files_are_told(folder: Path, poll: bool) -> None:
    with watching(folder, poll=poll) as watched:
        (folder / "new.txt").write_text("New.")
        (folder / "ferry.txt").write_text("Another ferry.")
        (folder / "city" / "fire.txt").unlink()
        told = watched.until("new.txt", "ferry.txt", "city/fire.txt")
        assert told == {folder / name for name in ("new.txt", "ferry.txt", "city/fire.txt")}


def test_a_burst_of_files_gives_few_calls(folder: Path) -> None:
    with watching(folder) as watched:
        names = [f"{number}.txt" for number in range(200)]
        for name in names:
            (folder / name).write_text(name)
        first = watched.next()
        told = first if len(first) == 200 else first | watched.until(*names)
        assert told == {folder / name for name in names}
        assert watched.calls.qsize() <= 1


def test_a_rename_tells_both_names(folder: Path) -> None:
    with watching(folder) as watched:
        (folder / "ferry.txt").rename(folder / "boat.txt")
        assert watched.next() == {folder / "ferry.txt", folder / "boat.txt"}


def test_folders_that_come_and_go_are_told(folder: Path, tmp_path: Path) -> None:
    with watching(folder) as watched:
        (folder / "city").rename(folder / "town")
        assert watched.until("city", "town") == {folder / "city", folder / "town"}
        (folder / "town" / "flood.txt").write_text("A flood.")
        assert watched.next() == {folder / "town" / "flood.txt"}
        (folder / "town").rename(tmp_path / "elsewhere")
        assert watched.next() == {folder / "town"}
        shutil.copytree(tmp_path / "elsewhere", folder / "copy")
        assert folder / "copy" in watched.next()
        shutil.rmtree(folder / "copy")
        assert folder / "copy" in watched.until("copy", "copy/flood.txt")


def test_hidden_and_temporary_files_and_folders_apart_are_left_out(folder: Path) -> None:
    (folder / "index").mkdir()
    (folder / ".git").mkdir()
    with watching(folder, apart=[folder / "index"]) as watched:
        for name in (".hidden.txt", "~$ferry.docx", "ferry.txt~", ".ferry.txt.swp", "#ferry.txt#"):
            (folder / name).write_text("no")
        for name in ("index/index.db", ".git/HEAD", "ferry.txt.part", "ferry.tmp", "4913"):
            (folder / name).write_text("no")
        draft = folder / "ferry.txt.tmp"
        draft.write_text("A ferry, saved as editors do.")
        draft.replace(folder / "ferry.txt")
        assert watched.next() == {folder / "ferry.txt"}


def test_a_folder_that_is_a_link_and_links_to_folders_are_followed(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "archive").mkdir()
    (folder / "old").symlink_to(tmp_path / "archive")
    (folder / "loop").symlink_to(folder)
    link = tmp_path / "link"
    link.symlink_to(folder)
    with watching(link) as watched:
        (folder / "ferry.txt").write_text("Another ferry.")
        assert watched.next() == {link / "ferry.txt"}
        (tmp_path / "archive" / "1999.txt").write_text("Old.")
        assert watched.next() == {link / "old" / "1999.txt"}


def test_an_error_of_the_callback_is_told_and_the_paths_come_again(folder: Path) -> None:
    with watching(folder, retry=0.1) as watched:
        error = LoadError("ferry.txt: locked; try again.")
        watched.refuse.append(error)
        (folder / "ferry.txt").write_text("Another ferry.")
        assert watched.next() == {folder / "ferry.txt"}
        assert watched.errors.get(timeout=WAIT) is error
        assert watched.next() == {folder / "ferry.txt"}
        (folder / "new.txt").write_text("New.")
        assert watched.next() == {folder / "new.txt"}


def test_refused_paths_come_with_the_next_change(folder: Path) -> None:
    with watching(folder, retry=3600.0) as watched:
        watched.refuse.append(LoadError("ferry.txt: locked; try again."))
        (folder / "ferry.txt").write_text("Another ferry.")
        assert watched.next() == {folder / "ferry.txt"}
        (folder / "new.txt").write_text("New.")
        assert watched.next() == {folder / "ferry.txt", folder / "new.txt"}


def test_an_unexpected_error_ends_the_watch(folder: Path) -> None:
    def broken(paths: set[Path]) -> None:
        raise OSError("a mistake in the program")

    with pytest.raises(OSError, match="a mistake in the program"):
        watch(folder, broken, threading.Event(), failed=unwanted, debounce=DEBOUNCE)


@pytest.mark.parametrize("poll", [False, True])
def test_a_folder_that_disappears_is_waited_for(folder: Path, tmp_path: Path, poll: bool) -> None:
    with watching(folder, poll=poll) as watched:
        folder.rename(tmp_path / "unmounted")
        assert str(watched.errors.get(timeout=WAIT)) == (
            f"{folder}: not there at present; its articles stay in the index, and watching goes on "
            "when it is back."
        )
        folder.mkdir()  # an empty place to mount a disk at is no folder that is back
        shutil.copy(tmp_path / "unmounted" / "ferry.txt", folder)
        assert watched.next() == {folder}
        (folder / "new.txt").write_text("New.")
        assert watched.until("new.txt") == {folder / "new.txt"}
        assert watched.calls.empty()
        assert watched.errors.empty()


def test_a_folder_that_is_replaced_at_once_is_compared_anew(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    with watching(folder) as watched:
        folder.rename(tmp_path / "before")
        other.rename(folder)
        assert watched.next() == {folder}
        (folder / "new.txt").write_text("New.")
        assert watched.next() == {folder / "new.txt"}


def test_what_is_no_folder_is_refused(folder: Path) -> None:
    for path in (folder / "missing", folder / "ferry.txt"):
        with pytest.raises(IndexStateError) as caught:
            watch(path, unwanted, threading.Event(), failed=unwanted)
        assert str(caught.value) == f"{path}: not a folder; name the folder to watch."


def test_where_the_system_cannot_watch_it_is_polled(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = watchfiles.watch

    def limited(*paths: Path, **options: object) -> Iterator[object]:
        if not options["force_polling"]:
            raise OSError("OS file watch limit reached.")
        return real(*paths, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watchfiles, "watch", limited)
    with watching(folder) as watched:
        assert str(watched.errors.get(timeout=WAIT)) == (
            f"{folder}: the system cannot watch it (OS file watch limit reached.); looking every "
            "0.2 seconds instead."
        )
        (folder / "new.txt").write_text("New.")
        assert watched.next() == {folder / "new.txt"}


def test_watching_goes_on_after_a_failure_of_the_system(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = watchfiles.watch
    failures = [RuntimeError("error in underlying watcher: gone")]

    def failing(*paths: Path, **options: object) -> Iterator[object]:
        if failures:
            raise failures.pop()
        return real(*paths, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watchfiles, "watch", failing)
    with watching(folder) as watched:
        assert str(watched.errors.get(timeout=WAIT)) == (
            f"{folder}: the system cannot watch it (error in underlying watcher: gone); trying "
            "again in 2 seconds."
        )


def test_stop_that_is_set_before_ends_at_once(folder: Path) -> None:
    stop = threading.Event()
    stop.set()
    watch(folder, unwanted, stop, failed=unwanted)


def test_ctrl_c_ends_it_cleanly(folder: Path) -> None:
    calls: list[set[Path]] = []

    def changed(paths: set[Path]) -> None:
        calls.append(paths)
        _thread.interrupt_main()

    watch(folder, changed, threading.Event(), failed=unwanted, debounce=DEBOUNCE)
    assert calls == [{folder}]


def test_held_paths_wait_for_a_file_that_grows(tmp_path: Path) -> None:
    growing, done = tmp_path / "growing.txt", tmp_path / "done.txt"
    growing.write_text("a")
    done.write_text("done")
    held = Held(debounce=1.0, patience=10.0)
    held.add([growing, done, tmp_path / "deleted.txt"], now=0.0)
    for now in (0.5, 1.0, 1.5, 2.0):
        with growing.open("a") as file:
            file.write("more")
        assert held.release(now) == set()
    assert held.release(2.5) == set()
    assert held.release(3.0) == {growing, done, tmp_path / "deleted.txt"}
    assert held.release(99.0) == set()


def test_held_paths_wait_no_longer_than_patience(tmp_path: Path) -> None:
    growing, late, fresh = (tmp_path / name for name in ("growing.log", "late.txt", "fresh.txt"))
    held = Held(debounce=1.0, patience=10.0)
    held.add([growing, late], now=0.0)
    held.add([fresh], now=9.8)
    for now in range(1, 10):
        growing.write_text("line\n" * now)
        assert held.release(float(now)) == set()
    growing.write_text("another line")
    assert held.release(10.0) == {growing, late}
    assert held.release(10.8) == {fresh}


def test_another_change_starts_the_wait_again(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("A ferry.")
    held = Held(debounce=1.0, patience=10.0)
    held.add([path], now=0.0)
    held.add([path], now=0.9)
    assert held.release(1.5) == set()
    os.utime(path, ns=(1, 1))
    assert held.release(2.0) == set()
    assert held.release(3.0) == {path}
