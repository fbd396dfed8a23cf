"""Web servers on the loopback, and a name service and network that lead nowhere else."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpcore

# Made for these tests: valid from 2000 to 2100, for the name post.test; it protects nothing.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlwb3N0LnRl
c3QwIBcNMDAwMTAxMDAwMDAwWhgPMjEwMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CXBvc3QudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABN20SbGoZt6awaat
bSJ2yiMK4Tn2tp712gcoh3tSzpQC3NjbyfRrc2Kc+69htXB5aWsTp0MBYh/QGIGR
xT/r1O+jSDBGMBQGA1UdEQQNMAuCCXBvc3QudGVzdDAPBgNVHRMBAf8EBTADAQH/
MB0GA1UdDgQWBBRBSICBMrgWg0CcFu7CHrynVLFdXzAKBggqhkjOPQQDAgNIADBF
AiB29yGvQYPrqk2LXfmSf3lg+jeVDtRQfmkAgptMbyQUkwIhAM9A79wNmYYmTzAR
kFZq7twDuKGfq3S97qsm8bzphOpZ
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINwAARnPPtFCRTEBiTQXQBMRkcWxCKH3AqQbSQlrnWAHoAoGCCqGSM49
AwEHoUQDQgAE3bRJsahm3prBpq1tInbKIwrhOfa2nvXaByiHe1LOlALc2NvJ9Gtz
Ypz7r2G1cHlpaxOnQwFiH9AYgZHFP+vU7w==
-----END EC PRIVATE KEY-----
"""


@dataclass(frozen=True)
class Page:
    """What a site answers at a path; `raw` is sent just so, piece by piece, with pauses."""

    body: bytes = b""
    kind: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Iterable[bytes] | None = None
    pause: float = 0.0


def redirect(location: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": location, "Set-Cookie": "seen=1"})


class Site:
    """A server on 127.0.0.1: `pages` by path with query; `seen` are the requests' headers."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = pages
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.names: list[str | None] = []
        self.stopped = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def secure(self, folder: Path) -> ssl.SSLContext:
        """Puts the server behind TLS; returns what trusts it."""
        (folder / "certificate.pem").write_text(CERTIFICATE)
        (folder / "key.pem").write_text(KEY)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

        def remember(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
            self.names.append(name)

        context.sni_callback = remember
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        return ssl.create_default_context(cadata=CERTIFICATE)


@contextmanager
def serving(pages: Mapping[str, Page], tls: Path | None = None) -> Iterator[Site]:
    """A running site; with `tls`, a folder for its key, it only speaks TLS."""
    site = Site(pages)
    if tls is not None:
        site.secure(tls)
    thread = threading.Thread(target=site.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        site.stopped.set()
        site.server.shutdown()
        thread.join()
        site.server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append((self.path, dict(self.headers)))
            page = site.pages.get(self.path, Page(status=404))
            with suppress(OSError):  # the client hangs up on what it will not have
                if page.raw is None:
                    self._answer(page)
                else:
                    self._drip(page.raw, page.pause)

        def _answer(self, page: Page) -> None:
            self.send_response(page.status)
            if page.kind is not None:
                self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page.body)

        def _drip(self, pieces: Iterable[bytes], pause: float) -> None:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
                if pause and site.stopped.wait(pause):
                    return

        def log_message(self, format: str, *args: object) -> None:
            """Tests print nothing."""

    return Handler


class Names:
    """A name service: for each host a list of answers, the last one repeated; counts calls."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.answers:
            raise OSError(f"{host}: unknown")
        answers = self.answers[host]
        return answers[min(self.asked.count(host), len(answers)) - 1]


class Switchboard(httpcore.NetworkBackend):
    """A network in which every IP address is the site's; `called` are those connected to."""

    def __init__(self, site: Site, dead: Sequence[str] = ()) -> None:
        self.site = site
        self.dead = dead
        self.called: list[tuple[str, int]] = []
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.called.append((host, port))
        if host in self.dead:
            raise httpcore.ConnectError from ConnectionRefusedError(111, "Connection refused")
        return self._network.connect_tcp("127.0.0.1", self.site.port, timeout)
