"""JSON Lines files (.jsonl, .ndjson, also gzipped) into documents, one line at a time."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from itertools import islice
from pathlib import Path

from index.errors import LoadError
from index.loaders.columns import Columns, check_columns
from index.loaders.document import Document
from index.loaders.reading import file_size, kind_of, shown, unreadable
from index.loaders.rows import Rows
from index.loaders.unzip import allowed_bytes

MAX_LINE_BYTES = 16 * 1024 * 1024
_ROWS_ASKED_FOR_COLUMNS = 100


def read_jsonl(path: Path, columns: Columns) -> Iterator[Document | LoadError]:
    """A document for each row; an error, with its line, for each row that is none.

    Raises LoadError where the file cannot be opened, is no JSON Lines at all, or lacks a mapped
    column in all of its first hundred rows.
    """
    rows = Rows(columns)
    if columns:
        first = islice(_objects(path), _ROWS_ASKED_FOR_COLUMNS)
        objects = [row for _, row in first if not isinstance(row, LoadError)]
        if objects:
            check_columns(path, columns, dict.fromkeys(str(name) for o in objects for name in o))
    for number, row in _objects(path):
        if isinstance(row, LoadError):
            yield row
        else:
            yield rows.document(row, number, f"{shown(path)}, line {number}")


def _objects(path: Path) -> Iterator[tuple[int, Mapping[object, object] | LoadError]]:
    """The numbered lines that are not blank, each as a JSON object or an error."""
    allowed = allowed_bytes(file_size(path))
    limit = MAX_LINE_BYTES // (1024 * 1024)
    with _opened(path) as stream:
        for number, line in _lines(stream, allowed):
            place = f"{shown(path)}, line {number}"
            if number == 1 and line is not None:
                _check_head(path, line)
            if line is None:
                problem = f"{place}: the line is longer than {limit} MiB; split its article."
                yield number, LoadError(problem)
            elif line.strip():
                yield number, _object(place, number, line)
        if stream.tell() > allowed:
            raise LoadError(
                f"{shown(path)} unpacks to more than {allowed // (1024 * 1024)} MiB, the limit "
                "for its size; unpack it first."
            )


@contextmanager
def _opened(path: Path) -> Iterator[gzip.GzipFile | BufferedReader]:
    try:
        packed = path.name.lower().endswith(".gz")
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LoadError(
            f"{shown(path)} is a broken gzip archive ({error}); make it again with gzip."
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _lines(
    stream: gzip.GzipFile | BufferedReader, allowed: int
) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines up to `allowed` bytes; None for a line over the limit, which is skipped."""
    number = 0
    while stream.tell() <= allowed and (line := stream.readline(MAX_LINE_BYTES + 1)):
        number += 1
        if len(line.rstrip(b"\r\n")) <= MAX_LINE_BYTES and (
            line.endswith(b"\n") or len(line) <= MAX_LINE_BYTES
        ):
            yield number, line
            continue
        while line and not line.endswith(b"\n") and stream.tell() <= allowed:
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


def _object(place: str, number: int, line: bytes) -> Mapping[object, object] | LoadError:
    try:
        row: object = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return LoadError(f"{place}: the line is not UTF-8; save the file as UTF-8.")
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "unreadable value"
        return LoadError(f"{place}: not valid JSON ({reason}); write one object on each line.")
    if not isinstance(row, Mapping):
        return LoadError(f"{place}: not a JSON object; write one object on each line.")
    return row
