"""What the time words of a question mean for the search: a filter, a preference, or nothing.

Most dates belong to what is asked ("Who was president in 2006?") and stay for reading. They limit
the articles only where the question is about what was published then; a month or a day makes
articles of that time preferred. Knows no index.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from index import Filter
from qa.question.calendar import When, expressions
from qa.question.text import lowered

_PAPERS = r"(?:papers?|newspapers?|press|media|articles?|reports?|stories|coverage|news|headlines)"
_SAID = r"(?:say|said|saying|report|reported|reporting|write|wrote|written|published|printed)"
# Directly before a date: "what did the papers say in", "articles from", "published since".
_BEFORE = re.compile(
    rf"\b(?:{_PAPERS}(?:\s+(?:have|has|had))?(?:\s+{_SAID})?|(?:published|printed|reported))\s*"
    r"(?:(?:in|from|of|on|during|since|after|before|until|till|between|for)\s+)?$"
)
_AFTER = re.compile(rf"^(?:['’]s)?\s+{_PAPERS}\b")
_NEWS = re.compile(
    rf"^(?:(?:what\s+(?:is|are|was)|show\s+me|find|give\s+me|any|the|all|some|latest|recent|newest)"
    rf"\s+)*{_PAPERS}\s+(?:about|on|of|from|regarding)\b"
)
_NOW = re.compile(
    r"\b(?:now|nowadays|currently|current|latest|newest|most\s+recent|recent|recently|today|"
    r"at\s+the\s+moment|at\s+present|so\s+far|to\s+date|still|these\s+days|this\s+week|up\s+to\s+date)\b"
)
_TOWARDS = re.compile(
    r"\b(?P<word>in|on|of|from|for|during|since|after|before|until|till|up\s+to|between|by)\s+$"
)
_TO = re.compile(r"^\s*(?:and|to|until|till|-|–)\s*$")
_REACH = {True: 7, False: 31}


@dataclass(frozen=True, slots=True)
class Dated:
    """What a question's time words ask of the search.

    `chosen` limits the articles, `near` prefers some; at most one of them is given. `now`: the
    newest answer counts most. `rest` is the question without the words that became the filter.
    """

    rest: str
    chosen: Filter | None = None
    near: Filter | None = None
    now: bool = False


def dated(question: str, today: date) -> Dated:
    """Reads the time words of a question; `today` is what "yesterday" counts from.

    >>> dated("What did the papers say in June 2014 about Tal Afar?", date(2020, 1, 1)).chosen
    Filter(since='2014-06-01', until='2014-06-30', sources=(), articles=())
    >>> dated("Who was president in 2006?", date(2020, 1, 1)).chosen is None
    True
    """
    low = lowered(question)
    now = _NOW.search(low) is not None
    found = expressions(question, today)
    if not found:
        return Dated(question, now=now)
    first = found[0]
    last = found[1] if len(found) > 1 and _TO.match(low[first.end : found[1].start]) else first
    before, after = low[: first.start], low[last.end :]
    towards = _TOWARDS.search(before)
    word = towards["word"] if towards is not None else ""
    attached = _BEFORE.search(before) is not None or _AFTER.match(after) is not None
    if attached or (_NEWS.match(low) and not after.strip(" ?.!") and _is_time_of(word, first)):
        start = towards.start() if towards is not None else first.start
        end = last.end + (2 if re.match(r"['’]s\b", after) else 0)
        rest = f"{question[:start].rstrip()} {question[end:].lstrip()}".strip()
        return Dated(rest, chosen=_limits(word, first, last), now=now)
    if not first.exact:
        return Dated(question, now=now)
    # News of a day stands in the papers some days later, news of a month also in the next.
    reach = _REACH[first.first == last.last]
    near = Filter(first.first.isoformat(), _moved(last.last, reach))
    return Dated(question, near=near if word not in ("before", "until", "till") else None, now=now)


def _is_time_of(word: str, when: When) -> bool:
    """Whether news "in May 2014" or "since 2010" is meant; "in 2006" may belong to the topic."""
    return bool(word) and (when.exact or word in ("since", "after", "before", "until", "till"))


def _limits(word: str, first: When, last: When) -> Filter:
    if word == "since":
        return Filter(since=first.first.isoformat())
    if word == "after":
        return Filter(since=_moved(first.last, 1))
    if word == "before":
        return Filter(until=_moved(first.first, -1))
    if word in ("until", "till", "up to", "by"):
        return Filter(until=first.last.isoformat())
    return Filter(first.first.isoformat(), last.last.isoformat())


def _moved(day: date, days: int) -> str:
    try:
        return (day + timedelta(days)).isoformat()
    except OverflowError:  # the first or the last day there is
        return day.isoformat()


def narrowed(chosen: Filter | None, read: Filter | None) -> Filter | None:
    """Both filters at once: the question's dates within what was chosen beside it."""
    if chosen is None or read is None:
        return chosen if read is None else read
    since = max((s for s in (chosen.since, read.since) if s is not None), default=None)
    # "2014" reaches to the end of its year, behind "2014-06".
    until = min(
        (u for u in (chosen.until, read.until) if u is not None),
        key=lambda u: f"{u}~",
        default=None,
    )
    return Filter(since, until, chosen.sources, chosen.articles)
