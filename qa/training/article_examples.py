"""Examples from articles with questions: windows cut round the evidence, twins from the article."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from qa.readerdata import AnswerSpan, ArticleQuestion, QuestionedArticle
from qa.training.contexts import moved, passages, sentences, window_around
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


class ArticleExamples:
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
        chosen = sorted(sampled(range(len(self._articles)), share, rng))
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
            pool = rng.sample(self._names, min(20, len(self._names)))
            twin = edited_twin(example, pool, rng)
            if twin is not None:
                return twin
        if draw < self._settings.edited + self._settings.removed:
            twin = removed_twin(example)
            if twin is not None:
                return twin
        answers = [article.body[s.start : s.end] for s in asked.spans]
        windows = [
            article.body[w.start : w.end]
            for w in passages(article.body, cuts, self._words(rng), rng)
        ]
        free = [text for text in windows if not holds_answer(text, answers)]
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
