"""What was tried on retrieval, against what ships; knows no index and no reader.

python -m bench.retrieval_trials {fusion,terms,spellings,lengths} [--half odd]
    --collection A.jsonl [...] --open Q.jsonl --paragraphs P.jsonl.gz [...]
    [--distractors P.jsonl.gz [...]] [--vectors FILE]

Everything is put into one collection (`lengths`: contexts of one title make one article). Rows are
differences to the first row. Choose on the odd half, confirm on the even one.
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from operator import add

import numpy as np

from bench.retrieval import Floats, clusters, groups, interval, kept, more, parser, read_sets
from bench.retrieval_trials.bed import Bed, Matrix, Terms
from bench.retrieval_trials.fusion import (
    by_rank,
    found_only,
    min_max,
    one_leg,
    summed,
    weighted,
)
from bench.retrieval_trials.spellings import spelled
from bench.retrieval_trials.variants import VARIANTS, one_spelling
from index.passages import OVERLAP_WORDS, TARGET_WORDS
from index.query import lexical_terms
from index.search import COSINE_WEIGHT, TITLE_WEIGHT

LENGTHS = tuple(product((90, 120, 150, 180, 220), (0, 25, 45)))
DEPTHS = (1, 5, 10)
BUDGET = 1500


def fusion(bed: Bed) -> None:
    """Ways to join the two legs."""
    legs = bed.cosines, bed.bm25(lexical_terms)
    base = bed.places(weighted(*legs))
    bed.show("as it ships", weighted(*legs), base)
    bed.show("dense alone", one_leg(legs[0]), base)
    bed.show("BM25 alone", one_leg(legs[1]), base)
    for constant in (3, 10, 60):
        bed.show(f"by rank, constant {constant}", by_rank(*legs, constant), base)
    for weight in (0.4, 0.5, 0.6, 0.7, 0.8):
        bed.show(f"cosine {weight}", weighted(*legs, weight), base)
    for weight in (0.4, 0.5, 0.6):
        bed.show(f"min-max, cosine {weight}", min_max(*legs, weight), base)
    for least in (10.0, 20.0):
        bed.show(f"best BM25 at least {least:.0f}", weighted(*legs, COSINE_WEIGHT, least), base)
    for scale in (20, 30, 40):
        bed.show(f"cosine + BM25 / {scale}", summed(*legs, scale), base)
    bed.show("BM25 of its own leg only", found_only(*legs), base)


def terms(bed: Bed) -> None:
    """What is looked for by word, and how much titles count: alone, then fused."""
    trials: dict[str, tuple[Terms, float]] = {"as it ships": (lexical_terms, TITLE_WEIGHT)}
    trials |= {name: (make, TITLE_WEIGHT) for name, make in VARIANTS.items()}
    trials |= {f"titles count {weight}": (lexical_terms, weight) for weight in (0.0, 0.5, 2.0)}
    shipped = bed.bm25(lexical_terms, TITLE_WEIGHT)
    alone, both = bed.places(one_leg(shipped)), bed.places(weighted(bed.cosines, shipped))
    for name, (make, title_weight) in trials.items():
        found = bed.bm25(make, title_weight)
        bed.show(f"{name}, BM25", one_leg(found), alone)
        bed.show(f"{name}, fused", weighted(bed.cosines, found), both)


def spellings(bed: Bed) -> None:
    """Numbers and days in another spelling than the passage's."""
    shipped = weighted(bed.cosines, bed.bm25(lexical_terms))
    base = bed.places(shipped)
    bed.show("as it ships", shipped, base)
    bed.show("one spelling", weighted(bed.cosines, bed.bm25(one_spelling)), base)


def length(bed: Bed, head: str, first: list[Floats]) -> None:
    """Recall at so many passages, and within `BUDGET` words of them, less the first bed's."""
    scores = weighted(bed.cosines, bed.bm25(lexical_terms))
    at = bed.places(scores)
    found = [((at > 0) & (at <= depth)).astype(float) for depth in DEPTHS]
    found.append(_within(bed, scores))
    first.extend(found if not first else [])
    for group, chosen in groups(bed.questions).items():
        cells = ""
        for gains, before in zip(found, first, strict=True):
            low, high = interval((gains - before)[chosen], clusters(bed.questions)[chosen])
            cells += f"{100 * gains[chosen].mean():7.1f} ({100 * low:+.1f} {100 * high:+.1f})"
        print(
            f"{head:24} {len(bed.texts):6,} {bed.words.mean():6.1f} {group:20} {cells}", flush=True
        )


def _within(bed: Bed, scores: Matrix) -> Floats:
    """1 where the evidence is in the best passages of `BUDGET` words together.

    The last one counts where half of it is within, so that long passages are not cut off more.
    """
    found = np.zeros(len(scores))
    for number, row in enumerate(scores):
        best = np.argsort(-row, kind="stable")
        words = bed.words[best]
        read = best[np.cumsum(words) - words / 2 <= BUDGET]
        found[number] = bool(bed.right[number, read].any())
    return found


def main() -> None:
    """Prints one trial's rows."""
    options = parser()
    trials = {trial.__name__: trial for trial in (fusion, terms, spellings)}
    options.add_argument("trial", choices=[*trials, "lengths"])
    options.set_defaults(half="odd")
    arguments = options.parse_args()
    embedder = kept(arguments.vectors)
    joined = arguments.trial == "lengths"
    collection = reduce(add, [*read_sets(arguments, joined=joined).values(), more(arguments)])
    if arguments.trial == "spellings":
        collection = spelled(collection)
    if not joined:
        trials[arguments.trial](Bed(collection, embedder))
        return
    first: list[Floats] = []
    shipped = (TARGET_WORDS, OVERLAP_WORDS)
    for target, overlap in (shipped, *(pair for pair in LENGTHS if pair != shipped)):
        head = f"{target} words, {overlap} shared"
        length(Bed(collection, embedder, target, overlap), head, first)


if __name__ == "__main__":
    main()
