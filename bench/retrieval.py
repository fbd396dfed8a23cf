"""How often retrieval finds the evidence: by meaning, by words, and fused; knows no reader.

python -m bench.retrieval --collection A.jsonl [...] --open Q.jsonl
    [--paragraphs P.jsonl.gz [...]] [--sample 1000] [--distractors P.jsonl.gz [...]]
    [--half even] [--vectors FILE] [--json FILE] [--compare FILE]

Every set is asked of its own collection, then all sets of everything in one, then of everything
and the distractors. A question counts as found at k where one of the first k passages holds the
whole evidence. Intervals are of 95%, from drawing articles with replacement, all questions about
one together; `*` marks a difference whose interval leaves zero out. What was chosen by measuring
was chosen on the questions about every second article, the odd half.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from functools import reduce
from importlib.metadata import version
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.retrieval_data import Asked, Collection, KeptVectors, news, paragraphs
from index import Index
from index.embed import Embedder, load_embedder
from index.search import POOL
from index.types import Hit

LEGS = ("dense", "BM25", "fused")
MEASURES = ("R@1", "R@3", "R@5", "R@10", "MRR@10")
DRAWS = 1000

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
"""For every question the place of the first passage with the evidence, 0 where there is none."""
Names = NDArray[np.str_]


def main() -> None:
    """Prints one table a collection."""
    arguments = parser().parse_args()
    embedder = kept(arguments.vectors)
    sets = read_sets(arguments)
    collections = dict(sets)
    if len(sets) > 1:
        collections["all"] = reduce(add, sets.values())
    if arguments.distractors:
        collections["hard"] = reduce(add, [*sets.values(), more(arguments)])
    print(
        f"{date.today()}, Byline {version('byline')}, Python {sys.version.split()[0]}, "
        f"SQLite {sqlite3.sqlite_version}, {embedder.name}"
    )
    found: dict[str, dict[str, Places]] = {}
    for name, collection in collections.items():
        found[name] = places(collection, embedder, name)
        report(found[name], collection.questions)
    if arguments.json is not None:
        write(arguments.json, found, collections)
    if arguments.compare is not None:
        compare(arguments.compare, found, collections)


def parser() -> argparse.ArgumentParser:
    """The options that say what is measured on."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--collection", nargs="+", type=Path, required=True)
    options.add_argument("--open", type=Path, required=True)
    options.add_argument("--paragraphs", nargs="*", type=Path, default=[])
    options.add_argument("--sample", type=int, default=1000, help="questions of one file at most")
    options.add_argument("--distractors", nargs="*", type=Path, default=[])
    options.add_argument("--half", choices=["odd", "even", "both"], default="both")
    options.add_argument("--vectors", type=Path, help="file that keeps vectors between runs")
    options.add_argument("--json", type=Path, help="write figures and places there")
    options.add_argument("--compare", type=Path, help="what an earlier run wrote with --json")
    return options


def read_sets(arguments: argparse.Namespace, *, joined: bool = False) -> dict[str, Collection]:
    """Set name -> collection, in the order given; `joined`: paragraphs make articles."""
    sets = {"news": news(arguments.collection, arguments.open, arguments.sample)}
    for path in arguments.paragraphs:
        name = path.name.partition(".jsonl")[0]
        sets[name] = paragraphs(path, arguments.sample, joined=joined)
    return {name: collection.half(arguments.half) for name, collection in sets.items()}


def more(arguments: argparse.Namespace) -> Collection:
    """Articles that nothing is asked about."""
    read = [paragraphs(path).articles for path in arguments.distractors]
    return Collection(sum(read, ()), ())


def kept(file: Path | None) -> Embedder:
    """The bundled embedder, with `file` as its memory where one is named."""
    return load_embedder() if file is None else KeptVectors(load_embedder(), file)


