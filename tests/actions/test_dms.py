"""Direct messages: one channel for each pair, seen by its two sides alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import channels, dms, messages, relationships, typing, user_settings
from chatd.model.audience import Channel, Users
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import CannotMessageUser, UnknownChannel, UnknownUser
from chatd.model.message_drafts import MessageDraft, MessagePage
from chatd.model.relationships import RelationshipDraft
from chatd.model.user_settings import UserSettingsEdit
from tests.beats import assert_as_fresh, refused
from tests.conftest import opened_store
from tests.people import Heard, bot, general, person


async def open_dm(store: Any, actor: Any, other_id: int) -> Any:
    async with store.transaction(actor) as tx:
        return await dms.open_dm(tx, DirectMessageDraft(other_id))


async def say(store: Any, actor: Any, channel_id: int) -> Any:
    async with store.queued(actor) as tx:
        return await messages.create_message(tx, channel_id, MessageDraft("hello"))


async def test_each_side_is_told_and_sees_the_other(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    heard = Heard(store)
    opened = await open_dm(store, ada, bob.id)
    assert opened["type"] == 1 and [user["id"] for user in opened["recipients"]] == [str(bob.id)]
    assert heard.names == ["CHANNEL_CREATE", "CHANNEL_CREATE"]
    told = {entry.audience: [user["id"] for user in entry.d["recipients"]] for entry in heard.entries}
    assert told == {Users((ada.id,)): [str(bob.id)], Users((bob.id,)): [str(ada.id)]}
    assert all(entry.d["id"] == opened["id"] and "guild_id" not in entry.d for entry in heard.entries)
    await assert_as_fresh(store)


async def test_opening_it_again_from_either_side_is_the_same_channel(store):
    ada, _ = await person(store, "ada")
    robo, _ = await bot(store, "robo")
    opened = await open_dm(store, ada, robo.id)
    message = await say(store, ada, int(opened["id"]))
    heard = Heard(store)
    again, other_side = await open_dm(store, ada, robo.id), await open_dm(store, robo, ada.id)
    assert again["id"] == other_side["id"] == opened["id"]
    assert again["last_message_id"] == other_side["last_message_id"] == str(message.id)
    assert [user["id"] for user in other_side["recipients"]] == [str(ada.id)]
    assert heard.entries == []
    await assert_as_fresh(store)


async def test_both_sides_opening_at_once_get_one_channel(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    heard = Heard(store)
    both = [(ada, bob.id), (bob, ada.id)] * 3
    opened = await asyncio.gather(*(open_dm(store, actor, other_id) for actor, other_id in both))
    assert len({channel["id"] for channel in opened}) == 1
    assert heard.names == ["CHANNEL_CREATE", "CHANNEL_CREATE"]
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select count(*) from channels where guild_id is null") == 1
    await assert_as_fresh(store)


async def test_two_processes_open_one_channel_for_a_pair(store, pool):
    other = await opened_store(pool, process=1)
    try:
        ada, _ = await person(store, "ada")
        bob, _ = await person(store, "bob")
        await other.feed.catch_up()
        opened = await asyncio.gather(open_dm(store, ada, bob.id), open_dm(other, bob, ada.id))
        assert opened[0]["id"] == opened[1]["id"]
        await assert_as_fresh(store)
        await assert_as_fresh(other)
    finally:
        await other.close()


async def test_nobody_writes_to_nobody_to_oneself_or_to_the_server(store):
    ada, _ = await person(store, "ada")
    system = next(user for user in store.directory.users.values() if user.system)
    async with refused(store, UnknownUser):
        await open_dm(store, ada, 12345)
    for other_id in (ada.id, system.id):
        async with refused(store, CannotMessageUser):
            await open_dm(store, ada, other_id)


async def test_a_third_person_does_not_learn_that_it_exists(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    eve, _ = await person(store, "eve", admin=True)
    channel_id = int((await open_dm(store, ada, bob.id))["id"])
    await say(store, ada, channel_id)
    async with refused(store, UnknownChannel):
        await say(store, eve, channel_id)
    for look in (channels.get_channel, list_messages):
        with pytest.raises(UnknownChannel):
            async with store.reading(eve) as tx:
                await look(tx, channel_id)


async def list_messages(tx: Any, channel_id: int) -> Any:
    return await messages.list_messages(tx, channel_id, MessagePage.parse({}))


async def test_what_is_said_there_is_for_its_channel_without_a_guild(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = int((await open_dm(store, ada, bob.id))["id"])
    heard = Heard(store)
    await say(store, bob, channel_id)
    (entry,) = heard.entries
    assert entry.audience == Channel(channel_id, None)
    assert not {"guild_id", "member"} & entry.d.keys()


async def test_the_list_begins_with_the_newest_talk(store):
    ada, _ = await person(store, "ada")
    others = [(await person(store, name))[0] for name in ("bob", "cleo", "dan")]
    opened = [int((await open_dm(store, ada, other.id))["id"]) for other in others]
    await say(store, ada, opened[0])
    async with store.reading(ada) as tx:
        listed = dms.list_dms(tx)
        assert [int(channel["id"]) for channel in listed] == [opened[0], opened[2], opened[1]]
        assert listed[0] == await channels.get_channel(tx, opened[0])
    async with store.reading(others[1]) as tx:
        assert [int(channel["id"]) for channel in dms.list_dms(tx)] == [opened[1]]


async def close(store: Any, actor: Any, channel_id: int) -> Any:
    async with store.transaction(actor) as tx:
        return await dms.close(tx, channel_id)


async def test_who_closes_it_does_not_see_it_until_something_is_said(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    opened = await open_dm(store, ada, bob.id)
    channel_id, heard = int(opened["id"]), Heard(store)
    assert (await close(store, bob, channel_id))["id"] == opened["id"]
    (entry,) = heard.take()
    assert (entry.name, entry.audience) == ("CHANNEL_DELETE", Users((bob.id,)))
    assert [user["id"] for user in entry.d["recipients"]] == [str(ada.id)]
    await close(store, bob, channel_id)
    assert heard.entries == []
    async with store.reading(bob) as tx:
        assert dms.list_dms(tx) == []
    async with store.reading(ada) as tx:
        assert len(dms.list_dms(tx)) == 1
    await assert_as_fresh(store)
    await say(store, ada, channel_id)
    assert [(entry.name, entry.audience) for entry in heard.take()] == [
        ("CHANNEL_CREATE", Users((bob.id,))), ("MESSAGE_CREATE", Channel(channel_id, None)),
    ]  # fmt: skip
    await say(store, ada, channel_id)
    assert heard.names == ["MESSAGE_CREATE"]
    await assert_as_fresh(store)


async def test_a_closed_one_is_opened_again_for_who_asks(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = int((await open_dm(store, ada, bob.id))["id"])
    await close(store, ada, channel_id)
    heard = Heard(store)
    assert int((await open_dm(store, ada, bob.id))["id"]) == channel_id
    assert [(entry.name, entry.audience) for entry in heard.take()] == [("CHANNEL_CREATE", Users((ada.id,)))]
    await assert_as_fresh(store)


async def test_many_who_write_at_once_open_it_once(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = int((await open_dm(store, ada, bob.id))["id"])
    await close(store, bob, channel_id)
    heard = Heard(store)
    await asyncio.gather(*(say(store, ada, channel_id) for _ in range(5)))
    assert sorted(heard.names) == ["CHANNEL_CREATE"] + ["MESSAGE_CREATE"] * 5
    assert heard.names[0] == "CHANNEL_CREATE"
    await assert_as_fresh(store)


async def test_nothing_is_said_between_two_of_whom_one_has_blocked_the_other(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = int((await open_dm(store, ada, bob.id))["id"])
    async with store.transaction(bob) as tx:
        await relationships.create_relationship(tx, ada.id, RelationshipDraft.parse({"type": 2}))
    await close(store, bob, channel_id)
    for actor, other in ((ada, bob), (bob, ada)):
        async with refused(store, CannotMessageUser):
            await say(store, actor, channel_id)
        async with refused(store, CannotMessageUser):
            await open_dm(store, actor, other.id)
        async with refused(store, CannotMessageUser), store.reading(actor) as tx:
            await typing.start_typing(tx, channel_id)
    async with store.reading(ada) as tx:  # what was said can still be read
        assert await list_messages(tx, channel_id) == []


async def test_strangers_write_to_each_other_only_as_friends(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = int((await open_dm(store, ada, bob.id))["id"])
    async with store.pool.acquire() as conn:
        await conn.execute("delete from members where user_id = $1", bob.id)
    del store.directory.guilds[general(store).guild_id].members[bob.id]
    store.directory._guild_ids_of[bob.id].clear()
    async with refused(store, CannotMessageUser):
        await say(store, ada, channel_id)
    for actor, other in ((ada, bob), (bob, ada)):
        async with store.transaction(actor) as tx:
            await relationships.create_relationship(tx, other.id, RelationshipDraft.parse({}))
    await say(store, ada, channel_id)


async def test_a_guild_can_be_set_apart_so_that_its_members_do_not_begin(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(bob) as tx:
        edit = UserSettingsEdit.parse({"restricted_guilds": [str(general(store).guild_id)]})
        await user_settings.update_settings(tx, edit)
    await assert_as_fresh(store)
    async with refused(store, CannotMessageUser):
        await open_dm(store, ada, bob.id)
    channel_id = int((await open_dm(store, bob, ada.id))["id"])
    await say(store, ada, channel_id)  # who was written to may answer
