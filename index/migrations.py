"""The database's shape, as numbered steps that are only ever appended to."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x42594C4E  # "BYLN", so that another program's database is never written to

# A passage's text is a slice of its article, so FTS5 reads it through a view and stores only
# its own index. Vectors are addressed by the digest of the embedded text: an article that
# moved, or a rebuild that was cut short, finds its vectors again without embedding anything.
_STEPS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE articles (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uri TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        source TEXT NOT NULL,
        published TEXT,
        author TEXT,
        sha256 TEXT NOT NULL,
        furniture TEXT NOT NULL,
        pages TEXT NOT NULL,
        added_at TEXT NOT NULL
    );

    CREATE TABLE sentences (
        article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        PRIMARY KEY (article_id, start)
    ) WITHOUT ROWID;

    CREATE TABLE vectors (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        vector BLOB NOT NULL
    );

    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        vector_id INTEGER NOT NULL REFERENCES vectors (id)
    );
    CREATE INDEX passages_by_article ON passages (article_id);
    CREATE INDEX passages_by_vector ON passages (vector_id);

    CREATE VIEW passage_texts AS
        SELECT passages.id AS id, articles.title AS title,
               substr(articles.text, passages.start + 1, passages.end - passages.start) AS body
        FROM passages JOIN articles ON articles.id = passages.article_id;

    CREATE VIRTUAL TABLE passages_fts USING fts5 (
        title, body, content = 'passage_texts', content_rowid = 'id',
        tokenize = 'porter unicode61 remove_diacritics 2'
    );

    INSERT INTO meta VALUES ('generation', '0');
    """,
)

VERSION = len(_STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Brings an empty or older database to the newest shape, each step in its own transaction."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {step} PRAGMA application_id = {APPLICATION_ID}; "
            f"PRAGMA user_version = {number}; COMMIT;"
        )
