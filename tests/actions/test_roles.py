"""Roles: made, changed, moved and deleted by those above them, and never beyond what these may themselves."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import roles
from chatd.model.audience import Guild
from chatd.model.errors import (
    InvalidFormBody,
    InvalidRole,
    MaximumRoles,
    MissingPermissions,
    UnknownGuild,
    UnknownRole,
)
from chatd.model.permissions import DEFAULT_EVERYONE, Permission
from chatd.model.roles import HOLOGRAPHIC, Role, RoleEdit, placed, read_role_positions
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.places import edit_channel, give_role, guild_of, make_role, manager, owner_of

MANAGE_ROLES = int(Permission.MANAGE_ROLES)


async def edit(store: Any, actor: Any, role_id: int, **body: Any) -> Role:
    async with store.transaction(actor) as tx:
        return await roles.update_role(tx, guild_of(store).id, role_id, RoleEdit.parse(body), icon=None)


async def move(store: Any, actor: Any, moves: dict[int, Any]) -> list[dict[str, Any]]:
    body = [{"id": str(role_id), "position": position} for role_id, position in moves.items()]
    async with store.transaction(actor) as tx:
        return await roles.move_roles(tx, guild_of(store).id, read_role_positions(body))


async def delete(store: Any, actor: Any, role_id: int) -> None:
    async with store.transaction(actor) as tx:
        await roles.delete_role(tx, guild_of(store).id, role_id)


def order(store: Any) -> list[str]:
    return [role.name for role in guild_of(store).ranked_roles()]


# Looking


async def test_roles_begin_with_everyone(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    red = await make_role(store, owner, name="red")
    async with store.reading(ada) as tx:
        listed = await roles.list_roles(tx, guild_of(store).id)
        assert await roles.get_role(tx, guild_of(store).id, red.id) == red
        with pytest.raises(UnknownRole):
            await roles.get_role(tx, guild_of(store).id, 12345)
        with pytest.raises(UnknownGuild):
            await roles.get_role(tx, 12345, red.id)
    assert [role["name"] for role in listed] == ["@everyone", "red"]
    assert listed[0]["permissions"] == str(DEFAULT_EVERYONE)


async def test_the_members_of_each_role_are_counted(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    red, blue = await make_role(store, owner, name="red"), await make_role(store, owner, name="blue")
    await give_role(store, ada.id, red.id)
    async with store.reading(ada) as tx:
        assert await roles.count_members(tx, guild_of(store).id) == {str(red.id): 1, str(blue.id): 0}


# Making


async def test_a_new_role_is_told_and_logged(store):
    owner = await owner_of(store)
    heard = Heard(store)
    role = await make_role(store, owner, name=" red ", colors={"primary_color": 5, "secondary_color": 6},
                           hoist=True, mentionable=True, permissions="8", unicode_emoji="🔥")  # fmt: skip
    created, logged = heard.entries
    assert (created.name, created.audience) == ("GUILD_ROLE_CREATE", Guild(guild_of(store).id))
    assert created.d == {"guild_id": str(guild_of(store).id), "role": role.payload()}
    assert (logged.d["action_type"], logged.d["target_id"]) == (30, str(role.id))
    assert role == Role(role.id, "red", 8, 5, 6, None, True, 1, False, True, None, "🔥")
    await assert_as_fresh(store)


async def test_what_is_not_said_of_a_role_is_as_with_everyone(store):
    owner = await owner_of(store)
    role = await make_role(store, owner)
    assert role == Role(role.id, "new role", DEFAULT_EVERYONE, position=1)


async def test_a_role_is_made_by_those_who_manage_roles_with_what_they_have(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", MANAGE_ROLES)
    async with refused(store, MissingPermissions):
        await make_role(store, ada)
    async with refused(store, MissingPermissions):
        await make_role(store, keeper, permissions=str(int(Permission.BAN_MEMBERS)))
    role = await make_role(store, keeper, permissions=str(MANAGE_ROLES))
    assert guild_of(store).rank(keeper.id) > role.rank, "a new role is below those there are"


async def test_a_guild_has_so_many_roles(store, monkeypatch):
    assert roles.ROLES_MAX == 250
    owner = await owner_of(store)
    monkeypatch.setattr(roles, "ROLES_MAX", 2)
    await make_role(store, owner)
    async with refused(store, MaximumRoles):
        await make_role(store, owner)


async def test_of_two_who_make_the_last_role_at_once_one_is_refused(store, monkeypatch):
    owner = await owner_of(store)
    monkeypatch.setattr(roles, "ROLES_MAX", 2)
    made = await asyncio.gather(*(make_role(store, owner) for _ in range(2)), return_exceptions=True)
    assert [type(each) for each in made].count(MaximumRoles) == 1 and len(guild_of(store).roles) == 2
    await assert_as_fresh(store)


@pytest.mark.parametrize(
    "body, at",
    [
        ({"name": "", "color": -1, "hoist": 1}, {"name", "color", "hoist"}),
        ({"name": "x" * 101, "colors": {"primary_color": 2**24, "tertiary_color": "x"}}, {"name", "colors"}),
        ({"permissions": "x", "mentionable": "yes", "unicode_emoji": 5},
         {"permissions", "mentionable", "unicode_emoji"}),
        ({"unicode_emoji": "fire"}, {"unicode_emoji"}),
        ({"icon": "no image", "colors": 5}, {"icon", "colors"}),
    ],
)  # fmt: skip
def test_every_field_is_checked(body, at):
    with pytest.raises(InvalidFormBody) as caught:
        RoleEdit.parse(body)
    assert set(caught.value.errors) == at


def test_three_colours_are_the_holographic_ones():
    colors = {"primary_color": 1, "secondary_color": 2, "tertiary_color": 3}
    edit = RoleEdit.parse({"color": 1, "colors": colors})
    role = edit.applied_to(Role(5, "x", 0), None)
    assert (role.color, role.secondary_color, role.tertiary_color) == HOLOGRAPHIC


# Changing


async def test_a_change_is_told_and_logged(store):
    owner = await owner_of(store)
    role = await make_role(store, owner, name="red", permissions="0")
    heard = Heard(store)
    after = await edit(store, owner, role.id, name="blue", color=255, permissions="1024")
    updated, logged = heard.entries
    assert (updated.name, updated.audience) == ("GUILD_ROLE_UPDATE", Guild(guild_of(store).id))
    assert updated.d["role"] == after.payload()
    assert logged.d["action_type"] == 31
    assert {"key": "permissions", "old_value": "0", "new_value": "1024"} in logged.d["changes"]
    await assert_as_fresh(store)
    await edit(store, owner, role.id, name="blue")
    assert len(heard.entries) == 2, "nothing changed is nothing told"


async def test_the_hierarchy_of_roles_holds(store):
    owner = await owner_of(store)
    keeper = await manager(store, owner, "keeper", MANAGE_ROLES | Permission.KICK_MEMBERS)
    low = await make_role(store, owner, name="low", permissions="0")
    high = await make_role(store, owner, name="high", permissions="0")
    await move(store, owner, {high.id: 3})
    own = guild_of(store).members[keeper.id].role_ids[0]
    assert order(store) == ["@everyone", "low", "keepers", "high"]
    await edit(store, keeper, low.id, permissions=str(int(Permission.KICK_MEMBERS)))
    for role_id in (own, high.id):
        async with refused(store, MissingPermissions):
            await edit(store, keeper, role_id, name="mine")
        async with refused(store, MissingPermissions):
            await delete(store, keeper, role_id)
    async with refused(store, MissingPermissions):
        await edit(store, keeper, low.id, permissions=str(int(Permission.BAN_MEMBERS)))
    async with refused(store, UnknownRole):
        await edit(store, keeper, 12345, name="x")


async def test_of_everyone_only_the_permissions_change(store):
    owner = await owner_of(store)
    guild_id = guild_of(store).id
    await edit(store, owner, guild_id, permissions="1024", name="@everyone")
    assert guild_of(store).roles[guild_id].permissions == 1024
    for body in ({"name": "all"}, {"hoist": True}, {"color": 5}):
        async with refused(store, InvalidRole):
            await edit(store, owner, guild_id, **body)
    async with refused(store, InvalidRole):
        await delete(store, owner, guild_id)
    async with refused(store, InvalidRole):
        await move(store, owner, {guild_id: 3})
    await assert_as_fresh(store)


async def test_an_icon_and_an_emoji_exclude_each_other(store):
    owner = await owner_of(store)
    role = await make_role(store, owner, unicode_emoji="🔥")
    with_icon = RoleEdit({}, icon=object(), sets_icon=True).applied_to(role, "hash")  # type: ignore[arg-type]
    assert (with_icon.icon, with_icon.unicode_emoji) == ("hash", None)
    with_emoji = RoleEdit({"unicode_emoji": "🔥"}).applied_to(with_icon, None)
    assert (with_emoji.icon, with_emoji.unicode_emoji) == (None, "🔥")
    assert RoleEdit({}, sets_icon=True).applied_to(with_icon, None).icon is None


# Moving


ABCD = {1: "a", 2: "b", 3: "c", 4: "d"}


@pytest.mark.parametrize(
    "moves, expected",
    [
        ({}, "abcd"),
        ({1: 4}, "bcda"),
        ({4: 1}, "dabc"),
        ({1: 2, 2: 1}, "bacd"),
        ({3: 99}, "abdc"),
        ({3: 0}, "cabd"),
        ({1: 4, 2: 3, 3: 2, 4: 1}, "dcba"),
        ({1: 3, 2: 3}, "cdba"),
    ],
)
def test_who_is_moved_stands_where_it_was_told_and_the_rest_keep_their_order(moves, expected):
    there = [Role(id, name, 0, position=id) for id, name in ABCD.items()]
    positions = placed(there, moves)
    assert "".join(ABCD[id] for id in sorted(positions, key=positions.__getitem__)) == expected
    assert sorted(positions.values()) == [1, 2, 3, 4]


async def test_a_move_answers_all_roles_and_tells_of_those_that_moved(store):
    owner = await owner_of(store)
    a, b, c = [await make_role(store, owner, name=name) for name in "abc"]
    await move(store, owner, {c.id: 1})  # the newest is lowest already
    assert order(store) == ["@everyone", "c", "b", "a"]
    heard = Heard(store)
    answered = await move(store, owner, {a.id: 2, b.id: None})
    assert [role["name"] for role in answered] == ["@everyone", "c", "a", "b"] == order(store)
    assert [role["position"] for role in answered] == [0, 1, 2, 3]
    told = [entry for entry in heard.entries if entry.name == "GUILD_ROLE_UPDATE"]
    assert [(entry.d["role"]["name"], entry.d["role"]["position"]) for entry in told] == [("a", 2), ("b", 3)]
    await assert_as_fresh(store)


async def test_nobody_moves_what_is_not_below_them(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", MANAGE_ROLES)
    low, lower = await make_role(store, owner, name="low"), await make_role(store, owner, name="lower")
    high = await make_role(store, owner, name="high")
    await move(store, owner, {high.id: 4})
    own = guild_of(store).members[keeper.id].role_ids[0]
    await move(store, keeper, {lower.id: 2})
    assert order(store) == ["@everyone", "low", "lower", "keepers", "high"]
    for moves in ({own: 1}, {high.id: 1}, {low.id: 3}, {low.id: 9}, {own: 4}):
        async with refused(store, MissingPermissions):
            await move(store, keeper, moves)
    async with refused(store, MissingPermissions):
        await move(store, ada, {low.id: 2})
    async with refused(store, UnknownRole):
        await move(store, owner, {12345: 2})


# Deleting


async def test_a_deleted_role_leaves_its_members_and_the_overwrites(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    role = await make_role(store, owner, name="red")
    await give_role(store, ada.id, role.id)
    await edit_channel(store, owner, general(store).id,
                       permission_overwrites=[{"id": str(role.id), "type": 0, "deny": "2048"}])  # fmt: skip
    heard = Heard(store)
    await delete(store, owner, role.id)
    deleted, logged = heard.entries
    assert (deleted.name, deleted.audience) == ("GUILD_ROLE_DELETE", Guild(guild_of(store).id))
    assert deleted.d == {"guild_id": str(guild_of(store).id), "role_id": str(role.id)}
    assert logged.d["action_type"] == 32
    assert {"key": "name", "old_value": "red"} in logged.d["changes"]
    assert general(store).overwrites == {} and guild_of(store).members[ada.id].role_ids == ()
    await assert_as_fresh(store)
