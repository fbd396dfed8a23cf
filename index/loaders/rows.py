"""JSON Lines files (.jsonl, .ndjson, also gzipped) into documents, one line at a time."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedReader
from pathlib import Path

from index.errors import LoadError
from index.loaders.cleaning import clean_text, headline_of, label, sensible_author, sensible_title
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.reading import file_size, kind_of, shown, unreadable
from index.loaders.webpage import hostname

MAX_LINE_BYTES = 16 * 1024 * 1024
TEXT_KEYS = ("body", "text", "content")
TITLE_KEYS = ("title", "headline")
DATE_KEYS = ("published", "date", "published_at")
SOURCE_KEYS = ("source", "publisher", "site")
AUTHOR_KEYS = ("author", "byline")


def read_rows(path: Path) -> Iterator[Document | LoadError]:
    """A document for each row; an error, with its line, for each row that is none.

    Raises LoadError where the file cannot be opened or is no JSON Lines at all.
    """
    file_size(path)
    rows_by_name: dict[str, int] = {}
    try:
        with _open(path) as stream:
            for number, line in _lines(stream):
                if number == 1 and line is not None:
                    _check_head(path, line)
                if line is None:
                    yield LoadError(
                        f"{shown(path)}, line {number}: the line is longer than "
                        f"{MAX_LINE_BYTES // (1024 * 1024)} MiB; split its article."
                    )
                elif line.strip():
                    yield _row(path, number, line, rows_by_name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LoadError(
            f"{shown(path)} is a broken gzip archive ({error}); make it again with gzip."
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def _lines(stream: gzip.GzipFile | BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; None for a line over the limit, which is skipped piece by piece."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line.rstrip(b"\r\n")) <= MAX_LINE_BYTES and (
            line.endswith(b"\n") or len(line) <= MAX_LINE_BYTES
        ):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1024 * 1024)
        yield number, None


def _check_head(path: Path, line: bytes) -> None:
    kind = kind_of(line)
    if kind is not None:
        raise LoadError(f"{shown(path)} is {kind}, not JSON Lines; give it the suffix that fits.")
    if b"\x00" in line[:4096]:
        raise LoadError(f"{shown(path)} is not UTF-8 text; save it as JSON Lines in UTF-8.")
    if line.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
        raise LoadError(
            f"{shown(path)} is one JSON array, not JSON Lines; write one object on each line."
        )


def _row(path: Path, number: int, line: bytes, seen: dict[str, int]) -> Document | LoadError:
    place = f"{shown(path)}, line {number}"
    try:
        row: object = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return LoadError(f"{place}: the line is not UTF-8; save the file as UTF-8.")
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "unreadable value"
        return LoadError(f"{place}: not valid JSON ({reason}); write one object on each line.")
    if not isinstance(row, Mapping):
        return LoadError(f"{place}: not a JSON object; write one object on each line.")
    text = clean_text(_text(row))
    if not text:
        return LoadError(f'{place}: no text; put the article into "body", "text" or "content".')
    name = label(row.get("id"))
    name = name if name is not None else str(number)
    if name in seen:
        return LoadError(
            f'{place}: the id "{name}" stands on line {seen[name]} already; make each id unique.'
        )
    seen[name] = number
    title = sensible_title(_first(row, TITLE_KEYS))
    return Document(
        text=text,
        title=title if title is not None else headline_of(text),
        source=_source(row),
        published=iso_date(_first(row, DATE_KEYS)),
        author=sensible_author(_first(row, AUTHOR_KEYS)),
        row=name,
    )


def _first(row: Mapping[object, object], keys: Sequence[str]) -> object:
    """The first value that says something."""
    return next((row[key] for key in keys if row.get(key) not in (None, "", [])), None)


def _text(row: Mapping[object, object]) -> str:
    """The first text with more than blanks in it; a list of paragraphs is joined."""
    for key in TEXT_KEYS:
        value = row.get(key)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _source(row: Mapping[object, object]) -> str | None:
    value = _first(row, SOURCE_KEYS)
    if isinstance(value, Mapping):
        value = value.get("name")
    name = label(value)
    if name is None:
        address = label(row.get("url"))
        name = label(hostname(address)) if address is not None else None
    return name
