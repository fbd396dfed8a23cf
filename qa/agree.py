"""Answers of several articles brought together: the same one once, copies of a story counted once.

Works on ranked candidates and knows neither retrieval nor confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from qa.compose import SUPPORT_MARGIN, Candidate, Evidence
from qa.question.kinds import Kind
from qa.sameness import same


def agreed(candidates: Sequence[Candidate], kind: Kind = Kind.ANY) -> list[Candidate]:
    """Candidates, best first, of which those that say the same have become one.

    The best one keeps its text and score, and gains the places of the others that the reader
    finds about as likely; places that it finds far less likely are dropped.
    """
    found: list[Candidate] = []
    for candidate in candidates:
        at = next((i for i, f in enumerate(found) if same(f.text, candidate.text, kind)), None)
        if at is None:
            found.append(candidate)
        else:
            found[at] = _joined(found[at], candidate)
    return found


def _joined(best: Candidate, other: Candidate) -> Candidate:
    least = max(0.0, best.evidence[0].score - SUPPORT_MARGIN)
    more = [item for item in other.evidence if item.score > least]
    return replace(best, evidence=(*best.evidence, *more))


def reports(articles: Iterable[int], stories: Mapping[int, int]) -> int:
    """How many independent reports these articles are: copies of one agency story are one."""
    return len({stories.get(article, article) for article in articles})


def articles_of(evidence: Iterable[Evidence]) -> list[int]:
    """The articles that some places stand in, each once."""
    return list(dict.fromkeys(item.article_id for item in evidence))
