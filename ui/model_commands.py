"""The commands `byline train` and `byline evaluate`: make a reader, measure one."""

from __future__ import annotations

from typing import Any

from qa import evalreader, train


def add_model_commands(commands: Any) -> None:
    """Adds `train` and `evaluate` to the parser's commands."""
    training = commands.add_parser(
        "train", help="fine-tune the reader on question files", description=train.__doc__
    )
    train.add_arguments(training)
    training.set_defaults(run=train.run)

    measuring = commands.add_parser(
        "evaluate",
        help="measure a reader on questions with known answers",
        description=evalreader.__doc__,
    )
    measuring.add_argument(
        "--reader",
        action="store_true",
        help="the reader alone, its contexts given: SQuAD JSON (1.1, 2.0) or Byline's own files",
    )
    evalreader.add_arguments(measuring)
    measuring.set_defaults(run=evalreader.run)
