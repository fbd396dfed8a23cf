"""Checks every invariant of an index and mends what can be mended without embedding anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from index.copies import settle_copies
from index.cut import cut
from index.database import Database
from index.embed import BUNDLED
from index.grouping import bands_sound, misplaced, settle_stories, sign, wrong_signatures
from index.lists_check import lists_sound, make_lists_anew
from index.migrations import text_key
from index.store import Store
from index.types import Article, Span

_REBUILD = "run `byline index rebuild`"
_MEND = "run `byline index doctor`"
_FTS = "title, body, tokenize = 'porter unicode61 remove_diacritics 2'"
_VECTORS_AT_ONCE = 10_000
_LENGTH_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be; `mended` where it is now, else `mend` says how."""

    problem: str
    mended: bool
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.problem}: {'mended' if self.mended else self.mend}."


def examine(store: Store, *, mend: bool) -> Iterator[Finding]:
    """Everything wrong with the database; the caller holds the build lock and does the cache.

    What a build that was cut short left unseen is not wrong: the next one goes on from there.
    Without `mend` nothing is written.
    """
    damage = [row[0] for row in store.connection().execute("PRAGMA integrity_check(3)")]
    if damage != ["ok"]:
        yield Finding(
            f"the database file is damaged ({'; '.join(damage)})",
            False,
            "restore a copy, or remove the folder and add the articles again",
        )
        return
    for check in _CHECKS:
        with store.change(visible=False) if mend else store.snapshot():
            found = list(check(store, mend))
            if any(finding.mended for finding in found):
                store.set_meta("generation", str(store.generation + 1))
        yield from found


def unfinished(store: Store) -> bool:
    """Whether a build was cut short, so that the next one finds vectors ready."""
    return store.meta("building") is not None


def _references(store: Store, mend: bool) -> Iterator[Finding]:
    broken = store.connection().execute("PRAGMA foreign_key_check").fetchall()
    for table in sorted({row[0] for row in broken}):
        count = sum(row[0] == table for row in broken)
        yield Finding(f"{count} rows of {table} refer to rows that are not there", False, _REBUILD)


def _articles(store: Store) -> Iterator[tuple[int, str, Article]]:
    """Every article with its id and how to name it."""
    for article_id in store.article_ids():
        article = store.article(article_id)
        if article is not None:
            yield article_id, f"article {article_id} ({article.uri})", article


def _hashes(store: Store, mend: bool) -> Iterator[Finding]:
    for article_id, name, article in _articles(store):
        wanted = (article.sha256, text_key(article.text))
        stored = store.connection().execute(
            "SELECT sha256, text_key FROM articles WHERE id = ?", (article_id,)
        )
        if stored.fetchone() != wanted:
            if mend:
                store.connection().execute(
                    "UPDATE articles SET sha256 = ?, text_key = ? WHERE id = ?",
                    (*wanted, article_id),
                )
            yield Finding(f"{name}: its hash is not that of its text", mend, _MEND)


def _cutting(store: Store, mend: bool) -> Iterator[Finding]:
    """Offsets, and that every passage is what would be cut and embedded today."""
    model = store.meta("embedder") or BUNDLED
    for article_id, name, article in _articles(store):
        expected = cut(article, model)
        if tuple(store.sentences(article_id)) != expected.sentences:
            if mend:
                _put_sentences(store, article_id, expected.sentences)
            yield Finding(f"{name}: its sentences are not where they must be", mend, _MEND)
        copies = "SELECT copy_of IS NOT NULL FROM articles WHERE id = ?"
        (is_copy,) = store.connection().execute(copies, (article_id,)).fetchone()
        rows = store.connection().execute(
            "SELECT start, end, digest FROM passages LEFT JOIN vectors ON vectors.id = vector_id"
            " WHERE article_id = ? ORDER BY start, end",
            (article_id,),
        )
        stored = [(Span(start, end), digest) for start, end, digest in rows]
        wanted = [] if is_copy else list(zip(expected.passages, expected.digests, strict=True))
        if stored != wanted:
            yield Finding(f"{name}: its passages are not what they must be", False, _REBUILD)


def _put_sentences(store: Store, article_id: int, sentences: tuple[Span, ...]) -> None:
    store.connection().execute("DELETE FROM sentences WHERE article_id = ?", (article_id,))
    store.connection().executemany(
        "INSERT INTO sentences VALUES (?, ?, ?)",
        [(article_id, span.start, span.end) for span in sentences],
    )


