"""When two answers are the same one: in other letters, digits, titles, or a shorter name."""

from __future__ import annotations

import re

from qa.metrics import normalize

_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"dozen": "12", "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100"}
_TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady prof professor president minister premier chancellor "
    "secretary senator governor mayor judge justice gen general col colonel capt captain sgt lt "
    "king queen prince princess pope bishop".split()
)
_LEADING = frozenset("about around some nearly almost over under at least up to in on by".split())
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NAME = re.compile(r"(?:[A-Z][\w’'-]*|al-\w+|de|van|von|of|bin|the|\W)+")


def same_key(text: str) -> str:
    """Equal for answers that say the same.

    >>> same_key("Six") == same_key("6"), same_key("1,140") == same_key("about 1140")
    (True, True)
    """
    words = normalize(_GROUPED.sub("", text)).split()
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return " ".join(_NUMBERS.get(word, word) for word in words) or text


def same_name(left: str, right: str) -> bool:
    """Whether one name is the end of the other: "Quisp" and "Bernardo Quisp"."""
    if not (_NAME.fullmatch(left) and _NAME.fullmatch(right)):
        return False
    short, long = sorted((same_key(left).split(), same_key(right).split()), key=len)
    if not short or short == long:
        return bool(short)
    bare = [word.removeprefix("al") if word.startswith("al") else word for word in long]
    return long[-len(short) :] == short or bare[-len(short) :] == short
