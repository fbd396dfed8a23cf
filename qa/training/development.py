"""What a run is measured on as it goes: parts of the development sets, and held-out groups.

A held-out group is the window that answers a question beside the passages that were mined for it:
what a reader sees when a whole collection is asked.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from index.errors import LoadError
from qa.encoding import Encoder
from qa.evalreader import ReadingSettings, combined_score, evaluate, load_sets, read_rows
from qa.metrics import auroc, f1
from qa.readerdata import ArticleQuestion, QuestionedArticle, Row
from qa.scorers import SpanScorer
from qa.training.contexts import moved, sentences, window_around
from qa.training.negatives import Negatives, stands_alone

PASSAGES, WORDS = 10, 150


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """A question's passages; the first answers it where it has spans, the others do not."""

    rows: tuple[Row, ...]

    @property
    def answerable(self) -> bool:
        """Whether one of the passages answers."""
        return bool(self.rows[0].spans)


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """`right`: share of answerable groups whose best span of all passages meets an accepted one.

    `f1` is that span's mean word overlap; both in 0..100. `auroc` tells answerable groups from
    the others by their best score, 0..1, None where there is only one kind.
    """

    questions: int
    right: float
    f1: float
    auroc: float | None


def held_groups(
    articles: Sequence[QuestionedArticle], negatives: Negatives, facts: int, unanswerable: int
) -> list[HeldGroup]:
    """Groups of the articles' questions, the same in every run; at most so many of a kind.

    A question that does not stand alone is asked with its article's title before it.
    """
    answerable = [(article, asked) for article in articles for asked in article.facts]
    others = [(article, asked) for article in articles for asked in article.unanswerable]
    chosen: list[tuple[QuestionedArticle, ArticleQuestion]] = []
    for found, size in ((answerable, facts), (others, unanswerable)):
        chosen += sorted(found, key=lambda pair: zlib.crc32(pair[1].id.encode()))[:size]
    groups = []
    for article, asked in chosen:
        history = () if stands_alone(asked.question) else (article.title,)
        mined = tuple(
            Row(asked.id, "mined", "", text, asked.question, (), history)
            for text in negatives.of(asked.id).every
        )
        first = _answering(article, asked, history)
        rows = (() if first is None else (first,)) + mined
        if len(rows) > 1 and (first is not None or not asked.spans):
            groups.append(HeldGroup(rows[:PASSAGES]))
    return groups


def _answering(
    article: QuestionedArticle, asked: ArticleQuestion, history: tuple[str, ...]
) -> Row | None:
    if asked.evidence is None:
        return None
    cuts = sentences(article.body)
    window = window_around(article.body, cuts, asked.evidence, WORDS, random.Random(asked.id))
    context = article.body[window.start : window.end]
    spans = moved(asked.spans, article.body, context, -window.start)
    if spans is None:
        return None
    return Row(asked.id, "held", article.title, context, asked.question, spans, history)


def measure_groups(
    scorer: SpanScorer, encoder: Encoder, groups: Sequence[HeldGroup]
) -> GroupFigures:
    """How often the best span of all passages of a group is right; needs an answerable group."""
    rows = [row for group in groups for row in group.rows]
    readings = iter(read_rows(scorer, encoder, rows, ReadingSettings()))
    right: list[float] = []
    overlap: list[float] = []
    scores: dict[bool, list[float]] = {True: [], False: []}
    for group in groups:
        found = [(next(readings), row) for row in group.rows]
        best, row = max(found, key=lambda pair: pair[0].score)
        scores[group.answerable].append(best.score)
        if group.answerable:
            meets = any(best.start < span.end and span.start < best.end for span in row.spans)
            right.append(float(meets))
            overlap.append(f1(row.context[best.start : best.end], group.rows[0].answers))
    told = auroc(scores[True], scores[False])
    return GroupFigures(len(groups), 100 * fmean(right), 100 * fmean(overlap), told)


class Development:
    """The development sets and held-out groups of a run, ready to be measured."""

    def __init__(
        self, paths: Sequence[Path], size: int, trained: frozenset[str], groups: list[HeldGroup]
    ) -> None:
        sets = {name: rows for path in paths for name, rows in load_sets(path).items()}
        self._sets = {
            name: sorted(rows, key=lambda row: zlib.crc32(row.id.encode()))[:size]
            for name, rows in sets.items()
        }
        self._groups = groups if any(group.answerable for group in groups) else []
        self._refuse_overlap(trained)

    def __bool__(self) -> bool:
        return bool(self._sets or self._groups)

    def measure(self, scorer: SpanScorer, encoder: Encoder) -> dict[str, Any]:
        """Figures as JSON facts; `score` is one number, half of it the groups' where both are."""
        facts: dict[str, Any] = {}
        parts: list[float] = []
        if self._sets:
            results = evaluate(scorer, encoder, self._sets, ReadingSettings())
            facts["sets"] = {name: asdict(figures) for name, figures in results.items()}
            parts.append(combined_score(results))
        if self._groups:
            figures = measure_groups(scorer, encoder, self._groups)
            facts["groups"] = asdict(figures)
            told = [] if figures.auroc is None else [100 * figures.auroc]
            parts.append(fmean([figures.right, *told]))
        return {"score": fmean(parts), **facts}

    def _refuse_overlap(self, trained: frozenset[str]) -> None:
        """Raise where a development context is also trained on: its figures would mean nothing."""
        for name, rows in self._sets.items():
            shared = sum(row.context in trained for row in rows)
            if shared:
                raise LoadError(
                    f"{name}: {shared} of its {len(rows)} questions have a context that is also "
                    "trained on; take that file out of --train or --dev"
                )
