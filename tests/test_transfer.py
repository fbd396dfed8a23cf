"""A whole index as one file: what comes back, and what is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index import Index, IndexStateError
from index.fakes import HashEmbedder
from tests.conftest import BAKERY, FERRY
from tests.index_state import rows


@pytest.fixture
def exported(library: Index, tmp_path: Path) -> Path:
    target = tmp_path / "news.byline"
    assert library.export(target) == target.stat().st_size
    return target


def other(tmp_path: Path) -> Index:
    return Index(tmp_path / "other", HashEmbedder())


def test_what_goes_out_comes_in(library: Index, exported: Path, tmp_path: Path) -> None:
    index = other(tmp_path)
    index.import_file(exported)
    assert rows(index.folder) == rows(library.folder)
    assert index.search("county prize", 1)[0].passage.text == BAKERY.text
    assert index.doctor() == []


def test_an_open_reader_sees_the_import(exported: Path, tmp_path: Path) -> None:
    index = other(tmp_path)
    index.add_articles([FERRY])
    reader = other(tmp_path)
    assert reader.search("county prize", 1)[0].passage.text.startswith("A ferry")
    with pytest.raises(IndexStateError, match="holds 1 articles already"):
        index.import_file(exported)
    index.import_file(exported, replace=True)
    assert reader.search("county prize", 1)[0].passage.text == BAKERY.text
    assert reader.doctor() == []


def test_nothing_is_overwritten(library: Index, exported: Path) -> None:
    before = exported.read_bytes()
    with pytest.raises(IndexStateError, match="is there already"):
        library.export(exported)
    assert exported.read_bytes() == before


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    path.write_bytes(bytes(data))


def trigger(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "CREATE TRIGGER sly AFTER INSERT ON articles BEGIN DELETE FROM articles; END"
        )


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


def of_others(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")


def text(path: Path) -> None:
    path.write_text("not a database")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (damage, "is damaged|cannot be imported|is no Byline export"),
        (trigger, "its tables are not those of a Byline index"),
        (newer, "made by a newer Byline"),
        (of_others, "is no Byline export"),
        (text, "is no Byline export"),
        (Path.unlink, "no such file"),
    ],
)
def test_what_is_no_export_is_refused(
    exported: Path, tmp_path: Path, change: object, sentence: str
) -> None:
    assert callable(change)
    change(exported)
    index = other(tmp_path)
    index.add_articles([FERRY])
    before = rows(index.folder)
    with pytest.raises(IndexStateError, match=sentence):
        index.import_file(exported, replace=True)
    assert rows(index.folder) == before
    assert index.doctor() == []
