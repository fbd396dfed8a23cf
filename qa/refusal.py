"""Why a question was refused, where that can be seen: what the articles never mention."""

from __future__ import annotations

from index import Filter, Index
from qa.compose import question_names
from qa.dialogue.mentions import names


def reasons(index: Index, question: str, chosen: Filter | None) -> tuple[str, ...]:
    """Sentences for people, the plainest first; none where nothing plain is missing."""
    found = []
    if chosen and not index.admits(chosen):
        found.append(f"No article {_described(chosen)}.")
    known = names(question)
    loose = [word for word in question_names(question) if not any(word in name for name in known)]
    missing = [name for name in [*known, *loose] if not _mentioned(index, name)]
    found += [f"No article mentions “{name}”." for name in dict.fromkeys(missing)]
    return tuple(found)


def _mentioned(index: Index, name: str) -> bool:
    """Whether any word of a name, or the number, stands in some article or title."""
    return any(index.mentions(word) for word in name.split() if any(map(str.isalnum, word)))


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
