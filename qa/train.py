"""Fine-tune a reader on question files, or export one that was: seeded, resumable after a kill.

`add_arguments` and `run` are the command; `train` is the same from Python.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import fields, replace
from pathlib import Path

from index.errors import ModelError
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
    parser.add_argument(
        "--start",
        type=Path,
        metavar="FOLDER",
        help="transformers folder of the reader to begin with (default: the bundled reader)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="folder of the run, which goes on there; with --export what is written",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FOLDER",
        help="train nothing: write this trained folder as an int8 reader to --out and compare "
        "the two on the --dev files",
    )
    parser.add_argument(
        "--train",
        type=Part.parse,
        action="append",
        default=[],
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
    """Train or export as the arguments say; prints where the reader lies."""
    if arguments.export is not None:
        return _export(arguments)
    if not arguments.train:
        raise ModelError("nothing to train on; name question files with --train FILE.")
    given = vars(arguments)
    pairs = PairSettings(**{f.name: given[f"pairs_{f.name}"] for f in fields(PairSettings)})
    groups = GroupSettings(**{f.name: given[f"group_{f.name}"] for f in fields(GroupSettings)})
    plain = {f.name: given[f.name] for f in fields(TrainConfig) if f.name not in _SPECIAL}
    config = TrainConfig(
        arguments.start if arguments.start is not None else _bundled(arguments.out),
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


def _bundled(out: Path) -> Path:
    """The bundled reader with float weights, unpacked once into the folder of the run."""
    from qa.reader import WEIGHTS
    from qa.unpack import unpack_reader

    start = out / "start"
    return start if start.is_dir() else unpack_reader(WEIGHTS, start)


def _export(arguments: argparse.Namespace) -> int:
    from qa.export import export_reader
    from qa.parity import parity

    export_reader(arguments.export, arguments.out)
    for line in parity(arguments.export, arguments.out, arguments.dev):
        print(line, flush=True)
    print(f"int8 reader in {arguments.out}; try it with `byline ask --reader {arguments.out}`")
    return 0


def main() -> int:
    """`python -m qa.train`."""
    parser = argparse.ArgumentParser(prog="python -m qa.train", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
