"""RSS and Atom feeds (.rss, .atom, .xml) into documents, one an entry; fetches nothing."""

from __future__ import annotations

import html
import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from index.errors import LoadError
from index.loaders.cleaning import (
    clean_line,
    clean_text,
    label,
    opening_words,
    sensible_author,
    sensible_title,
)
from index.loaders.dates import iso_date
from index.loaders.decoding import decode
from index.loaders.document import Document
from index.loaders.identity import digest, identity
from index.loaders.language import language_code
from index.loaders.links import web_address
from index.loaders.reading import read_bytes, shown
from index.loaders.visible import visible_page
from index.loaders.wrapping import unwrap
from index.loaders.xml import declared_encoding

# What may stand before the root. Without it no entity is declared: none can be a bomb.
_PROLOG = re.compile(
    r"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)*+", re.DOTALL
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|RDF|feed)[\s>]")
_MARKUP = re.compile(r"<[a-zA-Z!/]")
_MOST_TAGS = 1_500_000  # the parser takes 15 microseconds for each
_MOST_ATTRIBUTES = 1000  # its time grows with the square of their number
_MOST_MENDED = 2 * 1024 * 1024  # bytes; broken XML takes it three times as long
_TYPES_OF_TEXT = ("text/plain", "text/html", "application/xhtml+xml")


def read_feed(path: Path) -> Iterator[Document | LoadError]:
    """A document for each entry with a text, its id being its `row`; raises LoadError.

    Entries that are only a headline are one error together; an entry that comes twice is one.
    """
    feed = _parsed(path)
    seen: dict[str, str] = {}
    bare: list[str] = []
    for raw in feed["entries"]:
        entry = dict(raw)  # without the parser's aliases, which warn
        text, language = _body(entry)
        title = _title(entry)
        if not text or text == title:
            bare.append(title if title is not None else "without a title")
            continue
        mark = digest(text.encode())
        row = next(name for name in _names(entry, mark) if seen.get(name, mark) == mark)
        if row in seen:
            continue
        seen[row] = mark
        yield Document(
            text=text,
            title=title if title is not None else opening_words(text),
            source=_source(entry, feed["feed"]),
            published=_published(entry),
            author=_author(entry, feed),
            row=row,
            address=_address(entry),
            language=_language(language, feed["feed"].get("language")),
        )
    if bare:
        yield LoadError(
            f"{shown(path)} has no text for {len(bare)} of its {len(feed['entries'])} entries, "
            f'the first "{bare[0]}"; save the pages that they link to.'
        )


def _parsed(path: Path) -> Mapping[str, Any]:
    import feedparser

    data = read_bytes(path)
    text = decode(path, data, declared_encoding(data)).removeprefix("\ufeff")
    prolog = _PROLOG.match(text)
    text = text[prolog.end() if prolog is not None else 0 :]
    if _ROOT.match(text) is None:
        raise LoadError(f"{shown(path)} is no RSS or Atom feed; save its articles as web pages.")
    encoded = text.encode("utf-8", "replace")
    _check_cost(path, encoded)
    try:
        feed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(encoded),  # bytes alone would be taken for the name of a file
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # its handlers raise errors of many kinds on values that make no sense
        raise LoadError(f"{shown(path)} is a broken feed; download it again.") from None
    if not feed["entries"]:
        raise LoadError(f"{shown(path)} is a feed without entries; download it again.")
    return feed


def _check_cost(path: Path, data: bytes) -> None:
    """Raises LoadError for what the feed parser, written in Python, would be too slow for."""
    tags = 0

    def start(_: str, attributes: list[str]) -> None:
        nonlocal tags
        tags += 1
        if tags > _MOST_TAGS or len(attributes) > _MOST_ATTRIBUTES:
            raise LoadError(f"{shown(path)} is too large for a feed; split it into smaller files.")

    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        if len(data) > _MOST_MENDED:
            raise LoadError(
                f"{shown(path)} is broken XML, too large to be mended; download it again."
            ) from None


def _body(entry: Mapping[str, Any]) -> tuple[str, object]:
    """The longest text of an entry, its full content before its summary, and its language."""
    details = [*entry.get("content", ()), entry.get("summary_detail", {})]
    texts = [(clean_text(_text(detail)), detail.get("language")) for detail in details]
    return max(texts, key=lambda found: len(found[0]))


def _text(detail: Mapping[str, Any]) -> str:
    """The readable text of a piece of content; plain text keeps its lines."""
    value, kind = detail.get("value"), detail.get("type", "text/html")
    if not isinstance(value, str) or kind not in _TYPES_OF_TEXT:
        return ""
    if kind != "text/plain" and _MARKUP.search(value):
        return visible_page(value).text
    return unwrap(clean_text(value if kind == "text/plain" else html.unescape(value)))


def _title(entry: Mapping[str, Any]) -> str | None:
    return sensible_title(clean_line(_text(entry.get("title_detail", {}))))


def _names(entry: Mapping[str, Any], mark: str) -> Iterator[str]:
    """What may identify an entry, best first; feeds that use one id for all exist."""
    for name in (identity(entry.get("id")), identity(entry.get("link"))):
        if name is not None:
            yield name
    yield mark


def _source(entry: Mapping[str, Any], home: Mapping[str, Any]) -> str | None:
    origin = label(entry.get("source", {}).get("title"))
    return origin if origin is not None else label(_text(home.get("title_detail", {})))


def _published(entry: Mapping[str, Any]) -> str | None:
    for name in ("published", "updated"):
        date = iso_date(entry.get(name))
        parsed = entry.get(f"{name}_parsed")
        if date is None and parsed is not None:
            date = iso_date(timegm(parsed))
        if date is not None:
            return date
    return None


def _author(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> str | None:
    """The entry's author, in Atom else the feed's; an address alone is no name."""
    homes = [entry, feed["feed"]] if feed["version"].startswith("atom") else [entry]
    for home in homes:
        names = (dict(home.get("author_detail", {})).get("name"), home.get("author"))
        author = next(filter(None, map(sensible_author, names)), None)
        if author is not None and "@" not in author:
            return author
    return None


def _address(entry: Mapping[str, Any]) -> str | None:
    links = map(web_address, (entry.get("feedburner_origlink"), entry.get("link")))
    return next(filter(None, links), None)


def _language(*declared: object) -> str | None:
    return next(filter(None, map(language_code, declared)), None)
