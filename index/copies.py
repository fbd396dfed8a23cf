"""Articles with the same text are one: the first by uri has the passages, the rest are copies.

The first by uri, not by arrival, so that an index does not depend on the order of its changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

from index.store import Store

_TOUCHED = "CREATE TEMP TABLE IF NOT EXISTS touched (key BLOB PRIMARY KEY) WITHOUT ROWID"


def promoted(store: Store, moves: Mapping[str, str], gone: Iterable[str]) -> list[int]:
    """Ids of copies that will have to stand for themselves once the staged change is made.

    `moves` maps old uris to new ones, `gone` are the uris that will be removed.
    """
    connection = store.connection()
    rows = connection.execute(
        "SELECT text_key, uri, id, copy_of, 0 FROM articles WHERE text_key IN"
        " (SELECT text_key FROM articles WHERE copy_of IS NOT NULL)"
        " AND uri NOT IN (SELECT value FROM json_each(?))"
        " UNION ALL SELECT text_key, uri, NULL, NULL, 1 FROM staged WHERE text_key IN"
        " (SELECT text_key FROM articles WHERE copy_of IS NOT NULL)",
        (json.dumps(list(gone)),),
    ).fetchall()
    staged = {row[0] for row in connection.execute("SELECT uri FROM staged")} if rows else set()
    after = sorted(
        (key, moves.get(uri, uri), article_id, copy_of)
        for key, uri, article_id, copy_of, is_staged in rows
        if is_staged or moves.get(uri, uri) not in staged
    )
    firsts = [next(group) for _, group in groupby(after, key=lambda row: row[0])]
    return [article_id for _, _, article_id, copy_of in firsts if copy_of is not None]


def settle_copies(store: Store, keys: Iterable[bytes]) -> None:
    """Part of a change: of the articles with each text key, the first by uri keeps its passages."""
    connection = store.connection()
    connection.execute(_TOUCHED)
    connection.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(key,) for key in keys])
    rows = connection.execute(
        "SELECT text_key, id, copy_of FROM touched JOIN articles ON text_key = key"
        " ORDER BY text_key, uri"
    ).fetchall()
    connection.execute("DELETE FROM touched")
    for _, group in groupby(rows, key=lambda row: row[0]):
        first, *copies = [(row[1], row[2]) for row in group]
        for article_id, copy_of in [(first[0], first[1]), *copies]:
            stands_for = None if article_id == first[0] else first[0]
            if stands_for is not None:
                store.drop_passages(article_id)
            if copy_of != stands_for:
                connection.execute(
                    "UPDATE articles SET copy_of = ? WHERE id = ?", (stands_for, article_id)
                )
