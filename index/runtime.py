"""Opens bundled ONNX models and feeds them; knows nothing of what they mean.

One text goes through a network at a time. int8 activations are scaled over everything that is in
a run, so in a batch a text's numbers would depend on its neighbours; alone they are always the
same, and on a CPU it takes no longer.
"""

from __future__ import annotations

import os
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


def feed(encoding: Encoding) -> dict[str, NDArray[np.int64]]:
    """The three int64 input arrays `[1, tokens]` of a BERT-like model."""
    return {
        "input_ids": np.array([encoding.ids], dtype=np.int64),
        "attention_mask": np.ones((1, len(encoding.ids)), dtype=np.int64),
        "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
    }


def run(session: InferenceSession, inputs: dict[str, NDArray[np.int64]]) -> list[Any]:
    """All outputs of the session."""
    return list(session.run(None, inputs))
