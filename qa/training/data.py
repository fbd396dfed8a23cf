"""The files of a training run and their shares, mixed into epochs of examples.

An epoch is a pure function of files, settings, seed and epoch number. The last articles of every
article file may be held out. Knows nothing of tokens.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.readerdata import QuestionedArticle, read_questions
from qa.training.article_examples import ArticleExamples
from qa.training.examples import PairSettings
from qa.training.groups import Group, GroupSettings, grouped
from qa.training.negatives import Negatives
from qa.training.row_examples import RowExamples


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the mix: `share` 0.3 takes three tenths of it an epoch, 2 takes all of it twice.

    `twins` False makes no impossible twins, for sets whose spans are too loose for it.
    """

    path: Path
    share: float = 1.0
    twins: bool = True

    @classmethod
    def parse(cls, text: str) -> Part:
        """`FILE`, `FILE:SHARE` or `FILE:SHARE:plain` (no impossible twins)."""
        fields = text.rsplit(":", 2) if text.endswith(":plain") else text.rsplit(":", 1)
        try:
            share = float(fields[1]) if len(fields) > 1 else 1.0
        except ValueError:
            raise ValueError(f"{text}: expected FILE, FILE:SHARE or FILE:SHARE:plain") from None
        return cls(Path(fields[0]), share, not text.endswith(":plain"))


class Mixture:
    """The files of a training run, read once; `epoch` makes its groups of examples."""

    def __init__(
        self,
        parts: Sequence[Part],
        settings: PairSettings | None = None,
        groups: GroupSettings | None = None,
        negatives: Negatives | None = None,
    ) -> None:
        self._settings = settings if settings is not None else PairSettings()
        self._groups = groups if groups is not None else GroupSettings()
        self._negatives = negatives if negatives is not None else Negatives(())
        held: list[QuestionedArticle] = []
        self.skipped: Counter[str] = Counter()
        self._texts: set[str] = set()
        self._misfits = 0
        self._sources: list[tuple[Part, ArticleExamples | RowExamples]] = []
        for part in parts:
            file = read_questions(part.path)
            self._misfits += file.skipped
            kept = max(0, len(file.articles) - self._groups.held_out)
            articles, rest = file.articles[:kept], file.articles[kept:]
            held += rest
            self._texts |= {article.body for article in articles}
            self._texts |= {row.context for row in file.rows}
            if articles:
                self._sources.append((part, ArticleExamples(articles, self._settings)))
            if file.rows:
                self._sources.append((part, RowExamples(file.rows, self._settings)))
        self.held = tuple(held)

    def texts(self) -> frozenset[str]:
        """Every article and context that examples are made from."""
        return frozenset(self._texts)

    def epoch(self, seed: int, epoch: int) -> list[Group]:
        """All groups of an epoch, shuffled; `skipped` then counts what could not be used."""
        self.skipped = Counter({"span does not fit its text": self._misfits})
        groups: list[Group] = []
        hidden = frozenset(article.id for article in self.held)
        for number, (part, source) in enumerate(self._sources):
            for view, share in enumerate(_views(part.share)):
                rng = random.Random(f"{seed}/{epoch}/{number}/{view}")
                examples = list(source.examples(share, part.twins, rng, self.skipped))
                groups += grouped(examples, self._groups, self._negatives, hidden, rng)
        random.Random(f"{seed}/{epoch}").shuffle(groups)
        return groups


def _views(share: float) -> list[float]:
    """`2.3` -> `[1.0, 1.0, 0.3]`: whole passes over a file and the share of the last one."""
    whole = int(share)
    rest = share - whole
    return [1.0] * whole + ([rest] if rest > 1e-9 else [])
