"""What a webhook posts, and how it reads everywhere; what is refused it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatd.actions import messages, pins, polls, reactions, threads, webhook_messages, webhooks
from chatd.actions.webhook_messages import execute
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel
from chatd.model.errors import (
    EmptyMessage,
    InvalidFormBody,
    NotATextChannel,
    ThreadLocked,
    UnknownChannel,
    UnknownMessage,
    WebhookNeedsThread,
    WebhookThreadOutsideForum,
    WebhookThreadTwice,
)
from chatd.model.message_drafts import MessageDraft, MessageEdit, MessagePage
from chatd.model.permissions import Permission
from chatd.model.pins import PinPage
from chatd.model.reactions import EmojiKey
from chatd.model.thread_drafts import ThreadDraft, ThreadEdit
from chatd.model.webhook_messages import WebhookMessageDraft
from chatd.model.webhooks import Webhook
from tests.actions.test_webhooks import by_token, change, make, remove
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, deny, general, person
from tests.places import make_channel, make_role, owner_of


class Poster:
    """A webhook, and whoever has its token."""

    def __init__(self, store: Any, made: dict[str, Any]) -> None:
        self.store, self.made = store, made
        self.id = int(made["id"])

    async def knock(self) -> tuple[Webhook, Actor]:
        async with self.store.reading(ANYONE) as tx:
            webhook = await webhooks.find_by_token(tx, self.id, self.made["token"])
        return webhook, webhook.actor()

    async def post(self, thread_id: int | None = None, avatar: str | None = None, **body: Any) -> Any:
        webhook, itself = await self.knock()
        draft = WebhookMessageDraft.parse(body)
        rows = draft.message.brings_rows or draft.post
        async with self.store.transaction(itself) if rows else self.store.queued(itself) as tx:
            return await execute(tx, webhook, draft, thread_id, avatar)

    async def edit(self, message_id: int, thread_id: int | None = None, **body: Any) -> Any:
        webhook, itself = await self.knock()
        async with self.store.queued(itself) as tx:
            edit = MessageEdit.parse(body)
            return await webhook_messages.update_message(tx, webhook, thread_id, message_id, edit)

    async def read(self, message_id: int, thread_id: int | None = None) -> Any:
        webhook, itself = await self.knock()
        async with self.store.reading(itself) as tx:
            return await webhook_messages.get_message(tx, webhook, thread_id, message_id)

    async def delete(self, message_id: int, thread_id: int | None = None) -> None:
        webhook, itself = await self.knock()
        async with self.store.queued(itself) as tx:
            await webhook_messages.delete_message(tx, webhook, thread_id, message_id)


async def poster(store: Any, owner: Actor, channel_id: int | None = None) -> Poster:
    return Poster(store, await make(store, owner, channel_id))


async def make_thread(store: Any, actor: Actor, channel_id: int, **body: Any) -> int:
    draft = ThreadDraft.parse({"name": "aside", "type": 11, **body})
    async with store.transaction(actor) as tx:
        return int((await threads.create_thread(tx, channel_id, draft))["id"])


async def edit_thread(store: Any, actor: Actor, thread_id: int, **body: Any) -> None:
    async with store.transaction(actor) as tx:
        await threads.update_thread(tx, thread_id, ThreadEdit.parse(body))


async def test_its_messages_are_told_as_its_own(store):
    owner, here = await owner_of(store), general(store)
    news = await poster(store, owner)
    heard = Heard(store)
    message = await news.post(content="hello", username="Ticker", avatar="a_" + "0" * 32)
    (told,) = heard.entries
    assert (told.name, told.audience) == ("MESSAGE_CREATE", Channel(here.id, here.guild_id))
    d = told.d
    assert (d["webhook_id"], d["author"]["id"]) == (str(news.id), str(news.id))
    assert (d["author"]["username"], d["author"]["avatar"]) == ("Ticker", "a_" + "0" * 32)
    assert (d["author"]["bot"], d["author"]["discriminator"]) == (True, "0000")
    assert "member" not in d and "application_id" not in d
    assert message.payload() == {name: value for name, value in d.items() if name != "guild_id"}
    assert news.id not in store.directory.users
    plain = await news.post(content="plain")
    assert plain.payload()["author"]["username"] == "News"
    await assert_as_fresh(store)


async def test_it_reads_the_same_everywhere_and_when_the_webhook_is_gone(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, here = await poster(store, owner), general(store)
    message = await news.post(content="hello", username="Ticker", embeds=[{"title": "new"}])
    told = message.payload()
    async with store.transaction(owner) as tx:
        await pins.pin_message(tx, here.id, message.id)
    async with store.queued(ada) as tx:
        draft = MessageDraft.parse({"content": "so?", "message_reference": {"message_id": str(message.id)}})
        reply = await messages.create_message(tx, here.id, draft)
    assert reply.payload()["referenced_message"] == {**told, "pinned": True}
    assert reply.mentions == (), "a webhook cannot be mentioned"
    await change(store, owner, news.made, name="Olds")
    await remove(store, owner, news.made)
    async with store.reading(ada) as tx:
        assert (await messages.get_message(tx, here.id, message.id)).viewed() == {**told, "pinned": True}
        page = await messages.list_messages(tx, here.id, MessagePage.parse({}))
        assert next(each for each in page if each.id == reply.id).payload()["referenced_message"]["author"] \
            == told["author"]
        (pinned,), _ = await pins.list_pins(tx, here.id, PinPage.parse({}))
    assert pinned.payload()["author"] == told["author"]


async def test_a_bots_webhook_says_whose_application_it_is(store):
    owner, (robo, _) = await owner_of(store), await bot(store, "robo")
    allow = {"id": str(robo.id), "type": 1, "allow": str(int(Permission.MANAGE_WEBHOOKS))}
    room = await make_channel(store, owner, permission_overwrites=[allow])
    message = await (await poster(store, robo, room.id)).post(content="hello")
    assert message.payload()["application_id"] == str(robo.id)


async def test_members_permissions_and_slow_mode_do_not_matter_to_it(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    nobody = {"id": str(general(store).guild_id), "type": 0, "deny": str(2**40 - 1)}
    room = await make_channel(store, owner, permission_overwrites=[nobody], rate_limit_per_user=60)
    role = await make_role(store, owner, name="crew")
    news = await poster(store, owner, room.id)
    for _ in range(3):
        said = await news.post(content=f"@everyone <@{ada.id}> <@&{role.id}>", embeds=[{"title": "x"}])
    assert (said.mention_everyone, said.mention_role_ids) == (True, (role.id,))
    assert [user.id for user in said.mentions] == [ada.id]
    quiet = await news.post(content=f"@everyone <@{ada.id}>", allowed_mentions={"parse": []})
    assert (quiet.mention_everyone, quiet.mentions) == (False, ())


async def test_it_speaks_in_threads_and_wakes_archived_ones(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, here = await poster(store, owner), general(store)
    aside, private = (
        await make_thread(store, owner, here.id), await make_thread(store, owner, here.id, type=12),
    )  # fmt: skip
    await edit_thread(store, owner, aside, archived=True)
    message = await news.post(aside, content=f"<@{ada.id}>")
    assert message.channel_id == aside
    thread = store.directory.channels[aside].thread
    assert not thread.archived and set(thread.members) == {owner.id, ada.id}
    assert (await news.post(private, content="psst")).channel_id == private
    assert (await news.edit(message.id, aside, content="other")).content == "other"
    await news.post(aside, content="and more")
    await news.delete(message.id, aside)
    await edit_thread(store, owner, aside, locked=True)
    async with refused(store, ThreadLocked):
        await news.post(aside, content="no")
    elsewhere = await make_thread(store, owner, (await make_channel(store, owner)).id)
    for thread_id in (elsewhere, here.id, 12345):
        async with refused(store, UnknownChannel):
            await news.post(thread_id, content="no")
    await assert_as_fresh(store)


async def test_in_a_forum_it_begins_posts(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    forum = await make_channel(store, owner, type=15, available_tags=[{"name": "bug"}])
    tag = store.directory.channels[forum.id].available_tags[0]
    news = await poster(store, owner, forum.id)
    heard = Heard(store)
    message = await news.post(
        content=f"<@{ada.id}>", thread_name="broken", applied_tags=[str(tag.id)], username="Bugs"
    )
    assert message.channel_id == message.id
    post = store.directory.channels[message.id]
    assert (post.name, post.thread.owner_id, post.thread.applied_tags) == ("broken", news.id, (tag.id,))
    assert set(post.thread.members) == {ada.id}
    assert heard.names[0] == "THREAD_CREATE" and heard.entries[0].d["owner_id"] == str(news.id)
    assert (await news.post(message.id, content="more")).channel_id == message.id
    await assert_as_fresh(store)
    async with refused(store, WebhookNeedsThread):
        await news.post(content="where?")
    async with refused(store, WebhookThreadTwice):
        await news.post(message.id, content="both", thread_name="x")
    here = await poster(store, owner)
    async with refused(store, WebhookThreadOutsideForum):
        await here.post(content="no forum", thread_name="x")


async def test_it_reads_edits_and_deletes_what_is_its_own(store):
    owner, here = await owner_of(store), general(store)
    news, other = await poster(store, owner), await poster(store, owner)
    message = await news.post(content="hello", username="Ticker")
    heard = Heard(store)
    edited = await news.edit(message.id, content="better", embeds=[{"title": "new"}])
    (told,) = heard.take()
    assert (told.name, told.d["content"]) == ("MESSAGE_UPDATE", "better")
    assert told.d["author"]["username"] == "Ticker"
    assert (await news.read(message.id)).payload() == edited.payload()
    async with store.queued(owner) as tx:
        of_owner = await messages.create_message(tx, here.id, MessageDraft.parse({"content": "mine"}))
    for who, message_id in ((other, message.id), (news, of_owner.id), (news, 12345)):
        for doing in (who.read(message_id), who.edit(message_id, content="no"), who.delete(message_id)):
            async with refused(store, UnknownMessage):
                await doing
    heard.take()
    await news.delete(message.id)
    assert heard.names == ["MESSAGE_DELETE"]
    async with refused(store, UnknownMessage):
        await news.read(message.id)


async def test_its_polls_end_and_its_messages_are_reacted_to(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, here = await poster(store, owner), general(store)
    answers = [{"poll_media": {"text": "yes"}}]
    message = await news.post(poll={"question": {"text": "?"}, "answers": answers}, username="Asker")
    async with store.transaction(ada) as tx:
        await polls.vote(tx, here.id, message.id, 1)
        await reactions.add_reaction(tx, here.id, message.id, EmojiKey.of("🔥"))
    heard = Heard(store)
    _, itself = await news.knock()
    async with store.transaction(itself) as tx:
        await polls.end_poll(tx, here.id, message.id)
    result = heard.entries[-1].d
    assert (result["type"], result["webhook_id"], result["mentions"]) == (46, str(news.id), [])
    assert result["author"]["username"] == "Asker"
    async with store.reading(ada) as tx:
        found = (await messages.get_message(tx, here.id, int(result["id"]))).payload()
    assert found["author"] == result["author"]


async def test_what_it_may_not_say(store):
    owner = await owner_of(store)
    news = await poster(store, owner)
    async with refused(store, EmptyMessage):
        await news.post(username="Silent")
    stage = await make_channel(store, owner, type=13)
    forum = await make_channel(store, owner, type=15)
    assert (await (await poster(store, owner, stage.id)).post(content="hello")).channel_id == stage.id
    _, itself = await (await poster(store, owner, forum.id)).knock()
    with pytest.raises(NotATextChannel):
        async with store.queued(itself) as tx:
            await messages.create_message(tx, forum.id, MessageDraft.parse({"content": "x"}))
    moved = await poster(store, owner)
    _, old = await moved.knock()
    await change(store, owner, moved.made, channel_id=str(stage.id))
    assert (await moved.knock())[1] == replace(old, posts_in=stage.id)


async def test_a_denied_permission_of_everybody_is_none_of_its_own(store):
    news = await poster(store, await owner_of(store))
    deny(store, int(Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL))
    assert (await news.post(content="hello")).content == "hello"


def test_all_faults_are_told_at_once():
    body = {
        "content": "x" * 2001, "username": "clyde", "avatar_url": "ftp://here/x.png", "thread_name": "",
        "applied_tags": ["no"], "embeds": 7, "flags": 8192,
    }  # fmt: skip
    with pytest.raises(InvalidFormBody) as refusal:
        WebhookMessageDraft.parse(body)
    assert set(refusal.value.errors) == set(body)


def test_what_only_members_messages_have_is_not_looked_at():
    body = {"content": "x", "nonce": [], "message_reference": 7, "sticker_ids": "no", "enforce_nonce": 1}
    draft = WebhookMessageDraft.parse(body).message
    assert (draft.nonce, draft.reference, draft.sticker_ids) == (None, None, ())


async def test_a_token_opens_it_to_anybody(store):
    news = await poster(store, await owner_of(store))
    assert await by_token(store, news.made) == (await news.knock())[1]
