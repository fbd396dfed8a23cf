"""Turns texts into unit vectors; knows nothing of articles or storage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.runtime import Network, open_tokenizer, side_by_side

Vectors = NDArray[np.float32]

BUNDLED = "all-MiniLM-L6-v2"
WEIGHTS = Path(__file__).parent / "weights"
MAX_TOKENS = 256


class Embedder(Protocol):
    """What the index needs of an embedding model.

    `encode` returns float32 `[len(texts), dimension]`, every row of length 1, so that the inner
    product of two rows is their cosine similarity. `advance(n)` is called as n texts are done.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(
        self, texts: Sequence[str], advance: Callable[[int], None] | None = None
    ) -> Vectors: ...


class OnnxEmbedder:
    """The bundled all-MiniLM-L6-v2 as int8 ONNX: pooled and normalised inside the graph.

    A text has the same vector whatever it is encoded with; many threads may encode at a time.
    """

    name = BUNDLED
    dimension = 384

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self._network = Network(folder / "embedder.onnx")
        self._tokenizer = open_tokenizer(folder / "tokenizer.json")
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, vector in enumerate(side_by_side(self._vector, texts)):
            vectors[row] = vector
            if advance is not None:
                advance(1)
        return vectors

    def _vector(self, text: str) -> Vectors:
        encoding = self._tokenizer.encode(text)
        ((vector,),) = self._network.run(encoding.ids, encoding.type_ids)
        return np.asarray(vector)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by folder or by a name that is in the local cache."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"{name}: no embedding model of that name is on this machine; "
                f'give the folder of a sentence-transformers model, or "{BUNDLED}".'
            ) from error
        self.name = name
        self.dimension = len(self.encode(["dimension"])[0])

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        if advance is not None:
            advance(len(texts))
        return np.asarray(vectors, dtype=np.float32)


def load_embedder(name: str = BUNDLED) -> Embedder:
    """The bundled model, or the sentence-transformers model of that name or folder."""
    return OnnxEmbedder() if name == BUNDLED else SentenceTransformerEmbedder(name)
