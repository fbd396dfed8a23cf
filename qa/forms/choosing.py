"""Choosing sentences that say much and not the same: for topics and summaries.

Knows vectors, scores and words; nothing of questions or articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from index.embed import Vectors

_NEAR_COPY = 0.82


def spread(
    scores: Sequence[float],
    vectors: Vectors,
    most: int,
    *,
    repetition: float = 0.5,
    allows: Callable[[int, Sequence[int]], bool] = lambda _, __: True,
) -> list[int]:
    """Places of the best scores, in the order chosen, each taken down by how much it repeats.

    `vectors` are unit vectors, one a score; a sentence loses `repetition` times its cosine with
    the closest one chosen, and is out where it nearly is that one. `allows(i, chosen)` may refuse.
    """
    left = list(range(len(scores)))
    chosen: list[int] = []
    closest = np.zeros(len(scores))
    while left and len(chosen) < most:
        best = max(left, key=lambda i: (scores[i] - repetition * float(closest[i]), -i))
        left.remove(best)
        if closest[best] >= _NEAR_COPY or not allows(best, chosen):
            continue
        chosen.append(best)
        closest = np.maximum(closest, vectors @ vectors[best])
    return chosen


def words(text: str) -> frozenset[str]:
    """The words of a text in lower case, without endings of the plural and the genitive."""
    found = re.findall(r"\w+(?:['’]s\b)?", text.lower())
    return frozenset(_singular(word.split("'")[0].split("’")[0]) for word in found)


def share(wanted: Iterable[str], text: str) -> float:
    """The share of the wanted words that a text holds in some form, in [0, 1]; 1 for none wanted.

    >>> share(["floods", "Maruva", "earthquake"], "Maruvans fled the flooding; the earth shook.")
    0.6666666666666666
    """
    asked = words(" ".join(wanted))
    if not asked:
        return 1.0
    held = words(text)
    return sum(word in held or any(_alike(word, h) for h in held) for word in asked) / len(asked)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _alike(left: str, right: str) -> bool:
    """Whether two words are forms of one: `"election"` and `"elected"`, not `"earth-quake"`."""
    short, long = sorted((left, right), key=len)
    prefix = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if prefix == len(short):
        return prefix >= 4 and len(long) - prefix <= 3 and prefix >= 0.6 * len(long)
    endings = len(short) - prefix, len(long) - prefix
    return max(endings) <= 4 and (prefix >= 6 or (prefix == 5 and min(endings) >= 2))
