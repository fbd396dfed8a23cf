"""One probability from what reading and retrieval saw; knows nothing of texts."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

CALIBRATION = Path(__file__).parent / "weights" / "calibration.json"


@dataclass(frozen=True, slots=True)
class Features:
    """What the probability is made of, all for one candidate answer.

    `margin`: its span score (logits minus no answer, see `ScoredSpan`). `lead`: how far its score
    is above the best candidate with another text. `similarity`: cosine of question and passage.
    `absent_names`: share of the question's names and numbers that the article does not hold.
    """

    margin: float
    lead: float
    similarity: float
    absent_names: float

    def values(self) -> list[float]:
        """The features in the order of their declaration."""
        return [float(getattr(self, field.name)) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over `Features`, fitted by `bench/calibrate.py`, and its threshold.

    Below `threshold` the assistant abstains.
    """

    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, features: Features) -> float:
        """The chance, in [0, 1], that the best answer is right."""
        z = self.bias + sum(w * x for w, x in zip(self.weights, features.values(), strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))

    def save(self, path: Path = CALIBRATION) -> None:
        names = [field.name for field in fields(Features)]
        path.write_text(
            json.dumps(
                {
                    "weights": {n: round(w, 4) for n, w in zip(names, self.weights, strict=True)},
                    "bias": round(self.bias, 4),
                    "threshold": self.threshold,
                },
                indent=2,
            )
            + "\n"
        )

    @classmethod
    def load(cls, path: Path = CALIBRATION) -> Calibration:
        """The fitted model that ships beside the reader's weights."""
        stored = json.loads(path.read_text())
        weights = tuple(float(stored["weights"][field.name]) for field in fields(Features))
        return cls(weights, float(stored["bias"]), float(stored["threshold"]))


def logistic_fit(
    rows: Sequence[Sequence[float]], labels: Sequence[int], *, ridge: float = 1.0
) -> tuple[tuple[float, ...], float]:
    """Weights and bias of a ridge-penalised logistic regression, by Newton's method."""
    import numpy as np

    x = np.asarray(rows, dtype=np.float64)
    y = np.asarray(labels, dtype=np.float64)
    mean, scale = x.mean(0), x.std(0) + 1e-9
    design = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    penalty = ridge * np.eye(design.shape[1])
    penalty[-1, -1] = 0.0
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-design @ beta))
        gradient = design.T @ (p - y) + penalty @ beta
        hessian = (design * (p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    weights = beta[:-1] / scale
    return tuple(weights.tolist()), float(beta[-1] - (weights * mean).sum())
