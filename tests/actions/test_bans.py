"""Bans: out and kept out, with what was said of late; only of whom one stands above."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chatd.actions import bans, members, messages, purges
from chatd.model.actor import ANYONE
from chatd.model.audience import Channel, Guild
from chatd.model.audit_log import AuditAction
from chatd.model.bans import BanDraft, BanPage, BulkBanDraft
from chatd.model.errors import (
    BulkBanFailed,
    InvalidFormBody,
    MissingPermissions,
    UnknownBan,
    UnknownGuild,
    UnknownUser,
    UserBanned,
)
from chatd.model.message_drafts import MessageDraft
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.company import EVERY_PERMISSION, company, recorded
from tests.people import Heard, general, person

NOTHING_DELETED = BanDraft(timedelta())


async def ban(
    store: Any, actor: Any, who: Any, draft: BanDraft = NOTHING_DELETED, reason: str | None = None
) -> None:
    async with store.transaction(actor, reason) as tx:
        await bans.create_ban(tx, general(store).guild_id, who.id, draft)


async def bulk(store: Any, actor: Any, *who: int, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        draft = BulkBanDraft.parse({"user_ids": list(who), **fields})
        return await bans.bulk_ban(tx, general(store).guild_id, draft)


async def unban(store: Any, actor: Any, who: Any) -> None:
    async with store.transaction(actor, "sorry") as tx:
        await bans.delete_ban(tx, general(store).guild_id, who.id)


async def listed(store: Any, actor: Any, **query: str) -> list[str]:
    async with store.reading(actor) as tx:
        found = await bans.list_bans(tx, general(store).guild_id, BanPage.parse(query))
    return [one["user"]["username"] for one in found]


async def purge_all(store: Any) -> None:
    while await purges.take_next_page(store):
        pass


async def leave(store: Any, *people: Any) -> None:
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, general(store).guild_id, [one.id for one in people])


async def say(store: Any, actor: Any, content: str) -> int:
    async with store.queued(actor) as tx:
        return (await messages.create_message(tx, general(store).id, MessageDraft(content))).id


async def test_who_is_banned_is_out_and_kept_out(store):
    here = await company(store, Permission.BAN_MEMBERS)
    guild_id, user = general(store).guild_id, store.directory.users[here.bob.id]
    heard = Heard(store)
    await ban(store, here.moderator, here.bob, reason="shouted")
    assert heard.names == ["GUILD_BAN_ADD", "GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    told, gone, _ = heard.entries
    assert told.audience == gone.audience == Guild(guild_id)
    assert told.d == gone.d == {"guild_id": str(guild_id), "user": user.payload()}
    (entry,) = recorded(heard)
    assert (entry["action_type"], entry["target_id"]) == (AuditAction.MEMBER_BAN_ADD, str(here.bob.id))
    assert entry["reason"] == "shouted"
    async with store.reading(here.moderator) as tx:
        assert await bans.get_ban(tx, guild_id, here.bob.id) == {"user": user.payload(), "reason": "shouted"}
    await assert_as_fresh(store)
    async with refused(store, UserBanned), store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild_id, user)


async def test_who_is_no_member_is_banned_all_the_same(store):
    here = await company(store, Permission.BAN_MEMBERS)
    await leave(store, here.bob)
    heard = Heard(store)
    await ban(store, here.moderator, here.bob)
    assert heard.names == ["GUILD_BAN_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert await listed(store, here.moderator) == ["bob"]


async def test_what_they_said_of_late_goes_with_them(store):
    here = await company(store)
    await say(store, here.moderator, "mine")
    ids = [await say(store, here.bob, content) for content in ("old", "new", "newer")]
    async with store.pool.acquire() as conn:
        await conn.execute("update messages set id = id - (7200000::bigint << 22) where id = $1", ids[0])
    heard = Heard(store)
    await ban(store, here.moderator, here.bob, BanDraft(timedelta(hours=1)))
    assert heard.names == [
        "GUILD_BAN_ADD", "GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "CHATD_PURGE_BEGUN",
    ]  # fmt: skip
    heard.take()
    await purge_all(store)
    assert heard.names == ["MESSAGE_DELETE_BULK", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    bulk_delete = heard.entries[0]
    place = general(store)
    assert bulk_delete.audience == Channel(place.id, place.guild_id)
    assert set(map(str, ids[1:])) <= set(bulk_delete.d["ids"]) and str(ids[0]) not in bulk_delete.d["ids"]
    async with store.pool.acquire() as conn:
        rows = await conn.fetch("select content from messages where type = 0 order by id")
    assert [row["content"] for row in rows] == ["old", "mine"]


async def test_who_is_banned_already_only_loses_messages(store):
    here = await company(store)
    await say(store, here.bob, "hello")
    await ban(store, here.moderator, here.bob, reason="first")
    heard = Heard(store)
    await ban(store, here.owner, here.bob, BanDraft(timedelta(days=7)), reason="second")
    assert heard.names == ["CHATD_PURGE_BEGUN"]
    async with store.reading(here.owner) as tx:
        assert (await bans.get_ban(tx, general(store).guild_id, here.bob.id))["reason"] == "first"


async def test_who_may_not_ban_learns_and_does_nothing(store):
    here = await company(store, EVERY_PERMISSION & ~Permission.BAN_MEMBERS)
    guild_id = general(store).guild_id
    await ban(store, here.owner, here.bob)
    for attempt in (
        lambda: ban(store, here.moderator, here.bob),
        lambda: unban(store, here.moderator, here.bob),
        lambda: bulk(store, here.moderator, here.bob.id),
        lambda: listed(store, here.moderator),
    ):
        async with refused(store, MissingPermissions):
            await attempt()
    async with refused(store, MissingPermissions), store.reading(here.moderator) as tx:
        await bans.get_ban(tx, guild_id, here.bob.id)
    async with refused(store, UnknownGuild), store.transaction(here.bob) as tx:
        await bans.create_ban(tx, guild_id, here.moderator.id, NOTHING_DELETED)


async def test_nobody_bans_who_stands_as_high_as_themself(store):
    here = await company(store)
    for actor, who in (
        (here.moderator, here.owner), (here.moderator, here.moderator), (here.owner, here.owner),
    ):  # fmt: skip
        async with refused(store, MissingPermissions):
            await ban(store, actor, who)
    async with refused(store, UnknownUser):
        await ban(store, here.moderator, SimpleNamespace(id=12345))


async def test_a_ban_is_taken_back(store):
    here = await company(store)
    guild_id, user = general(store).guild_id, store.directory.users[here.bob.id]
    await ban(store, here.moderator, here.bob)
    heard = Heard(store)
    await unban(store, here.moderator, here.bob)
    told, entry = heard.entries
    assert (told.name, told.audience) == ("GUILD_BAN_REMOVE", Guild(guild_id))
    assert told.d == {"guild_id": str(guild_id), "user": user.payload()}
    assert (entry.d["action_type"], entry.d["reason"]) == (AuditAction.MEMBER_BAN_REMOVE, "sorry")
    async with store.transaction(ANYONE) as tx:
        assert await members.add_member(tx, guild_id, user)
    async with refused(store, UnknownBan):
        await unban(store, here.moderator, here.bob)
    async with refused(store, UnknownBan), store.reading(here.moderator) as tx:
        await bans.get_ban(tx, guild_id, here.bob.id)


async def test_bans_are_listed_page_by_page(store):
    owner, _ = await person(store, "owner", admin=True)
    people = [(await person(store, f"somebody_{number}"))[0] for number in range(5)]
    names = [f"somebody_{number}" for number in range(5)]
    await bulk(store, owner, *(one.id for one in people))
    first, last = str(people[0].id), str(people[4].id)
    assert await listed(store, owner) == names
    assert await listed(store, owner, limit="2") == names[:2]
    assert await listed(store, owner, limit="2", after=first) == names[1:3]
    assert await listed(store, owner, limit="2", before=last) == names[2:4]
    assert await listed(store, owner, before=last, after=last) == names[:4]
    assert await listed(store, owner, after=last) == await listed(store, owner, before=first) == []


async def test_many_are_banned_at_once_and_the_others_are_named(store):
    here = await company(store)
    eve, _ = await person(store, "eve")
    await ban(store, here.owner, eve)
    await say(store, here.bob, "hello")
    heard = Heard(store)
    wanted = [here.bob.id, eve.id, here.owner.id, 12345, here.bob.id]
    answer = await bulk(store, here.moderator, *wanted, delete_message_seconds=3600)
    assert answer["banned_users"] == [str(here.bob.id)]
    assert answer["failed_users"] == [str(eve.id), str(here.owner.id), "12345"]
    assert heard.names == [
        "GUILD_BAN_ADD", "GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "CHATD_PURGE_BEGUN",
    ]  # fmt: skip
    async with refused(store, BulkBanFailed):
        await bulk(store, here.moderator, *wanted)


async def test_banning_many_needs_to_manage_the_guild_too(store):
    here = await company(store, Permission.BAN_MEMBERS)
    async with refused(store, MissingPermissions):
        await bulk(store, here.moderator, here.bob.id)


def test_how_far_back_messages_go_is_said_in_two_units_and_places():
    assert BanDraft.parse({}, {}) == NOTHING_DELETED
    assert BanDraft.parse({}, {"delete_message_seconds": "60"}) == BanDraft(timedelta(minutes=1))
    assert BanDraft.parse({"delete_message_days": 7}, {}) == BanDraft(timedelta(days=7))
    both = {"delete_message_days": 7, "delete_message_seconds": 0}
    assert BanDraft.parse(both, {}) == NOTHING_DELETED


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidFormBody) as caught:
        BanDraft.parse({"delete_message_seconds": 604_801, "delete_message_days": -1}, {})
    assert set(caught.value.errors) == {"delete_message_seconds", "delete_message_days"}
    for user_ids in ([], [1] * 201, ["x"], None):
        with pytest.raises(InvalidFormBody) as caught:
            BulkBanDraft.parse({"user_ids": user_ids})
        assert set(caught.value.errors) == {"user_ids"}
    with pytest.raises(InvalidFormBody) as caught:
        BanPage.parse({"limit": "1001", "before": "x", "after": "y"})
    assert set(caught.value.errors) == {"limit", "before", "after"}
