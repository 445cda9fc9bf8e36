"""Groups: up to ten people, each told of the others, and nobody else of anything."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import channels, dms, messages, relationships
from chatd.model.audience import Channel, Users
from chatd.model.dms import DirectMessageDraft, GroupDraft, GroupEdit
from chatd.model.errors import (
    BotsForbidden,
    CannotMessageUser,
    InvalidFormBody,
    MaximumRecipients,
    MissingPermissions,
    UnknownChannel,
    UnknownUser,
    WrongChannelType,
)
from chatd.model.message_drafts import MessageDraft
from chatd.model.relationships import RelationshipDraft
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, general, person

EDIT = {"name": None, "sets_name": False, "icon": None, "sets_icon": False, "owner_id": None}


async def people(store: Any, *names: str) -> list[Any]:
    return [(await person(store, name))[0] for name in names]


async def create(store: Any, actor: Any, *others: Any) -> int:
    async with store.transaction(actor) as tx:
        return int((await dms.create_group(tx, GroupDraft(tuple(other.id for other in others))))["id"])


async def add(store: Any, actor: Any, channel_id: int, other: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await dms.add_recipient(tx, channel_id, other.id)


async def remove(store: Any, actor: Any, channel_id: int, other: Any) -> None:
    async with store.transaction(actor) as tx:
        await dms.remove_recipient(tx, channel_id, other.id)


async def update(store: Any, actor: Any, channel_id: int, icon: str | None = None, **edit: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await dms.update_group(tx, channel_id, GroupEdit(**{**EDIT, **edit}), icon=icon)


def told(heard: Heard) -> list[tuple[str, Any]]:
    return [(entry.name, entry.audience) for entry in heard.entries]


def others_in(entry: Any) -> list[int]:
    return [int(recipient["id"]) for recipient in entry.d["recipients"]]


async def test_each_of_a_new_group_is_told_and_sees_the_others(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    heard = Heard(store)
    channel_id = await create(store, ada, bob, eve)
    assert told(heard) == [("CHANNEL_CREATE", Users((each.id,))) for each in (ada, bob, eve)]
    assert [others_in(entry) for entry in heard.entries] == [
        [bob.id, eve.id], [ada.id, eve.id], [ada.id, bob.id]
    ]  # fmt: skip
    assert {name: value for name, value in heard.entries[1].d.items() if name != "recipients"} == {
        "id": str(channel_id), "type": 3, "last_message_id": None, "last_pin_timestamp": None, "flags": 0,
        "name": None, "icon": None, "owner_id": str(ada.id), "managed": False,
    }  # fmt: skip
    await assert_as_fresh(store)


async def test_what_is_said_in_a_group_is_for_those_in_it(store):
    ada, bob, eve, dan = await people(store, "ada", "bob", "eve", "dan")
    channel_id = await create(store, ada, bob, eve)
    heard = Heard(store)
    async with store.queued(eve) as tx:
        await messages.create_message(tx, channel_id, MessageDraft.parse({"content": "hello"}))
    assert told(heard) == [("MESSAGE_CREATE", Channel(channel_id, None))]
    async with refused(store, UnknownChannel), store.queued(dan) as tx:
        await messages.create_message(tx, channel_id, MessageDraft.parse({"content": "hello"}))
    async with refused(store, UnknownChannel), store.reading(dan) as tx:
        await channels.get_channel(tx, channel_id)


async def test_who_is_brought_in_is_told_of_the_group_and_the_others_of_them(store):
    ada, bob, eve, dan = await people(store, "ada", "bob", "eve", "dan")
    channel_id = await create(store, ada, bob, eve)
    heard = Heard(store)
    assert await add(store, bob, channel_id, dan) is None
    created, added, said = heard.entries
    assert told(heard) == [
        ("CHANNEL_CREATE", Users((dan.id,))),
        ("CHANNEL_RECIPIENT_ADD", Users((ada.id, bob.id, eve.id))),
        ("MESSAGE_CREATE", Channel(channel_id, None)),
    ]
    assert others_in(created) == [ada.id, bob.id, eve.id]
    assert added.d == {"channel_id": str(channel_id), "user": store.directory.users[dan.id].payload()}
    assert (said.d["type"], said.d["author"]["id"]) == (1, str(bob.id))
    assert [user["id"] for user in said.d["mentions"]] == [str(dan.id)]
    await assert_as_fresh(store)
    heard.take()
    await add(store, bob, channel_id, dan)
    assert heard.entries == []


async def test_a_group_has_ten_people_whoever_comes_at_once(store):
    everybody = await people(store, *(f"user{n}" for n in range(12)))
    channel_id = await create(store, everybody[0], *everybody[1:9])
    adding = (add(store, everybody[0], channel_id, each) for each in everybody[9:])
    results = await asyncio.gather(*adding, return_exceptions=True)
    assert sorted(map(str, results)) == [str(MaximumRecipients())] * 2 + ["None"]
    assert len(store.directory.channels[channel_id].recipient_ids) == 10
    await assert_as_fresh(store)


async def test_somebody_is_brought_into_a_talk_of_two_by_making_a_group(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    async with store.transaction(ada) as tx:
        direct = await dms.open_dm(tx, DirectMessageDraft(bob.id))
    made = await add(store, ada, int(direct["id"]), eve)
    assert (made["type"], [int(user["id"]) for user in made["recipients"]]) == (3, [bob.id, eve.id])
    assert made["id"] != direct["id"]
    await assert_as_fresh(store)


async def test_who_leaves_sees_it_no_more_and_the_others_stay(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    channel_id = await create(store, ada, bob, eve)
    heard = Heard(store)
    async with store.transaction(bob) as tx:
        left = await dms.close(tx, channel_id)
    assert left["id"] == str(channel_id)
    assert told(heard) == [
        ("CHANNEL_DELETE", Users((bob.id,))),
        ("CHANNEL_RECIPIENT_REMOVE", Users((ada.id, eve.id))),
        ("MESSAGE_CREATE", Channel(channel_id, None)),
    ]
    removed, said = heard.entries[1:]
    assert removed.d == {"channel_id": str(channel_id), "user": store.directory.users[bob.id].payload()}
    assert (said.d["type"], said.d["author"]["id"]) == (2, str(bob.id))
    assert store.directory.channels[channel_id].recipient_ids == (ada.id, eve.id)
    async with refused(store, UnknownChannel), store.queued(bob) as tx:
        await messages.create_message(tx, channel_id, MessageDraft.parse({"content": "hello"}))
    await assert_as_fresh(store)
    await add(store, ada, channel_id, bob)
    await assert_as_fresh(store)


async def test_an_owner_who_leaves_leaves_the_group_to_another(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    channel_id = await create(store, ada, bob, eve)
    heard = Heard(store)
    await remove(store, ada, channel_id, ada)
    assert told(heard)[2:4] == [("CHANNEL_UPDATE", Users((bob.id,))), ("CHANNEL_UPDATE", Users((eve.id,)))]
    assert heard.entries[2].d["owner_id"] == str(bob.id)
    await assert_as_fresh(store)


async def test_the_owner_takes_people_out_and_nobody_else_does(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    channel_id = await create(store, ada, bob, eve)
    async with refused(store, MissingPermissions):
        await remove(store, bob, channel_id, eve)
    await remove(store, ada, channel_id, eve)
    assert store.directory.channels[channel_id].recipient_ids == (ada.id, bob.id)
    async with refused(store, UnknownUser):
        await remove(store, ada, channel_id, eve)
    await assert_as_fresh(store)


async def test_a_group_that_everybody_has_left_is_gone(store):
    ada, bob = await people(store, "ada", "bob")
    channel_id = await create(store, ada, bob)
    await remove(store, ada, channel_id, ada)
    heard = Heard(store)
    await remove(store, bob, channel_id, bob)
    assert told(heard) == [("CHANNEL_DELETE", Users((bob.id,)))]
    assert channel_id not in store.directory.channels
    await assert_as_fresh(store)


async def test_everybody_in_a_group_may_name_it_and_is_told(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    channel_id = await create(store, ada, bob)
    heard = Heard(store)
    answer = await update(store, bob, channel_id, icon="ab12", name="We", sets_name=True, sets_icon=True)
    assert (answer["name"], answer["icon"]) == ("We", "ab12")
    assert told(heard) == [
        ("CHANNEL_UPDATE", Users((ada.id,))), ("CHANNEL_UPDATE", Users((bob.id,))),
        ("MESSAGE_CREATE", Channel(channel_id, None)), ("MESSAGE_CREATE", Channel(channel_id, None)),
    ]  # fmt: skip
    assert [(entry.d["type"], entry.d["content"]) for entry in heard.entries[2:]] == [(4, "We"), (5, "")]
    await assert_as_fresh(store)
    heard.take()
    await update(store, bob, channel_id, icon="ab12", name="We", sets_name=True, sets_icon=True)
    assert heard.entries == []
    await update(store, ada, channel_id, sets_name=True, sets_icon=True)
    channel = store.directory.channels[channel_id]
    assert (channel.name, channel.icon) == (None, None)
    await assert_as_fresh(store)
    async with refused(store, UnknownChannel):
        await update(store, eve, channel_id, name="They", sets_name=True)


async def test_a_group_is_given_to_another_by_its_owner(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    channel_id = await create(store, ada, bob)
    async with refused(store, MissingPermissions):
        await update(store, bob, channel_id, owner_id=bob.id)
    async with refused(store, InvalidFormBody):
        await update(store, ada, channel_id, owner_id=eve.id)
    heard = Heard(store)
    await update(store, ada, channel_id, owner_id=bob.id)
    assert [entry.d["owner_id"] for entry in heard.entries] == [str(bob.id)] * 2
    await assert_as_fresh(store)


async def test_whom_one_may_not_write_to_one_may_not_bring_in(store):
    ada, bob, eve = await people(store, "ada", "bob", "eve")
    robo, _ = await bot(store, "robo")
    channel_id = await create(store, ada, bob)
    async with store.transaction(eve) as tx:
        await relationships.create_relationship(tx, ada.id, RelationshipDraft.parse({"type": 2}))
    for other in (eve, robo):
        async with refused(store, CannotMessageUser):
            await create(store, ada, bob, other)
        async with refused(store, CannotMessageUser):
            await add(store, ada, channel_id, other)
    async with refused(store, BotsForbidden):
        await create(store, robo, ada, bob)
    async with refused(store, UnknownUser), store.transaction(ada) as tx:
        await dms.create_group(tx, GroupDraft((bob.id, 12345)))
    await add(store, bob, channel_id, eve)  # whom another one may


async def test_a_talk_of_two_is_no_group_and_a_guild_none_either(store):
    ada, bob = await people(store, "ada", "bob")
    async with store.transaction(ada) as tx:
        direct = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    async with refused(store, WrongChannelType):
        await update(store, ada, direct, name="We", sets_name=True)
    for channel_id in (direct, general(store).id):
        async with refused(store, WrongChannelType):
            await remove(store, ada, channel_id, bob)
    async with refused(store, WrongChannelType):
        await add(store, ada, general(store).id, bob)


def test_drafts_have_their_bounds():
    assert GroupDraft.parse({"recipients": ["1", 2, "1"]}) == GroupDraft((1, 2))
    for wrong in ({"recipients": []}, {"recipients": "1"}, {"recipients": ["x"]}, {"recipients": ["1"] * 10}):
        with pytest.raises(InvalidFormBody):
            GroupDraft.parse(wrong)
    with pytest.raises(InvalidFormBody) as caught:
        GroupEdit.parse({"name": "x" * 101, "icon": "data:,x", "owner": "x"})
    assert set(caught.value.errors) == {"name", "icon", "owner"}
    assert GroupEdit.parse({"name": ""}) == GroupEdit(**{**EDIT, "sets_name": True})
