"""The risk-coverage and the calibration curve as PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.errors import BylineError
from qa.evaluation.measures import reliability, risk_coverage
from qa.evaluation.outcomes import Outcome

_INK, _SOFT = "#1d4ed8", "#9ca3af"


def plot(found: Sequence[Outcome], threshold: float, folder: Path) -> tuple[Path, Path]:
    """Writes `risk-coverage.png` and `calibration.png` into a folder."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise BylineError(
            "plots need matplotlib; install it with: pip install matplotlib"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    risk, calibration = folder / "risk-coverage.png", folder / "calibration.png"

    def axes(title: str, across: str, up: str) -> tuple[Any, Any]:
        figure = Figure(figsize=(5.5, 4.2), layout="constrained")
        area = figure.subplots()
        area.set(title=title, xlabel=across, ylabel=up, xlim=(0, 1), ylim=(0, 1.02))
        area.grid(color="#e5e7eb")
        return figure, area

    points = risk_coverage(found)
    figure, area = axes(
        "Right answers when only the surest are given", "share of questions answered", "share"
    )
    covered = [point.coverage for point in points]
    area.plot(covered, [point.right for point in points], color=_INK, label="right answers")
    area.plot(covered, [point.cited for point in points], color=_SOFT, label="cite the evidence")
    told = sum(outcome.confidence >= threshold for outcome in found) / len(found)
    area.axvline(told, color=_SOFT, linestyle=":", label=f"threshold {threshold:.2f}")
    area.legend(loc="lower left")
    figure.savefig(risk, dpi=120)

    figure, area = axes("What a confidence is worth", "confidence", "share that is right")
    bins = reliability(found)
    area.plot([0, 1], [0, 1], color=_SOFT, linestyle=":")
    area.plot([b.confidence for b in bins], [b.right for b in bins], color=_INK)
    sizes = [400 * b.questions / len(found) for b in bins]
    area.scatter([b.confidence for b in bins], [b.right for b in bins], s=sizes, color=_INK)
    figure.savefig(calibration, dpi=120)
    return risk, calibration
