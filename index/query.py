"""A question as words to look for; knows nothing of SQLite or of how words are weighed."""

from __future__ import annotations

import re
from itertools import pairwise

_MAX_TERMS = 64

_WORD = re.compile(r"\w+(?:[.'’\-]\w+)*")
_STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being between both
    but by can could did do does during each for from had has have he her here hers him his how i
    if in into is it its itself just me might more most much must my no nor not of off on once only
    or other our ours out over own same shall she should so some such than that the their theirs
    them then there these they this those through to too under until up very was we were what when
    where which while who whom whose why will with would you your yours""".split()
)


def content_words(question: str) -> list[str]:
    """The question's words without those that say nothing; all of them where none is left."""
    words = _WORD.findall(question)[:_MAX_TERMS]
    return [word for word in words if word.lower() not in _STOP_WORDS] or words


def lexical_terms(question: str) -> tuple[str, ...]:
    """What to look for: the question's content words, and its names as phrases."""
    words = _WORD.findall(question)[:_MAX_TERMS]
    names = [
        f"{left} {right}"
        for left, right in pairwise(words[1:])
        if left[0].isupper() and right[0].isupper()
    ]
    return tuple(dict.fromkeys(content_words(question) + names))


def lexical_query(question: str) -> str:
    """The question as an FTS5 expression: its content words, and its names as phrases.

    Every term is quoted, so that nothing in a question is FTS5 syntax:
    `lexical_query("Who fled to Tal Afar?")` gives `"fled" OR "Tal" OR "Afar" OR "Tal Afar"`.
    Empty where the question has no word at all.
    """
    words = _WORD.findall(question)[:_MAX_TERMS]
    names = [
        f"{left} {right}"
        for left, right in pairwise(words[1:])
        if left[0].isupper() and right[0].isupper()
    ]
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(content_words(question) + names))
