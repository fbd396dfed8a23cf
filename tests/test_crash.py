"""kill -9, a full disk, a folder that cannot be written: the last good state goes on answering."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from index import Index, IndexStateError
from index.fakes import HashEmbedder
from tests.index_state import rows

KILLS = 100
_WORDS = (
    "river harbour mayor bridge strike school train storm vote budget museum ferry prize "
    "hospital farmers airport verdict"
).split()


class SlowEmbedder(HashEmbedder):
    """Takes long enough for a kill to find it at work."""

    def encode(self, texts, advance=None):  # type: ignore[no-untyped-def]
        time.sleep(0.0004 * len(texts))
        return super().encode(texts, advance)


def _sync(index: str, folder: str) -> None:
    Index(index, SlowEmbedder()).sync(folder, allow_empty=True)


def article(rng: random.Random) -> str:
    sentences = [
        f"The {rng.choice(_WORDS)} of town {rng.randrange(99)} met the {rng.choice(_WORDS)} on day "
        f"{rng.randrange(999)}."
        for _ in range(rng.randrange(3, 60))
    ]
    return f"{rng.choice(_WORDS)} {rng.randrange(9999)}\n\n{' '.join(sentences)}\n"


def churn(folder: Path, rng: random.Random) -> None:
    """New, changed, deleted, renamed and doubled files, and a broken one now and then."""
    files = sorted(folder.rglob("*.*"))
    for number in range(rng.randrange(4, 12)):
        (folder / f"{rng.randrange(10**9)}-{number}.txt").write_text(article(rng))
    for path in rng.sample(files, min(len(files), 6)):
        match rng.randrange(5):
            case 0:
                path.unlink()
            case 1:
                path.write_text(article(rng))
            case 2:
                path.rename(path.with_name(f"renamed-{rng.randrange(10**9)}{path.suffix}"))
            case 3:
                shutil.copyfile(path, path.with_name(f"copy-{rng.randrange(10**9)}{path.suffix}"))
            case _:
                path.with_name(f"broken-{rng.randrange(10**9)}.pdf").write_bytes(b"%PDF-1.7 cut")
    for path in sorted(folder.rglob("*.*"))[60:]:
        path.unlink()


def fresh(folder: Path, scratch: Path) -> dict[str, list[tuple[object, ...]]]:
    index = Index(scratch, HashEmbedder())
    index.sync(folder, allow_empty=True)
    state = rows(scratch)
    shutil.rmtree(scratch)
    return state


def settled(state: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """What readers see: without what an unfinished build has ready."""
    used = {row[3] for row in state["passages"]}
    seen = {name: kept for name, kept in state.items() if name not in ("staged", "model")}
    return seen | {"vectors": [row for row in state["vectors"] if row[0] in used]}


def killed(process: BaseProcess, after: float) -> bool:
    """Kills the process after so many seconds; whether it was still running."""
    process.start()
    process.join(after)
    running = process.is_alive()
    process.kill()
    process.join()
    return running


@pytest.mark.slow
def test_killed_at_a_hundred_moments(tmp_path: Path) -> None:
    rng = random.Random(20)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_crash"])
    folder, index_folder = tmp_path / "news", tmp_path / "index"
    folder.mkdir()
    churn(folder, rng)
    _sync(str(index_folder), str(folder))
    before = rows(index_folder)
    took, interrupted = 0.6, 0
    for _ in range(KILLS):
        churn(folder, rng)
        process = context.Process(target=_sync, args=(str(index_folder), str(folder)))
        began = time.perf_counter()
        if killed(process, rng.uniform(0.0, 1.2) * took):
            interrupted += 1
        else:
            took = 0.7 * took + 0.3 * (time.perf_counter() - began)
        after = fresh(folder, tmp_path / "fresh")
        state = settled(rows(index_folder))
        assert state in (settled(before), settled(after))
        index = Index(index_folder, HashEmbedder())
        assert index.doctor() == []
        hits = index.search("Who met the mayor of town 7?", 5)
        assert hits
        for hit in hits:
            text = index.article(hit.passage.article_id).text
            assert text[hit.passage.start : hit.passage.end] == hit.passage.text
        if rng.random() < 0.5:
            index.sync(folder, allow_empty=True)
            assert rows(index_folder) == after
            assert index.doctor() == []
            before = after
        elif state == settled(after):
            before = after
    assert interrupted > KILLS // 4
    Index(index_folder, HashEmbedder()).sync(folder, allow_empty=True)
    assert rows(index_folder) == fresh(folder, tmp_path / "fresh")


def mounted(folder: Path, *options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    return (
        shutil.which("mount") is not None
        and subprocess.run(command, capture_output=True).returncode == 0
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder, "size=4m"):
        pytest.skip("mounting a small disk needs more rights than this run has")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 40_000, 200_000, 500_000])
def test_a_full_disk(tmp_path: Path, small_disk: Path, left: int) -> None:
    rng = random.Random(left)
    folder = tmp_path / "news"
    folder.mkdir()
    churn(folder, rng)
    index = Index(small_disk / "index", HashEmbedder())
    index.sync(folder)
    index.close()
    before = rows(index.folder)
    for number in range(300):
        (folder / f"more-{number}.txt").write_text(article(rng))
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        stream.write(bytes(max(0, free - left)))

    with pytest.raises(IndexStateError, match=r"index\.db"):
        Index(index.folder, HashEmbedder()).sync(folder)
    full = Index(index.folder, HashEmbedder())
    assert full.search("Who met the mayor of town 7?", 5)
    assert full.doctor(mend=False) == []
    full.close()

    filler.unlink()
    again = Index(index.folder, HashEmbedder())
    assert settled(rows(index.folder)) == settled(before)
    assert again.doctor() == []
    for path in folder.glob("more-*"):
        path.unlink()
    (folder / "last.txt").write_text(article(rng))
    again.sync(folder)
    assert rows(index.folder) == fresh(folder, tmp_path / "fresh")


@pytest.mark.slow
def test_a_folder_that_cannot_be_written(tmp_path: Path, small_disk: Path) -> None:
    rng = random.Random(1)
    folder = tmp_path / "news"
    folder.mkdir()
    churn(folder, rng)
    index = Index(small_disk / "index", HashEmbedder())
    index.sync(folder)
    expected = [hit.passage.text for hit in index.search("Who met the mayor?", 5)]
    index.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    reading = Index(index.folder, HashEmbedder())
    assert [hit.passage.text for hit in reading.search("Who met the mayor?", 5)] == expected
    assert reading.doctor(mend=False) == []
    (folder / "last.txt").write_text(article(rng))
    with pytest.raises(IndexStateError, match="cannot be written"):
        reading.sync(folder)
    reading.close()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    Index(index.folder, HashEmbedder()).sync(folder)
    assert rows(index.folder) == fresh(folder, tmp_path / "fresh")
