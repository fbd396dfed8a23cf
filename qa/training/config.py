"""What decides a training run, and how it ended."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qa.training.data import Part
from qa.training.examples import PairSettings
from qa.training.groups import GroupSettings

MAY_CHANGE = frozenset({"steps", "evaluate_every", "save_every", "threads", "dev", "dev_rows"})
"""Settings that a resumed run may change."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A run: the same config, data and starting folder give the same weights.

    A step reads at most `batch` passages and about `batch_tokens` tokens (0: any number). The
    files of `negatives` are mined ones. `steps`, the intervals and the development sets may
    differ when a run is resumed.
    """

    start: Path
    out: Path
    parts: tuple[Part, ...]
    dev: tuple[Path, ...] = ()
    pairs: PairSettings = field(default_factory=PairSettings)
    groups: GroupSettings = field(default_factory=GroupSettings)
    negatives: tuple[Path, ...] = ()
    steps: int = 2800
    batch: int = 16
    batch_tokens: int = 0
    max_tokens: int = 320
    rate: float = 8e-5
    warmup: float = 0.05
    decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.0
    smoothing: float = 0.0
    average: float = 0.9
    average_every: int = 10
    bfloat16: bool = True
    seed: int = 1
    dev_rows: int = 300
    evaluate_every: int = 500
    save_every: int = 100
    threads: int = 0


@dataclass(frozen=True, slots=True)
class TrainResult:
    """How a run ended: its last step, best combined development score, and where the best lies."""

    step: int
    best: float | None
    folder: Path


def as_json(config: TrainConfig) -> dict[str, Any]:
    """The config as JSON would hold it, paths by file name so that folders may move."""
    return json.loads(json.dumps(asdict(config), default=lambda path: path.name))  # type: ignore[no-any-return]
