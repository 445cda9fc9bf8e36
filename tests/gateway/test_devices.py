"""A person's devices agree: what is their own is in READY, and each hears of what another one does."""

from __future__ import annotations

from typing import Any

from chatd.actions import read_states, relationships
from chatd.model.read_states import Ack
from chatd.model.relationships import RelationshipDraft
from tests.gateway.client import Client
from tests.gateway.talk import say
from tests.people import bot, person


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
