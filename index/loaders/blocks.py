"""Paragraphs, list items and table rows as lines of plain text; knows no file format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a block is: rows follow rows and items follow items without a blank line."""

    TEXT = "text"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document as it shall read in plain text."""

    text: str
    kind: Kind


def join_blocks(blocks: Iterable[Block]) -> str:
    """The blocks under one another; empty ones, bare bullets and bare bars are left out."""
    parts: list[str] = []
    before: Kind | None = None
    for block in blocks:
        text = block.text.strip("\n")
        if not any(map(str.isalnum, text)):
            continue
        if before is not None:
            together = block.kind is before and block.kind is not Kind.TEXT
            parts.append("\n" if together else "\n\n")
        parts.append(text)
        before = block.kind
    return "".join(parts)
