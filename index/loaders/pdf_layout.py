"""Lines of PDF pages into paragraphs, also across pages, with divided words mended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.furniture import is_furniture
from index.loaders.pdf_lines import Line
from index.loaders.wrapping import ends_sentence, glue_between, goes_on, starts_item

_WORD = re.compile(r"[\w'’-]+")
_KEPT_PREFIXES = {"self", "ex", "non", "well", "half", "vice", "anti", "semi", "all", "cross"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of all pages and the offset at which each page starts in it."""

    text: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    line: Line
    page: int
    edge: float  # how far to the right the lines of its column reach
    base: float  # how far to the left they start
    pitch: float  # the usual distance from line to line in its column


def lay_out(pages: Sequence[Sequence[Line]]) -> Layout:
    """The paragraphs of the pages, separated by blank lines."""
    placed = [item for number, page in enumerate(pages) for item in _placed(page, number)]
    words = frozenset(word.casefold() for item in placed for word in _WORD.findall(item.line.text))
    starts: list[int | None] = [None] * len(pages)
    parts: list[str] = []
    length = 0
    for before, item in pairwise((None, *placed)):
        if item is None:
            continue
        text = item.line.text
        if before is None:
            glue, cut = "", 0
        elif _ends_paragraph(before, item):
            glue, cut = "\n\n", 0
        else:
            glue, cut = _glue(before.line, item.line, words)
        if cut:
            parts[-1] = parts[-1][:-cut]
            length -= cut
        if starts[item.page] is None:
            starts[item.page] = length + len(glue)
        parts += [glue, text]
        length += len(glue) + len(text)
    return Layout("".join(parts), _filled(starts, length))


def _filled(starts: Sequence[int | None], length: int) -> tuple[int, ...]:
    """Page starts without gaps: a page without text starts where the next one does."""
    filled: list[int] = []
    following = length
    for start in reversed(starts):
        following = start if start is not None else following
        filled.append(following)
    if filled:
        filled[-1] = 0
    return tuple(reversed(filled))


def _placed(page: Sequence[Line], number: int) -> Iterable[_Placed]:
    for column in _columns(page):
        distances = [up.bottom - low.bottom for up, low in pairwise(column)]
        pitch = median(distances) if distances else column[0].height * 1.2
        edge = sorted(line.right for line in column)[(len(column) * 9) // 10]
        base = sorted(line.left for line in column)[len(column) // 4]
        for line in column:
            yield _Placed(line, number, edge, base, pitch)


def _columns(page: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines that stand under one another, in the order of the file."""
    columns: list[list[Line]] = []
    for line in page:
        above = columns[-1][-1] if columns else None
        if (
            above is not None
            and line.bottom < above.bottom
            and line.left < above.right
            and above.left < line.right
        ):
            columns[-1].append(line)
        else:
            columns.append([line])
    return columns


def _ends_paragraph(before: _Placed, item: _Placed) -> bool:
    """Whether a paragraph ends between two lines that follow one another."""
    left, right = before.line, item.line
    if starts_item(right.text) or is_furniture(left.text) or is_furniture(right.text):
        return True
    if _differ(left.height, right.height):
        return True
    below = before.page == item.page and (before.edge, before.base) == (item.edge, item.base)
    if not below:
        return not (left.hyphen or goes_on(right.text) or _is_full(before, right)) or (
            ends_sentence(left.text) and not goes_on(right.text)
        )
    if left.bottom - right.bottom > item.pitch * 1.4 + 1:
        return True
    step = max(4.0, right.height * 0.5)
    indented = right.left > item.base + step and left.left < item.base + step
    if indented and not starts_item(left.text):
        return True
    return not (left.hyphen or _is_full(before, right))


def _differ(height: float, other: float) -> bool:
    return min(height, other) > 0 and max(height, other) > min(height, other) * 1.15


def _is_full(before: _Placed, right: Line) -> bool:
    """Whether the next line's first word would not have fitted at the end of this one."""
    word = right.text.split(" ", 1)[0]
    width = (right.right - right.left) / max(1, len(right.text)) * (len(word) + 1)
    return before.line.right + width * 1.1 > before.edge


def _glue(left: Line, right: Line, words: frozenset[str]) -> tuple[str, int]:
    """What stands between two lines of a paragraph, and how many characters to drop before it."""
    first = _WORD.match(right.text)
    stem = left.text.removesuffix("-")
    if first is not None and (left.hyphen or (stem != left.text and stem[-1:].isalpha())):
        half = stem.rsplit(" ", 1)[-1].strip("“\"'(‘")
        written = len(left.text) - len(stem)
        return ("-", written) if _keeps_hyphen(half, first[0], words) else ("", written)
    return glue_between(left.text, right.text), 0


def _keeps_hyphen(half: str, rest: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to the word, which the rest of the document may show."""
    if not half or not rest[0].islower() or not half[-1].isalpha():
        return True
    if (half + rest).casefold() in words:
        return False
    return f"{half}-{rest}".casefold() in words or half.casefold() in _KEPT_PREFIXES
