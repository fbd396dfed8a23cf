"""How good answers are: exact match, word F1, the best abstention threshold and its AUROC.

Follows the semantics of the SQuAD 1.1 and 2.0 measures. Knows only texts and scores.
"""

from __future__ import annotations

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

    `has_em` and `has_f1` take the best span of every answerable question, refusing none.
    `em`, `f1` and `no_answer` refuse below a score of 0. `best_em` and `best_f1` refuse below the
    threshold that suits each best; `threshold` is the one of `best_f1`.
    """

    questions: int
    answerable: int
    em: float
    f1: float
    has_em: float | None
    has_f1: float | None
    no_answer: float | None
    best_em: float
    best_f1: float
    threshold: float
    auroc: float | None


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


def figures(judged: Sequence[Judged]) -> Figures:
    """All measures of a set of at least one judged question."""
    if not judged:
        raise ValueError("figures need at least one judged question, got 0")
    ems = [exact(item.text, item.accepted) for item in judged]
    f1s = [f1(item.text, item.accepted) for item in judged]
    refused = [float(not item.accepted) for item in judged]
    scores = [item.score for item in judged]
    has = [i for i, item in enumerate(judged) if item.accepted]
    no = [i for i, item in enumerate(judged) if not item.accepted]
    best_em, _ = best_threshold(scores, ems, refused)
    best_f1, threshold = best_threshold(scores, f1s, refused)
    return Figures(
        questions=len(judged),
        answerable=len(has),
        em=100 * fmean(ems[i] if scores[i] >= 0 else refused[i] for i in range(len(judged))),
        f1=100 * fmean(f1s[i] if scores[i] >= 0 else refused[i] for i in range(len(judged))),
        has_em=100 * fmean(ems[i] for i in has) if has else None,
        has_f1=100 * fmean(f1s[i] for i in has) if has else None,
        no_answer=100 * fmean(scores[i] < 0 for i in no) if no else None,
        best_em=100 * best_em,
        best_f1=100 * best_f1,
        threshold=threshold,
        auroc=auroc([scores[i] for i in has], [scores[i] for i in no]),
    )
