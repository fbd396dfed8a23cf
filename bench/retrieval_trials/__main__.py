"""What was tried on retrieval, against what ships; knows no index and no reader.

python -m bench.retrieval_trials {fusion,terms,titles,bm25,dense,lengths} [--half odd]
    --collection A.jsonl [...] --open Q.jsonl --paragraphs P.jsonl.gz [...] [--vectors FILE]

Everything is put into one collection (`lengths`: contexts of one title make one article). Rows are
differences to the first row. Choose on the odd half, confirm on the even one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import pairwise, product
from operator import add

import numpy as np

from bench.retrieval import Floats, clusters, groups, interval, kept, parser, read_sets
from bench.retrieval_data import Collection, news, paragraphs
from bench.retrieval_trials.bed import DEPTH, Bed, Rankings, dense
from bench.retrieval_trials.bm25 import FreeBm25
from bench.retrieval_trials.fusion import (
    LEAST_BEST,
    WEIGHT,
    Legs,
    Scale,
    as_it_is,
    by_rank,
    min_max,
    mixed,
    scored,
    share_of_best,
    standard,
    thirtieth,
)
from bench.retrieval_trials.variants import VARIANTS, expressions
from index.embed import Vectors
from index.query import lexical_query, lexical_terms

LENGTHS = ((150, 45), (150, 0), (150, 75), (100, 30), (100, 0), (60, 15), (80, 24), (200, 60))
BUDGETS = (450, 900, 1500)


def fusion(bed: Bed) -> None:
    """Ways to join the two legs."""
    legs = Legs.of(bed)
    base = bed.places(mixed(legs))
    bed.show(f"cosine {WEIGHT}, share of best BM25", mixed(legs), base)
    for weight in (0.3, 0.4, 0.5, 0.7, 0.8):
        bed.show(f"cosine {weight}, share of best", mixed(legs, weight), base)
    for least in (0.0, 15.0, 20.0, 30.0):
        share = scored(legs, WEIGHT, DEPTH, as_it_is, share_of_best(max(least, 1e-9)))
        bed.show(f"best BM25 at least {least:.0f}", share, base)
    lowest = scored(legs, WEIGHT, DEPTH, as_it_is, share_of_best(LEAST_BEST), exact=False)
    bed.show("cosine guessed if not near", lowest, base)
    for depth in (10, 20, 100, 200):
        bed.show(f"{depth} of each leg", mixed(legs, depth=depth), base)
    for constant in (1, 3, 5, 10, 20, 40, 60):
        bed.show(f"rank, constant {constant}", by_rank(legs, constant), base)
    for constant, weight in product((3, 10), (0.3, 0.5, 0.7)):
        bed.show(f"rank {constant}, dense {weight}", by_rank(legs, constant, weight), base)
    scales: dict[str, tuple[Scale, Scale]] = {
        "min-max": (min_max, min_max),
        "share of best, both": (share_of_best(), share_of_best()),
        "z-scores (as DBSF)": (standard, standard),
        "BM25 / 30": (as_it_is, thirtieth),
    }
    for (name, scale), weight in product(scales.items(), (0.3, 0.4, 0.5, 0.6)):
        bed.show(f"{name}, dense {weight}", scored(legs, weight, DEPTH, *scale), base)


def terms(bed: Bed) -> None:
    """What is looked for by word; every variant alone and fused."""
    legs = Legs.of(bed)
    alone, both = bed.places(legs.lexical), bed.places(mixed(legs))
    for name, make in {"as it ships": lexical_terms, **VARIANTS}.items():
        found = bed.lexical(expressions(make))
        bed.show(f"{name}, BM25", found, alone)
        bed.show(f"{name}, fused", mixed(Legs(found, legs.dense, legs.cosines)), both)


def titles(bed: Bed) -> None:
    """How much a word in the title counts."""
    legs = Legs.of(bed)
    alone, both = bed.places(legs.lexical), bed.places(mixed(legs))
    for weight in (1.0, 0.0, 0.25, 0.5, 2.0, 3.0, 5.0):
        found = bed.lexical(lexical_query, weight)
        bed.show(f"title {weight}, BM25", found, alone)
        bed.show(f"title {weight}, fused", mixed(Legs(found, legs.dense, legs.cosines)), both)


def bm25(bed: Bed) -> None:
    """BM25's constants, which FTS5 fixes at 1.2 and 0.75, and a weight for phrases."""
    legs = Legs.of(bed)
    alone, both = bed.places(legs.lexical), bed.places(mixed(legs))
    own = FreeBm25(bed.fts)
    for k1, b, phrases in (
        *((k1, 0.75, 1.0) for k1 in (1.2, 0.6, 0.9, 1.5, 2.0)),
        *((1.2, b, 1.0) for b in (0.0, 0.3, 0.5, 1.0)),
        *((1.2, 0.75, phrases) for phrases in (0.0, 0.25, 0.5, 1.5)),
    ):
        found = [
            own.ranked(lexical_terms(asked.text), DEPTH, k1, b, phrases) for asked in bed.questions
        ]
        name = f"k1 {k1}, b {b}, phrases {phrases}"
        bed.show(f"{name}, BM25", found, alone)
        bed.show(f"{name}, fused", mixed(Legs(found, legs.dense, legs.cosines)), both)


