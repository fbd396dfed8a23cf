"""Archives of articles: every member by its own name, and nothing that a bomb is made of."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.articles import load
from index.errors import LoadError
from index.loaders import archive, unzip
from index.types import Article
from tests.loader_files import FEED, PROSE, outcome, the_article, the_error, zipped

OUT = "has a path that leads out of the archive; make the archive again."


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary files go into a folder that is empty again after each test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def test_members_are_loaded_by_their_own_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    inner = zipped({"in/a.txt": "Inner text."})
    path.write_bytes(
        zipped(
            {
                "the_dam-holds.txt": PROSE,
                "sub\\b.md": "# Heading\n\nText.",
                "./r.jsonl": '{"id": "x", "body": "Row."}\n{"title": "No text"}',
                "news.rss": FEED,
                "n.zip": inner,
                "junk.pdf": "junk",
                "empty.txt": "",
                "picture.png": "x",
                "__MACOSX/a.txt": "x",
                ".hidden/a.txt": "x",
                "sub/.DS_Store.txt": "x",
            }
        )
    )
    uri = str(path.resolve())
    assert outcome(path) == [
        f"{uri}#the_dam-holds.txt: The dam holds",
        f"{uri}#sub/b.md: Heading",
        f"{uri}#r.jsonl#x: R x",
        f'{path}/r.jsonl, line 2: no text; put the article into "body", "text" or "content".',
        f"{uri}#news.rss#post-1: Dam holds",
        f"{uri}#news.rss#https://post.example/2: Bridge shut",
        f"{uri}#n.zip/in/a.txt: A",
        f"{path}/junk.pdf is not a readable PDF; open it and save it again.",
        f"{path}/empty.txt is empty; put text into it or leave it out.",
    ]
    first = next(load(path))
    assert isinstance(first, Article)
    assert (first.source, first.title_from_name) == ("the_dam-holds.txt", True)


def test_columns_reach_the_tables_inside(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.csv": "Kopf,Story\nDam,Text.\n", "b.csv": "title,body\na,b\n"}))
    assert outcome(path, {"title": "Kopf", "body": "Story"}) == [
        f"{path.resolve()}#a.csv#2: Dam",
        f'{path}/b.csv has no column "Kopf" for title; its columns are "title", "body".',
    ]


@pytest.mark.parametrize(
    "name", ["../../a.txt", "/a.txt", "C:/a.txt", "C:\\a.txt", "\\\\host\\a.txt", "a/../../b.txt"]
)
def test_paths_that_lead_out(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({name: "x"}))
    assert the_error(path) == f"{path}/{name.replace(chr(92), '/')} {OUT}"


def test_links_and_names_that_come_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("a.txt", "Old text.")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("a.txt", "New text.")
    problem, double, article = load(path)
    assert str(problem) == f"{path}/link.txt is a link; put the file itself into the archive."
    assert str(double) == f"{path}/a.txt stands 2 times in it; only the last is read."
    assert isinstance(article, Article)
    assert article.text == "New text."


def test_archive_with_a_password(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = bytearray(zipped({"a.txt": "x", "b.txt": "y"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    path.write_bytes(bytes(data))
    error, article = load(path)
    assert str(error) == (
        f"{path} is password-protected (1 of 2 files); make it again without a password."
    )
    assert isinstance(article, Article)


def test_damaged_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    assert the_error(path) == f"{path} is not a readable ZIP archive; make it again."
    path.write_bytes(zipped({}))
    assert the_error(path) == (f"{path} holds no file of a kind that is read; add the files alone.")
    data = bytearray(zipped({"a.txt": PROSE * 20, "b.txt": "Text."}))
    data[60:70] = b"??????????"
    path.write_bytes(bytes(data))
    error, article = load(path)
    assert str(error) == f"{path}/a.txt cannot be unpacked; make the archive again."
    assert isinstance(article, Article)


def test_archives_too_deep_in_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = zipped({"a.txt": "Deep text."})
    for _ in range(archive.MAX_DEPTH):
        data = zipped({"n.zip": data})
    path.write_bytes(data)
    assert the_article(path).uri == f"{path.resolve()}#n.zip/n.zip/a.txt"
    path.write_bytes(zipped({"n.zip": data}))
    assert the_error(path) == (
        f"{path}/n.zip/n.zip/n.zip is an archive too deep in archives; add it alone."
    )


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 5)
    path = tmp_path / "a.zip"
    inner = zipped({f"{number}.txt": "x" for number in range(3)})
    path.write_bytes(zipped({"a.zip": inner, "b.zip": inner}))
    assert outcome(path)[-1] == (f"{path} holds more than 5 files; unpack it and add the folder.")


def test_large_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1024 * 1024)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.txt": "x" * 2_000_000, "b.txt": "Text."}))
    error, article = load(path)
    assert str(error) == f"{path}/a.txt has more than 1 MiB; split it into smaller files."
    assert isinstance(article, Article)


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{number}.txt": bytes(5_000_000) for number in range(9)}))
    assert the_error(path) == (
        f"{path} unpacks to more than 16 MiB, the limit for its size; unpack it and add the folder."
    )


def test_bytes_are_counted_as_they_come_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory says nothing of what is in the archive's archives."""
    monkeypatch.setattr(unzip, "RATIO_COUNTS_FROM", 1_000_000)
    monkeypatch.setattr(unzip, "MAX_RATIO", 1)
    path = tmp_path / "a.zip"
    inner = zipped({"a.txt": "x " * 300_000})
    path.write_bytes(zipped({"a.zip": inner, "b.zip": inner}))
    article, error = load(path)
    assert isinstance(article, Article)
    assert isinstance(error, LoadError)
    assert str(error).startswith(f"{path} unpacks to more than 0 MiB")


def test_overlapping_members(tmp_path: Path) -> None:
    """Many entries of the directory that name one and the same compressed file."""
    path = tmp_path / "a.zip"
    made = zipfile.ZipFile(io.BytesIO(zipped({"000.txt": bytes(1_000_000)})))
    assert made.fp is not None
    made.fp.seek(0)
    data = made.fp.read()
    start = made.start_dir
    entry = data[start : data.find(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"000", f"{n:03}".encode()) for n in range(200))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 200, 200, len(entries), start, 0)
    path.write_bytes(data[:start] + entries + end)
    assert "unpacks to more than 16 MiB" in the_error(path)


def test_directory_is_not_read_where_it_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unzip, "MAX_DIRECTORY_BYTES", 1000)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{number}.txt": "x" for number in range(100)}))
    assert the_error(path) == f"{path} is not a readable ZIP archive; make it again."


def test_abandoned_archive_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.txt": "One.", "b.txt": "Two."}))
    articles = load(path)
    assert isinstance(next(articles), Article)
    articles.close()  # type: ignore[attr-defined]
