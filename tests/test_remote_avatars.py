"""Pictures for messages of webhooks: fetched from a real server, once, and found under the webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chatd import remote_avatars
from chatd.net.addresses import AllowedAddresses
from chatd.net.client import Client, ClientSettings
from chatd.remote_avatars import REMEMBERED_S, RemoteAvatars
from tests.pictures import png
from tests.rest.asking import Clock
from tests.web import Web, web

PNG = "Content-Type: image/png"


@asynccontextmanager
async def fetching(store: Any, *networks: str) -> AsyncIterator[tuple[Web, RemoteAvatars, Clock]]:
    client, clock = Client(ClientSettings(allowed=AllowedAddresses(networks), timeout_s=2)), Clock()
    avatars = RemoteAvatars(store, client, clock=clock)
    async with web() as there:
        yield there, avatars, clock
        await avatars.stop()
    client.close()


async def test_a_picture_is_fetched_once_and_kept(store):
    async with fetching(store, "127.0.0.0/8") as (there, avatars, clock):
        url = there.page("/face.png", png(), PNG)
        avatar = await avatars(url)
        assert await store.blobs.beginning(avatar) == png()
        assert await avatars(url) == avatar and len(there.asked) == 1
        clock.advance(REMEMBERED_S)
        there.page("/face.png", png(8, 8), PNG)
        assert await avatars(url) != avatar


async def test_what_is_no_picture_is_none(store):
    async with fetching(store, "127.0.0.0/8") as (there, avatars, _):
        there.page("/page", b"<title>no</title>", "Content-Type: text/html")
        there.page("/liar.png", b"no picture", PNG)
        there.page("/gone.png", png(), PNG, status="404 Not Found")
        for path in ("/page", "/liar.png", "/gone.png"):
            assert await avatars(there.url(path)) is None


async def test_nobody_within_is_asked(store):
    async with fetching(store) as (there, avatars, _):
        assert await avatars(there.page("/face.png", png(), PNG)) is None
        assert there.asked == []


async def test_who_is_slow_is_not_waited_for(store, monkeypatch):
    monkeypatch.setattr(remote_avatars, "WAIT_S_MAX", 0)
    async with fetching(store, "127.0.0.0/8") as (there, avatars, _):
        url = there.page("/face.png", png(), PNG)
        assert await avatars(url) is None
        await avatars._remembered[url].fetch
        assert await avatars(url) is not None, "the next message has it"


async def test_a_fault_of_ours_is_not_remembered(store, monkeypatch):
    async with fetching(store, "127.0.0.0/8") as (there, avatars, _):
        url = there.page("/face.png", png(), PNG)
        with monkeypatch.context() as broken, pytest.raises(AttributeError):
            broken.setattr(avatars, "store", None)
            await avatars(url)
        assert await avatars(url) is not None


async def test_what_is_remembered_is_bounded(store, monkeypatch):
    monkeypatch.setattr(remote_avatars, "REMEMBERED_MAX", 2)
    async with fetching(store) as (_, avatars, _):
        for number in range(5):
            await avatars(f"http://127.0.0.1/{number}")
        assert len(avatars._remembered) <= 2
