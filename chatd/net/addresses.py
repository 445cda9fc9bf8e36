"""Which addresses of the network are open to somebody who only named a host: the public ones.

A server that fetches what people post must not be made to ask its own neighbours (server-side request
forgery). Every name is resolved first, each address judged here, and the connection made to the judged
address itself, so a name that resolves differently a moment later gains nothing. Sources: the IANA
special-purpose address registries for IPv4 and IPv6, RFC 6890.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# All of IPv4 but: this network, private use, carrier-grade NAT, loopback, link-local, protocol assignments,
# documentation, 6to4 relays, benchmarking, multicast, reserved and broadcast.
NOT_PUBLIC_IPV4 = [IPv4Network(text) for text in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
)]  # fmt: skip
# Of IPv6 only what is assigned as global unicast: neither loopback nor unique-local nor link-local, and none
# of the forms in which an IPv4 address hides (mapped, compatible, NAT64).
PUBLIC_IPV6 = IPv6Network("2000::/3")
# Within it: protocol assignments with Teredo, documentation, and 6to4, which is an IPv4 address again.
NOT_PUBLIC_IPV6 = [IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


class AllowedAddresses:
    """The public addresses, and the networks that the operator names beside them.

    Of a public address only the ports of the web may be asked, of a named network any.
    """

    PORTS = (80, 443)

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Raises ValueError for a text that is no network."""
        self.networks = [ip_network(text) for text in networks]

    def may_ask(self, address: str, port: int) -> bool:
        """Whether a numeric address may be connected to. Anything that is none may not."""
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        if self._is_named(ip):
            return True
        if port not in self.PORTS:
            return False
        if ip.version == 4:
            return not any(ip in network for network in NOT_PUBLIC_IPV4)
        return ip in PUBLIC_IPV6 and not any(ip in network for network in NOT_PUBLIC_IPV6)

    def is_named(self, address: str) -> bool:
        """Whether a numeric address is in a network that the operator has named."""
        try:
            return self._is_named(ip_address(address))
        except ValueError:
            return False

    def _is_named(self, ip: IPv4Address | IPv6Address) -> bool:
        return any(ip in network for network in self.networks)
