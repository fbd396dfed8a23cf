"""Fetching one page: connections, redirects, limits, TLS; nothing leaves the loopback."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.errors import LoadError
from index.web.client import Limits, Web
from index.web.reply import Reply
from tests.loopback import CERTIFICATE, Names, Page, Site, Switchboard, redirect, serving

PUBLIC = "93.184.215.14"
HELLO = Page(b"<p>Hello</p>")
NOBODY = Names({})
SMALL = Limits(size=10_000)


def get(site: Site, path: str, limits: Limits | None = None) -> Reply:
    """The site's answer with private addresses allowed."""
    web = Web(limits if limits is not None else Limits(), NOBODY)
    return web.get(site.at(path), allow_private=True)


def why_not(site: Site, path: str, limits: Limits | None = None) -> str:
    """Why the site's page is not fetched, without the address that every sentence starts with."""
    with pytest.raises(LoadError) as caught:
        get(site, path, limits)
    sentence = str(caught.value)
    assert sentence.startswith(site.at(path)), sentence
    return sentence.removeprefix(site.at(path)).strip()


def test_the_judged_address_is_the_one_connected_to_under_a_name_that_changes() -> None:
    names = Names({"news.example": [[PUBLIC], ["127.0.0.1"]]})
    with serving({"/a": HELLO}) as site:
        switchboard = Switchboard(site)
        reply = Web(resolver=names, network=switchboard).get("http://news.example/a")
    assert reply.content == HELLO.body
    assert names.asked == ["news.example"]
    assert switchboard.called == [(PUBLIC, 80)]
    assert site.seen[0][1]["Host"] == "news.example"


def test_a_redirect_to_the_same_name_is_judged_again() -> None:
    names = Names({"news.example": [[PUBLIC], ["127.0.0.1"]]})
    with serving({"/a": redirect("/b"), "/b": HELLO}) as site:
        switchboard = Switchboard(site)
        with pytest.raises(LoadError) as caught:
            Web(resolver=names, network=switchboard).get("http://news.example/a")
    assert str(caught.value) == (
        "http://news.example/a, redirected to http://news.example/b, leads to 127.0.0.1, which is "
        "not on the public internet; add --allow-private if it is a machine of your own."
    )
    assert switchboard.called == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1/x", "http://169.254.169.254/x", "http://[::1]/x", "//2130706433/x"),
        *("http://inner.example/x", "https://inner.example/x", "http://news.example:22/x"),
        *("file:///etc/passwd", "ftp://news.example/x", "gopher://127.0.0.1:70/x"),
        *("http://ann:secret@news.example/x", "http://[::1", "http://news.example/\x01"),
    ],
)
def test_a_redirect_opens_nothing_that_was_shut(target: str) -> None:
    names = Names({"news.example": [[PUBLIC]], "inner.example": [["10.0.0.7"]]})
    with serving({"/a": redirect(target), "/x": HELLO}) as site:
        switchboard = Switchboard(site)
        with pytest.raises(LoadError) as caught:
            Web(resolver=names, network=switchboard).get("http://news.example/a")
    assert switchboard.called == [(PUBLIC, 80)]
    assert [path for path, _ in site.seen] == ["/a"]
    assert "secret" not in str(caught.value)


def test_the_next_address_of_a_host_is_tried_and_none_twice() -> None:
    both = ["2606:2800:21f:cb07::1", PUBLIC]
    names = Names({"news.example": [both]})
    with serving({"/a": HELLO}) as site:
        switchboard = Switchboard(site, dead=both[:1])
        Web(resolver=names, network=switchboard).get("http://news.example:8080/a")
        assert switchboard.called == [(address, 8080) for address in both]
        switchboard = Switchboard(site, dead=both)
        with pytest.raises(LoadError, match=r"cannot be connected to \(Connection refused\)"):
            Web(resolver=names, network=switchboard).get("http://news.example/a")
    assert switchboard.called == [(address, 80) for address in both]


def test_an_ipv6_address_is_asked_for_in_brackets() -> None:
    host = "[2606:2800:21f:cb07::1]"
    with serving({"/a": HELLO}) as site:
        Web(resolver=NOBODY, network=Switchboard(site)).get(f"http://{host}:8080/a")
    assert site.seen[0][1]["Host"] == f"{host}:8080"


