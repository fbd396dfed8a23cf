"""Which loader reads what a server sent: the suffix for its media type, name and first bytes.

Loads nothing itself.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from index.loaders.reading import kind_of

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIXES = {
    "application/atom+xml": ".rss",
    "application/jsonl": ".jsonl",
    "application/jsonlines": ".jsonl",
    "application/pdf": ".pdf",
    "application/rdf+xml": ".rss",
    "application/rss+xml": ".rss",
    "application/x-jsonlines": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/x-pdf": ".pdf",
    "application/xhtml+xml": ".html",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    _WORD: ".docx",
}
_SAYS_NOTHING = frozenset(("", "application/octet-stream", "binary/octet-stream", "text/plain"))
_SAYS_LITTLE = _SAYS_NOTHING | {
    *("application/gzip", "application/x-gzip", "application/zip", "application/json"),
    *("application/xml", "text/xml"),
}
_NAMED = frozenset((".docx", ".jsonl", ".markdown", ".md", ".ndjson", ".pdf", ".txt"))
_FEED = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]")
_PAGE = re.compile(rb"<(?:!doctype\s{1,9})?html[\s>]", re.IGNORECASE)


def loader_suffix(media_type: str, path: str, content: bytes) -> str | None:
    """The suffix whose loader reads the content, None where no loader does.

    What a server says is believed unless it says next to nothing, or the content is plainly a
    PDF or a feed: `loader_suffix("text/plain", "/notes.md", b"# Notes") == ".md"`.
    """
    head = content[:1024]
    if head.startswith(b"%PDF-"):
        return ".pdf"
    is_markup = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    is_page = is_markup and _PAGE.search(head) is not None
    told = _SUFFIXES.get(media_type)
    says_little = media_type in _SAYS_LITTLE
    if is_markup and not is_page and (says_little or told == ".html") and _FEED.search(head):
        return ".rss"
    if not says_little:
        return told
    named = PurePosixPath(path.lower().removesuffix(".gz")).suffix
    if named in _NAMED:
        return named
    if is_page and media_type != "text/plain":
        return ".html"
    is_text = media_type in _SAYS_NOTHING and kind_of(head) is None and b"\x00" not in head
    return ".txt" if is_text else None
