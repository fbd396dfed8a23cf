"""RSS and Atom feeds (.rss, .atom, .xml) into documents, one an entry; fetches nothing."""

from __future__ import annotations

import html
import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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
from index.loaders.feed_parts import small_feeds
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
_TYPES_OF_TEXT = ("text/plain", "text/html", "application/xhtml+xml")


def read_feed(path: Path) -> Iterator[Document | LoadError]:
    """A document for each entry with a text, its id being its `row`; raises LoadError.

    Entries that are only a headline are one error together; an entry that comes twice is one.
    Takes about half a millisecond an entry, most of it in feedparser, and memory for some hundred
    entries beside the file itself. A file of more than 64 MiB or 1.5 million tags (100,000 entries
    with all that feeds can say) is refused, and broken XML of more than 2 MiB.
    """
    seen: dict[str, str] = {}
    bare: list[str] = []
    entries = 0
    for feed in _feeds(path):
        for raw in feed["entries"]:
            entries += 1
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
    if not entries:
        raise LoadError(f"{shown(path)} is a feed without entries; download it again.")
    if bare:
        yield LoadError(
            f"{shown(path)} has no text for {len(bare)} of its {entries} entries, "
            f'the first "{bare[0]}"; save the pages that they link to.'
        )


def _feeds(path: Path) -> Iterator[Mapping[str, Any]]:
    """The feed as feedparser reads it, piece by piece."""
    import feedparser

    data = read_bytes(path)
    text = decode(path, data, declared_encoding(data)).removeprefix("\ufeff")
    prolog = _PROLOG.match(text)
    text = text[prolog.end() if prolog is not None else 0 :]
    if _ROOT.match(text) is None:
        raise LoadError(f"{shown(path)} is no RSS or Atom feed; save its articles as web pages.")
    for piece in small_feeds(path, text.encode("utf-8", "replace")):
        try:
            feed: Mapping[str, Any] = feedparser.parse(
                io.BytesIO(piece),  # bytes alone would be taken for the name of a file
                response_headers={"content-type": "application/xml; charset=utf-8"},
                resolve_relative_uris=False,
                sanitize_html=False,
            )
        except Exception:  # its handlers raise errors of many kinds on values that make no sense
            raise LoadError(f"{shown(path)} is a broken feed; download it again.") from None
        yield feed


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
