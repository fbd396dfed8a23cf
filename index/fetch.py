"""What a web address gives, as articles: it is fetched, and the loader of its kind reads it.

Knows nothing of connections; the web client below it is imported when it is used.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from index.articles import load
from index.errors import LoadError
from index.loaders.cleaning import readable_stem
from index.loaders.decoding import decode
from index.loaders.links import hostname
from index.loaders.reading import kind_of, no_text
from index.types import Article
from index.web.media import loader_suffix

if TYPE_CHECKING:
    from index.web.client import Web
    from index.web.reply import Reply

_TEXTS = frozenset((".html", ".md", ".rss", ".txt"))
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether the text is meant as a web address and not as a path: `https://post.example`."""
    return _ADDRESS.match(text) is not None


def fetch(
    address: str, *, allow_private: bool = False, web: Web | None = None
) -> Iterator[Article | LoadError]:
    """The articles at a web address; what goes wrong is yielded as a LoadError, never raised.

    A page, PDF, text or Word document is one article; JSON Lines and feeds give one for each row
    or entry. Links are not followed. `uri` is the address after redirects without parameters that
    only track, or the one that the page names as its own on the same host; rows and entries add
    `#` and their name. `allow_private` admits this machine, private networks and every port.

    `[article] = fetch("https://post.example/dam-holds"); article.source == "post.example"`
    """
    from index.web.addresses import shown
    from index.web.client import Web

    try:
        reply = (web if web is not None else Web()).get(address, allow_private=allow_private)
        yield from _articles(reply)
    except LoadError as error:
        yield error
    except OSError as error:
        yield LoadError(
            f"{shown(address)} cannot be kept while it is read ({error.strerror}); "
            "make room in the folder for temporary files."
        )


def _articles(reply: Reply) -> Iterator[Article | LoadError]:
    from index.web.addresses import shown

    place = shown(str(reply.url))
    if not reply.content.strip():
        raise LoadError(f"{place} is an empty page; look at it in a browser.")
    suffix = loader_suffix(reply.media_type, reply.url.path, reply.content)
    if suffix is None:
        found = kind_of(reply.content)
        kind = found if found is not None else reply.media_type or "something unknown"
        raise LoadError(
            f"{place} is {kind}, which is not read; web pages, PDF, text, Markdown, .docx, "
            "JSON Lines and feeds are."
        )
    with tempfile.TemporaryDirectory(prefix="byline-") as folder:
        path = Path(folder).resolve() / f"page{suffix}"
        for loaded in _loaded(path, reply):
            if isinstance(loaded, Article):
                yield _addressed(loaded, path, reply)
            elif str(loaded) == str(no_text(path)):
                yield LoadError(
                    f"{place} shows no article text, perhaps without scripts or a log-in; "
                    "save the page in a browser and add the file."
                )
            else:
                yield LoadError(str(loaded).replace(str(path), place))


def _loaded(path: Path, reply: Reply) -> Iterator[Article | LoadError]:
    """The articles of the content, kept at `path` while it is read."""
    try:
        content = reply.content
        if reply.charset is not None and path.suffix in _TEXTS:  # only the server may name it
            content = decode(path, content, reply.charset).encode("utf-8", "replace")
    except LoadError as error:
        yield error
    else:
        path.write_bytes(content)
        yield from load(path)


def _addressed(article: Article, path: Path, reply: Reply) -> Article:
    """The article under its web address instead of its temporary file's."""
    from index.web.addresses import canonical, normalised

    row = article.uri.removeprefix(str(path))
    if row:
        address = article.address if article.address is not None else normalised(reply.url)
        uri = normalised(reply.url) + row
    else:
        address = uri = canonical(reply.url, article.address)
    title = article.title
    if article.title_from_name:
        title = _title(reply) + title.removeprefix(readable_stem(path.name))
    source = article.source
    if source == path.name:
        host = hostname(str(reply.url))
        source = host if host is not None else reply.url.host
    return replace(article, uri=uri, address=address, title=title, source=source)


def _title(reply: Reply) -> str:
    """The last part of the address as a title, where it has letters, else the host."""
    stem = _SUFFIX.sub("", PurePosixPath(reply.url.path).name)
    return readable_stem(f"{stem}.html") if any(map(str.isalpha, stem)) else reply.url.host
