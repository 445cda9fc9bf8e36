"""Messages: said by those who may, committed before they are answered, announced once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.actions import deletions, message_rows, messages
from chatd.model import events
from chatd.model.actor import Actor
from chatd.model.audience import Channel, Guild
from chatd.model.errors import (
    CannotEditOther,
    EmptyMessage,
    InvalidFormBody,
    InvalidSticker,
    MissingPermissions,
    SystemMessage,
    UnknownChannel,
)
from chatd.model.message_drafts import MessageDraft, MessageEdit, MessagePage
from chatd.model.messages import SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.references import reference_to
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.model.stickers import Sticker, StickerFormat
from chatd.model.users import User
from tests.beats import assert_as_fresh, refused
from tests.conftest import opened_store
from tests.people import Heard, deny, general, person
from tests.talk import say


def draft(content: str, **fields: Any) -> MessageDraft:
    return MessageDraft.parse({"content": content, **fields})


async def edit_of(store: Any, actor: Actor, message: Any, **fields: Any) -> Any:
    async with store.queued(actor) as tx:
        edit = MessageEdit.parse(fields)
        return await messages.update_message(tx, message.channel_id, message.id, edit)


async def history(store: Any, actor: Actor, **page: Any) -> list[str]:
    async with store.reading(actor) as tx:
        found = await messages.list_messages(tx, general(store).id, MessagePage.parse(page))
    return [message.content for message in found if message.type != MessageType.USER_JOIN]


async def test_a_message_is_stored_and_announced_to_its_channel(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    message = await say(store, ada, "hello")
    (entry,) = heard.entries
    assert (entry.name, entry.d["content"], entry.d["id"]) == ("MESSAGE_CREATE", "hello", str(message.id))
    assert entry.audience == Channel(general(store).id, general(store).guild_id)
    assert entry.d["member"]["joined_at"] and "user" not in entry.d["member"]
    assert await history(store, ada) == ["hello"]
    assert general(store).last_message_id == message.id


async def test_the_journal_holds_what_the_feed_handed_out(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    before = store.feed.position
    await asyncio.gather(*(say(store, ada, f"number {n}") for n in range(50)))
    kept = await store.journal_after(before, 100)
    assert [(e.position, e.payload) for e in kept] == [(e.position, e.payload) for e in heard.entries]
    assert [entry.position for entry in kept] == list(range(before + 1, before + 51))


async def test_messages_that_wait_together_are_one_commit(store):
    ada, _ = await person(store, "ada")
    runs: list[int] = []
    store.feed.subscribe(lambda entries: runs.append(len(entries)))
    await asyncio.gather(*(say(store, ada, f"number {n}") for n in range(20)))
    assert sum(runs) == 20 and max(runs) >= 10


async def test_somebody_who_is_no_member_does_not_learn_that_the_channel_exists(store):
    heard = Heard(store)
    for channel_id in (general(store).id, 5):
        with pytest.raises(UnknownChannel):
            async with store.queued(Actor(12345)) as tx:
                await messages.create_message(tx, channel_id, draft("hello"))
    assert heard.entries == []


async def test_an_empty_message_is_refused(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    for content in ("", "   \n"):
        with pytest.raises(EmptyMessage):
            await say(store, ada, content)
    assert heard.entries == [] and await history(store, ada) == []


async def test_a_nonce_that_is_enforced_sends_once(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    heard = Heard(store)
    first = await say(store, ada, "hello", nonce="n1", enforce_nonce=True)
    again = await say(store, ada, "hello again", nonce="n1", enforce_nonce=True)
    assert (again.id, again.content, again.nonce) == (first.id, "hello", "n1")
    other = await say(store, bob, "mine", nonce="n1", enforce_nonce=True)
    assert other.id != first.id
    assert heard.names == ["MESSAGE_CREATE", "MESSAGE_CREATE"]


async def test_one_nonce_sent_twice_at_once_is_one_message(store):
    ada, _ = await person(store, "ada")
    sent = await asyncio.gather(*(say(store, ada, "x", nonce=7, enforce_nonce=True) for _ in range(10)))
    assert len({message.id for message in sent}) == 1
    assert await history(store, ada) == ["x"]


async def test_an_edit_changes_the_text_and_says_when(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "helo")
    heard = Heard(store)
    async with store.queued(ada) as tx:
        edited = await messages.update_message(
            tx, message.channel_id, message.id, MessageEdit.parse({"content": "hello"})
        )
    (entry,) = heard.entries
    assert (
        entry.name == "MESSAGE_UPDATE" and entry.d["edited_timestamp"] == edited.payload()["edited_timestamp"]
    )
    async with store.reading(ada) as tx:
        fresh = await messages.get_message(tx, message.channel_id, message.id)
    assert fresh.payload() == edited.payload()


async def test_two_edits_at_once_are_both_made(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "0")
    heard = Heard(store)

    async def edit(content: str) -> None:
        async with store.queued(ada) as tx:
            await messages.update_message(
                tx, message.channel_id, message.id, MessageEdit.parse({"content": content})
            )

    await asyncio.gather(*(edit(str(n)) for n in range(1, 4)))
    assert sorted(entry.d["content"] for entry in heard.entries) == ["1", "2", "3"]
    assert await history(store, ada) == [heard.entries[-1].d["content"]]


async def test_only_the_author_edits(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message = await say(store, ada, "mine")
    heard = Heard(store)
    with pytest.raises(CannotEditOther):
        async with store.queued(bob) as tx:
            await messages.update_message(
                tx, message.channel_id, message.id, MessageEdit.parse({"content": "x"})
            )
    assert heard.entries == [] and await history(store, ada) == ["mine"]


async def test_a_page_of_history_begins_where_it_is_asked_to(store):
    ada, _ = await person(store, "ada")
    sent = [await say(store, ada, str(n)) for n in range(10)]
    assert await history(store, ada, limit="3") == ["9", "8", "7"]
    assert await history(store, ada, limit="3", before=str(sent[5].id)) == ["4", "3", "2"]
    assert await history(store, ada, limit="3", after=str(sent[5].id)) == ["8", "7", "6"]
    assert await history(store, ada, limit="5", around=str(sent[5].id)) == ["7", "6", "5", "4", "3"]
    assert await history(store, ada, after=str(sent[9].id)) == []


async def test_a_page_may_be_ahead_of_the_news_of_who_speaks_in_it(store, pool):
    """Between a commit and its entries anybody may read; here another process's are never heard of."""
    ada, _ = await person(store, "ada")
    await store.listener.stop()
    other = await opened_store(pool, process=1)
    try:
        eve, _ = await person(other, "eve")
    finally:
        await other.close()
    assert eve.id not in store.directory.users
    async with store.reading(ada) as tx:
        newest, *_ = await messages.list_messages(tx, general(store).id, MessagePage.parse({}))
    assert (newest.type, newest.author.username) == (MessageType.USER_JOIN, "eve")


