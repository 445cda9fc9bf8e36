"""Voice through the gateway: op 4 comes and goes, and a voice state ends with its session."""

from __future__ import annotations

import json
from typing import Any

from chatd.actions import voice_states
from chatd.gateway.opcodes import Opcode
from chatd.gateway.snapshot import guild_create_text
from chatd.model import intents
from chatd.model.intents import Intent
from chatd.model.soundboard import Sound
from chatd.model.voice_states import VoiceStateDraft
from tests.gateway.client import Client, gateway_on
from tests.gateway.conftest import settled
from tests.people import bot, general, person
from tests.rooms import only_for, voice


async def live(store: Any, gateway: Any, name: str, **identify: Any) -> tuple[Any, Client]:
    actor, token = await person(store, name)
    client = Client(gateway)
    await client.identify(token, **identify)
    client.forget()
    return actor, client


async def come(client: Client, room: Any) -> None:
    d = {"guild_id": str(room.guild_id), "channel_id": str(room.id), "self_mute": False, "self_deaf": True}
    await client.send(Opcode.VOICE_STATE_UPDATE, d)


async def ended(gateway: Any) -> None:
    await settled(gateway)
    await gateway.voices.settle()


def heard(client: Client) -> list[tuple[str, str | None]]:
    """Who is where, as the client heard since last asked."""
    found = [(d["user_id"], d["channel_id"]) for d in client.dispatches("VOICE_STATE_UPDATE")]
    client.forget()
    return found


async def test_coming_and_leaving_is_heard_by_who_sees_the_channel_and_asked_for_it(store, gateway):
    ada, client = await live(store, gateway, "ada")
    _, bob = await live(store, gateway, "bob")
    _, deaf = await live(store, gateway, "cleo", wanted=intents.ALL & ~Intent.GUILD_VOICE_STATES)
    room, hidden = await voice(store), await voice(store, overwrites=only_for(store, ada.id))
    for each in (client, bob, deaf):
        each.forget()
    await come(client, room)
    (own,) = client.dispatches("VOICE_STATE_UPDATE")
    assert (own["session_id"], own["self_deaf"]) == (client.session_id, True)
    assert client.dispatches("VOICE_SERVER_UPDATE") == [], "there is no voice server to go to"
    assert heard(client) == heard(bob) == [(str(ada.id), str(room.id))]
    await come(client, hidden)
    assert (heard(client), heard(bob)) == ([(str(ada.id), str(hidden.id))], [(str(ada.id), None)])
    await client.send(Opcode.VOICE_STATE_UPDATE, {"guild_id": str(room.guild_id), "channel_id": None})
    assert (heard(client), heard(bob), heard(deaf)) == ([(str(ada.id), None)], [], [])


async def test_a_guild_comes_with_its_voice_states_and_their_members(store, gateway):
    ada, client = await live(store, gateway, "ada")
    bob, _ = await person(store, "bob")
    hidden = await voice(store, overwrites=only_for(store, ada.id))
    room = await voice(store)
    await come(client, room)
    robo, token = await bot(store, "robo")
    seen = Client(gateway)
    wanted = int(Intent.GUILDS | Intent.GUILD_VOICE_STATES)
    await seen.identify(token, wanted=wanted)
    (guild,) = seen.dispatches("GUILD_CREATE")
    (state,) = guild["voice_states"]
    assert state.keys() == {
        "channel_id", "user_id", "session_id", "deaf", "mute", "self_deaf", "self_mute", "self_stream",
        "self_video", "suppress", "request_to_speak_timestamp",
    }  # fmt: skip
    assert (state["user_id"], state["channel_id"]) == (str(ada.id), str(room.id))
    assert {member["user"]["id"] for member in guild["members"]} == {str(robo.id), str(ada.id)}
    await come(client, hidden)
    session = gateway.sessions[seen.session_id]
    assert json.loads(guild_create_text(gateway, session, room.guild_id))["voice_states"] == []
    session.intents = int(Intent.GUILDS)
    assert json.loads(guild_create_text(gateway, session, room.guild_id))["voice_states"] == []


