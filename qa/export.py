"""Turns a fine-tuned reader folder into the int8 ONNX reader that ships; never used to answer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.export import export_int8

if TYPE_CHECKING:
    import torch


def export_reader(model_folder: Path, target: Path, *, keep_float: bool = False) -> None:
    """Writes `target/reader.onnx` and `target/tokenizer.json` from a Hugging Face folder.

    The folder holds any BERT-like question-answering model; `keep_float` also writes
    `target/reader-float.onnx`, the same graph before quantisation.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering

    class SpanLogits(torch.nn.Module):
        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model

        def forward(
            self, input_ids: torch.Tensor, token_type_ids: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            output = self.model(input_ids=input_ids, token_type_ids=token_type_ids)
            return output.start_logits, output.end_logits

    model = AutoModelForQuestionAnswering.from_pretrained(
        model_folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    )
    target.mkdir(parents=True, exist_ok=True)
    export_int8(
        SpanLogits(model),
        target / "reader.onnx",
        ("input_ids", "token_type_ids"),
        {"start": {1: "tokens"}, "end": {1: "tokens"}},
        float_target=target / "reader-float.onnx" if keep_float else None,
    )
    _note_heads(target / "reader.onnx", int(model.config.num_attention_heads))
    shutil.copyfile(model_folder / "tokenizer.json", target / "tokenizer.json")


def _note_heads(path: Path, heads: int) -> None:
    """Writes into the file what its weights do not tell and `qa.unpack` needs."""
    import onnx

    graph = onnx.load(str(path))
    onnx.helper.set_model_props(graph, {"attention_heads": str(heads)})
    onnx.save(graph, str(path))
