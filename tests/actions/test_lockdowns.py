"""Lockdowns: closed in one act to all but moderators, and open again exactly as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.actions import dms, incidents, invites, lockdowns, members, overwrites
from chatd.model.audit_log import AuditAction
from chatd.model.channel_drafts import OverwriteDraft
from chatd.model.channels import ChannelType
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import (
    CannotMessageUser,
    InvalidFormBody,
    InvitesPaused,
    MissingPermissions,
    UnknownChannel,
    UnknownGuild,
    UnknownLockdown,
    WrongChannelType,
)
from chatd.model.incidents import IncidentActions
from chatd.model.invites import InviteDraft
from chatd.model.lockdowns import LOCKED
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.company import company, recorded
from tests.people import Heard, general, person
from tests.places import make_channel
from tests.talk import open_dm, say
from tests.threading import start

SEND = int(Permission.SEND_MESSAGES)


async def lock(store: Any, actor: Any, channel_id: int | None = None, reason: str | None = "raid") -> Any:
    async with store.transaction(actor, reason) as tx:
        if channel_id is None:
            return await lockdowns.lock_guild(tx, general(store).guild_id)
        return await lockdowns.lock_channel(tx, channel_id)


async def unlock(store: Any, actor: Any, channel_id: int | None = None) -> None:
    async with store.transaction(actor, "over") as tx:
        if channel_id is None:
            await lockdowns.unlock_guild(tx, general(store).guild_id)
        else:
            await lockdowns.unlock_channel(tx, channel_id)


async def put(store: Any, actor: Any, channel_id: int, target_id: int, allow: int, deny: int) -> None:
    draft = OverwriteDraft.parse({"allow": str(int(allow)), "deny": str(int(deny))})
    async with store.transaction(actor) as tx:
        await overwrites.put_overwrite(tx, channel_id, target_id, draft)


async def stop(store: Any, actor: Any, **values: Any) -> Any:
    draft = IncidentActions.parse(values)
    async with store.transaction(actor) as tx:
        return await incidents.set_incident_actions(tx, general(store).guild_id, draft)


def exceptions(store: Any) -> dict[int, Any]:
    """The overwrites of every channel, in no order."""
    channels = store.directory.channels.values()
    return {channel.id: set(channel.overwrites.values()) for channel in channels}


def may_send(store: Any, who: Any, channel_id: int) -> bool:
    return bool(store.directory.permissions(who.id, channel_id) & SEND)


async def test_a_guild_is_closed_in_one_act_and_opened_as_it_was(store):
    here = await company(store)
    place = general(store)
    voice = await make_channel(store, here.owner, name="voice", type=int(ChannelType.GUILD_VOICE))
    await make_channel(store, here.owner, name="category", type=int(ChannelType.GUILD_CATEGORY))
    await put(store, here.owner, place.id, here.low, SEND | Permission.ATTACH_FILES, Permission.EMBED_LINKS)
    await put(store, here.owner, place.id, here.bob.id, SEND, 0)
    await put(store, here.owner, place.id, here.high, SEND, 0)
    before, heard = exceptions(store), Heard(store)
    assert may_send(store, here.bob, place.id)
    told = await lock(store, here.moderator)
    assert told["channel_ids"] == [str(place.id), str(voice.id)] and told["reason"] == "raid"
    updates = [entry for entry in heard.entries if entry.name == "CHANNEL_UPDATE"]
    assert [int(entry.d["id"]) for entry in updates] == [place.id, voice.id]
    assert {entry["reason"] for entry in recorded(heard)} == {"raid"}
    assert {entry["action_type"] for entry in recorded(heard)} == {
        AuditAction.CHANNEL_OVERWRITE_CREATE, AuditAction.CHANNEL_OVERWRITE_UPDATE
    }  # fmt: skip
    assert not may_send(store, here.bob, place.id) and may_send(store, here.moderator, place.id)
    assert store.directory.permissions(here.bob.id, place.id) & Permission.VIEW_CHANNEL
    await assert_as_fresh(store)
    await unlock(store, here.moderator)
    assert exceptions(store) == before
    await assert_as_fresh(store)


async def test_threads_are_closed_with_their_channel(store):
    here = await company(store)
    thread = await start(store, here.owner)
    assert store.directory.permissions(here.bob.id, thread.id) & Permission.SEND_MESSAGES_IN_THREADS
    await lock(store, here.moderator, general(store).id)
    with pytest.raises(MissingPermissions):
        await say(store, here.bob, "let me", channel_id=thread.id)


async def test_what_was_changed_meanwhile_stays_but_for_what_the_lock_took(store):
    here = await company(store)
    place = general(store)
    await lock(store, here.moderator, place.id)
    await put(store, here.owner, place.id, place.guild_id, 0, LOCKED | Permission.ATTACH_FILES)
    await put(store, here.owner, place.id, here.low, 0, Permission.EMBED_LINKS)
    await unlock(store, here.moderator, place.id)
    left = store.directory.channels[place.id].overwrites
    assert {id: (each.allow, each.deny) for id, each in left.items()} == {
        place.guild_id: (0, Permission.ATTACH_FILES), here.low: (0, Permission.EMBED_LINKS)
    }  # fmt: skip
    await assert_as_fresh(store)


async def test_an_overwrite_that_was_taken_away_meanwhile_stays_away(store):
    here = await company(store)
    place = general(store)
    await put(store, here.owner, place.id, here.low, SEND, 0)
    await lock(store, here.moderator, place.id)
    async with store.transaction(here.owner) as tx:
        await overwrites.delete_overwrite(tx, place.id, here.low)
    await unlock(store, here.moderator, place.id)
    assert store.directory.channels[place.id].overwrites == {}


async def test_a_channel_that_is_locked_by_itself_stays_so_when_the_guild_opens(store):
    here = await company(store)
    other = await make_channel(store, here.owner, name="other")
    await lock(store, here.moderator, other.id)
    told = await lock(store, here.moderator)
    assert told["channel_ids"] == [str(general(store).id)]
    assert (await lock(store, here.moderator, general(store).id))["id"] == told["id"]
    await unlock(store, here.moderator)
    assert may_send(store, here.bob, general(store).id) and not may_send(store, here.bob, other.id)
    await unlock(store, here.moderator, other.id)
    assert may_send(store, here.bob, other.id)


async def test_a_channel_that_is_made_meanwhile_is_locked_and_opened_as_it_was_made(store):
    here = await company(store)
    await lock(store, here.moderator)
    category = await make_channel(store, here.owner, name="category", type=int(ChannelType.GUILD_CATEGORY))
    heard = Heard(store)
    given = [{"id": str(here.low), "type": 0, "allow": str(int(SEND | Permission.ATTACH_FILES)), "deny": "0"}]
    for asked in ({}, {"permission_overwrites": given}):
        made = await make_channel(store, here.owner, name="new", **asked)
        assert not may_send(store, here.bob, made.id)
        told = next(entry for entry in heard.take() if entry.name == "CHANNEL_CREATE")
        denied = {each["id"]: int(each["deny"]) for each in told.d["permission_overwrites"]}
        assert denied[str(made.guild_id)] & SEND
    assert category.overwrites == {}
    await assert_as_fresh(store)
    await unlock(store, here.moderator)
    left = store.directory.channels[made.id].overwrites
    assert {id: (each.allow, each.deny) for id, each in left.items()} == {
        here.low: (int(SEND | Permission.ATTACH_FILES), 0)
    }  # fmt: skip
    assert may_send(store, here.bob, made.id)
    await assert_as_fresh(store)


async def test_to_lock_twice_changes_nothing(store):
    here = await company(store)
    told = await lock(store, here.moderator)
    heard = Heard(store)
    assert await lock(store, here.moderator) == told
    assert heard.entries == []
    async with store.reading(here.moderator) as tx:
        assert await lockdowns.list_lockdowns(tx, general(store).guild_id) == [told]


async def test_what_is_not_locked_cannot_be_opened(store):
    here = await company(store)
    for channel_id in (None, general(store).id):
        async with refused(store, UnknownLockdown):
            await unlock(store, here.moderator, channel_id)
    await lock(store, here.moderator)
    async with refused(store, UnknownLockdown):
        await unlock(store, here.moderator, general(store).id)


@pytest.mark.parametrize("granted", [Permission.MANAGE_CHANNELS, Permission.MANAGE_ROLES])
async def test_it_needs_to_manage_channels_and_roles(store, granted):
    here = await company(store, granted)
    await lock(store, here.owner)
    for act in (lock, unlock):
        for channel_id in (None, general(store).id):
            async with refused(store, MissingPermissions):
                await act(store, here.moderator, channel_id)


async def test_only_what_can_be_written_in_is_locked(store):
    here = await company(store)
    category = await make_channel(store, here.owner, type=int(ChannelType.GUILD_CATEGORY))
    thread = await start(store, here.owner)
    direct = await open_dm(store, here.moderator, here.owner)
    for channel_id in (category.id, thread.id, direct):
        async with refused(store, WrongChannelType):
            await lock(store, here.moderator, channel_id)
    async with refused(store, UnknownChannel):
        await lock(store, here.moderator, 12345)
    async with refused(store, UnknownGuild), store.transaction(here.owner) as tx:
        await lockdowns.lock_guild(tx, 12345)


async def test_a_locked_channel_can_be_deleted(store):
    here = await company(store)
    other = await make_channel(store, here.owner, name="other")
    await lock(store, here.moderator)
    async with store.pool.acquire() as conn:
        await conn.execute("delete from channels where id = $1", other.id)
    async with store.reading(here.moderator) as tx:
        (told,) = await lockdowns.list_lockdowns(tx, general(store).guild_id)
    assert told["channel_ids"] == [str(general(store).id)]


# Incident actions


async def test_nobody_comes_by_an_invite_while_they_are_stopped(store):
    here = await company(store)
    async with store.transaction(here.owner) as tx:
        made = await invites.create_invite(tx, general(store).id, InviteDraft.parse({}))
    eve, _ = await person(store, "eve")
    async with store.transaction(here.owner) as tx:
        await members.kick(tx, general(store).guild_id, eve.id)
    until = datetime.now(UTC) + timedelta(hours=1)
    heard = Heard(store)
    told = await stop(store, here.moderator, invites_disabled_until=until.isoformat())
    assert datetime.fromisoformat(told["invites_disabled_until"]) == until
    assert told["dms_disabled_until"] is None
    assert heard.names == ["GUILD_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert heard.entries[0].d["incidents_data"] == told
    await assert_as_fresh(store)
    async with refused(store, InvitesPaused), store.transaction(eve) as tx:
        await invites.accept(tx, made["code"])
    await stop(store, here.moderator, invites_disabled_until=None)
    async with store.transaction(eve) as tx:
        assert (await invites.accept(tx, made["code"]))["new_member"]


async def test_members_do_not_write_to_each_other_while_that_is_stopped(store):
    here = await company(store)
    channel_id = await open_dm(store, here.bob, here.owner)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await stop(store, here.moderator, dms_disabled_until=soon)
    async with refused(store, CannotMessageUser):
        await say(store, here.bob, "hello", channel_id=channel_id)
    async with refused(store, CannotMessageUser), store.transaction(here.bob) as tx:
        await dms.open_dm(tx, DirectMessageDraft(here.moderator.id))
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    await stop(store, here.moderator, dms_disabled_until=past)
    await say(store, here.bob, "hello", channel_id=channel_id)


async def test_for_a_day_at_most_and_by_who_manages_the_guild(store):
    here = await company(store)
    late = (datetime.now(UTC) + timedelta(hours=25)).isoformat()
    async with refused(store, InvalidFormBody) as caught:
        await stop(store, here.moderator, dms_disabled_until=late)
    assert set(caught.value.errors) == {"dms_disabled_until"}
    async with refused(store, MissingPermissions):
        await stop(store, here.bob, dms_disabled_until=None)
    with pytest.raises(InvalidFormBody) as caught:
        IncidentActions.parse({"dms_disabled_until": "x", "invites_disabled_until": 1})
    assert set(caught.value.errors) == {"dms_disabled_until", "invites_disabled_until"}
