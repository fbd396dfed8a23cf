"""Files that are no sound export are refused; an import that is stopped leaves the old state."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index import Article, Index, IndexStateError
from index.database import DATABASE
from index.fakes import HashEmbedder
from tests.conftest import BAKERY
from tests.index_state import rows

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def _newer(path: Path) -> None:
    run(path, "PRAGMA user_version = 99")


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zeros(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))


def _of_others(path: Path) -> None:
    path.unlink()
    run(path, "CREATE TABLE cats (name TEXT)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _with(*statements: str) -> Callable[[Path], None]:
    return lambda path: run(path, *statements)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_half, "is damaged; export it again"),
        (_zeros, "is damaged; export it again"),
        (_newer, r"made by a newer Byline \(format 99, .*upgrade Byline"),
        (_of_others, "is no Byline export; name a file made by"),
        (lambda path: path.write_text("not a database"), "is no Byline export"),
        (lambda path: path.write_bytes(b""), "is no Byline export"),
        (Path.unlink, "no such file; name one made by"),
        (_folder, "no such file"),
        (
            _with("CREATE TRIGGER t AFTER INSERT ON articles BEGIN DELETE FROM articles; END"),
            "its tables are not those",
        ),
        (_with("CREATE TABLE more (x)"), "its tables are not those"),
        (_with("CREATE VIEW more AS SELECT 1"), "its tables are not those"),
        (_with("CREATE INDEX more ON articles (title)"), "its tables are not those"),
        (_with("DROP TABLE bands"), "its tables are not those"),
        (
            _with("DROP VIEW passage_texts", "CREATE VIEW passage_texts AS SELECT 1 AS id"),
            "its tables are not those",
        ),
        (_with("DELETE FROM meta"), "its tables are not those|is damaged"),
    ],
)
def test_what_is_no_export_is_refused(
    other: Index, exported: Path, change: Callable[[Path], object], sentence: str
) -> None:
    change(exported)
    before = rows(other.folder)
    with pytest.raises(IndexStateError, match=sentence) as caught:
        other.import_file(exported, replace=True)
    assert str(caught.value).startswith(f"{exported}: ")
    assert rows(other.folder) == before
    assert other.doctor() == []
    assert not list(other.folder.glob("import-*"))


def test_damage_is_refused(tmp_path: Path) -> None:
    """Wherever some bytes of the file are wrong."""
    source = Index(tmp_path / "source", HashEmbedder(64))
    source.add_articles(
        Article(f"/{n}.txt", f"Town {n}", f"The dam of town {n} held on day {n}. " * 30, "s")
        for n in range(50)
    )
    file = tmp_path / "file"
    source.export(file)
    data, chance = file.read_bytes(), random.Random(7)
    index = Index(tmp_path / "target", HashEmbedder(64))
    for number in range(60):
        place = chance.randrange(100, len(data) - 8)
        file.write_bytes(data[:place] + chance.randbytes(8) + data[place + 8 :])
        with pytest.raises(IndexStateError) as caught:
            index.import_file(file)
        assert str(caught.value).startswith(f"{file}: "), f"attempt {number}, place {place}"
    assert index.articles() == []
    file.write_bytes(data)
    index.import_file(file)
    assert rows(index.folder) == rows(source.folder)


@pytest.mark.parametrize("where", ["migrate", "_check_schema", "_generation", "shutil.copyfile"])
def test_an_import_that_is_stopped_leaves_the_old(
    other: Index, exported: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = rows(other.folder)
    monkeypatch.setattr(f"index.transfer.{where}", stop)
    with pytest.raises(KeyboardInterrupt):
        other.import_file(exported, replace=True)
    monkeypatch.undo()
    assert rows(other.folder) == before
    assert not list(other.folder.glob("import-*"))
    assert other.search("volcano", 1)[0].passage.text == "A volcano woke."
    other.import_file(exported, replace=True)
    assert other.search("county prize", 1)[0].passage.text == BAKERY.text


def import_elsewhere(folder: str, source: str) -> None:
    Index(folder, HashEmbedder(64)).import_file(source, replace=True)


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    def written(name: str) -> Index:
        index = Index(tmp_path / name, HashEmbedder(64))
        index.add_articles(
            Article(f"/{n}.txt", f"{name} {n}", f"The {name} of town {n} held. " * 40, "s")
            for n in range(1500)
        )
        return index

    dam, bridge = written("dam"), written("bridge")
    states = {name: rows(tmp_path / name) for name in ("dam", "bridge")}
    for index in (dam, bridge):
        index.export(tmp_path / f"{index.folder.name}.byline")
    chance, began = random.Random(3), time.perf_counter()
    import_elsewhere(str(dam.folder), str(tmp_path / "dam.byline"))
    took = time.perf_counter() - began
    now, cut = "dam", 0
    for _ in range(20):
        name = "bridge" if now == "dam" else "dam"
        arguments = (str(dam.folder), str(tmp_path / f"{name}.byline"))
        process = _CONTEXT.Process(target=import_elsewhere, args=arguments)
        process.start()
        process.join(chance.uniform(0.1, 1.3) * took)
        cut += process.is_alive()
        process.kill()
        process.join()
        state = rows(dam.folder)
        assert state in (states[now], states[name])
        now = name if state == states[name] else now
        reader = Index(dam.folder, HashEmbedder(64))
        assert all(f"The {now} of" in hit.passage.text for hit in reader.search("town 7", 5))
        assert reader.doctor() == []
    assert cut > 3
    assert (dam.folder / DATABASE).exists()
    assert not list(dam.folder.glob("import-*"))
