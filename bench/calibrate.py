"""Fits the confidence of answers and reports it by cross-validation over articles.

Questions are asked of a whole collection, and of single articles each in an index of its own, so
that one confidence serves large collections and small ones.

python -m bench.calibrate --collection A.jsonl [...] --open Q.jsonl --single A.jsonl [--write]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pipeline import Outcome, article_questions, articles, open_questions, outcomes
from index import Index
from qa.calibrate import CALIBRATION, Calibration, logistic_fit
from qa.metrics import auroc
from qa.reader import BUNDLED, load_reader

RIDGE = 5.0
FOLDS = 10
# Keeps seven tenths of the answerable questions of a collection and refuses nearly nine tenths of
# the others; higher refuses too much that the articles answer.
THRESHOLD = 0.4

Floats = NDArray[np.float64]


def main() -> None:
    """Prints the figures; with --write also stores the fit beside the reader's weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", nargs="+", type=Path, required=True)
    parser.add_argument("--open", type=Path, required=True)
    parser.add_argument("--single", type=Path, required=True)
    parser.add_argument("--reader", default=BUNDLED)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    reader = load_reader(arguments.reader)
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder) / "collection")
        index.add_articles(a for path in arguments.collection for a in articles(path))
        found = outcomes(index, reader, open_questions(arguments.open))
        asked = article_questions(arguments.single)
        for article in articles(arguments.single):
            single = Index(Path(folder) / article.uri, index.embedder)
            single.add_articles([article])
            found += outcomes(single, reader, asked[article.uri])
    report(found)
    if arguments.write:
        weights, bias = logistic_fit(
            [o.features for o in found], [int(right(o)) for o in found], ridge=RIDGE
        )
        Calibration(weights, bias, THRESHOLD).save()
        print(f"written: {CALIBRATION.name}")


def right(outcome: Outcome) -> bool:
    """Whether a forced answer counts as right: a word F1 over one half."""
    return outcome.f1 > 0.5


def report(found: list[Outcome]) -> None:
    """Forced answers first, then what the cross-validated confidence makes of them."""
    confidence = cross_validated(found)
    answerable = [bool(o.question.accepted) for o in found]
    for kind in dict.fromkeys(o.question.kind for o in found if o.question.accepted):
        some = [o for o in found if o.question.kind == kind]
        print(
            f"{kind}: {len(some)} questions, EM {_percent([o.exact for o in some])}, "
            f"F1 {_percent([o.f1 for o in some])}, "
            f"right sentence {_percent([o.right_sentence for o in some])}, "
            f"evidence retrieved {_percent([o.retrieved for o in some])}"
        )
    single = np.array([o.question.kind.startswith("article") for o in found])
    for name, chosen in (("whole collection", ~single), ("single articles", single)):
        p = confidence[chosen]
        good = np.array([right(o) for o in found])[chosen]
        fact = np.array(answerable)[chosen]
        print(f"\n{name}:")
        print(
            f"AUROC right against wrong {auroc(p[good].tolist(), p[~good].tolist()):.3f}, ", end=""
        )
        print(f"answerable against none {auroc(p[fact].tolist(), p[~fact].tolist()):.3f}, ", end="")
        print(f"expected calibration error {calibration_error(p, good):.3f}")
        order = np.argsort(-p)
        for share in (0.3, 0.5, 0.6, 0.7):
            surest = order[: int(len(p) * share)]
            print(f"the surest {share:.0%}: {_percent(good[surest])} right")
        for threshold in (0.3, 0.4, 0.5, 0.6):
            told = p >= threshold
            print(
                f"threshold {threshold}: {_percent(told[fact])} of answerable answered, "
                f"{_percent(good[told])} of answers right, {_percent(~told[~fact])} of none refused"
            )


def cross_validated(found: list[Outcome]) -> Floats:
    """Each question's confidence from a fit on the other articles' questions."""
    names = sorted({o.question.article for o in found})
    fold = np.array([names.index(o.question.article) % FOLDS for o in found])
    rows = np.array([o.features for o in found])
    labels = np.array([int(right(o)) for o in found])
    p = np.zeros(len(found))
    for number in range(FOLDS):
        train, test = fold != number, fold == number
        weights, bias = logistic_fit(rows[train].tolist(), labels[train].tolist(), ridge=RIDGE)
        p[test] = 1.0 / (1.0 + np.exp(-(rows[test] @ np.array(weights) + bias)))
    return p


def calibration_error(p: Floats, good: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over equally wide bins of confidence."""
    bucket = np.minimum((p * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(p[bucket == b].mean() - good[bucket == b].mean()) * (bucket == b).mean()
            for b in set(bucket.tolist())
        )
    )


def _percent(values: object) -> str:
    return f"{100 * float(np.mean(np.asarray(values))):.1f}%"


if __name__ == "__main__":
    main()
