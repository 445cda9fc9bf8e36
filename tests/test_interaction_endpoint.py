"""Endpoints of applications: how they are checked. What they are asked is for rest/test_endpoints.py."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from chatd import interaction_endpoint
from chatd.interaction_endpoint import ANSWER_BYTES_MAX, InteractionEndpoints
from chatd.model.actor import Actor
from chatd.model.errors import InvalidFormBody
from chatd.net.addresses import AllowedAddresses
from chatd.net.client import Client, ClientSettings
from tests.endpoints import Endpoint, endpoint
from tests.faults import faults_in
from tests.people import bot
from tests.rest.conftest import doorless

LOOPBACK = ("127.0.0.0/8",)


class Here(NamedTuple):
    store: Any
    robo: Actor
    endpoints: InteractionEndpoints
    there: Endpoint

    async def refusal(self, url: str | None = None) -> str:
        with pytest.raises(InvalidFormBody) as refused:
            await self.endpoints.check(self.robo.id, url or self.there.url)
        assert set(faults_in(refused.value.errors)) == {"interactions_endpoint_url"}
        (fault,) = refused.value.errors["interactions_endpoint_url"]["_errors"]
        return str(fault["code"] + ": " + fault["message"])


@asynccontextmanager
async def here(store: Any, *networks: str, **settings: Any) -> AsyncIterator[Here]:
    """A bot whose owner has a server for it, and a client that may ask within these networks."""
    robo, _ = await bot(store, "robo")
    settings = {"timeout_s": 10.0, "bytes_max": ANSWER_BYTES_MAX, "tls_to_public": True} | settings
    client = Client(ClientSettings(allowed=AllowedAddresses(networks), **settings))
    async with endpoint(store.directory.applications[robo.id].verify_key) as there:
        yield Here(store, robo, InteractionEndpoints(store, client, doorless().respond), there)
    client.close()


async def test_an_endpoint_answers_a_ping_and_refuses_a_forged_one(store):
    async with here(store, *LOOPBACK) as place:
        await place.endpoints.check(place.robo.id, place.there.url)
        (ping,) = place.there.heard
        assert (ping["type"], ping["application_id"]) == (1, str(place.robo.id))
        assert place.there.forged == 1


@pytest.mark.parametrize(
    "status, fields, said",
    [
        (200, {"text": '{"type":1}'}, "no PONG"),
        (200, {"text": '{"type":2}', "content_type": "application/json"}, "no PONG"),
        (200, {"text": "[1]", "content_type": "application/json"}, "no PONG"),
        (200, {"text": "{", "content_type": "application/json"}, "no PONG"),
        (500, {}, "status 500"),
        (307, {"headers": {"Location": "/interactions"}}, "status 307"),
    ],
)
async def test_what_does_not_answer_with_a_pong_is_none(store, status, fields, said):
    async with here(store, *LOOPBACK) as place:
        place.there.answer = lambda _: web.Response(status=status, **fields)
        assert said in await place.refusal()


async def test_what_believes_everybody_is_none(store):
    async with here(store, *LOOPBACK) as place:
        place.there.verify_key.verify = lambda *_: b""  # type: ignore[method-assign]
        assert "signed by somebody else with status 200" in await place.refusal()


async def test_an_address_that_points_inside_is_refused_and_not_asked(store):
    async with here(store) as place:
        inside = await place.refusal()
        assert interaction_endpoint.NOBODY_THERE in inside
        nowhere = await place.refusal("https://nowhere.invalid/")
        assert nowhere == inside, "whether there is such a host inside is nobody's business"
        for url in ("https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/",
                    "http://localhost/", "https://user@chat.example/", "ftp://chat.example/"):  # fmt: skip
            assert (await place.refusal(url)).startswith("APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID")
        assert place.there.heard == [] and place.there.forged == 0


async def test_nobody_is_waited_for_longer_than_an_application_has(store):
    async with here(store, *LOOPBACK, timeout_s=0) as place:
        assert "took too long" in await place.refusal()


async def test_without_the_library_it_is_said_what_is_missing(store, monkeypatch):
    async with here(store, *LOOPBACK) as place:
        monkeypatch.setitem(sys.modules, "nacl.signing", None)
        assert "extra `interactions`" in await place.refusal()
        assert place.there.heard == []
