"""Lower case that keeps every character in its place."""

from __future__ import annotations


def lowered(text: str) -> str:
    """The text in lower case, as long as before: a few capitals have small forms of two characters.

    >>> len(lowered("İstanbul")), lowered("Kerry")
    (8, 'kerry')
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := c.lower()) == 1 else c for c in text)
