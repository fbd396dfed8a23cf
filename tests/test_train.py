"""Training a tiny random reader: killed runs go on exactly, the best is kept, the loss is right."""

from __future__ import annotations

import argparse
import json
import math
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError, ModelError
from index.fakes import HashEmbedder
from qa.encoding import MAX_QUESTION_TOKENS, Batch, Encoder, pad
from qa.readerdata import AnswerSpan, Row, read_questions
from qa.scorers import Logits
from qa.train import add_arguments, train
from qa.training.checkpoints import State, checkpoint_folders, load_latest, save_state
from qa.training.config import TrainConfig
from qa.training.data import Part
from qa.training.development import Development, HeldGroup, held_groups, measure_groups
from qa.training.examples import Example, PairSettings
from qa.training.group_loss import group_loss
from qa.training.groups import Group, GroupSettings
from qa.training.learning import (
    Target,
    batches,
    learning_rate,
    span_loss,
    token_pairs,
    training_window,
)
from qa.training.mining import write
from qa.training.negatives import Negatives
from tests.tiny import tiny_reader, tiny_tokenizer

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reader(tmp_path_factory.mktemp("start"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name, shift in (("train", 0), ("held", 100)):
        rows = []
        for number in range(shift, shift + 40):
            context = f"box {number} is red. a cat sat on mat {number}."
            answer = f"mat {number}"
            rows.append(
                {
                    "id": f"{name}{number}",
                    "source": "s",
                    "title": "t",
                    "context": context,
                    "question": "where sat the cat?",
                    "answers": [{"text": answer, "start": context.index(answer)}],
                    "impossible": False,
                }
            )
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    write([folder / "train.jsonl"], folder / "mined.jsonl", HashEmbedder())
    return folder


def config(start: Path, files: Path, out: Path) -> TrainConfig:
    return TrainConfig(
        start=start,
        out=out,
        parts=(Part(files / "train.jsonl"),),
        dev=(files / "held.jsonl",),
        pairs=PairSettings(impossible=0.3),
        steps=150,
        batch=4,
        rate=3e-3,
        dropout=0.1,
        smoothing=0.05,
        dev_rows=5,
        evaluate_every=75,
        save_every=5,
        threads=1,
    )


@pytest.mark.parametrize("size", [1, 3])
def test_a_killed_run_ends_with_the_weights_of_one_that_was_not(
    start: Path, files: Path, tmp_path: Path, size: int
) -> None:
    import torch
    from safetensors.torch import load_file

    whole = replace(
        config(start, files, tmp_path / "whole"),
        groups=GroupSettings(size=size),
        negatives=(files / "mined.jsonl",),
    )
    result = train(whole)
    assert result.step == 150

    out = tmp_path / "killed"
    command = [sys.executable, "-m", "qa.train", "--start", str(start), "--out", str(out)]
    command += ["--train", str(files / "train.jsonl"), "--dev", str(files / "held.jsonl")]
    options = (
        "--pairs-impossible 0.3 --steps 150 --batch 4 --rate 3e-3 --dropout 0.1 --smoothing 0.05 "
        "--dev-rows 5 --evaluate-every 75 --save-every 5 --threads 1"
    )
    command += options.split()
    command += ["--group-size", str(size), "--negatives", str(files / "mined.jsonl")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not checkpoint_folders(out / "checkpoints") and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    reached = load_latest(out / "checkpoints")
    assert reached is not None
    assert 5 <= reached.facts["step"] < 150
    assert len(checkpoint_folders(out / "checkpoints")) <= 2

    assert train(replace(whole, out=out)).best == result.best
    for name in ("best", "last"):
        one = load_file(tmp_path / "whole" / name / "model.safetensors")
        two = load_file(out / name / "model.safetensors")
        assert one.keys() == two.keys()
        assert all(torch.equal(one[key], two[key]) for key in one)
    before = load_file(start / "model.safetensors")
    assert not all(torch.equal(before[key], one[key]) for key in one)
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in log if "score" in line][-2:] == [75, 150]
    assert any(line.get("step") == 0 and "score" in line for line in log)
    assert any("loss" in line and line["examples_s"] > 0 for line in log)
    scores = json.loads((out / "best" / "scores.json").read_text())
    assert scores["sets"]["held"]["questions"] == 5


def test_other_settings_do_not_continue_a_run(start: Path, files: Path, tmp_path: Path) -> None:
    first = replace(config(start, files, tmp_path / "run"), steps=5, dev=())
    result = train(first)
    assert (result.best, result.folder) == (None, tmp_path / "run" / "last")
    assert train(replace(first, steps=7)).step == 7
    with pytest.raises(ModelError, match=r"other settings \(rate, seed\)"):
        train(replace(first, rate=1e-3, seed=2))


def test_development_contexts_are_never_trained_on(
    start: Path, files: Path, tmp_path: Path
) -> None:
    wrong = replace(config(start, files, tmp_path), dev=(files / "train.jsonl",))
    with pytest.raises(LoadError, match="also trained on"):
        train(wrong)


def test_the_loss_is_the_likelihood_of_all_accepted_spans() -> None:
    import torch

    start = torch.tensor([[0.0, 9.0, 1.0, 2.0], [3.0, 0.0, 0.0, 0.0]])
    end = torch.tensor([[0.0, 9.0, 2.0, 1.0], [3.0, 0.0, 0.0, 0.0]])
    allowed = torch.tensor([[True, False, True, True], [True, False, True, True]])
    p = start.masked_fill(~allowed, -1e9).softmax(-1)
    q = end.masked_fill(~allowed, -1e9).softmax(-1)
    targets = [Target(((2, 2), (2, 3))), Target(((0, 0),))]
    wanted = -torch.log(p[0, 2] * q[0, 2] + p[0, 2] * q[0, 3]) / 2
    refused = -torch.log(p[1, 0] * q[1, 0]) / 2
    found = span_loss(start, end, allowed, targets)
    assert float(found) == pytest.approx(float((wanted + refused) / 2), rel=1e-5)
    assert float(span_loss(start, end, allowed, targets, 0.1)) > float(found)


def test_the_loss_of_a_group_compares_spans_as_answering_does() -> None:
    import torch

    torch.manual_seed(0)
    start, end = torch.randn(4, 5), torch.randn(4, 5)
    allowed = torch.tensor(
        [[True, False, True, True, True]] * 3 + [[True, False, True, True, False]]
    )
    targets = [Target(((2, 3), (4, 4))), Target(((0, 0),)), Target(((0, 0),)), Target(((0, 0),))]

    def score(window: int, first: int, last: int) -> float:
        spans = start[window, first] + end[window, last]
        return float(spans - start[window, 0] - end[window, 0])

    def every(windows: list[int]) -> float:
        places = [
            (window, first, last)
            for window in windows
            for first in range(1, 5)
            for last in range(1, 5)
            if allowed[window, first] and allowed[window, last]
        ]
        return 1.0 + sum(math.exp(score(*place)) for place in places)

    answered = (math.exp(score(0, 2, 3)) + math.exp(score(0, 4, 4))) / every([0, 1])
    refused = 1.0 / every([2, 3])
    wanted = -(math.log(answered) + math.log(refused)) / 4
    found = group_loss(start, end, allowed, targets, [2, 2])
    assert float(found) == pytest.approx(wanted, rel=1e-5)
    shifted = group_loss(start + 7.0, end, allowed, targets, [2, 2])
    assert float(shifted) == pytest.approx(wanted, rel=1e-4)


@given(st.integers(0, 40), st.integers(1, 12), st.integers(), st.integers(24, 60))
def test_training_windows_keep_the_answer(at: int, size: int, seed: int, limit: int) -> None:
    context = " ".join("abcdefghijklmnopqrstuvwxyz"[i % 26] for i in range(60))
    span = AnswerSpan(2 * at, 2 * (at + size) - 1)
    example = Example("1", "fact", "who ran?", context, (span,))
    encoder = Encoder(tiny_tokenizer())
    window, target = training_window(encoder, example, limit, random.Random(seed))
    assert len(window.ids) <= limit
    ((first, last),) = target.pairs
    assert window.first <= first <= last < window.last
    tokens = encoder.context(context)
    shift = window.offset - window.first
    assert (tokens.starts[first + shift], tokens.ends[last + shift]) == (span.start, span.end)


def test_spans_inside_a_word_take_the_whole_token() -> None:
    encoder = Encoder(tiny_tokenizer())
    example = Example("1", "fact", "?", "ab ½ c", (AnswerSpan(1, 2), AnswerSpan(2, 3)))
    assert token_pairs(example, encoder.tokens(example.context)) == [(1, 1)]


def test_questions_drop_their_oldest_history_first() -> None:
    encoder = Encoder(tiny_tokenizer())
    ids = encoder.question("ab", ("x" * 50, "yz"))
    assert ids == encoder.tokens("x" * 50 + " yz ab").ids
    assert encoder.question("ab", ("x" * 64, "yz")) == encoder.tokens("yz ab").ids
    assert encoder.question("q" * 70, ("yz",)) == encoder.tokens("q" * MAX_QUESTION_TOKENS).ids


@given(st.integers(0, 90), st.integers(12, 40), st.integers(0, 5))
def test_windows_cover_the_context_and_overlap(size: int, limit: int, overlap: int) -> None:
    encoder = Encoder(tiny_tokenizer())
    context = encoder.tokens(" ".join("a" for _ in range(size)))
    found = encoder.windows((7, 8), context, limit, overlap)
    covered = [i for w in found for i in range(w.offset, w.offset + w.last - w.first)]
    assert sorted(set(covered)) == list(range(size))
    assert all(len(window.ids) <= limit for window in found)
    for one, two in pairwise(found):
        assert one.offset + (one.last - one.first) - two.offset == overlap
    batch = pad(found)
    assert batch.ids.shape == batch.mask.shape == batch.types.shape
    assert [int(row.sum()) for row in batch.mask] == [len(window.ids) for window in found]


def test_windows_too_small_are_refused() -> None:
    encoder = Encoder(tiny_tokenizer())
    with pytest.raises(ValueError, match=r"windows of 10 tokens leave 5, overlap takes 5"):
        encoder.windows((7, 8), encoder.tokens("a b"), 10, 5)


def test_batches_are_pure_and_hold_every_example_once() -> None:
    examples = [Example(str(i), "fact", "q", "c" * (i * 37 % 50), ()) for i in range(70)]
    groups = [Group((example,)) for example in examples]
    found = batches(groups, 8, seed=1, epoch=0)
    assert sorted(g.examples[0].id for batch in found for g in batch) == sorted(
        group.examples[0].id for group in groups
    )
    assert found == batches(groups, 8, seed=1, epoch=0)
    assert found != batches(groups, 8, seed=1, epoch=1)


def test_batches_hold_whole_groups_within_their_limits() -> None:
    groups = [
        Group(tuple(Example(str(i), "fact", "", "c" * (40 + i), ()) for _ in range(i % 4 + 1)))
        for i in range(50)
    ]
    found = batches(groups, 8, seed=1, epoch=0, tokens=100)
    assert sorted(map(hash, groups)) == sorted(hash(group) for batch in found for group in batch)
    for batch in found:
        passages = sum(len(group.examples) for group in batch)
        assert passages <= 8
        longest = max(group.characters for group in batch)
        assert len(batch) == 1 or passages * longest <= 400


def test_held_out_groups_are_right_where_the_best_span_of_all_is() -> None:
    class Letters:
        """Likes the word "b" most, then "a"; [CLS] scores 0."""

        def scores(self, batch: Batch) -> Logits:
            liked = tiny_tokenizer()
            table = np.full(liked.get_vocab_size(), -5.0, dtype=np.float32)
            for piece, score in (("a", 1.0), ("b", 2.0), ("[CLS]", 0.0)):
                table[liked.token_to_id(piece) or 0] = score
            return Logits(table[batch.ids], table[batch.ids])

    def group(answer: str, *contexts: str) -> HeldGroup:
        first = Row("q", "s", "t", contexts[0], "x?", (AnswerSpan(0, 1),) if answer else ())
        return HeldGroup((first, *(Row("q", "s", "t", text, "x?", ()) for text in contexts[1:])))

    groups = [group("b", "b c", "a c"), group("a", "a c", "b c"), group("", "a c", "c c")]
    encoder = Encoder(tiny_tokenizer())
    found = measure_groups(Letters(), encoder, groups)
    assert (found.questions, found.right, found.f1, found.auroc) == (3, 50.0, 50.0, 1.0)
    facts = Development((), 5, frozenset(), groups).measure(Letters(), encoder)
    assert facts["score"] == 75.0
    assert not Development((), 5, frozenset(), groups[2:])


def test_held_out_groups_begin_with_the_evidence(tmp_path: Path) -> None:
    body = "Ann Lee opened the mill in 1902. It stood in Dorport. " + "Rain fell there. " * 60
    fact = {"q": "Who opened it in 1902?", "answers": ["Ann Lee"], "evidence": body[:32]}
    record = {"id": "a", "title": "Mill", "body": body + "Snow fell in 1903.", "qas": [fact]}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**record, "unanswerable": [{"q": "Who sold it in 1903?"}]}))
    write([path], tmp_path / "mined.jsonl", HashEmbedder())
    articles = read_questions(path).articles
    first, second = held_groups(articles, Negatives([tmp_path / "mined.jsonl"]), 9, 9)
    assert first.rows[0].answers == ("Ann Lee",)
    assert all("Ann Lee" not in row.context for row in first.rows[1:])
    assert (first.answerable, second.answerable) == (True, False)


