"""Files into articles: which suffixes are read, which files a folder holds, what a file says.

Knows nothing of storage; `load` answers with an error instead of raising one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.errors import LoadError
from index.furniture import find_furniture
from index.loaders.cleaning import clean_text, label, readable_stem
from index.loaders.document import Document
from index.loaders.markdown import read_markdown
from index.loaders.pdf import read_pdf
from index.loaders.plain import read_plain
from index.loaders.reading import no_text, shown, unreadable
from index.loaders.rows import read_rows
from index.loaders.webpage import read_webpage
from index.loaders.word import read_word
from index.types import Article

READERS: dict[str, Callable[[Path], Document]] = {
    ".docx": read_word,
    ".htm": read_webpage,
    ".html": read_webpage,
    ".markdown": read_markdown,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".txt": read_plain,
    ".xhtml": read_webpage,
}
ROW_READERS: dict[str, Callable[[Path], Iterator[Document | LoadError]]] = {
    ".jsonl": read_rows,
    ".jsonl.gz": read_rows,
    ".ndjson": read_rows,
    ".ndjson.gz": read_rows,
}
SUFFIXES = tuple(sorted((*READERS, *ROW_READERS)))


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


def load(path: Path) -> Iterator[Article | LoadError]:
    """The articles of one file; what cannot be read is yielded as a LoadError, never raised."""
    try:
        uri = _address(path)
        suffix = suffix_of(path)
        if suffix in ROW_READERS:
            for document in ROW_READERS[suffix](path):
                if isinstance(document, LoadError):
                    yield document
                else:
                    yield _article(path, uri, document)
        elif suffix in READERS:
            yield _article(path, uri, READERS[suffix](path))
        else:
            yield _unsupported(path)
    except LoadError as error:
        yield error
    except Exception as error:  # a parser's own failure must not stop the other files
        yield LoadError(
            f"{path} cannot be read as an article ({type(error).__name__}: {error}); "
            "save it in another format."
        )


def suffix_of(path: Path) -> str:
    """The suffix in lower case, `.gz` with what it packs: `.jsonl.gz`."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".gz"]:
        return "".join(suffixes)
    return suffixes[-1] if suffixes else ""


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


def _article(path: Path, uri: str, document: Document) -> Article:
    text = document.text if document.pages else clean_text(document.text)
    if not text:
        raise no_text(path)
    given = label(document.title)
    title = given
    if title is None:
        title = readable_stem(path.name)
        title = title if document.row is None else f"{title} {document.row}"
    source = label(document.source)
    return Article(
        uri=uri if document.row is None else f"{uri}#{document.row}",
        title=title,
        text=text,
        source=source if source is not None else path.name,
        published=document.published,
        author=label(document.author),
        furniture=find_furniture(text),
        pages=document.pages,
        address=document.address,
        language=document.language,
        title_from_name=given is None,
    )
