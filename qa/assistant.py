"""The pipeline: a question in, retrieval, reading, one calibrated answer with citations out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index import Filter, Index
from index.errors import QuestionError
from index.types import Hit
from qa.calibrate import Calibration
from qa.cite import Articles
from qa.compose import Candidate, features, gather, rank
from qa.metrics import normalize
from qa.reader import BUNDLED, Reader, load_reader
from qa.types import Alternative, Answer, Citation, Resolved, Status

MAX_QUESTION_CHARS = 2000
PASSAGES = 10
_ALTERNATIVES = 3
_NEAREST = 3
# Of the articles that a conversation is about, so many passages are read whatever else is found.
_OF_CONVERSATION = 5


class Assistant:
    """Answers many questions over one index; safe to share between threads.

    `index` is a folder or an open `Index`; `reader` a reader, a transformers model folder, or
    nothing for the bundled one. `threshold` in [0, 1] replaces the calibrated one below which
    the assistant abstains: 0 always answers, 1 never does.
    """

    def __init__(
        self,
        index: Index | str | Path,
        *,
        reader: Reader | str | Path = BUNDLED,
        threshold: float | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self.index = index if isinstance(index, Index) else Index(index)
        self.reader = load_reader(reader) if isinstance(reader, str | Path) else reader
        self.calibration = calibration if calibration is not None else Calibration.load()
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold must be in [0, 1], got {threshold}")
        self.threshold = threshold if threshold is not None else self.calibration.threshold

    def ask(
        self, question: str, chosen: Filter | None = None, *, resolved: Resolved | None = None
    ) -> Answer:
        """The answer to one question, or an abstention with the nearest sentences.

        With `chosen` only the articles that it lets through are asked. `resolved` is what the
        question means in a conversation.
        """
        asked = check_question(question)
        meant = resolved if resolved is not None else Resolved(asked, asked, asked)
        with self.index.snapshot():
            answer = self._ask(_clean(question), meant, chosen)
        return replace(answer, resolution=resolved)

    def _ask(self, question: str, resolved: Resolved, chosen: Filter | None) -> Answer:
        began = time.perf_counter()
        asked = resolved.question
        hits = self.retrieve(resolved, chosen)
        retrieved = time.perf_counter()
        texts = [hit.passage.text for hit in hits]
        spans = self.reader.read(resolved.asked, texts, resolved.history)
        given = {normalize(text) for text in resolved.exclude}
        ranked = rank(gather(hits, spans), resolved.articles)
        candidates = [c for c in ranked if normalize(c.text) not in given]
        read = time.perf_counter()
        answer = self._answer(question, asked, hits, candidates)
        done = time.perf_counter()
        answer.timings.update(
            retrieve=retrieved - began,
            read=read - retrieved,
            compose=done - read,
            total=done - began,
        )
        return answer

    def retrieve(self, resolved: Resolved, chosen: Filter | None) -> list[Hit]:
        """The passages to read; some of them are of the articles that the conversation is about."""
        hits = self.index.search(resolved.query, PASSAGES, chosen)
        if not resolved.articles:
            return hits
        about = chosen if chosen is not None else Filter()
        kept = set(resolved.articles) & set(about.articles or resolved.articles)
        near = (
            self.index.search(
                resolved.query, _OF_CONVERSATION, replace(about, articles=tuple(sorted(kept)))
            )
            if kept
            else []
        )
        known = {hit.passage.id for hit in near}
        return [*near, *(hit for hit in hits if hit.passage.id not in known)][:PASSAGES]

    def _answer(
        self, question: str, asked: str, hits: Sequence[Hit], candidates: Sequence[Candidate]
    ) -> Answer:
        if not hits and not self.index.articles():
            return _outcome(question, asked, Status.EMPTY_INDEX)
        if not candidates:
            return _outcome(question, asked, Status.ABSTAINED)
        articles = Articles(self.index)
        confidence = self._probability(asked, candidates[0], candidates, articles)
        if confidence < self.threshold:
            nearest = articles.cite(articles.nearest(asked, hits, _NEAREST))
            return _outcome(
                question, asked, Status.ABSTAINED, confidence=confidence, nearest=nearest
            )
        best, *others = candidates
        citations = articles.cite(best.evidence)
        alternatives: list[Alternative] = []
        shown = len(citations)
        for other in others[:_ALTERNATIVES]:
            probability = self._probability(asked, other, candidates, articles)
            if probability >= self.threshold:
                cited = articles.cite(other.evidence, first=shown + 1)
                alternatives.append(Alternative(other.text, probability, cited))
                shown += len(cited)
        return _outcome(
            question,
            asked,
            Status.ANSWERED,
            text=best.text,
            confidence=confidence,
            citations=citations,
            alternatives=tuple(alternatives),
        )

    def _probability(
        self,
        asked: str,
        chosen: Candidate,
        candidates: Sequence[Candidate],
        articles: Articles,
    ) -> float:
        nearby = articles.nearby(chosen.evidence[0])
        return self.calibration.probability(features(asked, chosen, candidates, nearby))


def check_question(question: str) -> str:
    """The question without surrounding space, or a `QuestionError` that says what is wrong."""
    asked = " ".join(_clean(question).split())
    if not any(character.isalnum() for character in asked):
        raise QuestionError("The question is empty; ask something in words.")
    if len(asked) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"The question has {len(asked):,} characters, at most {MAX_QUESTION_CHARS:,} are read; "
            "ask one thing at a time."
        )
    return asked


def _clean(question: str) -> str:
    """The question with anything that is no character (a broken terminal's bytes) made a `?`."""
    return question.encode("utf-8", "replace").decode()


def _outcome(
    question: str,
    asked: str,
    status: Status,
    *,
    text: str = "",
    confidence: float = 0.0,
    citations: tuple[Citation, ...] = (),
    alternatives: tuple[Alternative, ...] = (),
    nearest: tuple[Citation, ...] = (),
) -> Answer:
    return Answer(
        question, asked, status, text, confidence, citations, alternatives, nearest, timings={}
    )
