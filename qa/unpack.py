"""The bundled int8 reader as float weights that transformers can load: where training goes on.

Float weights are not shipped; an int8 weight times its scale is within half a step of the float
it was made from, and training moves further than that.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

_LAYER_NORM = 1e-12
# Of readers exported before the number was noted in the file.
_HEADS = "12"


def unpack_reader(weights: Path, target: Path) -> Path:
    """Writes `weights/reader.onnx` as a transformers folder `target`, and returns it.

    Raises ModelError where the file is not a reader that `qa.export` wrote.
    """
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    model, heads = _stored(weights)
    tensors = {name: torch.from_numpy(array.copy()) for name, array in _floats(model).items()}
    try:
        words = tensors["bert.embeddings.word_embeddings.weight"]
        layers = {name.split(".")[3] for name in tensors if name.startswith("bert.encoder.layer.")}
        config = BertConfig(
            vocab_size=words.shape[0],
            hidden_size=words.shape[1],
            num_hidden_layers=len(layers),
            num_attention_heads=heads,
            intermediate_size=tensors["bert.encoder.layer.0.intermediate.dense.bias"].shape[0],
            max_position_embeddings=tensors["bert.embeddings.position_embeddings.weight"].shape[0],
            layer_norm_eps=_LAYER_NORM,
        )
        reader = BertForQuestionAnswering(config)
        reader.load_state_dict(tensors)
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"{weights}: not a reader that Byline exported: {error}") from error
    reader.save_pretrained(target)
    shutil.copyfile(weights / "tokenizer.json", target / "tokenizer.json")
    return target


def _stored(weights: Path) -> tuple[Any, int]:
    """The graph of a reader, and its number of attention heads."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(weights / "reader.onnx"))
    except (OSError, DecodeError) as error:
        raise ModelError(f"{weights}: no reader.onnx that can be read: {error}") from error
    noted = {entry.key: entry.value for entry in model.metadata_props}
    return model.graph, int(noted.get("attention_heads", _HEADS))


def _floats(graph: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Every weight by its name in transformers, as float32."""
    import numpy as np
    from onnx.numpy_helper import to_array

    stored = {item.name: to_array(item) for item in graph.initializer}

    def real(name: str) -> np.ndarray[Any, Any]:
        zero = stored[f"{name}_zero_point"].astype(np.float32)
        steps = stored[f"{name}_quantized"].astype(np.float32) - zero
        product: np.ndarray[Any, Any] = steps * stored[f"{name}_scale"]
        return product

    found: dict[str, np.ndarray[Any, Any]] = {}
    for name, array in stored.items():
        if name.startswith("model."):
            plain = name.removeprefix("model.")
            if plain.endswith("_quantized"):
                plain = plain.removesuffix("_quantized")
                found[plain] = real(f"model.{plain}")
            elif array.dtype == np.float32 and not plain.endswith("_scale"):
                found[plain] = array
    for node in graph.node:
        # "/model/bert/encoder/layer.0/output/dense/MatMul_quant" multiplies by that layer's weight.
        if node.op_type == "MatMulInteger" and node.input[1].endswith("_quantized"):
            path = node.name.removeprefix("/model/").removesuffix("/MatMul_quant")
            matrix = real(node.input[1].removesuffix("_quantized"))
            found[f"{path.replace('/', '.')}.weight"] = matrix.T
    return found
