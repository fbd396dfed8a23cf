"""Hard-wrapped plain text back into whole paragraphs; leaves everything else as it is."""

from __future__ import annotations

import re
from itertools import pairwise

from index.furniture import is_furniture

_NARROWEST, _WIDEST = 45, 100
_BULLET = re.compile(r"\s*(?:[-*•–—·]|\(?\d{1,3}[.)]|\(?[a-z][.)]) ")
_FULL_STOPS = ".!?:…。！？"
_CLOSING = "\"'”’)]»"


def unwrap(text: str) -> str:
    """Lines broken at a fixed width joined into paragraphs, if the text was wrapped that way.

    A text is taken as wrapped where nearly every line is as long as its width allows and many
    lines end in mid-sentence; text with a paragraph on each line comes back unchanged.
    """
    lines = text.split("\n")
    width = _wrap_width(lines)
    if width is None:
        return text
    joined: list[str] = []
    parts: list[str] = []
    for line in lines:
        if parts and _is_soft(parts[-1], line, width):
            parts.append(line)
        else:
            if parts:
                joined.append(_paragraph(parts))
            parts = [line]
    joined.append(_paragraph(parts))
    return "\n".join(joined)


def starts_item(line: str) -> bool:
    """Whether a line starts a list item: `starts_item("- bread")`."""
    return _BULLET.match(line) is not None


def ends_sentence(line: str) -> bool:
    """Whether the last word of a line closes a sentence, quotation marks aside."""
    return line.rstrip(_CLOSING)[-1:] in _FULL_STOPS


def goes_on(line: str) -> bool:
    """Whether a line can only be the middle of a sentence: it starts with a small letter."""
    return line.lstrip(_CLOSING + "“‘«([ \t")[:1].islower()


def glue_between(left: str, right: str) -> str:
    """What joins two lines of a paragraph: nothing after a hyphen or in Chinese, else a blank."""
    hyphened = left[-1] == "-" and left[-2:-1].isalnum() and right[0].isalnum()
    return "" if hyphened or (_is_ideograph(left[-1]) and _is_ideograph(right[0])) else " "


def _is_ideograph(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"


def _paragraph(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    pieces = [parts[0].rstrip()]
    for part in parts[1:]:
        stripped = part.strip()
        pieces += [glue_between(pieces[-1], stripped), stripped]
    return "".join(pieces)


def _wrap_width(lines: list[str]) -> int | None:
    breaks = [(left, right) for left, right in pairwise(lines) if left.strip() and right.strip()]
    if len(breaks) < 2:
        return None
    lengths = sorted(len(left) for left, _ in breaks)
    width = lengths[(len(lengths) * 95) // 100]
    if not _NARROWEST <= width <= _WIDEST:
        return None
    soft = [pair for pair in breaks if _is_full(*pair, width)]
    inside = [pair for pair in soft if not ends_sentence(pair[0]) and _may_go_on(pair[1])]
    if len(soft) * 4 < len(breaks) * 3 or len(inside) * 5 < len(soft) * 2:
        return None
    return width


def _is_full(left: str, right: str, width: int) -> bool:
    """Whether the next word would not have fitted on the line, give or take a few characters."""
    word = right.lstrip()[: _WIDEST + 1].split(" ", 1)[0]
    return width - 8 < len(left) + 1 + len(word) and len(left) <= width + 12


def _may_go_on(line: str) -> bool:
    first = line.lstrip(_CLOSING + "“‘«([ \t")[:1]
    return first.islower() or (first.isalpha() and not first.isupper())


def _is_soft(left: str, right: str, width: int) -> bool:
    if not left.strip() or not right.strip() or not _is_full(left, right, width):
        return False
    indented = right[0].isspace() and len(right) - len(right.lstrip()) > _indent(left)
    starts_anew = indented and not starts_item(left)
    return not (starts_anew or starts_item(right) or is_furniture(left) or is_furniture(right))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
