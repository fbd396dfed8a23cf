"""Saved web pages (.html) into documents: the article's text without the page around it."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import replace
from pathlib import Path

from index.loaders.cleaning import label, sensible_author, sensible_title
from index.loaders.dates import iso_date
from index.loaders.decoding import decode
from index.loaders.document import Document
from index.loaders.language import language_code
from index.loaders.links import hostname, web_address
from index.loaders.reading import no_text, read_bytes
from index.loaders.visible import VisiblePage, visible_page
from index.loaders.xml import declared_encoding, without_declaration

_MOST_TAGS = 40_000  # the extractor's time grows with the square of their number
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{2,40})", re.I)
_RULER = re.compile(r"[|\s:-]*")
_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "publishdate",
    "parsely-pub-date",
    "sailthru.date",
)


def read_webpage(path: Path) -> Document:
    """The document of an HTML file; raises LoadError."""
    data = read_bytes(path)
    html = without_declaration(decode(path, data, html_encoding(data)))
    page = visible_page(html)
    document = _extracted(html) if html.count("<") <= _MOST_TAGS else None
    if document is None:
        document = _shown(page)
    if not document.text.strip():
        raise no_text(path)
    return replace(document, address=_address(page), language=_language(page))


def html_encoding(data: bytes) -> str | None:
    """The encoding that a page names in its first lines."""
    declared = declared_encoding(data)
    if declared is not None:
        return declared
    found = _CHARSET.search(data[:4096])
    return found[1].decode("ascii", "replace") if found is not None else None


def _address(page: VisiblePage) -> str | None:
    address = web_address(page.canonical)
    return address if address is not None else web_address(page.meta.get("og:url"))


def _language(page: VisiblePage) -> str | None:
    declared = (page.language, *map(page.meta.get, ("content-language", "og:locale")))
    return next(filter(None, map(language_code, declared)), None)


def _extracted(html: str) -> Document | None:
    """What the article extractor finds, None where it finds no text."""
    import trafilatura

    for name in ("trafilatura", "htmldate"):  # they log broken pages as errors of their own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            page = trafilatura.bare_extraction(
                html,
                with_metadata=True,
                include_comments=False,
                include_tables=True,
                date_extraction_params={"extensive_search": False, "original_date": True},
            )
    except Exception:  # the extractor's libraries raise without a common root on odd pages
        return None
    if page is None or isinstance(page, dict) or not page.text:
        return None
    site = label(page.sitename)
    return Document(
        text="\n".join(_plain_rows(page.text)),
        title=_without_site(sensible_title(page.title), site),
        source=site if site is not None else label(page.hostname),
        published=iso_date(page.date),
        author=sensible_author(page.author),
    )


def _plain_rows(text: str) -> list[str]:
    """Table rows without their outer bars and without the ruler below the head."""
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        if not (bare.startswith("|") and bare.endswith("|")):
            lines.append(line)
        elif not _RULER.fullmatch(bare):
            lines.append(" | ".join(cell.strip() for cell in bare[1:-1].split("|")))
    return lines


def _shown(page: VisiblePage) -> Document:
    """The whole visible page, with what its head says about it."""
    meta = page.meta
    site = label(meta.get("og:site_name"))
    if site is None:
        site = label(hostname(meta.get("og:url", "")))
    title = sensible_title(meta.get("og:title"))
    if title is None:
        title = _without_site(sensible_title(page.title), site)
    if title is None:
        title = sensible_title(page.heading)
    dates = (iso_date(meta.get(name)) for name in _DATE_NAMES)
    return Document(
        text=page.text,
        title=title,
        source=site,
        published=next((date for date in dates if date is not None), None),
        author=sensible_author(meta.get("author")),
    )


def _without_site(title: str | None, site: str | None) -> str | None:
    """`_without_site("Dam holds - The Post", "The Post") == "Dam holds"`."""
    if title is None or site is None:
        return title
    for bar in (" - ", " | ", " – ", " — ", " :: "):
        shorter = title.removesuffix(bar + site)
        if shorter and shorter != title:
            return shorter
    return title
