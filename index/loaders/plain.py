"""Plain text files (.txt) into documents; knows a few header lines and nothing of markup."""

from __future__ import annotations

import re
from pathlib import Path

from index.loaders.cleaning import clean_text, headline_of, sensible_author, sensible_title
from index.loaders.dates import iso_date, stated_publication
from index.loaders.decoding import decode
from index.loaders.document import Document
from index.loaders.reading import read_bytes
from index.loaders.wrapping import unwrap

_HEADER = re.compile(
    r"[ \t]*(title|headline|author|by|source|publisher|published|publication date|posted|date)"
    r"(?: on)?[ \t]*:[ \t]*(\S.{0,200})",
    re.IGNORECASE,
)
_NAMES = {
    "headline": "title",
    "by": "author",
    "publisher": "source",
    "publication date": "published",
    "posted": "published",
    "date": "published",
}
_HEADER_LINES = 12


def read_plain(path: Path) -> Document:
    """The document of a text file, its hard-wrapped lines joined; raises LoadError."""
    text = clean_text(decode(path, read_bytes(path)))
    header = header_of(text)
    published = iso_date(header.get("published"))
    if published is None:
        stated = map(stated_publication, text.split("\n", _HEADER_LINES)[:_HEADER_LINES])
        published = next(filter(None, stated), None)
    title = sensible_title(header.get("title"))
    return Document(
        text=unwrap(_below_header(text)),
        title=title if title is not None else headline_of(_below_header(text)),
        source=header.get("source"),
        published=published,
        author=sensible_author(header.get("author")),
    )


def header_of(text: str) -> dict[str, str]:
    """The `Name: value` lines at the top: `header_of("Date: 3 May 2021\\n...")["published"]`."""
    found: dict[str, str] = {}
    for line in text.split("\n", _HEADER_LINES)[:_HEADER_LINES]:
        match = _HEADER.fullmatch(line)
        if match is not None:
            name = match[1].lower()
            found.setdefault(_NAMES.get(name, name), match[2].strip())
    return found


def _below_header(text: str) -> str:
    """The text after the `Name: value` lines that open it: they are about it, not in it."""
    lines = text.split("\n")
    first = 0
    while first < len(lines) and (not lines[first] or _HEADER.fullmatch(lines[first])):
        first += 1
    return "\n".join(lines[first:]) if first < len(lines) else text
