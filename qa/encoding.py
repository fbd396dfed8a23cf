"""Question and context as the reader's tokens: ids, and the character range of every token.

Knows the `[CLS] question [SEP] context [SEP]` layout. Knows nothing of weights or training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_QUESTION_TOKENS = 64

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one text: `ids[i]` covers the characters `starts[i]:ends[i]` of it."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """One model input. `ids[first:last]` are the context tokens `offset : offset+last-first`."""

    ids: tuple[int, ...]
    first: int
    last: int
    offset: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length: integer arrays of shape (windows, tokens)."""

    ids: Ints
    mask: Ints
    types: Ints


class Encoder:
    """Cuts texts into tokens and lays out windows for one `tokenizer.json`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        if cls is None or sep is None:
            raise ModelError("the tokenizer has no [CLS] and [SEP] tokens; use a BERT-like reader")
        self.cls, self.sep = int(cls), int(sep)
        self.context = lru_cache(maxsize=4096)(self.tokens)

    @classmethod
    def from_folder(cls, folder: Path) -> Encoder:
        """The encoder of a Hugging Face model folder that holds `tokenizer.json`."""
        from tokenizers import Tokenizer

        path = folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(f"{path}: no such file; name a folder with a saved fast tokenizer")
        return cls(Tokenizer.from_file(str(path)))

    def tokens(self, text: str) -> Tokens:
        """Tokens of a text, without special ones."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        starts, ends = zip(*encoding.offsets, strict=True) if encoding.offsets else ((), ())
        return Tokens(tuple(encoding.ids), starts, ends)

    def question(self, question: str, history: Sequence[str] = ()) -> tuple[int, ...]:
        """Ids of history and question joined by blanks, at most `MAX_QUESTION_TOKENS`.

        The oldest history goes first; a question that is too long alone keeps its beginning.
        """
        for drop in range(len(history) + 1):
            ids = self.tokens(" ".join([*history[drop:], question])).ids
            if len(ids) <= MAX_QUESTION_TOKENS:
                return ids
        return ids[:MAX_QUESTION_TOKENS]

    def window(self, question: Sequence[int], context: Tokens, begin: int, end: int) -> Window:
        """The model input for the context tokens `begin:end`."""
        head = (self.cls, *question, self.sep)
        ids = (*head, *context.ids[begin:end], self.sep)
        return Window(ids, len(head), len(ids) - 1, begin)

    def windows(
        self, question: Sequence[int], context: Tokens, max_tokens: int, overlap: int
    ) -> list[Window]:
        """Windows of at most `max_tokens` that cover the context, neighbours sharing `overlap`."""
        room = max_tokens - len(question) - 3
        if room <= overlap:
            raise ValueError(
                f"windows of {max_tokens} tokens leave {room}, overlap takes {overlap}"
            )
        found = []
        for begin in range(0, max(1, len(context.ids) - overlap), room - overlap):
            end = min(begin + room, len(context.ids))
            found.append(self.window(question, context, begin, end))
        return found


def pad(windows: Sequence[Window], multiple: int = 1) -> Batch:
    """Windows as arrays; padding has id 0 and mask 0, context tokens and their [SEP] type 1.

    The common length is rounded up to a multiple: few shapes keep torch's cache of kernels small.
    """
    length = max(len(window.ids) for window in windows)
    length = -(-length // multiple) * multiple
    shape = (len(windows), length)
    ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
        types[row, window.first : len(window.ids)] = 1
    return Batch(ids, mask, types)
