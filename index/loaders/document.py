"""What a format's reader hands on, before it becomes an article; knows nothing of any format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file, or of one row of a file, as its format gives it.

    `None` means that the format says nothing. `row` is the identity of a row inside its file,
    `member` the path inside an archive of the file that the document is from.
    `pages` holds the offset in `text` at which each page starts; a reader that fills it has
    cleaned `text` already, because cleaning would move the offsets.
    """

    text: str
    title: str | None = None
    source: str | None = None
    published: str | None = None
    author: str | None = None
    row: str | None = None
    pages: tuple[int, ...] = ()
    address: str | None = None
    language: str | None = None
    member: str | None = None
