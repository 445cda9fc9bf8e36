"""Application commands: registered, changed and taken away by their bot, one at a time or all at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chatd.actions import applications, commands, members, new_guilds
from chatd.model.actor import Actor
from chatd.model.audience import Guild
from chatd.model.errors import (
    CommandExists,
    InvalidFormBody,
    MaximumCommandCreations,
    MaximumCommands,
    MissingAccess,
    NotYourApplication,
    UnknownCommand,
)
from chatd.model.guilds import GuildDraft
from tests.beats import assert_as_fresh, refused
from tests.commanding import change, overwrite, register, registered, remove, say
from tests.people import Heard, bot, person
from tests.places import guild_of, owner_of

TOLD = "GUILD_APPLICATION_COMMAND_INDEX_UPDATE"


async def test_a_global_command_is_made_and_told_of_in_every_guild_of_the_bot(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    async with store.transaction(ada) as tx:
        await new_guilds.create_guild(tx, GuildDraft.parse({"name": "away"}), owned_max=9)
    heard = Heard(store)
    option = {"type": 3, "name": "word", "description": "-", "min_length": 1}
    command = await register(store, robo, options=[option], name_localizations={"de": "echo"}, nsfw=True)
    assert command.payload() | {"id": "", "version": ""} == {
        "id": "", "application_id": str(robo.id), "version": "", "type": 1, "name": "echo",
        "name_localizations": {"de": "echo"}, "description": "Say it again",
        "description_localizations": None, "default_member_permissions": None, "nsfw": True,
        "contexts": None, "integration_types": [0], "dm_permission": True, "options": [option],
    }  # fmt: skip
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == (TOLD, Guild(guild_of(store).id))
    assert entry.d == {"guild_id": str(guild_of(store).id)}
    assert await registered(store, robo) == [command], "what is read is what was kept"
    await assert_as_fresh(store)


async def test_every_field_comes_back_from_the_database(store):
    robo, _ = await bot(store, "robo")
    choice = {"name": "Half", "name_localizations": {"de": "Halb"}, "value": 0.5}
    sub = {"type": 1, "name": "sub", "description": "-", "options": [
        {"type": 10, "name": "real", "description": "-", "choices": [choice], "min_value": -(2.0**53)},
        {"type": 4, "name": "whole", "description": "-", "max_value": 2**53 - 1},
    ]}  # fmt: skip
    full = await register(
        store, robo, options=[sub], description_localizations={"fr": "Encore"}, contexts=[1, 0],
        integration_types=[0, 1], default_member_permissions=str(1 << 40),
    )  # fmt: skip
    assert await registered(store, robo) == [full]
    here = await register(store, robo, guild_of(store).id, type=2, name="High Five")
    assert await registered(store, robo, guild_of(store).id) == [here]


async def test_a_guilds_command_is_told_of_there_alone_and_stands_beside_the_global_one(store):
    robo, _ = await bot(store, "robo")
    everywhere = await register(store, robo)
    heard = Heard(store)
    here = await register(store, robo, guild_of(store).id)
    assert (here.guild_id, here.name) == (guild_of(store).id, everywhere.name)
    assert [entry.name for entry in heard.entries] == [TOLD]
    assert await registered(store, robo) == [everywhere]
    assert await registered(store, robo, guild_of(store).id) == [here]


async def test_a_second_command_of_the_same_type_and_name_overwrites_the_first(store):
    robo, _ = await bot(store, "robo")
    first = await register(store, robo)
    heard = Heard(store)
    assert await register(store, robo) == first
    assert heard.take() == [], "nothing has changed"
    second = await register(store, robo, description="Again")
    assert (second.id, second.draft.description) == (first.id, "Again") and second.version > first.version
    menu = await register(store, robo, type=3)
    assert menu.id != first.id
    assert await registered(store, robo) == [second, menu]


async def test_an_edit_changes_what_was_sent(store):
    robo, _ = await bot(store, "robo")
    command = await register(store, robo, default_member_permissions="8")
    heard = Heard(store)
    assert await change(store, robo, command) == command
    assert heard.take() == []
    edited = await change(store, robo, command, name="again", default_member_permissions=None)
    assert (edited.id, edited.name, edited.draft.description) == (command.id, "again", "Say it again")
    assert edited.draft.default_member_permissions is None and edited.version > command.version
    assert heard.names == [TOLD]
    other = await register(store, robo)
    async with refused(store, CommandExists):
        await change(store, robo, other, name="again")
    async with refused(store, InvalidFormBody):
        await change(store, robo, other, name="No", options=7)


async def test_a_command_is_deleted_with_what_guilds_say_of_it(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    kept, gone = await register(store, robo, name="kept"), await register(store, robo, name="gone")
    for command in (kept, gone):
        await say(store, owner, robo, guild_of(store).id, command.id, (2, owner.id, True))
    heard = Heard(store)
    await remove(store, robo, gone)
    assert heard.names == [TOLD]
    assert await registered(store, robo) == [kept]
    async with store.pool.acquire() as conn:
        rows = await conn.fetch("select command_id from command_permissions")
    assert [row["command_id"] for row in rows] == [kept.id]
    async with refused(store, UnknownCommand):
        await remove(store, robo, gone)


async def test_a_whole_set_is_overwritten_and_keeps_the_ids_of_what_was_there(store):
    robo, _ = await bot(store, "robo")
    one, two, three = await overwrite(store, robo, "one", "two", "three")
    heard = Heard(store)
    assert await overwrite(store, robo, "one", "two", "three") == [one, two, three]
    assert heard.take() == []
    after = await overwrite(store, robo, "new", {"name": "two", "description": "other"}, "one")
    new, changed, same = after
    assert same == one and (changed.id, changed.draft.description) == (two.id, "other")
    assert new.id not in (one.id, two.id, three.id)
    assert await registered(store, robo) == sorted(after, key=lambda command: command.id)
    assert heard.names == [TOLD]
    assert await overwrite(store, robo) == [] == await registered(store, robo)


async def test_commands_that_are_named_by_their_ids_may_exchange_their_names(store):
    robo, _ = await bot(store, "robo")
    one, two = await overwrite(store, robo, "one", "two")
    swapped = await overwrite(
        store, robo, {"id": str(one.id), "name": "two", "description": "-"},
        {"id": str(two.id), "name": "one", "description": "-"},
    )  # fmt: skip
    assert [(command.id, command.name) for command in swapped] == [(one.id, "two"), (two.id, "one")]
    assert await registered(store, robo) == swapped
    left, right = await overwrite(store, robo, {"id": str(one.id), "name": "a", "description": "-"}, "two")
    assert left.id == one.id and right.id not in (one.id, two.id), "its name had been the other's"
    (foreign,) = await overwrite(store, robo, {"id": "12345", "name": "a", "description": "-"})
    assert foreign.id == left.id, "an id that is none of ours says nothing"


async def test_what_guilds_say_of_a_command_is_gone_with_its_name(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    one, two = await overwrite(store, robo, "one", "two")
    for command in (one, two):
        await say(store, owner, robo, guild_of(store).id, command.id, (2, owner.id, True))
    await change(store, robo, one, name="other")
    await change(store, robo, two, description="other")
    async with store.pool.acquire() as conn:
        rows = await conn.fetch("select command_id from command_permissions")
    assert [row["command_id"] for row in rows] == [two.id]


async def test_nobody_but_the_bot_itself_has_its_commands_in_hand(store):
    (robo, _), (other, _) = await bot(store, "robo"), await bot(store, "other")
    command = await register(store, robo)
    owner = await owner_of(store)
    for actor in (other, owner):
        async with refused(store, NotYourApplication):
            async with store.transaction(actor) as tx:
                await commands.overwrite_commands(tx, robo.id, None, [])
        async with refused(store, NotYourApplication):
            async with store.transaction(actor) as tx:
                await commands.delete_command(tx, robo.id, None, command.id)
        with pytest.raises(NotYourApplication):
            async with store.reading(actor) as tx:
                await commands.list_commands(tx, robo.id, None)
    async with refused(store, UnknownCommand):
        await remove(store, other, command)


async def test_a_bot_has_commands_only_in_guilds_that_it_is_in(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    guild_id = guild_of(store).id
    here = await register(store, robo, guild_id)
    async with refused(store, UnknownCommand):
        await change(store, robo, here, name="other")  # not among the global ones
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, guild_id, [robo.id])
    for where in (guild_id, 12345):
        with pytest.raises(MissingAccess):
            await registered(store, robo, where)
        async with refused(store, MissingAccess):
            await register(store, robo, where, name="other")


async def test_a_scope_has_room_for_so_many_of_each_type(store, monkeypatch):
    robo, _ = await bot(store, "robo")
    monkeypatch.setattr(commands, "COMMANDS_MAX", {1: 2, 2: 1, 3: 1})
    one, _, menu = await overwrite(store, robo, "one", "two", {"type": 2, "name": "Menu"})
    for body in ({"name": "three"}, {"type": 2, "name": "Other"}):
        async with refused(store, MaximumCommands):
            await register(store, robo, **body)
    async with refused(store, MaximumCommands):
        await overwrite(store, robo, "one", "two", "three")
    await register(store, robo, guild_of(store).id, name="three")
    await change(store, robo, one, name="three")
    await overwrite(store, robo, "four", "five", {"type": 2, "name": "Other"})


async def test_so_many_are_made_a_day_and_those_that_are_gone_count(store, monkeypatch):
    robo, _ = await bot(store, "robo")
    monkeypatch.setattr(commands, "CREATIONS_PER_DAY_MAX", 3)
    await overwrite(store, robo, "one", "two")
    await overwrite(store, robo)
    await overwrite(store, robo, "three")
    await change(store, robo, (await registered(store, robo))[0], name="four")
    async with refused(store, MaximumCommandCreations):
        await register(store, robo, name="five")
    await register(store, robo, guild_of(store).id, name="five")
    clock = store.clock
    monkeypatch.setattr(store, "clock", lambda: clock() + timedelta(days=1).total_seconds())
    await register(store, robo, name="five")
    async with store.pool.acquire() as conn:
        rows = await conn.fetch("select scope_id, created from command_creations")
    assert [(row["scope_id"], row["created"]) for row in rows] == [(robo.id, 1)]


async def test_two_changes_at_once_come_one_after_the_other(store):
    robo, _ = await bot(store, "robo")

    async def add(name: str) -> Any:
        return await register(store, robo, name=name)

    made = await asyncio.gather(*[add("same") for _ in range(3)])
    assert len({command.id for command in made}) == 1
    assert len(await registered(store, robo)) == 1


async def test_commands_are_gone_with_their_application(store):
    (ada, _) = await person(store, "ada")
    async with store.transaction(ada) as tx:
        made = await applications.create_application(tx, "robo", owned_max=5)
    robo = Actor(int(made["id"]), bot=True)
    await register(store, robo)
    async with store.transaction(ada) as tx:
        await applications.delete_application(tx, robo.id)
    async with store.pool.acquire() as conn:
        for table in ("application_commands", "command_creations"):
            assert await conn.fetchval(f"select count(*) from {table}") == 0
