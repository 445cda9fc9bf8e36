"""Whose page asks, and what its cookie says."""

from __future__ import annotations

import pytest

from chatd.gateway.origin import is_allowed, is_own
from chatd.wire.headers import Headers
from chatd.wire.responses import Response
from tests.gateway.client import gateway_on, upgrade_request

PUBLIC = "https://chat.example"

ORIGINS = [
    ("https://chat.example", "internal:8080", True), ("http://internal:8080", "internal:8080", True),
    ("HTTPS://CHAT.EXAMPLE", "internal", True), ("http://INTERNAL:8080", "internal:8080", True),
    ("http://chat.example", "internal", False), ("https://chat.example:444", "internal", False),
    ("https://chat.example.evil", "internal", False), ("https://evil.example", "chat.example", False),
    ("null", "internal", False), ("", "", False), ("file://", "internal", False),
    ("http://internal:1", "internal", False), ("http://[::", "internal", False), ("http://[::", "[::", False),
]  # fmt: skip


@pytest.mark.parametrize("origin, host, own", ORIGINS)
def test_a_page_is_our_own_by_url_or_by_host(origin, host, own):
    assert is_own(Headers([("Origin", origin), ("Host", host)]), PUBLIC) is own


def test_a_program_that_is_no_browser_sends_no_origin():
    headers = Headers([("Host", "chat.example")])
    assert is_allowed(headers, PUBLIC, ()) and not is_own(headers, PUBLIC)


def test_a_listed_origin_may_connect_and_is_still_not_our_own():
    headers = Headers([("Origin", "https://friend.example"), ("Host", "x")])
    assert is_allowed(headers, PUBLIC, ("https://Friend.example",)) and not is_own(headers, PUBLIC)
    assert not is_allowed(headers, PUBLIC, ())


OPENED = [
    ("/gateway", {}, None), ("/gateway/?v=10", {}, None), ("/?v=10", {}, None),
    ("/gateway?v=10", {"origin": PUBLIC}, None),
    ("/gateway", {"origin": "https://evil.example"}, 403), ("/gateway", {"origin": "null"}, 403),
    ("/gateway", {"origin": "http://[::"}, 403),
    ("/elsewhere", {}, 404), ("/gateway/more", {}, 404),
]  # fmt: skip


@pytest.mark.parametrize("path, headers, status", OPENED)
async def test_an_upgrade_is_opened_or_refused(store, clock, path, headers, status):
    opened = gateway_on(store, clock).open(upgrade_request(path, **headers))
    assert (opened.status if isinstance(opened, Response) else None) == status


async def test_a_request_that_is_no_upgrade_is_refused(store, clock):
    refused = gateway_on(store, clock).open(upgrade_request("/gateway", connection="close", upgrade="none"))
    assert refused.status == 400


async def test_nobody_new_comes_in_while_the_server_stops(store, clock):
    gateway = gateway_on(store, clock)
    await gateway.shutdown()
    assert gateway.open(upgrade_request("/gateway")).status == 503


async def test_a_configured_origin_may_connect(store, clock):
    gateway = gateway_on(store, clock, cors_origins=("https://friend.example",))
    assert not isinstance(
        gateway.open(upgrade_request("/gateway", origin="https://friend.example")), Response
    )
