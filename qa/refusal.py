"""Why a question was refused, where that can be seen: what the articles never mention."""

from __future__ import annotations

from index import Filter, Index
from qa.asking import Asking
from qa.question.kinds import Kind
from qa.types import Refusal


def refusal(index: Index, asked: Asking, chosen: Filter | None) -> Refusal:
    """What was looked for, and what is plainly missing: articles of a time, a name, a number."""
    missing = []
    if chosen and not index.has_articles(chosen):
        missing.append(f"No article {_described(chosen)}.")
    for name in dict.fromkeys((*asked.names, *asked.numbers)):
        words = [word for word in name.split() if any(map(str.isalnum, word))]
        if words and not any(index.holds(words)):
            missing.append(f"No article mentions “{name}”.")
    return Refusal(_looked_for(asked), tuple(missing))


def _looked_for(asked: Asking) -> str:
    wanted = str(Kind.ANY if asked.kind is Kind.ANY else asked.kind)
    words = ", ".join(asked.terms[:6])
    return f"Looked for {wanted} in sentences about: {words}." if words else f"Looked for {wanted}."


def _described(chosen: Filter) -> str:
    parts = []
    if chosen.since is not None and chosen.until is not None:
        parts.append(f"is dated between {chosen.since} and {chosen.until}")
    elif chosen.since is not None:
        parts.append(f"is dated {chosen.since} or later")
    elif chosen.until is not None:
        parts.append(f"is dated {chosen.until} or earlier")
    if chosen.sources:
        parts.append(f"comes from {' or '.join(chosen.sources)}")
    return " and ".join(parts) if parts else "is among those chosen"
