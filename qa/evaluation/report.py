"""Figures as text for people, with the worst mistakes, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from qa.evaluation.measures import Summary, reliability, risk_coverage
from qa.evaluation.outcomes import Outcome

_SHARES = (0.3, 0.5, 0.6, 0.75, 0.9, 1.0)
_MISTAKES = 8


def as_json(found: Sequence[Outcome], summary: Summary) -> dict[str, Any]:
    """The summary, both curves, and every question with what was said."""
    return {
        "summary": asdict(summary),
        "risk_coverage": [asdict(point) for point in risk_coverage(found)],
        "reliability": [asdict(some) for some in reliability(found)],
        "questions": [asdict(outcome) | {"right": outcome.right} for outcome in found],
    }


def as_text(found: Sequence[Outcome], summary: Summary) -> Iterator[str]:
    """Lines of a report: figures first, then the surest wrong answers and refused right ones."""
    for kind, k in summary.kinds.items():
        recall = ", ".join(f"@{depth} {_percent(share)}" for depth, share in k.recall.items())
        yield (
            f"{kind}: {k.questions} questions, forced to answer: EM {_percent(k.exact)}, "
            f"F1 {_percent(k.f1)}, right {_percent(k.right)}, evidence cited {_percent(k.cited)}"
        )
        if recall:
            yield f"  passage with the evidence retrieved: {recall}"
    yield (
        f"at the threshold of {summary.threshold:.2f}: {_percent(summary.coverage)} of answerable "
        f"questions answered, {_percent(summary.precision)} of answers right, "
        f"{_percent(summary.citation_precision)} cite the evidence"
    )
    yield (
        f"  refused: {_percent(summary.refusal_recall)} of the unanswerable; "
        f"{_percent(summary.refusal_precision)} of refusals were due"
    )
    curve = risk_coverage(found)
    for share in _SHARES:
        point = curve[max(0, round(share * len(curve)) - 1)]
        yield (
            f"  the surest {share:.0%}: {_percent(point.right)} right, "
            f"{_percent(point.cited)} cite the evidence"
        )
    yield (
        f"confidence: AUROC right against wrong {_number(summary.auroc_right)}, answerable "
        f"against not {_number(summary.auroc_answerable)}, expected calibration error "
        f"{summary.calibration_error:.3f}"
    )
    yield (
        f"time to an answer: p50 {1000 * summary.latency_p50:.0f} ms, "
        f"p95 {1000 * summary.latency_p95:.0f} ms"
    )
    yield from _mistakes(found, summary.threshold)


def _mistakes(found: Sequence[Outcome], threshold: float) -> Iterator[str]:
    surest = sorted(found, key=lambda o: -o.confidence)
    wrong = [o for o in surest if not o.right and o.confidence >= threshold]
    lost = [o for o in reversed(surest) if o.right and o.confidence < threshold]
    for heading, some in (("Wrong and sure", wrong), ("Right and refused", lost)):
        if some:
            yield f"\n{heading}:"
        for outcome in some[:_MISTAKES]:
            wanted = " | ".join(outcome.asked.accepted[:2]) or "(nothing answers)"
            place = "not retrieved" if outcome.rank is None else f"passage {outcome.rank}"
            yield f"  {outcome.confidence:.2f}  {outcome.asked.text}"
            yield f"        said {outcome.text!r}, accepted {wanted!r}" + (
                f", evidence {place}" if outcome.asked.evidence else ""
            )


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}%"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
