"""The pipeline: a question in, retrieval, reading, one calibrated answer with citations out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index import Filter, Index
from index.errors import QuestionError
from index.types import Hit
from qa.agree import same_key
from qa.asking import about_now, asking
from qa.calibrate import Calibration
from qa.cite import Articles
from qa.compose import Candidate, features, gather, rank
from qa.extracts import summary_places, topic_places
from qa.parts import parts
from qa.reader import BUNDLED, Reader, load_reader
from qa.refusal import reasons
from qa.types import Alternative, Answer, Form, Part, Resolved, Status

MAX_QUESTION_CHARS = 2000
PASSAGES = 10
_ALTERNATIVES = 3
# So few words name a topic; more may ask for a fact, as in "death toll of the disaster".
_NAMED = 2
_EXTRACTED = (Form.TOPIC, Form.SUMMARY)
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
        form = asking(asked).form
        answer = self._extract(question, resolved, form, hits) if _extracts(asked) else None
        read = time.perf_counter()
        if answer is None:
            spans = self.reader.read(resolved.asked, texts, resolved.history)
            read = time.perf_counter()
            given = {same_key(text) for text in resolved.exclude}
            ranked = rank(gather(hits, spans), resolved.articles)
            candidates = [c for c in ranked if same_key(c.text) not in given]
            answer = self._answer(question, resolved, chosen, hits, candidates)
            if answer.status is Status.ABSTAINED and form is Form.TOPIC:
                answer = self._extract(question, resolved, form, hits) or answer
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
        self,
        question: str,
        resolved: Resolved,
        chosen: Filter | None,
        hits: Sequence[Hit],
        candidates: Sequence[Candidate],
    ) -> Answer:
        asked, form = resolved.question, asking(resolved.question).form
        if not hits and not self.index.articles():
            return _outcome(question, asked, Status.EMPTY_INDEX)
        articles = Articles(self.index)
        confidence = (
            self._probability(asked, candidates[0], candidates, articles) if candidates else 0.0
        )
        if not candidates or confidence < self.threshold:
            return self._refusal(question, asked, chosen, hits, confidence)
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
        if about_now(asked):
            alternatives.sort(key=lambda other: other.citations[0].published or "", reverse=True)
        return replace(
            _outcome(question, asked, Status.ANSWERED, confidence=confidence),
            text=best.text,
            citations=citations,
            alternatives=tuple(alternatives),
            form=Form.FACT if form in _EXTRACTED else form,
            parts=parts(form, citations[0], articles),
            reports=len(self.index.stories({c.article_id for c in citations})),
        )

    def _refusal(
        self,
        question: str,
        asked: str,
        chosen: Filter | None,
        hits: Sequence[Hit],
        confidence: float,
    ) -> Answer:
        articles = Articles(self.index)
        return replace(
            _outcome(question, asked, Status.ABSTAINED, confidence=confidence),
            nearest=articles.cite(articles.nearest(asked, hits, _NEAREST)),
            reasons=reasons(self.index, asked, chosen),
        )

    def _extract(
        self, question: str, resolved: Resolved, form: Form, hits: Sequence[Hit]
    ) -> Answer | None:
        """The key sentences of a topic or of one article; None where there are none."""
        asked = resolved.question
        if form is Form.SUMMARY:
            about = resolved.articles or tuple(hit.passage.article_id for hit in hits[:1])
            places = summary_places(self.index, about[0]) if about else []
        else:
            places = topic_places(self.index, asking(asked).topic or asked, hits)
        if not places:
            return None
        citations = Articles(self.index).cite(places)
        closest = max((hit.similarity for hit in hits), default=0.0)
        return replace(
            _outcome(question, asked, Status.ANSWERED, confidence=max(0.0, min(1.0, closest))),
            text=citations[0].text,
            citations=citations,
            form=form,
            parts=tuple(Part(c.text, (c.number,)) for c in citations),
            reports=len(self.index.stories({c.article_id for c in citations})),
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


def _extracts(question: str) -> bool:
    """Whether a question asks for key sentences in so many words, or by a word or two alone."""
    wanted = asking(question)
    if wanted.form is Form.TOPIC:
        return wanted.topic != question.strip(" ?.!") or len(wanted.topic.split()) <= _NAMED
    return wanted.form is Form.SUMMARY


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


def _outcome(question: str, asked: str, status: Status, *, confidence: float = 0.0) -> Answer:
    return Answer(question, asked, status, "", confidence, (), (), (), timings={})
