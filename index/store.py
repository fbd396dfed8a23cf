"""Articles, sentences, passages and vectors as rows; knows nothing of models or of FAISS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from index.database import Database
from index.types import Article, Passage, Span


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """One line of the collection's list: everything about an article but its text."""

    id: int
    uri: str
    title: str
    source: str
    published: str | None
    author: str | None
    characters: int
    passages: int
    added_at: str


class Store(Database):
    """The tables of the index. Writing methods belong inside `change()`."""

    def hashes(self) -> dict[str, str]:
        """uri -> content hash of every article."""
        return dict(self.connection().execute("SELECT uri, sha256 FROM articles"))

    def put_article(
        self,
        article: Article,
        sentences: Sequence[Span],
        passages: Sequence[tuple[Span, int]],
    ) -> int:
        """Inserts the article, or replaces the one at its uri, keeping its id.

        `passages` pairs each passage's span with the id of its vector.
        """
        connection = self.connection()
        values = (
            article.title,
            article.text,
            article.source,
            article.published,
            article.author,
            article.sha256,
            json.dumps([(span.start, span.end) for span in article.furniture]),
            json.dumps(article.pages),
            datetime.now(UTC).isoformat(timespec="seconds"),
            article.uri,
        )
        known = connection.execute("SELECT id FROM articles WHERE uri = ?", (article.uri,))
        row = known.fetchone()
        if row is None:
            cursor = connection.execute(
                "INSERT INTO articles (title, text, source, published, author, sha256, furniture,"
                " pages, added_at, uri) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            article_id = int(cursor.lastrowid or 0)
        else:
            article_id = int(row[0])
            self._drop_passages(article_id)
            connection.execute("DELETE FROM sentences WHERE article_id = ?", (article_id,))
            connection.execute(
                "UPDATE articles SET title = ?, text = ?, source = ?, published = ?, author = ?,"
                " sha256 = ?, furniture = ?, pages = ?, added_at = ? WHERE uri = ?",
                values,
            )
        connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?)",
            [(article_id, span.start, span.end) for span in sentences],
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
        return article_id

    def delete_article(self, article_id: int) -> None:
        self._drop_passages(article_id)
        self.connection().execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def _drop_passages(self, article_id: int) -> None:
        connection = self.connection()
        connection.execute(
            "INSERT INTO passages_fts (passages_fts, rowid, title, body)"
            " SELECT 'delete', id, title, body FROM passage_texts WHERE id IN"
            " (SELECT id FROM passages WHERE article_id = ?)",
            (article_id,),
        )
        connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))

    def article(self, article_id: int) -> Article | None:
        row = (
            self.connection()
            .execute(
                "SELECT uri, title, text, source, published, author, furniture, pages"
                " FROM articles WHERE id = ?",
                (article_id,),
            )
            .fetchone()
        )
        if row is None:
            return None
        uri, title, text, source, published, author, furniture, pages = row
        return Article(
            uri=uri,
            title=title,
            text=text,
            source=source,
            published=published,
            author=author,
            furniture=tuple(Span(start, end) for start, end in json.loads(furniture)),
            pages=tuple(json.loads(pages)),
        )

    def article_ids(self) -> list[int]:
        rows = self.connection().execute("SELECT id FROM articles ORDER BY id")
        return [int(row[0]) for row in rows]

    def list_articles(self) -> list[StoredArticle]:
        """Every article, in the order in which they came."""
        rows = self.connection().execute(
            "SELECT id, uri, title, source, published, author, length(text),"
            " (SELECT count(*) FROM passages WHERE article_id = articles.id), added_at"
            " FROM articles ORDER BY id"
        )
        return [StoredArticle(*row) for row in rows]

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

    def passage_ids(self) -> NDArray[np.int64]:
        rows = self.connection().execute("SELECT id FROM passages ORDER BY id")
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def passage_vectors(
        self, ids: Sequence[int], dimension: int, batch: int = 10_000
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Batches of (passage ids `[n]`, vectors `[n, dimension]`) for the given passages."""
        for at in range(0, len(ids), batch):
            rows = (
                self.connection()
                .execute(
                    "SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.id = p.vector_id"
                    " WHERE p.id IN (SELECT value FROM json_each(?))",
                    (json.dumps([int(i) for i in ids[at : at + batch]]),),
                )
                .fetchall()
            )
            blob = b"".join(row[1] for row in rows)
            vectors = np.frombuffer(blob, dtype="<f2").reshape(len(rows), dimension)
            yield np.array([row[0] for row in rows], dtype=np.int64), vectors.astype(np.float32)

    def vector_ids(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        """digest -> vector id, for those that are stored already."""
        connection = self.connection()
        found: dict[bytes, int] = {}
        for digest in digests:
            row = connection.execute("SELECT id FROM vectors WHERE digest = ?", (digest,))
            if (value := row.fetchone()) is not None:
                found[digest] = value[0]
        return found

    def put_vectors(self, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Stores vectors as little-endian float16; invisible until a passage names them."""
        self.connection().executemany(
            "INSERT OR IGNORE INTO vectors (digest, vector) VALUES (?, ?)",
            [(digest, vector.astype("<f2").tobytes()) for digest, vector in vectors.items()],
        )

    def drop_unused_vectors(self) -> None:
        self.connection().execute(
            "DELETE FROM vectors WHERE NOT EXISTS"
            " (SELECT 1 FROM passages WHERE vector_id = vectors.id)"
        )

    def drop_all_vectors(self) -> None:
        """Empties passages and vectors alike: the first half of re-embedding with another model."""
        connection = self.connection()
        connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')")
        connection.execute("DELETE FROM passages")
        connection.execute("DELETE FROM vectors")

    def lexical(self, query: str, limit: int, title_weight: float) -> list[int]:
        """Passage ids by BM25, best first; `query` is an FTS5 expression built by the caller."""
        rows = self.connection().execute(
            "SELECT rowid FROM passages_fts WHERE passages_fts MATCH ?"
            " ORDER BY bm25(passages_fts, ?, 1.0) LIMIT ?",
            (query, title_weight, limit),
        )
        return [int(row[0]) for row in rows]

    def counts(self) -> dict[str, int]:
        """Rows per table."""
        connection = self.connection()
        return {
            table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("articles", "sentences", "passages", "vectors")
        }
