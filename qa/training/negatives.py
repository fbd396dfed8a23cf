"""Mined negatives as read from disk, and which of them may stand beside an example.

Knows the file that mining writes. Knows nothing of the index.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import LoadError
from qa.training.edits import names
from qa.training.examples import Example


@dataclass(frozen=True, slots=True)
class PassageLine:
    """A passage and the uri of its article: one line of the file."""

    passage: int
    of: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """`{"passage": 3, "of": "a1", "text": "..."}`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question and the numbers of its negatives, the best ranked first: one line of the file."""

    id: str
    of: str
    title: str
    passages: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """`{"id": "q1", "of": "a1", "title": "...", "passages": [3, 5]}`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Mined:
    """The negatives of one question: all in rank order, and those of its own article."""

    title: str
    every: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def stands_alone(question: str) -> bool:
    """Whether a question can be asked of a whole collection: it has a name or a number.

    A question typed without any capital cannot be judged so, and passes.
    """
    return (
        question == question.lower()
        or any(letter.isdigit() for letter in question)
        or bool(names(question))
    )


class Negatives:
    """The mined negatives of several files, by question id."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._questions: dict[str, tuple[QuestionLine, tuple[PassageLine, ...]]] = {}
        for path in paths:
            self._read(path)

    def __len__(self) -> int:
        return len(self._questions)

    def of(self, id: str, hidden: frozenset[str] = frozenset()) -> Mined:
        """What was mined for a question, without the passages of hidden articles."""
        if id not in self._questions:
            return Mined("")
        line, passages = self._questions[id]
        shown = [passage for passage in passages if passage.of not in hidden]
        near = tuple(passage.text for passage in shown if passage.of == line.of)
        return Mined(line.title, tuple(passage.text for passage in shown), near)

    def _read(self, path: Path) -> None:
        passages: dict[int, PassageLine] = {}
        try:
            with path.open(encoding="utf-8") as file:
                for record in map(json.loads, file):
                    if "passage" in record:
                        passages[record["passage"]] = PassageLine(**record)
                    else:
                        line = QuestionLine(**{**record, "passages": tuple(record["passages"])})
                        found = tuple(passages[number] for number in line.passages)
                        self._questions[line.id] = line, found
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LoadError(
                f"{path}: not a file of mined negatives ({error}); "
                "make it with `python -m qa.training.mining --data FILE --out FILE`"
            ) from error


def beside(
    example: Example, mined: Mined, number: int, titled: float, rng: random.Random
) -> tuple[Example, list[Example]]:
    """The example and at most `number` negatives for the question as it is then asked.

    A question that does not stand alone could be answered by any article, so it gets negatives
    of its own article only; or, with chance `titled`, the article's title before it and any.
    """
    asked = example
    words = " ".join([*example.history, example.question])
    pool = mined.every
    if not stands_alone(words):
        if mined.title and rng.random() < titled:
            history = (mined.title, *example.history)
            asked = Example(
                example.id, example.kind, example.question, example.context, example.spans, history
            )
        else:
            pool = mined.near
    texts = [text for text in pool if text != example.context]
    chosen = rng.sample(texts, min(number, len(texts)))
    return asked, [
        Example(asked.id, "mined", asked.question, text, (), asked.history) for text in chosen
    ]
