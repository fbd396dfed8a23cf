"""From question files to one epoch of training examples: contexts cut, questions paired and edited.

An epoch is a pure function of files, settings, seed and epoch number. Knows nothing of tokens.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from index.errors import LoadError
from qa.contexts import (
    holder,
    moved,
    passages,
    sentences,
    window_around,
    without,
    word_count,
)
from qa.edits import edit_question, has_word, names
from qa.lexical import LexicalIndex
from qa.metrics import f1
from qa.readerdata import AnswerSpan, ArticleQuestion, QuestionedArticle, Row, read_questions

SINGLE_SENTENCE_WORDS = 40

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


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the mix: `share` 0.3 takes three tenths of it an epoch, 2 takes all of it twice.

    `twins` False makes no impossible twins, for sets whose spans are too loose for it.
    """

    path: Path
    share: float = 1.0
    twins: bool = True

    @classmethod
    def parse(cls, text: str) -> Part:
        """`FILE`, `FILE:SHARE` or `FILE:SHARE:plain` (no impossible twins)."""
        fields = text.rsplit(":", 2) if text.endswith(":plain") else text.rsplit(":", 1)
        try:
            share = float(fields[1]) if len(fields) > 1 else 1.0
        except ValueError:
            raise ValueError(f"{text}: expected FILE, FILE:SHARE or FILE:SHARE:plain") from None
        return cls(Path(fields[0]), share, not text.endswith(":plain"))


class Mixture:
    """The files of a training run, read once; `epoch` makes its examples."""

    def __init__(self, parts: Sequence[Part], settings: PairSettings | None = None) -> None:
        self._settings = settings if settings is not None else PairSettings()
        self.skipped: Counter[str] = Counter()
        self._sources: list[tuple[Part, _Articles | _Rows]] = []
        for part in parts:
            if "dev" in part.path.parent.name.split("-"):
                raise LoadError(f"{part.path}: development data is never trained on; leave it out")
            file = read_questions(part.path)
            self.skipped["span does not fit its text"] += file.skipped
            if file.articles:
                self._sources.append((part, _Articles(file.articles, self._settings)))
            if file.rows:
                self._sources.append((part, _Rows(file.rows, self._settings)))

    def epoch(self, seed: int, epoch: int) -> list[Example]:
        """All examples of an epoch, shuffled."""
        self.skipped = Counter({k: v for k, v in self.skipped.items() if "span" in k})
        examples: list[Example] = []
        for number, (part, source) in enumerate(self._sources):
            for view, share in enumerate(_views(part.share)):
                rng = random.Random(f"{seed}/{epoch}/{number}/{view}")
                examples += source.examples(share, part.twins, rng, self.skipped)
        random.Random(f"{seed}/{epoch}").shuffle(examples)
        return examples


def _views(share: float) -> list[float]:
    """`2.3` -> `[1.0, 1.0, 0.3]`: whole passes over a file and the share of the last one."""
    whole = int(share)
    rest = share - whole
    return [1.0] * whole + ([rest] if rest > 1e-9 else [])


def _sample(items: Sequence[T], share: float, rng: random.Random) -> list[T]:
    return rng.sample(items, round(share * len(items)))


def _holds_answer(context: str, answers: Sequence[str]) -> bool:
    return any(has_word(context, answer) for answer in answers)


