"""An answer before its citations have numbers: what is said, and the places that say it."""

from __future__ import annotations

from dataclasses import dataclass

from qa.cite import Articles
from qa.compose import Place
from qa.types import Citation, Part


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece that is shown by itself, and the places that hold it, first the one it is from."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` are the words that answer, `places` what is cited, the most important first."""

    text: str
    places: tuple[Place, ...]
    pieces: tuple[Piece, ...] = ()


def cited(
    draft: Draft, articles: Articles, *, first: int = 1
) -> tuple[tuple[Citation, ...], tuple[Part, ...]]:
    """The citations of a draft, one a sentence, numbered from `first`, and its parts."""
    inner = [place for piece in draft.pieces for place in piece.places]
    citations = articles.cite([*draft.places, *inner], first=first)
    numbers = {(c.article_id, c.sentence_start): c.number for c in citations}

    def number(place: Place) -> int:
        return numbers[place.article_id, articles.sentence(place).start]

    parts = tuple(
        Part(piece.text, tuple(dict.fromkeys(number(place) for place in piece.places)))
        for piece in draft.pieces
    )
    return citations, parts
