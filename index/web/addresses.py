"""Web addresses as text: which are taken, how they are shown, which two are the same page.

Resolves and fetches nothing.
"""

from __future__ import annotations

import re

import httpx

from index.loaders.cleaning import label
from index.web.hosts import RefusedError, literal

PORTS = (80, 443, 8080, 8443)
_SCHEMES = ("http", "https")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_NUMBER_LAST = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.ASCII)
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|hsa)_\w+|(?:fb|g|dc|y|tw|tt)clid|msclkid|[gw]braid|igshid"
    r"|_hs(?:enc|mi)|mc_[ce]id|mkt_tok|_g[al]",
    re.IGNORECASE,
)
_LOG_IN = re.compile(r"(?<=//)[^/?#]*@")
_PERHAPS_LOG_IN = re.compile(r"(?<=//).*@", re.DOTALL)
_UNREADABLE = (httpx.InvalidURL, UnicodeError)


def parsed(address: str, *, allow_private: bool = False) -> httpx.URL:
    """The address in its one spelling, without fragment; raises RefusedError where it is not taken.

    `str(parsed("HTTP://2130706433:80/a#b", allow_private=True)) == "http://127.0.0.1/a"`
    """
    try:
        url = httpx.URL(address.strip())
    except _UNREADABLE:
        raise RefusedError("is not a web address; write it as https://host/path.") from None
    return checked(url, allow_private=allow_private)


def followed(url: httpx.URL, location: str, *, allow_private: bool = False) -> httpx.URL:
    """Where a redirect from `url` leads; raises RefusedError where that is not taken."""
    try:
        target = url.join(location)
    except _UNREADABLE:
        raise RefusedError("redirects to no web address; open it in a browser.") from None
    try:
        target = checked(target, allow_private=allow_private)
    except RefusedError as reason:
        raise RefusedError(f"redirects to {shown(str(target))}, which {reason}") from None
    if url.scheme == "https" and target.scheme == "http":
        raise RefusedError(
            f"redirects to {shown(str(target))}, unprotected; add that if you trust it."
        )
    return target


def checked(url: httpx.URL, *, allow_private: bool = False) -> httpx.URL:
    """The address with its host in one spelling; raises RefusedError where it is not taken."""
    if url.scheme not in _SCHEMES:
        raise RefusedError("is not an http or https address; download the file and add that.")
    if url.userinfo:
        raise RefusedError("holds a user name or password; download the page and add the file.")
    host = url.raw_host.decode("ascii").removesuffix(".")
    spelled = literal(host)
    if spelled is not None:
        host = str(spelled)
    elif _NAME.fullmatch(host) is None or _NUMBER_LAST.fullmatch(host) is not None:
        raise RefusedError("is not a web address: its host has no valid name; check the spelling.")
    port = url.port
    if port is not None and (not 0 < port < 65536 or not (allow_private or port in PORTS)):
        raise RefusedError(
            f"names port {port}; only {', '.join(map(str, PORTS))} are fetched from, "
            "any other with --allow-private."
        )
    return url.copy_with(host=host, raw_path=url.raw_path, fragment=None)


def normalised(url: httpx.URL) -> str:
    """The address under which a page is kept: without fragment and parameters that only track.

    `normalised(httpx.URL("https://a.example?id=7&utm_source=x#top")) == "https://a.example/?id=7"`
    """
    path, _, query = url.raw_path.decode("ascii").partition("?")
    kept = [part for part in query.split("&") if not _TRACKING.fullmatch(part.partition("=")[0])]
    raw_path = f"{path}?{'&'.join(kept)}" if any(kept) else path
    return str(url.copy_with(raw_path=raw_path.encode("ascii"), fragment=None))


def canonical(url: httpx.URL, link: str | None) -> str:
    """The address of a page that names `link` as its own address.

    The link counts only on the same host and port, and not where a deeper page names the front
    page, which is a common fault of sites and would make all their pages one article.
    """
    if link is None:
        return normalised(url)
    try:
        named = checked(url.join(link.strip()), allow_private=True)
    except (RefusedError, *_UNREADABLE):
        return normalised(url)
    front = named.path == "/" and url.path != "/"
    return normalised(url if front or named.netloc != url.netloc else named)


def shown(address: str) -> str:
    """The address as it may be printed: one short line without any log-in.

    `shown("http://ann:secret@a.example/b") == "http://a.example/b"`
    """
    try:
        httpx.URL(address.strip())
        line = label(_LOG_IN.sub("", address))
    except _UNREADABLE:  # a stray character may hide where the log-in ends
        line = label(_PERHAPS_LOG_IN.sub("", address))
    return line if line is not None else "(blank)"
