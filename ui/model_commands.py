"""The commands `byline train` and `byline evaluate`: make a reader, measure answers."""

from __future__ import annotations

import argparse
from typing import Any

from qa import train
from qa.evaluation import command as evaluation


def add_model_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Adds `train` and `evaluate` to the parser's commands."""
    training = commands.add_parser(
        "train", help="fine-tune the reader on question files", description=train.__doc__
    )
    train.add_arguments(training)
    training.set_defaults(run=train.run)

    measuring = commands.add_parser(
        "evaluate",
        parents=[shared],
        help="measure answers on questions with known ones",
        description=evaluation.__doc__,
    )
    evaluation.add_arguments(measuring)
    measuring.set_defaults(run=evaluation.run)
