"""A list: every item with its citations, from enumerations and from several places, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Span
from qa.asking import Asking
from qa.cite import Articles
from qa.compose import Candidate, Place
from qa.forms.draft import Draft, Piece
from qa.forms.enumeration import items, whole
from qa.question.kinds import Kind, may_be
from qa.sameness import same

_MOST = 12


@dataclass(slots=True)
class _Item:
    text: str
    places: list[Place]


def compose(asked: Asking, accepted: Sequence[Candidate], articles: Articles) -> Draft:
    """The items of all accepted candidates, the best candidate's first.

    Later candidates add items only while fewer are known than were asked for, and only of the
    same make: names to names. Where one enumeration holds everything, the answer is that stretch
    of text, else the items side by side.
    """
    found: list[_Item] = []
    cited: list[Place] = []
    stretch, held = "", 0
    for candidate in accepted:
        if found and asked.count is not None and len(found) >= asked.count:
            break
        for evidence in candidate.evidence:
            text = articles.get(evidence.article_id).text
            span = whole(text, articles.sentence(evidence), evidence.span)
            fresh = _add(found, text, evidence.article_id, items(text, span), asked.kind)
            if fresh or evidence is candidate.evidence[0]:
                cited.append(Place(evidence.article_id, span))
            if not stretch:
                stretch, held = span.of(text), len(found)
    return Draft(
        stretch if len(found) == held else "; ".join(item.text for item in found),
        tuple(cited),
        tuple(Piece(item.text, tuple(item.places)) for item in found),
    )


def _add(found: list[_Item], text: str, article: int, spans: list[Span], kind: Kind) -> bool:
    """Adds items that are new and the places of those that are known; whether any was of use."""
    useful = False
    first = not found
    for span in spans:
        item, place = span.of(text), Place(article, span)
        known = next((f for f in found if same(f.text, item, kind)), None)
        if known is not None:
            known.places.append(place)
            useful = True
        elif first or (len(found) < _MOST and _fits(found, item, kind)):
            found.append(_Item(item, [place]))
            useful = True
    return useful


def _fits(found: list[_Item], item: str, kind: Kind) -> bool:
    """Whether an item of another place is of the make of those known and says something new."""
    low = item.lower()
    if not may_be(item, kind) or any(low in f.text.lower() or f.text.lower() in low for f in found):
        return False
    return _is_name(found[0].text) == _is_name(item)


def _is_name(text: str) -> bool:
    return any(word[:1].isupper() for word in text.split()[:3])
