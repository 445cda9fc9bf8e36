"""Reactions: who may begin one and who may join, what is counted, and who hears of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.actions import deletions, dms, emojis, images, messages, reactions, relationships
from chatd.model.audience import Channel
from chatd.model.dms import DirectMessageDraft
from chatd.model.emojis import Emoji, EmojiDraft
from chatd.model.errors import (
    MaximumReactions,
    MissingPermissions,
    ReactionBlocked,
    UnknownChannel,
    UnknownMessage,
    UnknownReactionEmoji,
)
from chatd.model.message_drafts import BulkDeleteDraft, MessageEdit, MessagePage
from chatd.model.permissions import Permission
from chatd.model.reactions import EMOJIS_MAX, EmojiKey, ReactionPage
from chatd.model.relationships import BLOCKED, RelationshipDraft
from tests.beats import assert_as_fresh, refused, somebody_waits
from tests.people import Heard, deny, general, person
from tests.pictures import data_uri, png
from tests.talk import say

FIRE, HEART = EmojiKey.parse("🔥"), EmojiKey.parse("❤")


async def react(store: Any, actor: Any, message: Any, emoji: EmojiKey = FIRE) -> None:
    async with store.queued(actor) as tx:
        await reactions.add_reaction(tx, message.channel_id, message.id, emoji)


async def take_back(store: Any, actor: Any, message: Any, user: Any = None, emoji: EmojiKey = FIRE) -> None:
    async with store.queued(actor) as tx:
        await reactions.remove_reaction(tx, message.channel_id, message.id, emoji, (user or actor).id)


async def seen(store: Any, actor: Any, message: Any) -> list[tuple[str, int, bool]]:
    """The reactions as the actor sees them, alone and in a page of history."""
    async with store.reading(actor) as tx:
        one = await messages.get_message(tx, message.channel_id, message.id)
        page = await messages.list_messages(tx, message.channel_id, MessagePage.parse({}))
    assert [each.viewed() for each in page if each.id == message.id] == [one.viewed()]
    return [(each["emoji"]["name"], each["count"], each["me"]) for each in one.viewed().get("reactions", [])]


async def emoji_of(store: Any, owner: Any, name: str = "wave") -> Emoji:
    draft = EmojiDraft.parse({"name": name, "image": data_uri(png())})
    image = await images.keep(store, draft.image)
    async with store.transaction(owner) as tx:
        made = await emojis.create_emoji(tx, general(store).guild_id, draft, image)
    return store.directory.emojis[int(made["id"])]


async def test_a_reaction_is_counted_and_told_to_the_channel(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message, place = await say(store, ada), general(store)
    heard = Heard(store)
    await react(store, bob, message)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("MESSAGE_REACTION_ADD", Channel(place.id, place.guild_id))
    member = entry.d.pop("member")
    assert member["user"]["id"] == str(bob.id) and member["joined_at"]
    assert entry.d == {
        "user_id": str(bob.id), "channel_id": str(place.id), "message_id": str(message.id),
        "guild_id": str(place.guild_id), "emoji": {"id": None, "name": "🔥"}, "burst": False, "type": 0,
        "message_author_id": str(ada.id),
    }  # fmt: skip
    await react(store, ada, message, HEART)
    await react(store, ada, message)
    assert await seen(store, bob, message) == [("🔥", 2, True), ("❤\ufe0f", 1, False)]
    assert await seen(store, ada, message) == [("🔥", 2, True), ("❤\ufe0f", 1, True)]
    await assert_as_fresh(store)


async def test_a_reaction_is_made_once(store):
    ada, _ = await person(store, "ada")
    message, heard = await say(store, ada), Heard(store)
    await react(store, ada, message)
    await react(store, ada, message)
    await asyncio.gather(*(react(store, ada, message, HEART) for _ in range(5)))
    assert heard.names == ["MESSAGE_REACTION_ADD"] * 2
    assert [count for _, count, _ in await seen(store, ada, message)] == [1, 1]


async def test_a_reaction_taken_back_is_told_once(store):
    ada, _ = await person(store, "ada")
    message, place = await say(store, ada), general(store)
    await react(store, ada, message)
    heard = Heard(store)
    await take_back(store, ada, message)
    await take_back(store, ada, message)
    (entry,) = heard.entries
    assert entry.name == "MESSAGE_REACTION_REMOVE"
    assert entry.d == {
        "user_id": str(ada.id), "channel_id": str(place.id), "message_id": str(message.id),
        "guild_id": str(place.guild_id), "emoji": {"id": None, "name": "🔥"}, "burst": False, "type": 0,
    }  # fmt: skip
    assert await seen(store, ada, message) == []


async def test_what_others_have_begun_anybody_may_join(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    message = await say(store, owner)
    deny(store, Permission.ADD_REACTIONS)
    async with refused(store, MissingPermissions):
        await react(store, ada, message)
    await react(store, owner, message)
    await react(store, ada, message)
    await take_back(store, owner, message)
    await take_back(store, ada, message)
    async with refused(store, MissingPermissions):
        await react(store, ada, message)


async def test_who_cannot_read_the_history_or_is_timed_out_does_not_react(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    message = await say(store, owner)
    await react(store, owner, message)
    members = store.directory.guilds[general(store).guild_id].members
    until = datetime.now(UTC) + timedelta(hours=1)
    members[ada.id] = replace(members[ada.id], communication_disabled_until=until)
    async with refused(store, MissingPermissions):
        await react(store, ada, message)
    members[ada.id] = replace(members[ada.id], communication_disabled_until=None)
    deny(store, Permission.READ_MESSAGE_HISTORY)
    async with refused(store, MissingPermissions):
        await react(store, ada, message)
    async with refused(store, MissingPermissions), store.reading(ada) as tx:
        await reactions.list_users(tx, message.channel_id, message.id, FIRE, ReactionPage.parse({}))


async def test_nobody_reacts_to_what_is_not_there_or_not_for_them(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    cleo, _ = await person(store, "cleo")
    async with store.transaction(ada) as tx:
        dm_id = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    message = await say(store, ada, channel_id=dm_id)
    for act in (react, take_back):
        async with refused(store, UnknownChannel):
            await act(store, cleo, message)
        async with refused(store, UnknownMessage):
            await act(store, ada, replace(message, id=5))
    heard = Heard(store)
    await react(store, bob, message)
    assert not heard.entries[0].d.keys() & {"guild_id", "member"}
    await assert_as_fresh(store)


async def test_somebody_who_is_blocked_does_not_react(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message = await say(store, ada)
    async with store.transaction(ada) as tx:
        await relationships.create_relationship(tx, bob.id, RelationshipDraft(BLOCKED))
    async with refused(store, ReactionBlocked):
        await react(store, bob, message)


async def test_a_custom_emoji_is_used_by_those_who_have_it(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    wave = await emoji_of(store, owner)
    key, message = EmojiKey(str(wave.id), wave.id), await say(store, ada)
    heard = Heard(store)
    await react(store, ada, message, key)
    assert heard.entries[0].d["emoji"] == {"id": str(wave.id), "name": "wave", "animated": False}
    assert await seen(store, bob, message) == [("wave", 1, False)]
    async with refused(store, UnknownReactionEmoji):
        await react(store, ada, message, EmojiKey("5", 5))
    async with store.transaction(ada) as tx:
        dm_id = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    await react(store, ada, await say(store, ada, channel_id=dm_id), key)


async def test_an_emoji_for_some_roles_is_unknown_to_the_others(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    wave = await emoji_of(store, owner)
    store.directory.emojis[wave.id] = replace(wave, role_ids=(5,))
    key, message = EmojiKey(str(wave.id), wave.id), await say(store, ada)
    async with refused(store, UnknownReactionEmoji):
        await react(store, ada, message, key)
    store.directory.emojis[wave.id] = replace(wave, role_ids=(), guild_id=None, application_id=7)
    async with refused(store, UnknownReactionEmoji):
        await react(store, ada, message, key)


async def test_a_deleted_emoji_keeps_its_reactions_without_a_name(store):
    owner, _ = await person(store, "owner", admin=True)
    wave, message = await emoji_of(store, owner), await say(store, owner)
    key = EmojiKey(str(wave.id), wave.id)
    await react(store, owner, message, key)
    async with store.transaction(owner) as tx:
        await emojis.delete_emoji(tx, wave.guild_id, wave.id)
    assert await seen(store, owner, message) == [(None, 1, True)]
    await take_back(store, owner, message, emoji=key)
    assert await seen(store, owner, message) == []


async def test_a_message_has_room_for_20_emoji_even_when_all_come_at_once(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message = await say(store, ada)
    animals = [EmojiKey(chr(0x1F400 + number), None) for number in range(EMOJIS_MAX + 5)]
    tried = await asyncio.gather(
        *(react(store, ada, message, animal) for animal in animals), return_exceptions=True
    )
    assert sum(isinstance(result, MaximumReactions) for result in tried) == 5
    there = [name for name, _, _ in await seen(store, ada, message)]
    assert len(there) == EMOJIS_MAX
    await react(store, bob, message, EmojiKey(there[0], None))
    async with refused(store, MaximumReactions):
        await react(store, bob, message, FIRE)


async def test_who_reacts_while_the_message_is_deleted_is_told_that_it_is_gone(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    said = [await say(store, ada) for _ in range(2)]
    draft = BulkDeleteDraft.parse({"messages": [message.id for message in said]})
    async with store.transaction(owner) as tx:
        await deletions.bulk_delete(tx, general(store).id, draft)
        reacting = asyncio.ensure_future(react(store, ada, said[0]))
        await somebody_waits(tx.conn)
    with pytest.raises(UnknownMessage):
        await reacting


async def test_those_who_reacted_come_in_pages_by_id(store):
    people = [(await person(store, name))[0] for name in ("ada", "bob", "cleo")]
    message = await say(store, people[0])
    for somebody in people[::-1]:
        await react(store, somebody, message)

    async def page(**query: Any) -> list[int]:
        async with store.reading(people[0]) as tx:
            found = await reactions.list_users(
                tx, message.channel_id, message.id, FIRE, ReactionPage.parse(query)
            )
        return [user.id for user in found]

    ids = [somebody.id for somebody in people]
    assert await page() == ids and await page(limit="2") == ids[:2]
    assert await page(after=str(ids[1])) == ids[2:] and await page(type="1") == []


async def test_others_reactions_are_for_those_who_manage_messages(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    message = await say(store, ada)
    await react(store, ada, message)
    await react(store, owner, message)
    await react(store, ada, message, HEART)
    async with refused(store, MissingPermissions):
        await take_back(store, ada, message, owner)
    for act in (reactions.remove_all, reactions.remove_emoji):
        arguments = (message.channel_id, message.id, FIRE)[: 3 if act is reactions.remove_emoji else 2]
        async with refused(store, MissingPermissions), store.transaction(ada) as tx:
            await act(tx, *arguments)
    heard = Heard(store)
    await take_back(store, owner, message, ada)
    assert heard.entries[0].d["user_id"] == str(ada.id)
    assert await seen(store, ada, message) == [("🔥", 1, False), ("❤\ufe0f", 1, True)]


async def test_reactions_are_cleared_by_emoji_or_all_at_once(store):
    owner, _ = await person(store, "owner", admin=True)
    message, place = await say(store, owner), general(store)
    where = {"channel_id": str(place.id), "message_id": str(message.id), "guild_id": str(place.guild_id)}
    for emoji in (FIRE, HEART):
        await react(store, owner, message, emoji)
    heard = Heard(store)
    for _ in range(2):
        async with store.transaction(owner) as tx:
            await reactions.remove_emoji(tx, place.id, message.id, FIRE)
    assert [(e.name, e.d) for e in heard.entries] == [
        ("MESSAGE_REACTION_REMOVE_EMOJI", {**where, "emoji": {"id": None, "name": "🔥"}})
    ]
    assert len(await seen(store, owner, message)) == 1
    heard = Heard(store)
    for _ in range(2):
        async with store.transaction(owner) as tx:
            await reactions.remove_all(tx, place.id, message.id)
    assert [(e.name, e.d) for e in heard.entries] == [("MESSAGE_REACTION_REMOVE_ALL", where)]
    assert await seen(store, owner, message) == []


async def test_an_edit_keeps_the_reactions_and_tells_nobody_what_is_only_ones_own(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada)
    await react(store, ada, message)
    heard = Heard(store)
    async with store.queued(ada) as tx:
        edited = await messages.update_message(
            tx, message.channel_id, message.id, MessageEdit.parse({"content": "new"})
        )
    assert edited.viewed()["reactions"][0]["me"] and "reactions" not in heard.entries[0].d


@pytest.mark.parametrize("query", [reactions.reactions.add_reactions, reactions.reactions.remove_reactions])
async def test_old_knowledge_is_refused_by_the_statement_itself(store, query):
    ada, _ = await person(store, "ada")
    message, place = await say(store, ada), general(store)
    if query is reactions.reactions.remove_reactions:
        await react(store, ada, message)
    row = {
        "message_ids": message.id, "channel_ids": place.id, "guild_ids": place.guild_id, "user_ids": ada.id,
        "emojis": "🔥", "begins": True, "emojis_max": 20, "known": 0,
    }  # fmt: skip
    row = {name: row[name] for name in query.parameters if name != "payloads"}
    event = reactions.events.reaction_remove(place.id, message.id, place.guild_id, ada.id, {})
    async with store.queued(ada) as tx:
        assert not await tx.write(query, row, event, to=Channel(place.id, place.guild_id))
        assert await tx.write(
            query, row | {"known": store.feed.position}, event, to=Channel(place.id, place.guild_id)
        )
