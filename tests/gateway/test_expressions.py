"""What a guild expresses itself with, as sessions hear of it: by their intents, and by where they are."""

from __future__ import annotations

from typing import Any

from chatd.actions import soundboard, stickers, voice_states
from chatd.model import intents
from chatd.model.intents import Intent
from chatd.model.permissions import Permission
from chatd.model.soundboard import Sound, SoundToPlay
from chatd.model.voice_states import VoiceStateDraft
from tests.actions.test_stickers import draft as sticker_draft
from tests.compatibility.official import faults_of_object
from tests.gateway.client import Client
from tests.people import person
from tests.permitting import allow
from tests.rooms import voice


async def live(store: Any, gateway: Any, name: str, wanted: int = intents.ALL) -> tuple[Any, Client]:
    actor, token = await person(store, name)
    client = Client(gateway)
    await client.identify(token, wanted)
    return actor, client


async def test_stickers_are_told_to_those_who_asked_for_expressions(store, gateway):
    guild_id = await allow(store, Permission.CREATE_GUILD_EXPRESSIONS)
    ada, told = await live(store, gateway, "ada")
    _, untold = await live(store, gateway, "bob", intents.ALL & ~Intent.GUILD_EXPRESSIONS)
    async with store.transaction(ada) as tx:
        await stickers.create_sticker(tx, guild_id, sticker_draft())
    (d,) = told.dispatches("GUILD_STICKERS_UPDATE")
    assert d["guild_id"] == str(guild_id)
    assert [faults_of_object("GuildStickerResponse", each) for each in d["stickers"]] == [[]]
    assert untold.dispatches("GUILD_STICKERS_UPDATE") == []


async def test_a_sound_and_a_status_are_told_to_those_whom_they_are_for(store, gateway):
    guild_id = await allow(store, Permission.SET_VOICE_CHANNEL_STATUS)
    ada, there = await live(store, gateway, "ada")
    bob, deaf = await live(store, gateway, "bob", intents.ALL & ~Intent.GUILD_VOICE_STATES)
    _, elsewhere = await live(store, gateway, "cleo")
    room = await voice(store)
    for actor in (ada, bob):
        async with store.transaction(actor) as tx:
            await voice_states.connect(tx, "s", VoiceStateDraft(guild_id, room.id))
    store.directory.guilds[guild_id].sounds[5] = Sound(5, guild_id, "quack")
    async with store.reading(ada) as tx:
        await soundboard.play_sound(tx, room.id, SoundToPlay(5, None))
    async with store.transaction(ada) as tx:
        await voice_states.update_status(tx, room.id, "chess")
    (effect,) = there.dispatches("VOICE_CHANNEL_EFFECT_SEND")
    assert effect["sound_id"] == "5"
    for client in (deaf, elsewhere):
        assert client.dispatches("VOICE_CHANNEL_EFFECT_SEND") == []
        (status,) = client.dispatches("VOICE_CHANNEL_STATUS_UPDATE")
        (started,) = client.dispatches("VOICE_CHANNEL_START_TIME_UPDATE")
        assert status["status"] == "chess" and started["id"] == str(room.id)
