"""Opens bundled ONNX models and feeds them padded batches; knows nothing of what they mean."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer


def cpu_count() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_session(path: Path) -> InferenceSession:
    """An onnxruntime session on all the cores this process may use."""
    import onnxruntime

    if not path.is_file():
        raise ModelError(f"{path}: the model file is missing; install Byline again to restore it.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cpu_count()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
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


def batches_by_length(
    lengths: Sequence[int], *, max_tokens: int, max_items: int = 64
) -> Iterator[list[int]]:
    """Positions grouped so that near-equal lengths share a batch of at most `max_tokens`.

    Longest first, so that memory peaks at the first batch: `lengths=[3, 9, 3]` with
    `max_tokens=9` gives `[1]`, then `[0, 2]`.
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    batch: list[int] = []
    for i in order:
        full = batch and (len(batch) + 1) * lengths[batch[0]] > max_tokens
        if full or len(batch) == max_items:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def feed(encodings: Sequence[Encoding]) -> dict[str, NDArray[np.int64]]:
    """The three int64 input arrays `[batch, longest]` of a BERT-like model, padded with zeros."""
    longest = max(len(encoding.ids) for encoding in encodings)
    arrays = {
        name: np.zeros((len(encodings), longest), dtype=np.int64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for row, encoding in enumerate(encodings):
        n = len(encoding.ids)
        arrays["input_ids"][row, :n] = encoding.ids
        arrays["attention_mask"][row, :n] = 1
        arrays["token_type_ids"][row, :n] = encoding.type_ids
    return arrays


def run(session: InferenceSession, inputs: dict[str, NDArray[np.int64]]) -> list[Any]:
    """All outputs of the session."""
    return list(session.run(None, inputs))
