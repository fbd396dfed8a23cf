"""Fine-tune a reader on question files: seeded, resumable after a kill, keeping the best on dev.

`add_arguments` and `run` are the command; `train` is the same from Python.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import fields, replace
from pathlib import Path

from qa.training.config import TrainConfig, TrainResult
from qa.training.data import Part
from qa.training.examples import PairSettings
from qa.training.groups import GroupSettings

_SPECIAL = frozenset({"start", "out", "parts", "dev", "pairs", "groups", "negatives"})


def train(config: TrainConfig) -> TrainResult:
    """Run or resume; ends with the folders `best` and `last` in `config.out`."""
    # Waiting threads must sleep: spinning ones make a shared machine several times slower.
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from qa.training.loop import Run

    return Run(config).go()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of training; every number has its settings class' default."""
    parser.add_argument("--start", type=Path, required=True, help="reader folder to begin with")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; resumes there")
    parser.add_argument(
        "--train",
        type=Part.parse,
        action="append",
        required=True,
        metavar="FILE[:SHARE[:plain]]",
        help="training file and how much of it an epoch takes; plain: no impossible twins",
    )
    parser.add_argument(
        "--dev", type=Path, action="append", default=[], metavar="FILE", help="development file"
    )
    parser.add_argument(
        "--negatives", type=Path, action="append", default=[], metavar="FILE", help="mined ones"
    )
    kinds = ((TrainConfig, ""), (PairSettings, "pairs-"), (GroupSettings, "group-"))
    for defaults, prefix in kinds:
        for option in fields(defaults):
            if defaults is TrainConfig and option.name in _SPECIAL:
                continue
            name = f"--{prefix}{option.name.replace('_', '-')}"
            if isinstance(option.default, bool):
                action = argparse.BooleanOptionalAction
                parser.add_argument(
                    name, action=action, default=option.default, help="(%(default)s)"
                )
            else:
                kind = type(option.default)
                parser.add_argument(name, type=kind, default=option.default, help="(%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Train as the arguments say; prints where the best reader lies."""
    given = vars(arguments)
    pairs = PairSettings(**{f.name: given[f"pairs_{f.name}"] for f in fields(PairSettings)})
    groups = GroupSettings(**{f.name: given[f"group_{f.name}"] for f in fields(GroupSettings)})
    plain = {f.name: given[f.name] for f in fields(TrainConfig) if f.name not in _SPECIAL}
    config = TrainConfig(
        arguments.start,
        arguments.out,
        tuple(arguments.train),
        tuple(arguments.dev),
        pairs,
        groups,
        tuple(arguments.negatives),
    )
    result = train(replace(config, **plain))
    best = "not measured" if result.best is None else f"{result.best:.2f}"
    print(f"step {result.step}, best development score {best}, reader in {result.folder}")
    return 0


def main() -> int:
    """`python -m qa.train`."""
    parser = argparse.ArgumentParser(prog="python -m qa.train", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
