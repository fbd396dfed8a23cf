"""Turns a torch model into an int8 ONNX file: used when weights are made, never to answer."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export_int8(
    module: torch.nn.Module,
    target: Path,
    outputs: dict[str, tuple[str, ...]],
    *,
    float_target: Path | None = None,
) -> None:
    """Writes `module(input_ids, attention_mask, token_type_ids)` as ONNX with int8 weights.

    `outputs` names each output and its dynamic axes, e.g. `{"start": ("batch", "tokens")}`.
    Weights are quantised per channel, activations as they come. `float_target` keeps the
    unquantised graph as well.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    ids = torch.randint(0, 4, (2, 24))
    example = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    axes = {name: {0: "batch", 1: "tokens"} for name in INPUTS}
    axes |= {name: dict(enumerate(dims)) for name, dims in outputs.items()}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        full = float_target if float_target is not None else Path(folder) / "float.onnx"
        torch.onnx.export(
            module.eval(),
            example,
            str(full),
            input_names=list(INPUTS),
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

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor,
            token_type_ids: torch.Tensor,
        ) -> torch.Tensor:
            hidden = self.bert(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(pooled, dim=1)

    bert = AutoModel.from_pretrained(
        model_folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    )
    export_int8(Pooled(bert), target, {"vector": ("batch",)})
