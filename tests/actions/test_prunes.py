"""Pruning: who has been away for long is put out, unless a role, a machine or a rank keeps them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatd.actions import prunes
from chatd.model.audit_log import AuditAction
from chatd.model.errors import InvalidFormBody, MissingPermissions, UnknownRole
from chatd.model.permissions import Permission
from chatd.model.prunes import PruneDraft
from tests.beats import assert_as_fresh, refused
from tests.company import EVERY_PERMISSION, company, give, member_of, recorded
from tests.people import Heard, bot, general, person

NEEDED = Permission.MANAGE_GUILD | Permission.KICK_MEMBERS


def nobody(user_id: int) -> bool:
    return False


async def age(store: Any, days: int, *people: Any) -> None:
    """They joined, were online and used a session that many days earlier."""
    by, ids = timedelta(days=days), [one.id for one in people]
    async with store.pool.acquire() as conn:
        for table, column in (("members", "joined_at"), ("tokens", "last_used_at")):
            change = f"update {table} set {column} = {column} - $1::interval where user_id = any($2)"
            await conn.execute(change, by, ids)
    for one in people:
        member_of(store, one).joined_at -= by


async def pruned(store: Any, actor: Any, is_online: Any = nobody, **fields: Any) -> int:
    """How many are put out, which is how many were counted before."""
    draft, guild_id = PruneDraft.parse(fields), general(store).guild_id
    async with store.reading(actor) as tx:
        counted = await prunes.count(tx, guild_id, draft, is_online=is_online)
    async with store.transaction(actor) as tx:
        assert await prunes.prune(tx, guild_id, draft, is_online=is_online) == counted
    return counted


def names(store: Any) -> set[str]:
    members = store.directory.guilds[general(store).guild_id].members
    return {store.directory.users[user_id].username for user_id in members}


async def test_who_has_been_away_is_put_out(store):
    here = await company(store, NEEDED)
    eve, _ = await person(store, "eve")
    fay, _ = await person(store, "fay")
    await age(store, 8, here.owner, here.moderator, here.bob, eve)
    await age(store, 6, fay)
    heard = Heard(store)
    assert await pruned(store, here.moderator) == 1
    assert heard.names == ["GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    (entry,) = recorded(heard)
    assert entry["action_type"] == AuditAction.MEMBER_PRUNE and entry["target_id"] is None
    assert entry["options"] == {"delete_member_days": "7", "members_removed": "1"}
    assert "eve" not in names(store) and "bob" in names(store)
    heard.take()
    assert await pruned(store, here.moderator) == 0 and heard.entries == []


async def test_who_has_but_the_roles_that_are_named_is_put_out_too(store):
    here = await company(store, NEEDED)
    eve, _ = await person(store, "eve")
    for role_id in (here.low, here.high):
        await give(store, here.owner, eve, role_id)
    await age(store, 8, here.owner, here.moderator, here.bob, eve)
    assert await pruned(store, here.moderator, include_roles=[here.low]) == 1
    assert "bob" not in names(store)
    assert await pruned(store, here.moderator, include_roles=[here.low, here.high]) == 0, "they stand as high"
    assert await pruned(store, here.owner, include_roles=f"{here.low}, {here.high}") == 2
    assert names(store) == {"chatd", "owner"}
    await assert_as_fresh(store)


@pytest.mark.parametrize(
    "change",
    [
        "update members set joined_at = now() where user_id = $1",
        "update users set last_online_at = now() where id = $1",
        "update tokens set last_used_at = now() where user_id = $1",
    ],
)
async def test_who_was_here_in_any_way_stays(store, change):
    here = await company(store, NEEDED)
    eve, _ = await person(store, "eve")
    await age(store, 8, eve)
    async with store.pool.acquire() as conn:
        await conn.execute(change, eve.id)
    assert await pruned(store, here.moderator) == 0


async def test_who_is_online_for_days_on_end_stays_and_so_do_bots(store):
    here = await company(store, NEEDED)
    eve, _ = await person(store, "eve")
    robo, _ = await bot(store, "robo")
    await age(store, 8, eve, robo)
    assert await pruned(store, here.moderator, lambda user_id: user_id == eve.id) == 0


@pytest.mark.parametrize("missing", [Permission.MANAGE_GUILD, Permission.KICK_MEMBERS])
async def test_pruning_and_counting_need_both_permissions(store, missing):
    here = await company(store, EVERY_PERMISSION & ~missing)
    eve, _ = await person(store, "eve")
    await age(store, 8, eve)
    draft, guild_id = PruneDraft.parse({}), general(store).guild_id
    async with refused(store, MissingPermissions), store.reading(here.moderator) as tx:
        await prunes.count(tx, guild_id, draft, is_online=nobody)
    async with refused(store, MissingPermissions), store.transaction(here.moderator) as tx:
        await prunes.prune(tx, guild_id, draft, is_online=nobody)


async def test_a_role_that_is_none_is_unknown(store):
    here = await company(store, NEEDED)
    async with refused(store, UnknownRole):
        await pruned(store, here.moderator, include_roles=["12345"])


@pytest.mark.parametrize(
    "fields, wanted",
    [
        ({}, PruneDraft(7, frozenset(), True)),
        ({"days": "30", "include_roles": "1, 2,3"}, PruneDraft(30, frozenset({1, 2, 3}), True)),
        ({"days": 1, "include_roles": ["1"], "compute_prune_count": False},
         PruneDraft(1, frozenset({1}), False)),
        ({"include_roles": "", "compute_prune_count": "false"}, PruneDraft(7, frozenset(), False)),
        ({"include_roles": None, "compute_prune_count": "True"}, PruneDraft(7, frozenset(), True)),
    ],
)  # fmt: skip
def test_clients_write_a_prune_in_many_ways(fields, wanted):
    assert PruneDraft.parse(fields) == wanted


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidFormBody) as caught:
        PruneDraft.parse({"days": 31, "include_roles": "1,x", "compute_prune_count": 2})
    assert set(caught.value.errors) == {"days", "include_roles", "compute_prune_count"}
