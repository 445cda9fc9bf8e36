"""What each opcode of a client does, one after the other."""

from __future__ import annotations

import pytest

from chatd.gateway.opcodes import Opcode
from chatd.model.intents import Intent
from tests.gateway.client import ALL_INTENTS, Client
from tests.people import bot, general, person


async def live(store, gateway, name="ada", wanted=ALL_INTENTS):
    actor, token = await person(store, name)
    client = Client(gateway)
    await client.identify(token, wanted)
    await gateway.presences.settle()
    client.forget()
    return actor, client


async def chunks(client, **d):
    """Ask for members; the chunks that come."""
    await client.send(Opcode.REQUEST_GUILD_MEMBERS, d)
    found = client.dispatches("GUILD_MEMBERS_CHUNK")
    client.forget()
    return found


def names(found) -> list[str]:
    return [member["user"]["username"] for chunk in found for member in chunk["members"]]


@pytest.mark.parametrize("d", [None, 0, 251, "nonsense"])
async def test_a_heartbeat_is_acknowledged_before_identify_too(gateway, d):
    client = Client(gateway)
    await client.send(Opcode.HEARTBEAT, d)
    assert client.read()[-1] == {"t": None, "s": None, "op": 11, "d": None}


async def test_a_voice_state_that_is_refused_does_nothing(store, gateway):
    _, client = await live(store, gateway)
    guild_id = str(general(store).guild_id)
    await client.send(4, {"guild_id": guild_id, "channel_id": "1", "self_mute": False, "self_deaf": True})
    await client.send(4, {"guild_id": guild_id, "channel_id": None, "self_mute": False, "self_deaf": False})
    assert client.closed_with is None and client.read() == []


async def test_all_members_come_with_an_empty_query(store, gateway):
    _, client = await live(store, gateway)
    await person(store, "bob")
    client.forget()
    found = await chunks(client, guild_id=str(general(store).guild_id), query="", limit=0, nonce="n1")
    assert sorted(names(found)) == ["ada", "bob", "chatd"]
    (chunk,) = found
    assert (chunk["chunk_index"], chunk["chunk_count"], chunk["not_found"], chunk["nonce"]) == (
        0,
        1,
        [],
        "n1",
    )
    assert "presences" not in chunk


async def test_chunks_hold_a_thousand_members_at_most(store, gateway, monkeypatch):
    monkeypatch.setattr("chatd.gateway.receive.CHUNK_MEMBERS_MAX", 2)
    _, client = await live(store, gateway)
    for n in range(4):
        await person(store, f"user{n}")
    client.forget()
    found = await chunks(client, guild_id=str(general(store).guild_id), query="", limit=0)
    assert [len(chunk["members"]) for chunk in found] == [2, 2, 2]
    assert [(chunk["chunk_index"], chunk["chunk_count"]) for chunk in found] == [(0, 3), (1, 3), (2, 3)]
    assert len(set(names(found))) == 6


async def test_the_whole_list_needs_the_members_intent(store, gateway):
    _, client = await live(store, gateway, wanted=ALL_INTENTS & ~Intent.GUILD_MEMBERS)
    guild_id = str(general(store).guild_id)
    assert names(await chunks(client, guild_id=guild_id, query="", limit=0)) == []
    assert names(await chunks(client, guild_id=guild_id, query="AD", limit=5)) == ["ada"]


async def test_members_are_found_by_the_beginning_of_a_name(store, gateway):
    _, client = await live(store, gateway)
    for name in ("bob", "boris", "eve"):
        await person(store, name)
    client.forget()
    guild_id = str(general(store).guild_id)
    assert sorted(names(await chunks(client, guild_id=guild_id, query="BO", limit=10))) == ["bob", "boris"]
    assert len(names(await chunks(client, guild_id=guild_id, query="bo", limit=1))) == 1
    assert names(await chunks(client, guild_id=[guild_id], query="zed", limit=1)) == []


async def test_members_are_found_by_id_and_the_others_are_named(store, gateway):
    ada, client = await live(store, gateway)
    guild_id = str(general(store).guild_id)
    (chunk,) = await chunks(
        client, guild_id=guild_id, user_ids=[str(ada.id), "1", str(ada.id)], presences=True
    )
    assert names([chunk]) == ["ada"] and chunk["not_found"] == ["1"]
    assert [(p["user"]["id"], p["status"]) for p in chunk["presences"]] == [(str(ada.id), "online")]
    assert names(await chunks(client, guild_id=guild_id, user_ids=str(ada.id))) == ["ada"]


async def test_presences_of_members_need_their_intent(store, gateway):
    ada, client = await live(store, gateway, wanted=ALL_INTENTS & ~Intent.GUILD_PRESENCES)
    (chunk,) = await chunks(
        client, guild_id=str(general(store).guild_id), user_ids=[str(ada.id)], presences=True
    )
    assert chunk["presences"] == []


async def test_a_guild_that_one_is_not_in_is_as_if_it_did_not_exist(store, gateway):
    _, client = await live(store, gateway)
    (chunk,) = await chunks(client, guild_id="1", user_ids=["5"], nonce="n")
    assert chunk == {
        "guild_id": "1",
        "members": [],
        "chunk_index": 0,
        "chunk_count": 1,
        "not_found": ["5"],
        "nonce": "n",
    }


async def test_sounds_and_voice_channels_are_told_of_ones_own_guilds(store, gateway):
    _, client = await live(store, gateway)
    guild_id = str(general(store).guild_id)
    await client.send(31, {"guild_ids": [guild_id, "1", guild_id]})
    await client.send(43, {"guild_id": guild_id, "fields": ["status"]})
    await client.send(43, {"guild_id": "1", "fields": []})
    assert [(payload["t"], payload["d"]) for payload in client.read()] == [
        ("SOUNDBOARD_SOUNDS", {"guild_id": guild_id, "soundboard_sounds": []}),
        ("CHANNEL_INFO", {"guild_id": guild_id, "channels": []}),
    ]


async def test_a_request_is_the_callers_own_and_is_answered_with_its_id(store, gateway):
    ada, client = await live(store, gateway)
    gateway.call.answer = (201, {"id": "1"})
    d = {
        "id": "r1",
        "method": "POST",
        "path": "/channels/1/messages?x=1",
        "body": {"content": "hi", "author": "eve"},
    }
    await client.send(Opcode.REQUEST, d)
    ((actor, *asked),) = gateway.call.asked
    assert actor.id == ada.id and asked == [
        "POST",
        "/channels/1/messages",
        "x=1",
        {"content": "hi", "author": "eve"},
    ]
    assert client.read()[-1] == {
        "t": None,
        "s": None,
        "op": 101,
        "d": {"id": "r1", "status": 201, "body": {"id": "1"}},
    }


async def test_requests_are_answered_in_their_order_with_ids_of_either_kind(store, gateway):
    _, client = await live(store, gateway)
    gateway.call.answer = (204, None)
    for each in (1, "2", -3):
        await client.send(Opcode.REQUEST, {"id": each, "method": "DELETE", "path": "/x"})
    assert [payload["d"] for payload in client.read()] == [
        {"id": each, "status": 204, "body": None} for each in (1, "2", -3)
    ]


async def test_a_bot_s_status_is_not_kept(store, gateway):
    robot, token = await bot(store, "robot")
    client = Client(gateway)
    await client.identify(token)
    await client.send(3, {"status": "dnd", "activities": []})
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select status from users where id = $1", robot.id) == "bot"
