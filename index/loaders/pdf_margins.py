"""Running headers, footers and page numbers of a PDF, found because they repeat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from index.loaders.pdf_lines import Line

_DEPTH = 3  # how many lines from the top and from the bottom of a page are looked at
_LONGEST = 120
_Key = tuple[str, str]  # the edge, and the line's text with its digits made equal
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\W{0,3}(?:(?:page|p\.|pg\.?|seite) ?)?(?:\d{1,4}|[ivxl]{1,6})\W{0,3}", re.I)


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines that stand at the same edge of most of them.

    From the edge inwards, up to the first line that does not repeat. Digits count as equal, so
    that "Page 3" repeats "Page 2". A single page is left as it is.
    """
    if len(pages) < 2:
        return [list(page) for page in pages]
    edges = [_edge_lines(page) for page in pages]
    counts = Counter(key for edge in edges for key in {key for run in edge for _, key in run})
    written = sum(1 for page in pages if page)
    often = {key for key, count in counts.items() if count >= _enough(key, written)}
    kept: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        margin = {
            place for run in edge for place, _ in takewhile(lambda placed: placed[1] in often, run)
        }
        kept.append([line for place, line in enumerate(page) if place not in margin])
    return kept


def _enough(key: _Key, pages: int) -> int:
    """On how many pages a line must repeat: fewer for numbers, all of them where there are two.

    Left and right pages may have headers of their own, so less than half is enough for many.
    """
    if key[1] == "#":
        return 2
    return max(2, pages) if pages < 4 else max(3, (pages * 2 + 4) // 5)


def _edge_lines(page: Sequence[Line]) -> list[list[tuple[int, _Key]]]:
    """From the top down and from the bottom up: each line's place and what it is compared by."""
    downwards = sorted(range(len(page)), key=lambda place: -page[place].top)
    runs = (("top", downwards[:_DEPTH]), ("bottom", downwards[: -_DEPTH - 1 : -1]))
    return [[(place, (edge, _key(page[place].text))) for place in run] for edge, run in runs]


def _key(text: str) -> str:
    """`_key("Page 3") == _key("4") == "#"`; other lines keep their words."""
    if len(text) > _LONGEST:
        return text
    return "#" if _NUMBER.fullmatch(text) else _DIGITS.sub("#", text.casefold())
