"""What exporting a reader to int8 costs: the same questions read by both, side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.encoding import Encoder
from qa.evalreader import ReadingSettings, judge, load_sets, read_rows
from qa.metrics import Figures, figures
from qa.scorers import OnnxScorer, TorchScorer


def parity(model: Path, exported: Path, files: Sequence[Path]) -> Iterator[str]:
    """A line for every set of the question files: figures of both, what is lost, how fast.

    `model` is the transformers folder, `exported` the folder with its `reader.onnx`. Both read
    one window at a time, so that the time is that of the same work.
    """
    encoder = Encoder.from_folder(model)
    reference = TorchScorer.from_folder(model)
    small = OnnxScorer(exported / "reader.onnx")
    settings = ReadingSettings(batch=1)
    for path in files:
        for name, rows in load_sets(path).items():
            took, found, readings = [], [], []
            for scorer in (reference, small):
                began = time.perf_counter()
                readings.append(read_rows(scorer, encoder, rows, settings))
                took.append(time.perf_counter() - began)
                found.append(figures(judge(rows, readings[-1])))
            pairs = list(zip(*readings, strict=True))
            same = sum((a.start, a.end) == (b.start, b.end) for a, b in pairs) / len(pairs)
            moved = max(abs(a.score - b.score) for a, b in pairs)
            yield (
                f"{name}: {_both(*found)}; the same span for {same:.1%}, "
                f"scores apart by {moved:.2f} at most, {took[0] / took[1]:.1f} times as fast"
            )


def _both(real: Figures, small: Figures) -> str:
    """`F1 75.9 -> 75.7 (-0.2), AUROC 0.643 -> 0.641`, of the measures that the set has."""
    shown = []
    if real.has_f1 is not None and small.has_f1 is not None:
        lost = small.has_f1 - real.has_f1
        shown.append(f"forced F1 {real.has_f1:.1f} -> {small.has_f1:.1f} ({lost:+.1f})")
    if real.auroc is not None and small.auroc is not None:
        lost = small.best_f1 - real.best_f1
        shown.append(f"best F1 {real.best_f1:.1f} -> {small.best_f1:.1f} ({lost:+.1f})")
        shown.append(f"AUROC {real.auroc:.3f} -> {small.auroc:.3f}")
    return ", ".join(shown)
