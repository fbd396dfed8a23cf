"""Groups: an example with other passages for the same question, all scored against each other.

Knows one question at a time. A group in which no passage answers teaches that none does.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from qa.training.examples import Example
from qa.training.negatives import Negatives, beside


@dataclass(frozen=True, slots=True)
class Group:
    """Passages for one question; the first is the example the group was made for."""

    examples: tuple[Example, ...]

    @property
    def characters(self) -> int:
        """Length of the longest passage with its question."""
        return max(len(each.context) + len(each.question) for each in self.examples)


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """How groups are made and weighed.

    `size` is the most passages a group has; 1 trains every passage by itself. `each` weighs the
    loss of single passages beside that of groups. `titled` is the chance that a question which
    does not stand alone gets its article's title. `held_out` articles, the last of every article
    file, are not trained on and measured as groups.
    """

    size: int = 1
    each: float = 0.5
    titled: float = 0.4
    held_out: int = 0

    def __post_init__(self) -> None:
        if self.size < 1 or self.each < 0 or not 0 <= self.titled <= 1 or self.held_out < 0:
            raise ValueError(
                f"need size >= 1, each >= 0, titled in 0..1 and held_out >= 0, got {self}"
            )


def grouped(
    examples: Iterable[Example],
    settings: GroupSettings,
    negatives: Negatives,
    hidden: frozenset[str],
    rng: random.Random,
) -> list[Group]:
    """One group an example; an impossible twin that asks the same joins the example before it.

    Groups are filled up with mined negatives, those of `hidden` articles left out.
    """
    if settings.size == 1:
        return [Group((example,)) for example in examples]
    gathered: list[list[Example]] = []
    for example in examples:
        if gathered and _joins(example, gathered[-1][0]):
            gathered[-1].append(example)
        else:
            gathered.append([example])
    groups = []
    for lead, *twins in gathered:
        room = settings.size - 1 - len(twins)
        mined = negatives.of(lead.id, hidden)
        asked, others = beside(lead, mined, max(0, room), settings.titled, rng)
        twins = [replace(twin, history=asked.history) for twin in twins]
        groups.append(Group((asked, *twins, *others)[: settings.size]))
    return groups


def _joins(twin: Example, lead: Example) -> bool:
    same = (twin.id, twin.question, twin.history) == (lead.id, lead.question, lead.history)
    return same and bool(lead.spans) and not twin.spans
