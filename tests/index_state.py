"""An index as rows that do not depend on the order in which it came to be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from index.database import DATABASE

_QUERIES = {
    "articles": "SELECT a.uri, a.title, a.text, a.source, a.published, a.author, a.sha256,"
    " a.furniture, a.pages, a.address, a.language, a.title_from_name, a.text_key, a.signature,"
    " c.uri, f.path FROM articles a LEFT JOIN articles c ON c.id = a.copy_of"
    " LEFT JOIN files f ON f.id = a.file_id",
    "sentences": "SELECT uri, start, end FROM sentences JOIN articles a ON a.id = article_id",
    "passages": "SELECT uri, start, end, digest FROM passages p"
    " JOIN articles a ON a.id = article_id JOIN vectors v ON v.id = vector_id",
    "vectors": "SELECT digest, vector FROM vectors",
    "bands": "SELECT band, uri FROM bands JOIN articles a ON a.id = article_id",
    "stories": "SELECT a.uri, (SELECT min(b.uri) FROM articles b WHERE b.story = a.story)"
    " FROM articles a",
    "files": "SELECT path, digest, loader, failures FROM files",
    "terms": "SELECT term, doc, cnt FROM terms",
    "staged": "SELECT uri FROM staged",
    "model": "SELECT key, value FROM meta WHERE key = 'building'"
    " OR (key IN ('embedder', 'dimension') AND EXISTS (SELECT 1 FROM vectors))",
}


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table that says what the index holds, sorted, without ids, times and counters."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, passages_fts, row)"
        )
        return {
            name: sorted(connection.execute(query).fetchall(), key=repr)
            for name, query in _QUERIES.items()
        }