def test_a_port_where_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(LoadError, match=r"cannot be connected to \(.*refused.*\); check"):
            Web(resolver=NOBODY).get(f"http://127.0.0.1:{port}/", allow_private=True)


def test_what_a_site_learns_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving({"/a": redirect("/b?q=1"), "/b?q=1": HELLO}) as site:
        assert str(get(site, "/a#here").url) == site.at("/b?q=1")
        assert [path for path, _ in site.seen] == ["/a", "/b?q=1"]
        for _, headers in site.seen:
            assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
            assert headers["User-Agent"].startswith("Byline/")
            assert headers["Accept-Encoding"] == "gzip"
            assert headers["Host"] == f"127.0.0.1:{site.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_five_redirects_are_followed_and_no_sixth(status: int) -> None:
    chain = {f"/{n}": redirect(f"{n + 1}", status) for n in range(6)}
    with serving({**chain, "/6": HELLO}) as site:
        assert get(site, "/1").content == HELLO.body
        assert "redirects too often" in why_not(site, "/0")


def test_an_endless_redirect_ends() -> None:
    with serving({"/a": redirect("/a"), "/b": Page(status=302)}) as site:
        for path in ("/a", "/b"):
            site.seen.clear()
            assert "redirects too often" in why_not(site, path)
            assert len(site.seen) == 6


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "is not shown to programs (status 401): a paywall, a log-in or a block"),
        (403, "save the page in a browser and add the file."),
        (404, "does not exist there (status 404); check the address."),
        (410, "does not exist there (status 410); check the address."),
        (429, "cannot be served at the moment (status 429); try again later."),
        (503, "cannot be served at the moment (status 503); try again later."),
        (204, "answers without a page (status 204); open it in a browser."),
        (206, "answers without a page (status 206)"),
        (304, "answers without a page (status 304)"),
        (418, "answers without a page (status 418)"),
    ],
)
def test_only_a_page_is_a_page(status: int, reason: str) -> None:
    with serving({"/a": Page(b"" if status in (204, 304) else b"words", status=status)}) as site:
        assert reason in why_not(site, "/a")


SOON = Limits(seconds=0.4)


def test_announced_or_not_too_much_is_refused() -> None:
    pages = {
        "/announced": Page(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n"]),
        "/sent": Page(b"x" * 20_000),
        "/endless": Page(raw=[b"HTTP/1.0 200 OK\r\n\r\n", *[b"x" * 1000] * 200]),
        "/chunked": Page(
            raw=[
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                *[b"1;" + b"e" * 500 + b"\r\nx\r\n"] * 200,
            ]
        ),
        "/digits": Page(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n"]),
        "/fits": Page(b"x" * 5_000),
    }
    with serving(pages) as site:
        assert why_not(site, "/announced", SMALL) == (
            "is larger than 0.00954 MiB; download it, split it and add the parts."
        )
        assert "is larger than" in why_not(site, "/sent", SMALL)
        assert "is larger than" in why_not(site, "/endless", SMALL)
        assert "is larger than" in why_not(site, "/chunked", SMALL)
        assert why_not(site, "/digits", SMALL)
        assert len(get(site, "/fits", SMALL).content) == 5_000


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\x00" * 8_000_000)
    assert len(bomb) < SMALL.size
    packed = {"Content-Encoding": "gzip"}
    pages = {
        "/bomb": Page(bomb, headers=packed),
        "/bomb.gz": Page(bomb, kind="application/gzip"),
        "/twice": Page(gzip.compress(bomb), headers=packed),
        "/fits": Page(gzip.compress(b"<p>Hello</p>" * 9), headers=packed),
        "/fits.gz": Page(gzip.compress(gzip.compress(b"<p>Hello</p>")), headers=packed),
        "/cut": Page(gzip.compress(b"<p>Hello</p>" * 9)[:-9], headers=packed),
        "/lie": Page(b"<p>Hello</p>", headers=packed),
        "/brotli": Page(b"\x8b\x03\x80hello\x03", headers={"Content-Encoding": "br"}),
        "/empty": Page(b"", headers=packed),
    }
    with serving(pages) as site:
        for path in ("/bomb", "/bomb.gz", "/twice"):
            tracemalloc.start()
            assert "is larger than" in why_not(site, path, SMALL)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert most < 4_000_000
        assert get(site, "/fits", SMALL).content == b"<p>Hello</p>" * 9
        assert get(site, "/fits.gz", SMALL).content == b"<p>Hello</p>"
        assert why_not(site, "/cut") == "came packed and broken; try again later."
        assert why_not(site, "/lie") == "came packed and broken; try again later."
        assert "packed in an unknown way" in why_not(site, "/brotli")
        assert get(site, "/empty").content == b""


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", *[b"x"] * 999],
        [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 999],
        [*[b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 999],
        [b"H", *[b"T"] * 999],
    ],
)
def test_a_slow_drip_is_cut_off(pieces: Sequence[bytes]) -> None:
    with serving({"/a": Page(raw=pieces, pause=0.05)}) as site:
        assert why_not(site, "/a", SOON) == "took longer than 0.4 seconds; try again later."


def test_redirects_share_the_time() -> None:
    raw = [b"HTTP/1.1 302 Found\r\n", *[b"X: y\r\n"] * 3, b"Location: /a\r\n\r\n"]
    with serving({"/a": Page(raw=raw, pause=0.05)}) as site:
        assert "took longer than 0.4 seconds" in why_not(site, "/a", SOON)


def test_a_silent_machine_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for scheme in ("http", "https"):
            with pytest.raises(LoadError, match=r"took longer than 0\.4 seconds"):
                Web(SOON, NOBODY).get(f"{scheme}://127.0.0.1:{port}/", allow_private=True)


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 20_000 + b"\r\nHello",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 200_000 + b"\r\n\r\nHello",
    ],
)
def test_what_breaks_the_protocol_is_one_sentence(raw: bytes) -> None:
    with serving({"/a": Page(raw=[raw])}) as site:
        assert why_not(site, "/a") == "broke off or answers as no web server; try again later."


