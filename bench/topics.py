"""Fits how surely articles are about a topic, on topics of articles that are in an index or not.

Every other article of a collection is indexed. A topic is a name out of an article, as it stands
or in lower case, or some neighbouring words of its title: right where its article is indexed.
Figures are cross-validated over articles. Topics of articles that are left out and that others
happen to be about count as wrong, so the figures are on the low side.

python -m bench.topics --collection A.jsonl [--write]
"""

from __future__ import annotations

import argparse
import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.pipeline import articles
from index import Article, Index
from qa.asking import asking
from qa.calibrate import logistic_fit
from qa.cite import Articles
from qa.dialogue.mentions import names
from qa.forms import topic
from qa.forms.covering import COVERING, Covering, figures
from qa.metrics import auroc
from qa.question.wording import STOP_WORDS

RIDGE = 5.0
FOLDS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """A topic, whether the index has its article, and the two figures."""

    kind: str
    indexed: bool
    fold: int
    similarity: float
    covered: float


def topics(article: Article) -> Iterator[tuple[str, str]]:
    """(kind, topic) of one article, the same at every run."""
    counted = Counter(name for name in names(article.text) if 2 <= len(name.split()) <= 3)
    frequent = [name for name, _ in counted.most_common(2)]
    yield from (("name", name) for name in frequent[:1])
    yield from (("name in lower case", name.lower()) for name in frequent[1:])
    words = re.findall(r"[^\W\d_][\w'’-]*", article.title)
    content = [word.lower() for word in words if word.lower() not in STOP_WORDS]
    if len(content) >= 3:
        at = zlib.crc32(article.uri.encode()) % (len(content) - 1)
        yield "two words", " ".join(content[at : at + 2])
        yield "three words", " ".join(content[:3])


def cases(index: Index, collection: list[Article]) -> Iterator[Case]:
    for number, article in enumerate(collection):
        for kind, words in topics(article):
            asked = asking(f"Tell me about {words}")
            similarity, covered = figures(
                asked, index.search(asked.about, topic.PASSAGES), Articles(index)
            )
            yield Case(kind, number % 2 == 0, number // 2 % FOLDS, similarity, covered)


def main() -> None:
    """Prints the figures; with --write also stores the fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    collection = articles(arguments.collection)
    with tempfile.TemporaryDirectory() as folder:
        index = Index(folder)
        index.add_articles(collection[::2])
        found = list(cases(index, collection))
    rows = np.array([[case.similarity, case.covered] for case in found])
    labels = np.array([int(case.indexed) for case in found])
    fold = np.array([case.fold for case in found])
    surely = np.zeros(len(found))
    for number in range(FOLDS):
        train, test = fold != number, fold == number
        weights, bias = logistic_fit(rows[train].tolist(), labels[train].tolist(), ridge=RIDGE)
        surely[test] = 1.0 / (1.0 + np.exp(-(rows[test] @ np.array(weights) + bias)))
    for kind in dict.fromkeys(case.kind for case in found):
        of = np.array([case.kind == kind for case in found])
        there, absent = surely[of & (labels == 1)], surely[of & (labels == 0)]
        print(
            f"{kind}: {of.sum()} topics, AUROC {auroc(there.tolist(), absent.tolist()):.3f}, "
            f"{(there >= 0.5).mean():.0%} of the indexed answered, "
            f"{(absent < 0.5).mean():.0%} of the others refused"
        )
    if arguments.write:
        weights, bias = logistic_fit(rows.tolist(), labels.tolist(), ridge=RIDGE)
        Covering(weights[0], weights[1], bias).save()
        print(f"written: {COVERING.name}")


if __name__ == "__main__":
    main()