def vectors(bed: Bed) -> None:
    """What is embedded: titles, the question's content words only, sentences."""
    legs = Legs.of(bed)
    alone, both = bed.places(legs.dense), bed.places(mixed(legs))
    asked, plain = bed.asked(), legs.cosines
    words = bed.asked(lambda question: " ".join(t for t in lexical_terms(question) if " " not in t))
    sentences = _best_sentence(bed, asked)
    for name, cosines in {
        "as it ships": plain,
        "without titles": asked @ bed.embedded(titled=False).T,
        "question's content words": words @ bed.embedded().T,
        "best sentence": sentences,
        "best sentence or passage": np.maximum(sentences, plain),
        "sentence and passage, mean": (sentences + plain) / 2,
    }.items():
        found = Legs(legs.lexical, dense(cosines), cosines)
        bed.show(f"{name}, dense", found.dense, alone)
        for weight in (0.6, 0.7):
            bed.show(f"{name}, fused {weight}", mixed(found, weight), both)


def _best_sentence(bed: Bed, asked: Vectors) -> Vectors:
    """The cosine of the best sentence `[questions, passages]`."""
    flat = bed.embedder.encode([s for some in bed.sentences for s in some])
    ends = np.cumsum([len(some) for some in bed.sentences])
    best = np.zeros((len(asked), len(bed.texts)), dtype=np.float32)
    for number, (start, end) in enumerate(pairwise([0, *ends.tolist()])):
        if end > start:
            best[:, number] = (asked @ flat[start:end].T).max(axis=1)
    return best


def lengths(beds: Callable[[int, int], Bed]) -> None:
    """How long passages are and how much they share, at equal numbers of words read."""
    first: dict[int, Floats] = {}
    for target, overlap in LENGTHS:
        bed = beds(target, overlap)
        rankings = mixed(Legs.of(bed))
        for group, chosen in groups(bed.questions).items():
            cells = ""
            for budget in BUDGETS:
                found = _within(bed, rankings, budget)
                gains = (found - first.setdefault(budget, found))[chosen]
                low, high = interval(gains, clusters(bed.questions)[chosen])
                cells += f"{100 * found[chosen].mean():7.1f} ({100 * low:+.1f} {100 * high:+.1f})"
            head = f"{target} words, {overlap} shared"
            print(f"{head:24} {bed.words.mean():6.1f} {group:20} {cells}", flush=True)


def _within(bed: Bed, rankings: Rankings, budget: int) -> Floats:
    """1 where the evidence is in the best passages of so many words together."""
    found = np.zeros(len(rankings))
    for number, (ranking, right) in enumerate(zip(rankings, bed.right, strict=True)):
        passages = list(ranking)
        read = np.cumsum(bed.words[passages]) <= budget
        found[number] = bool(right & {p for p, taken in zip(passages, read, strict=True) if taken})
    return found


def main() -> None:
    """Prints one trial's rows."""
    options = parser()
    trials = {f.__name__: f for f in (fusion, terms, titles, bm25)} | {"dense": vectors}
    options.add_argument("trial", choices=[*trials, "lengths"])
    options.add_argument("--half", choices=["odd", "even", "both"], default="odd")
    arguments = options.parse_args()
    embedder = kept(arguments.vectors)
    if arguments.trial == "lengths":
        start = news(arguments.collection, arguments.open)
        collection: Collection = reduce(
            add, (paragraphs(path, joined=True) for path in arguments.paragraphs), start
        )
        lengths(lambda target, overlap: Bed(collection, embedder, arguments.half, target, overlap))
    else:
        everything = reduce(add, read_sets(arguments).values())
        trials[arguments.trial](Bed(everything, embedder, arguments.half))


if __name__ == "__main__":
    main()
