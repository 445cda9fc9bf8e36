"""Announcements: a channel follows another, and what is published there is posted here."""

from __future__ import annotations

from typing import Any

import pytest

from chatd import assets
from chatd.actions import announcements, channels, deletions, messages, new_guilds, webhooks
from chatd.model.actor import Actor
from chatd.model.attachments import UploadedFile
from chatd.model.audience import Channel
from chatd.model.errors import (
    AlreadyCrossposted,
    InvalidFormBody,
    InvalidMessageType,
    MaximumWebhooks,
    MissingPermissions,
    UnknownChannel,
    UnknownMessage,
    UnknownWebhook,
    WrongChannelType,
)
from chatd.model.guilds import GuildDraft
from chatd.model.message_drafts import MessageDraft, MessageEdit
from chatd.model.messages import CROSSPOSTED, IS_CROSSPOST, SOURCE_MESSAGE_DELETED
from chatd.model.permissions import Permission
from chatd.model.webhooks import FollowDraft, Webhook
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.places import edit_channel, make_channel, manager, owner_of


async def news_of(store: Any, owner: Actor, **body: Any) -> Any:
    return await make_channel(store, owner, name="news", type=5, **body)


async def elsewhere(store: Any, actor: Actor) -> Any:
    """A text channel of another guild."""
    async with store.transaction(actor) as tx:
        guild = await new_guilds.create_guild(tx, GuildDraft.parse({"name": "away"}), owned_max=9)
    return store.directory.channels[guild.system_channel_id]


async def follow(store: Any, actor: Actor, source_id: int, target_id: int) -> Webhook:
    async with store.transaction(actor) as tx:
        draft = FollowDraft.parse({"webhook_channel_id": str(target_id)})
        return await announcements.follow_channel(tx, source_id, draft)


