"""Public addresses and no others, in whatever form an address comes."""

from __future__ import annotations

import pytest

from chatd.net.addresses import AllowedAddresses

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
          "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::5", "2003::1"]  # fmt: skip
NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "100::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "",
    # No numeric address, though some programs would make one of it.
    "localhost", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "chat.example", "1.1.1.1:80", "[::1]",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_asked_on_the_ports_of_the_web(address):
    allowed = AllowedAddresses()
    assert allowed.may_ask(address, 80) and allowed.may_ask(address, 443)
    for port in (0, 22, 25, 8080, 5432, 65535):
        assert not allowed.may_ask(address, port)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_address_may_not(address):
    assert not AllowedAddresses().may_ask(address, 80)


def test_a_network_that_the_operator_names_may_be_asked_on_any_port():
    allowed = AllowedAddresses(["10.1.0.0/16", "fd00::/8"])
    assert allowed.may_ask("10.1.2.3", 8080) and allowed.may_ask("fd12::1", 22)
    assert not allowed.may_ask("10.2.0.1", 80) and not allowed.may_ask("::ffff:10.1.2.3", 80)
    with pytest.raises(ValueError):
        AllowedAddresses(["10.1.0.1/16"])
