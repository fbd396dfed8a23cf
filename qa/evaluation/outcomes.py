"""Asking every question of a set, forced to an answer: what came back, how surely, how fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index import Filter
from qa.assistant import Assistant
from qa.dialogue.conversation import Conversation
from qa.evaluation.questions import Asked, QuestionSet
from qa.metrics import exact, f1
from qa.types import Answer, Resolved


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question as the pipeline answers it when it must.

    `exact` and `f1` (0..1) compare `text` with what is accepted; `cited` says that a cited
    sentence is the evidence. `rank` is the place of the first retrieved passage with the
    evidence, None where none has it. `seconds` is the whole answer.
    """

    asked: Asked
    text: str
    confidence: float
    exact: float
    f1: float
    cited: bool
    rank: int | None
    sentence: str
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the answer counts as right: a word F1 over one half."""
        return self.f1 > 0.5


def outcomes(
    assistant: Assistant, asked: QuestionSet, advance: Callable[[], None] = lambda: None
) -> Iterator[Outcome]:
    """One outcome a question, in the order of the set; `assistant` must answer always.

    The assistant's threshold must be 0, so that what it would have said is known as well.
    """
    if assistant.threshold != 0:
        raise ValueError(f"the threshold must be 0, got {assistant.threshold}")
    numbers = {article.uri: article.id for article in assistant.index.articles()}
    for turns in asked.conversations:
        conversation = Conversation(assistant)
        for turn in turns:
            chosen = Filter(articles=(numbers[turn.article],)) if turn.article else None
            began = time.perf_counter()
            answer = conversation.ask(turn.text, chosen)
            seconds = time.perf_counter() - began
            resolved = conversation.turns[-1].resolved
            yield _outcome(assistant, turn, answer, resolved, chosen, seconds)
            advance()


def _outcome(
    assistant: Assistant,
    turn: Asked,
    answer: Answer,
    resolved: Resolved,
    chosen: Filter | None,
    seconds: float,
) -> Outcome:
    sentences = [citation.sentence for citation in answer.citations]
    return Outcome(
        asked=turn,
        text=answer.text,
        confidence=answer.confidence,
        exact=exact(answer.text, turn.accepted) if turn.accepted else 0.0,
        f1=f1(answer.text, turn.accepted) if turn.accepted else 0.0,
        cited=any(_same(sentence, gold) for sentence in sentences for gold in turn.evidence),
        rank=_rank(assistant, turn, resolved, chosen),
        sentence=sentences[0] if sentences else "",
        seconds=seconds,
    )


def _rank(
    assistant: Assistant, turn: Asked, resolved: Resolved, chosen: Filter | None
) -> int | None:
    if not turn.evidence:
        return None
    hits = assistant.retrieve(resolved, chosen)
    for place, hit in enumerate(hits, start=1):
        if any(gold in hit.passage.text for gold in turn.evidence):
            return place
    return None


def _same(sentence: str, gold: str) -> bool:
    """Sentences may be cut a little differently by whoever wrote the question."""
    return gold in sentence or sentence in gold