async def say(store: Any, actor: Actor, channel_id: int, **body: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await messages.create_message(tx, channel_id, MessageDraft.parse(body))


async def publish(store: Any, actor: Actor, message: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await announcements.crosspost_message(tx, message.channel_id, message.id)


async def test_who_follows_is_told_so_in_the_channel(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    heard = Heard(store)
    webhook = await follow(store, ada, news.id, away.id)
    assert (webhook.type, webhook.channel_id, webhook.source_channel_id) == (2, away.id, news.id)
    assert webhook.name == "Tests #news"
    told = {entry.name: entry for entry in heard.entries}
    assert told["WEBHOOKS_UPDATE"].audience == Channel(away.id, away.guild_id)
    assert told["WEBHOOKS_UPDATE"].d == {"guild_id": str(away.guild_id), "channel_id": str(away.id)}
    notice = told["MESSAGE_CREATE"].d
    assert (notice["type"], notice["content"], notice["channel_id"]) == (12, "Tests #news", str(away.id))
    assert notice["message_reference"] == {
        "type": 0, "channel_id": str(news.id), "guild_id": str(news.guild_id),
    }  # fmt: skip
    logged = told["GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert (logged.d["action_type"], logged.d["target_id"]) == (50, str(webhook.id))
    assert (await follow(store, ada, news.id, away.id)).id == webhook.id, "once is enough"
    await assert_as_fresh(store)


async def test_a_published_message_is_posted_wherever_it_is_followed(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    here = general(store)
    follower = await follow(store, ada, news.id, away.id)
    await follow(store, owner, news.id, here.id)
    said = await say(store, owner, news.id, content=f"hello <@{ada.id}>", embeds=[{"title": "new"}])
    heard = Heard(store)
    published = await publish(store, owner, said)
    assert published.flags == CROSSPOSTED
    updated, *copies = heard.entries
    assert (updated.name, updated.d["flags"], updated.d["edited_timestamp"]) == ("MESSAGE_UPDATE", 1, None)
    assert [(copy.name, copy.audience) for copy in copies] == [
        ("MESSAGE_CREATE", Channel(away.id, away.guild_id)),
        ("MESSAGE_CREATE", Channel(here.id, here.guild_id)),
    ]  # fmt: skip
    d = copies[0].d
    assert (d["content"], d["embeds"][0]["title"], d["flags"]) == (said.content, "new", IS_CROSSPOST)
    assert (d["mentions"], d["mention_everyone"], d["type"]) == ([], False, 0)
    assert d["webhook_id"] == d["author"]["id"] == str(follower.id)
    assert (d["author"]["username"], d["author"]["bot"], d["author"]["discriminator"]) == (
        "Tests #news", True, "0000",
    )  # fmt: skip
    assert d["message_reference"] == {
        "type": 0, "channel_id": str(news.id), "guild_id": str(news.guild_id), "message_id": str(said.id),
    }  # fmt: skip
    assert "member" not in d
    await assert_as_fresh(store)
    async with refused(store, AlreadyCrossposted):
        await publish(store, owner, said)


async def test_what_is_published_by_whom(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news = await news_of(store, owner)
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_MESSAGES)
    of_ada = await say(store, ada, news.id, content="hers")
    of_owner = await say(store, owner, news.id, content="his")
    async with refused(store, MissingPermissions):
        await publish(store, ada, of_owner)
    await publish(store, ada, of_ada)
    await publish(store, keeper, of_owner)
    elsewhere_said = await say(store, ada, general(store).id, content="no news")
    async with refused(store, WrongChannelType):
        await publish(store, ada, elsewhere_said)
    await follow(store, owner, news.id, news.id)  # the notice of it is the server's
    async with store.reading(owner) as tx:
        row = await tx._store.pool.fetchrow("select id from messages where type = 12")
    of_owner.id = row["id"]
    async with refused(store, InvalidMessageType):
        await publish(store, owner, of_owner)
    of_owner.id = 12345
    async with refused(store, UnknownMessage):
        await publish(store, owner, of_owner)


async def test_who_may_not_manage_webhooks_there_follows_nothing(store, monkeypatch):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    hide = [{"id": str(general(store).guild_id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]
    secret = await news_of(store, owner, permission_overwrites=hide)
    voice = await make_channel(store, owner, type=2)
    cases = [
        (ada, news.id, general(store).id, MissingPermissions), (ada, secret.id, away.id, UnknownChannel),
        (ada, news.id, 12345, UnknownChannel), (owner, news.id, away.id, UnknownChannel),
        (owner, general(store).id, news.id, WrongChannelType), (owner, news.id, voice.id, WrongChannelType),
    ]  # fmt: skip
    for actor, source_id, target_id, error in cases:
        async with refused(store, error):
            await follow(store, actor, source_id, target_id)
    monkeypatch.setattr(announcements, "WEBHOOKS_OF_CHANNEL_MAX", 1)
    other = await news_of(store, owner)
    await follow(store, owner, news.id, general(store).id)
    async with refused(store, MaximumWebhooks):
        await follow(store, owner, other.id, general(store).id)
    with pytest.raises(InvalidFormBody):
        FollowDraft.parse({"webhook_channel_id": "here"})


async def test_the_webhooks_of_a_channel_are_seen_and_taken_away_by_who_manages_them(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    webhook = await follow(store, ada, news.id, away.id)
    async with store.reading(ada) as tx:
        (of_channel,) = await webhooks.list_of_channel(tx, away.id)
        assert [of_channel] == await webhooks.list_of_guild(tx, away.guild_id)
        assert of_channel == await webhooks.get_webhook(tx, webhook.id)
    assert of_channel["source_channel"] == {"id": str(news.id), "name": "news"}
    assert of_channel["source_guild"]["name"] == "Tests" and of_channel["user"]["id"] == str(ada.id)
    for look in (webhooks.list_of_channel, webhooks.list_of_guild):
        place = general(store).id if look is webhooks.list_of_channel else general(store).guild_id
        with pytest.raises(MissingPermissions):
            async with store.reading(ada) as tx:
                await look(tx, place)
    async with refused(store, UnknownWebhook):
        async with store.transaction(owner) as tx:
            await webhooks.delete_webhook(tx, webhook.id)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await webhooks.delete_webhook(tx, webhook.id)
    assert heard.names == ["WEBHOOKS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert heard.entries[1].d["action_type"] == 52
    heard.take()
    await publish(store, owner, await say(store, owner, news.id, content="for nobody"))
    assert heard.names == ["MESSAGE_CREATE", "MESSAGE_UPDATE"]


async def test_what_a_channel_follows_is_shown_to_those_who_see_it(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    webhook = await follow(store, ada, news.id, away.id)
    hide = [{"id": str(news.guild_id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]
    await edit_channel(store, owner, news.id, name="secrets", permission_overwrites=hide)
    async with store.reading(ada) as tx:
        assert "source_channel" not in await webhooks.get_webhook(tx, webhook.id)


async def test_a_channel_that_is_gone_is_followed_no_more(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    webhook = await follow(store, ada, news.id, away.id)
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, news.id)
    async with store.reading(ada) as tx:
        assert "source_channel" not in await webhooks.get_webhook(tx, webhook.id)


async def follow_up(store: Any) -> None:
    while await announcements.update_next_copy(store):
        pass


async def published(store: Any, **body: Any) -> tuple[Any, Any, Any]:
    """The owner, what they have published, and the only copy of it."""
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    await follow(store, ada, news.id, away.id)
    said = await say(store, owner, news.id, **{"content": "first", **body})
    heard = Heard(store)
    await publish(store, owner, said)
    await follow_up(store)  # that it was published changes no copy
    (copy,) = [entry.d for entry in heard.entries if entry.name == "MESSAGE_CREATE"]
    assert heard.names == ["MESSAGE_UPDATE", "MESSAGE_CREATE"]
    return owner, said, copy


async def test_an_edit_of_what_was_published_comes_to_its_copies(store):
    owner, said, copy = await published(store, embeds=[{"title": "old"}])
    edit = MessageEdit.parse({"content": "second", "embeds": [{"title": "new"}]})
    async with store.queued(owner) as tx:
        await messages.update_message(tx, said.channel_id, said.id, edit)
    heard = Heard(store)
    await follow_up(store)
    (entry,) = heard.entries
    assert (entry.name, entry.d["id"], entry.d["content"]) == ("MESSAGE_UPDATE", copy["id"], "second")
    assert entry.d["embeds"][0]["title"] == "new" and entry.d["flags"] == IS_CROSSPOST
    assert entry.d["edited_timestamp"] is not None
    assert (entry.d["author"], entry.d["message_reference"]) == (copy["author"], copy["message_reference"])
    assert not await announcements.update_next_copy(store)


async def test_copies_say_that_what_was_published_is_deleted(store):
    owner, said, copy = await published(store, embeds=[{"title": "old"}])
    async with store.queued(owner) as tx:
        await deletions.delete_own_message(tx, said.channel_id, said.id)
    heard = Heard(store)
    await follow_up(store)
    (entry,) = heard.entries
    assert (entry.d["id"], entry.d["content"]) == (copy["id"], "[Original Message Deleted]")
    assert (entry.d["flags"], entry.d["embeds"]) == (IS_CROSSPOST | SOURCE_MESSAGE_DELETED, [])


async def test_however_it_is_deleted(store):
    owner, said, _ = await published(store)
    async with store.pool.acquire() as conn:
        await conn.execute("delete from messages where id = $1", said.id)
    heard = Heard(store)
    await follow_up(store)
    assert heard.names == ["MESSAGE_UPDATE"]


async def test_copies_that_were_made_before_there_were_notes_of_them_follow_too(store):
    owner, said, copy = await published(store)
    async with store.queued(owner) as tx:
        await messages.update_message(tx, said.channel_id, said.id, MessageEdit.parse({"content": "second"}))
    async with store.pool.acquire() as conn:
        await conn.execute("delete from crossposts")
        for _ in range(2):
            await conn.execute(assets.sql().joinpath("schema", "0020_crossposts.sql").read_text())
    heard = Heard(store)
    await follow_up(store)
    (entry,) = heard.entries
    assert (entry.d["id"], entry.d["content"]) == (copy["id"], "second")


async def test_a_copy_that_was_deleted_itself_is_left_alone(store):
    owner, said, copy = await published(store)
    async with store.pool.acquire() as conn:
        await conn.execute("delete from messages where id = $1", int(copy["id"]))
        await conn.execute("delete from messages where id = $1", said.id)
    assert not await announcements.update_next_copy(store)


async def test_files_are_attached_to_a_copy_anew_only_where_they_are_others(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    news, away = await news_of(store, owner), await elsewhere(store, ada)
    await follow(store, ada, news.id, away.id)
    file = UploadedFile(0, "a.txt", "text/plain", 5, b"hello", blob=f"{0:032x}")
    async with store.transaction(owner) as tx:
        said = await messages.create_message(tx, news.id, MessageDraft.parse({"content": "first"}, [file]))
    heard = Heard(store)
    await publish(store, owner, said)
    (copy,) = [entry.d for entry in heard.entries if entry.name == "MESSAGE_CREATE"]
    for body, left in (({"content": "second"}, copy["attachments"]), ({"attachments": []}, [])):
        async with store.transaction(owner) as tx:
            await messages.update_message(tx, said.channel_id, said.id, MessageEdit.parse(body))
        heard.take()
        await follow_up(store)
        told = heard.entries[0].d
        assert [each["id"] for each in told["attachments"]] == [each["id"] for each in left]
