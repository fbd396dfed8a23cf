"""A mail (.eml, or one of a mailbox) into a document; attachments and attached mails are not read.

Headers and transfer encodings are the standard library's affair. Bodies are taken apart here,
because its parser needs time and stack without bounds for parts inside parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

from index.errors import LoadError
from index.loaders.cleaning import (
    clean_text,
    label,
    opening_words,
    sensible_author,
    sensible_title,
)
from index.loaders.dates import iso_date
from index.loaders.decoding import text_of
from index.loaders.document import Document
from index.loaders.identity import digest, identity
from index.loaders.language import language_code
from index.loaders.reading import kind_of, read_bytes, shown
from index.loaders.visible import visible_page
from index.loaders.webpage import html_encoding
from index.loaders.wrapping import unwrap

_LONGEST_HEAD = 256 * 1024  # bytes of all headers of a part
_LONGEST_HEADER = 4000
_LONGEST_TEXT = 8 * 1024 * 1024  # bytes; what is longer is a file that was pasted in
_DEEPEST = 20  # parts in parts; mail programs make five
_MOST_PARTS = 1000
_OWN_HEADERS = ("from", "subject", "date", "message-id", "to", "received")
_HEAD_END = re.compile(rb"(?:\A|\n)\r?\n")


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a mail that is shown: its type, its declared encoding and its bytes."""

    kind: str
    charset: str | None
    data: bytes


def read_mail(path: Path) -> Document:
    """The document of a mail file; raises LoadError."""
    data = read_bytes(path)
    kind = kind_of(data)
    if kind is not None:
        raise LoadError(f"{shown(path)} is {kind}, not a mail; give it the suffix that fits.")
    return replace(mail_document(data, shown(path)), row=None)


def mail_document(data: bytes, place: str) -> Document:
    """The document of a mail, which messages call `place`; its Message-ID is in `row`.

    Raises LoadError where it is no mail or shows no text.
    """
    headers, _ = _split(data)
    if not any(name in headers for name in _OWN_HEADERS):
        raise LoadError(f"{place} is no mail: it has no headers; save it as a mail again.")
    text = _shown_text(data)
    if not text:
        raise LoadError(
            f"{place} shows no text of its own; leave it out, or save what is attached to it."
        )
    name, address = parseaddr(_raw(headers, "from"))
    sender = sensible_author(_words(name))
    row = identity(_raw(headers, "message-id").strip(" <>"))
    title = sensible_title(_words(_raw(headers, "subject")))
    return Document(
        text=text,
        title=title if title is not None else opening_words(text),
        source=sender if sender is not None else label(address.rpartition("@")[2]),
        published=iso_date(_raw(headers, "date")),
        author=sender,
        row=row if row is not None else digest(data),
        language=language_code(_raw(headers, "content-language")),
    )


def _shown_text(data: bytes) -> str:
    """The plain text of a mail; its HTML where the plain text is missing or a mere stub."""
    plain: list[str] = []
    markup: list[str] = []
    for part in _shown_parts(data):
        if part.kind == "text/html":
            page = text_of(part.data, part.charset)
            markup.append(visible_page(page).text if page is not None else "")
        else:
            text = text_of(part.data, part.charset)
            plain.append(unwrap(clean_text(text)) if text is not None else "")
    written, laid_out = ("\n\n".join(filter(None, texts)) for texts in (plain, markup))
    return clean_text(laid_out if len(written) * 2 < len(laid_out) else written)


def _shown_parts(data: bytes) -> Iterator[_Part]:
    """The parts that a mail program shows, in order, without those that make no sense."""
    waiting = [(data, 0)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        piece, depth = waiting.pop()
        message, body = _split(piece)
        try:
            boundary = message.get_boundary() if _is_divided(message) else None
            part = _part(message, body) if boundary is None else None
        except Exception:  # the library raises errors of many kinds on broken parameters
            continue
        if boundary is not None and depth < _DEEPEST:
            waiting.extend((inner, depth + 1) for inner in reversed(_divided(body, boundary)))
        elif part is not None:
            yield part


def _split(data: bytes) -> tuple[Message, bytes]:
    """The headers of a mail or of a part, and its body."""
    found = _HEAD_END.search(data, 0, _LONGEST_HEAD)
    end = found.end() if found is not None else min(len(data), _LONGEST_HEAD)
    message = BytesHeaderParser().parsebytes(data[:end])
    for name, value in message.raw_items():
        if len(value) > _LONGEST_HEADER and name.lower().startswith("content-"):
            message.replace_header(name, "x-unreadable/x-unreadable")
    return message, data[end:]


def _is_divided(message: Message) -> bool:
    """Whether there are parts inside; a digest's are mails of their own."""
    kind = message.get_content_type()
    return kind.startswith("multipart/") and kind != "multipart/digest"


def _part(message: Message, body: bytes) -> _Part | None:
    """The part if it is text that is shown where it stands."""
    kind = message.get_content_type()
    attached = message.get_content_disposition() == "attachment" or message.get_filename()
    if kind not in ("text/plain", "text/html") or attached or len(body) > _LONGEST_TEXT:
        return None
    message.set_payload(body.decode("ascii", "surrogateescape"))
    content = message.get_payload(decode=True)
    if not isinstance(content, bytes):
        return None
    charset = message.get_content_charset()
    if charset is None and kind == "text/html":
        charset = html_encoding(content)
    return _Part(kind, charset, content)


def _divided(body: bytes, boundary: str) -> list[bytes]:
    """The parts between the boundary's lines; another boundary may start like this one."""
    mark = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    parts: list[list[bytes]] = []
    for piece in (b"\n" + body).split(mark, _MOST_PARTS)[1:]:
        line, _, rest = piece.partition(b"\n")
        if line.strip() == b"":
            parts.append([rest])
        elif line.strip() == b"--":
            break
        elif parts:
            parts[-1] += [mark, piece]
    return [b"".join(part) for part in parts]


def _raw(message: Message, name: str) -> str:
    """The first header of a name as it was sent, 8-bit characters read, on one line."""
    for found, value in message.raw_items():
        if found.lower() == name:
            sent = str(value)[:_LONGEST_HEADER].encode("utf-8", "surrogateescape")
            text = text_of(sent)
            return " ".join(text.split()) if text is not None else ""
    return ""


def _words(raw: str) -> str:
    """A header with its encoded words read: `_words("=?utf-8?q?Caf=C3=A9?=") == "Café"`."""
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    words: list[str | None] = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
        elif charset is None:
            words.append(piece.decode("raw-unicode-escape", "replace"))
        else:
            words.append(text_of(piece, charset))
    return "".join(word for word in words if word is not None)
