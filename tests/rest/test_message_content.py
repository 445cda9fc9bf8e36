"""What a bot that is not granted MESSAGE_CONTENT reads over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.applications import FLAGS_TO_SET
from tests.rest.conftest import Place

MESSAGE_CONTENT = 1 << 19


async def grant(place: Place, flags: int) -> None:
    reply = await place.ada.api("PATCH", f"/applications/{place.robo_id}", {"flags": flags})
    assert reply.status == 200 and reply.json["flags"] == flags


async def said(place: Place, who: str, content: str) -> str:
    path = f"/channels/{place.channel_id}/messages"
    reply = await getattr(place, who).api("POST", path, {"content": content, "embeds": [{"title": "and"}]})
    assert reply.status == 200
    return str(reply.json["id"])


async def read(place: Place, path: str) -> list[str]:
    """The content of each message there, newest first; what is hidden is hidden whole."""
    reply = await place.robo.api("GET", f"/channels/{place.channel_id}/messages{path}")
    assert reply.status == 200
    items: Any = reply.json["items"] if isinstance(reply.json, dict) and "items" in reply.json else reply.json
    found = [item.get("message", item) for item in (items if isinstance(items, list) else [items])]
    found = [message for message in found if message["type"] == 0]
    assert all(bool(message["embeds"]) == bool(message["content"]) for message in found)
    return [message["content"] for message in found]


async def test_others_messages_are_empty_unless_they_are_to_the_bot(place):
    await said(place, "ada", "a secret")
    await said(place, "robo", "my own")
    named = f"<@{place.robo_id}> to you"
    await said(place, "ada", named)
    await grant(place, FLAGS_TO_SET & ~MESSAGE_CONTENT)
    assert await read(place, "") == [named, "my own", ""]
    await grant(place, FLAGS_TO_SET)
    assert await read(place, "") == [named, "my own", "a secret"]


async def test_so_are_one_message_and_the_pinned_ones(place):
    id = await said(place, "ada", "a secret")
    await place.ada.api("PUT", f"/channels/{place.channel_id}/messages/pins/{id}")
    await grant(place, 0)
    assert await read(place, f"/{id}") == [""]
    assert await read(place, "/pins") == [""]


async def test_in_a_direct_message_everything_is_to_the_bot(place):
    dm = (await place.ada.api("POST", "/users/@me/channels", {"recipient_id": str(place.robo_id)})).json
    sent = await place.ada.api("POST", f"/channels/{dm['id']}/messages", {"content": "hush"})
    await grant(place, 0)
    found = await place.robo.api("GET", f"/channels/{dm['id']}/messages/{sent.json['id']}")
    assert found.json["content"] == "hush"


async def test_who_is_shown_nothing_does_not_search(place):
    where = [f"/guilds/{place.guild_id}", f"/channels/{place.channel_id}"]
    for flags, status in ((FLAGS_TO_SET, 200), (0, 403)):
        await grant(place, flags)
        for path in where:
            reply = await place.robo.api("GET", f"{path}/messages/search?content=secret")
            assert reply.status == status, (path, reply.content)


@pytest.mark.parametrize("who", ["ada", "bob"])
async def test_people_read_everything(place, who):
    id = await said(place, "ada", "a secret")
    await grant(place, 0)
    reply = await getattr(place, who).api("GET", f"/channels/{place.channel_id}/messages/{id}")
    assert reply.json["content"] == "a secret"
