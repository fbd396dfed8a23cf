"""Bytes of a file with every way of failing named; knows nothing of what the bytes mean."""

from __future__ import annotations

import stat
from pathlib import Path

from index.errors import LoadError, printable

MAX_FILE_BYTES = 64 * 1024 * 1024

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office document"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"{\\rtf", "an RTF document"),
)


def shown(path: Path) -> str:
    """The path as one line of print: a line feed as `\\n`, bytes that are no text as `\\udcXX`."""
    text = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
    return printable(text)


def kind_of(data: bytes) -> str | None:
    """What the first bytes say the file is, `"a PDF"`, or None for text and the unknown."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    return None


def file_size(path: Path) -> int:
    """Size in bytes of a readable regular file; raises LoadError for anything else."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise LoadError(f"{shown(path)} does not exist; check the path.") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if stat.S_ISDIR(status.st_mode):
        raise LoadError(f"{shown(path)} is a folder, not a file; name the files inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise LoadError(f"{shown(path)} is not a regular file; copy its content into one.")
    if status.st_size == 0:
        raise LoadError(f"{shown(path)} is empty; put text into it or leave it out.")
    return status.st_size


def read_bytes(path: Path) -> bytes:
    """The whole file, at most MAX_FILE_BYTES of it; raises LoadError."""
    size = file_size(path)
    if size > MAX_FILE_BYTES:
        raise _too_large(path, size)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > MAX_FILE_BYTES:  # it grew since its size was asked
        raise _too_large(path, len(data))
    if not data:
        raise LoadError(f"{shown(path)} is empty; put text into it or leave it out.")
    return data


def unreadable(path: Path, error: Exception) -> LoadError:
    """The error for a file the system will not open, in the system's own words."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return LoadError(f"{shown(path)} cannot be opened ({reason}); check the path and its rights.")


def no_text(path: Path) -> LoadError:
    """The error for a file that was read but holds nothing to index."""
    return LoadError(f"{shown(path)} holds no text; put text into it or leave it out.")


def _too_large(path: Path, size: int) -> LoadError:
    mebibyte = 1024 * 1024
    return LoadError(
        f"{shown(path)} has {size / mebibyte:.1f} MiB, over the limit of "
        f"{MAX_FILE_BYTES // mebibyte} MiB; split it into smaller files."
    )
