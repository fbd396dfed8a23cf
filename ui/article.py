"""One article as HTML with its cited places marked; pure functions, every piece of text escaped.

Knows neither the index nor Gradio. Places are half-open offsets into `Article.text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode, urlsplit

from index.types import Article, Span
from ui.words import escape, human_date

_WEB = ("http", "https")


def place_link(article_id: int, span: Span) -> str:
    """The address, within the page's own, that opens an article at a span.

    >>> place_link(7, Span(3, 9))
    '?article=7&from=3&to=9'
    """
    return "?" + urlencode({"article": article_id, "from": span.start, "to": span.end})


def asked_place(values: Iterable[tuple[str, str]]) -> tuple[int, Span] | None:
    """The article and span that an address asks for; None where it asks for none, or badly."""
    known = dict(values)
    try:
        article = int(known["article"])
        return article, Span(int(known.get("from", 0)), int(known.get("to", 0)))
    except (KeyError, ValueError):
        return None


def article_html(article: Article, here: Span, others: Sequence[Span] = ()) -> str:
    """The whole article; `here` is what was clicked, `others` are marked as well.

    Marks are numbered in reading order as `byline-mark-1`, ...; that of `here` has the class
    `byline-here`. A span beyond the text is left out.
    """
    inside = {span for span in (here, *others) if span.start < span.end <= len(article.text)}
    spans = _apart(sorted(inside), here)
    place = spans.index(here) + 1 if here in spans else 0
    return (
        f'<article class="byline-article" tabindex="0" lang="{escape(article.language or "en")}">'
        f"{_head(article, here)}{_walk(len(spans), place)}"
        f'<div class="byline-body" dir="auto">{_body(article, spans, here)}</div></article>'
    )


def gone_html() -> str:
    """What stands where an article was that is not in the index any more."""
    return (
        '<div class="byline-article"><p class="byline-gone">This article is not in the '
        "collection any more.</p></div>"
    )


def _head(article: Article, here: Span) -> str:
    facts = [] if article.published is None else [escape(human_date(article.published))]
    facts += [f'<span dir="auto">{escape(f)}</span>' for f in (article.author, article.source) if f]
    if (page := article.page_of(here.start)) is not None:
        facts.append(f"page {page}")
    return (
        f'<header><h2 dir="auto">{escape(article.title)}</h2>'
        f'<p class="byline-facts">{" · ".join(facts)}</p>{_original(article)}</header>'
    )


def _original(article: Article) -> str:
    """A link to where the article came from, or the name of its file."""
    address = article.address if article.address is not None else article.uri
    if urlsplit(address).scheme in _WEB:
        return (
            f'<p class="byline-original"><a href="{escape(address)}" target="_blank" '
            'rel="noopener noreferrer">Original article</a></p>'
        )
    return f'<p class="byline-original" dir="auto">{escape(article.uri)}</p>'


def _walk(count: int, place: int) -> str:
    if not count:
        return ""
    buttons = ""
    if count > 1:
        buttons = (
            '<button type="button" data-walk="-1" aria-label="Cited place before">↑</button>'
            '<button type="button" data-walk="1" aria-label="Next cited place">↓</button>'
        )
    said = f"Cited place <output>{place}</output> of {count}"
    return f'<p class="byline-walk">{said} {buttons}</p>'


def _apart(spans: Sequence[Span], here: Span) -> list[Span]:
    """Spans in order, none overlapping another; `here` stays whatever it overlaps."""
    kept: list[Span] = []
    for span in spans:
        if span != here and span.overlaps(here):
            continue
        if not kept or not kept[-1].overlaps(span):
            kept.append(span)
    return kept


def _body(article: Article, spans: Sequence[Span], here: Span) -> str:
    """The text as paragraphs, one for each line, with marks, page numbers and dimmed furniture."""
    parts = []
    pages = {start: number for number, start in enumerate(article.pages, start=1)}
    at = 0
    for line in article.text.splitlines(keepends=True):
        end = at + len(line)
        for start, number in pages.items():
            if at <= start < end:
                parts.append(f'<p class="byline-page-number">page {number}</p>')
        if line.strip():
            dimmed = any(f.start <= at and end - 1 <= f.end for f in article.furniture)
            kind = ' class="byline-furniture"' if dimmed else ""
            parts.append(f"<p{kind}>{_line(article.text, at, end, spans, here)}</p>")
        at = end
    return "".join(parts)


def _line(text: str, start: int, end: int, spans: Sequence[Span], here: Span) -> str:
    shown, at = [], start
    for number, span in enumerate(spans, start=1):
        if not span.overlaps(Span(start, end)):
            continue
        first, last = max(span.start, start), min(span.end, end)
        kind = "byline-mark byline-here" if span == here else "byline-mark"
        # A span over several lines has several marks; the first one carries its number.
        name = f' id="byline-mark-{number}"' if first == span.start else ""
        shown.append(escape(text[at:first]))
        shown.append(f'<mark class="{kind}"{name}>{escape(text[first:last].rstrip())}</mark>')
        at = last
    shown.append(escape(text[at:end].rstrip()))
    return "".join(shown)