def test_the_rate_rises_then_falls_to_nothing() -> None:
    rates = [learning_rate(step, 100, 1.0, 0.1) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == rates[10] == 1.0
    assert rates[55] == pytest.approx(0.5)
    assert rates[100] == 0


def test_a_half_written_checkpoint_is_passed_over(tmp_path: Path) -> None:
    import torch

    assert load_latest(tmp_path) is None
    for step in (1, 2, 3):
        save_state(tmp_path, State({"w": torch.tensor([float(step)])}, {"step": step}), step)
    assert [path.name for path in checkpoint_folders(tmp_path)] == [
        "step-000000002",
        "step-000000003",
    ]
    (tmp_path / ".writing-000000009").mkdir()
    (tmp_path / "step-000000003" / "state.safetensors").write_bytes(b"torn")
    state = load_latest(tmp_path)
    assert state is not None
    assert (state.facts["step"], float(state.tensors["w"])) == (2, 2.0)
    (tmp_path / "step-000000002" / "state.json").unlink()
    with pytest.raises(ModelError, match="no checkpoint can be read"):
        load_latest(tmp_path)


def test_the_command_offers_every_setting() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    text = parser.format_help()
    for option in ("--start", "--train", "--rate", "--no-bfloat16", "--pairs-edited", "--steps"):
        assert option in text
