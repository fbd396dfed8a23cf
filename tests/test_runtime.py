"""Items run side by side and networks run by many threads: order, errors, interrupts, forks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import OnnxEmbedder
from index.errors import ModelError
from index.runtime import _AHEAD, Network, side_by_side
from tests.conftest import ROOT

CORES = 2


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.runtime.cpu_count", lambda: CORES)


class Watched(Sequence[int]):
    """The numbers below a size; knows how many were taken."""

    def __init__(self, size: int) -> None:
        self.size, self.taken = size, 0

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        if place >= self.size:
            raise IndexError(place)
        self.taken = max(self.taken, place + 1)
        return place


@given(st.lists(st.text()))
def test_side_by_side_is_map(texts: list[str]) -> None:
    assert list(side_by_side(len, texts)) == [len(text) for text in texts]


def test_items_run_at_the_same_time() -> None:
    meeting = threading.Barrier(CORES, timeout=30)

    def meet(item: int) -> int:
        meeting.wait()
        return threading.get_ident()

    assert len(set(side_by_side(meet, range(CORES)))) == CORES


def test_one_item_runs_on_the_calling_thread() -> None:
    assert list(side_by_side(lambda item: threading.get_ident(), [0])) == [threading.get_ident()]


def test_few_items_wait_at_a_time_and_closing_drops_them() -> None:
    items, begun = Watched(10_000), list[int]()
    results = side_by_side(begun.append, items)
    for done in range(1, 100):
        next(results)
        assert items.taken <= done + _AHEAD * CORES
    before = threading.active_count()
    results.close()  # type: ignore[attr-defined]
    assert len(begun) <= items.taken < 200
    assert threading.active_count() == before - CORES


def test_an_error_ends_the_iteration() -> None:
    items = Watched(10_000)

    def fail(item: int) -> int:
        if item == 3:
            raise ValueError("item 3")
        return item

    with pytest.raises(ValueError, match="item 3"):
        list(side_by_side(fail, items))
    assert items.taken <= 3 + _AHEAD * CORES


def test_an_interrupt_ends_the_iteration() -> None:
    items = Watched(10_000)

    def interrupt(item: int) -> int:
        if item == 3:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
        return item

    with pytest.raises(KeyboardInterrupt):
        list(side_by_side(interrupt, items))
    assert items.taken <= 3 + _AHEAD * CORES


def network(path: Path, *inputs: str) -> Path:
    """A network that adds up its inputs."""
    from onnx import TensorProto, helper, save

    arrays = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in inputs
    ]
    total = helper.make_tensor_value_info("total", TensorProto.INT64, None)
    nodes = [helper.make_node("Identity", [inputs[0]], ["sum0"])]
    for number, name in enumerate(inputs[1:]):
        nodes.append(helper.make_node("Add", [f"sum{number}", name], [f"sum{number + 1}"]))
    nodes.append(helper.make_node("Identity", [f"sum{len(inputs) - 1}"], ["total"]))
    graph = helper.make_graph(nodes, "sum", arrays, [total])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    save(model, path)
    return path


def test_a_network_is_fed_what_it_asks_for(tmp_path: Path) -> None:
    ids, types = [5, 6, 7], [0, 10, 10]
    (total,) = Network(network(tmp_path / "ids.onnx", "input_ids")).run(ids, types)
    assert total.tolist() == [[5, 6, 7]]
    (total,) = Network(network(tmp_path / "two.onnx", "input_ids", "token_type_ids")).run(
        ids, types
    )
    assert total.tolist() == [[5, 16, 17]]
    masked = network(tmp_path / "three.onnx", "input_ids", "attention_mask", "token_type_ids")
    (total,) = Network(masked).run(np.array(ids), np.array(types))
    assert total.tolist() == [[6, 17, 18]]


def test_networks_that_cannot_be_run_are_named(tmp_path: Path) -> None:
    path = network(tmp_path / "other.onnx", "input_ids", "position_ids")
    with pytest.raises(ModelError) as error:
        Network(path)
    assert str(error.value) == (
        f"{path}: a network with the inputs of BERT is needed, this one also wants position_ids; "
        "export it with qa.export or index.export."
    )
    with pytest.raises(ModelError, match=r"none\.onnx: the model file is missing"):
        Network(tmp_path / "none.onnx")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ModelError, match=r"other\.onnx: not a readable ONNX model"):
        Network(path)


TEXTS = [f"{'A ferry ran aground off Skerra. ' * (number % 5 + 1)}{number}" for number in range(40)]


@pytest.mark.slow
def test_many_threads_embed_at_the_same_time() -> None:
    embedder, done = OnnxEmbedder(), list[int]()
    expected = np.vstack([embedder.encode([text]) for text in TEXTS])
    with ThreadPoolExecutor(6) as chats:
        for vectors in chats.map(embedder.encode, [TEXTS] * 6):
            np.testing.assert_array_equal(vectors, expected)
    np.testing.assert_array_equal(embedder.encode(TEXTS[::-1], done.append), expected[::-1])
    assert done == [1] * len(TEXTS)
    assert embedder.encode([]).shape == (0, embedder.dimension)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_embeds() -> None:
    code = (
        "import os; from index.embed import OnnxEmbedder; e = OnnxEmbedder();"
        "texts = ['a ferry', 'Who?', 'x ' * 300]; before = e.encode(texts); child = os.fork();"
        "same = bool((e.encode(texts) == before).all());"
        "os._exit(not same) if child == 0 else None;"
        "print(same, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.stdout == "True 0\n", done.stderr
