"""A thousand odd files in one sync: each is read, or named with its reason; none stops the rest."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from index import Index
from index.articles import SUFFIXES, discover, load, suffix_of
from index.errors import LoadError
from index.fakes import HashEmbedder
from index.files import articles_by_file
from index.loaders.reading import shown
from qa.assistant import Assistant
from tests.conftest import PhraseReader
from tests.index_state import rows
from tests.odd_files import Good, write_odd_files
from tests.test_assistant import TRUSTING, check_offsets

_SECONDS = 20
_PROGRAMMER = re.compile(r"Traceback|\b\w+(Error|Exception)\b|Errno|NoneType|<class|object at 0x")
_SENTENCE = re.compile(r"[^;]+.*; [^;]+\.")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Good]]:
    folder = tmp_path_factory.mktemp("odd") / "news"
    folder.mkdir()
    return folder, write_odd_files(folder)


def files_below(folder: Path) -> Iterator[Path]:
    """Everything that is not hidden and has a supported suffix, found without `discover`."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and suffix_of(Path(name)) in SUFFIXES:
                yield Path(place, name)


def is_one_sentence(said: str) -> bool:
    return bool(_SENTENCE.fullmatch(said)) and said.isprintable() and not _PROGRAMMER.search(said)


def check_offsets_of(index: Index) -> None:
    """The offset invariant for every sentence and passage."""
    spans = index.store.connection().execute(
        "SELECT article_id, id, start, end FROM passages ORDER BY article_id, id"
    )
    by_article = {
        number: [row[1:] for row in some] for number, some in groupby(spans, key=lambda row: row[0])
    }
    for stored in index.articles():
        text = index.article(stored.id).text
        end = 0
        starts, ends = set[int](), set[int]()
        for sentence in index.sentences(stored.id, 0, len(text)):
            assert end <= sentence.start < sentence.end <= len(text)
            assert sentence.of(text) == sentence.of(text).strip()
            end = sentence.end
            starts.add(sentence.start)
            ends.add(sentence.end)
        passages = by_article.get(stored.id, [])
        for _, start, stop in passages:
            assert start in starts
            assert stop in ends
        for number, start, stop in passages[:3] + passages[-3:]:
            assert index.store.passages([number])[number].text == text[start:stop]


@pytest.mark.slow
def test_every_file_by_itself(odd: tuple[Path, list[Good]]) -> None:
    folder, _ = odd
    took: list[tuple[float, str]] = []
    for path in discover([folder]):
        assert isinstance(path, Path), str(path)
        began = time.process_time()
        found = list(load(path))
        took.append((time.process_time() - began, shown(path)))
        assert found, shown(path)
        for error in found:
            if isinstance(error, LoadError):
                assert shown(path) in str(error)
                assert is_one_sentence(str(error)), str(error)
    seconds, slowest = max(took)
    assert seconds < _SECONDS, f"{slowest} took {seconds:.1f} s"


