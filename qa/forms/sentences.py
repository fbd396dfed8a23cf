"""What a sentence is worth by itself: whether it tells something, or leans on the one before."""

from __future__ import annotations

import re

_POINTING = (
    r"(?:he|she|it|they|this|that|these|those|such|his|her|its|their|neither|both|which|the\s+(?:"
    r"former|latter|same|other|others|two|pair|second|first))\b"
)
_JOINING = (
    r"(?:but|and|so|then|instead|yet|therefore|thus|however|nor|in\s+(?:return|response|addition)|"
    r"as\s+a\s+result)\b"
)
_LEANING = re.compile(rf"[“\"‘'(]*(?:{_JOINING},?\s+)?{_POINTING}", re.IGNORECASE)
_JOINED = re.compile(rf"[“\"‘'(]*{_JOINING}", re.IGNORECASE)
_NAMED = re.compile(r"\s[“\"‘'(]?[A-Z0-9]|\d")
_CORRECTION = re.compile(r"\W*(?:correction|clarification|editor['’]s\s+note)\b", re.IGNORECASE)
_FEWEST_WORDS, _MOST_WORDS = 5, 60
_LEANS, _QUOTES, _VAGUE = 0.15, 0.12, 0.1


def leans(sentence: str) -> bool:
    """Whether a sentence says little without the one before it: "But they refused."."""
    if _LEANING.match(sentence) is not None:
        return True
    return _JOINED.match(sentence) is not None and _NAMED.search(sentence) is None


def tells(sentence: str) -> bool:
    """Whether a sentence says something by itself: not a question, a heading, a correction."""
    count = len(sentence.split())
    return (
        _FEWEST_WORDS <= count <= _MOST_WORDS
        and not sentence.rstrip("”\"'’").endswith("?")
        and not _CORRECTION.match(sentence)
    )


def weakness(sentence: str) -> float:
    """What a sentence loses, as a cosine, that leans on another, only quotes, or names nothing."""
    quotes, vague = sentence[:1] in tuple('“"‘'), _NAMED.search(sentence) is None
    return _LEANS * leans(sentence) + _QUOTES * quotes + _VAGUE * vague
