"""Collections with questions whose evidence is known, for measuring retrieval; knows no ranking.

Vectors are kept in a file by the digest of what was embedded, so that a second run embeds nothing.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

import numpy as np

from bench.pipeline import articles, open_questions
from index.embed import Embedder, Vectors
from index.types import Article, Span
from qa.readerdata import AnswerSpan, Row, read_questions
from qa.training.negatives import stands_alone

_BATCH = 256
Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of `group`; a passage of the article at `uri` that covers a span has it."""

    group: str
    text: str
    uri: str
    evidence: tuple[Span, ...]

    @property
    def about(self) -> str:
        """What the question is about: its article, for paragraphs all that share their title."""
        return self.uri.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Collection:
    """Articles, and questions asked of all of them at once."""

    articles: tuple[Article, ...]
    questions: tuple[Asked, ...]

    def __add__(self, other: Collection) -> Collection:
        return Collection(self.articles + other.articles, self.questions + other.questions)

    def half(self, which: str) -> Collection:
        """With the questions about every second article only, `"odd"` or `"even"`; or `"both"`."""
        number = {name: i for i, name in enumerate(dict.fromkeys(q.about for q in self.questions))}
        kept = (q for q in self.questions if number[q.about] % 2 == (which == "odd"))
        return self if which == "both" else Collection(self.articles, tuple(kept))


def news(collection: Sequence[Path], questions: Path, sample: int | None = None) -> Collection:
    """Articles in Byline's format, and what stands alone of the questions asked of them.

    Questions of the whole collection are group "news"; of the articles that none of these is
    about, `sample` of their own questions are group "articles".
    """
    found = {article.uri: article for path in collection for article in articles(path)}
    asked = []
    for question in open_questions(questions):
        if question.evidence:
            at = found[question.article].text.index(question.evidence)
            span = Span(at, at + len(question.evidence))
            asked.append(Asked("news", question.text, question.article, (span,)))
    known = {question.uri for question in asked}
    own = [
        Asked(
            "articles", fact.question, article.id, (Span(fact.evidence.start, fact.evidence.end),)
        )
        for path in collection
        for article in read_questions(path).articles
        if article.id not in known
        for fact in article.facts
        if fact.evidence is not None and stands_alone(fact.question)
    ]
    return Collection(tuple(found.values()), (*asked, *_drawn(own, sample)))


def paragraphs(path: Path, sample: int | None = None, *, joined: bool = False) -> Collection:
    """The contexts of a file of questions, each an article; `joined`: one article a title.

    The evidence is an accepted answer where it stands. `sample` questions are drawn, always the
    same ones; every context is kept.
    """
    group = path.name.partition(".jsonl")[0]
    rows = [row for row in read_questions(path).rows if row.spans]
    texts: dict[str, str] = {}
    places: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        if (row.title, row.context) not in places:
            uri = f"{group}:{row.title}" + ("" if joined else f"#{len(places)}")
            before = f"{texts[uri]}\n\n" if uri in texts else ""
            places[row.title, row.context] = uri, len(before)
            texts[uri] = before + row.context
    titles = {uri: title for (title, _), (uri, _) in places.items()}
    return Collection(
        tuple(Article(uri, _readable(titles[uri]), text, "") for uri, text in texts.items()),
        tuple(_asked(group, row, *places[row.title, row.context]) for row in _drawn(rows, sample)),
    )


def _drawn(everything: list[Drawn], sample: int | None) -> list[Drawn]:
    """As many as wanted, the same at every run and in their order."""
    if sample is None or sample >= len(everything):
        return everything
    numbers = random.Random(0).sample(range(len(everything)), sample)
    return [everything[number] for number in sorted(numbers)]


def _asked(group: str, row: Row, uri: str, at: int) -> Asked:
    return Asked(group, row.question, uri, tuple(_span(span, at) for span in row.spans))


def _span(span: AnswerSpan, at: int = 0) -> Span:
    return Span(at + span.start, at + span.end)


def _readable(title: str) -> str:
    """A title as people write it, nothing for a made-up one: `"Amazon_Reviews_20"` gives `""`."""
    plain = unquote(title).replace("_", " ").strip()
    return "" if ":" in plain or any(letter.isdigit() for letter in plain) else plain


class KeptVectors:
    """An embedder that looks into a file first."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self._embedder = embedder
        self.name, self.dimension = embedder.name, embedder.dimension
        file.parent.mkdir(parents=True, exist_ok=True)
        self._kept = sqlite3.connect(file, timeout=60, check_same_thread=False)
        self._kept.execute(
            "CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB)"
            " WITHOUT ROWID"
        )

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        """As the embedder, rounded to float16, which is how an index keeps them."""
        digests = [
            hashlib.blake2b(f"{self.name}\n{text}".encode(), digest_size=16).digest()
            for text in texts
        ]
        new = {d: t for d, t in zip(digests, texts, strict=True) if self._vector(d) is None}
        missing = list(new)
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            rows = self._embedder.encode([new[digest] for digest in batch]).astype("<f2")
            with self._kept:
                self._kept.executemany(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                    [(d, row.tobytes()) for d, row in zip(batch, rows, strict=True)],
                )
        if advance is not None:
            advance(len(texts))
        blob = b"".join(self._vector(digest) or b"" for digest in digests)
        halves = np.frombuffer(blob, dtype="<f2").reshape(len(texts), self.dimension)
        return halves.astype(np.float32)

    def _vector(self, digest: bytes) -> bytes | None:
        row = self._kept.execute(
            "SELECT vector FROM vectors WHERE digest = ?", (digest,)
        ).fetchone()
        return None if row is None else bytes(row[0])