async def test_a_page_may_begin_at_the_ends_of_all_ids(store):
    ada, _ = await person(store, "ada")
    for number in range(3):
        await say(store, ada, str(number))
    largest = str(SNOWFLAKE_MAX)
    assert await history(store, ada, before=largest) == ["2", "1", "0"]
    assert await history(store, ada, around=largest) == ["2", "1", "0"]
    assert await history(store, ada, after=largest) == []
    assert await history(store, ada, before="0") == []
    assert await history(store, ada, after="0") == await history(store, ada, around="0") == ["2", "1", "0"]


async def test_mentions_are_of_those_who_exist_and_as_the_sender_wishes(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    text = f"<@{bob.id}> <@!{bob.id}> <@99> @everyone"
    message = await say(store, ada, text)
    assert [user.id for user in message.mentions] == [bob.id] and message.mention_everyone
    silent = await say(store, ada, text, allowed_mentions={"parse": []})
    assert silent.mentions == () and not silent.mention_everyone


async def test_a_permission_taken_away_by_another_process_is_gone_with_its_commit(store, pool):
    """The directory has not heard of it yet; the statement itself refuses, and the action looks again."""
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    owner_id = store.directory.guilds[guild_id].owner_id
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("update roles set permissions = 1024 where id = $1", guild_id)
        role = store.directory.guilds[guild_id].roles[guild_id].payload() | {"permissions": "1024"}
        payload = json.dumps({"guild_id": str(guild_id), "role": role})
        position = await conn.fetchval(
            "select journal_append(array['GUILD_ROLE_UPDATE'], array[$1::bigint], array[null::bigint],"
            " array[null::text], array[$2])",
            guild_id, payload,
        )  # fmt: skip
        await conn.execute("update guilds set permission_position = $2 where id = $1", guild_id, position)
    assert owner_id != ada.id and store.feed.position < position
    with pytest.raises(MissingPermissions):
        await say(store, ada, "too late")
    assert store.feed.position == position and await history(store, ada) == []


async def test_what_the_server_says_of_itself_is_a_message_too(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    place, said = general(store), await say(store, ada, "hello")
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        told = await messages.create_system_message(
            tx, place.id, MessageType.THREAD_STARTER_MESSAGE, author_id=ada.id, mention_ids=[bob.id],
            reference=reference_to(place.id, place.guild_id, said.id), referenced=said,
        )  # fmt: skip
    (entry,) = heard.entries
    assert (entry.name, entry.d["type"], entry.audience) == (
        "MESSAGE_CREATE", 21, Channel(place.id, place.guild_id)
    )  # fmt: skip
    assert entry.d["message_reference"] == {
        "type": 0, "channel_id": str(place.id), "message_id": str(said.id), "guild_id": str(place.guild_id)
    }  # fmt: skip
    assert entry.d["referenced_message"]["content"] == "hello" and entry.d["mentions"][0]["id"] == str(bob.id)
    async with store.reading(ada) as tx:
        assert (await messages.get_message(tx, place.id, told.id)).payload() == told.payload()
    await assert_as_fresh(store)


async def test_the_server_speaks_in_the_transaction_that_changes_who_may(store):
    """Its message needs no permission, so that what it was allowed by is not out of date."""
    ada, _ = await person(store, "ada")
    place, heard = general(store), Heard(store)
    async with store.transaction(ada) as tx:
        guild = tx.directory.guilds[place.guild_id]
        tx.emit(events.guild_update(guild), to=Guild(guild.id))
        await messages.create_system_message(tx, place.id, MessageType.STAGE_START, author_id=ada.id)
    assert heard.names == ["GUILD_UPDATE", "MESSAGE_CREATE"]
    assert await history(store, ada) == [""]


async def test_what_refers_to_a_deleted_message_says_null(store):
    ada, _ = await person(store, "ada")
    place, said = general(store), await say(store, ada, "hello")
    async with store.transaction(ada) as tx:
        told = await messages.create_system_message(
            tx, place.id, MessageType.THREAD_STARTER_MESSAGE, author_id=ada.id, referenced=said,
            reference=reference_to(place.id, place.guild_id, said.id),
        )  # fmt: skip
    async with store.transaction(ada) as tx:
        await deletions.delete_message(tx, place.id, said.id)
    async with store.reading(ada) as tx:
        assert (await messages.get_message(tx, place.id, told.id)).payload()["referenced_message"] is None


async def test_what_the_server_says_is_nobodys_to_edit(store):
    ada, _ = await person(store, "ada")
    async with store.transaction(ada) as tx:
        told = await messages.create_system_message(
            tx, general(store).id, MessageType.USER_JOIN, author_id=ada.id
        )
    async with refused(store, SystemMessage), store.queued(ada) as tx:
        await messages.update_message(tx, told.channel_id, told.id, MessageEdit.parse({"content": "x"}))


async def test_a_change_of_a_message_that_has_changed_since_is_refused(store):
    ada, _ = await person(store, "ada")
    seen, guild = await say(store, ada, "0"), store.directory.guilds[general(store).guild_id]
    first, second = replace(seen, pinned_at=datetime.now(UTC)), replace(seen, content="1")
    async with store.queued(ada) as tx:
        assert await message_rows.rewrite(tx, seen, first, guild, known=None)
        assert not await message_rows.rewrite(tx, seen, second, guild, known=None)
        assert await message_rows.rewrite(tx, first, replace(first, content="2"), guild, known=None)
        found = await message_rows.find(tx, seen.channel_id, seen.id)
    assert (found.content, found.payload()["pinned"], found.revision) == ("2", True, 2)


async def test_a_webhooks_message_has_the_name_and_face_of_then(store):
    ada, _ = await person(store, "ada")
    author = {"id": "77", "username": "News", "avatar": None, "discriminator": "0000", "bot": True}
    message = Message(
        store.mint.next(), general(store).id, User(77, "News", bot=True), "hello",
        details={"webhook_id": "77", "author": author},
    )  # fmt: skip
    async with store.queued(ada) as tx:
        guild = tx.directory.guilds[general(store).guild_id]
        assert await message_rows.insert(tx, message, guild, known=None)
    async with store.reading(ada) as tx:
        found = await messages.get_message(tx, message.channel_id, message.id)
    assert found.payload() == message.payload() and found.payload()["author"] == author
    assert found.payload()["webhook_id"] == "77" and found.author == message.author


EMBED = {"title": "A title", "fields": [{"name": "n", "value": "v"}]}


async def test_an_embed_is_enough_of_a_message(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    message = await say(store, ada, "", embeds=[EMBED])
    (embed,) = heard.entries[0].d["embeds"]
    assert (embed["type"], embed["title"], embed["fields"][0]["inline"]) == ("rich", "A title", False)
    async with store.reading(ada) as tx:
        found = await messages.get_message(tx, message.channel_id, message.id)
    assert found.payload() == message.payload()
    async with refused(store, EmptyMessage):
        await say(store, ada, "", embeds=[{}])


async def test_embeds_need_their_permission(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "hello")
    deny(store, Permission.EMBED_LINKS)
    async with refused(store, MissingPermissions):
        await say(store, ada, "hello", embeds=[EMBED])
    async with refused(store, MissingPermissions):
        await edit_of(store, ada, message, embeds=[EMBED])
    await say(store, ada, "hello", embeds=[])


async def test_embeds_are_edited_like_the_text(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "hello", embeds=[EMBED])
    changed = await edit_of(store, ada, message, embeds=[{"description": "d"}])
    assert changed.payload()["embeds"] == [{"type": "rich", "description": "d"}]
    assert (changed.content, changed.edited_at is None) == ("hello", False)
    kept = await edit_of(store, ada, message, content="")
    assert kept.payload()["embeds"] == [{"type": "rich", "description": "d"}]
    async with refused(store, EmptyMessage):
        await edit_of(store, ada, message, embeds=[])


async def test_hidden_embeds_are_kept_and_hiding_them_is_no_edit(store):
    ada, _ = await person(store, "ada")
    owner, _ = await person(store, "owner", admin=True)
    bob, _ = await person(store, "bob")
    message = await say(store, ada, "hello", embeds=[EMBED])
    heard = Heard(store)
    hidden = await edit_of(store, owner, message, flags=SUPPRESS_EMBEDS)
    assert hidden.payload()["embeds"] == [] and hidden.payload()["edited_timestamp"] is None
    assert heard.entries[0].d["flags"] == SUPPRESS_EMBEDS and heard.entries[0].d["embeds"] == []
    assert (await edit_of(store, owner, message, flags=0)).payload()["embeds"] == message.payload()["embeds"]
    async with refused(store, MissingPermissions):
        await edit_of(store, bob, message, flags=SUPPRESS_EMBEDS)
    for fields in ({"content": "x"}, {"flags": SUPPRESS_EMBEDS, "embeds": []}, {}):
        async with refused(store, CannotEditOther):
            await edit_of(store, owner, message, **fields)


async def test_an_edit_that_changes_nothing_is_not_announced(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "hello", flags=SUPPRESS_NOTIFICATIONS)
    heard = Heard(store)
    for fields in ({}, {"flags": 0}, {"flags": SUPPRESS_NOTIFICATIONS | 1}):
        assert (await edit_of(store, ada, message, **fields)).payload() == message.payload()
    assert heard.entries == []


async def test_mentions_are_read_anew_when_the_text_is_edited(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message = await say(store, ada, f"<@{bob.id}> @everyone", embeds=[EMBED], allowed_mentions={"parse": []})
    assert message.mentions == () and not message.mention_everyone
    assert (await edit_of(store, ada, message, embeds=[])).mentions == ()
    edited = await edit_of(store, ada, message, content=f"<@{bob.id}> @here")
    assert [user.id for user in edited.mentions] == [bob.id] and edited.mention_everyone
    silent = await edit_of(
        store, ada, message, content=f"<@{bob.id}>", allowed_mentions={"parse": ["everyone"]}
    )
    assert silent.mentions == () and not silent.mention_everyone


async def test_a_sticker_is_enough_of_a_message(store):
    ada, _ = await person(store, "ada")
    guild = store.directory.guilds[general(store).guild_id]
    wave = Sticker(store.mint.next(), guild.id, "wave", None, "wave", StickerFormat.PNG)
    store.directory.stickers[wave.id] = guild.stickers[wave.id] = wave
    heard = Heard(store)
    message = await say(store, ada, "", sticker_ids=[wave.id, str(wave.id)])
    assert heard.entries[0].d["sticker_items"] == [{"id": str(wave.id), "name": "wave", "format_type": 1}]
    async with store.reading(ada) as tx:
        assert (await messages.get_message(tx, message.channel_id, message.id)).payload() == message.payload()
    async with refused(store, InvalidSticker):
        await say(store, ada, "hello", sticker_ids=[wave.id, 5])
    for ids in (["1", "2", "3", "4"], ["x"], "5"):
        with pytest.raises(InvalidFormBody):
            draft("hello", sticker_ids=ids)


async def test_a_sticker_of_elsewhere_needs_its_permission_and_a_place_there(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    guild = store.directory.guilds[general(store).guild_id]
    elsewhere = replace(guild, id=77, members={ada.id: guild.members[ada.id]})
    store.directory.guilds[77] = elsewhere
    wave = store.directory.stickers[5] = Sticker(5, 77, "wave", None, "wave", StickerFormat.PNG)
    assert (await say(store, ada, "", sticker_ids=[wave.id])).payload()["sticker_items"]
    async with refused(store, InvalidSticker):
        await say(store, bob, "", sticker_ids=[wave.id])
    deny(store, Permission.USE_EXTERNAL_STICKERS)
    async with refused(store, MissingPermissions):
        await say(store, ada, "", sticker_ids=[wave.id])
