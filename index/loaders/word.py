"""Word documents (.docx) into documents: headings, paragraphs, lists and tables in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import LoadError
from index.loaders.blocks import Block, Kind, join_blocks
from index.loaders.cleaning import headline_of, label, sensible_author, sensible_title
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.language import language_code
from index.loaders.plain import header_of
from index.loaders.reading import read_bytes, shown
from index.loaders.unzip import is_encrypted, open_zip

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

MAX_UNPACKED_BYTES = 512 * 1024 * 1024  # pictures, for the most part
MAX_XML_BYTES = 64 * 1024 * 1024  # becomes a tree twenty times as large; a long book has 10 MiB
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = frozenset(_W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml"))
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_SKIPPED = frozenset(_W + name for name in ("del", "moveFrom", "txbxContent", "pPr", "rPr"))


def read_word(path: Path) -> Document:
    """The document of a .docx file; raises LoadError."""
    data = read_bytes(path)
    if data.startswith(_OLE):
        raise LoadError(
            f"{shown(path)} is password-protected or in the old .doc format; "
            "save a copy as .docx without a password."
        )
    _check_archive(path, data)
    import docx

    try:
        return _document(docx.Document(io.BytesIO(data)))
    except Exception:  # the parser raises KeyError, ValueError and its own errors alike
        raise _broken(path) from None


def _check_archive(path: Path, data: bytes) -> None:
    try:
        with open_zip(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise _broken(path) from None
    if any(map(is_encrypted, entries)):
        raise LoadError(f"{shown(path)} is password-protected; save a copy without a password.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise LoadError(
            f"{shown(path)} unpacks to more than {MAX_UNPACKED_BYTES // (1024 * 1024)} MiB; "
            "take its pictures out or split it."
        )
    markup = sum(e.file_size for e in entries if e.filename.lower().endswith((".xml", ".rels")))
    if markup > MAX_XML_BYTES:
        raise LoadError(
            f"{shown(path)} unpacks to more than {MAX_XML_BYTES // (1024 * 1024)} MiB of markup; "
            "split it."
        )


def _broken(path: Path) -> LoadError:
    return LoadError(
        f"{shown(path)} is not a readable Word document; open it in Word and save it again."
    )


def _document(document: WordDocument) -> Document:
    text = join_blocks(_blocks(document))
    properties = document.core_properties
    title = sensible_title(properties.title)
    return Document(
        text=text,
        title=title if title is not None else _headline(document, text),
        # When the file was made says nothing of when its article came out.
        published=iso_date(header_of(text).get("published")),
        author=sensible_author(properties.author),
        language=language_code(properties.language),
    )


def _headline(document: WordDocument, text: str) -> str | None:
    for paragraph in document.paragraphs[:20]:
        if paragraph.style is not None and paragraph.style.name in ("Title", "Heading 1"):
            title = sensible_title(paragraph.text)
            if title is not None:
                return title
    return label(headline_of(text))


def _blocks(document: WordDocument) -> Iterator[Block]:
    styles = {style.style_id: str(style.name) for style in document.styles}
    waiting = [iter(document.element.body)]
    number = 0
    while waiting:
        element: Any = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag in _WRAPPERS:
            waiting.append(iter(element))
        elif element.tag == _W + "p":
            bullet = _bullet(element, styles)
            number = number + 1 if bullet == "1. " else 0
            text = (f"{number}. " if number else bullet) + _text(element)
            yield Block(text, Kind.ITEM if bullet else Kind.TEXT)
        elif element.tag == _W + "tbl":
            number = 0
            for row in element.iter(_W + "tr"):
                cells = [" ".join(_text(cell).split()) for cell in row.iterchildren(_W + "tc")]
                yield Block(" | ".join(cells), Kind.ROW)


def _bullet(paragraph: Any, styles: dict[str, str]) -> str:
    """`"1. "` or `"- "` for a list item, nothing for other paragraphs."""
    properties = paragraph.find(_W + "pPr")
    if properties is None:
        return ""
    style = properties.find(_W + "pStyle")
    name = styles.get(style.get(_W + "val"), "") if style is not None else ""
    if name.startswith("List Number"):
        return "1. "
    in_list = properties.find(_W + "numPr") is not None and not name.startswith("Heading")
    return "- " if name.startswith("List") or in_list else ""


def _text(element: Any) -> str:
    """All text inside an element except deleted text and text boxes, without recursion."""
    parts: list[str] = []
    waiting = [iter(element)]
    while waiting:
        child: Any = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag == _W + "t":
            parts.append(child.text if child.text is not None else "")
        elif child.tag in _BREAKS:
            parts.append(_BREAKS[child.tag])
        elif child.tag not in _SKIPPED:
            if child.tag == _W + "p" and parts:
                parts.append("\n")
            waiting.append(iter(child))
    return "".join(parts)
