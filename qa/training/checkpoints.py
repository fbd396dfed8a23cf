"""Training states on disk that survive a kill at any moment: written aside, then renamed.

Tensors are kept as safetensors, everything else as JSON; nothing is pickled.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError

if TYPE_CHECKING:
    import torch

_TENSORS, _FACTS = "state.safetensors", "state.json"


@dataclass(frozen=True, slots=True)
class State:
    """A moment of training: tensors by name, and facts (step, settings, best score) as JSON."""

    tensors: Mapping[str, torch.Tensor]
    facts: Mapping[str, Any]


def save_state(folder: Path, state: State, step: int, keep: int = 2) -> Path:
    """Write `folder/step-000000042` in one step of the file system, then drop the oldest."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"step-{step:09d}"
    aside = folder / f".writing-{step:09d}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    save_file({k: v.detach().contiguous() for k, v in state.tensors.items()}, aside / _TENSORS)
    (aside / _FACTS).write_text(json.dumps(dict(state.facts), indent=1) + "\n", encoding="utf-8")
    replace_folder(aside, target)
    for old in checkpoint_folders(folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def checkpoint_folders(folder: Path) -> list[Path]:
    """Finished checkpoints, oldest first; half-written ones are not among them."""
    return sorted(folder.glob("step-*")) if folder.is_dir() else []


def load_latest(folder: Path) -> State | None:
    """The newest checkpoint that can be read whole, or None where there is none."""
    from safetensors.torch import load_file

    found = checkpoint_folders(folder)
    for path in reversed(found):
        try:
            facts = json.loads((path / _FACTS).read_text(encoding="utf-8"))
            return State(load_file(path / _TENSORS), facts)
        except Exception as error:  # a damaged file raises one of many types
            broken = error
    if found:
        raise ModelError(f"{folder}: no checkpoint can be read ({broken}); move it away to restart")
    return None


def replace_folder(aside: Path, target: Path) -> None:
    """Put a finished folder in the place of another; a kill leaves the old or the new one."""
    for path in aside.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    gone = target.with_name(f".old-{target.name}")
    shutil.rmtree(gone, ignore_errors=True)
    if target.exists():
        target.rename(gone)
    aside.rename(target)
    shutil.rmtree(gone, ignore_errors=True)
