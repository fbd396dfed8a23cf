"""How much retrieval's opinion should weigh when spans of many passages compete.

python -m bench.compose --collection A.jsonl [...] --open Q.jsonl
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from bench.pipeline import Question, articles, open_questions
from index import Index
from qa import compose
from qa.assistant import PASSAGES
from qa.compose import Evidence, gather, rank
from qa.metrics import auroc, f1
from qa.reader import BUNDLED, load_reader

GRID = [(f, s) for f in (0.0, 2.5, 5.0, 7.5, 10.0, 20.0) for s in (0.0, 5.0, 10.0, 15.0)]


def main() -> None:
    """Prints word F1 of forced answers and AUROC against `none`, by weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", nargs="+", type=Path, required=True)
    parser.add_argument("--open", type=Path, required=True)
    parser.add_argument("--reader", default=BUNDLED)
    arguments = parser.parse_args()
    reader = load_reader(arguments.reader)
    with tempfile.TemporaryDirectory() as folder:
        index = Index(folder)
        index.add_articles(a for path in arguments.collection for a in articles(path))
        found: list[tuple[Question, list[Evidence]]] = []
        for question in open_questions(arguments.open):
            hits = index.search(question.text, PASSAGES)
            spans = reader.read(question.text, [hit.passage.text for hit in hits])
            found.append((question, gather(hits, spans)))
    print("fusion  similarity     F1  AUROC")
    for fusion, similarity in GRID:
        compose.FUSION_WEIGHT, compose.SIMILARITY_WEIGHT = fusion, similarity
        score, area = _figures(found)
        print(f"{fusion:6.1f}  {similarity:10.0f}  {100 * score:5.1f}  {area:.3f}")


def _figures(found: list[tuple[Question, list[Evidence]]]) -> tuple[float, float]:
    right, sure, unsure = [], [], []
    for question, evidence in found:
        best = rank(evidence)[0]
        if question.accepted:
            right.append(f1(best.text, question.accepted))
            sure.append(best.score)
        else:
            unsure.append(best.score)
    area = auroc(sure, unsure)
    return float(np.mean(right)), area if area is not None else float("nan")


if __name__ == "__main__":
    main()
