"""From scored spans in retrieved passages to ranked candidate answers with their evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Hit, Span
from qa.calibrate import Features
from qa.metrics import normalize
from qa.spans import ScoredSpan

# What retrieval thinks of a passage, in logits; chosen by `bench/compose.py`.
FUSION_WEIGHT = 5.0
SIMILARITY_WEIGHT = 10.0
LEAD_CAP = 20.0
SUPPORT_MARGIN = 4.0
# What an article gains that a conversation is about.
SPOKEN_OF_WEIGHT = 6.0


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of an article's text."""

    article_id: int
    span: Span


@dataclass(frozen=True, slots=True)
class Evidence(Place):
    """A place that may answer, its text, its span score, and how retrieval found it."""

    text: str
    score: float
    hit: Hit
    rank: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer text with all the places that give it, best first. Higher `score` is better."""

    text: str
    score: float
    evidence: tuple[Evidence, ...]


def gather(hits: Sequence[Hit], spans: Sequence[Sequence[ScoredSpan]]) -> list[Evidence]:
    """Spans as places in articles, best first; of places that overlap only the best is kept.

    Passages overlap, so the same place is often read twice, sometimes with other boundaries.
    """
    found = [
        Evidence(
            hit.passage.article_id,
            Span(hit.passage.start + span.start, hit.passage.start + span.end),
            hit.passage.text[span.start : span.end],
            span.score,
            hit,
            rank,
        )
        for rank, (hit, read) in enumerate(zip(hits, spans, strict=True), start=1)
        for span in read
    ]
    kept: list[Evidence] = []
    for item in sorted(found, key=lambda e: (-e.score, e.rank)):
        if not any(
            item.article_id == other.article_id and item.span.overlaps(other.span) for other in kept
        ):
            kept.append(item)
    return kept


def rank(evidence: Sequence[Evidence], spoken_of: Sequence[int] = ()) -> list[Candidate]:
    """Groups places with the same answer, best answer first; each group's places add up.

    A place counts with its span score and with what retrieval thinks of its passage; places in
    articles that are `spoken_of` (ids) are preferred. A place that the reader finds far less
    likely is no support: the same "17" may count something else.
    """
    preferred = frozenset(spoken_of)

    def strength(item: Evidence) -> float:
        return _strength(item) + SPOKEN_OF_WEIGHT * (item.article_id in preferred)

    groups: dict[str, list[Evidence]] = {}
    for item in sorted(evidence, key=lambda e: (-strength(e), e.article_id, e.span)):
        group = groups.setdefault(normalize(item.text) or item.text, [])
        if not group or item.score > max(0.0, group[0].score - SUPPORT_MARGIN):
            group.append(item)
    candidates = [
        Candidate(items[0].text, _log_sum([strength(e) for e in items]), tuple(items))
        for items in groups.values()
    ]
    return sorted(candidates, key=lambda c: -c.score)


def _strength(evidence: Evidence) -> float:
    hit = evidence.hit
    return evidence.score + FUSION_WEIGHT * hit.score + SIMILARITY_WEIGHT * hit.similarity


def _log_sum(scores: Sequence[float]) -> float:
    top = max(scores)
    return top + math.log(sum(math.exp(score - top) for score in scores))


def features(
    question: str, chosen: Candidate, candidates: Sequence[Candidate], nearby: str
) -> Features:
    """What the probability that `chosen` is right is computed from.

    `candidates` are all there are, best first; `nearby` is the article round the best place of
    `chosen`.
    """
    best = chosen.evidence[0]
    rival = next((c for c in candidates if not _same(c.text, chosen.text)), None)
    known = _stems(nearby)
    names = {stem for word in question_names(question) for stem in _stems(word)}
    return Features(
        margin=best.score,
        lead=min(chosen.score - rival.score, LEAD_CAP) if rival is not None else LEAD_CAP,
        similarity=best.hit.similarity,
        absent_names=len(names - known) / len(names) if names else 0.0,
    )


def _same(left: str, right: str) -> bool:
    a, b = normalize(left), normalize(right)
    return a in b or b in a


def question_names(question: str) -> list[str]:
    """Words of a question that name something: capitals after the first word, and numbers."""
    words = re.findall(r"\w+", question)
    return [w for i, w in enumerate(words) if any(c.isdigit() for c in w) or (i and w[0].isupper())]


def _stems(text: str) -> set[str]:
    """Beginnings of the words in a text: enough to match "Iraqi" to "Iraq's" and "Iraqis"."""
    return {word[:5] for word in re.findall(r"\w+", text.lower())}
