"""A training example, how impossible twins are made of answerable ones, and by which shares.

Knows one example at a time. Knows nothing of files or of the other contexts around.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from qa.readerdata import AnswerSpan
from qa.training.contexts import holder, sentences, without, word_count
from qa.training.edits import edit_question, has_word

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Example:
    """One training example; without spans the context does not answer the question.

    `kind` says how it was made: fact, followup, written, other, neighbour, removed, edit-name...
    """

    id: str
    kind: str
    question: str
    context: str
    spans: tuple[AnswerSpan, ...]
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairSettings:
    """How impossible examples are made; shares are chances per answerable example, 0..1.

    `impossible` is the chance that an answerable example gets an impossible twin, `edited`,
    `removed` and the rest (another context) are the twin's kinds. `history` is the chance that a
    fact gets an earlier question about the same article put before it.
    """

    impossible: float = 0.5
    edited: float = 0.45
    removed: float = 0.2
    history: float = 0.08
    least_words: int = 120
    most_words: int = 180

    def __post_init__(self) -> None:
        shares = (self.impossible, self.edited, self.removed, self.history)
        if not all(0 <= share <= 1 for share in shares) or self.edited + self.removed > 1:
            raise ValueError(f"shares must lie in 0..1 and edited + removed in 0..1, got {self}")
        if not 0 < self.least_words <= self.most_words:
            raise ValueError(f"need 0 < least_words <= most_words, got {self}")


def sampled(items: Sequence[T], share: float, rng: random.Random) -> list[T]:
    """A random share (0..1) of the items."""
    return rng.sample(items, round(share * len(items)))


def holds_answer(context: str, answers: Sequence[str]) -> bool:
    """Whether an accepted answer stands anywhere in the context, in any case."""
    return any(has_word(context, answer) for answer in answers)


def edited_twin(example: Example, pool: Sequence[str], rng: random.Random) -> Example | None:
    """The same context with an edited question, or None where no edit passes its checks."""
    edit = edit_question(example.question, example.context, example.spans[0], pool, rng)
    if edit is None:
        return None
    return Example(example.id, f"edit-{edit.kind}", edit.question, example.context, ())


def removed_twin(example: Example) -> Example | None:
    """The same question with the sentences that hold its answer taken out of the context."""
    context = example.context
    answers = [context[span.start : span.end] for span in example.spans]
    cuts = sentences(context)
    places = {
        i for span in example.spans for i in range(holder(cuts, span)[0], holder(cuts, span)[1] + 1)
    }
    for place in sorted(places, reverse=True):
        context = without(context, cuts[place])
    whole = AnswerSpan(0, len(context))
    if holds_answer(context, answers) or word_count(context, whole) < 25:
        return None
    return Example(example.id, "removed", example.question, context, (), example.history)
