"""Predictable stand-ins for the models, for tests of code that uses an index."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from index.embed import Vectors


class HashEmbedder:
    """Bag of words hashed into `dimension` buckets: texts that share words are close."""

    def __init__(self, dimension: int = 512, name: str = "hash") -> None:
        self.name = name
        self.dimension = dimension
        self.encoded = 0

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or ["\x00"]:
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if advance is not None:
            advance(len(texts))
        return vectors
