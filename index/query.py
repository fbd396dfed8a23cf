"""A question as words and phrases to look for; knows nothing of SQLite or of how they are weighed.

`python -m bench.retrieval_trials terms` measures what is taken as a term, and what was tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

NAME_WEIGHT = 1.5
"""Names and numbers say which passage is meant; other words and phrases count 1."""
_MAX_WORDS = 64

_WORD = re.compile(r"\w+(?:[.'’]\w+|(?<=\d),\d{3}(?!\d))*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z]{2,4}")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_LONG_NUMBER = re.compile(r"([1-9][0-9]{3,8})(\.[0-9]+)?")
_DAY, _MONTH = (
    r"(\d{1,2})(?:st|nd|rd|th)?",
    "(January|February|March|April|May|June|July|August|September|October|November|December)",
)
_DATE = re.compile(rf"\b(?:{_DAY}(?: of)? {_MONTH}|{_MONTH} {_DAY})\b", re.IGNORECASE)
# What holds a question together. Other frequent words stay: BM25 weighs them lightly by itself.
_STOP_WORDS = frozenset(
    """a an and any are as at be been being but by can could did do does for from had has have he
    her him his how i in is it its me my of on or our she so than that the their them then there
    these they this those to us was we were what when where which while who whom whose why will
    with would you your""".split()
)


def lexical_terms(question: str) -> dict[str, float]:
    """What to look for and how much it counts: content words, neighbouring ones as phrases.

    Words are as the question writes them, without "'s"; acronyms, numbers and days are looked for
    in their other spelling too. A term with a space, full stop, comma or apostrophe in it is a
    phrase. All words where none says anything, none where there is no word.

        >>> lexical_terms("Who fled to Tal Afar?")
        {'fled': 1.0, 'Tal': 1.5, 'Afar': 1.5, 'Tal Afar': 1.0}
        >>> lexical_terms("Why did the UN send 1,140 tents?")
        {'UN': 1.5, 'send': 1.0, '1,140': 1.5, 'tents': 1.0, 'UN send': 1.0, 'send 1,140': 1.0,
         '1,140 tents': 1.0, 'U N': 1.5, '1140': 1.5}
        >>> list(lexical_terms("Kerry’s run-off on May 3?"))
        ['Kerry', 'run', 'off', 'May', '3', 'Kerry run', 'run off', 'May 3', '3 May']
    """
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(question)[:_MAX_WORDS]]
    content = [word for word in words if _says_something(word)] or words
    names = {word for word in words if any(letter.isdigit() for letter in word)}
    names.update(word for word in words[1:] if word[0].isupper())
    terms = {word: NAME_WEIGHT if word in names else 1.0 for word in content}
    for left, right in pairwise(words):
        if _says_something(left) and _says_something(right):
            terms[f"{left} {right}"] = 1.0
    for day, month in _days(" ".join(words)):
        terms |= {f"{month} {day}": 1.0, f"{day} {month}": 1.0}
    for word in content:
        if (other := _other_spelling(word)) is not None:
            terms.setdefault(other, terms[word])
    return terms


def _says_something(word: str) -> bool:
    """Whether a word is no stop word; `"US"` and `"WHO"` in capitals are names."""
    return word.lower() not in _STOP_WORDS or _ACRONYM.fullmatch(word) is not None


def _other_spelling(word: str) -> str | None:
    """`"UN"` for `"U.N"`, `"U N"` (which finds `"U.N."`) for `"UN"`, `"1140"` for `"1,140"` and the
    other way round, None for other words.
    """
    if _DOTTED.fullmatch(word):
        return word.replace(".", "")
    if _GROUPED.fullmatch(word):
        return word.replace(",", "")
    if number := _LONG_NUMBER.fullmatch(word):
        return f"{int(number[1]):,}{number[2] or ''}"
    return " ".join(word) if _ACRONYM.fullmatch(word) else None


def _days(text: str) -> Iterator[tuple[str, str]]:
    """Day and month of every date, whichever comes first: `("3", "May")` for `"May 3rd"`."""
    for first_day, month, other_month, day in _DATE.findall(text):
        yield first_day or day, month or other_month
