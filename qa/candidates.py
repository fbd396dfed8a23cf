"""From a reader's spans to the answers that compete: widened, of the kind asked for, once each."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Hit
from qa.agree import agreed
from qa.asking import Asking
from qa.cite import Articles
from qa.compose import Candidate, gather, rank
from qa.question.kinds import may_be
from qa.sameness import same
from qa.spans import ScoredSpan
from qa.widen import wide


def competing(
    asked: Asking,
    hits: Sequence[Hit],
    spans: Sequence[Sequence[ScoredSpan]],
    articles: Articles,
    *,
    spoken_of: Sequence[int] = (),
    given: Sequence[str] = (),
) -> list[Candidate]:
    """The candidates, best first; places that cannot be of the kind asked for only if all cannot.

    Articles `spoken_of` (ids) are preferred; what says the same as one of `given` is left out.
    """
    places = wide(gather(hits, spans), lambda number: articles.get(number).text)
    fitting = [place for place in places if may_be(place.text, asked.kind)]
    found = agreed(rank(fitting or places, spoken_of), asked.kind)
    return [c for c in found if not any(same(c.text, text, asked.kind) for text in given)]
