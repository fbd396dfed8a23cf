"""A topic: the sentences that say most about it, from several articles, each cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from index import Hit, Index
from index.embed import Vectors
from qa.asking import Asking
from qa.cite import Articles
from qa.compose import Place
from qa.forms.choosing import share, spread
from qa.forms.covering import held_by
from qa.forms.draft import Draft, Piece
from qa.forms.sentences import tells

PASSAGES = 24
_POOL = 80
_MOST = 5
_OF_ONE_STORY = 2
_ALONE = 4
_SHARE_WEIGHT = 0.35
_FIRST_WEIGHT = 0.05
_FIRST_CHARS = 400
_RELEVANT = 0.6
# A passage is about the topic only if it holds as large a share of its words as this of the best.
_COVERS = 0.75


def compose(
    asked: Asking,
    hits: Sequence[Hit],
    index: Index,
    articles: Articles,
    *,
    newest_first: bool = False,
    shown: Collection[str] = (),
) -> Draft | None:
    """The key sentences about `asked.about` in passages that were found, by article.

    The most relevant article comes first, with `newest_first` the newest. Sentences in `shown` are
    left out. None where no sentence is left.
    """
    held = {hit: held_by(hit, asked, articles) for hit in hits}
    best = max(held.values(), default=0.0)
    about = [hit for hit in hits if held[hit] >= _COVERS * best]
    pool = _pool(about, asked.terms, index, articles, shown)
    if not pool:
        return None
    texts = [place.span.of(articles.get(place.article_id).text) for place in pool]
    query, *rows = index.embedder.encode([asked.about, *texts])
    titles = [share(asked.terms, articles.get(place.article_id).title) for place in pool]
    scores = [
        float(query @ row)
        + _SHARE_WEIGHT * max(share(asked.terms, text), 0.5 * title)
        + _FIRST_WEIGHT * (place.span.start < _FIRST_CHARS)
        for row, text, title, place in zip(rows, texts, titles, pool, strict=True)
    ]
    order = _select(scores, np.vstack(rows), pool, index)
    places = _by_article([pool[i] for i in order], articles, newest_first)
    pieces = tuple(Piece(p.span.of(articles.get(p.article_id).text), (p,)) for p in places)
    return Draft(" ".join(piece.text for piece in pieces), tuple(places), pieces)


def _pool(
    hits: Sequence[Hit],
    wanted: Sequence[str],
    index: Index,
    articles: Articles,
    shown: Collection[str],
) -> list[Place]:
    """Sentences of the passages, those with words of the topic before others, each once."""
    places: dict[Place, float] = {}
    for rank, hit in enumerate(hits):
        passage = hit.passage
        text = articles.get(passage.article_id).text
        for span in index.sentences(passage.article_id, passage.start, passage.end):
            sentence = span.of(text)
            if sentence not in shown and tells(sentence):
                held = share(wanted, sentence)
                places.setdefault(Place(passage.article_id, span), held - 0.01 * rank)
    return sorted(places, key=lambda place: -places[place])[:_POOL]


def _select(
    scores: Sequence[float], vectors: Vectors, pool: Sequence[Place], index: Index
) -> list[int]:
    """Of near copies of a story only some sentences, unless one story is all there is."""
    stories = index.stories({place.article_id for place in pool})
    best = max(scores)
    relevant = {stories[p.article_id] for p, s in zip(pool, scores, strict=True)
                if s >= _RELEVANT * best}  # fmt: skip
    limit = _ALONE if len(relevant) == 1 else _OF_ONE_STORY

    def allows(candidate: int, so_far: Sequence[int]) -> bool:
        story = stories[pool[candidate].article_id]
        taken = Counter(stories[pool[i].article_id] for i in so_far)
        return scores[candidate] >= _RELEVANT * best and taken[story] < limit

    return spread(scores, vectors, _MOST, allows=allows)


def _by_article(chosen: Sequence[Place], articles: Articles, newest_first: bool) -> list[Place]:
    """The places by article, in the order in which articles were chosen, then as they are read."""
    order = list(dict.fromkeys(place.article_id for place in chosen))
    if newest_first:
        order.sort(key=lambda i: articles.get(i).published or "", reverse=True)
    return sorted(chosen, key=lambda place: (order.index(place.article_id), place.span))
