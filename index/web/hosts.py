"""Which machines may be reached: the IP addresses of a host, judged before any connection.

Opens no connection and knows nothing of HTTP.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol

IPAddress = IPv4Address | IPv6Address

# Where the registries of special addresses and `ipaddress` disagree, or releases of Python do.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments; the metadata service of one cloud
            "192.88.99.0/24",  # relays to 6to4
            "168.63.129.16/32",  # a cloud's host, seen from inside; looks public
            "2001::/23",  # Teredo, benchmarks, ORCHID
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)
_OWN_NETWORK = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10"),
            *("::1/128", "fc00::/7"),
        ),
    )
)
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254", "fd20:ce::254")))
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


class RefusedError(Exception):
    """Why an address is not fetched, worded to follow it: "leads to 10.0.0.1, which ..."."""


class Resolver(Protocol):
    """Turns a host's name into IP addresses, best first; raises OSError where it has none."""

    def __call__(self, host: str, port: int) -> Sequence[str]: ...


def system_resolver(host: str, port: int) -> list[str]:
    """What the operating system says, within the time that it takes for it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def literal(host: str) -> IPAddress | None:
    """The IP address that a host spells, in any spelling a resolver takes; None for a name.

    `literal("0x7f.1") == literal("2130706433") == IPv4Address("127.0.0.1")`
    """
    if "%" in host:  # a link-local zone
        return None
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: IPAddress) -> bool:
    """Whether anyone on the internet could reach the address, and it is that of one machine."""
    address = _embedded(address)
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def is_own_network(address: IPAddress) -> bool:
    """Whether the address is this machine's or one of a private network's, no cloud's metadata."""
    address = _embedded(address)
    return address not in _METADATA and any(address in network for network in _OWN_NETWORK)


def reachable(
    host: str, port: int, *, resolver: Resolver = system_resolver, allow_private: bool = False
) -> list[str]:
    """The IP addresses of a host, resolved once; raises RefusedError unless all are allowed."""
    spelled = literal(host)
    try:
        names = [str(spelled)] if spelled is not None else resolver(host, port)
        addresses = [ip_address(name) for name in names]
    except (OSError, ValueError):  # a label too long for the system's resolver is a UnicodeError
        addresses = []
    if not addresses:
        raise RefusedError(f"names a host that is not known, {host}; check the address.")
    for address in addresses:
        if is_public(address):
            continue
        if not is_own_network(address):
            raise RefusedError(
                f"leads to {address}, which is never fetched from; check the address."
            )
        if not allow_private:
            raise RefusedError(
                f"leads to {address}, which is not on the public internet; "
                "add --allow-private if it is a machine of your own."
            )
    return [str(address) for address in addresses]


def _embedded(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
