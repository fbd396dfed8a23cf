"""Small questions to the collection: is a word in it, from when to when, which stories are one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from index.ann import Ids
from index.filters import Filter
from index.lexical import weighed
from index.store import Store


def held(store: Store, words: Sequence[str], allowed: Ids | None = None) -> list[bool]:
    """Whether each word or phrase stands in a title or text, in some form ("fled", "fleeing").

    Only passages in `allowed` count, all where it is None.
    """
    connection = store.connection()
    return [bool(weighed(connection, {word: 1.0}).best(1, allowed)) for word in words]


def published(store: Store, chosen: Filter | None = None) -> tuple[str, str] | None:
    """The first and the last date of the articles that a filter lets through, None without any."""
    condition, values = (chosen or Filter()).condition()
    first, last = (
        store.connection()
        .execute(f"SELECT min(published), max(published) FROM articles WHERE {condition}", values)
        .fetchone()
    )
    return None if first is None else (str(first), str(last))


def has_articles(store: Store, chosen: Filter) -> bool:
    """Whether a filter lets any article through."""
    condition, values = chosen.condition()
    row = store.connection().execute(
        f"SELECT EXISTS (SELECT 1 FROM articles WHERE {condition})", values
    )
    return bool(row.fetchone()[0])


def stories(store: Store, articles: Iterable[int]) -> dict[int, int]:
    """Article -> a number that near copies of one text share and no other article has."""
    rows = store.connection().execute(
        "SELECT id, coalesce(story, id) FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(articles)),),
    )
    return dict(rows.fetchall())
