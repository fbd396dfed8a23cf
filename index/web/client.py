"""One page of the web: an address in, what it answers out, within limits of time and size.

Follows redirects, each judged like the first address; keeps no cookies, uses no proxies, sends
nothing about the user. Knows nothing of articles and formats.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from index.errors import LoadError
from index.loaders.reading import MAX_FILE_BYTES
from index.web.addresses import followed, parsed, shown
from index.web.hosts import RefusedError, Resolver, system_resolver
from index.web.reply import Reply, first_values, read_reply
from index.web.wire import Budget, GuardedNetwork, too_slow

_ACCEPT = "text/html, application/xhtml+xml, application/pdf, text/*;q=0.9, */*;q=0.8"
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one fetch: bytes received, and once more unpacked; seconds and redirects in all."""

    size: int = MAX_FILE_BYTES
    seconds: float = 60.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Web:
    """The web as far as it may be seen; resolver, network and trust are seams for tests.

    `Web().get("https://post.example/dam").content`
    """

    limits: Limits = Limits()
    resolver: Resolver = system_resolver
    network: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    trust: ssl.SSLContext | None = None

    def get(self, address: str, *, allow_private: bool = False) -> Reply:
        """What the address answers; raises LoadError where that is not one page with status 200.

        `allow_private` admits this machine, private networks and every port. Link-local and
        metadata addresses stay shut.
        """
        budget = Budget(self.limits.seconds, self.limits.size)
        network = GuardedNetwork(self.network, budget, self.resolver, allow_private)
        subject = shown(address)
        try:
            url = parsed(address, allow_private=allow_private)
            for _ in range(self.limits.redirects + 1):
                answer = self._answer(url, network)
                if isinstance(answer, Reply):
                    return answer
                url = followed(url, answer, allow_private=allow_private)
                subject = f"{shown(address)}, redirected to {shown(str(url))},"
            raise RefusedError("redirects too often; open it in a browser.")
        except RefusedError as reason:
            raise LoadError(f"{subject} {reason}") from None

    def _answer(self, url: httpx.URL, network: GuardedNetwork) -> Reply | str:
        """The page, or where it redirects to; raises RefusedError."""
        pool = httpcore.ConnectionPool(ssl_context=self.trust, network_backend=network)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        try:
            with pool, pool.stream("GET", target, headers=_headers(url)) as response:
                headers = first_values(response)
                if response.status in _REDIRECTS:
                    return headers.get("location", "")
                return read_reply(url, response, headers, self.limits.size)
        except httpcore.TimeoutException:
            raise too_slow(self.limits.seconds) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            raise RefusedError("broke off or answers as no web server; try again later.") from None


def _headers(url: httpx.URL) -> dict[bytes | str, bytes | str]:
    try:
        release = version("byline")
    except PackageNotFoundError:
        release = "0"
    return {
        "Host": url.netloc,
        "User-Agent": f"Byline/{release}",
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
