"""A conversation over an index: each question is asked as what it means after the ones before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index import Filter, Hit
from qa.assistant import Assistant, check_question
from qa.dialogue.resolve import Leaning, Turn, leaning, resolve
from qa.types import Answer, Resolved, Status

# How much closer in meaning another article must be before a question without names or pronouns
# counts as one about something else; cosines.
_CLOSER = 0.2


class Conversation:
    """Turns of one person over an assistant; not to be shared between threads.

    `turns` are earlier ones, the oldest first, for a conversation that goes on.
    """

    def __init__(self, assistant: Assistant, turns: Sequence[Turn] = ()) -> None:
        self.assistant = assistant
        self.turns = list(turns)

    def ask(
        self, question: str, chosen: Filter | None = None, *, resolved: str | None = None
    ) -> Answer:
        """The answer to a question as it is meant here; see `Answer.resolution`.

        `resolved` is the whole question in somebody's own words, in place of what Byline makes
        of it: it is asked as it is.
        """
        asked = check_question(question)
        if resolved is not None:
            whole = check_question(resolved)
            meant = Resolved(whole, whole, whole, how="as you put it")
            answer = self.assistant.ask(question, chosen, resolved=meant)
        else:
            meant, answer = self._ask(question, asked, chosen)
        self.turns.append(Turn(question, meant, answer))
        return answer

    def forget(self) -> None:
        """What comes next is about something else."""
        self.turns.clear()

    def _ask(self, question: str, asked: str, chosen: Filter | None) -> tuple[Resolved, Answer]:
        alone = Resolved(asked, asked, asked)
        leans = leaning(asked) if self.turns else Leaning.NOT
        if leans is Leaning.SOURCE and (shown := self._source(question)) is not None:
            return self.turns[-1].resolved, shown
        if leans is Leaning.NOT or (leans is Leaning.LOOSELY and self._changes(asked, chosen)):
            return alone, self.assistant.ask(question, chosen)
        meant = resolve(asked, self.turns)
        return meant, self.assistant.ask(question, chosen, resolved=meant)

    def _source(self, question: str) -> Answer | None:
        """The last answer again, for somebody who asks where it stands."""
        last = self.turns[-1].answer
        if last.status is not Status.ANSWERED:
            return None
        return replace(last, question=question, timings={})

    def _changes(self, question: str, chosen: Filter | None) -> bool:
        """Whether the question fits another article far better than those spoken of."""
        spoken = resolve(question, self.turns).articles
        if not spoken:
            return False
        index = self.assistant.index
        here = replace(chosen if chosen is not None else Filter(), articles=spoken)
        anywhere = _closeness(index.search(question, 1, chosen))
        return anywhere > _closeness(index.search(question, 1, here)) + _CLOSER


def _closeness(hits: Sequence[Hit]) -> float:
    similarities = [hit.similarity for hit in hits]
    return max((s for s in similarities if s is not None), default=0.0)
