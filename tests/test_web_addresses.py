"""Which web addresses are taken and which machines may be reached; nothing is connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.web.addresses import canonical, checked, normalised, parsed, shown
from index.web.client import Web
from index.web.hosts import RefusedError, is_own_network, is_public, literal, system_resolver
from tests.loopback import Names

PUBLIC = "93.184.215.14"
NOBODY = Names({})


def refused(address: str, names: Names = NOBODY) -> str:
    """Why an address is refused by the guard that people have; to connect would fail the test."""
    with pytest.raises(LoadError) as caught:
        Web(resolver=names, network=httpcore.NetworkBackend()).get(address)
    return str(caught.value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "(blank) is not an http or https address"),
        ("news.example/a", "news.example/a is not an http or https address"),
        ("ftp://news.example/a", "is not an http or https address; download the file"),
        ("file:///etc/passwd", "is not an http or https address"),
        ("http:///etc/passwd", "has no valid name"),
        ("http://news..example/", "has no valid name"),
        ("http://news.example../", "has no valid name"),
        ("http://news%2eexample/", "has no valid name"),
        ("http://a news.example/", "has no valid name"),
        ("http://1.2.3.4.5/", "has no valid name"),
        ("http://08.8.8/", "has no valid name"),
        ("http://[::1", "is not a web address"),
        ("http://news.example:port/", "is not a web address"),
        ("http://news.example/\x1b[31m", "is not a web address"),
        ("http://news.example/\udc80", "is not a web address"),
        ("http://news.example:22/", "names port 22; only 80, 443, 8080, 8443 are"),
        ("https://news.example:99999/", "names port 99999"),
        ("http://unknown.example/", "names a host that is not known, unknown.example;"),
        ("http://xn--\u00fc.example/", "is not a web address"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(address: str, reason: str) -> None:
    assert reason in refused(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://ann:secret@news.example/a",
        "http://secret@news.example/a",
        "http://news.example\\@127.0.0.1:secret@[::1]/",
        "http://ann:secret/x@news.example/",
        "ftp://ann:secret@news.example/",
    ],
)
def test_a_log_in_is_refused_and_never_printed(address: str) -> None:
    assert "secret" not in refused(address)


def test_no_port_opens_a_door_that_does_not_exist() -> None:
    with pytest.raises(LoadError, match="names port 99999"):
        Web(resolver=NOBODY).get("http://127.0.0.1:99999/", allow_private=True)


LOOPBACK = (
    *("127.0.0.1", "127.1", "0177.1", "0x7f.1", "0X7F000001", "2130706433", "017700000001"),
    *("127.0.0.1.", "127\u30020\u30020\u30021", "[::1]", "[0:0:0:0:0:0:0:1]", "127.8.8.8"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]"),
)
PRIVATE = ("10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "[fd12:3456::1]", "0xa.1")
NEVER = (
    *("169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[fe80::1]"),
    *(
        "0.0.0.0",
        "0",
        "[::]",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
    ),
    *(
        "192.88.99.1",
        "198.18.0.1",
        "192.0.0.192",
        "168.63.129.16",
        "100.100.100.200",
        "[fd00:ec2::254]",
    ),
    *("[ff02::1]", "[2001:db8::1]", "[2002:7f00:1::]", "[2002:808:808::]", "[::127.0.0.1]"),
    *("[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[64:ff9b:1::7f00:1]", "[64:ff9b::a9fe:a9fe]"),
    *("[::ffff:0:127.0.0.1]", "[fec0::1]", "[3fff::1]", "[4000::1]"),
)


@pytest.mark.parametrize("host", [*LOOPBACK, *PRIVATE, *NEVER])
def test_no_spelling_of_an_inner_address_gets_through(host: str) -> None:
    sentence = refused(f"http://{host}/latest/meta-data")
    assert sentence.startswith(f"http://{host}/latest/meta-data leads to "), sentence


@pytest.mark.parametrize("host", ["\u2460\u2461\u2466.0.0.1", "[fe80::1%25eth0]", "0177.0.0.1"])
def test_odd_spellings_are_no_addresses(host: str) -> None:
    assert "is not a web address" in refused(f"http://{host}/")


@pytest.mark.parametrize("host", [*LOOPBACK, *PRIVATE, *NEVER])
def test_a_name_does_not_help_an_inner_address(host: str) -> None:
    spelled = literal(httpx.URL(f"http://{host}/").raw_host.decode().removesuffix("."))
    assert spelled is not None
    for answer in ([str(spelled)], [PUBLIC, str(spelled)], [str(spelled), PUBLIC]):
        names = Names({"news.example": [answer]})
        assert "leads to" in refused("http://NEWS.example./", names)
        assert names.asked == ["news.example"]


@pytest.mark.parametrize("host", NEVER)
def test_allow_private_does_not_open_metadata_and_the_like(host: str) -> None:
    with pytest.raises(LoadError, match="never fetched from"):
        Web(resolver=NOBODY).get(f"http://{host}/", allow_private=True)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_is_judged_the_same_inside_ipv6(address: IPv4Address) -> None:
    for prefix in (0xFFFF << 32, 0x64_FF9B << 96):
        wrapped = IPv6Address(prefix | int(address))
        assert is_public(wrapped) == is_public(address)
        assert is_own_network(wrapped) == is_own_network(address)
    assert not is_public(IPv6Address((0x2002 << 112) | (int(address) << 80)))
    assert not (is_public(address) and (address.is_private or address.is_multicast))
    assert literal(hex(int(address))) == literal(str(int(address))) == address


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_public_and_own_never_overlap(address: IPv6Address) -> None:
    assert not (is_public(address) and is_own_network(address))
    assert literal(str(address)) == address


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_the_system_knows_this_machine() -> None:
    assert {"127.0.0.1", "::1"} & set(system_resolver("localhost", 80))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("HTTP://News.Example:80", "http://news.example/"),
        ("https://news.example./a/../b#top", "https://news.example/b"),
        (
            "https://news.example/a?utm_source=x&id=7&fbclid=y&gclid=z",
            "https://news.example/a?id=7",
        ),
        ("https://news.example/a?utm_source=x", "https://news.example/a"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://news.example/?b=2&a=1&flag&a=3", "https://news.example/?b=2&a=1&flag&a=3"),
        ("https://news.example/?source=rss&id=3", "https://news.example/?source=rss&id=3"),
        ("https://b\u00fccher.example/\u00e4", "https://xn--bcher-kva.example/%C3%A4"),
    ],
)
def test_a_page_is_kept_under_one_address(address: str, kept: str) -> None:
    assert normalised(parsed(address)) == kept


@given(st.text(max_size=40))
def test_identity_is_settled_at_once_and_showing_never_fails(text: str) -> None:
    assert "\n" not in shown(f"http://{text}")
    try:
        once = normalised(parsed(f"http://news.example/{text}"))
    except RefusedError:
        return
    assert normalised(parsed(once)) == once
    assert "#" not in once


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (None, "https://news.example/a?p=2"),
        ("https://news.example/dam?utm_source=x#top", "https://news.example/dam"),
        ("http://news.example/dam", "http://news.example/dam"),
        ("/dam", "https://news.example/dam"),
        ("https://other.example/dam", "https://news.example/a?p=2"),
        ("https://news.example:8443/dam", "https://news.example/a?p=2"),
        ("https://news.example/", "https://news.example/a?p=2"),
        ("https://ann:secret@news.example/dam", "https://news.example/a?p=2"),
        ("javascript:alert(1)", "https://news.example/a?p=2"),
        ("http://[::1", "https://news.example/a?p=2"),
        ("", "https://news.example/a?p=2"),
    ],
)
def test_a_page_may_name_its_address_on_its_own_host(link: str | None, kept: str) -> None:
    page = checked(httpx.URL("https://news.example/a?p=2&utm_medium=y"))
    assert canonical(page, link) == kept
