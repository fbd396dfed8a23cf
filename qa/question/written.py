"""Dates and filters in the words of people; knows nothing of questions."""

from __future__ import annotations

import re
from datetime import date

from index import Filter
from qa.question.calendar import MONTHS, WEEKDAYS, month_end


def is_time(words: str) -> bool:
    """Whether the words are a month, a weekday or a year and nothing else: `"June 2014"`."""
    return all(
        word.strip(".,").lower() in (*MONTHS, *WEEKDAYS) or re.fullmatch(r"\d{1,4}[.,]?", word)
        for word in words.split()
    )


def human_date(published: str) -> str:
    """An ISO 8601 date or date-time as people write it; what is not one stays as it is.

    >>> human_date("2020-02-25T10:00:00Z"), human_date("2020-02"), human_date("2020")
    ('25 February 2020', 'February 2020', '2020')
    """
    if re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", published):
        return f"{MONTHS[int(published[5:]) - 1].title()} {published[:4]}"
    try:
        day = date.fromisoformat(published[:10])
    except ValueError:
        return published
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"


def span_in_words(since: str, until: str) -> str:
    """From one ISO date to another: `"in June 2014"`, `"from 1 May 2014 to 3 May 2014"`."""
    if since == until:
        return f"{'on' if len(since) > 7 else 'in'} {human_date(since)}"
    if since[5:] == "01-01" and until == f"{since[:4]}-12-31":
        return f"in {since[:4]}"
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        return f"from {human_date(since)} to {human_date(until)}"
    if first.day == 1 and last == month_end(first):
        return f"in {human_date(since[:7])}"
    return f"from {human_date(since)} to {human_date(until)}"


def in_words(chosen: Filter) -> str:
    """A filter as words behind "articles": `"published in June 2014"`, `"from Herald"`.

    >>> in_words(Filter("2014-06-01", "2014-06-30"))
    'published in June 2014'
    >>> in_words(Filter(since="2014", sources=("Herald",)))
    'published since 2014 from Herald'
    """
    said = []
    if chosen.since is not None and chosen.until is not None:
        said.append(f"published {span_in_words(chosen.since, chosen.until)}")
    elif chosen.since is not None:
        said.append(f"published since {human_date(chosen.since)}")
    elif chosen.until is not None:
        said.append(f"published until {human_date(chosen.until)}")
    if chosen.sources:
        said.append(f"from {' or '.join(chosen.sources)}")
    return " ".join(said) if said else "among those chosen"
