"""Books (.epub) into documents, one a chapter in reading order; knows no rights management."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from index.errors import LoadError
from index.loaders.cleaning import clean_text, sensible_author, sensible_title
from index.loaders.dates import iso_date
from index.loaders.decoding import text_of
from index.loaders.document import Document
from index.loaders.language import language_code
from index.loaders.reading import file_size, no_text, shown, unreadable
from index.loaders.unzip import allowed_bytes, is_encrypted, open_zip, unpacked
from index.loaders.visible import visible_page
from index.loaders.webpage import html_encoding
from index.loaders.xml import named, text_in, without_declaration, xml_tree

MAX_TEXT_BYTES = 64 * 1024 * 1024  # of everything read of a book; a long one has 5 MiB
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTERS = ("application/xhtml+xml", "text/html")
_NCX = "application/x-dtbncx+xml"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_EVENT = "{http://www.idpf.org/2007/opf}event"


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of the book as its manifest lists it; `contents`: a table of contents."""

    name: str
    kind: str
    contents: bool


def read_book(path: Path) -> Iterator[Document | LoadError]:
    """A document for each chapter with text, its path in the book being its `row`.

    Raises LoadError where the book cannot be read.
    """
    allowed = allowed_bytes(file_size(path), MAX_TEXT_BYTES)
    found = False
    try:
        with path.open("rb") as stream, open_zip(stream) as archive:
            for document in _Book(path, archive, allowed).chapters():
                found = True
                yield document
    except zipfile.BadZipFile:
        raise LoadError(f"{shown(path)} is not a readable EPUB book; download it again.") from None
    except OSError as error:
        raise unreadable(path, error) from None
    if not found:
        raise no_text(path)


class _Book:
    """An open book: its files, read within one limit, and what its package says of them."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, allowed: int) -> None:
        self._path = path
        self._archive = archive
        self._members = {member.filename: member for member in archive.infolist()}
        self._bytes_allowed = self._bytes_left = allowed
        roots = named(self._tree(_CONTAINER), "rootfile")
        package = next((root.get("full-path", "") for root in roots), "")
        self._package = self._tree(package)
        self._items = _manifest(self._package, package)

    def chapters(self) -> Iterator[Document | LoadError]:
        """The chapters with text, in reading order."""
        ids = (reference.get("idref", "") for reference in named(self._package, "itemref"))
        spine = dict.fromkeys(self._items[id_] for id_ in ids if id_ in self._items)
        names = [item.name for item in spine if item.kind in _CHAPTERS and not item.contents]
        names = [name for name in names if name in self._members]
        self._check_rights(names)
        book = self._about()
        titles = self._titles()
        for name in names:
            try:
                data = self._read(name)
            except zipfile.BadZipFile:
                yield LoadError(
                    f"{shown(self._path)}, {name}: the chapter cannot be unpacked; "
                    "download the book again."
                )
                continue
            text = text_of(data, html_encoding(data))
            page = visible_page(without_declaration(text) if text is not None else "")
            if clean_text(page.text):
                given = map(sensible_title, (titles.get(name), page.heading, page.title))
                title = next(filter(None, given), book.title)
                yield replace(book, text=page.text, title=title, row=name)

    def _check_rights(self, names: list[str]) -> None:
        """Raises LoadError where chapters are encrypted; scrambled fonts do not matter."""
        locked = {name for name in names if is_encrypted(self._members[name])}
        if _ENCRYPTION in self._members:
            references = named(self._tree(_ENCRYPTION), "CipherReference")
            locked |= {unquote(reference.get("URI", "")) for reference in references}
        if locked.intersection(names):
            raise LoadError(
                f"{shown(self._path)} is protected against copying (DRM); "
                "add an edition without protection."
            )

    def _about(self) -> Document:
        """What the book says of itself, for each of its chapters."""
        title = sensible_title(_first(self._package, "title"))
        creators = [text_in(creator) for creator in named(self._package, "creator")]
        dates = {date.get(_EVENT): iso_date(text_in(date)) for date in named(self._package, "date")}
        return Document(
            text="",
            title=title,
            source=title,
            published=dates.get("publication", dates.get(None)),
            author=sensible_author(creators),
            language=language_code(_first(self._package, "language")),
        )

    def _titles(self) -> dict[str, str]:
        """Name of a chapter -> what the tables of contents call it."""
        titles: dict[str, str] = {}
        for item in self._items.values():
            if item.contents:
                with suppress(zipfile.BadZipFile):
                    for title, link in _entries(self._tree(item.name), item.kind):
                        titles.setdefault(_resolved(item.name, link), title)
        return titles

    def _tree(self, name: str) -> Any:
        """An XML file of the book; raises BadZipFile where it is missing or no XML."""
        tree = xml_tree(self._read(name))
        if tree is None:
            raise zipfile.BadZipFile(f"{name} is no XML")
        return tree

    def _read(self, name: str) -> bytes:
        member = self._members.get(name)
        if member is None:
            raise zipfile.BadZipFile(f"{name} is missing")
        pieces: list[bytes] = []
        for piece in unpacked(self._archive, member):
            self._bytes_left -= len(piece)
            if self._bytes_left < 0:
                raise LoadError(
                    f"{shown(self._path)} unpacks to more than "
                    f"{self._bytes_allowed // (1024 * 1024)} MiB of text; split it."
                )
            pieces.append(piece)
        return b"".join(pieces)


def _manifest(package: Any, name: str) -> dict[str, _Item]:
    """Id -> file, as the package called `name` lists them."""
    items: dict[str, _Item] = {}
    for element in named(package, "item"):
        kind = element.get("media-type", "")
        contents = kind == _NCX or "nav" in element.get("properties", "").split()
        item = _Item(_resolved(name, element.get("href", "")), kind, contents)
        items.setdefault(element.get("id", ""), item)
    return items


def _entries(tree: Any, kind: str) -> Iterator[tuple[str, str]]:
    """The titles of a table of contents with what they link to."""
    if kind == _NCX:
        for point in named(tree, "navPoint"):
            content = next(named(point, "content"), None)
            if content is not None:
                yield _first(point, "text"), content.get("src", "")
    else:
        for contents in named(tree, "nav"):
            if contents.get(_TYPE, "toc") == "toc":
                for link in named(contents, "a"):
                    yield text_in(link), link.get("href", "")


def _resolved(base: str, link: str) -> str:
    """The name of a file in the book that another one links to, without the place in it."""
    target = unquote(link.partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def _first(tree: Any, name: str) -> str:
    return next((text_in(element) for element in named(tree, name)), "")
