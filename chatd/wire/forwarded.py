"""Who asked, behind a proxy: X-Forwarded-For and X-Forwarded-Proto, from trusted proxies and nobody else.

Each proxy appends the address that it was asked from, so the list is read from its right end: as long as
the one who speaks is a trusted proxy, what it says of the one before is believed. Anything further left
was written by somebody unknown. The fields are a custom of proxies; RFC 7239 tells their history.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

from chatd.wire.headers import Headers


class Asker(NamedTuple):
    """The address that a request came from first, and whether it came by https."""

    address: str
    secure: bool


class TrustedProxies:
    """Addresses and networks, such as "127.0.0.1" and "10.0.0.0/8". Raises ValueError for what is neither."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks = [ip_network(network) for network in networks]

    def __bool__(self) -> bool:
        return bool(self._networks)

    def trusts(self, address: str) -> bool:
        found = _parse_address(address)
        return found is not None and any(found in network for network in self._networks)

    def asker_of(self, peer: str, secure: bool, headers: Headers) -> Asker:
        """Who asked: the connection's own `peer` and `secure`, or what a trusted proxy there says."""
        if not self.trusts(peer):
            return Asker(peer, secure)
        protocols = headers.tokens("x-forwarded-proto")
        address = peer
        for said in reversed(headers.tokens("x-forwarded-for")):
            before = _parse_address(said)
            if before is None:
                break
            address = str(before)
            if not self.trusts(address):
                break
        return Asker(address, protocols[-1] == "https" if protocols else secure)


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without brackets around an IPv6 one; None for names, ports and nonsense."""
    try:
        found = ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    # A socket for both families shows IPv4 peers as ::ffff:192.0.2.1.
    return getattr(found, "ipv4_mapped", None) or found