class _Articles:
    """Our own articles: windows round the evidence, twins from the same article."""

    def __init__(self, articles: Sequence[QuestionedArticle], settings: PairSettings) -> None:
        self._articles = articles
        self._settings = settings
        self._cuts = [sentences(article.body) for article in articles]
        self._names = sorted({name for article in articles for name in names(article.body)})

    def examples(
        self, share: float, twins: bool, rng: random.Random, skipped: Counter[str]
    ) -> Iterator[Example]:
        """One view of a share of the articles."""
        chosen = sorted(_sample(range(len(self._articles)), share, rng))
        for number in chosen:
            article, cuts = self._articles[number], self._cuts[number]
            for asked in article.facts + article.followups:
                example = self._answerable(article, cuts, asked, rng)
                if example is None:
                    skipped["span lost while cutting"] += 1
                    continue
                yield example
                if twins and rng.random() < self._settings.impossible:
                    twin = self._twin(article, cuts, asked, example, rng)
                    if twin is None:
                        skipped["no impossible twin found"] += 1
                    else:
                        yield twin
            for asked in article.unanswerable:
                yield self._written(article, cuts, asked, rng)

    def _words(self, rng: random.Random) -> int:
        return rng.randint(self._settings.least_words, self._settings.most_words)

    def _answerable(
        self,
        article: QuestionedArticle,
        cuts: Sequence[AnswerSpan],
        asked: ArticleQuestion,
        rng: random.Random,
    ) -> Example | None:
        assert asked.evidence is not None
        window = window_around(article.body, cuts, asked.evidence, self._words(rng), rng)
        context = article.body[window.start : window.end]
        spans = moved(asked.spans, article.body, context, -window.start)
        history = asked.history
        if not history and rng.random() < self._settings.history:
            history = (rng.choice(article.facts).question,)
            history = () if history == (asked.question,) else history
        kind = "followup" if asked.history else "fact"
        if spans is None:
            return None
        return Example(asked.id, kind, asked.question, context, spans, history)

    def _twin(
        self,
        article: QuestionedArticle,
        cuts: Sequence[AnswerSpan],
        asked: ArticleQuestion,
        example: Example,
        rng: random.Random,
    ) -> Example | None:
        draw = rng.random()
        if draw < self._settings.edited and not example.history:
            pool = rng.sample(self._names, 20)
            twin = _edited(example, pool, rng)
            if twin is not None:
                return twin
        if draw < self._settings.edited + self._settings.removed:
            twin = _removed(example)
            if twin is not None:
                return twin
        answers = [article.body[s.start : s.end] for s in asked.spans]
        windows = [
            article.body[w.start : w.end]
            for w in passages(article.body, cuts, self._words(rng), rng)
        ]
        free = [text for text in windows if not _holds_answer(text, answers)]
        if not free:
            return None
        best = LexicalIndex(free).ranked(" ".join([*example.history, example.question]), 1)
        context = free[best[0]] if best else rng.choice(free)
        return Example(asked.id, "other", example.question, context, (), example.history)

    def _written(
        self,
        article: QuestionedArticle,
        cuts: Sequence[AnswerSpan],
        asked: ArticleQuestion,
        rng: random.Random,
    ) -> Example:
        """An unanswerable question with the window that looks most like it."""
        windows = passages(article.body, cuts, self._words(rng), rng)
        texts = [article.body[w.start : w.end] for w in windows]
        best = LexicalIndex(texts).ranked(asked.question, 1)
        if not best:
            return Example(asked.id, "written", asked.question, rng.choice(texts), ())
        touched = [c for c in cuts if windows[best[0]].start <= c.start < windows[best[0]].end]
        near = LexicalIndex([article.body[c.start : c.end] for c in touched]).ranked(
            asked.question, 1
        )
        centre = touched[near[0]] if near else touched[0]
        window = window_around(article.body, cuts, centre, self._words(rng), rng)
        context = article.body[window.start : window.end]
        return Example(asked.id, "written", asked.question, context, ())


class _Rows:
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
        for number in sorted(_sample(range(len(self._rows)), share, rng)):
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
            if other in before or other in after or _holds_answer(other, answers):
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
            twin = _edited(example, rng.sample(self._names, min(20, len(self._names))), rng)
            if twin is not None:
                return twin
        if draw < self._settings.edited + self._settings.removed or self._single:
            twin = _removed(example)
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
            if self._contexts[n] != row.context
            and not _holds_answer(self._contexts[n], row.answers)
        ]
        if not usable:
            return None
        return Example(row.id, "neighbour", row.question, rng.choice(usable[:3]), (), row.history)


def _as_it_is(row: Row) -> Example:
    kind = "fact" if row.spans else "given"
    return Example(row.id, kind, row.question, row.context, row.spans, row.history)


def _edited(example: Example, pool: Sequence[str], rng: random.Random) -> Example | None:
    edit = edit_question(example.question, example.context, example.spans[0], pool, rng)
    if edit is None:
        return None
    return Example(example.id, f"edit-{edit.kind}", edit.question, example.context, ())


def _removed(example: Example) -> Example | None:
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
    if _holds_answer(context, answers) or word_count(context, whole) < 25:
        return None
    return Example(example.id, "removed", example.question, context, (), example.history)
