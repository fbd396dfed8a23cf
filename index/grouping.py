"""Keeps the story of every article right as articles come, change and go."""

from __future__ import annotations

import json
from collections.abc import Iterable

from index.store import Store
from index.stories import Candidates, connected, regroup


def near(store: Store, uris: Iterable[str]) -> set[int]:
    """Ids of the articles that hang together with those at `uris`, themselves included."""
    rows = store.connection().execute(
        "SELECT id, signature FROM articles WHERE signature IS NOT NULL"
        " AND uri IN (SELECT value FROM json_each(?))",
        (json.dumps(list(uris)),),
    )
    return set(connected(dict(rows.fetchall()), _candidates(store)))


def settle_stories(store: Store, ids: Iterable[int], uris: Iterable[str]) -> None:
    """Part of a change: groups anew what hangs together with these articles.

    A story is named by the smallest id in it; an article too short to judge is its own story.
    """
    connection = store.connection()
    rows = connection.execute(
        "SELECT id, signature FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        " OR uri IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)), json.dumps(list(uris))),
    ).fetchall()

    signed = {article_id: signature for article_id, signature in rows if signature is not None}
    stories = [{article_id} for article_id, signature in rows if signature is None]
    stories += regroup(signed, _candidates(store))
    connection.executemany(
        "UPDATE articles SET story = ? WHERE id = ?",
        [(min(story), article_id) for story in stories for article_id in story],
    )


def _candidates(store: Store) -> Candidates:
    def candidates(bands: list[int]) -> dict[int, bytes]:
        found = store.connection().execute(
            "SELECT DISTINCT articles.id, signature FROM bands"
            " JOIN articles ON articles.id = bands.article_id"
            " WHERE band IN (SELECT value FROM json_each(?))",
            (json.dumps(bands),),
        )
        return dict(found.fetchall())

    return candidates
