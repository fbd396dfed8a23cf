"""The lines of a PDF's pages with their places; knows nothing of paragraphs."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from index.loaders.cleaning import clean_line

_LINE_END_HYPHEN = "\x02"  # the library's mark for a hyphen at the end of a line
_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; the y axis points up, in points. `hyphen`: its last word was divided."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    hyphen: bool = False

    @property
    def height(self) -> float:
        """The height of its letters' boxes, which stands for the size of the print."""
        return self.top - self.bottom


def page_lines(text_page: Any) -> list[Line]:
    """The lines of one page of pypdfium2, in the order of the file."""
    from pypdfium2 import raw

    handle = text_page.raw
    lines: list[Line] = []
    codes: list[int] = []
    first = last = -1
    for place in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, place)
        if code in (0x0A, 0x0D, 0x02):
            _close(lines, raw, handle, codes, first, last, hyphen=code == 0x02)
            codes, first = [], -1
            continue
        codes.append(code)
        if code > 0x20:
            last = place
            first = place if first < 0 else first
    _close(lines, raw, handle, codes, first, last, hyphen=False)
    return lines


def _close(
    lines: list[Line],
    raw: Any,
    handle: Any,
    codes: list[int],
    first: int,
    last: int,
    *,
    hyphen: bool,
) -> None:
    if first < 0:
        return
    pairs = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass")
    text = clean_line(pairs.decode("utf-16-le", "replace"))
    divided = hyphen or text.endswith(_SOFT_HYPHEN)
    text = text.replace(_SOFT_HYPHEN, "")
    if not text:
        return
    left, bottom, _, top = _box(raw, handle, first)
    _, low, right, high = _box(raw, handle, last)
    lines.append(Line(text, left, right, min(bottom, low), max(top, high), divided))


def _box(raw: Any, handle: Any, place: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a character's box, all zero where it has none."""
    box = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(handle, place, ctypes.byref(box)):
        return 0.0, 0.0, 0.0, 0.0
    return box.left, box.bottom, box.right, box.top
