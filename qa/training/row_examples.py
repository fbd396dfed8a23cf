"""Examples from rows with a context: as they are, or set among others; twins from look-alikes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from qa.metrics import f1
from qa.readerdata import Row
from qa.training.contexts import moved
from qa.training.edits import names
from qa.training.examples import (
    Example,
    PairSettings,
    edited_twin,
    holds_answer,
    removed_twin,
    sampled,
)
from qa.training.lexical import LexicalIndex

SINGLE_SENTENCE_WORDS = 40


class RowExamples:
    """Rows with their contexts: as they are, or set among others where they are one sentence."""

    def __init__(self, rows: Sequence[Row], settings: PairSettings) -> None:
        self._rows = rows
        self._settings = settings
        self._contexts = list(dict.fromkeys(row.context for row in rows))
        titles = {row.context: row.title for row in rows}
        self._by_title: dict[str, list[int]] = {}
        for number, context in enumerate(self._contexts):
            self._by_title.setdefault(titles[context], []).append(number)
        sizes = sorted(len(context.split()) for context in self._contexts)
        self._single = sizes[len(sizes) // 2] < SINGLE_SENTENCE_WORDS
        self._everything: LexicalIndex | None = None
        self._of_title: dict[str, LexicalIndex] = {}
        picked = random.Random(0).sample(self._contexts, min(400, len(self._contexts)))
        self._names = sorted({name for context in picked for name in names(context)})

    def examples(
        self, share: float, twins: bool, rng: random.Random, skipped: Counter[str]
    ) -> Iterator[Example]:
        """One view of a share of the rows."""
        for number in sorted(sampled(range(len(self._rows)), share, rng)):
            row = self._rows[number]
            example = self._set_among_others(row, rng) if self._single else _as_it_is(row)
            if example is None:
                skipped["span lost while cutting"] += 1
                continue
            yield example
            if twins and row.spans and rng.random() < self._settings.impossible:
                twin = self._twin(row, example, rng)
                if twin is None:
                    skipped["no impossible twin found"] += 1
                else:
                    yield twin

    def _set_among_others(self, row: Row, rng: random.Random) -> Example | None:
        goal = rng.randint(self._settings.least_words // 2, self._settings.most_words)
        answers = row.answers
        before: list[str] = []
        after: list[str] = []
        total = len(row.context.split())
        near = self._by_title[row.title]
        place = near.index(self._contexts.index(row.context)) if len(near) > 1 else 0
        siblings = [self._contexts[n] for n in near[max(0, place - 2) : place + 3]]
        tries = 0
        while total < goal and tries < 40:
            tries += 1
            other = siblings.pop() if siblings else rng.choice(self._contexts)
            if other == row.context or f1(other, (row.context,)) > 0.6:
                continue
            if other in before or other in after or holds_answer(other, answers):
                continue
            (before if rng.random() < 0.5 else after).append(other)
            total += len(other.split())
        head = "".join(text + " " for text in before)
        context = " ".join([head + row.context, *after])
        spans = moved(row.spans, row.context, context, len(head))
        if spans is None and row.spans:
            return None
        kind = "fact" if spans else "given"
        return Example(row.id, kind, row.question, context, spans or (), row.history)

    def _twin(self, row: Row, example: Example, rng: random.Random) -> Example | None:
        draw = rng.random()
        if draw < self._settings.edited:
            twin = edited_twin(example, rng.sample(self._names, min(20, len(self._names))), rng)
            if twin is not None:
                return twin
        if draw < self._settings.edited + self._settings.removed or self._single:
            twin = removed_twin(example)
            if twin is not None or self._single:
                return twin
        return self._neighbour(row, rng)

    def _neighbour(self, row: Row, rng: random.Random) -> Example | None:
        """The question with one of the most similar contexts that do not hold its answer."""
        siblings = self._by_title[row.title]
        if 1 < len(siblings) < len(self._contexts):
            index = self._of_title.get(row.title)
            if index is None:
                index = LexicalIndex([self._contexts[n] for n in siblings])
                self._of_title[row.title] = index
            found = [siblings[place] for place in index.ranked(row.question, 6)]
        else:
            if self._everything is None:
                self._everything = LexicalIndex(self._contexts)
            found = self._everything.ranked(row.question, 6)
        usable = [
            self._contexts[n]
            for n in found
            if self._contexts[n] != row.context and not holds_answer(self._contexts[n], row.answers)
        ]
        if not usable:
            return None
        return Example(row.id, "neighbour", row.question, rng.choice(usable[:3]), (), row.history)


def _as_it_is(row: Row) -> Example:
    kind = "fact" if row.spans else "given"
    return Example(row.id, kind, row.question, row.context, row.spans, row.history)
