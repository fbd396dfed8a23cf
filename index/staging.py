"""What a build has ready and nobody sees yet: vectors and cut articles, kept batch by batch.

Memory is bounded by a batch, however many articles come, and a build that is killed has lost
one batch of embedding at most.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from index.cut import Cut, cut
from index.embed import Embedder
from index.migrations import text_key
from index.store import Store
from index.stories import signature
from index.types import Article, Span

_PASSAGES_AT_ONCE = 128
_ARTICLES_AT_ONCE = 256
_BUILDING = "building"
_COLUMNS = "uri, file, article, text_key, sentences, passages, digests, signature"


@dataclass(frozen=True, slots=True)
class Staged:
    """An article that only has to be put into its tables."""

    article: Article
    file: str | None
    sentences: list[Span]
    passages: list[Span]
    digests: list[bytes]
    signature: bytes | None


class Staging:
    """Collects articles for one visible step; `embedded` counts passages embedded so far."""

    def __init__(
        self, store: Store, embedder: Embedder, advance: Callable[[int], None] | None = None
    ) -> None:
        self.store = store
        self.embedder = embedder
        self.embedded = 0
        self._advance = advance
        self._waiting: list[tuple[Cut, str | None]] = []
        self._passages = 0
        self.interrupted = store.meta(_BUILDING) is not None
        """Whether an earlier build was cut short; its vectors are there and will be used."""

    def open(self) -> None:
        """Forgets what an earlier build left unseen, all but its vectors."""
        with self.store.change(visible=False):
            self.store.connection().execute("DELETE FROM staged")
            self.store.set_meta(_BUILDING, "1")

    def add(self, article: Article, file: str | None = None) -> None:
        """Cuts the article and embeds, with the next batch, what has no vector yet."""
        cut_ = cut(article, self.embedder.name)
        self._waiting.append((cut_, file))
        self._passages += len(cut_.passages)
        if self._passages >= _PASSAGES_AT_ONCE or len(self._waiting) >= _ARTICLES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Embeds and keeps what is waiting."""
        if not self._waiting:
            return
        texts = {
            digest: text
            for cut_, _ in self._waiting
            for digest, text in zip(cut_.digests, cut_.texts, strict=True)
        }
        known = self.store.vector_ids(texts)
        missing = [digest for digest in texts if digest not in known]
        embedded = {}
        if missing:
            rows = self.embedder.encode([texts[digest] for digest in missing], self._advance)
            embedded = dict(zip(missing, rows, strict=True))
        with self.store.change(visible=False):
            self.store.put_vectors(embedded)
            self.store.connection().executemany(
                f"REPLACE INTO staged ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(cut_, file) for cut_, file in self._waiting],
            )
        self.embedded += len(missing)
        self._waiting = []
        self._passages = 0

    def uris(self) -> list[str]:
        """What is staged, in the order in which it came."""
        rows = self.store.connection().execute("SELECT uri FROM staged ORDER BY id")
        return [str(row[0]) for row in rows]

    def replaced(self) -> set[str]:
        """Which of these uris have an article now."""
        rows = self.store.connection().execute("SELECT uri FROM staged JOIN articles USING (uri)")
        return {str(row[0]) for row in rows}

    def articles(self) -> Iterator[Staged]:
        """What is staged, one at a time."""
        rows = self.store.connection().execute(
            "SELECT article, file, sentences, passages, digests, signature FROM staged ORDER BY id"
        )
        for article, file, sentences, passages, digests, signed in rows:
            yield Staged(
                _article(article),
                file,
                _spans(sentences),
                _spans(passages),
                [digests[at : at + 16] for at in range(0, len(digests), 16)],
                signed,
            )

    def clear(self) -> None:
        """Part of the visible step: nothing is staged any more."""
        self.store.connection().execute("DELETE FROM staged")
        self.store.set_meta(_BUILDING, None)


def _row(cut_: Cut, file: str | None) -> tuple[object, ...]:
    article = cut_.article
    return (
        article.uri,
        file,
        json.dumps(asdict(article)),
        text_key(article.text),
        _packed(cut_.sentences),
        _packed(cut_.passages),
        b"".join(cut_.digests),
        signature(article.text, article.furniture),
    )


def _article(data: str) -> Article:
    fields = json.loads(data)
    fields["furniture"] = tuple(Span(**span) for span in fields["furniture"])
    fields["pages"] = tuple(fields["pages"])
    return Article(**fields)


def _packed(spans: tuple[Span, ...]) -> bytes:
    pairs: NDArray[np.int64] = np.array([(s.start, s.end) for s in spans], dtype="<i8")
    return pairs.tobytes()


def _spans(packed: bytes) -> list[Span]:
    pairs = np.frombuffer(packed, dtype="<i8").reshape(-1, 2).tolist()
    return [Span(start, end) for start, end in pairs]
