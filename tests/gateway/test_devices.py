"""A person's devices agree: what is their own is in READY, and each hears of what another one does."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import read_states, relationships
from chatd.model.read_states import Ack
from chatd.model.relationships import RelationshipDraft
from tests.gateway.client import ALL_INTENTS, Client
from tests.people import bot, person
from tests.rest import asking
from tests.rest.conftest import Place, furnish
from tests.talk import say


@pytest.fixture
def place(runner: Any, store: Any) -> Place:
    """ada, bob and robo, and the HTTP door of the server that the gateway is of."""
    return runner.run(furnish(store))  # type: ignore[no-any-return]


async def read(store: Any, actor: Any, message: Any) -> None:
    async with store.queued(actor) as tx:
        await read_states.ack(tx, [Ack(message.channel_id, message.id)])


async def test_ready_says_what_is_ones_own_and_a_bot_has_none_of_it(store, gateway):
    ada, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    _, robot_token = await bot(store, "robot")
    message = await say(store, bob, f"<@{ada.id}>")
    await read(store, ada, message)
    async with store.transaction(bob) as tx:
        await relationships.create_relationship(tx, ada.id, RelationshipDraft.parse({}))
    ready = await Client(gateway).identify(token)
    assert ready["read_state"] == {
        "entries": [{"id": str(message.channel_id), "last_message_id": str(message.id), "mention_count": 0,
                     "last_pin_timestamp": None}],
        "version": store.feed.position, "partial": False,
    }  # fmt: skip
    assert [(each["id"], each["type"]) for each in ready["relationships"]] == [(str(bob.id), 3)]
    assert ready["user_guild_settings"] == {"entries": [], "version": store.feed.position, "partial": False}
    assert (ready["user_settings"]["status"], ready["user_settings"]["theme"]) == ("online", "dark")
    ready = await Client(gateway).identify(robot_token)
    assert ready["relationships"] == []
    assert not {"read_state", "user_settings", "user_guild_settings"} & ready.keys()


async def test_every_device_hears_what_another_one_has_read_live_or_by_a_resume(store, gateway):
    ada, token = await person(store, "ada")
    bob, bobs_token = await person(store, "bob")
    devices = [Client(gateway) for _ in range(3)]
    for device, its_token in zip(devices, (token, token, bobs_token), strict=True):
        await device.identify(its_token)
    message = await say(store, bob, "hello")
    devices[1].read()
    devices[1].vanish()
    await read(store, ada, message)
    again = Client(gateway)
    await again.resume(token, devices[1].session_id, devices[1].seq)
    for device in (devices[0], again):
        (ack,) = device.dispatches("MESSAGE_ACK")
        assert ack["message_id"] == str(message.id)
    assert devices[2].dispatches("MESSAGE_ACK") == []


async def test_a_status_that_one_device_chooses_is_heard_by_the_others(store, gateway):
    _, token = await person(store, "ada")
    devices = [Client(gateway) for _ in range(2)]
    for device in devices:
        await device.identify(token)
    await devices[0].send(3, {"since": None, "activities": [], "status": "dnd", "afk": False})
    assert [device.dispatches("USER_SETTINGS_UPDATE") for device in devices] == [[{"status": "dnd"}]] * 2


OWN = [
    ("RELATIONSHIP_ADD", "PUT", "/users/@me/relationships/{bob}", {"type": 2}),
    ("RELATIONSHIP_REMOVE", "DELETE", "/users/@me/relationships/{eve}", None),
    ("RELATIONSHIP_UPDATE", "PATCH", "/users/@me/relationships/{dan}", {"nickname": "Danny"}),
    ("MESSAGE_ACK", "POST", "/channels/{channel}/messages/{message}/ack", {}),
    ("CHANNEL_PINS_ACK", "POST", "/channels/{channel}/pins/ack", None),
    ("USER_SETTINGS_UPDATE", "PATCH", "/users/@me/settings", {"theme": "light"}),
    ("USER_GUILD_SETTINGS_UPDATE", "PATCH", "/users/@me/guilds/{guild}/settings", {"muted": True}),
    ("CHANNEL_DELETE", "DELETE", "/channels/{direct}", None),
]


@pytest.mark.parametrize("name, method, path, body", OWN, ids=[name for name, *_ in OWN])
async def test_what_is_ones_own_is_told_to_each_device_whatever_its_intents_and_to_nobody_else(
    place, gateway, name, method, path, body
):
    """ada has blocked eve, is dan's friend, and talks with bob, who listens."""
    (eve, _), (dan, dans_token) = [await person(place.app.store, name) for name in ("eve", "dan")]
    await place.ada.api("PUT", f"/users/@me/relationships/{eve.id}", {"type": 2})
    await place.ada.api("PUT", f"/users/@me/relationships/{dan.id}", {})
    dans = asking.Client(place.app, token=dans_token)
    await dans.api("PUT", f"/users/@me/relationships/{place.ada_id}", {})
    direct = await place.ada.api("POST", "/users/@me/channels", {"recipient_id": place.bob_id})
    message = await place.bob.api("POST", f"/channels/{place.channel_id}/messages", {"content": "hello"})
    ids = {
        "bob": place.bob_id, "eve": eve.id, "dan": dan.id, "channel": place.channel_id,
        "guild": place.guild_id, "message": message.json["id"], "direct": direct.json["id"],
    }  # fmt: skip
    devices = [Client(gateway) for _ in range(2)]
    for device, wanted in zip(devices, (0, ALL_INTENTS), strict=True):
        await device.identify(place.ada_token, wanted)
    others = [Client(gateway) for _ in range(2)]
    for other, client in zip(others, (place.bob, place.robo), strict=True):
        await other.identify(client.headers["Authorization"])
    reply = await place.ada.api(method, path.format(**ids), body)
    assert reply.status < 300, reply.content
    first, second = (device.dispatches(name) for device in devices)
    assert len(first) == 1 and first == second
    assert [other.dispatches(name) for other in others] == [[], []]