@pytest.mark.slow
def test_a_thousand_odd_files(
    tmp_path: Path, odd: tuple[Path, list[Good]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, good = odd
    embedder = HashEmbedder(64)
    index = Index(tmp_path / "index", embedder)
    first = index.sync(folder)
    told = [str(error) for error in first.failed]

    read = articles_by_file(index.store)
    assert sorted(first.added) == sorted(uri for uris in read.values() for uri in uris)
    seen: set[str] = set()
    lost: list[str] = []
    for path in sorted(files_below(folder)):
        real = os.path.realpath(path)
        named = any(shown(path) in said for said in told)
        if str(path) not in read and not named and real not in seen:
            lost.append(shown(path))
        seen.add(real)
    assert lost == []
    assert not [uri for uri in read if "/." in uri.removeprefix(str(folder))]
    assert [said for said in told if not is_one_sentence(said)] == []
    assert not [said for said in told if str(folder) not in said]

    check_offsets_of(index)
    for item in good:
        reader = PhraseReader(item.answer)
        answer = Assistant(index, reader=reader, calibration=TRUSTING).ask(item.question)
        assert answer.text == item.answer
        assert answer.citations[0].uri in read[str(item.path)]
        check_offsets(index, answer)

    def again(path: Path, columns: object = None) -> Iterator[LoadError]:
        raise AssertionError(f"{path} was read again")

    before = embedder.encoded
    monkeypatch.setattr("index.build.load", again)
    second = index.sync(folder)
    monkeypatch.undo()
    assert embedder.encoded == before
    assert sorted(second.unchanged) == sorted(first.added)
    assert sorted(map(str, second.failed)) == sorted(told)
    assert second.counts | {"unchanged": 0, "failed": 0} == dict.fromkeys(second.counts, 0)

    shutil.rmtree(folder / "sizes")  # what takes most of the time
    assert index.sync(folder).removed
    fresh = Index(tmp_path / "fresh", HashEmbedder(64))
    fresh.sync(folder)
    assert rows(index.folder) == rows(fresh.folder)
    assert index.doctor() == []


PROSE = "The dam held through the night. Nobody in Sorvik slept."
Change = Callable[[Path], object]


def _write(name: str, text: str = PROSE) -> Change:
    return lambda folder: (folder / name).write_text(text)


def _replace(name: str, make: Change) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return change


def _folder_of_a_file(path: Path) -> None:
    path.mkdir()
    (path / "inside.txt").write_text("The bridge held as well.")


@pytest.mark.parametrize(
    ("change", "failures"),
    [
        pytest.param(_replace("b.txt", Path.mkdir), 0, id="an empty folder"),
        pytest.param(_replace("b.txt", _folder_of_a_file), 0, id="a folder"),
        pytest.param(_replace("b.txt", os.mkfifo), 1, id="a pipe"),
        pytest.param(_replace("b.txt", lambda p: p.symlink_to("a.txt")), 0, id="a second name"),
        pytest.param(_replace("b.txt", lambda p: p.symlink_to("/nowhere")), 1, id="a dead link"),
        pytest.param(_replace("b.txt", lambda p: p.symlink_to(p)), 1, id="a link to itself"),
        pytest.param(_replace("b.txt", lambda p: p.write_bytes(b"\0\1") and None), 1, id="junk"),
        pytest.param(lambda f: (f / "b.txt").rename(f / ".b.txt"), 0, id="hidden"),
        pytest.param(lambda f: (f / "b.txt").rename(f / "b.png"), 0, id="a picture"),
        pytest.param(lambda f: (f / "0.txt").symlink_to("b.txt"), 0, id="a name before it"),
        pytest.param(lambda f: (f / "0").symlink_to("sub"), 0, id="a folder before it"),
    ],
)
def test_a_file_that_becomes_something_else(tmp_path: Path, change: Change, failures: int) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("Another dam broke. Nobody in Lund was hurt.")
    (folder / "b.txt").write_text(PROSE)
    (folder / "sub").mkdir()
    (folder / "sub" / "c.txt").write_text("The bridge of Holm is open again.")
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(folder)
    change(folder)
    assert len(index.sync(folder).failed) == failures
    fresh = Index(tmp_path / "fresh", HashEmbedder())
    fresh.sync(folder)
    assert rows(index.folder) == rows(fresh.folder)


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.txt", b"a\nb.txt", b"a\x1b[2Jb.txt", "\u202egnp.txt".encode()]
)
@pytest.mark.parametrize("text", ["", "The dam held."])
def test_a_name_that_cannot_be_printed(tmp_path: Path, name: bytes, text: str) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(PROSE)
    path = folder / os.fsdecode(name)
    path.write_text(text)
    index = Index(tmp_path / "index", HashEmbedder())
    report = index.sync(folder)
    assert str(folder / "a.txt") in report.added
    assert all(is_one_sentence(str(error)) for error in report.failed)
    assert len(report.failed) == (not text or b"\xff" in name)
    assert [str(error) for error in index.sync(folder).failed] == [*map(str, report.failed)]
    path.unlink()
    index.sync(folder)
    assert index.files() == {str(folder / "a.txt")}


def test_a_file_that_cannot_be_read_for_now_keeps_its_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(PROSE)
    (folder / "b.txt").write_text("Another dam broke. Nobody in Lund was hurt.")
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(folder)
    opened = Path.open

    def refuse(path: Path, *arguments: str, **options: str) -> object:
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    report = index.sync(folder)
    assert [str(error) for error in report.failed] == [
        f"{folder / 'b.txt'} cannot be opened (Permission denied); check the path and its rights."
    ]
    assert report.removed == []
    assert len(index.search("Nobody in Lund was hurt", 5)) == 2
    monkeypatch.undo()
    assert index.sync(folder).failed == []
    shutil.rmtree(folder)
