"""Voice states: who is where, told to those who see where; with no more people than a channel takes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.actions import access, channels, members, voice_states
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel, Guild, Users
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    NotInVoice,
    UnknownChannel,
    UnknownGuild,
    UnknownMember,
    UnknownVoiceState,
    WrongChannelType,
)
from chatd.model.permissions import Overwrite, Permission
from chatd.model.voice_states import VoiceState, VoiceStateDraft, VoiceStateEdit, read_status
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, general, person
from tests.permitting import allow
from tests.rooms import in_another_guild, only_for, stage, voice

MUTE, MOVE = int(Permission.MUTE_MEMBERS), int(Permission.MOVE_MEMBERS)


async def connect(store: Any, actor: Actor, where: Any, session: str = "s", **fields: Any) -> None:
    guild_id = general(store).guild_id
    async with store.transaction(actor) as tx:
        draft = VoiceStateDraft(guild_id, None if where is None else where.id, **fields)
        await voice_states.connect(tx, session, draft)


async def move(store: Any, actor: Actor, user_id: int, channel_id: int | None) -> None:
    async with store.transaction(actor) as tx:
        place = await access.guild(tx, general(store).guild_id)
        await voice_states.move_member(tx, place, user_id, channel_id)


async def edit_own(store: Any, actor: Actor, **fields: Any) -> None:
    async with store.transaction(actor) as tx:
        edit = VoiceStateEdit.parse(fields, own=True)
        await voice_states.update_own(tx, general(store).guild_id, edit)


async def edit(store: Any, actor: Actor, user_id: int, **fields: Any) -> None:
    async with store.transaction(actor) as tx:
        parsed = VoiceStateEdit.parse(fields, own=False)
        await voice_states.update_voice_state(tx, general(store).guild_id, user_id, parsed)


def state_of(store: Any, actor: Actor) -> VoiceState | None:
    found: VoiceState | None = store.directory.guilds[general(store).guild_id].voice_states.get(actor.id)
    return found


def told(heard: Heard) -> list[tuple[str, Any, Any]]:
    """Name, the channel that it tells, and whom."""
    return [(each.name, each.d.get("channel_id"), each.audience) for each in heard.take()]


async def test_who_comes_changes_and_leaves_is_told_with_their_member(store):
    ada, _ = await person(store, "ada")
    room = await voice(store)
    guild_id = room.guild_id
    heard = Heard(store)
    await connect(store, ada, room, "s1", self_mute=True)
    came, started = heard.take()
    assert (came.name, came.audience) == ("VOICE_STATE_UPDATE", Channel(room.id, guild_id))
    member = store.directory.guilds[guild_id].members[ada.id]
    assert came.d == {
        "guild_id": str(guild_id), "channel_id": str(room.id), "user_id": str(ada.id), "session_id": "s1",
        "deaf": False, "mute": False, "self_deaf": False, "self_mute": True, "self_stream": False,
        "self_video": False, "suppress": False, "request_to_speak_timestamp": None,
        "member": member.payload(store.directory.users[ada.id]),
    }  # fmt: skip
    assert (started.name, started.audience) == ("VOICE_CHANNEL_START_TIME_UPDATE", Channel(room.id, guild_id))
    assert started.d.keys() == {"id", "guild_id", "voice_start_time"}
    assert type(started.d["voice_start_time"]) is int
    await assert_as_fresh(store)
    await connect(store, ada, room, "s1", self_mute=True)
    assert heard.entries == [], "nothing has changed"
    await connect(store, ada, room, "s2", self_video=True)
    (changed,) = heard.take()
    assert (changed.d["session_id"], changed.d["self_mute"], changed.d["self_video"]) == ("s2", False, True)
    await assert_as_fresh(store)
    await connect(store, ada, None)
    left, ended = heard.take()
    assert (left.d["channel_id"], left.audience) == (None, Channel(room.id, guild_id))
    assert ended.d["voice_start_time"] is None
    await assert_as_fresh(store)
    await connect(store, ada, None)
    assert heard.entries == [] and state_of(store, ada) is None


async def test_who_sees_only_where_somebody_came_from_is_told_that_they_left(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    cleo, _ = await person(store, "cleo")
    open_room, hidden = await voice(store), await voice(store, overwrites=only_for(store, ada.id, bob.id))
    guild_id = hidden.guild_id
    await connect(store, ada, open_room)
    heard = Heard(store)
    await connect(store, ada, hidden)
    others = tuple(
        user_id for user_id in sorted(store.directory.guilds[guild_id].members)
        if not store.directory.can_view(user_id, hidden.id)
    )  # fmt: skip
    assert cleo.id in others and bob.id not in others
    assert told(heard)[:2] == [
        ("VOICE_STATE_UPDATE", None, Users(others, guild_id)),
        ("VOICE_STATE_UPDATE", str(hidden.id), Channel(hidden.id, guild_id)),
    ]
    await assert_as_fresh(store)
    await connect(store, ada, open_room)
    assert told(heard)[0] == ("VOICE_STATE_UPDATE", str(open_room.id), Channel(open_room.id, guild_id))
    await assert_as_fresh(store)


async def test_one_needs_to_see_a_voice_channel_and_be_let_in(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    hidden = await voice(store, overwrites=only_for(store))
    closed = await voice(store, overwrites=(Overwrite(guild_id, 0, 0, int(Permission.CONNECT)),))
    for where, error in ((hidden, UnknownChannel), (general(store), UnknownChannel)):
        async with refused(store, error):
            await connect(store, ada, where)
    async with refused(store, MissingPermissions):
        await connect(store, ada, closed)
    async with refused(store, UnknownChannel):
        await connect(store, Actor(12345), closed)


async def test_who_may_not_speak_is_suppressed_and_so_is_everybody_who_comes_to_a_stage(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    mute = await voice(store, overwrites=(Overwrite(guild_id, 0, 0, int(Permission.SPEAK)),))
    for where, suppress in ((mute, True), (await voice(store), False), (await stage(store), True)):
        await connect(store, ada, where)
        state = state_of(store, ada)
        assert state is not None and (state.channel_id, state.suppress) == (where.id, suppress)
    await assert_as_fresh(store)


async def test_a_full_channel_takes_only_who_may_move_members(store):
    people = [(await person(store, name))[0] for name in ("ada", "bob", "cleo")]
    room = await voice(store, user_limit=1)
    came = await asyncio.gather(
        *(connect(store, actor, room) for actor in people[:2]), return_exceptions=True
    )  # fmt: skip
    assert sorted(map(type, came), key=str) == sorted([MissingPermissions, type(None)], key=str)
    async with refused(store, MissingPermissions):
        await connect(store, people[2], room)
    await allow(store, MOVE)
    await connect(store, people[2], room)
    assert len(store.directory.guilds[room.guild_id].voice_states) == 2


async def test_a_person_is_in_one_channel_at_a_time_and_a_bot_in_one_of_each_guild(store):
    ada, _ = await person(store, "ada")
    robo, _ = await bot(store, "robo")
    here = await voice(store)
    there = await in_another_guild(store, ada, robo)
    for actor in (ada, robo):
        await connect(store, actor, here)
        async with store.transaction(actor) as tx:
            draft = VoiceStateDraft(there.guild_id, there.id)
            await voice_states.connect(tx, "s", draft)
    assert (state_of(store, ada) is None) and state_of(store, robo) is not None
    assert store.directory.guilds[there.guild_id].voice_states.keys() == {ada.id, robo.id}
    await assert_as_fresh(store)
    async with store.transaction(robo) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(None, None))
    assert state_of(store, robo) is None
    assert store.directory.guilds[there.guild_id].voice_states.keys() == {ada.id}


async def test_a_moderator_moves_members_and_sends_them_out(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    room = await voice(store)
    guild_id = room.guild_id
    hidden = await voice(store, overwrites=only_for(store, ada.id))
    async with refused(store, NotInVoice):
        await move(store, ada, bob.id, room.id)
    await connect(store, bob, room)
    async with refused(store, MissingPermissions):
        await move(store, ada, bob.id, None)
    await allow(store, MOVE)
    async with refused(store, WrongChannelType):
        await move(store, ada, bob.id, general(store).id)
    async with refused(store, UnknownChannel):
        await move(store, bob, bob.id, hidden.id)
    heard = Heard(store)
    await move(store, ada, bob.id, hidden.id)
    entries = heard.take()
    assert [(each.d.get("channel_id"), each.audience) for each in entries[:2]] == [
        (str(hidden.id), Channel(hidden.id, guild_id)), (str(hidden.id), Users((bob.id,), guild_id)),
    ], "who is moved to where they see nothing is told all the same"  # fmt: skip
    assert (entries[-1].d["action_type"], entries[-1].d["target_id"]) == (26, None)
    assert entries[-1].d["options"] == {"channel_id": str(hidden.id), "count": "1"}
    await assert_as_fresh(store)
    await move(store, ada, bob.id, None)
    entries = heard.take()
    assert [(each.d["channel_id"], each.audience) for each in entries[:2]] == [
        (None, Channel(hidden.id, guild_id)), (None, Users((bob.id,), guild_id)),
    ]  # fmt: skip
    assert (entries[-1].d["action_type"], entries[-1].d["options"]) == (27, {"count": "1"})
    await assert_as_fresh(store)


async def test_one_asks_to_speak_and_takes_it_back(store):
    ada, _ = await person(store, "ada")
    room = await stage(store)
    async with refused(store, NotInVoice):
        await edit_own(store, ada, suppress=True)
    await connect(store, ada, room)
    heard = Heard(store)
    await edit_own(store, ada, channel_id=str(room.id), request_to_speak_timestamp=soon(store))
    (entry,) = heard.take()
    assert entry.d["request_to_speak_timestamp"] is not None and entry.d["suppress"]
    await assert_as_fresh(store)
    async with refused(store, NotInVoice):
        await edit_own(store, ada, channel_id=str(general(store).id), suppress=True)
    async with refused(store, InvalidFormBody):
        await edit_own(store, ada, request_to_speak_timestamp="2026-01-01T00:00:00Z")
    async with refused(store, MissingPermissions):
        await edit_own(store, ada, suppress=False)
    await edit_own(store, ada, request_to_speak_timestamp=None)
    (entry,) = heard.take()
    assert entry.d["request_to_speak_timestamp"] is None
    await allow(store, MUTE)
    await edit_own(store, ada, suppress=False)
    state = state_of(store, ada)
    assert state is not None and state.speaks
    spoke, said = heard.take()
    assert spoke.d["suppress"] is False
    assert (said.name, said.d["type"], said.d["author"]["id"]) == ("MESSAGE_CREATE", 29, str(ada.id))
    await assert_as_fresh(store)
    await edit_own(store, ada, suppress=True)
    await assert_as_fresh(store)


async def test_without_the_permission_nobody_asks_to_speak(store):
    ada, _ = await person(store, "ada")
    deny = Overwrite(general(store).guild_id, 0, 0, int(Permission.REQUEST_TO_SPEAK))
    await connect(store, ada, await stage(store, overwrites=(deny,)))
    async with refused(store, MissingPermissions):
        await edit_own(store, ada, request_to_speak_timestamp=soon(store))


async def test_a_moderator_lets_a_bot_speak_and_invites_a_person(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    robo, _ = await bot(store, "robo")
    room = await stage(store)
    for actor in (bob, robo):
        await connect(store, actor, room)
    async with refused(store, MissingPermissions):
        await edit(store, ada, bob.id, suppress=False)
    async with refused(store, NotInVoice):
        await edit(store, bob, ada.id, suppress=False)
    async with refused(store, UnknownMember):
        await edit(store, ada, 99, suppress=False)
    await allow(store, MUTE)
    heard = Heard(store)
    await edit(store, ada, robo.id, suppress=False, channel_id=str(room.id))
    assert [entry.name for entry in heard.take()] == ["VOICE_STATE_UPDATE", "MESSAGE_CREATE"]
    await edit(store, ada, bob.id, suppress=False)
    (invited,) = heard.take()
    assert invited.d["suppress"] is False and invited.d["request_to_speak_timestamp"] is not None
    await edit(store, ada, bob.id)
    assert heard.entries == []
    await edit_own(store, bob, suppress=False, request_to_speak_timestamp=None)
    assert [entry.name for entry in heard.take()] == ["VOICE_STATE_UPDATE", "MESSAGE_CREATE"]
    await edit(store, ada, bob.id, suppress=True)
    await assert_as_fresh(store)


async def test_only_on_a_stage_does_one_ask_to_speak(store):
    ada, _ = await person(store, "ada")
    await connect(store, ada, await voice(store))
    async with refused(store, WrongChannelType):
        await edit_own(store, ada, suppress=True)


async def test_a_voice_state_is_shown_to_who_may_come_to_it(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    guild_id = general(store).guild_id
    closed = await voice(store, overwrites=(Overwrite(guild_id, 0, 0, int(Permission.CONNECT)),
                                            Overwrite(ada.id, 1, int(Permission.CONNECT), 0)))  # fmt: skip
    hidden = await voice(store, overwrites=only_for(store, ada.id))

    async def shown(actor: Actor) -> Any:
        async with store.reading(actor) as tx:
            return await voice_states.get_voice_state(tx, guild_id, ada.id)

    with pytest.raises(UnknownVoiceState):
        await shown(bob)
    await connect(store, ada, closed)
    assert (await shown(ada))["channel_id"] == str(closed.id)
    with pytest.raises(MissingPermissions):
        await shown(bob)
    await connect(store, ada, hidden)
    with pytest.raises(UnknownVoiceState):
        await shown(bob)
    with pytest.raises(UnknownGuild):
        await shown(Actor(12345))


async def test_a_status_lasts_while_somebody_is_there(store):
    ada, _ = await person(store, "ada")
    room = await voice(store)
    to = Channel(room.id, room.guild_id)

    async def say(status: str | None) -> None:
        async with store.transaction(ada) as tx:
            await voice_states.update_status(tx, room.id, read_status({"status": status}))

    async with refused(store, MissingPermissions):
        await say("chess")
    await allow(store, Permission.SET_VOICE_CHANNEL_STATUS)
    async with refused(store, MissingPermissions):
        await say("chess")
    await connect(store, ada, room)
    heard = Heard(store)
    await say("chess")
    changed, logged = heard.take()
    assert (changed.name, changed.audience) == ("VOICE_CHANNEL_STATUS_UPDATE", to)
    assert changed.d == {"id": str(room.id), "guild_id": str(room.guild_id), "status": "chess"}
    assert (logged.d["action_type"], logged.d["options"]) == (
        192, {"channel_id": str(room.id), "status": "chess"},
    )  # fmt: skip
    await assert_as_fresh(store)
    await say("chess")
    assert heard.entries == []
    await say(" ")
    assert heard.take()[-1].d["action_type"] == 193
    await say("go")
    heard.take()
    await connect(store, ada, None)
    assert [(entry.name, entry.d.get("status")) for entry in heard.take()][1:] == [
        ("VOICE_CHANNEL_START_TIME_UPDATE", None), ("VOICE_CHANNEL_STATUS_UPDATE", None),
    ]  # fmt: skip
    await assert_as_fresh(store)
    await allow(store, Permission.SET_VOICE_CHANNEL_STATUS, Permission.MANAGE_CHANNELS)
    await say("soon")
    await assert_as_fresh(store)
    await say(None)  # before anybody has come
    await assert_as_fresh(store)
    for where, error in ((general(store).id, WrongChannelType), (1, UnknownChannel)):
        with pytest.raises(error):
            async with store.transaction(ada) as tx:
                await voice_states.update_status(tx, where, "x")


async def test_a_status_that_is_too_long_is_refused():
    with pytest.raises(InvalidFormBody):
        read_status({"status": "x" * 501})


async def test_voice_states_end_with_their_gateway_session(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    room = await voice(store)
    await connect(store, ada, room, "s1")
    await connect(store, bob, room, "s2")
    assert await voice_states.sessions_but(store, ["s2"]) == ["s1"]
    heard = Heard(store)
    await voice_states.end_sessions(store, ["s1", "s3"])
    assert [(entry.d["user_id"], entry.d["channel_id"]) for entry in heard.take()] == [(str(ada.id), None)]
    await assert_as_fresh(store)


async def test_who_is_in_a_channel_that_is_deleted_is_in_none(store):
    ada, _ = await person(store, "ada")
    room = await voice(store)
    await allow(store, Permission.MANAGE_CHANNELS)
    await connect(store, ada, room)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await channels.delete_channel(tx, room.id)
    assert told(heard)[:2] == [
        ("VOICE_STATE_UPDATE", None, Guild(room.guild_id)), ("CHANNEL_DELETE", None, Guild(room.guild_id)),
    ]  # fmt: skip
    await assert_as_fresh(store)


async def test_a_member_whom_the_guild_mutes_is_told_with_their_voice_state(store):
    ada, _ = await person(store, "ada")
    room = await voice(store)
    guild = store.directory.guilds[room.guild_id]
    member = guild.members[ada.id]
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        await voice_states.tell_member(tx, guild, member)
    assert heard.entries == []
    with pytest.raises(NotInVoice):
        async with store.transaction(ANYONE) as tx:
            await voice_states.require_in_voice(tx, guild.id, ada.id)
    await connect(store, ada, room)
    heard.take()
    member.mute = True
    async with store.transaction(ANYONE) as tx:
        await voice_states.tell_member(tx, guild, member)
    (entry,) = heard.take()
    assert entry.d["mute"] is True and entry.d["member"]["mute"] is True and entry.d["deaf"] is False


def soon(store: Any) -> str:
    return datetime.fromtimestamp(store.clock() + 1, UTC).isoformat()


@pytest.mark.parametrize(
    "d, path",
    [
        ({"channel_id": "1"}, "guild_id"),
        ({"guild_id": "x", "channel_id": None}, "guild_id"),
        ({"guild_id": "1", "channel_id": {}}, "channel_id"),
        ({"guild_id": "1", "channel_id": "1", "self_mute": 1}, "self_mute"),
        ({"guild_id": "1", "channel_id": "1", "self_video": "no"}, "self_video"),
    ],
)
def test_a_draft_with_a_fault_is_refused_by_its_path(d, path):
    with pytest.raises(InvalidFormBody) as caught:
        VoiceStateDraft.parse(d)
    assert list(caught.value.errors) == [path]


async def test_who_leaves_the_guild_leaves_its_channel_first(store):
    ada, _ = await person(store, "ada")
    room = await voice(store)
    await connect(store, ada, room)
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        await tx.hold_permissions(room.guild_id)
        assert await members.remove_members(tx, room.guild_id, [ada.id]) == [ada.id]
    assert [entry.name for entry in heard.take()] == [
        "VOICE_STATE_UPDATE", "VOICE_CHANNEL_START_TIME_UPDATE", "GUILD_MEMBER_REMOVE",
    ]  # fmt: skip
    await assert_as_fresh(store)
