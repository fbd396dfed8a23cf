"""Outcomes to figures: how right, how honest, how sure, how fast. Knows only outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from qa.evaluation.outcomes import Outcome
from qa.metrics import auroc

DEPTHS = (1, 3, 5, 10)
_BINS = 10


@dataclass(frozen=True, slots=True)
class KindFigures:
    """One kind of answerable question, forced to answer; shares in 0..1."""

    questions: int
    exact: float
    f1: float
    right: float
    cited: float
    recall: dict[int, float]


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole set; shares in 0..1, None where undefined.

    `kinds` are forced answers. At the threshold: `coverage` of answerable questions, `precision`
    is the share of all answers given that are right, `citation_precision` of those that cite the
    evidence, `refusal_recall` the share of unanswerable questions that were refused and
    `refusal_precision` the share of refusals that were due: nothing accepted, or the forced
    answer would have been wrong. `auroc_right` tells right answers from all others,
    `auroc_answerable` answerable questions from the rest, both by confidence.
    """

    questions: int
    threshold: float
    kinds: dict[str, KindFigures]
    coverage: float | None
    precision: float | None
    citation_precision: float | None
    refusal_recall: float | None
    refusal_precision: float | None
    auroc_right: float | None
    auroc_answerable: float | None
    calibration_error: float
    latency_p50: float
    latency_p95: float


def summarise(found: Sequence[Outcome], threshold: float) -> Summary:
    """All figures of at least one outcome."""
    if not found:
        raise ValueError("a summary needs at least one outcome, got 0")
    answerable = [o for o in found if o.asked.accepted]
    none = [o for o in found if not o.asked.accepted]
    told = [o for o in found if o.confidence >= threshold]
    refused = [o for o in found if o.confidence < threshold]
    seconds = sorted(o.seconds for o in found)
    return Summary(
        questions=len(found),
        threshold=threshold,
        kinds={
            kind: _kind([o for o in answerable if o.asked.kind == kind])
            for kind in dict.fromkeys(o.asked.kind for o in answerable)
        },
        coverage=_share([o.confidence >= threshold for o in answerable]),
        precision=_share([o.right for o in told]),
        citation_precision=_share([o.cited for o in told if o.asked.evidence]),
        refusal_recall=_share([o.confidence < threshold for o in none]),
        refusal_precision=_share([not o.right for o in refused]),
        auroc_right=auroc(
            [o.confidence for o in found if o.right], [o.confidence for o in found if not o.right]
        ),
        auroc_answerable=auroc([o.confidence for o in answerable], [o.confidence for o in none]),
        calibration_error=sum(abs(b.confidence - b.right) * b.questions for b in reliability(found))
        / len(found),
        latency_p50=_quantile(seconds, 0.5),
        latency_p95=_quantile(seconds, 0.95),
    )


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: how sure they were on average, and how often right."""

    questions: int
    confidence: float
    right: float


def reliability(found: Sequence[Outcome]) -> list[Bin]:
    """Ten equally wide bins of confidence, the empty ones left out."""
    bins: dict[int, list[Outcome]] = {}
    for outcome in found:
        bins.setdefault(min(int(outcome.confidence * _BINS), _BINS - 1), []).append(outcome)
    return [
        Bin(len(some), fmean(o.confidence for o in some), fmean(o.right for o in some))
        for _, some in sorted(bins.items())
    ]


@dataclass(frozen=True, slots=True)
class Covered:
    """Answering the surest questions only: the share answered, and what share of that is right.

    `cited` is the share of them whose cited sentence is the evidence.
    """

    coverage: float
    right: float
    cited: float


def risk_coverage(found: Sequence[Outcome]) -> list[Covered]:
    """One point a question, the surest first; unanswerable ones count as wrong when answered."""
    points = []
    right = cited = 0
    for count, outcome in enumerate(sorted(found, key=lambda o: -o.confidence), start=1):
        right += outcome.right
        cited += outcome.cited
        points.append(Covered(count / len(found), right / count, cited / count))
    return points


def _kind(some: Sequence[Outcome]) -> KindFigures:
    placed = [o for o in some if o.asked.evidence]
    return KindFigures(
        questions=len(some),
        exact=fmean(o.exact for o in some),
        f1=fmean(o.f1 for o in some),
        right=fmean(o.right for o in some),
        cited=fmean(o.cited for o in some),
        recall={
            depth: fmean(o.rank is not None and o.rank <= depth for o in placed)
            for depth in DEPTHS
            if placed
        },
    )


def _share(values: Sequence[bool]) -> float | None:
    return fmean(values) if values else None


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
