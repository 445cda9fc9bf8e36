"""What a guild says of commands: who may say it, of whom, and who hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import audit_log, command_permissions, members
from chatd.model.actor import Actor
from chatd.model.audience import Guild, Users
from chatd.model.audit_log import AuditLogPage
from chatd.model.errors import (
    MissingAccess,
    MissingPermissions,
    NotYourApplication,
    UnknownApplication,
    UnknownChannel,
    UnknownCommand,
    UnknownCommandPermissions,
    UnknownGuild,
    UnknownMember,
    UnknownRole,
)
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.commanding import CHANNEL, ROLE, USER, register, say
from tests.people import Heard, bot, general, person
from tests.places import guild_of, make_channel, make_role, manager, owner_of

MANAGES = int(Permission.MANAGE_GUILD | Permission.MANAGE_ROLES)


async def read(store: Any, actor: Actor, robo: Actor) -> list[dict[str, Any]]:
    async with store.reading(actor) as tx:
        return await command_permissions.list_permissions(tx, robo.id, guild_of(store).id)


async def read_one(store: Any, actor: Actor, robo: Actor, command_id: int) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return await command_permissions.get_permissions(tx, robo.id, guild_of(store).id, command_id)


async def test_what_is_said_is_kept_told_and_logged(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    guild_id, (ada, _) = guild_of(store).id, await person(store, "ada")
    command = await register(store, robo)
    heard = Heard(store)
    said = await say(store, owner, robo, guild_id, command.id, (USER, ada.id, False), (ROLE, guild_id, True))
    assert said == {
        "id": str(command.id), "application_id": str(robo.id), "guild_id": str(guild_id),
        "permissions": [
            {"id": str(ada.id), "type": 2, "permission": False},
            {"id": str(guild_id), "type": 1, "permission": True},
        ],
    }  # fmt: skip
    to_bot, to_people, logged = heard.take()
    assert (to_bot.name, to_bot.d) == ("APPLICATION_COMMAND_PERMISSIONS_UPDATE", said)
    assert to_bot.audience == Users((robo.id,), guild_id)
    assert (to_people.name, to_people.audience) == (
        "GUILD_APPLICATION_COMMAND_INDEX_UPDATE", Guild(guild_id),
    )  # fmt: skip
    assert (logged.d["action_type"], logged.d["target_id"]) == (121, str(command.id))
    assert logged.d["options"] == {"application_id": str(robo.id)}
    assert logged.d["changes"] == [
        {"key": each["id"], "new_value": each} for each in said["permissions"]
    ]  # fmt: skip
    assert await read(store, owner, robo) == [said] == await read(store, robo, robo)
    assert await read_one(store, robo, robo, command.id) == said
    assert await say(store, owner, robo, guild_id, command.id, (USER, ada.id, False), (ROLE, guild_id, True))
    assert heard.take() == [], "nothing has changed"
    await say(store, owner, robo, guild_id, command.id, (USER, ada.id, True))
    assert heard.entries[2].d["changes"] == [
        {"key": str(ada.id), "old_value": said["permissions"][0],
         "new_value": {**said["permissions"][0], "permission": True}},
        {"key": str(guild_id), "old_value": said["permissions"][1]},
    ]  # fmt: skip
    await assert_as_fresh(store)


async def test_something_is_said_of_all_commands_and_then_no_more(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    guild_id = guild_of(store).id
    said = await say(store, owner, robo, guild_id, robo.id, (CHANNEL, guild_id - 1, False))
    assert said["id"] == said["application_id"] == str(robo.id)
    assert await read_one(store, owner, robo, robo.id) == said
    await say(store, owner, robo, guild_id, robo.id)
    assert await read(store, owner, robo) == []
    with pytest.raises(UnknownCommandPermissions):
        await read_one(store, owner, robo, robo.id)


async def test_the_log_shows_the_commands_that_are_left(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    command = await register(store, robo)
    for target in (command.id, robo.id):
        await say(store, owner, robo, guild_of(store).id, target, (USER, owner.id, True))
    async with store.reading(owner) as tx:
        log = await audit_log.list_entries(tx, guild_of(store).id, AuditLogPage.parse({}))
    assert log["application_commands"] == [command.payload()]


async def test_only_who_manages_guild_and_roles_and_may_use_it_says_anything(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    (other, _), (ada, _) = await bot(store, "other"), await person(store, "ada")
    guild_id = guild_of(store).id
    command = await register(store, robo)
    closed = await register(store, robo, name="closed", default_member_permissions="0")
    half = await manager(store, owner, "half", Permission.MANAGE_GUILD)
    keeper = await manager(store, owner, "keeper", MANAGES)
    for actor, application, command_id, error in [
        (ada, robo, command.id, MissingPermissions), (half, robo, command.id, MissingPermissions),
        (keeper, robo, closed.id, MissingPermissions), (keeper, robo, 12345, UnknownCommand),
        (keeper, other, command.id, UnknownCommand), (keeper, ada, command.id, UnknownApplication),
        (keeper, Actor(7), command.id, UnknownApplication),
    ]:  # fmt: skip
        async with refused(store, error):
            await say(store, actor, application, guild_id, command_id, (USER, actor.id, True))
    async with refused(store, UnknownGuild):
        await say(store, keeper, robo, 12345, command.id)
    assert await say(store, keeper, robo, guild_id, command.id, (USER, keeper.id, False))
    async with refused(store, MissingPermissions):  # it is not theirs any more
        await say(store, keeper, robo, guild_id, command.id)


async def test_one_says_something_only_of_who_and_what_is_below_oneself(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    guild_id, command = guild_of(store).id, await register(store, robo)
    (ada, _), high = await person(store, "ada"), await manager(store, owner, "high", MANAGES)
    keeper = await manager(store, owner, "keeper", MANAGES)
    low = await make_role(store, owner)  # the older of two is the higher one
    (high_role,) = guild_of(store).members[high.id].role_ids
    deny = [{"id": str(keeper.id), "type": 1, "deny": str(int(Permission.MANAGE_ROLES))}]
    hide = [{"id": str(keeper.id), "type": 1, "deny": str(int(Permission.VIEW_CHANNEL))}]
    kept_from = await make_channel(store, owner, permission_overwrites=deny)
    hidden = await make_channel(store, owner, permission_overwrites=hide)
    for target, error in [
        ((USER, owner.id), MissingPermissions), ((USER, high.id), MissingPermissions),
        ((ROLE, high_role), MissingPermissions), ((ROLE, 12345), UnknownRole), ((USER, 12345), UnknownMember),
        ((CHANNEL, 12345), UnknownChannel), ((CHANNEL, hidden.id), UnknownChannel),
        ((CHANNEL, kept_from.id), MissingPermissions), ((CHANNEL, guild_id), UnknownChannel),
    ]:  # fmt: skip
        async with refused(store, error):
            await say(store, keeper, robo, guild_id, command.id, (*target, True))
    fine = [(USER, ada.id, True), (ROLE, low.id, True), (CHANNEL, general(store).id, True)]
    await say(store, owner, robo, guild_id, command.id, (USER, owner.id, True), *fine)
    async with refused(store, MissingPermissions):  # to say no more of the owner
        await say(store, keeper, robo, guild_id, command.id, *fine)
    changed = [(kind, of, False) for kind, of, _ in fine]
    assert await say(store, keeper, robo, guild_id, command.id, (USER, owner.id, True), *changed)


async def test_of_who_is_gone_one_says_no_more(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    guild_id, command = guild_of(store).id, await register(store, robo)
    ada, _ = await person(store, "ada")
    await say(store, owner, robo, guild_id, command.id, (USER, ada.id, True), (USER, owner.id, True))
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, guild_id, [ada.id])
    assert await say(store, owner, robo, guild_id, command.id, (USER, ada.id, True))
    assert (await say(store, owner, robo, guild_id, command.id))["permissions"] == []


async def test_reading_is_for_the_bot_and_for_who_manages_the_guild(store):
    owner, (robo, _), (other, _) = await owner_of(store), await bot(store, "robo"), await bot(store, "other")
    ada, _ = await person(store, "ada")
    half = await manager(store, owner, "half", Permission.MANAGE_GUILD)
    assert await read(store, half, robo) == [] == await read(store, robo, robo)
    for actor, error in ((ada, MissingPermissions), (other, NotYourApplication)):
        with pytest.raises(error):
            await read(store, actor, robo)
    with pytest.raises(UnknownApplication):
        await read(store, half, ada)
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, guild_of(store).id, [robo.id])
    for actor, error in ((robo, MissingAccess), (half, UnknownApplication)):
        with pytest.raises(error):
            await read(store, actor, robo)
