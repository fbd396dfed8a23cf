"""What flows through the index: span, article, passage, hit. They know nothing of storage."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of character offsets into `Article.text`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span must satisfy 0 <= start <= end, got {self.start}..{self.end}")

    def of(self, text: str) -> str:
        """The characters this span covers: `Span(0, 2).of("abc") == "ab"`."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Article:
    """One article as loaded. `text` is decided once, here; every later offset points into it.

    `uri` is the article's address inside a collection and its identity there: an absolute file
    path, `path#row` for one article of a file that holds several, or a web address. `source` is
    what people are shown as the publisher or origin. `published` is an ISO 8601 date or
    date-time. `furniture` are the spans of page furniture ("Continued from page 1"): kept in
    `text`, never passages or answers. `pages` holds the offset at which each page of a PDF
    starts, empty for everything else. `address` is where the article stands on the web,
    `language` an ISO 639-1 code; None where not known. `title_from_name` says that nothing but
    the file's name gave the title: it is shown and searched by word, never embedded, so that a
    file can be renamed without embedding it again.
    """

    uri: str
    title: str
    text: str
    source: str
    published: str | None = None
    author: str | None = None
    furniture: tuple[Span, ...] = ()
    pages: tuple[int, ...] = ()
    address: str | None = None
    language: str | None = None
    title_from_name: bool = False

    def __post_init__(self) -> None:
        for span in self.furniture:
            if span.end > len(self.text):
                raise ValueError(
                    f"furniture {span} ends after the text of {len(self.text)} characters"
                )

    @property
    def sha256(self) -> str:
        """Hash of everything that is indexed or shown; equal hashes need no new embedding."""
        shown = (self.published, self.author, self.address, self.language)
        titled = "" if self.title_from_name else self.title
        parts = (titled, self.title, self.text, self.source, *(part or "" for part in shown))
        return hashlib.sha256("\x00".join(parts).encode("utf-8")).hexdigest()

    def page_of(self, offset: int) -> int | None:
        """The 1-based page that holds `offset`, or None where the article has no pages."""
        if not self.pages:
            return None
        return max(1, sum(1 for start in self.pages if start <= offset))


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one stored article: what is embedded, searched and read."""

    id: int
    article_id: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval returned, best first.

    `score` is the fused score (higher is better), `similarity` the cosine of question and passage,
    `bm25` what the question's words and phrases weigh in it, 0 where it holds none. `dense_rank`
    and `lexical_rank` are 1-based places in the two legs, None where that leg did not return the
    passage.
    """

    passage: Passage
    score: float
    similarity: float
    bm25: float
    dense_rank: int | None
    lexical_rank: int | None
