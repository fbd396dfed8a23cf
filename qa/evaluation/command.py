"""`byline evaluate`: the whole pipeline, or with --reader the reader alone, on known answers."""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from index import Index
from index.errors import IndexStateError
from index.home import index_folder
from qa import evalreader
from qa.assistant import Assistant
from qa.calibrate import Calibration
from qa.evaluation.measures import summarise
from qa.evaluation.outcomes import Outcome, outcomes
from qa.evaluation.plots import plot
from qa.evaluation.questions import QuestionSet, read_set
from qa.evaluation.report import as_json, as_text
from qa.reader import BUNDLED, WEIGHTS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of both kinds of measuring."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="question file")
    parser.add_argument(
        "--reader",
        action="store_true",
        help="the reader alone, its contexts given: SQuAD JSON (1.1, 2.0) or Byline's own files",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="FOLDER",
        help="another reader: exported to ONNX, or any transformers model (default: the bundled)",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        help="refuse below it: a confidence from 0 to 1, with --reader a score (default 0)",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="write both curves as PNG")
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=evalreader.ReadingSettings().max_tokens,
        help="with --reader: tokens of a window (%(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints what the arguments ask for."""
    if arguments.reader:
        return evalreader.run(
            arguments.files,
            arguments.model if arguments.model is not None else WEIGHTS,
            threshold=arguments.threshold if arguments.threshold is not None else 0.0,
            max_tokens=arguments.max_tokens,
            as_json=arguments.json,
        )
    for path in arguments.files:
        asked = read_set(path)
        with _collection(asked, arguments.index) as index:
            assistant = Assistant(
                index,
                reader=arguments.model if arguments.model is not None else BUNDLED,
                threshold=0.0,
            )
            found = _asked(assistant, asked)
        given = arguments.threshold
        threshold = given if given is not None else Calibration.load().threshold
        summary = summarise(found, threshold)
        if arguments.json:
            print(json.dumps(as_json(found, summary), ensure_ascii=False, indent=1))
        else:
            print(f"{path.name}:")
            for line in as_text(found, summary):
                print(line)
        if arguments.plots is not None:
            folder = arguments.plots / path.name.split(".")[0]
            plot(found, threshold, folder)
    return 0


def _asked(assistant: Assistant, asked: QuestionSet) -> list[Outcome]:
    from tqdm import tqdm

    with tqdm(total=asked.size, unit="question", disable=None) as bar:
        return list(outcomes(assistant, asked, bar.update))


@contextlib.contextmanager
def _collection(asked: QuestionSet, folder: str | None) -> Iterator[Index]:
    """The index that is asked: of the file's own articles where it brought some."""
    if asked.articles:
        with tempfile.TemporaryDirectory() as place:
            index = Index(place)
            index.add_articles(asked.articles)
            yield index
            index.close()
        return
    index = Index(index_folder(folder))
    if not index.articles():
        raise IndexStateError(
            f"{index.folder}: no articles to ask; add them with `byline index add`, or name "
            "another index with --index."
        )
    yield index
