"""Who asked, behind proxies that are trusted and ones that are not."""

from __future__ import annotations

import pytest

from chatd.wire.forwarded import Asker, TrustedProxies
from chatd.wire.headers import Headers

PROXIES = TrustedProxies(["127.0.0.1", "10.0.0.0/8", "::1"])


def asker(peer: str, *forwarded_for: str, proto: str | None = None, secure: bool = False) -> Asker:
    fields = [("X-Forwarded-For", value) for value in forwarded_for]
    fields += [("X-Forwarded-Proto", proto)] if proto else []
    return PROXIES.asker_of(peer, secure, Headers(fields))


@pytest.mark.parametrize(
    ("peer", "said", "address"),
    [
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),  # nobody we know: its word is its own
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # the visitor wrote the first one
        ("127.0.0.1", ["1.1.1.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1", "203.0.113.9", "10.1.2.3"], "203.0.113.9"),  # in several lines
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("::1", ["[2001:db8::7]"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, 10.1.2.3, 203.0.113.9:80"], "127.0.0.1"),
        ("127.0.0.1", ["x" * 5000], "127.0.0.1"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_the_address_is_the_last_one_that_a_trusted_proxy_vouches_for(peer, said, address):
    assert asker(peer, *said).address == address


def test_https_is_what_the_nearest_proxy_says():
    assert asker("127.0.0.1", proto="https").secure
    assert not asker("127.0.0.1", proto="http", secure=True).secure
    assert asker("127.0.0.1", proto="http, https").secure
    assert asker("127.0.0.1", secure=True).secure
    assert not asker("192.0.2.1", proto="https").secure


def test_what_is_no_address_is_no_proxy():
    assert not TrustedProxies()
    for wrong in ("x", "10.0.0.1/8", "", "10.0.0.0/33"):
        with pytest.raises(ValueError):
            TrustedProxies([wrong])
