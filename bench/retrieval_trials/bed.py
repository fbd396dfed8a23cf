"""A collection in memory to try rankings on: both legs' scores as matrices; knows no way to rank.

Passages and questions are numbered as they come. Matrices are `[questions, passages]`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.retrieval import Places, clusters, differences, groups, values
from bench.retrieval_data import Collection
from index.embed import Embedder
from index.lexical import weighed
from index.migrations import migrate
from index.passages import OVERLAP_WORDS, TARGET_WORDS, split_passages
from index.sentences import split_sentences

SHOWN = ("R@1", "R@5", "R@10", "MRR@10")

Matrix = NDArray[np.float32]
Terms = Callable[[str], Mapping[str, float]]
"""A question -> what to look for, and how much it counts."""


class Bed:
    """Passages of `target` words, `overlap` of them shared, and the collection's questions."""

    def __init__(
        self,
        collection: Collection,
        embedder: Embedder,
        target: int = TARGET_WORDS,
        overlap: int = OVERLAP_WORDS,
    ) -> None:
        self._embedder = embedder
        self.questions = collection.questions
        self.titles: list[str] = []
        self.texts: list[str] = []
        spans: dict[str, list[tuple[int, int, int]]] = {}
        for article in collection.articles:
            for span in split_passages(
                article,
                split_sentences(article.text),
                target_words=target,
                max_words=round(1.2 * target),
                overlap_words=overlap,
            ):
                spans.setdefault(article.uri, []).append((len(self.texts), span.start, span.end))
                self.titles.append(article.title)
                self.texts.append(span.of(article.text))
        self.words = np.array([len(text.split()) for text in self.texts])
        self.right = np.zeros((len(self.questions), len(self.texts)), dtype=np.bool_)
        for row, asked in zip(self.right, self.questions, strict=True):
            for number, start, end in spans[asked.uri]:
                row[number] = any(start <= e.start and e.end <= end for e in asked.evidence)
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        migrate(self._connection)
        self._connection.executemany(
            "INSERT INTO passages_fts (rowid, title, body) VALUES (?, ?, ?)",
            ((n, t, b) for n, (t, b) in enumerate(zip(self.titles, self.texts, strict=True))),
        )

    @cached_property
    def cosines(self) -> Matrix:
        """The dense leg, as the index has it."""
        pairs = zip(self.titles, self.texts, strict=True)
        passages = self._embedder.encode([f"{title}\n{text}" for title, text in pairs])
        asked = self._embedder.encode([asked.text for asked in self.questions])
        return np.asarray(asked @ passages.T, dtype=np.float32)

    def bm25(self, terms: Terms, title_weight: float = 1.0) -> Matrix:
        """The lexical leg, as the index has it, for what `terms` makes of each question."""
        every = np.arange(len(self.texts))
        rows = [
            weighed(self._connection, terms(asked.text), title_weight).scores_of(every)
            for asked in self.questions
        ]
        return np.stack(rows)

    def places(self, scores: Matrix) -> Places:
        """Where the first passage with the evidence stands, 0 where none is ranked.

        What is not ranked scores minus infinity; of equals the first comes first.
        """
        best = np.where(self.right, scores, -np.inf)
        first, top = best.argmax(1), best.max(1)
        equal = (scores == top[:, None]) & (np.arange(scores.shape[1]) < first[:, None])
        places = 1 + (scores > top[:, None]).sum(1) + equal.sum(1)
        return np.asarray(np.where(top > -np.inf, places, 0), dtype=np.int64)

    def show(self, name: str, scores: Matrix, base: Places) -> None:
        """A row for every group: figures, and paired differences to `base`."""
        at, texts = self.places(scores), clusters(self.questions)
        for group, chosen in groups(self.questions).items():
            means = (100 * values(at[chosen], measure).mean() for measure in SHOWN)
            less = differences(at[chosen], base[chosen], texts[chosen], SHOWN)
            cells = (f"{mean:6.1f} {diff:>19}" for mean, diff in zip(means, less, strict=True))
            print(f"{name:30} {group:20}" + "".join(cells), flush=True)
