"""A summary of one article: some of its own sentences that together say what it says.

Sentences count by how close they are to the article as a whole and to its title, and by how early
they stand, for news tells the most important first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from index import Hit, Index, Span
from qa.asking import Asking
from qa.cite import Articles
from qa.compose import Place
from qa.forms.choosing import share, spread
from qa.forms.covering import Covering, figures
from qa.forms.draft import Draft, Piece
from qa.forms.sentences import tells, weakness

_LOOKED_AT = 150
_CENTRE, _TITLE, _EARLY = 0.5, 0.2, 0.35
# What an article gains as the one that is meant when its title has all the words.
_NAMED = 0.3


def compose(
    article_id: int, index: Index, articles: Articles, *, shown: Collection[str] = ()
) -> Draft | None:
    """Two to five sentences of the article in reading order; None where it has none to choose."""
    article = articles.get(article_id)
    furniture = article.furniture
    spans = [
        span
        for span in index.sentences(article_id, 0, len(article.text))
        if not any(span.overlaps(other) for other in furniture)
        and span.of(article.text) not in shown
    ][:_LOOKED_AT]
    kept = [span for span in spans if tells(span.of(article.text))] or spans
    if not kept:
        return None
    title, *rows = index.embedder.encode([article.title, *(s.of(article.text) for s in kept)])
    vectors = np.vstack(rows)
    centre = vectors.mean(axis=0)
    centre /= float(np.linalg.norm(centre)) or 1.0
    scores = [
        _CENTRE * float(row @ centre)
        + _TITLE * float(row @ title)
        + _EARLY / (1 + place)
        - weakness(span.of(article.text))
        for place, (row, span) in enumerate(zip(rows, kept, strict=True))
    ]
    order = spread(scores, vectors, _length(len(spans)), repetition=0.3)
    return _draft(article_id, sorted(kept[i] for i in order), article.text)


def meant(asked: Asking, hits: Sequence[Hit], articles: Articles) -> tuple[int, float] | None:
    """The article that `asked.about` names, and how surely it does; None without passages."""
    by_article: dict[int, list[Hit]] = {}
    for hit in hits:
        by_article.setdefault(hit.passage.article_id, []).append(hit)

    def strength(article_id: int) -> float:
        named = share(asked.terms, articles.get(article_id).title)
        return max(hit.score for hit in by_article[article_id]) + _NAMED * named

    if not by_article:
        return None
    best = max(by_article, key=strength)
    return best, Covering.load().probability(*figures(asked, by_article[best], articles))


def _length(sentences: int) -> int:
    """How many sentences tell an article of so many."""
    return max(2, min(5, round(1 + sentences / 8)))


def _draft(article_id: int, spans: Collection[Span], text: str) -> Draft:
    places = tuple(Place(article_id, span) for span in spans)
    pieces = tuple(Piece(place.span.of(text), (place,)) for place in places)
    return Draft(" ".join(piece.text for piece in pieces), places, pieces)
