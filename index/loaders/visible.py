"""All text a browser would show of a page, with what its head says, in one linear pass.

It does not tell the article from what surrounds it: what it shows is used where the article
extractor finds nothing or would take too long, and for HTML that is nothing but an article.
"""

from __future__ import annotations

import re
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
_HEADINGS = ("h1", "h2", "h3")
_NOT_DISPLAYED = re.compile(r"(?:^|[;\s])display\s{0,9}:\s{0,9}none\b", re.IGNORECASE)
_CELL = "\x00"  # between two cells of a row; no text of a page holds it
_TO_BLANK = {ord("\n"): " ", ord("\r"): " ", ord(_CELL): " "}


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """The shown text of a page, one line a block, and what its head says of it.

    `title` is that of the head, `heading` the first heading that is shown; `meta` has the names
    of the head's `meta` elements in lower case; `canonical` is the address that the page calls
    its own, `language` what its root element declares. Empty where there is none.
    """

    text: str
    title: str
    heading: str
    meta: Mapping[str, str]
    canonical: str
    language: str


def visible_page(html: str) -> VisiblePage:
    """The page of any HTML, however broken or deeply nested; never raises for its content."""
    from lxml import etree

    collector = _Collector()
    parser = etree.HTMLParser(target=collector, huge_tree=True, remove_comments=True)
    with suppress(etree.LxmlError, ValueError, AssertionError):  # what was collected stands
        etree.fromstring(html, parser)
    return collector.page()


class _Collector:
    """Receives the parser's events, every start with its end.

    `_hidden_at` is the depth of the outermost element around the place that nobody sees,
    `_heading_at` that of the first heading while it is open.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._title: list[str] = []
        self._heading: list[str] = []
        self._meta: dict[str, str] = {}
        self._canonical = ""
        self._language = ""
        self._depth = 0
        self._hidden_at: int | None = None
        self._heading_at: int | None = None
        self._in_title = False
        self._in_cell = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if tag in ("html", "meta", "link"):
            self._note(tag, attributes)
        elif tag == "title":
            self._in_title = not self._title
        if self._hidden_at is not None:
            return
        if tag in _HIDDEN or _is_hidden(tag, attributes):
            self._hidden_at = self._depth
        elif tag in ("td", "th"):
            self._parts.append(_CELL if self._in_cell else "")
            self._in_cell = True
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag in _BLOCKS:
            self._parts.append("\n")
            if tag == "tr":
                self._in_cell = False
            elif tag in _HEADINGS and not self._heading:
                self._heading_at = self._depth

    def _note(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Keeps what the head says; the first of two says it."""
        if tag == "meta":
            names = [attributes.get(name, "") for name in ("property", "name", "http-equiv")]
            name = next(filter(None, names), "")
            self._meta.setdefault(name.lower(), attributes.get("content", ""))
        elif tag == "link" and not self._canonical:
            if attributes.get("rel", "").lower() == "canonical":
                self._canonical = attributes.get("href", "")
        elif tag == "html" and not self._language:
            self._language = attributes.get("lang", attributes.get("xml:lang", ""))

    def end(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._hidden_at == self._depth:
            self._hidden_at = None
        elif self._hidden_at is None and tag in _BLOCKS:
            self._parts.append("\n")
        if self._heading_at == self._depth:
            self._heading_at = None
        self._depth -= 1

    def data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        elif self._hidden_at is None:
            self._parts.append(data.translate(_TO_BLANK))
            if self._heading_at is not None:
                self._heading.append(data)

    def close(self) -> None:
        """Part of the parser's protocol; nothing is left to do."""

    def page(self) -> VisiblePage:
        """What was collected, blanks collapsed and empty lines removed."""
        lines = map(_line, "".join(self._parts).split("\n"))
        return VisiblePage(
            text="\n".join(line for line in lines if line not in ("", "-")),
            title=" ".join("".join(self._title).split()),
            heading=" ".join("".join(self._heading).split()),
            meta=self._meta,
            canonical=self._canonical,
            language=self._language,
        )


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element says that it is not shown; a whole page that does is shown later."""
    if tag in ("html", "body"):
        return False
    return "hidden" in attributes or _NOT_DISPLAYED.search(attributes.get("style", "")) is not None


def _line(raw: str) -> str:
    """One line with bars between its cells; cells that lay out a page leave none at its ends."""
    line = " ".join(raw.replace(_CELL, " | ").split())
    return line.strip(" |") if _CELL in raw else line
