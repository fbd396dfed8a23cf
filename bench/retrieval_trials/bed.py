"""A collection in memory to try rankings on: FTS5, vectors, evidence; knows no way to rank.

Passages and questions are numbered as they come. A ranking is number -> score, best first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.retrieval import Names, Places, clusters, differences, groups, values
from bench.retrieval_data import Asked, Collection
from index.embed import Embedder, Vectors
from index.passages import OVERLAP_WORDS, TARGET_WORDS, split_passages
from index.sentences import split_sentences

DEPTH = 50
SHOWN = ("R@1", "R@10", "MRR@10")

Ranking = dict[int, float]
Rankings = list[Ranking]


class Bed:
    """Passages of `target` words, `overlap` of them shared, and questions of one half."""

    def __init__(
        self,
        collection: Collection,
        embedder: Embedder,
        half: str,
        target: int = TARGET_WORDS,
        overlap: int = OVERLAP_WORDS,
    ) -> None:
        self.embedder = embedder
        self.questions = halved(collection.questions, half)
        self.titles: list[str] = []
        self.texts: list[str] = []
        self.sentences: list[list[str]] = []
        places: dict[str, list[tuple[int, int, int]]] = {}
        for article in collection.articles:
            cut = split_sentences(article.text)
            limit = round(1.2 * target)
            for span in split_passages(
                article, cut, target_words=target, max_words=limit, overlap_words=overlap
            ):
                places.setdefault(article.uri, []).append((len(self.texts), span.start, span.end))
                self.titles.append(article.title)
                self.texts.append(span.of(article.text))
                inside = (s for s in cut if span.start <= s.start and s.end <= span.end)
                self.sentences.append([s.of(article.text) for s in inside])
        self.words = np.array([len(text.split()) for text in self.texts])
        self.right = [_right(asked, places[asked.uri]) for asked in self.questions]
        self.fts = sqlite3.connect(":memory:")
        self.fts.execute(
            "CREATE VIRTUAL TABLE passages USING fts5 (title, body,"
            " tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        rows = ((i, t, b) for i, (t, b) in enumerate(zip(self.titles, self.texts, strict=True)))
        self.fts.executemany("INSERT INTO passages (rowid, title, body) VALUES (?, ?, ?)", rows)

    def embedded(self, titled: bool = True) -> Vectors:
        """The passages' vectors, as the index makes them or without the title."""
        pairs = zip(self.titles, self.texts, strict=True)
        return self.embedder.encode([f"{t}\n{b}" if titled else b for t, b in pairs])

    def asked(self, change: Callable[[str], str] = str) -> Vectors:
        """The questions' vectors."""
        return self.embedder.encode([change(asked.text) for asked in self.questions])

    def lexical(
        self, query: Callable[[str], str], title_weight: float = 1.0, depth: int = DEPTH
    ) -> Rankings:
        """FTS5's best passages for what `query` makes of each question."""
        found = []
        for asked in self.questions:
            expression = query(asked.text)
            rows = self.fts.execute(
                "SELECT rowid, -bm25(passages, ?, 1.0) AS score FROM passages"
                " WHERE passages MATCH ? ORDER BY score DESC, rowid LIMIT ?",
                (title_weight, expression, depth),
            )
            found.append(dict(rows.fetchall()) if expression else {})
        return found

    def places(self, rankings: Iterable[Iterable[int]]) -> Places:
        """Where the first passage with the evidence stands in each ranking."""
        return np.array(
            [
                next((at for at, i in enumerate(ranking, start=1) if i in right), 0)
                for ranking, right in zip(rankings, self.right, strict=True)
            ]
        )

    def show(self, name: str, rankings: Iterable[Iterable[int]], base: Places) -> None:
        """A row for every group: figures, and paired differences to `base`."""
        at, texts = self.places(rankings), clusters(self.questions)
        for group, chosen in groups(self.questions).items():
            means = (100 * values(at[chosen], measure).mean() for measure in SHOWN)
            less = differences(at[chosen], base[chosen], texts[chosen], SHOWN)
            cells = (f"{mean:6.1f} {diff:>21}" for mean, diff in zip(means, less, strict=True))
            print(f"{name:34} {group:20}" + "".join(cells), flush=True)


def dense(cosines: Vectors, depth: int = DEPTH) -> Rankings:
    """The nearest passages of every question, for cosines `[questions, passages]`."""
    best = np.argsort(-cosines, axis=1, kind="stable")[:, :depth]
    return [
        dict(zip(some.tolist(), row[some].tolist(), strict=True))
        for row, some in zip(cosines, best, strict=True)
    ]


def halved(questions: Sequence[Asked], half: str) -> list[Asked]:
    """The questions about every second text, `"odd"` or `"even"`; all for `"both"`."""
    names: Names = clusters(questions)
    number: dict[str, int] = {name: i for i, name in enumerate(dict.fromkeys(names.tolist()))}
    wanted: NDArray[np.bool_] = np.array(
        [half == "both" or number[name] % 2 == (half == "odd") for name in names.tolist()]
    )
    return [asked for asked, taken in zip(questions, wanted.tolist(), strict=True) if taken]


def _right(asked: Asked, passages: Iterable[tuple[int, int, int]]) -> frozenset[int]:
    return frozenset(
        number
        for number, start, end in passages
        if any(start <= span.start and span.end <= end for span in asked.evidence)
    )
