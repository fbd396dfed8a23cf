"""Web addresses as metadata names them: which are kept, and the site they belong to."""

from __future__ import annotations

from urllib.parse import urlsplit

_LONGEST = 2000


def web_address(value: object) -> str | None:
    """The address if it is a whole http or https one without a log-in, else None.

    `web_address(" https://post.example/a ") == "https://post.example/a"`
    """
    if not isinstance(value, str) or len(value) > _LONGEST * 2:
        return None
    address = value.strip()
    if len(address) > _LONGEST or " " in address or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    is_whole = parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc
    return address if is_whole else None


def hostname(url: str) -> str | None:
    """The site of an address: `hostname("https://www.post.example/a") == "post.example"`."""
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host is not None else None
