"""Files into articles: which suffixes are read, which files a folder holds, what a file says.

Knows nothing of storage; `load` answers with an error instead of raising one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from index.errors import LoadError
from index.furniture import find_furniture
from index.loaders.archive import ARCHIVE, read_archive
from index.loaders.cleaning import clean_line, clean_text, label, readable_stem
from index.loaders.columns import Columns, parse_columns
from index.loaders.document import Document
from index.loaders.epub import read_book
from index.loaders.feed import read_feed
from index.loaders.jsonl import read_jsonl
from index.loaders.language import detect_language
from index.loaders.mail import read_mail
from index.loaders.mailbox import read_mailbox
from index.loaders.markdown import read_markdown
from index.loaders.pdf import read_pdf
from index.loaders.plain import read_plain
from index.loaders.reading import no_text, shown, unreadable
from index.loaders.tables import read_table
from index.loaders.webpage import read_webpage
from index.loaders.word import read_word
from index.types import Article

__all__ = [
    "LOADER_VERSION",
    "READERS",
    "ROW_READERS",
    "SUFFIXES",
    "TABLE_READERS",
    "Columns",
    "discover",
    "load",
    "parse_columns",
    "suffix_of",
]

LOADER_VERSION = 2
"""Grows whenever a reader would give other articles for the same file: then files that are
unchanged have to be read again."""

MOST_ERRORS = 1000  # told of one file; nobody mends more of them one by one

READERS: dict[str, Callable[[Path], Document]] = {
    ".docx": read_word,
    ".eml": read_mail,
    ".htm": read_webpage,
    ".html": read_webpage,
    ".markdown": read_markdown,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".txt": read_plain,
    ".xhtml": read_webpage,
}
ROW_READERS: dict[str, Callable[[Path], Iterator[Document | LoadError]]] = {
    ".atom": read_feed,
    ".epub": read_book,
    ".mbox": read_mailbox,
    ".rss": read_feed,
    ".xml": read_feed,
}
TABLE_READERS: dict[str, Callable[[Path, Columns], Iterator[Document | LoadError]]] = {
    ".csv": read_table,
    ".jsonl": read_jsonl,
    ".jsonl.gz": read_jsonl,
    ".ndjson": read_jsonl,
    ".ndjson.gz": read_jsonl,
    ".tsv": read_table,
}
SUFFIXES = tuple(sorted((*READERS, *ROW_READERS, *TABLE_READERS, ARCHIVE)))


def discover(paths: Iterable[Path]) -> Iterator[Path | LoadError]:
    """The files to load, each once, folders walked in sorted order.

    Hidden entries and unsupported suffixes inside folders are passed over; a path that was
    named but is missing or unsupported yields a LoadError.
    """
    seen: set[str] = set()
    for path in paths:
        try:
            real = os.path.realpath(path)
            is_folder = path.is_dir()
            exists = is_folder or path.exists()
        except (OSError, ValueError) as error:
            yield unreadable(path, error)
            continue
        if not exists:
            yield LoadError(f"{shown(path)} does not exist; check the path.")
        elif is_folder:
            yield from _walk(path, seen)
        elif suffix_of(path) not in SUFFIXES:
            yield _unsupported(path)
        elif real not in seen:
            seen.add(real)
            yield path


def load(path: Path, columns: Columns | None = None) -> Iterator[Article | LoadError]:
    """The articles of one file; what cannot be read is yielded as a LoadError, never raised.

    `columns` maps fields to the columns of tables that hold them: `{"title": "Headline"}`. A file
    in which nothing else is found is given up after MOST_ERRORS errors.
    """
    try:
        uri = _address(path)
    except LoadError as error:
        yield error
        return
    articles = errors = 0
    for document in _documents(path, columns if columns is not None else {}):
        try:
            item = document if isinstance(document, LoadError) else _article(path, uri, document)
        except Exception as error:
            item = _unforeseen(path, error)
        if isinstance(item, Article):
            articles += 1
            yield item
        elif errors < MOST_ERRORS:
            errors += 1
            yield item
        elif errors == MOST_ERRORS:
            errors += 1
            yield LoadError(
                f"{shown(path)} has more than {MOST_ERRORS:,} faults; mend those that are named, "
                "then add it again."
            )
            if not articles:
                return


def suffix_of(path: Path) -> str:
    """The suffix in lower case, `.gz` with what it packs: `.jsonl.gz`."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".gz"]:
        return "".join(suffixes)
    return suffixes[-1] if suffixes else ""


def _documents(path: Path, columns: Columns) -> Iterator[Document | LoadError]:
    """The documents of one file by its suffix; raises nothing and yields at least an error."""
    suffix = suffix_of(path)
    try:
        if suffix in READERS:
            yield READERS[suffix](path)
        elif suffix not in SUFFIXES:
            raise _unsupported(path)
        else:
            found = False
            for document in _rows(path, suffix, columns):
                found = True
                yield document
            if not found:
                raise no_text(path)
    except LoadError as error:
        yield error
    except Exception as error:  # a parser's own failure must not stop the other files
        yield _unforeseen(path, error)


def _unforeseen(path: Path, error: Exception) -> LoadError:
    return LoadError(
        f"{shown(path)} cannot be read as an article ({type(error).__name__}: "
        f"{clean_line(str(error))}); save it in another format."
    )


def _rows(path: Path, suffix: str, columns: Columns) -> Iterator[Document | LoadError]:
    if suffix == ARCHIVE:
        return read_archive(path, partial(_documents, columns=columns), _kind)
    if suffix in TABLE_READERS:
        return TABLE_READERS[suffix](path, columns)
    return ROW_READERS[suffix](path)


def _kind(name: str) -> str | None:
    suffix = suffix_of(Path(name))
    return suffix if suffix in SUFFIXES else None


def _walk(folder: Path, seen: set[str]) -> Iterator[Path | LoadError]:
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        real = os.path.realpath(path)
        if not os.path.isdir(path):
            if suffix_of(path) in SUFFIXES and real not in seen:
                seen.add(real)
                yield path
            continue
        if real in seen:
            continue
        seen.add(real)
        try:
            names = sorted(os.listdir(path), reverse=True)
        except OSError as error:
            yield unreadable(path, error)
            continue
        waiting.extend(path / name for name in names if not name.startswith("."))


def _unsupported(path: Path) -> LoadError:
    return LoadError(
        f"{shown(path)} is of a kind that is not read; supported are {', '.join(SUFFIXES)}."
    )


def _address(path: Path) -> str:
    try:
        address = os.path.realpath(path)
        address.encode("utf-8")
    except UnicodeEncodeError:
        raise LoadError(f"{shown(path)} has a name that is not UTF-8; rename it.") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    return address


def _article(path: Path, uri: str, document: Document) -> Article | LoadError:
    file = path if document.member is None else path / document.member
    text = document.text if document.pages else clean_text(document.text)
    if not text:
        return no_text(file)
    title = given = label(document.title)
    if title is None:
        title = readable_stem(file.name)
        title = title if document.row is None else f"{title} {document.row}"
    source = label(document.source)
    language = document.language
    return Article(
        uri="#".join(part for part in (uri, document.member, document.row) if part is not None),
        title=title,
        text=text,
        source=source if source is not None else file.name,
        published=document.published,
        author=label(document.author),
        furniture=find_furniture(text),
        pages=document.pages,
        address=document.address,
        language=language if language is not None else detect_language(text),
        title_from_name=given is None,
    )
