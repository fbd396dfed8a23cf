"""Which of many contexts looks most like a question: a small BM25 held in memory.

For mining training data only; answering searches the index instead.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa.training.wordlists import STOP_WORDS

_WORD = re.compile(r"\w+")


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, lower case: `"Who owns the mine?"` -> `{"owns", "mine"}`."""
    return frozenset(_WORD.findall(text.lower())) - STOP_WORDS


class LexicalIndex:
    """Contexts ranked by BM25 against a question, the most similar first."""

    def __init__(self, contexts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        counts = [Counter(_WORD.findall(context.lower())) for context in contexts]
        lengths = [sum(count.values()) for count in counts]
        mean = max(1.0, sum(lengths) / max(1, len(lengths)))
        postings: dict[str, list[tuple[int, float]]] = {}
        for number, count in enumerate(counts):
            scale = k1 * (1 - b + b * lengths[number] / mean)
            for word, times in count.items():
                if word not in STOP_WORDS:
                    weight = times * (k1 + 1) / (times + scale)
                    postings.setdefault(word, []).append((number, weight))
        self._size = len(contexts)
        self._postings: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = {}
        for word, entries in postings.items():
            idf = math.log(1 + (self._size - len(entries) + 0.5) / (len(entries) + 0.5))
            places = np.array([place for place, _ in entries], dtype=np.int64)
            self._postings[word] = places, idf * np.array([weight for _, weight in entries])

    def ranked(self, question: str, limit: int) -> list[int]:
        """Numbers of the contexts that share a word with the question, at most `limit`."""
        scores = np.zeros(self._size)
        for word in sorted(content_words(question)):
            if word in self._postings:
                places, weights = self._postings[word]
                scores[places] += weights
        order = np.argsort(-scores, kind="stable")[:limit]
        return [int(place) for place in order if scores[place] > 0]