def test_the_certificate_must_be_of_the_name_that_was_asked_for(tmp_path: Path) -> None:
    names = Names({"post.test": [[PUBLIC]], "other.test": [[PUBLIC]]})
    trust = ssl.create_default_context(cadata=CERTIFICATE)
    with serving({"/a": HELLO}, tls=tmp_path) as site:
        web = Web(resolver=names, network=Switchboard(site), trust=trust)
        assert web.get("https://post.test./a").content == HELLO.body
        with pytest.raises(LoadError, match=r"cannot prove that it is other\.test \(Hostname mis"):
            web.get("https://other.test/a")
        with pytest.raises(LoadError, match=r"cannot prove that it is post\.test \(self-signed"):
            Web(resolver=names, network=Switchboard(site)).get("https://post.test/a")
    assert site.names == ["post.test", "other.test", "post.test"]
    assert len(site.seen) == 1


def test_https_is_never_left_for_http(tmp_path: Path) -> None:
    names = Names({"post.test": [[PUBLIC]]})
    trust = ssl.create_default_context(cadata=CERTIFICATE)
    with serving({"/a": redirect("http://post.test/b"), "/b": HELLO}, tls=tmp_path) as site:
        web = Web(resolver=names, network=Switchboard(site), trust=trust)
        with pytest.raises(LoadError) as caught:
            web.get("https://post.test/a")
    assert str(caught.value) == (
        "https://post.test/a redirects to http://post.test/b, unprotected; "
        "add that if you trust it."
    )


def test_a_server_that_speaks_no_tls() -> None:
    with serving({}) as site:
        address = site.at("/a").replace("http:", "https:")
        with pytest.raises(LoadError, match="makes no secure connection"):
            Web(resolver=NOBODY).get(address, allow_private=True)


def test_two_threads_fetch_at_once() -> None:
    with serving({"/a": HELLO, "/b": Page(b"<p>Other</p>")}) as site:
        web, found = Web(resolver=NOBODY), {}

        def fetch(path: str) -> None:
            found[path] = web.get(site.at(path), allow_private=True).content

        threads = [threading.Thread(target=fetch, args=(path,)) for path in ("/a", "/b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {"/a": HELLO.body, "/b": b"<p>Other</p>"}
