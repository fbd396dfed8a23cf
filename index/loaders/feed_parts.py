"""Cuts a large feed into small ones with the same entries; knows nothing of what entries say.

The feed parser keeps all that it has read: a hundred thousand entries took half a gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.parsers import expat

from index.errors import LoadError
from index.loaders.reading import shown

_AT_ONCE = 500
_MOST_TAGS = 1_500_000  # the feed parser takes 15 to 30 microseconds for each
_MOST_ATTRIBUTES = 1000  # its time grows with the square of their number
_MOST_MENDED = 2 * 1024 * 1024  # bytes; broken XML takes it three times as long
_ENTRIES = ("item", "entry")


def small_feeds(path: Path, data: bytes) -> Iterator[bytes]:
    """The feed in pieces of some hundred entries, each with what stands round the entries.

    Broken XML, and a feed whose entries do not simply follow each other, is one piece. Raises
    LoadError for what the feed parser, written in Python, would be too slow for.
    """
    outline = _Outline(path)
    try:
        outline.read(data)
    except expat.ExpatError:
        if len(data) > _MOST_MENDED:
            raise LoadError(
                f"{shown(path)} is broken XML, too large to be mended; download it again."
            ) from None
        yield data
        return
    starts = outline.starts
    if not outline.plain or len(starts) <= _AT_ONCE:
        yield data
        return
    head, tail = data[: starts[0]], data[outline.end :]
    # What is repeated in every piece is never more, all in all, than the feed itself.
    at_once = max(_AT_ONCE, len(starts) * (len(head) + len(tail)) // len(data) + 1)
    cuts = [*starts[::at_once], outline.end]
    for start, end in pairwise(cuts):
        yield head + data[start:end] + tail


class _Outline:
    """Where entries start in well-formed XML, and where what follows the last of them does.

    `plain` says that all of them are children of one element.
    """

    def __init__(self, path: Path) -> None:
        self.starts: list[int] = []
        self.end = 0
        self.plain = True
        self._path = path
        self._parser = expat.ParserCreate("utf-8")
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._stop
        self._tags = self._depth = self._depth_of_entries = 0
        self._ended = self._closed = False

    def read(self, data: bytes) -> None:
        """Raises ExpatError for broken XML, LoadError for too much of it."""
        self._parser.Parse(data, True)

    def _start(self, name: str, attributes: list[str]) -> None:
        self._tags += 1
        if self._tags > _MOST_TAGS or len(attributes) > _MOST_ATTRIBUTES:
            raise LoadError(
                f"{shown(self._path)} is too large for a feed; split it into smaller files."
            )
        self._behind_entry()
        self._depth += 1
        if name.rpartition(":")[2] in _ENTRIES:
            if not self.starts:
                self._depth_of_entries = self._depth
            if self._closed or self._depth != self._depth_of_entries:
                self.plain = False
            self.starts.append(self._parser.CurrentByteIndex)

    def _stop(self, name: str) -> None:
        self._behind_entry()
        if self._depth == self._depth_of_entries and name.rpartition(":")[2] in _ENTRIES:
            self._ended = True
        elif self._depth < self._depth_of_entries:
            self._closed = True
        self._depth -= 1

    def _behind_entry(self) -> None:
        if self._ended:
            self.end, self._ended = self._parser.CurrentByteIndex, False