async def test_a_client_that_is_done_leaves_at_once(store, gateway):
    ada, client = await live(store, gateway, "ada")
    _, bob = await live(store, gateway, "bob")
    await come(client, await voice(store))
    bob.forget()
    client.hang_up(1000)
    await ended(gateway)
    assert heard(bob) == [(str(ada.id), None)]


async def test_a_client_that_is_lost_leaves_when_its_grace_is_over(store, gateway, clock):
    ada, client = await live(store, gateway, "ada")
    _, bob = await live(store, gateway, "bob")
    await come(client, await voice(store))
    bob.forget()
    client.vanish()
    clock.pass_by(gateway, 9)
    await ended(gateway)
    assert heard(bob) == []
    clock.pass_by(gateway, 2)
    await ended(gateway)
    assert heard(bob) == [(str(ada.id), None)]


async def test_who_resumes_in_time_stays_and_who_resumes_late_hears_that_they_left(store, gateway, clock):
    ada, token = await person(store, "ada")
    room = await voice(store)
    client = Client(gateway)
    await client.identify(token)
    await come(client, room)
    client.read()
    client.vanish()
    clock.pass_by(gateway, 5)
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq)
    clock.pass_by(gateway, 30)
    await ended(gateway)
    assert heard(again) == [] and ada.id in store.directory.guilds[room.guild_id].voice_states
    seq = again.seq
    again.vanish()
    clock.pass_by(gateway, 30)
    await ended(gateway)
    late = Client(gateway)
    await late.resume(token, client.session_id, seq)
    assert heard(late) == [(str(ada.id), None)]


async def test_after_a_restart_voice_states_wait_for_sessions_that_are_expected_back(store, gateway, clock):
    ada, client = await live(store, gateway, "ada")
    bob, other = await live(store, gateway, "bob")
    cleo, _ = await person(store, "cleo")
    room = await voice(store)
    await come(client, room)
    await come(other, room)
    async with store.transaction(cleo) as tx:
        await voice_states.connect(tx, "of an earlier run", VoiceStateDraft(room.guild_id, room.id))
    await gateway.shutdown()
    states = store.directory.guilds[room.guild_id].voice_states
    assert states.keys() == {ada.id, bob.id, cleo.id}, "a restart sends nobody out"
    after = gateway_on(store, clock)
    await after.start()
    assert states.keys() == {ada.id, bob.id}
    clock.pass_by(after, 61)
    await ended(after)
    assert states == {}


async def test_where_nobody_may_come_nothing_happens(store, gateway):
    _, client = await live(store, gateway, "ada")
    hidden = await voice(store, overwrites=only_for(store))
    client.forget()
    await come(client, hidden)
    await come(client, general(store))
    assert client.closed_with is None and client.read() == []


async def test_the_sounds_of_ones_guilds_are_told_on_request(store, gateway):
    _, client = await live(store, gateway, "ada")
    guild = general(store).guild_id
    sound = store.directory.guilds[guild].sounds[5] = Sound(5, guild, "quack")
    await client.send(Opcode.REQUEST_SOUNDBOARD_SOUNDS, {"guild_ids": [str(guild), "1"]})
    assert client.dispatches("SOUNDBOARD_SOUNDS") == [
        {"guild_id": str(guild), "soundboard_sounds": [sound.payload()]}
    ]


async def test_channel_info_is_asked_for_by_field(store, gateway):
    ada, client = await live(store, gateway, "ada")
    room, hidden = await voice(store), await voice(store, overwrites=only_for(store))
    await come(client, room)
    guild = store.directory.guilds[room.guild_id]
    guild.channel_infos[hidden.id] = guild.channel_infos[room.id]
    client.forget()
    for fields, keys in ((["status"], {"status"}), (["voice_start_time", "x", 7], {"voice_start_time"})):
        await client.send(Opcode.REQUEST_CHANNEL_INFO, {"guild_id": str(guild.id), "fields": fields})
        (info,) = client.dispatches("CHANNEL_INFO")
        client.forget()
        (channel,) = info["channels"]
        assert channel["id"] == str(room.id) and channel.keys() == {"id", *keys}
