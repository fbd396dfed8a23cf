"""One HTTP response as a page: its status judged, its content unpacked within a limit.

Knows nothing of connections and redirects, nor of what the content means.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
import httpx

from index.web.hosts import RefusedError
from index.web.wire import too_large

_GZIP = b"\x1f\x8b\x08"
_CLOSED = (401, 402, 403, 407, 451)
_GONE = (404, 410)
_BUSY = (408, 425, 429)
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{2,40})", re.IGNORECASE | re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a page answered: its address after redirects, and its content, unpacked.

    `media_type` is in lower case, empty where the server gives none; `charset` is None then.
    """

    url: httpx.URL
    media_type: str
    charset: str | None
    content: bytes


def read_reply(
    url: httpx.URL, response: httpcore.Response, headers: Mapping[str, str], size: int
) -> Reply:
    """The page of a response, of at most `size` bytes; raises RefusedError where it is none."""
    _check_status(response.status)
    content_type = headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    return Reply(
        url=url,
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "",
        charset=charset[1] if charset is not None else None,
        content=_content(response, headers, size),
    )


def first_values(response: httpcore.Response) -> dict[str, str]:
    """The headers, names in lower case; of repeated ones the first."""
    values: dict[str, str] = {}
    for name, value in response.headers:
        values.setdefault(name.decode("ascii").lower(), value.decode("utf-8", "replace"))
    return values


def _check_status(status: int) -> None:
    said = f"(status {status})"
    if status in (200, 203):
        return
    if status in _CLOSED:
        raise RefusedError(
            f"is not shown to programs {said}: a paywall, a log-in or a block; "
            "save the page in a browser and add the file."
        )
    if status in _GONE:
        raise RefusedError(f"does not exist there {said}; check the address.")
    if status in _BUSY or status >= 500:
        raise RefusedError(f"cannot be served at the moment {said}; try again later.")
    raise RefusedError(f"answers without a page {said}; open it in a browser.")


def _content(response: httpcore.Response, headers: Mapping[str, str], size: int) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > size:
        raise too_large(size)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise RefusedError("came packed in an unknown way; download the page and add the file.")
    received = bytearray()
    for chunk in response.iter_stream():
        received += chunk
    content = bytes(received)
    if coding in ("gzip", "x-gzip"):
        content = _unpacked(content, size)
    if content.startswith(_GZIP):  # a .gz file; unpacked here, where its size is watched
        content = _unpacked(content, size)
    return content


def _unpacked(packed: bytes, size: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            content = stream.read(size + 1)
    except (OSError, EOFError, zlib.error):
        raise RefusedError("came packed and broken; try again later.") from None
    if len(content) > size:
        raise too_large(size)
    return content
