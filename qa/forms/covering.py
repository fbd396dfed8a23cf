"""How likely it is that some articles are about a topic: one probability from two figures."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index import Hit, Span
from qa.asking import Asking
from qa.cite import Articles
from qa.compose import Place
from qa.forms.choosing import share

COVERING = Path(__file__).parent.parent / "weights" / "topics.json"


@dataclass(frozen=True, slots=True)
class Covering:
    """A logistic model, fitted by `bench/topics.py`: a weight for each figure and a bias."""

    similarity: float
    covered: float
    bias: float

    def probability(self, similarity: float, covered: float) -> float:
        """The chance, in [0, 1], that articles are about a topic.

        `similarity`: cosine of the topic and the closest passage. `covered`: the largest share of
        the topic's words that stand together in one article.
        """
        z = self.bias + self.similarity * similarity + self.covered * covered
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))

    def save(self, path: Path = COVERING) -> None:
        stored = {
            "similarity": round(self.similarity, 4),
            "covered": round(self.covered, 4),
            "bias": round(self.bias, 4),
        }
        path.write_text(json.dumps(stored, indent=2) + "\n")

    @classmethod
    @cache
    def load(cls, path: Path = COVERING) -> Covering:
        """The fitted model that ships with Byline."""
        stored = json.loads(path.read_text())
        return cls(*(float(stored[name]) for name in ("similarity", "covered", "bias")))


def figures(asked: Asking, hits: Sequence[Hit], articles: Articles) -> tuple[float, float]:
    """How near passages are to a topic, as `Covering.probability` takes it."""
    return (
        max((hit.similarity for hit in hits), default=0.0),
        max((held_by(hit, asked, articles) for hit in hits), default=0.0),
    )


def held_by(hit: Hit, asked: Asking, articles: Articles) -> float:
    """The share of the topic's words in a passage; of a name parts may stand elsewhere near it."""
    passage = hit.passage
    title = articles.get(passage.article_id).title
    held = share(asked.terms, f"{title} {passage.text}")
    if held and asked.names:
        place = Place(passage.article_id, Span(passage.start, passage.end))
        return share(asked.terms, articles.nearby(place))
    return held