def _vectors(store: Store, mend: bool) -> Iterator[Finding]:
    unused = _number(
        store,
        "SELECT count(*) FROM vectors WHERE NOT EXISTS"
        " (SELECT 1 FROM passages WHERE vector_id = vectors.id)",
    )
    if unused and not unfinished(store):
        if mend:
            store.drop_unused_vectors()
        yield Finding(f"{unused} vectors belong to no passage", mend, _MEND)
    held = _number(store, "SELECT count(*) FROM vectors")
    dimension = int(store.meta("dimension") or 0)
    if held == 0:
        return
    model = store.meta("embedder")
    if model is None or dimension == 0 or (model == BUNDLED and dimension != 384):
        yield Finding(
            f'the embedding model is recorded as "{model}" with {dimension} numbers',
            False,
            f"{_REBUILD} --model {BUNDLED}",
        )
        return
    wrong = _number(store, f"SELECT count(*) FROM vectors WHERE length(vector) != {dimension * 2}")
    if wrong:
        yield Finding(f"{wrong} vectors have not {dimension} numbers", False, _REBUILD)
        return
    bad = sum(1 for length in _lengths(store) if not abs(length - 1) <= _LENGTH_TOLERANCE)
    if bad:
        yield Finding(f"{bad} vectors are damaged", False, _REBUILD)


def _lengths(store: Store) -> Iterator[float]:
    rows = store.connection().execute("SELECT vector FROM vectors ORDER BY id")
    while batch := rows.fetchmany(_VECTORS_AT_ONCE):
        vectors = np.frombuffer(b"".join(row[0] for row in batch), dtype="<f2")
        lengths = np.linalg.norm(vectors.reshape(len(batch), -1).astype(np.float32), axis=1)
        yield from lengths.tolist()


def _signatures(store: Store, mend: bool) -> Iterator[Finding]:
    """What stories are recognised by, against the texts."""
    wrong = wrong_signatures(store)
    if wrong or not bands_sound(store):
        if mend:
            sign(store, wrong)
        yield Finding("what stories are recognised by does not fit the texts", mend, _MEND)


def _stories(store: Store, mend: bool) -> Iterator[Finding]:
    """Stories against a grouping of all articles at once."""
    wrong = misplaced(store)
    if wrong:
        if mend:
            settle_stories(store, store.article_ids(), [])
        yield Finding(f"{len(wrong)} articles are not in their story", mend, _MEND)


def _copies(store: Store, mend: bool) -> Iterator[Finding]:
    """Of the articles with one text the first by uri must stand for all."""
    rows = store.connection().execute(
        "SELECT text_key, count(*) FROM articles a WHERE copy_of IS NOT (SELECT CASE WHEN"
        " first.id = a.id THEN NULL ELSE first.id END FROM articles first"
        " WHERE first.text_key = a.text_key ORDER BY first.uri LIMIT 1) GROUP BY text_key"
    )
    wrong = [key for key, _ in rows.fetchall()]
    if wrong:
        if mend:
            settle_copies(store, wrong)
        yield Finding(f"copies of {len(wrong)} articles are not known as such", mend, _MEND)


def _words(store: Store, mend: bool) -> Iterator[Finding]:
    """The word index against one made anew: the same words, as often, in as many passages."""
    connection = store.connection()
    connection.execute("DROP TABLE IF EXISTS temp.expected")
    connection.execute(f"CREATE VIRTUAL TABLE temp.expected USING fts5 ({_FTS}, content = '')")
    rows = store.passage_texts()
    connection.executemany("INSERT INTO expected (rowid, title, body) VALUES (?, ?, ?)", rows)
    for name, table in (("found_words", "main, passages_fts"), ("true_words", "temp, expected")):
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab ({table}, row)"
        )
    try:
        if mend:
            connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('integrity-check')")
        differ = any(
            connection.execute(f"SELECT * FROM {one} EXCEPT SELECT * FROM {other}").fetchone()
            for one, other in (("found_words", "true_words"), ("true_words", "found_words"))
        )
    except sqlite3.DatabaseError:
        differ = True
    if differ:
        if mend:
            store.rebuild_words()
        yield Finding("the word index does not fit the passages", mend, _MEND)
    connection.execute("DROP TABLE temp.expected")


def _lists(store: Store, mend: bool) -> Iterator[Finding]:
    """The lists of frequent words; after the word index, which they are chosen by."""
    if not lists_sound(store.connection()):
        if mend:
            make_lists_anew(store.connection())
        yield Finding("the lists of frequent words do not fit the passages", mend, _MEND)


_CHECKS = (
    _references,
    _hashes,
    _copies,
    _cutting,
    _vectors,
    _signatures,
    _stories,
    _words,
    _lists,
)


def _number(database: Database, query: str) -> int:
    return int(database.connection().execute(query).fetchone()[0])
