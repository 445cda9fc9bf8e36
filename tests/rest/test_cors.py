"""Other sites' pages: listed ones may use the API, all others get nothing to go by."""

from __future__ import annotations

import pytest

from chatd.rest import LimitSettings, RestSettings
from tests.rest.asking import Client
from tests.rest.conftest import doorless

LISTED = "https://listed.example"
SETTINGS = RestSettings(cors_origins=(LISTED + "/",), limits=LimitSettings())


@pytest.fixture
def client() -> Client:
    return Client(doorless(SETTINGS))


async def test_a_listed_origin_may_read_and_send_the_cookie(client):
    headers = (await client.get("/api/v10/gateway", Origin=LISTED)).headers
    assert headers["access-control-allow-origin"] == LISTED
    assert headers["access-control-allow-credentials"] == "true"
    assert "X-RateLimit-Remaining" in headers["access-control-expose-headers"]
    assert headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://listed.example.evil.example",
                                    "http://listed.example", "https://listed.example:8443"])  # fmt: skip
async def test_any_other_origin_is_told_nothing(client, origin):
    headers = (await client.get("/api/v10/gateway", Origin=origin)).headers
    assert not [name for name in headers if name.startswith("access-control")]
    assert headers["vary"] == "Origin"


async def test_refusals_can_be_read_too(client):
    for path in ("/api/v10/users/@me", "/api/v10/nothing"):
        assert (await client.get(path, Origin=LISTED)).headers["access-control-allow-origin"] == LISTED


async def test_a_preflight_says_what_may_be_sent(client):
    wanted = {"Origin": LISTED, "Access-Control-Request-Method": "PATCH"}
    reply = await client.ask("OPTIONS", "/api/v10/channels/1/messages/2", headers=wanted)
    assert (reply.status, reply.content) == (204, b"")
    assert reply.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert "Authorization" in reply.headers["access-control-allow-headers"]
    assert reply.headers["access-control-allow-credentials"] == "true"


async def test_a_preflight_of_another_origin_allows_nothing(client):
    wanted = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    reply = await client.ask("OPTIONS", "/api/v10/users/@me", headers=wanted)
    assert reply.status == 204
    assert not [name for name in reply.headers if name.startswith("access-control")]


async def test_options_tells_the_methods_of_a_path(client):
    reply = await client.ask("OPTIONS", "/api/v10/users/@me")
    assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")
    assert (await client.ask("OPTIONS", "/api/v10/nothing")).status == 404


async def test_without_a_list_nothing_is_said():
    headers = (await Client(doorless()).get("/api/v10/gateway", Origin=LISTED)).headers
    assert "vary" not in headers
    assert "access-control-allow-origin" not in headers
