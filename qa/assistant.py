"""The pipeline: a question in, retrieval, reading, one calibrated answer with citations out."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from index import Filter, Index
from index.errors import QuestionError
from index.types import Hit
from qa.asking import Asking, asking
from qa.calibrate import Calibration
from qa.candidates import competing
from qa.cite import Articles
from qa.composition import Composer, Task
from qa.dates import dated, narrowed
from qa.extraction import Extractor
from qa.question.form import asks_for_summary
from qa.reader import BUNDLED, Reader, load_reader
from qa.types import Answer, Form, Resolved, Status

MAX_QUESTION_CHARS = 2000
PASSAGES = 10
# So many passages are read of the articles that a conversation is about, and of the time that a
# question names, whatever else is found.
_OF_CONVERSATION, _OF_TIME = 5, 3


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
        self._newest_known = (-1, date.today())

    def ask(
        self,
        question: str,
        chosen: Filter | None = None,
        *,
        resolved: Resolved | None = None,
        today: date | None = None,
    ) -> Answer:
        """The answer to one question, or an abstention with the nearest sentences.

        With `chosen` only the articles that it lets through are asked. `resolved` is what the
        question means in a conversation. `today` is what "yesterday" counts from, the day of the
        newest article where it is not given.
        """
        asked = check_question(question)
        meant = resolved if resolved is not None else Resolved(asked, asked, asked)
        with self.index.snapshot():
            answer = self._ask(_clean(question), meant, chosen, today or self._newest())
        return replace(answer, resolution=resolved)

    def _ask(self, question: str, resolved: Resolved, chosen: Filter | None, today: date) -> Answer:
        began = time.perf_counter()
        when = dated(resolved.query, today)
        asked = understood(question, dated(resolved.question, today).rest)
        chosen = narrowed(chosen, when.chosen)
        composer = Composer(self.index, self.calibration, self.threshold)
        extractor = Extractor(self.index, composer, self.threshold)
        task = Task(question, resolved, asked, when.now, chosen, [])
        answer = None
        retrieved = read = began
        if asked.form is Form.SUMMARY:
            answer = extractor.summary(task)
        elif asked.form is Form.TOPIC and not asked.guessed:
            answer = extractor.topic(task)
        if answer is None:
            hits = self.retrieve(replace(resolved, query=when.rest), chosen, when.near)
            retrieved = time.perf_counter()
            texts = [hit.passage.text for hit in hits]
            spans = self.reader.read(resolved.asked, texts, resolved.history)
            read = time.perf_counter()
            task = replace(task, hits=hits)
            found = competing(
                asked,
                hits,
                spans,
                Articles(self.index),
                spoken_of=resolved.articles,
                given=resolved.exclude,
            )
            answer = composer.answer(task, found)
            if answer.status is Status.ABSTAINED and asked.form is Form.TOPIC:
                answer = extractor.topic(task)
        done = time.perf_counter()
        answer.timings.update(
            retrieve=retrieved - began,
            read=read - retrieved,
            compose=done - read,
            total=done - began,
        )
        return answer

    def _newest(self) -> date:
        """What "yesterday" counts from: the day of the newest article, where there is one."""
        generation, day = self._newest_known
        if generation != self.index.store.generation:
            generation, dates = self.index.store.generation, self.index.published()
            try:
                day = date.fromisoformat(dates[1][:10]) if dates is not None else date.today()
            except ValueError:
                day = date.today()
            self._newest_known = generation, day
        return day

    def retrieve(
        self, resolved: Resolved, chosen: Filter | None, near: Filter | None = None
    ) -> list[Hit]:
        """The passages to read; some are of the articles that the conversation is about.

        Some more are of the time that `near` prefers.
        """
        hits = self.index.search(resolved.query, PASSAGES, chosen)
        preferred: list[Hit] = []
        if resolved.articles:
            about = chosen if chosen is not None else Filter()
            kept = set(resolved.articles) & set(about.articles or resolved.articles)
            if kept:
                own = replace(about, articles=tuple(sorted(kept)))
                preferred += self.index.search(resolved.query, _OF_CONVERSATION, own)
        if near is not None:
            preferred += self.index.search(resolved.query, _OF_TIME, narrowed(chosen, near))
        order = {hit.passage.id: hit for hit in (*preferred, *hits)}
        return list(order.values())[:PASSAGES]


def understood(question: str, meant: str) -> Asking:
    """What a question asks for that means `meant`; "summarise it" stays what it is."""
    return asking(question if asks_for_summary(question) else meant)


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
