"""Articles, sentences, passages and vectors as rows; knows nothing of models or of FAISS."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from index.filters import Filter
from index.migrations import text_key
from index.stories import bands
from index.types import Article, Passage, Span
from index.vector_rows import LOOSE, VectorRows


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """One line of the collection's list: everything about an article but its text.

    `copy_of` is the id of the article that has the same text and stands for both; a copy has no
    passages of its own. Articles with the same `story` are near copies of one text.
    """

    id: int
    uri: str
    title: str
    source: str
    published: str | None
    author: str | None
    passages: int
    added_at: str
    address: str | None = None
    language: str | None = None
    copy_of: int | None = None
    story: int | None = None


class Store(VectorRows):
    """The tables of the index. Writing methods belong inside `change()`."""

    def hash_of(self, uri: str) -> str | None:
        """The content hash of the article at `uri`, None where there is none."""
        row = self.connection().execute("SELECT sha256 FROM articles WHERE uri = ?", (uri,))
        found = row.fetchone()
        return None if found is None else str(found[0])

    def uri_of(self, article_id: int) -> dict[str, int]:
        """uri -> id of the article with this id, empty where there is none."""
        rows = self.connection().execute(
            "SELECT uri, id FROM articles WHERE id = ?", (min(article_id, 2**63 - 1),)
        )
        return dict(rows.fetchall())

    def uris_below(self, path: str) -> dict[str, int]:
        """uri -> id of the article at `path` and of all in that file or folder."""
        connection = self.connection()
        found = connection.execute("SELECT uri, id FROM articles WHERE uri = ?", (path,)).fetchall()
        for inside in (f"{path}#", os.path.join(path, "")):
            behind = inside[:-1] + chr(ord(inside[-1]) + 1)
            found += connection.execute(
                "SELECT uri, id FROM articles WHERE uri >= ? AND uri < ?", (inside, behind)
            ).fetchall()
        return dict(found)

    def put_article(
        self,
        article: Article,
        sentences: Sequence[Span],
        passages: Sequence[tuple[Span, int]],
        signature: bytes | None = None,
    ) -> int:
        """Inserts the article, or replaces the one at its uri, keeping its id.

        `passages` pairs each passage's span with the id of its vector.
        """
        values = {
            "uri": article.uri,
            "title": article.title,
            "text": article.text,
            "source": article.source,
            "published": article.published,
            "author": article.author,
            "address": article.address,
            "language": article.language,
            "title_from_name": article.title_from_name,
            "furniture": json.dumps([(span.start, span.end) for span in article.furniture]),
            "pages": json.dumps(article.pages),
            "sha256": article.sha256,
            "text_key": text_key(article.text),
            "signature": signature,
            "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        connection = self.connection()
        known = connection.execute("SELECT id FROM articles WHERE uri = ?", (article.uri,))
        row = known.fetchone()
        if row is not None:  # while the old text is there, for FTS5 must be told what it forgets
            self.drop_passages(row[0])
            self._drop_bands(row[0])
            connection.execute("DELETE FROM sentences WHERE article_id = ?", (row[0],))
        names = ", ".join(values)
        (article_id,) = connection.execute(
            f"INSERT INTO articles ({names}) VALUES ({', '.join(f':{name}' for name in values)})"
            f" ON CONFLICT (uri) DO UPDATE SET"
            f" {', '.join(f'{name} = excluded.{name}' for name in values)} RETURNING id",
            values,
        ).fetchone()
        connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?)",
            [(article_id, span.start, span.end) for span in sentences],
        )
        if signature is not None:
            connection.executemany(
                "INSERT OR IGNORE INTO bands VALUES (?, ?)",
                [(band, article_id) for band in sorted(bands(signature))],
            )
        for span, vector_id in passages:
            cursor = connection.execute(
                "INSERT INTO passages (article_id, start, end, vector_id) VALUES (?, ?, ?, ?)",
                (article_id, span.start, span.end, vector_id),
            )
            connection.execute(
                "INSERT INTO passages_fts (rowid, title, body) VALUES (?, ?, ?)",
                (cursor.lastrowid, article.title, span.of(article.text)),
            )
        return int(article_id)

    def move_article(self, before: str, uri: str) -> None:
        """Gives the article another uri, unless another article has it."""
        self.connection().execute(
            "UPDATE OR IGNORE articles SET uri = ? WHERE uri = ?", (uri, before)
        )

    def delete_article(self, article_id: int) -> None:
        self.drop_passages(article_id)
        self._drop_bands(article_id)
        self.connection().execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def _drop_bands(self, article_id: int) -> None:
        connection = self.connection()
        (signature,) = connection.execute(
            "SELECT signature FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        if signature is not None:
            connection.executemany(
                "DELETE FROM bands WHERE band = ? AND article_id = ?",
                [(band, article_id) for band in bands(signature)],
            )

    def drop_passages(self, article_id: int) -> None:
        """Takes the article out of every search; its vectors go with `drop_loose_vectors`."""
        connection = self.connection()
        owned = "SELECT id FROM passages WHERE article_id = ?"
        connection.execute(LOOSE)
        connection.execute(
            "INSERT OR IGNORE INTO loose SELECT vector_id FROM passages WHERE article_id = ?",
            (article_id,),
        )
        connection.executemany(
            "INSERT INTO passages_fts (passages_fts, rowid, title, body)"
            " VALUES ('delete', ?, ?, ?)",
            list(self.passage_texts(article_id)),
        )
        connection.execute(
            f"INSERT INTO removed SELECT id, ? FROM ({owned})", (self.generation + 1, article_id)
        )
        connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))

    def article(self, article_id: int) -> Article | None:
        row = (
            self.connection()
            .execute(
                "SELECT uri, title, text, source, published, author, furniture, pages, address,"
                " language, title_from_name FROM articles WHERE id = ?",
                (article_id,),
            )
            .fetchone()
        )
        if row is None:
            return None
        uri, title, text, source, published, author, furniture, pages, *more = row
        address, language, title_from_name = more
        return Article(
            uri=uri,
            title=title,
            text=text,
            source=source,
            published=published,
            author=author,
            furniture=tuple(Span(start, end) for start, end in json.loads(furniture)),
            pages=tuple(json.loads(pages)),
            address=address,
            language=language,
            title_from_name=bool(title_from_name),
        )

    def article_ids(self) -> list[int]:
        rows = self.connection().execute("SELECT id FROM articles ORDER BY id")
        return [int(row[0]) for row in rows]

    def list_articles(self) -> list[StoredArticle]:
        """Every article, in the order in which they came."""
        rows = self.connection().execute(
            "SELECT id, uri, title, source, published, author,"
            " (SELECT count(*) FROM passages WHERE article_id = articles.id), added_at,"
            " address, language, copy_of, story FROM articles ORDER BY id"
        )
        return [StoredArticle(*row) for row in rows]

    def text_keys(self, uris: Iterable[str]) -> set[bytes]:
        """The text keys of the articles at these uris."""
        rows = self.connection().execute(
            "SELECT text_key FROM articles WHERE uri IN (SELECT value FROM json_each(?))",
            (json.dumps(list(uris)),),
        )
        return {row[0] for row in rows}

    def passage_texts(self, article_id: int | None = None) -> Iterator[tuple[int, str, str]]:
        """(id, title, text) of the passages of one article, or of all, as they are searched.

        Slices in Python: finding a place deep in a long text takes SQLite time each time.
        """
        chosen = [article_id] if article_id is not None else self.article_ids()
        for number in chosen:
            rows = self.connection().execute(
                "SELECT id, start, end FROM passages WHERE article_id = ?", (number,)
            )
            spans = rows.fetchall()
            if not spans:
                continue
            title, text = (
                self.connection()
                .execute("SELECT title, text FROM articles WHERE id = ?", (number,))
                .fetchone()
            )
            for passage_id, start, end in spans:
                yield passage_id, title, text[start:end]

    def chosen_copies(self, article_ids: Iterable[int], chosen: Filter) -> dict[int, int]:
        """For articles that a filter leaves out, the first copy by uri that it lets through."""
        condition, values = chosen.condition()
        rows = self.connection().execute(
            f"SELECT copy_of, id FROM articles WHERE {condition} AND copy_of IN"
            " (SELECT value FROM json_each(?)) AND copy_of NOT IN"
            f" (SELECT id FROM articles WHERE {condition}) ORDER BY uri DESC",
            (*values, json.dumps(list(article_ids)), *values),
        )
        return dict(rows.fetchall())

    def rebuild_words(self) -> None:
        """Makes the word index anew from the passages."""
        connection = self.connection()
        connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')")
        connection.executemany(
            "INSERT INTO passages_fts (rowid, title, body) VALUES (?, ?, ?)", self.passage_texts()
        )

    def sentences(self, article_id: int, start: int = 0, end: int = 2**62) -> list[Span]:
        """The article's sentences that overlap `start..end`, in order."""
        rows = self.connection().execute(
            "SELECT start, end FROM sentences WHERE article_id = ? AND start < ? AND end > ?"
            " ORDER BY start",
            (article_id, end, start),
        )
        return [Span(row[0], row[1]) for row in rows]

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """id -> passage, for those of `ids` that exist."""
        rows = self.connection().execute(
            "SELECT p.id, p.article_id, p.start, p.end, t.body FROM passages p"
            " JOIN passage_texts t ON t.id = p.id"
            " WHERE p.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row[0]: Passage(*row) for row in rows}

    def counts(self) -> dict[str, int]:
        """Rows per table, and how many articles are copies, how many stories there are."""
        tables = {
            table: f"SELECT count(*) FROM {table}"
            for table in ("articles", "sentences", "passages", "vectors")
        }
        queries = tables | {
            "copies": "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL",
            "stories": "SELECT count(DISTINCT story) FROM articles",
        }
        connection = self.connection()
        return {
            name: int(connection.execute(query).fetchone()[0]) for name, query in queries.items()
        }
