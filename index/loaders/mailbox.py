"""Mailboxes (.mbox) into documents, one mail at a time; a mail in memory is all it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from index.errors import LoadError
from index.loaders.document import Document
from index.loaders.mail import mail_document
from index.loaders.reading import MAX_FILE_BYTES, file_size, kind_of, shown, unreadable

_CLOCK = re.compile(rb"\d:\d\d")
_LONGEST_BETWEEN = 300
_ESCAPED = re.compile(rb">+From ")
_LONGEST_LINE = 1024 * 1024


def read_mailbox(path: Path) -> Iterator[Document | LoadError]:
    """A document for each mail, its Message-ID being its `row`; an error for each that is none.

    A mail that comes twice, as in exports with labels, is one. Raises LoadError where the file
    cannot be opened or is no mailbox.
    """
    file_size(path)
    seen: set[str | None] = set()
    try:
        with path.open("rb") as stream:
            for number, data in enumerate(_mails(path, stream), start=1):
                place = f"{shown(path)}, mail {number}"
                if data is None:
                    limit = MAX_FILE_BYTES // (1024 * 1024)
                    yield LoadError(
                        f"{place} has more than {limit} MiB; save it without its attachments."
                    )
                    continue
                try:
                    document = mail_document(data, place)
                except LoadError as error:
                    yield error
                    continue
                if document.row not in seen:
                    seen.add(document.row)
                    yield document
    except OSError as error:
        raise unreadable(path, error) from None


def _mails(path: Path, stream: BufferedReader) -> Iterator[bytes | None]:
    """The bytes of each mail, None for one over the limit."""
    first = stream.readline(_LONGEST_LINE)
    kind = kind_of(first)
    if kind is not None:
        raise LoadError(f"{shown(path)} is {kind}, not a mailbox; give it the suffix that fits.")
    if not first.startswith(b"From "):
        raise LoadError(
            f'{shown(path)} is no mailbox: its first line does not start with "From "; '
            "export it again, or save a single mail as .eml."
        )
    lines: list[bytes] = []
    size = 0
    after_blank = False
    while line := stream.readline(_LONGEST_LINE):
        if after_blank and _is_between(line):
            yield b"".join(lines) if size <= MAX_FILE_BYTES else None
            lines, size = [], 0
        else:
            size += len(line)
            if size <= MAX_FILE_BYTES:
                lines.append(line[1:] if _ESCAPED.match(line) else line)
        after_blank = line in (b"\n", b"\r\n")
    yield b"".join(lines) if size <= MAX_FILE_BYTES else None


def _is_between(line: bytes) -> bool:
    """Whether a mail ends here: "From", who, and when; a paragraph may start with it as well."""
    is_short = line.startswith(b"From ") and len(line) <= _LONGEST_BETWEEN
    return is_short and _CLOCK.search(line) is not None
