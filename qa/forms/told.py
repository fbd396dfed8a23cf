"""Explanations and evidence: the full sentences that tell, in reading order, the span among them.

Why and how are told by a sentence or two; a question for yes or no by the sentence that bears on
it, which says more, and less, than a bare yes.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Span
from qa.cite import Articles
from qa.compose import SUPPORT_MARGIN, Candidate, Evidence, Place
from qa.forms.draft import Draft, Piece
from qa.forms.sentences import leans

_NEAR = 600


def explanation(candidate: Candidate, others: Sequence[Candidate], articles: Articles) -> Draft:
    """The sentence of the candidate's best place, and one beside it where that belongs to it.

    It does where the reader finds a likely answer in it too, or where the sentence leans on it
    ("But they refused.").
    """
    core = candidate.evidence[0]
    sentence = articles.sentence(core)
    said: list[tuple[Span, Place]] = [(sentence, core)]
    if (beside := _beside(core, sentence, others, articles)) is not None:
        said.append(beside)
    return Draft(candidate.text, candidate.evidence, _pieces(said, candidate, articles))


def evidence(candidate: Candidate, others: Sequence[Candidate], articles: Articles) -> Draft:
    """The sentence that bears on the question, and those of other places that bear on it too."""
    pieces: list[Piece] = []
    for one in (candidate, *others):
        core = one.evidence[0]
        said: list[tuple[Span, Place]] = [(articles.sentence(core), core)]
        pieces += _pieces(said, one, articles)
    places = tuple(place for one in (candidate, *others) for place in one.evidence)
    distinct = {piece.text: piece for piece in reversed(pieces)}
    return Draft(candidate.text, places, tuple(reversed(distinct.values())))


def _pieces(
    said: Sequence[tuple[Span, Place]], candidate: Candidate, articles: Articles
) -> tuple[Piece, ...]:
    core, *supporting = candidate.evidence
    text = articles.get(core.article_id).text
    return tuple(
        Piece(whole.of(text), (place, *supporting) if place is core else (place,))
        for whole, place in sorted(said, key=lambda pair: pair[0])
    )


def _beside(
    core: Evidence, sentence: Span, others: Sequence[Candidate], articles: Articles
) -> tuple[Span, Place] | None:
    """A neighbouring sentence to tell as well, and the place in it that is meant."""
    text = articles.get(core.article_id).text
    near = articles.around(core, _NEAR)
    before = [span for span in near if span.end <= sentence.start]
    after = [span for span in near if span.start >= sentence.end]
    neighbours = [*before[-1:], *after[:1]]
    least = max(0.0, core.score - SUPPORT_MARGIN)
    for other in others:
        for place in other.evidence:
            holds = [n for n in neighbours if n.start <= place.span.start < n.end]
            if place.article_id == core.article_id and place.score > least and holds:
                return holds[0], place
    if before and leans(sentence.of(text)):
        gap = text[before[-1].end : sentence.start]
        if "\n" not in gap:
            return before[-1], Place(core.article_id, before[-1])
    return None
