"""References: a reply shows what it answers, a forward keeps what it passes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import deletions, dms, messages, new_guilds
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import (
    CannotForwardUnread,
    CannotReplyUnread,
    EmptyMessage,
    InvalidFormBody,
    InvalidMessageType,
)
from chatd.model.guilds import GuildDraft
from chatd.model.message_drafts import MessageDraft, MessageEdit, MessagePage
from chatd.model.messages import HAS_SNAPSHOT, MessageType
from chatd.model.permissions import Permission
from tests.beats import refused, somebody_waits
from tests.people import Heard, deny, general, person
from tests.places import owner_of


async def say(store: Any, actor: Any, channel_id: int, **fields: Any) -> Any:
    async with store.queued(actor) as tx:
        return await messages.create_message(tx, channel_id, MessageDraft.parse(fields))


async def fresh(store: Any, actor: Any, message: Any) -> Any:
    async with store.reading(actor) as tx:
        return await messages.get_message(tx, message.channel_id, message.id)


async def dm_with(store: Any, actor: Any, other: Any) -> int:
    async with store.transaction(actor) as tx:
        return int((await dms.open_dm(tx, DirectMessageDraft(other.id)))["id"])


def to(message: Any, **fields: Any) -> dict[str, Any]:
    return {"message_id": str(message.id), **fields}


async def test_a_reply_comes_with_what_it_answers(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    place = general(store)
    said = await say(store, ada, place.id, content="hello")
    heard = Heard(store)
    reply = await say(store, bob, place.id, content="hi", message_reference=to(said))
    d = heard.entries[0].d
    assert (d["type"], d["content"]) == (19, "hi")
    assert d["message_reference"] == {
        "type": 0, "channel_id": str(place.id), "message_id": str(said.id), "guild_id": str(place.guild_id)
    }  # fmt: skip
    assert d["referenced_message"] == said.payload()
    assert [user["id"] for user in d["mentions"]] == [str(ada.id)] and d["mentions"][0]["member"]
    assert (await fresh(store, bob, reply)).payload() == reply.payload()


async def test_a_list_shows_what_each_reply_answers_and_null_for_what_is_gone(store):
    ada, _ = await person(store, "ada")
    place = general(store).id
    first, second = [await say(store, ada, place, content=text) for text in ("one", "two")]
    for said in (first, second, first):
        await say(store, ada, place, content="re", message_reference=to(said))
    async with store.transaction(ada) as tx:
        await deletions.delete_message(tx, place, second.id)
    async with store.reading(ada) as tx:
        found = [m.payload() for m in await messages.list_messages(tx, place, MessagePage.parse({}))]
    answered = [d["referenced_message"] for d in found if d["type"] == 19]
    assert [each and each["content"] for each in answered] == ["one", None, "one"]
    assert "referenced_message" not in found[-1]


async def test_a_reply_mentions_whom_it_answers_as_the_sender_wishes(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    place = general(store).id
    said = await say(store, ada, place, content="hello")

    async def mentioned(content: str = "hi", **fields: Any) -> list[int]:
        sent = await say(store, bob, place, content=content, message_reference=to(said), **fields)
        return [user.id for user in sent.mentions]

    assert await mentioned() == [ada.id]
    assert await mentioned(f"<@{ada.id}>") == [ada.id]
    assert await mentioned(allowed_mentions={}) == []
    assert await mentioned(allowed_mentions={"parse": ["users"], "replied_user": False}) == []
    assert await mentioned(allowed_mentions={"parse": [], "replied_user": True}) == [ada.id]


@pytest.mark.parametrize(
    "allowed, expected", [(None, True), ({"parse": []}, False), ({"replied_user": True}, True)]
)
async def test_an_edited_reply_mentions_as_before_unless_it_says_otherwise(store, allowed, expected):
    ada, _ = await person(store, "ada")
    said = await say(store, ada, general(store).id, content="hello")
    reply = await say(store, ada, said.channel_id, content="hi", message_reference=to(said))
    edit = MessageEdit.parse({"content": "hi!", "allowed_mentions": allowed})
    async with store.queued(ada) as tx:
        edited = await messages.update_message(tx, reply.channel_id, reply.id, edit)
    assert bool(edited.mentions) == expected
    assert edited.payload()["referenced_message"]["content"] == "hello"


async def test_an_answer_to_nothing_is_refused_or_sent_as_an_ordinary_message(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    place = general(store).id
    elsewhere = await say(store, ada, await dm_with(store, ada, bob), content="secret")
    for reference in ({"message_id": "5"}, to(elsewhere), to(elsewhere, channel_id=elsewhere.channel_id)):
        async with refused(store, InvalidFormBody) as caught:
            await say(store, ada, place, content="hi", message_reference=reference)
        assert set(caught.value.errors) == {"message_reference"}
        sent = await say(
            store, ada, place, content="hi", message_reference={**reference, "fail_if_not_exists": False}
        )
        assert sent.type == MessageType.DEFAULT and "message_reference" not in sent.payload()


async def test_nobody_answers_the_server(store):
    ada, _ = await person(store, "ada")
    async with store.transaction(ada) as tx:
        told = await messages.create_system_message(
            tx, general(store).id, MessageType.USER_JOIN, author_id=ada.id
        )
    async with refused(store, InvalidFormBody):
        await say(store, ada, told.channel_id, content="hi", message_reference=to(told))
    async with refused(store, InvalidMessageType):
        await say(
            store, ada, told.channel_id, message_reference=to(told, type=1, channel_id=told.channel_id)
        )


async def test_who_cannot_read_the_history_neither_answers_nor_forwards(store):
    ada, _ = await person(store, "ada")
    said = await say(store, ada, general(store).id, content="hello")
    deny(store, Permission.READ_MESSAGE_HISTORY)
    async with refused(store, CannotReplyUnread):
        await say(store, ada, said.channel_id, content="hi", message_reference=to(said))
    reference = to(said, type=1, channel_id=said.channel_id)
    async with refused(store, CannotForwardUnread):
        await say(store, ada, said.channel_id, message_reference=reference)


async def test_a_forward_keeps_what_was_said_whatever_becomes_of_it(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    place, dm_id = general(store), await dm_with(store, ada, bob)
    said = await say(store, bob, place.id, content=f"hello <@{ada.id}>")
    reference = to(said, type=1, channel_id=str(place.id))
    heard = Heard(store)
    forward = await say(store, ada, dm_id, message_reference=reference)
    d = heard.entries[0].d
    assert (d["type"], d["flags"], d["content"], d["mentions"]) == (0, HAS_SNAPSHOT, "", [])
    assert d["message_reference"] == {
        "type": 1, "channel_id": str(place.id), "message_id": str(said.id), "guild_id": str(place.guild_id)
    }  # fmt: skip
    (snapshot,) = d["message_snapshots"]
    assert snapshot["message"].keys() == {
        "type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions",
        "mention_roles", "components",
    }  # fmt: skip
    assert snapshot["message"]["content"] == said.content and "referenced_message" not in d
    async with store.transaction(bob) as tx:
        await deletions.delete_message(tx, place.id, said.id)
    assert (await fresh(store, bob, forward)).payload() == forward.payload()
    again = await say(store, ada, place.id, message_reference=to(forward, type=1, channel_id=dm_id))
    assert again.payload()["message_snapshots"] == [snapshot]


async def test_what_one_cannot_see_one_cannot_forward(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    cleo, _ = await person(store, "cleo")
    secret = await say(store, ada, await dm_with(store, ada, bob), content="secret")
    for message_id in (secret.id, 5):
        reference = {"type": 1, "message_id": message_id, "channel_id": secret.channel_id}
        async with refused(store, InvalidFormBody):
            await say(store, cleo, general(store).id, message_reference=reference)


async def test_two_who_forward_between_the_same_guilds_do_not_wait_for_each_other(store):
    owner = await owner_of(store)
    async with store.transaction(owner) as tx:
        guild = await new_guilds.create_guild(tx, GuildDraft.parse({"name": "away"}), owned_max=9)
    here, there = general(store), store.directory.channels[guild.system_channel_id]
    said = {place.id: await say(store, owner, place.id, content="hello") for place in (here, there)}

    first, second = sorted((here, there), key=lambda place: place.guild_id)

    async def forward() -> Any:
        reference = to(said[first.id], type=1, channel_id=str(first.id))
        async with store.transaction(owner) as tx:
            draft = MessageDraft.parse({"message_reference": reference})
            return await messages.create_message(tx, second.id, draft)

    async with store.transaction(owner) as tx:
        await tx.hold_permissions(first.guild_id)
        forwarding = asyncio.ensure_future(forward())
        await somebody_waits(tx.conn)
        await tx.hold_permissions(second.guild_id)
    assert (await forwarding).flags & HAS_SNAPSHOT


async def test_a_reply_has_words_of_its_own(store):
    ada, _ = await person(store, "ada")
    said = await say(store, ada, general(store).id, content="hello")
    async with refused(store, EmptyMessage):
        await say(store, ada, said.channel_id, message_reference=to(said))
