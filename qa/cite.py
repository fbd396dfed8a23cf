"""The articles behind an answer: sentences round a place, and citations of it."""

from __future__ import annotations

from collections.abc import Sequence

from index import Index
from index.types import Article, Hit, Span
from qa.compose import Place
from qa.types import Citation

_NEARBY_CHARS = 5000
_NEAREST_PASSAGES = 4


class Articles:
    """The articles that one answer touches, each read from the index once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[int, Article] = {}

    def get(self, article_id: int) -> Article:
        if article_id not in self._known:
            self._known[article_id] = self._index.article(article_id)
        return self._known[article_id]

    def sentence(self, place: Place) -> Span:
        """The sentence that holds the place; from the first to the last where it spans several."""
        found = self._index.sentences(place.article_id, place.span.start, place.span.end)
        if not found:
            return place.span
        return Span(min(found[0].start, place.span.start), max(found[-1].end, place.span.end))

    def around(self, place: Place, reach: int) -> list[Span]:
        """The sentences from `reach` characters before the place to as many behind it."""
        start = max(0, place.span.start - reach)
        return self._index.sentences(place.article_id, start, place.span.end + reach)

    def nearby(self, place: Place) -> str:
        """The title, and the article for some pages before and after the place."""
        article = self.get(place.article_id)
        start = max(0, place.span.start - _NEARBY_CHARS)
        return f"{article.title} {article.text[start : place.span.end + _NEARBY_CHARS]}"

    def nearest(self, question: str, hits: Sequence[Hit], limit: int) -> list[Place]:
        """The sentences of the first passages that are closest in meaning to the question."""
        places: dict[Place, None] = {}
        for hit in hits[:_NEAREST_PASSAGES]:
            found = self._index.sentences(
                hit.passage.article_id, hit.passage.start, hit.passage.end
            )
            places |= dict.fromkeys(Place(hit.passage.article_id, s) for s in found)
        if not places:
            return []
        texts = [place.span.of(self.get(place.article_id).text) for place in places]
        query, *rows = self._index.embedder.encode([question, *texts])
        scored = zip((float(query @ row) for row in rows), places, strict=True)
        best = sorted(scored, key=lambda pair: -pair[0])[:limit]
        return [place for _, place in best]

    def cite(self, places: Sequence[Place], *, first: int = 1) -> tuple[Citation, ...]:
        """Citations numbered from `first`, one a sentence."""
        citations: list[Citation] = []
        seen: set[tuple[int, int]] = set()
        for place in places:
            article, sentence = self.get(place.article_id), self.sentence(place)
            if (place.article_id, sentence.start) in seen:
                continue
            seen.add((place.article_id, sentence.start))
            citations.append(
                Citation(
                    number=first + len(citations),
                    article_id=place.article_id,
                    uri=article.uri,
                    title=article.title,
                    source=article.source,
                    published=article.published,
                    page=article.page_of(place.span.start),
                    sentence=sentence.of(article.text),
                    sentence_start=sentence.start,
                    sentence_end=sentence.end,
                    text=place.span.of(article.text),
                    start=place.span.start,
                    end=place.span.end,
                )
            )
        return tuple(citations)
