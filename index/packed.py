"""How the passages that hold a word are packed into a few bytes; knows nothing of a database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BITS = 16
"""Passages come in blocks of 65,536 ids, so that two bytes say which one of a block."""
OFFSET = (1 << BITS) - 1
PLACE_BITS = 8
FIRST_IN_BODY = 32
_BODY_BITS = 6
_MOST_TITLE, _MOST_BODY = 3, 63

Occurrences = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Postings:
    """The passages of one block of ids that hold a word: which, how often, and where in each.

    `offsets` `[n]` are the passages' in the block, rising. `counts` `[n]` have how often a title
    holds the word in their upper two bits, a body in their lower six. `places` has one byte for
    every occurrence, as `Stems.occurrences` says.
    """

    block: int
    offsets: NDArray[np.uint16]
    counts: NDArray[np.uint8]
    places: NDArray[np.uint8]

    @classmethod
    def of(cls, block: int, occurrences: Occurrences) -> Postings:
        """From offset * 256 + place of every occurrence, rising; what is too often is left out."""
        offsets = occurrences >> PLACE_BITS
        firsts = np.flatnonzero(np.diff(offsets, prepend=-1))
        counts = np.diff(firsts, append=len(offsets))
        in_title = (occurrences & 255) < FIRST_IN_BODY
        titles = np.add.reduceat(in_title, firsts, dtype=np.int64)
        number = np.arange(len(offsets)) - np.repeat(firsts, counts)
        after = number - np.repeat(titles, counts)
        kept = np.where(in_title, number < _MOST_TITLE, after < _MOST_BODY)
        titles, bodies = np.minimum(titles, _MOST_TITLE), np.minimum(counts - titles, _MOST_BODY)
        return cls(
            block,
            offsets[firsts].astype(np.uint16),
            (titles << _BODY_BITS | bodies).astype(np.uint8),
            (occurrences[kept] & 255).astype(np.uint8),
        )

    @property
    def fits(self) -> bool:
        """Whether the three lists are of one another's lengths."""
        return len(self.offsets) == len(self.counts) and self._often.sum() == len(self.places)

    @cached_property
    def occurrences(self) -> Occurrences:
        """Offset * 256 + place of every occurrence, rising."""
        passages = np.repeat(self.offsets.astype(np.int32), self._often)
        occurrences: Occurrences = passages * (1 << PLACE_BITS) + self.places
        return occurrences

    @property
    def _often(self) -> NDArray[np.int64]:
        return ((self.counts >> _BODY_BITS) + (self.counts & _MOST_BODY)).astype(np.int64)

    def followed_by(self, later: Postings) -> Postings:
        """Both lists of a word in one; all offsets of `later` are higher."""
        return Postings(
            self.block,
            np.concatenate([self.offsets, later.offsets]),
            np.concatenate([self.counts, later.counts]),
            np.concatenate([self.places, later.places]),
        )

    def pack(self) -> bytes:
        """The number of passages in four bytes, then the three lists; little-endian."""
        lists = (self.offsets.astype("<u2"), self.counts, self.places)
        return len(self.offsets).to_bytes(4, "little") + b"".join(a.tobytes() for a in lists)

    @classmethod
    def unpack(cls, block: int, data: bytes) -> Postings:
        count = int.from_bytes(data[:4], "little")
        return cls(
            block,
            np.frombuffer(data, "<u2", count, 4),
            np.frombuffer(data, np.uint8, count, 4 + 2 * count),
            np.frombuffer(data, np.uint8, offset=4 + 3 * count),
        )


def times(title_weight: float) -> NDArray[np.float32]:
    """How often each of the 256 counts says that a word occurs, its title part weighted `[256]`."""
    counts = np.arange(256)
    return ((counts & _MOST_BODY) + title_weight * (counts >> _BODY_BITS)).astype(np.float32)
