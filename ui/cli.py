"""The `byline` command: arguments in, calls to the packages, text and exit status out."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence

from index.errors import BylineError
from index.home import index_folder
from ui.index_commands import EXIT_ERROR, add_index_commands, add_sample, existing, opened
from ui.model_commands import add_model_commands

EXIT_ANSWERED = 0
EXIT_USAGE = 2
EXIT_ABSTAINED = 3
EXIT_EMPTY = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status (0 done or answered, 1 error, 2 usage,
    3 abstained, 4 empty index)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except BylineError as error:
        print(f"byline: {error}", file=sys.stderr)
        return EXIT_ERROR
    except sqlite3.DatabaseError as error:
        folder = index_folder(getattr(arguments, "index", None))
        print(
            f"byline: {folder}: the index is damaged ({error}); restore a copy or remove "
            "the folder and add the articles again.",
            file=sys.stderr,
        )
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("byline: stopped; nothing was lost.", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--index",
        metavar="FOLDER",
        help="the index folder (default: $BYLINE_INDEX, else your own data folder)",
    )
    parser = argparse.ArgumentParser(
        prog="byline",
        description="Answers questions about a collection of articles in their own words.",
    )
    parser.add_argument("--version", action="version", version=f"byline {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", parents=[shared], help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print everything as JSON")
    ask.add_argument("--reader", metavar="FOLDER", help="a transformers question-answering model")
    ask.add_argument("--threshold", type=_probability, help="abstain below this confidence, 0 to 1")
    ask.add_argument(
        "--since", metavar="DATE", help="only articles from this day, month or year on"
    )
    ask.add_argument("--until", metavar="DATE", help="only articles up to this day, month or year")
    ask.add_argument(
        "--source",
        action="append",
        default=[],
        help="only articles of this source; may be repeated",
    )
    ask.set_defaults(run=_ask)

    chat = commands.add_parser("chat", parents=[shared], help="open the web chat")
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on")
    chat.add_argument("--port", type=int, default=7860, help="port to listen on")
    chat.add_argument("--mcp", action="store_true", help="also serve MCP tools for agents")
    chat.set_defaults(run=_chat)

    add_index_commands(commands, shared)
    add_model_commands(commands, shared)
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("byline")
    except PackageNotFoundError:
        return "(not installed)"


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, got {text}")
    return value


def _ask(arguments: argparse.Namespace) -> int:
    from index import Filter
    from qa.assistant import Assistant, check_question
    from qa.reader import BUNDLED
    from qa.types import Status
    from ui.terminal import show_answer

    check_question(arguments.question)
    try:
        chosen = Filter(arguments.since, arguments.until, tuple(arguments.source))
    except ValueError as error:
        raise BylineError(f"--since and --until: {error}.") from None
    assistant = Assistant(
        existing(arguments.index),
        reader=arguments.reader if arguments.reader is not None else BUNDLED,
        threshold=arguments.threshold,
    )
    answer = assistant.ask(arguments.question, chosen)
    if arguments.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(show_answer(answer, colour=sys.stdout.isatty()))
    return {
        Status.ANSWERED: EXIT_ANSWERED,
        Status.ABSTAINED: EXIT_ABSTAINED,
        Status.EMPTY_INDEX: EXIT_EMPTY,
    }[answer.status]


def _chat(arguments: argparse.Namespace) -> int:
    from ui.server import check_address

    check_address(arguments.host, arguments.port)
    from qa.assistant import Assistant
    from ui.app import build_app, launch

    index = opened(arguments.index)
    if index.status().generation == 0:  # never used: an emptied collection stays empty
        print("A new index: adding the sample collection.", flush=True)
        add_sample(arguments)
    app = build_app(index, Assistant(index))
    launch(app, host=arguments.host, port=arguments.port, mcp=arguments.mcp)
    return 0


if __name__ == "__main__":
    sys.exit(main())
