"""All text a browser would show of a page, with its head's metadata, in one linear pass.

Used where the article extractor finds nothing or would take too long; it does not tell the
article from what surrounds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

_NEVER_SHOWN = "script style template noscript head svg math iframe object select button canvas"
_ON_LINES_OF_THEIR_OWN = (
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary"
    " table tbody tfoot thead tr ul"
)
_HIDDEN = frozenset(_NEVER_SHOWN.split())
_BLOCKS = frozenset(_ON_LINES_OF_THEIR_OWN.split())


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """The shown text of a page, its title and the `meta` names of its head in lower case."""

    text: str
    title: str
    meta: Mapping[str, str]


def visible_page(html: str) -> VisiblePage:
    """The page of any HTML, however broken or deeply nested; never raises for its content."""
    from lxml import etree

    collector = _Collector()
    parser = etree.HTMLParser(target=collector, huge_tree=True, remove_comments=True)
    with suppress(etree.LxmlError, ValueError, AssertionError):  # what was collected stands
        etree.fromstring(html, parser)
    return collector.page()


class _Collector:
    """Receives the parser's events; `_hidden` is the depth inside elements nobody sees."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._title: list[str] = []
        self._meta: dict[str, str] = {}
        self._hidden: list[str] = []
        self._in_title = False
        self._in_cell = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            name = attributes.get("property", attributes.get("name", ""))
            self._meta.setdefault(name.lower(), attributes.get("content", ""))
        elif tag == "title":
            self._in_title = not self._title
        elif tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag in ("td", "th"):
            self._parts.append(" | " if self._in_cell else "")
            self._in_cell = True
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag in _BLOCKS:
            self._break()
        if tag == "tr":
            self._in_cell = False

    def end(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag in _HIDDEN and tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self._break()

    def data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        elif not self._hidden:
            self._parts.append(data.replace("\n", " ").replace("\r", " "))

    def close(self) -> None:
        """Part of the parser's protocol; nothing is left to do."""

    def page(self) -> VisiblePage:
        """What was collected, blanks collapsed and empty lines removed."""
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        text = "\n".join(line for line in lines if line not in ("", "-"))
        return VisiblePage(text, " ".join("".join(self._title).split()), self._meta)

    def _break(self) -> None:
        self._parts.append("\n")
