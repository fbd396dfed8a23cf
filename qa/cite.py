"""The articles behind an answer: sentences round a place, and citations of it."""

from __future__ import annotations

from collections.abc import Sequence

from index import Index
from index.types import Article, Span
from qa.compose import Evidence
from qa.types import Citation

_WIDE_CHARS = 5000


class Articles:
    """The articles that one answer touches, each read from the index once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[int, Article] = {}

    def get(self, article_id: int) -> Article:
        if article_id not in self._known:
            self._known[article_id] = self._index.article(article_id)
        return self._known[article_id]

    def sentence(self, place: Evidence) -> Span:
        """The sentence that holds the place; from the first to the last where it spans several."""
        found = self._index.sentences(place.article_id, place.span.start, place.span.end)
        if not found:
            return place.span
        return Span(
            min(found[0].start, place.span.start), max(found[-1].end, place.span.end)
        )

    def around(self, place: Evidence) -> tuple[str, str]:
        """(the sentence and its neighbours, the article near it), each with the title."""
        article, sentence = self.get(place.article_id), self.sentence(place)
        near = self._index.sentences(place.article_id, max(0, sentence.start - 2), sentence.end + 2)
        start = min((s.start for s in near), default=sentence.start)
        end = max((s.end for s in near), default=sentence.end)
        wide = article.text[max(0, start - _WIDE_CHARS) : end + _WIDE_CHARS]
        return f"{article.title} {article.text[start:end]}", f"{article.title} {wide}"

    def cite(
        self, places: Sequence[Evidence], *, first: int = 1, whole_sentence: bool = False
    ) -> tuple[Citation, ...]:
        """Citations numbered from `first`, one a sentence."""
        citations: list[Citation] = []
        seen: set[tuple[int, int]] = set()
        for place in places:
            article, sentence = self.get(place.article_id), self.sentence(place)
            if (place.article_id, sentence.start) in seen:
                continue
            seen.add((place.article_id, sentence.start))
            span = sentence if whole_sentence else place.span
            citations.append(
                Citation(
                    number=first + len(citations),
                    article_id=place.article_id,
                    uri=article.uri,
                    title=article.title,
                    source=article.source,
                    published=article.published,
                    page=article.page_of(span.start),
                    sentence=sentence.of(article.text),
                    sentence_start=sentence.start,
                    sentence_end=sentence.end,
                    text=span.of(article.text),
                    start=span.start,
                    end=span.end,
                )
            )
        return tuple(citations)
