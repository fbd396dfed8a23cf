"""What stands beside an answer's exact words, by the form of the question; places in articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Span
from qa.cite import Articles
from qa.types import Citation, Form, Part

_ITEM = re.compile(r"\s*(?:,\s*(?:and|or)\s+|;\s*|,\s+|\s+(?:and|or)\s+)")
_NOT_ITEMS = re.compile(r"\d,\d|\b(?:between|both)\b", re.IGNORECASE)
_MOST_ITEMS = 12


def items(text: str) -> list[Span]:
    """The items of an enumeration, as places in it; one place where it is none.

    >>> [span.of("the hospital and the airport") for span in items("the hospital and the airport")]
    ['the hospital', 'the airport']
    """
    whole = [Span(0, len(text))]
    if _NOT_ITEMS.search(text):
        return whole
    found, start = [], 0
    for gap in _ITEM.finditer(text):
        if gap.start() > start:
            found.append(Span(start, gap.start()))
        start = gap.end()
    if start < len(text):
        found.append(Span(start, len(text)))
    short = all(len(span.of(text).split()) <= 6 for span in found)
    return found if 1 < len(found) <= _MOST_ITEMS and short else whole


def explaining(sentences: Sequence[str], holder: int) -> range:
    """Which sentences explain: the one that holds the answer, and the next where it goes on.

    A sentence that begins with "This", "That is why", "As a result" goes on with the one before.
    """
    first, last = holder, holder + 1
    if _GOES_ON.match(sentences[holder]) and holder > 0:
        first -= 1
    elif last < len(sentences) and _GOES_ON.match(sentences[last]):
        last += 1
    return range(first, last)


_GOES_ON = re.compile(
    r"\W*(?:this|that|these|those|as a result|so|therefore|because of (?:this|that)|it was|"
    r"the reason|the cause|instead)\b",
    re.IGNORECASE,
)


def parts(form: Form, cited: Citation, articles: Articles) -> tuple[Part, ...]:
    """What a form shows beside the answer's own words, for its best citation."""
    number = (cited.number,)
    if form is Form.LIST:
        found = items(cited.text)
        return tuple(Part(span.of(cited.text), number) for span in found) if len(found) > 1 else ()
    if form is Form.YES_NO:
        return (Part(cited.sentence, number),)
    if form is Form.EXPLANATION:
        text = articles.get(cited.article_id).text
        near = articles.sentences_near(cited)
        holder = next(
            (i for i, span in enumerate(near) if span.start <= cited.start < span.end), None
        )
        if holder is None:
            return (Part(cited.sentence, number),)
        chosen = explaining([span.of(text) for span in near], holder)
        return tuple(Part(near[i].of(text), number) for i in chosen)
    return ()
