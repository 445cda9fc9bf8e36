"""Which commands somebody may use where: by the place, by what applications want and by what guilds say."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import access, command_index, commands, dms, members
from chatd.model.actor import Actor
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import (
    MissingAccess,
    MissingPermissions,
    NotATextChannel,
    UnknownChannel,
    UnknownCommand,
    UnknownGuild,
)
from chatd.model.permissions import Permission
from tests.commanding import CHANNEL, ROLE, USER, register, say, use
from tests.people import bot, general, person
from tests.places import edit_channel, give_role, guild_of, make_channel, make_role, manager, owner_of
from tests.threading import start


async def names_in(store: Any, actor: Actor, channel_id: int) -> list[str]:
    async with store.reading(actor) as tx:
        index = await command_index.of_channel(tx, channel_id)
    return [command["name"] for command in index["application_commands"]]


async def names_in_guild(store: Any, actor: Actor) -> list[str]:
    async with store.reading(actor) as tx:
        index = await command_index.of_guild(tx, guild_of(store).id)
    return [command["name"] for command in index["application_commands"]]


async def open_dm(store: Any, actor: Actor, other_id: int) -> int:
    async with store.transaction(actor) as tx:
        channel = await dms.open_dm(tx, DirectMessageDraft(other_id))
    return int(channel["id"])


async def test_the_index_has_commands_of_the_bots_that_are_there_with_their_applications(store):
    owner, (robo, _), (away, _) = await owner_of(store), await bot(store, "robo"), await bot(store, "away")
    await bot(store, "silent")
    command = await register(store, robo)
    here = await register(store, robo, guild_of(store).id, type=3, name="Pin it")
    await register(store, away)
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, guild_of(store).id, [away.id])
    async with store.reading(owner) as tx:
        index = await command_index.of_channel(tx, general(store).id)
        assert await command_index.of_guild(tx, guild_of(store).id) == index
    assert index["application_commands"] == [command.payload(), here.payload()]
    (application,) = index["applications"]
    assert (application["id"], application["name"]) == (str(robo.id), "robo")
    assert application["bot"]["id"] == str(robo.id)
    await register(store, robo, description="Other")
    async with store.reading(owner) as tx:
        after = await command_index.of_guild(tx, guild_of(store).id)
    assert after["version"] != index["version"] and int(after["version"]) < 2**63


async def test_a_command_is_used_where_its_bot_is(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    command = await register(store, robo)
    assert await use(store, owner, general(store).id, command) == command
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, guild_of(store).id, [robo.id])
    with pytest.raises(UnknownCommand):
        await use(store, owner, general(store).id, command)


async def test_commands_without_guilds_are_not_used_in_them(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    await register(store, robo, name="dm-only", contexts=[1])
    of_users = await register(store, robo, name="of-users", integration_types=[1])
    await register(store, robo, name="both", contexts=[0, 1])
    await register(store, robo, guild_of(store).id, name="here")
    assert await names_in(store, owner, general(store).id) == ["both", "here"]
    with pytest.raises(MissingAccess):
        await use(store, owner, general(store).id, of_users)
    with_robo = await open_dm(store, owner, robo.id)
    assert await names_in(store, owner, with_robo) == ["dm-only", "both"]


async def test_in_direct_messages_a_bot_has_its_commands_while_one_shares_a_guild(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    ada, _ = await person(store, "ada")
    command = await register(store, robo, nsfw=True, default_member_permissions="0")
    here = await register(store, robo, guild_of(store).id, name="here")
    with_robo, with_ada = await open_dm(store, owner, robo.id), await open_dm(store, owner, ada.id)
    assert await names_in(store, owner, with_robo) == ["echo"]
    assert await use(store, owner, with_robo, command) == command
    for channel_id, made in ((with_robo, here), (with_ada, command)):
        with pytest.raises(UnknownCommand):
            await use(store, owner, channel_id, made)
    assert await names_in(store, owner, with_ada) == []
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, guild_of(store).id, [robo.id])
    assert await names_in(store, owner, with_robo) == []


async def test_age_restricted_commands_are_used_in_age_restricted_channels(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    command = await register(store, robo, nsfw=True)
    assert await names_in(store, owner, general(store).id) == []
    assert await names_in_guild(store, owner) == ["echo"]
    with pytest.raises(MissingAccess):
        await use(store, owner, general(store).id, command)
    await edit_channel(store, owner, general(store).id, nsfw=True)
    assert await names_in(store, owner, general(store).id) == ["echo"]
    thread = await start(store, owner, general(store).id)
    assert await names_in(store, owner, thread.id) == ["echo"], "as its parent"


async def test_members_need_the_permission_to_use_commands_and_to_speak_of_users(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    ada, _ = await person(store, "ada")
    command = await register(store, robo)
    about_user = await register(store, robo, type=2, name="High Five")
    denied = {"id": str(ada.id), "type": 1, "deny": str(int(Permission.USE_APPLICATION_COMMANDS))}
    silent = {"id": str(ada.id), "type": 1, "deny": str(int(Permission.SEND_MESSAGES))}
    closed = await make_channel(store, owner, permission_overwrites=[denied])
    quiet = await make_channel(store, owner, permission_overwrites=[silent])
    assert await names_in(store, ada, closed.id) == []
    assert await names_in(store, ada, quiet.id) == ["echo"]
    assert await names_in(store, ada, general(store).id) == ["echo", "High Five"]
    with pytest.raises(MissingPermissions):
        await use(store, ada, closed.id, command)
    with pytest.raises(MissingAccess):
        await use(store, ada, quiet.id, about_user)


async def test_applications_say_which_permissions_a_command_wants(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    needed = int(Permission.BAN_MEMBERS | Permission.KICK_MEMBERS)
    await register(store, robo, name="ban", default_member_permissions=str(needed))
    await register(store, robo, name="nobody", default_member_permissions="0")
    ada, _ = await person(store, "ada")
    half = await manager(store, owner, "half", Permission.BAN_MEMBERS)
    full = await manager(store, owner, "full", needed)
    admin = await manager(store, owner, "admin", Permission.ADMINISTRATOR)
    for actor, names in [(ada, []), (half, []), (full, ["ban"]), (admin, ["ban", "nobody"]),
                         (owner, ["ban", "nobody"])]:  # fmt: skip
        assert await names_in(store, actor, general(store).id) == names
        assert await names_in_guild(store, actor) == names


async def test_guilds_say_who_uses_a_command_and_where(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    guild_id, (ada, _), (eve, _) = guild_of(store).id, await person(store, "ada"), await person(store, "eve")
    closed = await register(store, robo, name="closed", default_member_permissions="0")
    free = await register(store, robo, name="free")
    crew, other = await make_role(store, owner), await make_channel(store, owner)
    await give_role(store, ada.id, crew.id)
    await say(store, owner, robo, guild_id, closed.id, (ROLE, crew.id, True), (CHANNEL, other.id, False))
    assert await names_in(store, ada, general(store).id) == ["closed", "free"]
    assert await names_in(store, ada, other.id) == ["free"]
    assert await names_in_guild(store, ada) == ["closed", "free"]
    assert await names_in(store, eve, general(store).id) == ["free"]
    await say(store, owner, robo, guild_id, robo.id, (ROLE, guild_id, False), (USER, eve.id, True),
              (CHANNEL, guild_id - 1, False))  # fmt: skip
    for actor in (ada, eve):
        assert await names_in(store, actor, general(store).id) == [], "no channel at all"
    assert await names_in_guild(store, ada) == ["closed"]
    assert await names_in_guild(store, eve) == ["free"]
    await say(store, owner, robo, guild_id, free.id, (CHANNEL, general(store).id, True))
    assert await names_in(store, eve, general(store).id) == ["free"]
    thread = await start(store, owner, general(store).id)
    assert await names_in(store, eve, thread.id) == ["free"]
    assert await names_in(store, owner, other.id) == ["closed", "free"], "an administrator is not asked"


async def test_places_that_one_does_not_see_have_no_index(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    hide = [{"id": str(guild_of(store).id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]
    secret = await make_channel(store, owner, permission_overwrites=hide)
    category = await make_channel(store, owner, type=4)
    places = ((secret.id, UnknownChannel), (7, UnknownChannel), (category.id, NotATextChannel))
    for channel_id, error in places:
        with pytest.raises(error):
            await names_in(store, ada, channel_id)
    with pytest.raises(UnknownGuild):
        async with store.reading(ada) as tx:
            await command_index.of_guild(tx, 12345)
    robo, _ = await bot(store, "robo")
    other, _ = await bot(store, "other")
    command = await register(store, robo)
    with pytest.raises(NotATextChannel):
        await use(store, owner, category.id, command)
    async with store.reading(ada) as tx:
        place = await access.channel(tx, general(store).id)
        for application_id, command_id in ((other.id, command.id), (robo.id, 12345)):
            with pytest.raises(UnknownCommand):
                await commands.usable(tx, place, application_id, command_id)
