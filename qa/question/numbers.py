"""Numbers in figures or in words as their values: "1,140", "twenty-three", "4.5 billion"."""

from __future__ import annotations

import re

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
# More figures than these are no number that a float keeps.
_EXACT = 15
_WORD = "|".join(sorted([*_UNITS, *_TENS], key=len, reverse=True))
_SCALE = r"hundred|thousand|million|billion|trillion|dozen"
_WORDED = re.compile(
    rf"\b(?:(?:{_WORD})|a(?=[\s-](?:{_SCALE})\b))(?:[\s-]+(?:and\s+)?(?:{_WORD}|{_SCALE})\b)*"
)
_FIGURES = re.compile(
    rf"(?<![\w.])\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?:\s*(?:{_SCALE}|bn|mn|m|k)\b)?|"
    rf"(?<![\w.])\d+(?:\.\d+)?(?:\s*(?:{_SCALE}|bn|mn|m|k)\b)?"
)


def values(text: str) -> tuple[list[str], str]:
    """The numbers of a text in lower case as plain figures, and the text without them.

    >>> values("about twenty-three of 1,140 houses")
    (['23', '1140'], 'about   of   houses')
    >>> values("$4.5bn")
    (['4500000000'], '$ ')
    """
    found: list[tuple[int, str]] = []

    def taken(match: re.Match[str]) -> str:
        value = _worded(match[0]) if match[0][0].isalpha() else _figure(match[0])
        found.append((match.start(), value))
        return " " + "\x00" * (len(match[0]) - 1)

    rest = _WORDED.sub(taken, _FIGURES.sub(taken, text))
    return [value for _, value in sorted(found)], rest.replace("\x00", "")


def _figure(text: str) -> str:
    number = re.match(r"[\d,.]*\d", text)
    assert number is not None
    figures = number[0].replace(",", "")
    scale = _SCALES.get(text[number.end() :].strip(), 1)
    return _plain(float(figures) * scale) if len(figures) <= _EXACT else figures


def _worded(text: str) -> str:
    total = current = 0
    for word in re.findall(r"[a-z]+", text):
        if word in _UNITS or word in _TENS:
            current += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif word in ("hundred", "dozen"):
            current = max(current, 1) * _SCALES[word]
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0
    return _plain(float(total + current))


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.10g}"
