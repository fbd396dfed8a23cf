"""Questions after the numbers and days of a collection, as they are written there and otherwise.

Knows no ranking. "5 June" is asked for as "June 5" too, "1,140" as "1140", and the other way round.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from bench.retrieval_data import Asked, Collection
from index.types import Span

_ASKED = 300
_MONTH = "(January|February|March|April|May|June|July|August|September|October|November|December)"
_PATTERNS = {
    "days": (re.compile(rf"\b(\d{{1,2}}) {_MONTH}\b"), re.compile(rf"\b{_MONTH} (\d{{1,2}})\b")),
    "numbers": (re.compile(r"(?<![\d,.])[1-9]\d{0,2}(?:,\d{3})+(?![\d,.])"),),
}
_QUESTIONS = {"days": "What happened on {}?", "numbers": "What is said of {}?"}


def spelled(collection: Collection) -> Collection:
    """The same articles, asked for what only one of them holds and always writes alike."""
    asked: list[Asked] = []
    for kind in _PATTERNS:
        found: dict[frozenset[str], list[tuple[str, str, str, Span]]] = {}
        for written, other, uri, span in _found(collection, kind):
            found.setdefault(frozenset((written, other)), []).append((written, other, uri, span))
        once = [places[0] for places in found.values() if len(places) == 1]
        for written, other, uri, span in random.Random(0).sample(once, min(_ASKED, len(once))):
            for way, spelling in (("as written", written), ("otherwise", other)):
                question = _QUESTIONS[kind].format(spelling)
                asked.append(Asked(f"{kind} {way}", question, uri, (span,)))
    return Collection(collection.articles, tuple(asked))


def _found(collection: Collection, kind: str) -> Iterator[tuple[str, str, str, Span]]:
    """Each place: as written, as written otherwise, the article's uri, where."""
    for article in collection.articles:
        for pattern in _PATTERNS[kind]:
            for match in pattern.finditer(article.text):
                other = " ".join(reversed(match.groups())) or match[0].replace(",", "")
                yield match[0], other, article.uri, Span(*match.span())
