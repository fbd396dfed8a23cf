"""How good answers are: exact match, word F1, the best abstention threshold and its AUROC.

Follows the semantics of the SQuAD 1.1 and 2.0 measures. Knows only texts and scores.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Judged:
    """One question's outcome: the reader's best text, its answerability score, what is accepted.

    `score` is the best span minus the no-answer score, higher is surer, any real number.
    `accepted` is empty where refusing is right.
    """

    text: str
    score: float
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a reader reaches on a set, in percent (AUROC in 0..1); None where undefined.

    `em` and `f1` refuse below the threshold that was given, where the set has questions to
    refuse; `kept_em` and `kept_f1` are their shares of answerable questions, `no_answer` that of
    the others. `has_em` and `has_f1` take the best span of every answerable question, refusing
    none. `best_em` and `best_f1` refuse below the threshold that suits each best.
    """

    questions: int
    answerable: int
    em: float
    f1: float
    kept_em: float | None
    kept_f1: float | None
    no_answer: float | None
    has_em: float | None
    has_f1: float | None
    best_em: float
    best_em_threshold: float
    best_f1: float
    best_f1_threshold: float
    auroc: float | None

    def official(self) -> dict[str, float | int | None]:
        """The keys of the SQuAD 2.0 script; thresholds are in scores, where higher is surer."""
        named: dict[str, float | int | None] = {
            "exact": self.em,
            "f1": self.f1,
            "total": self.questions,
            "HasAns_exact": self.kept_em,
            "HasAns_f1": self.kept_f1,
            "HasAns_total": self.answerable,
            "NoAns_exact": self.no_answer,
            "NoAns_f1": self.no_answer,
            "NoAns_total": self.questions - self.answerable,
            "best_exact": self.best_em,
            "best_exact_thresh": self.best_em_threshold,
            "best_f1": self.best_f1,
            "best_f1_thresh": self.best_f1_threshold,
            "forced_HasAns_exact": self.has_em,
            "forced_HasAns_f1": self.has_f1,
            "auroc": self.auroc,
        }
        # JSON has no infinity: None where refusing everything is best.
        return {k: None if v is not None and math.isinf(v) else v for k, v in named.items()}


def normalize(text: str) -> str:
    """Lower case, no ASCII punctuation, no articles, single blanks: `"The U.S. "` -> `"us"`."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact(text: str, accepted: Sequence[str]) -> float:
    """1.0 where `text` equals an accepted answer after normalising, else 0.0.

    With nothing accepted, the empty text is the right one.
    """
    return float(any(normalize(text) == normalize(answer) for answer in accepted or ("",)))


def f1(text: str, accepted: Sequence[str]) -> float:
    """Best word overlap with an accepted answer, 0..1: `f1("red cat", ["the cat"]) == 2 / 3`."""
    return max(_overlap(text, answer) for answer in accepted or ("",))


def _overlap(text: str, answer: str) -> float:
    said, wanted = normalize(text).split(), normalize(answer).split()
    if not said or not wanted:
        return float(said == wanted)
    common = sum((Counter(said) & Counter(wanted)).values())
    return 2 * common / (len(said) + len(wanted))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a random positive scores above a random negative, ties counting half."""
    if not positive or not negative:
        return None
    order = sorted([(score, True) for score in positive] + [(score, False) for score in negative])
    below, place, won = 0, 0, 0.0
    while place < len(order):
        end = place
        while end < len(order) and order[end][0] == order[place][0]:
            end += 1
        ups = sum(is_positive for _, is_positive in order[place:end])
        downs = end - place - ups
        won += ups * (below + downs / 2)
        below, place = below + downs, end
    return won / (len(positive) * len(negative))


def best_threshold(
    scores: Sequence[float], gains: Sequence[float], refused: Sequence[float]
) -> tuple[float, float]:
    """The highest mean of gains when every question scoring at least the threshold is answered.

    `gains[i]` is earned by answering, `refused[i]` by refusing. Returns `(mean, threshold)`;
    the threshold is infinite where refusing everything is best.
    """
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    total = best = sum(refused)
    threshold = float("inf")
    for rank, i in enumerate(order):
        total += gains[i] - refused[i]
        last_of_ties = rank + 1 == len(order) or scores[order[rank + 1]] != scores[i]
        if last_of_ties and total > best:
            best, threshold = total, scores[i]
    return best / len(scores), threshold


def figures(judged: Sequence[Judged], threshold: float = 0.0) -> Figures:
    """All measures of a set of at least one judged question; see `Figures` for the threshold."""
    if not judged:
        raise ValueError("figures need at least one judged question, got 0")
    every = range(len(judged))
    ems = [exact(item.text, item.accepted) for item in judged]
    f1s = [f1(item.text, item.accepted) for item in judged]
    refused = [float(not item.accepted) for item in judged]
    scores = [item.score for item in judged]
    has = [i for i in every if judged[i].accepted]
    no = [i for i in every if not judged[i].accepted]
    kept = [not no or score >= threshold for score in scores]
    em = [ems[i] if kept[i] else refused[i] for i in every]
    overlap = [f1s[i] if kept[i] else refused[i] for i in every]
    best_em, em_threshold = best_threshold(scores, ems, refused)
    best_f1, f1_threshold = best_threshold(scores, f1s, refused)
    return Figures(
        questions=len(judged),
        answerable=len(has),
        em=100 * fmean(em),
        f1=100 * fmean(overlap),
        kept_em=100 * fmean(em[i] for i in has) if has else None,
        kept_f1=100 * fmean(overlap[i] for i in has) if has else None,
        no_answer=100 * fmean(em[i] for i in no) if no else None,
        has_em=100 * fmean(ems[i] for i in has) if has else None,
        has_f1=100 * fmean(f1s[i] for i in has) if has else None,
        best_em=100 * best_em,
        best_em_threshold=em_threshold,
        best_f1=100 * best_f1,
        best_f1_threshold=f1_threshold,
        auroc=auroc([scores[i] for i in has], [scores[i] for i in no]),
    )
