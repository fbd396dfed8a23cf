"""Which articles a question is asked of: dates, sources, single ones; applied while searching."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps articles published in `since..until` (ISO dates, both included), of one of `sources`,
    and among `articles` (ids); what is left out does not matter.

    An article without a date is in no date range. `Filter(since="2014-06")` starts with June.
    """

    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for day in (self.since, self.until):
            if day is not None and not _DAY.fullmatch(day):
                raise ValueError(f"a date must look like 2014, 2014-06 or 2014-06-30, got {day!r}")

    def __bool__(self) -> bool:
        return self != Filter()

    def condition(self) -> tuple[str, list[str]]:
        """An SQL condition on the table `articles`, and its parameters."""
        parts: list[str] = []
        values: list[str] = []
        if self.since is not None:
            parts.append("articles.published >= ?")
            values.append(self.since)
        if self.until is not None:
            # A day's articles may carry its hours; "~" sorts behind every digit and letter.
            parts.append("articles.published <= ?")
            values.append(f"{self.until}~")
        if self.sources:
            parts.append("articles.source IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self.sources))
        if self.articles:
            parts.append("articles.id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self.articles))
        return " AND ".join(parts) if parts else "1", values
