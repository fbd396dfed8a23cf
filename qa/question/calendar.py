"""Expressions of time in a question as ranges of days: "in June 2014", "last Monday", "yesterday".

Knows no articles and does not know what the range is meant for. `today` is what relative
expressions count from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qa.question.text import lowered

MONTHS = (
    "january february march april may june july august september october november december"
).split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NUMBERS = {
    w: n for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)
}
_FAR = 10_000
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}


_ABSOLUTE = (
    r"\b(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)(?:-(?P<day>\d\d))?\b",
    rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
    rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
    rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}\b",
    rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}",
    rf"\b{_MONTH}\s+{_DAY}\b(?!\s*(?:per|%))",
    rf"\b(?P<bare>in|during|of|since|before|after|until|last|this)\s+{_MONTH}(?!\s+\d)",
    rf"(?<![\d,.$£€-]){_YEAR}(?![\d,.%-]|\s*(?:people|per))",
)
_RELATIVE = (
    r"\b(?:(?P<yesterday>yesterday)|(?P<today>today|tonight|this\s+morning)|"
    rf"last\s+(?P<weekday>{'|'.join(WEEKDAYS)})|(?P<which>this|last)\s+(?P<unit>week|month|year)|"
    rf"(?:the\s+)?(?:last|past)\s+(?P<count>\d+|{'|'.join(_NUMBERS)})\s+(?P<units>day|week|month|"
    r"year)s)\b"
)


@dataclass(frozen=True, slots=True)
class When:
    """Days from `first` to `last`, both included, as `text[start:end]` puts them.

    `relative`: they depend on today. `exact`: a month or less is meant, not a whole year.
    """

    first: date
    last: date
    start: int
    end: int
    relative: bool
    exact: bool


def expressions(text: str, today: date) -> list[When]:
    """Every expression of time, in order, the longest where several begin alike.

    >>> [w.first.isoformat() for w in expressions("in June 2014", date(2020, 1, 1))]
    ['2014-06-01']
    """
    found = sorted(_all(lowered(text), today), key=lambda w: (w.start, -w.end))
    kept: list[When] = []
    for when in found:
        if not kept or when.start >= kept[-1].end:
            kept.append(when)
    return kept


def _all(text: str, today: date) -> Iterator[When]:
    for pattern in _ABSOLUTE:
        for match in re.finditer(pattern, text):
            parts = match.groupdict()
            days = _named(parts, today)
            if days is not None:
                start = match.start("month") if "bare" in parts else match.start()
                exact = bool(parts.get("month") or parts.get("number"))
                yield When(*days, start, match.end(), not parts.get("year"), exact)
    for match in re.finditer(_RELATIVE, text):
        parts = match.groupdict()
        exact = "year" not in (parts["unit"], parts["units"])
        days = _relative(parts, today)
        yield When(*days, match.start(), match.end(), relative=True, exact=exact)


def _named(parts: dict[str, str | None], today: date) -> tuple[date, date] | None:
    """First and last day of what was named; without a year the last one that has begun."""
    said, day = parts.get("year"), int(parts.get("day") or 0)
    month = int(parts.get("number") or 0) or _month(parts.get("month"))
    for year in [int(said)] if said else [today.year, today.year - 1]:
        try:
            if not month:
                return date(year, 1, 1), date(year, 12, 31)
            first = date(year, month, day or 1)
        except ValueError:
            return None
        if said or first <= today:
            return first, first if day else month_end(first)
    return None


def _relative(parts: dict[str, str | None], today: date) -> tuple[date, date]:
    """First and last day of "yesterday", "last Monday", "this week", "the past two days"."""
    if parts["yesterday"]:
        return today - timedelta(1), today - timedelta(1)
    if parts["today"]:
        return today, today
    if parts["weekday"] is not None:
        back = (today.weekday() - WEEKDAYS.index(parts["weekday"])) % 7
        day = today - timedelta(back if back else 7)
        return day, day
    if parts["count"] is not None and parts["units"] is not None:
        count = _NUMBERS.get(parts["count"]) or min(int(parts["count"]), _FAR)
        days = min(count * _UNITS[parts["units"]], (today - date.min).days)
        return today - timedelta(days), today
    if parts["unit"] == "week":
        first = today - timedelta(today.weekday())
    else:
        first = today.replace(day=1, month=1 if parts["unit"] == "year" else today.month)
    if parts["which"] == "this":
        return first, today
    last = first - timedelta(1)
    if parts["unit"] == "week":
        return first - timedelta(7), last
    return last.replace(day=1, month=1 if parts["unit"] == "year" else last.month), last


def _month(name: str | None) -> int:
    if name is None:
        return 0
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
