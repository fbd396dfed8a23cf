"""The database's shape, as numbered steps that are only ever appended to."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator

from index.types import Article

APPLICATION_ID = 0x42594C4E  # "BYLN", so that another program's database is never written to

# A passage's text is a slice of its article, so FTS5 reads it through a view and stores only
# its own index. Vectors are addressed by the digest of the embedded text: an article that
# moved, or a rebuild that was cut short, finds its vectors again without embedding anything.
_FIRST = """
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
"""

# Files stand for what was read, so that a sync can tell new, changed, moved, gone and failed.
# An article whose text stands at another uri too is a copy: kept, but without passages. Near
# copies share a story. `removed` tells readers which vectors to forget; `staged` holds what a
# build has ready but nobody sees yet.
_SECOND = """
    CREATE TABLE folders (path TEXT PRIMARY KEY, columns TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE files (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE,
        digest BLOB NOT NULL,
        loader TEXT NOT NULL,
        failures TEXT NOT NULL
    );

    ALTER TABLE articles ADD COLUMN address TEXT;
    ALTER TABLE articles ADD COLUMN language TEXT;
    ALTER TABLE articles ADD COLUMN title_from_name INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE articles ADD COLUMN file_id INTEGER REFERENCES files (id);
    ALTER TABLE articles ADD COLUMN text_key BLOB NOT NULL DEFAULT x'';
    ALTER TABLE articles ADD COLUMN copy_of INTEGER REFERENCES articles (id) ON DELETE SET NULL;
    ALTER TABLE articles ADD COLUMN story INTEGER;
    ALTER TABLE articles ADD COLUMN signature BLOB;
    CREATE INDEX articles_by_file ON articles (file_id);
    CREATE INDEX articles_by_text ON articles (text_key);
    CREATE INDEX articles_by_copy ON articles (copy_of);
    CREATE INDEX articles_by_story ON articles (story);
    UPDATE articles SET story = id;

    CREATE TABLE bands (
        band INTEGER NOT NULL,
        article_id INTEGER NOT NULL,
        PRIMARY KEY (band, article_id)
    ) WITHOUT ROWID;

    CREATE TABLE removed (passage_id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
    CREATE INDEX removed_by_generation ON removed (generation);
    INSERT INTO meta SELECT 'removals_since', value FROM meta WHERE key = 'generation';
    INSERT INTO meta VALUES ('database', lower(hex(randomblob(16))));

    CREATE TABLE passage_sizes (block INTEGER PRIMARY KEY, sizes BLOB NOT NULL);
    CREATE TABLE frequent_words (
        stem TEXT NOT NULL, block INTEGER NOT NULL, list BLOB NOT NULL, PRIMARY KEY (stem, block)
    );
    CREATE TABLE gone_passages (id INTEGER PRIMARY KEY);
    CREATE TRIGGER passage_goes AFTER DELETE ON passages BEGIN
        INSERT OR IGNORE INTO gone_passages VALUES (old.id);
    END;

    CREATE TABLE staged (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uri TEXT NOT NULL UNIQUE,
        file TEXT,
        article TEXT NOT NULL,
        text_key BLOB NOT NULL,
        sentences BLOB NOT NULL,
        passages BLOB NOT NULL,
        digests BLOB NOT NULL,
        signature BLOB
    );
"""

# The first format knew a file only by its articles: `rows.jsonl#7` is a row of `rows.jsonl`.
_ROWS_OF = re.compile(r"(.+?\.(?:jsonl|ndjson)(?:\.gz)?)#", re.IGNORECASE | re.DOTALL)

_STEPS = (_FIRST, _SECOND)
VERSION = len(_STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Brings an empty or older database to the newest shape, each step in its own transaction."""
    for number, step in enumerate(_STEPS, start=1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Asked inside the transaction: another process may have migrated meanwhile.
            if int(connection.execute("PRAGMA user_version").fetchone()[0]) < number:
                for statement in _statements(step):
                    connection.execute(statement)
                if number == 2:
                    _fill_second(connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _fill_second(connection: sqlite3.Connection) -> None:
    connection.create_function("text_key", 1, text_key, deterministic=True)
    connection.create_function("sha256", 5, _sha256, deterministic=True)
    connection.execute(
        "UPDATE articles SET text_key = text_key(text),"
        " sha256 = sha256(title, text, source, published, author)"
    )
    _fill_files(connection)


def _fill_files(connection: sqlite3.Connection) -> None:
    """Takes an absolute path for a file that has to be read again, so that it can be missed."""
    articles = connection.execute("SELECT id, uri FROM articles").fetchall()
    for article_id, uri in articles:
        if not os.path.isabs(uri):
            continue
        rows_of = _ROWS_OF.match(uri)
        path = rows_of[1] if rows_of is not None else uri
        connection.execute(
            "INSERT OR IGNORE INTO files (path, digest, loader, failures)"
            " VALUES (?, x'', '{\"version\": 1, \"columns\": {}}', '[]')",
            (path,),
        )
        connection.execute(
            "UPDATE articles SET file_id = (SELECT id FROM files WHERE path = ?) WHERE id = ?",
            (path, article_id),
        )


def _sha256(title: str, text: str, source: str, published: str | None, author: str | None) -> str:
    return Article("", title, text, source, published, author).sha256


def text_key(text: str) -> bytes:
    """What tells whether two articles have the same text: 16 bytes of its BLAKE2 digest."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
