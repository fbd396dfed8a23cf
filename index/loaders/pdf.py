"""PDF files into documents whose pages can be told apart; knows no layout, only the file."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.loaders.cleaning import headline_of, sensible_author, sensible_title
from index.loaders.dates import iso_date, stated_publication
from index.loaders.document import Document
from index.loaders.pdf_layout import lay_out
from index.loaders.pdf_lines import Line, page_lines
from index.loaders.pdf_margins import without_margins
from index.loaders.reading import read_bytes, shown

_ONE_AT_A_TIME = threading.Lock()  # the library behind pypdfium2 knows no threads
_PASSWORD_ERROR = 4
# The element of the publishers' vocabulary PRISM; metadata are not packed, so it can be seen.
_XMP_DATE = re.compile(rb"prism:publicationDate(?:>|=[\"'])\s{0,9}([0-9T:+Z.-]{8,35})[<\"'\s]")


def read_pdf(path: Path) -> Document:
    """The document of a PDF file; raises LoadError."""
    import pypdfium2

    data = read_bytes(path)
    with _ONE_AT_A_TIME:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise _refused(path, error) from None
        with closing(pdf):
            pages = [_lines_of(pdf, number) for number in range(len(pdf))]
            about = _metadata(pdf)
    if not any(pages):
        raise LoadError(
            f"{shown(path)} has no text layer, only pictures of pages; run OCR on it first."
        )
    layout = lay_out(without_margins(pages))
    if not layout.text:
        layout = lay_out(pages)
    title = sensible_title(about.get("Title"))
    return Document(
        text=layout.text,
        title=title if title is not None else headline_of(layout.text),
        published=_published(data, pages[0]),
        author=sensible_author(about.get("Author")),
        pages=layout.pages,
    )


def _published(data: bytes, first_page: list[Line]) -> str | None:
    """What the first page or the metadata says; the date of the file is not that of the article."""
    stated = (stated_publication(line.text) for line in first_page)
    found = _XMP_DATE.search(data)
    declared = iso_date(found[1].decode("ascii")) if found is not None else None
    return next((date for date in stated if date is not None), declared)


def _refused(path: Path, error: Exception) -> LoadError:
    if getattr(error, "err_code", None) == _PASSWORD_ERROR:
        return LoadError(f"{shown(path)} is password-protected; save a copy without a password.")
    return LoadError(f"{shown(path)} is not a readable PDF; open it and save it again.")


def _lines_of(pdf: Any, number: int) -> list[Line]:
    """The lines of a page, none for a page that is broken."""
    import pypdfium2

    try:
        with closing(pdf[number]) as page, closing(page.get_textpage()) as text_page:
            return page_lines(text_page)
    except pypdfium2.PdfiumError:
        return []


def _metadata(pdf: Any) -> Mapping[str, str]:
    try:
        about: dict[str, str] = pdf.get_metadata_dict()
    except (ValueError, RuntimeError):
        return {}
    return about
