"""Connections that only go to judged addresses, and end when their time or bytes are spent.

Sits below the HTTP client as its network; knows nothing of requests and pages.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable

import httpcore

from index.web.hosts import RefusedError, Resolver, reachable

_CONNECT_SECONDS = 10.0  # for one address, so that the next one of the host gets its turn


class Budget:
    """What is left of the time and of the bytes of one fetch, all its redirects together."""

    def __init__(self, seconds: float, size: int) -> None:
        self._seconds = seconds
        self._size = size
        self._end = time.monotonic() + seconds
        self._received = 0

    def seconds_left(self) -> float:
        """More than 0; raises RefusedError where nothing is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise too_slow(self._seconds)
        return left

    def receive(self, count: int) -> None:
        """Takes received bytes off; raises RefusedError where they are too many."""
        self._received += count
        if self._received > self._size:
            raise too_large(self._size)


def too_slow(seconds: float) -> RefusedError:
    """The refusal of what takes more than `seconds`."""
    return RefusedError(f"took longer than {seconds:g} seconds; try again later.")


def too_large(size: int) -> RefusedError:
    """The refusal of more than `size` bytes."""
    mebibytes = f"{size / (1024 * 1024):.3g}"
    return RefusedError(f"is larger than {mebibytes} MiB; download it, split it and add the parts.")


class GuardedNetwork(httpcore.NetworkBackend):
    """A network in which each connection goes to an address that was judged just before.

    The name is resolved once a connection and what is connected to is the judged address itself,
    so a name that resolves differently the next time gains nothing. The HTTP client above goes on
    using the name: in the Host header, and to verify the certificate.
    """

    def __init__(
        self,
        network: httpcore.NetworkBackend,
        budget: Budget,
        resolver: Resolver,
        allow_private: bool,
    ) -> None:
        self._network = network
        self._budget = budget
        self._resolver = resolver
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of the host that takes one; raises RefusedError."""
        failure: Exception | None = None
        for address in reachable(
            host, port, resolver=self._resolver, allow_private=self._allow_private
        ):
            seconds = min(self._budget.seconds_left(), _CONNECT_SECONDS)
            try:
                stream = self._network.connect_tcp(address, port, seconds, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Metered(stream, self._budget)
        raise _not_connected(failure)


class _Metered(httpcore.NetworkStream):
    """A connection whose every step is given the time that is left, whatever is asked for."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._budget.seconds_left())
        self._budget.receive(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._budget.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._budget.seconds_left()
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, seconds)
        except httpcore.ConnectError as error:
            raise _not_secure(error.__cause__, server_hostname) from None
        return _Metered(stream, self._budget)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _not_connected(failure: Exception | None) -> RefusedError:
    cause = failure.__cause__ if failure is not None else None
    reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else "no answer"
    return RefusedError(f"cannot be connected to ({reason}); check the address and the network.")


def _not_secure(cause: BaseException | None, host: str | None) -> RefusedError:
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = cause.verify_message.rstrip(".")
        return RefusedError(f"cannot prove that it is {host} ({reason}); check the address.")
    return RefusedError("makes no secure connection with this machine; open it in a browser.")
