"""From ranked candidates, or key sentences, to one answer in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index import Filter, Hit, Index
from qa.agree import reports
from qa.asking import Asking
from qa.calibrate import Calibration
from qa.cite import Articles
from qa.compose import Candidate, features
from qa.extracts import summary_places, topic_places
from qa.parts import parts
from qa.refusal import refusal
from qa.types import Alternative, Answer, Citation, Form, Part, Resolved, Status

_ALTERNATIVES = 3
_NEAREST = 3
_EXTRACTED = (Form.TOPIC, Form.SUMMARY)


@dataclass(frozen=True, slots=True)
class Task:
    """A question on its way: as typed, as meant, as understood, and what was found for it."""

    question: str
    resolved: Resolved
    asked: Asking
    now: bool
    chosen: Filter | None
    hits: Sequence[Hit]


class Composer:
    """Makes answers over one index; below `threshold` it refuses."""

    def __init__(self, index: Index, calibration: Calibration, threshold: float) -> None:
        self._index, self._calibration, self._threshold = index, calibration, threshold

    def answer(self, task: Task, candidates: Sequence[Candidate]) -> Answer:
        """The best candidate with its citations, and every other that is sure enough."""
        if not task.hits and not self._index.articles():
            return _plain(task, Status.EMPTY_INDEX)
        if not candidates:
            return self.refuse(task, 0.0)
        articles = Articles(self._index)
        best, *others = candidates
        confidence = self._probability(task, best, candidates, articles)
        if confidence < self._threshold:
            return self.refuse(task, confidence)
        citations = articles.cite(best.evidence)
        alternatives: list[Alternative] = []
        shown = len(citations)
        for other in others[:_ALTERNATIVES]:
            probability = self._probability(task, other, candidates, articles)
            if probability >= self._threshold:
                cited = articles.cite(other.evidence, first=shown + 1)
                alternatives.append(Alternative(other.text, probability, cited))
                shown += len(cited)
        if task.now:
            alternatives.sort(key=lambda other: other.citations[0].published or "", reverse=True)
        form = task.asked.form
        return replace(
            _plain(task, Status.ANSWERED, confidence),
            text=best.text,
            citations=citations,
            alternatives=tuple(alternatives),
            form=Form.FACT if form in _EXTRACTED else form,
            parts=parts(form, citations[0], articles),
            agreement=self._reports(citations),
        )

    def refuse(self, task: Task, confidence: float) -> Answer:
        """An abstention with what was looked for and the nearest sentences."""
        articles = Articles(self._index)
        return replace(
            _plain(task, Status.ABSTAINED, confidence),
            nearest=articles.cite(articles.nearest(task.resolved.question, task.hits, _NEAREST)),
            refusal=refusal(self._index, task.asked, task.chosen),
        )

    def extract(self, task: Task) -> Answer | None:
        """The key sentences of a topic or of one article; None where there are none.

        Its confidence is the closeness of the best passage to what was asked.
        """
        if task.asked.form is Form.SUMMARY:
            spoken_of = task.resolved.articles
            about = spoken_of or tuple(hit.passage.article_id for hit in task.hits[:1])
            places = summary_places(self._index, about[0]) if about else []
        else:
            topic = task.asked.about or task.resolved.question
            places = topic_places(self._index, topic, task.hits)
        if not places:
            return None
        citations = Articles(self._index).cite(places)
        closest = max((hit.similarity for hit in task.hits), default=0.0)
        return replace(
            _plain(task, Status.ANSWERED, max(0.0, min(1.0, closest))),
            text=citations[0].text,
            citations=citations,
            form=task.asked.form,
            parts=tuple(Part(c.text, (c.number,)) for c in citations),
            agreement=self._reports(citations),
        )

    def _reports(self, citations: Iterable[Citation]) -> int:
        cited = {citation.article_id for citation in citations}
        return reports(cited, self._index.stories(cited))

    def _probability(
        self,
        task: Task,
        candidate: Candidate,
        candidates: Sequence[Candidate],
        articles: Articles,
    ) -> float:
        nearby = articles.nearby(candidate.evidence[0])
        seen = features(task.resolved.question, candidate, candidates, nearby)
        return self._calibration.probability(seen)


def _plain(task: Task, status: Status, confidence: float = 0.0) -> Answer:
    asked = task.resolved.question
    return Answer(
        task.question, asked, status, "", confidence, (), (), (), timings={}, chosen=task.chosen
    )
