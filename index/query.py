"""A question as words and phrases to look for; knows nothing of SQLite or of how they are weighed.

`python -m bench.retrieval_trials terms` measures what is taken as a term, and what was tried.
"""

from __future__ import annotations

import re
from itertools import pairwise

_MAX_WORDS = 64

_WORD = re.compile(r"\w+(?:[.'’]\w+)*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z]{2,4}")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
# What holds a question together. Other frequent words stay: BM25 weighs them lightly by itself.
_STOP_WORDS = frozenset(
    """a an and any are as at be been being but by can could did do does for from had has have he
    her him his how i in is it its me my of on or our she so than that the their them then there
    these they this those to us was we were what when where which while who whom whose why will
    with would you your""".split()
)


def lexical_terms(question: str) -> tuple[str, ...]:
    """What to look for: content words, neighbouring ones as phrases, acronyms in both spellings.

    Words are as the question writes them, without "'s"; a term with a space, full stop or
    apostrophe in it is a phrase. All words where none says anything, none where there is no word.

        >>> lexical_terms("Who fled to Tal Afar?")
        ('fled', 'Tal', 'Afar', 'Tal Afar')
        >>> lexical_terms("When did Kerry’s run-off end?")
        ('Kerry', 'run', 'off', 'end', 'Kerry run', 'run off', 'off end')
        >>> lexical_terms("Who runs the UN?")
        ('runs', 'UN', 'U N')
    """
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(question)[:_MAX_WORDS]]
    content = [word for word in words if _says_something(word)]
    phrases = [
        f"{left} {right}"
        for left, right in pairwise(words)
        if _says_something(left) and _says_something(right)
    ]
    spellings = [other for word in content if (other := _other_spelling(word)) is not None]
    return tuple(dict.fromkeys((content or words) + phrases + spellings))


def lexical_query(question: str) -> str:
    """The terms as an FTS5 expression; every one is quoted, so none can be FTS5 syntax.

    >>> lexical_query("Who fled to Tal Afar?")
    '"fled" OR "Tal" OR "Afar" OR "Tal Afar"'
    """
    return " OR ".join(f'"{term}"' for term in lexical_terms(question))


def _says_something(word: str) -> bool:
    """Whether a word is no stop word; `"US"` and `"WHO"` in capitals are names."""
    return word.lower() not in _STOP_WORDS or _ACRONYM.fullmatch(word) is not None


def _other_spelling(word: str) -> str | None:
    """`"UN"` for `"U.N"`, `"U N"` (which finds `"U.N."`) for `"UN"`, None for other words."""
    if _DOTTED.fullmatch(word):
        return word.replace(".", "")
    return " ".join(word) if _ACRONYM.fullmatch(word) else None
