"""Enumerations in a text: "Lanto, Pichu and Karsheen" as its three items, each an exact span.

Knows only characters. An item is never changed: what cannot be cut cleanly stays one item.
"""

from __future__ import annotations

import re

from index.types import Span
from qa.spans import tidy

_TITLE = r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Maj|Lt|Sgt|Pvt|Sen|Rep|Gov|Rev|St)\.?\s+)?"
_NAME = (
    rf"(?:the\s+)?{_TITLE}[A-Z][\w’'.-]*(?:\s+(?:(?:of|de|da|van|von|bin|der|la|del)\s+(?:the\s+)?)*"
    r"[A-Z0-9][\w’'.-]*)*(?:\s+(?:of|from)\s+(?:the\s+)?[A-Z][\w’'-]*)?"
)
_AGE = r"(?:,\s+\d{1,3}(?=,|\s+and\b))?"
_NAMES = re.compile(rf"{_NAME}{_AGE}(?:,\s+{_NAME}{_AGE})*,?\s+(?:and|or|&)\s+{_NAME}")
_BREAK = re.compile(
    r"(?P<strong>\s*;\s*(?:(?:and|or)\s+)?)|(?P<last>,?\s+(?:and|or|as\s+well\s+as|&)\s+)|(?P<comma>,\s+)"
)
_OPEN, _CLOSE = '“("[', '”)"]'
# What stands behind a comma and belongs to the name before: an age, an apposition, a clause.
_BELONGS = re.compile(r"\d{1,3}$|[a-z]")
_CLAUSE = re.compile(r"(?:who|which|whose|where|aged)\b")


def whole(text: str, sentence: Span, span: Span) -> Span:
    """The enumeration of names that a span is an item of, in its sentence; else the span.

    `"ties with Georgia, Oman and Peru grew"` and the span "Oman" give "Georgia, Oman and Peru".
    """
    for match in _NAMES.finditer(text, sentence.start, sentence.end):
        if match.start() <= span.start and span.end <= match.end():
            found = tidy(text, Span(match.start(), match.end()))
            return Span(min(found.start, span.start), max(found.end, span.end))
    return span


def items(text: str, span: Span) -> list[Span]:
    """The items of the enumeration in a span, in order; the span alone where it is none."""
    breaks = _breaks(text, span)
    if any(match["strong"] for match in breaks):
        breaks = [match for match in breaks if match["strong"]]
    elif not any(match["last"] for match in breaks) and len(breaks) < 2:
        return [span]
    pieces: list[Span] = []
    at, belongs = span.start, False
    names = text[span.start : span.start + 1].isupper()
    for match in [*breaks, None]:
        end = match.start() if match is not None else span.end
        if belongs and pieces and _appended(text[at:end], names):
            pieces[-1] = Span(pieces[-1].start, end)
        elif end > at:
            pieces.append(Span(at, end))
        at = match.end() if match is not None else end
        belongs = match is not None and match["comma"] is not None
    return pieces if all(any(c.isalnum() for c in p.of(text)) for p in pieces) else [span]


def _appended(piece: str, names: bool) -> bool:
    return (_BELONGS if names else _CLAUSE).match(piece) is not None


def _breaks(text: str, span: Span) -> list[re.Match[str]]:
    """Separators outside quotation marks and brackets."""
    found = []
    depth = 0
    at = span.start
    while at < span.end:
        character = text[at]
        if character == '"':
            depth = 0 if depth else 1
        elif character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth = max(0, depth - 1)
        match = _BREAK.match(text, at, span.end) if not depth else None
        if match is not None and match.start() > span.start and match.end() < span.end:
            found.append(match)
            at = match.end()
        else:
            at += 1
    return found
