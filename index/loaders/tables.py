"""Tables as text (.csv, .tsv) into documents, a row at a time; the first row names the columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO, TextIOWrapper
from pathlib import Path

from index.errors import LoadError
from index.loaders.cleaning import clean_line
from index.loaders.columns import FIELDS, Columns, check_columns, listed
from index.loaders.decoding import open_text
from index.loaders.document import Document
from index.loaders.reading import file_size, shown, unreadable
from index.loaders.rows import Rows

MAX_LINE = 16 * 1024 * 1024  # characters, of a line and of a field
_HEAD = 64 * 1024
_DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)  # a spreadsheet's own mark
_USUAL = frozenset(name for names in FIELDS.values() for name in names)


def read_table(path: Path, columns: Columns) -> Iterator[Document | LoadError]:
    """A document for each row; an error, with its number, for each row that is none.

    Rows are numbered as a spreadsheet shows them: the header is row 1. Raises LoadError where
    the file cannot be read or has no header with a column of text.
    """
    file_size(path)
    try:
        with open_text(path) as stream:
            yield from _documents(path, stream, columns)
    except OSError as error:
        raise unreadable(path, error) from None


def _documents(
    path: Path, stream: TextIOWrapper, columns: Columns
) -> Iterator[Document | LoadError]:
    rows = Rows(columns)
    names: list[str] | None = None
    for number, cells in _records(path, stream, columns):
        if not any(map(str.strip, cells)):
            continue
        if names is None:
            names = _header(path, cells, rows, columns)
        elif any(map(str.strip, cells[len(names) :])):
            yield LoadError(
                f"{shown(path)}, row {number}: {len(cells)} cells where the header has "
                f"{len(names)}; put quotation marks around cells that hold the separator."
            )
        else:
            row: dict[object, object] = {}
            for name, cell in zip(names, cells, strict=False):
                row.setdefault(name, cell)
            yield rows.document(row, number, f"{shown(path)}, row {number}")


def _header(path: Path, cells: Sequence[str], rows: Rows, columns: Columns) -> list[str]:
    """The columns' names, those that are looked for in small letters: "Title" is "title"."""
    header = [clean_line(cell) for cell in cells]
    check_columns(path, columns, header)
    names = [_usual(name) if name not in columns.values() else name for name in header]
    if not rows.has_body(names):
        raise LoadError(
            f"{shown(path)} has no column {rows.body_columns}; map the one that holds the text, "
            f"as in body=COLUMN: its columns are {listed(header)}."
        )
    return names


def _records(
    path: Path, stream: TextIOWrapper, columns: Columns
) -> Iterator[tuple[int, list[str]]]:
    head = stream.read(_HEAD)
    stream.seek(0)
    named = _SEPARATOR_LINE.match(head)
    if named is not None:
        stream.readline()
    delimiter = named[1] if named is not None else _delimiter(path, head, columns)
    if csv.field_size_limit() < MAX_LINE:
        csv.field_size_limit(MAX_LINE)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(stream), delimiter=delimiter), start=1):
            yield number, cells
    except csv.Error:
        raise LoadError(
            f"{shown(path)}, row {number + 1}: a cell is longer than {MAX_LINE // (1024 * 1024)} "
            "million characters; close its quotation mark or split its article."
        ) from None


def _lines(stream: TextIOWrapper) -> Iterator[str]:
    while line := stream.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise csv.Error
        yield line


def _delimiter(path: Path, head: str, columns: Columns) -> str:
    """The separator that makes most known names, then most columns, of the first record."""

    def merit(delimiter: str) -> tuple[int, int]:
        records = csv.reader(StringIO(head, newline=""), delimiter=delimiter)
        cells = next((cells for cells in records if any(map(str.strip, cells))), [])
        names = {clean_line(cell) for cell in cells}
        known = sum(1 for name in names if name in columns.values() or _usual(name) in _USUAL)
        return known, len(cells)

    likely = "\t" if path.suffix.lower() == ".tsv" else ","
    return max((likely, *_DELIMITERS), key=merit)


def _usual(name: str) -> str:
    return name.lower() if name.lower() in _USUAL else name
