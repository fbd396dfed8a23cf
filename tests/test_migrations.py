"""A database of the first format is brought to the newest one and is as if made today."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from index import Article, Index, IndexStateError
from index.articles import load
from index.database import DATABASE
from index.fakes import HashEmbedder
from index.migrations import VERSION
from tests.first_format import AGAIN, ARTICLES, BAKERY, FERRY, LONG, bundled, write_first
from tests.index_state import rows

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_first(tmp_path / "index", ARTICLES, bundled())
    return tmp_path / "index"


def test_everything_is_there_and_found(old: Path) -> None:
    embedder = bundled()
    index = Index(old, embedder)
    assert [index.article(stored.id) for stored in index.articles()] == list(ARTICLES)
    assert index.search("county prize", 1)[0].passage.text == BAKERY.text
    assert "in Holm on day 150." in index.search("The river rose 150 metres", 1)[0].passage.text
    assert embedder.encoded == 2  # the questions
    assert index.status().generation == 7
    assert index.folders() == []


def test_after_the_doctor_it_is_as_if_made_today(old: Path, tmp_path: Path) -> None:
    embedder = bundled()
    index = Index(old, embedder)
    found = index.doctor()
    assert all(finding.mended for finding in found), [str(finding) for finding in found]
    assert index.doctor() == []
    assert embedder.encoded == 0
    fresh = Index(tmp_path / "fresh", bundled())
    fresh.add_articles(ARTICLES)
    assert rows(old) == rows(fresh.folder)
    assert [(a.title, a.copy_of is None) for a in index.articles()] == [
        (FERRY.title, False),
        (BAKERY.title, True),
        (LONG.title, True),
        (AGAIN.title, True),
    ]


def test_it_can_be_changed_at_once(old: Path, tmp_path: Path) -> None:
    embedder = bundled()
    index = Index(old, embedder)
    report = index.add_articles([FERRY, Article("/v.txt", "Volcano", "A volcano woke.", "s")])
    assert (report.unchanged, report.added) == ([FERRY.uri], ["/v.txt"])
    assert embedder.encoded == 1
    assert index.remove([LONG.uri]).removed == [LONG.uri]
    assert index.search("A volcano woke", 1)[0].passage.text == "A volcano woke."
    assert all("Holm" not in hit.passage.text for hit in index.search("river Holm", 9))
    index.doctor()
    assert index.doctor() == []
    fresh = Index(tmp_path / "fresh", bundled())
    fresh.add_articles(index_articles(index))
    assert rows(old) == rows(fresh.folder)


def index_articles(index: Index) -> list[Article]:
    return [index.article(stored.id) for stored in index.articles()]


def test_no_vectors_file_of_the_first_format_is_used_or_stays(old: Path) -> None:
    index = Index(old, bundled())
    index.add_articles([Article("/v.txt", "Volcano", "A volcano woke.", "s")])
    assert not (old / "vectors.faiss").exists()
    label = json.loads((old / "vectors.json").read_text())
    assert label["database"] == index.store.meta("database")
    assert Index(old, bundled()).search("A volcano woke", 1)[0].passage.text == "A volcano woke."


def test_a_synced_folder_becomes_what_it_would_be_today(tmp_path: Path) -> None:
    """Also where files were changed, moved and deleted before the first sync."""
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("ferry", "bakery", "river", "gone", "moved"):
        (folder / f"{name}.txt").write_text(
            f"The {name} of Holm\n\nThe {name} of Holm was in the news on Monday."
        )
    lines = [
        json.dumps({"id": n, "title": f"Town {n}", "body": f"Row {n} tells of town {n}."})
        for n in range(3)
    ]
    (folder / "rows#1.jsonl").write_text("\n".join(lines))
    loaded = [a for path in sorted(folder.iterdir()) for a in load(path) if isinstance(a, Article)]
    write_first(tmp_path / "index", loaded, bundled())
    (folder / "gone.txt").unlink()
    (folder / "moved.txt").rename(folder / "new.txt")
    (folder / "river.txt").write_text("River falls\n\nThe river fell by two metres.")
    (folder / "rows#1.jsonl").write_text("\n".join(lines[1:]))

    embedder = bundled()
    index = Index(tmp_path / "index", embedder)
    index.sync(folder)
    assert embedder.encoded == 1  # the river
    fresh = Index(tmp_path / "fresh", bundled())
    fresh.sync(folder)
    index.doctor()
    assert rows(index.folder) == rows(fresh.folder)
    assert index.doctor() == []


def test_of_another_model_the_passages_are_embedded_again_on_request(tmp_path: Path) -> None:
    """Their keys did not name the model; the old vectors answer until then."""
    write_first(tmp_path / "index", ARTICLES, HashEmbedder())
    index = Index(tmp_path / "index", HashEmbedder())
    assert index.search("county prize", 1)[0].passage.text == BAKERY.text
    open_ends = [str(finding) for finding in index.doctor() if not finding.mended]
    assert len(open_ends) == 3
    assert all(said.endswith(": run `byline index rebuild`.") for said in open_ends)
    index.rebuild()
    assert index.doctor() == []
    fresh = Index(tmp_path / "fresh", HashEmbedder())
    fresh.add_articles(ARTICLES)
    assert rows(index.folder) == rows(fresh.folder)


def migrate_together(folder: str, together: Barrier) -> None:
    together.wait()
    index = Index(folder, bundled())
    assert index.search("county prize", 1)[0].passage.text == BAKERY.text
    index.add_articles([Article("/v.txt", "Volcano", "A volcano woke.", "s")])


def test_two_processes_migrate_at_the_same_time(tmp_path: Path) -> None:
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        write_first(folder, ARTICLES, bundled())
        together = _CONTEXT.Barrier(2)
        pool = [
            _CONTEXT.Process(target=migrate_together, args=(str(folder), together))
            for _ in range(2)
        ]
        for process in pool:
            process.start()
        for process in pool:
            process.join()
        assert [process.exitcode for process in pool] == [0, 0]
        index = Index(folder, bundled())
        assert len(index.articles()) == len(ARTICLES) + 1
        index.doctor()
        assert index.doctor() == []


def test_a_migration_that_is_stopped_is_done_again(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(connection: sqlite3.Connection) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.migrations._fill_second", stop)
    with pytest.raises(KeyboardInterrupt):
        Index(old, bundled())
    with closing(sqlite3.connect(old / DATABASE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "files" not in tables
    monkeypatch.undo()
    assert index_articles(Index(old, bundled())) == list(ARTICLES)


def test_an_index_that_was_hardly_begun_is_finished(tmp_path: Path) -> None:
    """What is left where a process is killed between two steps of making the database."""
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert (tmp_path / DATABASE).stat().st_size > 0
    assert Index(tmp_path, HashEmbedder()).articles() == []


def test_an_export_of_the_first_format_is_imported(old: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(old / DATABASE)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "file"),))
    before = (tmp_path / "file").read_bytes()
    index = Index(tmp_path / "new", bundled())
    index.import_file(tmp_path / "file")
    assert index_articles(index) == list(ARTICLES)
    assert index.search("county prize", 1)[0].passage.text == BAKERY.text
    assert (tmp_path / "file").read_bytes() == before


@pytest.mark.parametrize("version", [VERSION + 1, 99])
def test_a_newer_version_is_refused_and_left_alone(old: Path, version: int) -> None:
    with closing(sqlite3.connect(old / DATABASE)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = (old / DATABASE).read_bytes()
    with pytest.raises(IndexStateError) as caught:
        Index(old, bundled())
    assert str(caught.value) == (
        f"{old / DATABASE}: made by a newer Byline (format {version}, this one knows {VERSION}); "
        "upgrade Byline."
    )
    assert (old / DATABASE).read_bytes() == before


def test_an_old_index_that_cannot_be_written_is_named(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.database.os.access", lambda *_: False)
    with pytest.raises(IndexStateError) as caught:
        Index(old, bundled())
    assert str(caught.value) == (
        f"{old / DATABASE}: made by an older Byline (format 1) and cannot be brought to format "
        f"{VERSION} because the folder cannot be written; check its permissions."
    )
