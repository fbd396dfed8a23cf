"""From ranked candidates, or key sentences, to one answer in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index import Filter, Hit, Index
from qa.agree import articles_of, reports
from qa.asking import Asking
from qa.calibrate import Calibration
from qa.cite import Articles
from qa.compose import Candidate, features
from qa.forms import fact, listing, told
from qa.forms.draft import Draft, cited
from qa.refusal import refusal
from qa.types import Alternative, Answer, Form, Resolved, Status

_NEAREST = 3
_MOST_EVIDENCE = 3
# Another report is of the same subject if retrieval thinks at least so much of it.
_ON_SUBJECT = 0.75


@dataclass(frozen=True, slots=True)
class Task:
    """A question on its way: as typed, as meant, as understood, and what was found for it.

    `now`: it is about now, the newest answer counts most. `chosen` limits the articles.
    """

    question: str
    resolved: Resolved
    asked: Asking
    now: bool
    chosen: Filter | None
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Sure:
    """A candidate that may be shown, and the probability that it is right."""

    candidate: Candidate
    confidence: float


class Composer:
    """Makes answers out of candidates over one index; below `threshold` it refuses."""

    def __init__(self, index: Index, calibration: Calibration, threshold: float) -> None:
        self._index, self._calibration, self._threshold = index, calibration, threshold
        self._articles = Articles(index)

    def answer(self, task: Task, candidates: Sequence[Candidate]) -> Answer:
        """The best candidate in its form, and every other that is sure enough."""
        if not candidates:
            return self.refuse(task, 0.0)
        sure = self._sure(task, candidates)
        if sure[0].confidence < self._threshold:
            return self.refuse(task, sure[0].confidence)
        if task.now:
            sure.sort(key=lambda one: self._newest(one.candidate), reverse=True)
        main, *others = sure
        form = Form.FACT if task.asked.form in (Form.TOPIC, Form.SUMMARY) else task.asked.form
        draft = self._draft(form, task.asked, [one.candidate for one in sure], candidates)
        differing = others if form in (Form.FACT, Form.EXPLANATION) else []
        return self.finished(task, form, draft, main.confidence, differing)

    def finished(
        self,
        task: Task,
        form: Form,
        draft: Draft,
        confidence: float,
        differing: Sequence[Sure] = (),
    ) -> Answer:
        """A draft as an answer with numbered citations, and the answers that differ from it."""
        citations, parts = cited(draft, self._articles)
        alternatives = []
        shown = len(citations)
        for one in differing:
            other, _ = cited(fact.compose(one.candidate), self._articles, first=shown + 1)
            alternatives.append(Alternative(one.candidate.text, one.confidence, other))
            shown += len(other)
        return replace(
            _plain(task, Status.ANSWERED, confidence),
            text=draft.text,
            citations=citations,
            alternatives=tuple(alternatives),
            form=form,
            parts=parts,
            agreement=self._reports(place.article_id for place in draft.places),
        )

    def refuse(self, task: Task, confidence: float) -> Answer:
        """An abstention with what was looked for and the nearest sentences."""
        if not self._index.has_articles(Filter()):
            return _plain(task, Status.EMPTY_INDEX)
        near = self._articles.nearest(task.resolved.question, task.hits, _NEAREST)
        return replace(
            _plain(task, Status.ABSTAINED, confidence),
            form=task.asked.form,
            nearest=self._articles.cite(near),
            refusal=refusal(self._index, task.asked, task.chosen, task.hits),
        )

    def _draft(
        self,
        form: Form,
        asked: Asking,
        sure: Sequence[Candidate],
        candidates: Sequence[Candidate],
    ) -> Draft:
        main, *others = sure
        if form is Form.LIST:
            return listing.compose(asked, sure, self._articles)
        if form is Form.EXPLANATION:
            return told.explanation(main, candidates, self._articles)
        if form is Form.YES_NO:
            return told.evidence(main, others[: _MOST_EVIDENCE - 1], self._articles)
        return fact.compose(main)

    def _sure(self, task: Task, candidates: Sequence[Candidate]) -> list[Sure]:
        """The best candidate, whatever its probability, and the others that are sure enough.

        Another report of the same subject is no rival of the better ones, for both may be right
        about what they report: it competes with those below it, everything else with all.
        """
        stories = self._index.stories({e.article_id for c in candidates for e in c.evidence})
        least = max(self._threshold, self._calibration.threshold)
        best = candidates[0].evidence[0]
        found: list[Sure] = []
        told_by: set[int] = set()
        for place, candidate in enumerate(candidates):
            first = candidate.evidence[0]
            own = {stories[article] for article in articles_of(candidate.evidence)}
            apart = own.isdisjoint(told_by) and first.hit.score >= _ON_SUBJECT * best.hit.score
            if found and first.score <= 0:
                continue
            rivals = candidates[place:] if apart else candidates
            nearby = self._articles.nearby(first)
            seen = features(task.resolved.question, candidate, rivals, nearby)
            confidence = self._calibration.probability(seen)
            if not found or confidence >= least:
                found.append(Sure(candidate, confidence))
                told_by |= own
        return found

    def _newest(self, candidate: Candidate) -> str:
        """The newest date of the articles that give an answer, empty where none has one."""
        return max(
            self._articles.get(article).published or ""
            for article in articles_of(candidate.evidence)
        )

    def _reports(self, articles: Iterable[int]) -> int:
        cited_ids = set(articles)
        return reports(cited_ids, self._index.stories(cited_ids))


def _plain(task: Task, status: Status, confidence: float = 0.0) -> Answer:
    asked = task.resolved.question
    return Answer(
        task.question, asked, status, "", confidence, (), (), (), timings={}, chosen=task.chosen
    )
