"""The reader's network, behind one seam: padded tokens in, start and end logits out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.runtime import Network, side_by_side
from qa.encoding import Batch

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Logits:
    """Start and end scores of every token: two arrays of shape (windows, tokens)."""

    start: Floats
    end: Floats


class SpanScorer(Protocol):
    """A reader's network: scores every token of padded windows as start and as end."""

    def scores(self, batch: Batch) -> Logits:
        """Logits of the batch's shape; those of [CLS] (column 0) stand for "no answer"."""
        ...


class OnnxScorer:
    """The bundled network, int8, run by onnxruntime: windows side by side, each without padding.

    A window has the same scores whatever it is batched with; padding scores minus infinity.
    """

    def __init__(self, path: Path) -> None:
        self._network = Network(path)

    def scores(self, batch: Batch) -> Logits:
        """Start and end logits of every token."""
        lengths = batch.mask.sum(axis=1)
        start, end = (np.full(batch.ids.shape, -np.inf, dtype=np.float32) for _ in range(2))

        def window(row: int) -> list[Floats]:
            length = lengths[row]
            return self._network.run(batch.ids[row, :length], batch.types[row, :length])

        for row, (starts, ends) in enumerate(side_by_side(window, range(len(lengths)))):
            start[row, : lengths[row]], end[row, : lengths[row]] = starts[0], ends[0]
        return Logits(start, end)


class TorchScorer:
    """A Hugging Face question-answering model run by torch: the reference path."""

    def __init__(self, model: object, bfloat16: bool = False) -> None:
        self._model, self._bfloat16 = model, bfloat16

    @classmethod
    def from_folder(cls, folder: Path, bfloat16: bool = False) -> TorchScorer:
        """Load float32 weights from a model folder, without touching the network."""
        import torch
        from transformers import AutoModelForQuestionAnswering

        try:
            model = AutoModelForQuestionAnswering.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
            )
        except OSError as error:
            raise ModelError(f"{folder}: not a reader folder: {error}") from error
        return cls(model.eval(), bfloat16)

    def scores(self, batch: Batch) -> Logits:
        """One forward pass without gradients."""
        import torch

        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, self._bfloat16):
            out = self._model(  # type: ignore[operator]
                input_ids=torch.from_numpy(batch.ids),
                attention_mask=torch.from_numpy(batch.mask),
                token_type_ids=torch.from_numpy(batch.types),
            )
        return Logits(out.start_logits.float().numpy(), out.end_logits.float().numpy())


def load_scorer(folder: Path, bfloat16: bool = False) -> SpanScorer:
    """The network in a folder: int8 where it holds `reader.onnx`, else transformers and torch."""
    exported = folder / "reader.onnx"
    return OnnxScorer(exported) if exported.exists() else TorchScorer.from_folder(folder, bfloat16)
