"""Keeps the story of every article right as articles come, change and go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from index.store import Store
from index.stories import Candidates, bands, connected, groups, regroup, signature

_SIGNED = "SELECT id, signature FROM articles WHERE signature IS NOT NULL ORDER BY id"


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


def wrong_signatures(store: Store) -> dict[int, bytes | None]:
    """Article -> the signature of its text, for those that are stored with another one."""
    wrong: dict[int, bytes | None] = {}
    for article_id in store.article_ids():
        article = store.article(article_id)
        if article is not None:
            wanted = signature(article.text, article.furniture)
            query = "SELECT signature IS NOT ? FROM articles WHERE id = ?"
            if store.connection().execute(query, (wanted, article_id)).fetchone()[0]:
                wrong[article_id] = wanted
    return wrong


def bands_sound(store: Store) -> bool:
    """Whether the bands stored are those of the signatures stored."""
    connection = store.connection()
    expected = 0
    for article_id, signed in connection.execute(_SIGNED):
        wanted = set(bands(signed))
        expected += len(wanted)
        (found,) = connection.execute(
            "SELECT count(*) FROM bands WHERE article_id = ?"
            " AND band IN (SELECT value FROM json_each(?))",
            (article_id, json.dumps(list(wanted))),
        ).fetchone()
        if found != len(wanted):
            return False
    return bool(connection.execute("SELECT count(*) FROM bands").fetchone()[0] == expected)


def sign(store: Store, signatures: Mapping[int, bytes | None]) -> None:
    """Part of a change: stores these signatures, and makes all bands anew."""
    connection = store.connection()
    connection.executemany(
        "UPDATE articles SET signature = ? WHERE id = ?",
        [(signed, article_id) for article_id, signed in signatures.items()],
    )
    connection.execute("DELETE FROM bands")
    connection.executemany(
        "INSERT OR IGNORE INTO bands VALUES (?, ?)",
        (
            (band, article_id)
            for article_id, signed in connection.execute(_SIGNED)
            for band in bands(signed)
        ),
    )


def misplaced(store: Store) -> set[int]:
    """Articles that are not in the story in which a grouping of all at once puts them."""
    rows = store.connection().execute("SELECT id, signature, story FROM articles").fetchall()
    wanted = {article_id: article_id for article_id, _, _ in rows}
    for story in groups({i: signed for i, signed, _ in rows if signed is not None}):
        wanted |= dict.fromkeys(story, min(story))
    return {article_id for article_id, _, story in rows if story != wanted[article_id]}
