"""Puts values into words and text into HTML: escaping, dates, confidence, counts. Knows no page."""

from __future__ import annotations

import html
from collections.abc import Iterable

from qa.question.written import human_date
from qa.types import Citation, Form

__all__ = ["LEADS", "confidence_words", "counted", "escape", "human_date", "newest"]

LEADS = {
    Form.YES_NO: "The articles say:",
    Form.TOPIC: "What the articles say about this:",
    Form.SUMMARY: "In the article's own words:",
}
"""What introduces sentences that are evidence, or an extract, and no short answer."""

_REFERENCES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_CONFIDENCE = ((0.85, "Very likely right"), (0.65, "Likely right"), (0.45, "Perhaps right"))


def escape(text: str) -> str:
    """The text as HTML that shows exactly these characters, in content and in attributes.

    The result is one line: line breaks and tabs become character references, so that nothing on
    the way to the page can take them for layout. Halves of a surrogate pair, which no page can
    show, become U+FFFD.

    >>> escape("<b> & 'b'")
    '&lt;b&gt; &amp; &#x27;b&#x27;'
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    escaped = html.escape(whole, quote=True)
    for character, reference in _REFERENCES.items():
        escaped = escaped.replace(character, reference)
    return escaped


def confidence_words(confidence: float) -> str:
    """A probability in [0, 1] in words.

    >>> confidence_words(0.9)
    'Very likely right'
    """
    for least, words in _CONFIDENCE:
        if confidence >= least:
            return words
    return "Uncertain"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "article"), counted(1200, "article")
    ('1 article', '1,200 articles')
    """
    noun = one if count == 1 else many if many is not None else f"{one}s"
    return f"{count:,} {noun}"


def newest(citations: Iterable[Citation]) -> str | None:
    """The newest date of the cited articles, None where none has a date."""
    return max((c.published for c in citations if c.published), default=None)
