"""Runs bundled ONNX networks, one text a core; knows nothing of what texts or numbers mean.

A text goes through a network alone: int8 activations are scaled over everything that is in a run,
so in a batch a text's numbers would depend on its neighbours. One text keeps one core busy, and
as many texts as there are cores run side by side. Cutting each text up for all cores is no faster
on an idle machine, and takes twice as long on a busy one, where cores wait for the slowest.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Tokens = Sequence[int] | NDArray[np.int64]
Item = TypeVar("Item")
Result = TypeVar("Result")

# Items a core that are handed out ahead of the result waited for: bounds memory, and is enough to
# keep the other cores busy beside one long text.
_AHEAD = 16


def cpu_count() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """`work` of every item, in their order, on all cores; a single item runs on this thread.

    Threads live as long as the iteration, so a fork between two calls is safe. An error or an
    interrupt drops what has not begun.

        >>> list(side_by_side(len, ["a", "bb"]))
        [1, 2]
    """
    cores = min(cpu_count(), len(items))
    if cores < 2:
        yield from map(work, items)
        return
    pending: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(cores)
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) == _AHEAD * cores:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Network:
    """A BERT-like ONNX network; may be run by many threads at a time, each run on one core."""

    def __init__(self, path: Path) -> None:
        self._session = _open(path)
        self._inputs = [node.name for node in self._session.get_inputs()]
        if unknown := set(self._inputs) - {"input_ids", "attention_mask", "token_type_ids"}:
            raise ModelError(
                f"{path}: a network with the inputs of BERT is needed, this one also wants "
                f"{', '.join(sorted(unknown))}; export it with qa.export or index.export."
            )

    def run(self, ids: Tokens, types: Tokens) -> list[Any]:
        """All outputs for the token ids and token types of one text; their first axis is 1."""
        text = {"input_ids": ids, "token_type_ids": types, "attention_mask": np.ones(len(ids))}
        feed = {name: np.array([text[name]], dtype=np.int64) for name in self._inputs}
        return list(self._session.run(None, feed))


def _open(path: Path) -> InferenceSession:
    import onnxruntime

    if not path.is_file():
        raise ModelError(f"{path}: the model file is missing; install Byline again to restore it.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(path),
            sess_options=options,
            providers=["CPUExecutionProvider"],
            # Fused, an addition and the normalisation after it take six times as long as apart.
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except Exception as error:  # onnxruntime raises bare C++ exceptions of many types
        raise ModelError(f"{path}: not a readable ONNX model ({error}).") from error


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in a `tokenizer.json`, without truncation or padding."""
    from tokenizers import Tokenizer

    if not path.is_file():
        raise ModelError(f"{path}: the tokenizer is missing; install Byline again to restore it.")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
