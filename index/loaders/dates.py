"""Dates in the shapes files carry them, as ISO 8601; a date that is not whole is no date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d{1,9})? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_PDF = re.compile(
    r"(?:D:)?(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:(Z)|([+-]\d{2})'?(\d{2})?)?.*",
    re.ASCII | re.DOTALL,
)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-z]{3,9})\.?,? (\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? ")
_NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_LONGEST = 60
_STATED = re.compile(
    r"\s*(?:(?:first )?(?:published|posted|publication date)(?: on)?\s*:?|date\s*:)\s+(\S.{5,80})",
    re.IGNORECASE,
)
_AFTER_DATE = re.compile(r"\s+at\s|\s[|·•–—-]\s|,?\s+\d{1,2}[:.]\d{2}")


def iso_date(value: object) -> str | None:
    """The date as ISO 8601, or None where it is no full date.

    `iso_date("March 3rd, 2021") == "2021-03-03"`, `iso_date("D:20210303120000Z") ==
    "2021-03-03T12:00:00+00:00"`; a number is taken as seconds or milliseconds since 1970.
    """
    try:
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return _from_number(value)
        if isinstance(value, str) and len(value) <= _LONGEST:
            return _from_words(" ".join(value.split()))
    except (ValueError, OverflowError):
        return None
    return None


def stated_publication(line: str) -> str | None:
    """The date of a line that says nothing but when an article was published, else None.

    `stated_publication("Published on 3 May 2021 at 10:15") == "2021-05-03"`
    """
    found = _STATED.fullmatch(line)
    if found is None:
        return None
    whole = iso_date(found[1])
    return whole if whole is not None else iso_date(_AFTER_DATE.split(found[1], maxsplit=1)[0])


def _from_number(value: int | float) -> str | None:
    if isinstance(value, int) and 1000_01_01 <= value <= 2999_12_31:
        return _from_words(str(value))
    seconds = value / 1000 if 1e11 <= value < 4.2e12 else value
    if not 1e8 <= seconds < 4.2e9:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    return moment.isoformat()


def _from_words(text: str) -> str | None:
    if found := _ISO.fullmatch(text):
        year, month, day, clock, zone = found.groups()
        whole = date(int(year), int(month), int(day)).isoformat()
        if clock is None:
            return whole
        hour, _, rest = clock.partition(":")
        shift = "+00:00" if zone is not None and zone.isalpha() else zone
        stamp = f"{whole}T{int(hour):02}:{rest}{shift if shift is not None else ''}"
        return datetime.fromisoformat(stamp).isoformat()
    if text.startswith("D:") or (text.isascii() and text.isdigit() and len(text) in (8, 12, 14)):
        return _from_pdf(text)
    plain = _WEEKDAY.sub("", text.casefold(), count=1)
    if found := _DAY_FIRST.fullmatch(plain):
        day, name, year = found.groups()
        return _from_month(year, name, day)
    if found := _MONTH_FIRST.fullmatch(plain):
        name, day, year = found.groups()
        return _from_month(year, name, day)
    if found := _NUMERIC.fullmatch(text):
        return _from_ambiguous(*map(int, found.groups()))
    if "," in text or ":" in text:
        return _from_mail(text)
    return None


def _from_month(year: str, name: str, day: str) -> str | None:
    month = _MONTHS.get(name)
    return date(int(year), month, int(day)).isoformat() if month is not None else None


def _from_ambiguous(first: int, second: int, year: int) -> str | None:
    """Day and month only where the numbers leave no doubt which is which."""
    if first == second or second > 12:
        return date(year, first, second).isoformat()
    if first > 12:
        return date(year, second, first).isoformat()
    return None


def _from_pdf(text: str) -> str | None:
    found = _PDF.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zulu, zone, shift = found.groups()
    whole = date(int(year), int(month), int(day)).isoformat()
    if hour is None:
        return whole
    stamp = f"{whole}T{hour}:{minute}:{second if second is not None else '00'}"
    if zulu is not None:
        stamp += "+00:00"
    elif zone is not None:
        stamp += f"{zone}:{shift if shift is not None else '00'}"
    return datetime.fromisoformat(stamp).isoformat()


def _from_mail(text: str) -> str | None:
    if re.search(r"\b\d{4}\b", text, re.ASCII) is None:
        return None
    try:
        return parsedate_to_datetime(text).isoformat()
    except (TypeError, IndexError):
        return None
