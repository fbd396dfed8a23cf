"""Key sentences: about a topic in many articles, or of one article; extracted, never written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index import Index
from index.embed import Vectors
from index.types import Hit
from qa.compose import Place

TOPIC_SENTENCES, SUMMARY_SENTENCES = 5, 4
_CLOSE = 0.28  # cosine of a topic and a sentence that is about it, at least
_ALIKE = 0.8
_LEAD_WEIGHT = 0.25
_PASSAGES = 6
_MOST_SENTENCES = 80


def topic_places(index: Index, topic: str, hits: Sequence[Hit]) -> list[Place]:
    """Sentences of the best passages that are about a topic, the closest first, none twice.

    A sentence must be close in meaning and hold a word of the topic.
    """
    places: dict[Place, str] = {}
    for hit in hits[:_PASSAGES]:
        article = hit.passage.article_id
        for span in index.sentences(article, hit.passage.start, hit.passage.end):
            text = index.article(article).text
            places[Place(article, span)] = span.of(text)
    wanted = _stems(topic)
    held = {place: text for place, text in places.items() if wanted & _stems(text)}
    if not held:
        return []
    query, *rows = index.embedder.encode([topic, *held.values()])
    vectors = np.stack(rows)
    return _chosen(list(held), vectors, vectors @ query, TOPIC_SENTENCES, _CLOSE)


def summary_places(index: Index, article_id: int) -> list[Place]:
    """The sentences that say most of what an article says, in reading order.

    Centrality (the mean cosine to the others) with a bonus for the beginning, where news puts
    what matters; what repeats a chosen sentence is passed over.
    """
    article = index.article(article_id)
    spans = [s for s in index.sentences(article_id, 0, len(article.text)) if s.end - s.start > 25]
    spans = spans[:_MOST_SENTENCES]
    if not spans:
        return []
    places = [Place(article_id, span) for span in spans]
    vectors = np.stack(list(index.embedder.encode([s.of(article.text) for s in spans])))
    lead = _LEAD_WEIGHT / (1 + np.arange(len(spans)))
    scores = (vectors @ vectors.T).mean(axis=1) + lead
    best = _chosen(places, vectors, scores, SUMMARY_SENTENCES, 0.0)
    return sorted(best, key=lambda place: place.span)


def _chosen(
    places: Sequence[Place], vectors: Vectors, scores: Vectors, limit: int, least: float
) -> list[Place]:
    """The best of at least a score, the best first, none nearly the same as a better one."""
    kept: list[int] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        if len(kept) == limit or scores[row] < least:
            break
        if all(float(vectors[row] @ vectors[other]) < _ALIKE for other in kept):
            kept.append(row)
    return [places[row] for row in kept]


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{3,}", text.lower())}
