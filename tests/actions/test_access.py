"""The doorway: who stands above whom, and what one is told of a place that one may not act in."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import access
from chatd.model import permissions
from chatd.model.errors import MissingPermissions, UnknownGuild
from chatd.model.permissions import Permission
from chatd.model.roles import Role
from tests.people import general, person


def guild_of(store: Any) -> Any:
    return store.directory.guilds[general(store).guild_id]


def give(store: Any, user_id: int, *roles: Role) -> None:
    guild = guild_of(store)
    guild.roles.update((role.id, role) for role in roles)
    guild.members[user_id].role_ids = tuple(role.id for role in roles)


async def test_a_guild_comes_with_what_one_may_do_in_it(store):
    ada, _ = await person(store, "ada")
    async with store.reading(ada) as tx:
        place = await access.guild(tx, guild_of(store).id)
        assert place.permissions == permissions.DEFAULT_EVERYONE and place.member.user_id == ada.id
        place.require(Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL)
        for refused in (Permission.MANAGE_ROLES, Permission.SEND_MESSAGES | Permission.MANAGE_ROLES):
            with pytest.raises(MissingPermissions):
                place.require(refused)
        with pytest.raises(MissingPermissions):
            place.require_owner()
        with pytest.raises(UnknownGuild):
            await access.guild(tx, 12345)


async def test_the_hierarchy_of_roles(store):
    """The owner above everybody, then by position, then the older role; nobody above their equal."""
    people = {name: (await person(store, name))[0] for name in ("ada", "bob", "cleo", "dan", "eve")}
    owner, _ = await person(store, "owner", admin=True)
    high, old, young = (Role(5, "high", 0, position=2), Role(6, "old", 0, position=1),
                        Role(7, "young", 0, position=1))  # fmt: skip
    guild = guild_of(store)
    for name, role in (("ada", high), ("bob", old), ("cleo", young), ("dan", young)):
        give(store, people[name].id, role)
    ids = {name: actor.id for name, actor in people.items()} | {"owner": owner.id}
    above = {
        (one, other) for one in ids for other in ids if guild.rank(ids[one]) > guild.rank(ids[other])
    }  # fmt: skip
    order = [["owner"], ["ada"], ["bob"], ["cleo", "dan"], ["eve"]]
    assert above == {
        (one, other) for at, names in enumerate(order) for one in names
        for lower in order[at + 1 :] for other in lower
    }  # fmt: skip
    async with store.reading(people["bob"]) as tx:
        place = await access.guild(tx, guild.id)
        place.require_above(young)
        place.require_above_member(ids["cleo"])
        for role in (high, old):
            with pytest.raises(MissingPermissions):
                place.require_above(role)
        for name in ("owner", "ada", "bob"):
            with pytest.raises(MissingPermissions):
                place.require_above_member(ids[name])
    async with store.reading(owner) as tx:
        place = await access.guild(tx, guild.id)
        place.require_owner()
        place.require_above(high)
