"""Turns a torch model into an int8 ONNX file: used when weights are made, never to answer.

The networks take one text at a time, without padding: they know no attention mask.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Axes = dict[int, str]


def export_int8(
    module: torch.nn.Module,
    target: Path,
    inputs: Sequence[str],
    outputs: dict[str, Axes],
    *,
    float_target: Path | None = None,
) -> None:
    """Writes a module over int64 arrays `[1, tokens]` as ONNX with int8 weights.

    `inputs` are the module's arguments in order; `outputs` names each output and the axes of it
    that are not fixed, e.g. `{"start": {1: "tokens"}}`. Weights are quantised per channel,
    activations as they come. `float_target` keeps the unquantised graph as well.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = tuple(torch.ones(1, 24, dtype=torch.int64) for _ in inputs)
    axes = {name: {1: "tokens"} for name in inputs}
    axes |= {name: free for name, free in outputs.items() if free}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        full = float_target if float_target is not None else Path(folder) / "float.onnx"
        torch.onnx.export(
            module.eval(),
            example,
            str(full),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            str(full),
            str(target),
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )


def export_embedder(model_folder: str, target: Path) -> None:
    """Exports a BERT-like sentence-transformers folder with mean pooling and unit length."""
    import torch
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        def __init__(self, bert: Any) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            hidden = self.bert(input_ids=input_ids).last_hidden_state
            return torch.nn.functional.normalize(hidden.mean(1), dim=1)

    bert = AutoModel.from_pretrained(
        model_folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    )
    export_int8(Pooled(bert), target, ("input_ids",), {"vector": {}})
