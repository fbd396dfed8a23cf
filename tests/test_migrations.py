"""A database of the first format is brought to the newest one and is as if made today."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from index import Article, Index, IndexStateError
from index.database import DATABASE
from index.embed import BUNDLED, Embedder
from index.fakes import HashEmbedder
from index.migrations import _FIRST, APPLICATION_ID, VERSION
from index.passages import split_passages
from index.sentences import split_sentences
from tests.conftest import BAKERY, FERRY
from tests.index_state import rows

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
# Addresses that are no paths: what is known by a path is taken for a file.
FERRY, BAKERY = (replace(article, uri=f"wire:{article.title}") for article in (FERRY, BAKERY))
LONG = Article(
    "wire:river",
    "River rises",
    "\n\n".join(f"The river rose {n} metres in Holm on day {n}." for n in range(200)),
    "Harbour News",
    author="Ana Ruiz",
)
AGAIN = Article("wire:A copy", FERRY.title, FERRY.text, "Town Post")
ARTICLES = (FERRY, BAKERY, LONG, AGAIN)


def bundled() -> HashEmbedder:
    """Stands for the bundled model."""
    return HashEmbedder(384, BUNDLED)


def write_first(folder: Path, articles: Sequence[Article], embedder: Embedder) -> None:
    """An index as the first format had it: no files, no copies, no stories, one vectors file."""
    folder.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {_FIRST} COMMIT;")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        for article in articles:
            _write_article(connection, article, embedder)
        connection.execute("UPDATE meta SET value = '7' WHERE key = 'generation'")
        connection.execute("INSERT INTO meta VALUES ('embedder', ?)", (embedder.name,))
        connection.execute("INSERT INTO meta VALUES ('dimension', ?)", (str(embedder.dimension),))
    (folder / "vectors.faiss").write_bytes(b"what the first format kept here")
    (folder / "vectors.json").write_text('{"model": "x", "count": 3, "size": 31, "crc32": 5}')


def _write_article(connection: sqlite3.Connection, article: Article, embedder: Embedder) -> None:
    shown = (article.title, article.text, article.source, article.published, article.author)
    (number,) = connection.execute(
        "INSERT INTO articles (uri, title, text, source, published, author, sha256, furniture,"
        " pages, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '2025-01-01') RETURNING id",
        (
            article.uri,
            *shown,
            hashlib.sha256("\x00".join(part or "" for part in shown).encode()).hexdigest(),
            json.dumps([(span.start, span.end) for span in article.furniture]),
            json.dumps(article.pages),
        ),
    ).fetchone()
    sentences = split_sentences(article.text)
    connection.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?)", [(number, s.start, s.end) for s in sentences]
    )
    for span in split_passages(article, sentences):
        text = f"{article.title}\n{span.of(article.text)}"
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        vector = embedder.encode([text])[0].astype("<f2").tobytes()
        connection.execute("INSERT OR IGNORE INTO vectors VALUES (NULL, ?, ?)", (digest, vector))
        (passage,) = connection.execute(
            "INSERT INTO passages (article_id, start, end, vector_id) VALUES"
            " (?, ?, ?, (SELECT id FROM vectors WHERE digest = ?)) RETURNING id",
            (number, span.start, span.end, digest),
        ).fetchone()
        connection.execute(
            "INSERT INTO passages_fts (rowid, title, body) VALUES (?, ?, ?)",
            (passage, article.title, span.of(article.text)),
        )


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