def places(collection: Collection, embedder: Embedder, name: str) -> dict[str, Places]:
    """Leg -> places, from the index as it ships."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index(folder, embedder)
        index.add_articles(collection.articles)
        embedder.encode([asked.text for asked in collection.questions])
        uris = {stored.id: stored.uri for stored in index.articles()}
        began = time.perf_counter()
        rows = [
            _places(index.search(asked.text, 2 * POOL), asked, uris)
            for asked in collection.questions
        ]
        each = (time.perf_counter() - began) / len(rows) * 1000
        print(f"\n{name}: {index.status().passages:,} passages, {each:.1f} ms a search")
        index.close()
    return dict(zip(LEGS, np.array(rows, dtype=np.int64).T, strict=True))


def _places(hits: Sequence[Hit], asked: Asked, uris: dict[int, str]) -> tuple[int, int, int]:
    right = [(place, hit) for place, hit in enumerate(hits, start=1) if _holds(hit, asked, uris)]
    return (
        min((hit.dense_rank for _, hit in right if hit.dense_rank is not None), default=0),
        min((hit.lexical_rank for _, hit in right if hit.lexical_rank is not None), default=0),
        min((place for place, _ in right), default=0),
    )


def _holds(hit: Hit, asked: Asked, uris: dict[int, str]) -> bool:
    passage = hit.passage
    return uris[passage.article_id] == asked.uri and any(
        passage.start <= span.start and span.end <= passage.end for span in asked.evidence
    )


def values(at: Places, measure: str) -> Floats:
    """What every question adds to a measure: `values([1, 4, 0], "MRR@10")` is [1, 0.25, 0]."""
    depth = int(measure.partition("@")[2])
    found = (at > 0) & (at <= depth)
    gain = 1.0 / np.maximum(at, 1) if measure.startswith("MRR") else np.ones(len(at))
    return np.where(found, gain, 0.0)


def interval(gains: Floats, texts: Names) -> tuple[float, float]:
    """The 95% interval of the mean: percentile bootstrap over clusters, seeded."""
    _, number = np.unique(texts, return_inverse=True)
    sums, counts = np.bincount(number, weights=gains), np.bincount(number)
    drawn = np.random.default_rng(0).integers(0, len(counts), (DRAWS, len(counts)))
    low, high = np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), [2.5, 97.5])
    return float(low), float(high)


def groups(questions: Sequence[Asked]) -> dict[str, NDArray[np.bool_]]:
    """Group -> which questions belong to it."""
    names = np.array([asked.group for asked in questions])
    return {name: names == name for name in dict.fromkeys(names.tolist())}


def clusters(questions: Sequence[Asked]) -> Names:
    """The article that each question is about: questions of one article are not independent."""
    return np.array([asked.about for asked in questions])


def report(found: dict[str, Places], questions: Sequence[Asked]) -> None:
    """A row for every group and leg, then what fusing adds to the better leg."""
    print(f"{'':38}" + "".join(f"{measure:>22}" for measure in MEASURES))
    uris = clusters(questions)
    for group, chosen in groups(questions).items():
        for leg in LEGS:
            cells = [_cell(values(found[leg][chosen], m), uris[chosen]) for m in MEASURES]
            print(f"{group:28} {leg:9}" + "".join(f"{cell:>22}" for cell in cells))
        for leg in LEGS[:-1]:
            cells = differences(found["fused"][chosen], found[leg][chosen], uris[chosen])
            print(f"{'':18}fused less {leg:9}" + "".join(f"{cell:>22}" for cell in cells))


def differences(
    new: Places, old: Places, texts: Names, measures: Sequence[str] = MEASURES
) -> list[str]:
    """Paired differences in points, a cell for every measure: `+1.2 (+0.1 +2.4)*`."""
    cells = []
    for measure in measures:
        gains = values(new, measure) - values(old, measure)
        low, high = interval(gains, texts)
        mark = "*" if low > 0 or high < 0 else " "
        cells.append(f"{100 * gains.mean():+.1f} ({100 * low:+.1f} {100 * high:+.1f}){mark}")
    return cells


def _cell(gains: Floats, texts: Names) -> str:
    low, high = interval(gains, texts)
    return f"{100 * gains.mean():.1f} ({100 * low:.1f}-{100 * high:.1f}) "


def write(
    file: Path, found: dict[str, dict[str, Places]], collections: dict[str, Collection]
) -> None:
    """Figures for programs, and the places that `--compare` needs."""
    said: dict[str, Any] = {"date": str(date.today()), "version": version("byline"), "sets": {}}
    for name, legs in found.items():
        questions = collections[name].questions
        uris = clusters(questions)
        figures = [
            {"group": group, "leg": leg, "measure": measure, "mean": float(gains.mean())}
            | dict(zip(("low", "high"), interval(gains, uris[chosen]), strict=True))
            for group, chosen in groups(questions).items()
            for leg in LEGS
            for measure in MEASURES
            for gains in [values(legs[leg][chosen], measure)]
        ]
        said["sets"][name] = {
            "questions": [asked.text for asked in questions],
            "places": {leg: at.tolist() for leg, at in legs.items()},
            "figures": figures,
        }
    file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def compare(
    file: Path, found: dict[str, dict[str, Places]], collections: dict[str, Collection]
) -> None:
    """Paired differences to an earlier run, over the same questions."""
    before = json.loads(file.read_text(encoding="utf-8"))
    print(f"\nnow less {file.name} ({before['version']}, {before['date']})")
    for name in filter(before["sets"].__contains__, found):
        questions, earlier = collections[name].questions, before["sets"][name]
        if earlier["questions"] != [asked.text for asked in questions]:
            print(f"{name}: other questions")
            continue
        uris = clusters(questions)
        for group, chosen in groups(questions).items():
            for leg in LEGS:
                old = np.array(earlier["places"][leg])[chosen]
                cells = differences(found[name][leg][chosen], old, uris[chosen])
                print(f"{name:18} {group:18} {leg:6}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
