"""An index as the first format had it, written by hand."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from index import Article
from index.database import DATABASE
from index.embed import BUNDLED, Embedder
from index.fakes import HashEmbedder
from index.migrations import _FIRST, APPLICATION_ID
from index.passages import split_passages
from index.sentences import split_sentences
from tests import conftest

# Addresses that are no paths: what is known by a path is taken for a file.
FERRY, BAKERY = (
    replace(article, uri=f"wire:{article.title}") for article in (conftest.FERRY, conftest.BAKERY)
)
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
