"""The soundboard: sounds are made by those who may, and heard by those in the channel."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import soundboard, voice_states
from chatd.model.actor import Actor
from chatd.model.audience import Guild, Users
from chatd.model.errors import (
    FileTooLarge,
    InvalidDuration,
    InvalidFileType,
    InvalidFormBody,
    MaximumSounds,
    MissingPermissions,
    NotInVoice,
    SoundTooLong,
    UnknownChannel,
    UnknownEmoji,
    UnknownGuild,
    UnknownSound,
    VoiceEffectDenied,
    WrongChannelType,
)
from chatd.model.permissions import Overwrite, Permission
from chatd.model.soundboard import SOUND_BYTES_MAX, SOUNDS_MAX, SoundDraft, SoundEdit, SoundToPlay
from chatd.model.voice_states import VoiceStateDraft
from tests.actions.test_emojis import create as create_emoji
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.permitting import allow
from tests.pictures import data_uri, png
from tests.rooms import in_another_guild, stage, voice
from tests.sounds import id3, mp3, ogg

CREATE, MANAGE = int(Permission.CREATE_GUILD_EXPRESSIONS), int(Permission.MANAGE_GUILD_EXPRESSIONS)


def draft(sound: bytes | None = None, **fields: Any) -> SoundDraft:
    data = data_uri(ogg() if sound is None else sound, "audio/ogg")
    return SoundDraft.parse({"name": "yay", "sound": data, **fields})


async def create(store: Any, actor: Actor, guild_id: int, **fields: Any) -> Any:
    wanted = draft(**fields)
    blob = await soundboard.keep(store, wanted)
    async with store.transaction(actor) as tx:
        return await soundboard.create_sound(tx, guild_id, wanted, blob)


async def update(store: Any, actor: Actor, guild_id: int, sound_id: int, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await soundboard.update_sound(tx, guild_id, sound_id, SoundEdit.parse(fields))


async def delete(store: Any, actor: Actor, guild_id: int, sound_id: int) -> None:
    async with store.transaction(actor) as tx:
        await soundboard.delete_sound(tx, guild_id, sound_id)


async def play(store: Any, actor: Actor, room: Any, sound_id: int, **fields: Any) -> None:
    async with store.reading(actor) as tx:
        wanted = SoundToPlay.parse({"sound_id": str(sound_id), **fields})
        await soundboard.play_sound(tx, room.id, wanted)


async def connect(store: Any, actor: Actor, room: Any, **fields: Any) -> None:
    async with store.transaction(actor) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(room.guild_id, room.id, **fields))


async def test_a_sound_is_made_changed_and_deleted_and_the_guild_hears_of_each(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    heard = Heard(store)
    made = await create(store, ada, guild_id, volume=0.5, emoji_name="🦆")
    sound_id = int(made["sound_id"])
    bare = {
        "sound_id": made["sound_id"], "name": "yay", "volume": 0.5, "emoji_id": None, "emoji_name": "🦆",
        "guild_id": str(guild_id), "available": True,
    }  # fmt: skip
    assert made == bare | {"user": store.directory.users[ada.id].payload()}
    created, logged = heard.take()
    assert (created.name, created.d, created.audience) == (
        "GUILD_SOUNDBOARD_SOUND_CREATE", bare, Guild(guild_id),
    )  # fmt: skip
    assert (logged.d["action_type"], logged.d["target_id"]) == (130, made["sound_id"])
    await assert_as_fresh(store)
    changed = await update(store, ada, guild_id, sound_id, name="hooray", volume=None, emoji_name=None)
    assert (changed["name"], changed["volume"], changed["emoji_name"]) == ("hooray", 1.0, None)
    updated, logged = heard.take()
    assert updated.name == "GUILD_SOUNDBOARD_SOUND_UPDATE" and logged.d["action_type"] == 131
    await assert_as_fresh(store)
    assert await update(store, ada, guild_id, sound_id, name="hooray") == changed
    assert heard.entries == []
    async with store.reading(ada) as tx:
        assert await soundboard.list_sounds(tx, guild_id) == {"items": [changed]}
        assert await soundboard.get_sound(tx, guild_id, sound_id) == changed
    await delete(store, ada, guild_id, sound_id)
    gone, logged = heard.take()
    assert (gone.name, gone.d) == (
        "GUILD_SOUNDBOARD_SOUND_DELETE", {"sound_id": made["sound_id"], "guild_id": str(guild_id)},
    )  # fmt: skip
    assert logged.d["action_type"] == 132
    await assert_as_fresh(store)
    async with refused(store, UnknownSound):
        await delete(store, ada, guild_id, sound_id)


async def test_one_changes_ones_own_and_with_more_permission_everybodys(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    guild_id = await allow(store, CREATE)
    sound_id = int((await create(store, ada, guild_id))["sound_id"])
    async with refused(store, MissingPermissions):
        await update(store, bob, guild_id, sound_id, name="mine")
    async with refused(store, MissingPermissions):
        await delete(store, bob, guild_id, sound_id)
    await allow(store)
    async with refused(store, MissingPermissions):
        await create(store, ada, guild_id)
    async with store.reading(bob) as tx:
        (listed,) = (await soundboard.list_sounds(tx, guild_id))["items"]
        assert "user" not in listed and "user" not in await soundboard.get_sound(tx, guild_id, sound_id)
    await allow(store, MANAGE)
    await delete(store, bob, guild_id, sound_id)
    async with refused(store, UnknownGuild):
        await create(store, Actor(12345), guild_id)


async def test_its_emoji_is_one_of_the_guilds_or_a_character(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    emoji = await create_emoji(store, ada, guild_id)
    made = await create(store, ada, guild_id, emoji_id=emoji["id"], emoji_name="🦆")
    assert (made["emoji_id"], made["emoji_name"]) == (emoji["id"], None)
    async with refused(store, UnknownEmoji):
        await create(store, ada, guild_id, emoji_id="99")
    async with refused(store, UnknownEmoji):
        await update(store, ada, guild_id, int(made["sound_id"]), emoji_id="99")
    changed = await update(store, ada, guild_id, int(made["sound_id"]), emoji_name="🦆")
    assert (changed["emoji_id"], changed["emoji_name"]) == (None, "🦆")


async def test_a_guild_has_so_many_sounds(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    async with store.pool.acquire() as conn:
        await conn.execute(
            "insert into soundboard_sounds (id, guild_id, name, volume, sound)"
            " select n, $1, 'x', 1, '' from generate_series(1, $2) n", guild_id, SOUNDS_MAX,
        )  # fmt: skip
    async with refused(store, MaximumSounds):
        await create(store, ada, guild_id)


@pytest.mark.parametrize(
    "sound, error",
    [
        (ogg(5.3), SoundTooLong), (mp3(400, header=b"\xff\xe3\x1a\x00", length=73), SoundTooLong),
        (png(), InvalidFileType), (id3(), InvalidDuration), (ogg() + bytes(SOUND_BYTES_MAX), FileTooLarge),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_sound_is_refused(sound, error):
    with pytest.raises(error):
        draft(sound)


@pytest.mark.parametrize(
    "fields, path, code",
    [
        ({"name": "x"}, "name", "BASE_TYPE_BAD_LENGTH"),
        ({"name": "x" * 33}, "name", "BASE_TYPE_MAX_LENGTH"),
        ({"volume": 1.5}, "volume", "NUMBER_TYPE_MAX"),
        ({"volume": "loud"}, "volume", "NUMBER_TYPE_COERCE"),
        ({"volume": True}, "volume", "NUMBER_TYPE_COERCE"),
        ({"emoji_id": "x"}, "emoji_id", "NUMBER_TYPE_COERCE"),
        ({"emoji_name": "x" * 33}, "emoji_name", "BASE_TYPE_MAX_LENGTH"),
        ({"sound": None}, "sound", "BASE_TYPE_REQUIRED"),
        ({"sound": "yay"}, "sound", "IMAGE_INVALID"),
    ],
)
def test_a_draft_with_a_fault_is_refused_by_its_path(fields, path, code):
    with pytest.raises(InvalidFormBody) as caught:
        SoundDraft.parse({"name": "yay", "sound": data_uri(ogg(), "audio/ogg"), **fields})
    assert [fault["code"] for fault in caught.value.errors[path]["_errors"]] == [code]


async def test_a_sound_is_heard_by_those_in_the_channel(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    cleo, _ = await person(store, "cleo")
    guild_id = await allow(store, CREATE)
    sound = await create(store, ada, guild_id, volume=0.25, emoji_name="🦆")
    room, other = await voice(store), await voice(store)
    async with refused(store, NotInVoice):
        await play(store, ada, room, int(sound["sound_id"]))
    for actor, where in ((ada, room), (bob, room), (cleo, other)):
        await connect(store, actor, where)
    heard = Heard(store)
    await play(store, ada, room, int(sound["sound_id"]))
    (entry,) = heard.take()
    assert (entry.name, entry.journalled) == ("VOICE_CHANNEL_EFFECT_SEND", False)
    assert entry.audience == Users(tuple(sorted((ada.id, bob.id))), guild_id)
    assert entry.d == {
        "channel_id": str(room.id), "guild_id": str(guild_id), "user_id": str(ada.id),
        "emoji": {"id": None, "name": "🦆"}, "sound_id": sound["sound_id"], "sound_volume": 0.25,
    }  # fmt: skip
    async with refused(store, NotInVoice):
        await play(store, ada, other, int(sound["sound_id"]))


async def test_only_who_could_be_heard_plays_a_sound(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    sound_id = int((await create(store, ada, guild_id))["sound_id"])
    room = await voice(store)
    for where, error in ((general(store), WrongChannelType), (await stage(store), NotInVoice)):
        async with refused(store, error):
            await play(store, ada, where, sound_id)
    async with refused(store, UnknownSound):
        await play(store, ada, room, 99)
    async with refused(store, UnknownChannel):
        await play(store, Actor(12345), room, sound_id)
    await connect(store, ada, room, self_deaf=True)
    async with refused(store, VoiceEffectDenied):
        await play(store, ada, room, sound_id)
    await connect(store, ada, room)
    store.directory.guilds[guild_id].members[ada.id].mute = True
    async with refused(store, VoiceEffectDenied):
        await play(store, ada, room, sound_id)
    silent = await voice(store, overwrites=(Overwrite(guild_id, 0, 0, int(Permission.USE_SOUNDBOARD)),))
    async with refused(store, MissingPermissions):
        await play(store, ada, silent, sound_id)


async def test_a_sound_of_another_guild_needs_more(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    emoji = await create_emoji(store, ada, guild_id)
    sound = await create(store, ada, guild_id, emoji_id=emoji["id"])
    there = await in_another_guild(store, ada)
    await connect(store, ada, there)
    elsewhere = {"source_guild_id": str(guild_id)}
    heard = Heard(store)
    await play(store, ada, there, int(sound["sound_id"]), **elsewhere)
    (entry,) = heard.take()
    assert entry.d["emoji"] == {"id": emoji["id"], "name": "blob", "animated": False}
    async with refused(store, UnknownSound):
        await play(store, ada, there, int(sound["sound_id"]))
    bob, _ = await person(store, "bob")
    room = await voice(store, overwrites=(Overwrite(guild_id, 0, 0, int(Permission.USE_EXTERNAL_SOUNDS)),))
    async with refused(store, UnknownSound):
        await play(store, bob, room, int(sound["sound_id"]), source_guild_id=str(there.guild_id))
