"""BM25 with constants to choose, over an FTS5 table's own words; knows nothing of questions.

With FTS5's constants (k1 1.2, b 0.75) it gives what `bm25()` gives, to rounding.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

Positions = dict[int, set[tuple[str, int]]]
"""passage -> (column, place) of every occurrence."""


class FreeBm25:
    """Reads the positions of every word of the table `passages` once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._words: dict[str, Positions] = defaultdict(lambda: defaultdict(set))
        connection.executescript(
            "CREATE VIRTUAL TABLE occurrences USING fts5vocab (passages, instance);"
            "CREATE VIRTUAL TABLE term USING fts5"
            " (text, tokenize = 'porter unicode61 remove_diacritics 2');"
            "CREATE VIRTUAL TABLE term_words USING fts5vocab (term, instance);"
        )
        rows = connection.execute("SELECT term, doc, col, offset FROM occurrences")
        size: Counter[int] = Counter()
        for word, passage, column, place in rows:
            self._words[word][passage].add((column, place))
            size[passage] += 1
        self._count = int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])
        self._length = np.array([size[passage] for passage in range(self._count)])
        self._found: dict[str, dict[int, int]] = {}

    def ranked(
        self, terms: Sequence[str], limit: int, k1: float, b: float, phrases: float
    ) -> dict[int, float]:
        """Passage -> score, best first; a term of several words counts `phrases` times."""
        scores = np.zeros(self._count)
        damping = k1 * (1 - b + b * self._length / self._length.mean())
        for term in terms:
            if occurs := self._occurs(term):
                held = len(occurs)
                idf = max(math.log((self._count - held + 0.5) / (held + 0.5)), 1e-6)
                passages = np.array(list(occurs))
                often = np.array(list(occurs.values()), dtype=float)
                weight = phrases if " " in term else 1.0
                part = often * (k1 + 1) / (often + damping[passages])
                scores[passages] += weight * idf * part
        best = np.argsort(-scores, kind="stable")[:limit]
        return {int(i): float(scores[i]) for i in best if scores[i] > 0}

    def _occurs(self, term: str) -> dict[int, int]:
        """How often each passage holds a word or phrase, 0 left out."""
        if term not in self._found:
            first, *rest = [self._words.get(word, {}) for word in self._tokens(term)] or [{}]
            counts = {}
            for passage, places in first.items():
                if all(passage in positions for positions in rest):
                    count = sum(
                        all(
                            (column, place + step) in positions[passage]
                            for step, positions in enumerate(rest, start=1)
                        )
                        for column, place in places
                    )
                    if count:
                        counts[passage] = count
            self._found[term] = counts
        return self._found[term]

    def _tokens(self, term: str) -> list[str]:
        self._connection.execute("DELETE FROM term")
        self._connection.execute("INSERT INTO term VALUES (?)", (term,))
        rows = self._connection.execute("SELECT term FROM term_words ORDER BY offset")
        return [str(row[0]) for row in rows]
