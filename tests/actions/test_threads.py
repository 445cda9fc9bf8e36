"""Threads: made of a message, of nothing or as a post; changed, archived and deleted by those who may."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chatd.actions import channels, deletions, messages, threads
from chatd.model.audience import Channel, Users
from chatd.model.errors import (
    InvalidFormBody,
    MaximumActiveThreads,
    MaximumPinnedThreads,
    MissingPermissions,
    NoTagToChoose,
    SlowModeActive,
    SystemMessage,
    TagRequired,
    ThreadArchived,
    ThreadExists,
    ThreadLocked,
    UnknownChannel,
    UnknownMessage,
    UnknownTag,
    WrongChannelType,
)
from chatd.model.message_drafts import MessagePage
from chatd.model.messages import HAS_THREAD, MessageType
from chatd.model.permissions import Permission
from chatd.model.thread_drafts import ThreadDraft
from chatd.model.threads import PINNED
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, deny, general, person
from tests.places import edit_channel, make_channel, manager, owner_of
from tests.talk import say
from tests.threading import ANNOUNCEMENT, PRIVATE, PUBLIC, edit, join, start, start_from

DRAFT = ThreadDraft.parse({"name": "talk"})


async def people_of(store: Any) -> tuple[Any, Any, Any]:
    """The owner, and ada and bob, who came by themselves."""
    return await owner_of(store), (await person(store, "ada"))[0], (await person(store, "bob"))[0]


async def said_in(store: Any, actor: Any, channel_id: int) -> list[tuple[int, str]]:
    """What was said there, by type, the newest first."""
    async with store.reading(actor) as tx:
        found = await messages.list_messages(tx, channel_id, MessagePage.parse({}))
    return [(int(message.type), message.content) for message in found]


async def get(store: Any, actor: Any, message: Any) -> Any:
    async with store.reading(actor) as tx:
        found = await messages.get_message(tx, message.channel_id, message.id)
    return found


# Made of a message


async def test_a_thread_of_a_message_has_its_id_and_begins_with_a_reference_to_it(store):
    _, ada, bob = await people_of(store)
    message, heard = await say(store, ada, "what about lunch?"), Heard(store)
    thread = await start_from(store, bob, message, name="lunch")
    assert (thread.id, thread.type, thread.parent_id) == (message.id, PUBLIC, general(store).id)
    assert thread.thread.owner_id == bob.id and list(thread.thread.members) == [bob.id]
    assert thread.thread.auto_archive_duration == 1440 and thread.thread.message_count == 0
    made, joined, _, starter, marked = heard.entries
    assert (made.name, made.d["newly_created"], made.d["member_count"]) == ("THREAD_CREATE", True, 1)
    assert made.audience == joined.audience == Channel(thread.id, general(store).guild_id)
    (member,) = joined.d["added_members"]
    assert (joined.name, joined.d["member_count"]) == ("THREAD_MEMBERS_UPDATE", 1)
    assert member["member"]["user"]["username"] == "bob" and member["presence"] is None
    assert (starter.d["type"], starter.d["channel_id"]) == (21, str(thread.id))
    assert starter.d["message_reference"] == {
        "type": 0, "channel_id": str(general(store).id), "message_id": str(message.id),
        "guild_id": str(general(store).guild_id),
    }  # fmt: skip
    assert starter.d["referenced_message"]["content"] == "what about lunch?"
    assert (marked.name, marked.d["flags"] & HAS_THREAD) == ("MESSAGE_UPDATE", HAS_THREAD)
    assert marked.d["thread"]["name"] == "lunch" and "member" not in marked.d["thread"]
    assert (await get(store, ada, message)).payload()["thread"]["id"] == str(thread.id)
    shown = [(await get(store, actor, message)).viewed()["thread"] for actor in (ada, bob)]
    assert shown == [thread.payload_for(ada.id), thread.payload_for(bob.id)] and "member" in shown[1]
    await assert_as_fresh(store)


async def test_a_thread_of_an_older_message_is_announced_in_the_channel(store):
    _, ada, _ = await people_of(store)
    message = await say(store, ada, "what about lunch?")
    await say(store, ada, "something else")
    thread, heard = await start_from(store, ada, message, name="lunch"), general(store).id
    assert (await said_in(store, ada, heard))[0] == (MessageType.THREAD_CREATED, "lunch")
    assert await said_in(store, ada, thread.id) == [(MessageType.THREAD_STARTER_MESSAGE, "")]


async def test_a_message_has_one_thread(store):
    _, ada, bob = await people_of(store)
    message = await say(store, ada, "hello")
    await start_from(store, ada, message)
    async with refused(store, ThreadExists):
        await start_from(store, bob, message)


async def test_two_who_make_a_thread_of_one_message_at_once_make_one(store):
    _, ada, bob = await people_of(store)
    message = await say(store, ada, "hello")
    made = await asyncio.gather(
        start_from(store, ada, message), start_from(store, bob, message), return_exceptions=True
    )
    assert sorted(type(each) for each in made if isinstance(each, Exception)) == [ThreadExists]
    await assert_as_fresh(store)


async def test_what_no_user_has_said_makes_no_thread(store):
    owner, ada, _ = await people_of(store)
    async with store.transaction(ada) as tx:
        notice = await messages.create_system_message(
            tx, general(store).id, MessageType.USER_JOIN, author_id=ada.id
        )
    async with refused(store, SystemMessage):
        await start_from(store, owner, notice)
    notice.id = 5
    async with refused(store, UnknownMessage):
        await start_from(store, owner, notice)


async def test_an_announcement_has_threads_of_its_own_type(store):
    owner, _, _ = await people_of(store)
    news = await make_channel(store, owner, type=5)
    message = await say(store, owner, "we are open", news.id)
    assert (await start_from(store, owner, message)).type == ANNOUNCEMENT
    assert (await start(store, owner, news.id, type=ANNOUNCEMENT)).type == ANNOUNCEMENT
    assert [kind for kind, _ in await said_in(store, owner, news.id)] == [0]
    for kind in (PUBLIC, PRIVATE):
        async with refused(store, WrongChannelType):
            await start(store, owner, news.id, type=kind)


async def test_a_thread_outlives_its_message(store):
    _, ada, bob = await people_of(store)
    message = await say(store, ada, "hello")
    thread = await start_from(store, bob, message)
    await say(store, ada, "something else")
    async with store.queued(ada) as tx:
        await deletions.delete_own_message(tx, message.channel_id, message.id)
    await say(store, ada, "still here", thread.id)
    async with store.reading(ada) as tx:
        *_, starter = await messages.list_messages(tx, thread.id, MessagePage.parse({}))
    assert starter.payload()["referenced_message"] is None
    await assert_as_fresh(store)


# Made of nothing


async def test_a_public_thread_is_announced_with_a_reference_to_it(store):
    _, ada, _ = await people_of(store)
    heard = Heard(store)
    thread = await start(store, ada, name="lunch", auto_archive_duration=60, rate_limit_per_user=5)
    assert (thread.type, thread.rate_limit_per_user) == (PUBLIC, 5)
    assert thread.thread.auto_archive_duration == 60 and thread.thread.invitable
    assert heard.names == [
        "THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "MESSAGE_CREATE"
    ]  # fmt: skip
    notice = heard.entries[-1].d
    assert (notice["type"], notice["content"]) == (18, "lunch")
    assert notice["message_reference"]["channel_id"] == str(thread.id)
    entry = heard.entries[-2].d
    assert (entry["action_type"], entry["target_id"]) == (110, str(thread.id))
    assert {"key": "name", "new_value": "lunch"} in entry["changes"]
    await assert_as_fresh(store)


async def test_a_private_thread_is_a_secret_of_its_members_and_the_moderators(store):
    owner, ada, bob = await people_of(store)
    heard = Heard(store)
    thread = await start(store, ada, type=PRIVATE, invitable=False)
    assert "MESSAGE_CREATE" not in heard.names and not thread.thread.invitable
    sees = store.directory.can_view
    assert [sees(actor.id, thread.id) for actor in (owner, ada, bob)] == [True, True, False]
    async with refused(store, UnknownChannel):
        await say(store, bob, "let me in", thread.id)
    await assert_as_fresh(store)


async def test_a_thread_has_what_the_channel_says_unless_it_says_otherwise(store):
    owner, ada, _ = await people_of(store)
    place = await make_channel(
        store, owner, default_auto_archive_duration=4320, default_thread_rate_limit_per_user=9
    )
    thread = await start(store, ada, place.id)
    assert (thread.thread.auto_archive_duration, thread.rate_limit_per_user) == (4320, 9)
    other = await start(store, ada, place.id, auto_archive_duration=60, rate_limit_per_user=0)
    assert (other.thread.auto_archive_duration, other.rate_limit_per_user) == (60, 0)


@pytest.mark.parametrize(
    "kind, denied",
    [(PUBLIC, Permission.CREATE_PUBLIC_THREADS), (PRIVATE, Permission.CREATE_PRIVATE_THREADS)],
)
async def test_to_make_a_thread_is_a_permission(store, kind, denied):
    _, ada, _ = await people_of(store)
    deny(store, int(denied))
    async with refused(store, MissingPermissions):
        await start(store, ada, type=kind)


async def test_where_there_are_no_threads(store):
    owner, ada, _ = await people_of(store)
    thread = await start(store, ada)
    said = await say(store, ada, "hello", thread.id)
    category = await make_channel(store, owner, type=4)
    forum = await make_channel(store, owner, type=15)
    for channel_id in (thread.id, category.id):
        async with refused(store, WrongChannelType):
            await start(store, owner, channel_id)
    for channel_id in (thread.id, forum.id):
        said.channel_id = channel_id
        async with refused(store, WrongChannelType):
            await start_from(store, owner, said)


async def test_only_so_many_threads_are_active(store, monkeypatch):
    _, ada, _ = await people_of(store)
    monkeypatch.setattr("chatd.actions.thread_rows.ACTIVE_THREADS_MAX", 2)
    first, _ = await start(store, ada), await start(store, ada)
    async with refused(store, MaximumActiveThreads):
        await start(store, ada)
    await edit(store, ada, first.id, archived=True)
    await start(store, ada)
    async with refused(store, MaximumActiveThreads):
        await edit(store, ada, first.id, archived=False)
    async with refused(store, MaximumActiveThreads):
        await say(store, ada, "again", first.id)


# Posts of a forum

TAGS = [{"name": "idea"}, {"name": "done", "moderated": True}]


async def test_a_post_is_a_thread_and_its_first_message(store):
    owner, ada, bob = await people_of(store)
    forum = await make_channel(store, owner, type=15, available_tags=TAGS)
    idea = forum.available_tags[0].id
    heard = Heard(store)
    draft = {"name": "lunch", "applied_tags": [idea], "message": {"content": f"<@{bob.id}>?"}}
    async with store.transaction(ada) as tx:
        made = await threads.create_thread(tx, forum.id, ThreadDraft.parse(draft))
    assert made["type"] == PUBLIC and made["applied_tags"] == [str(idea)]
    assert made["id"] == made["message"]["id"] == made["message"]["channel_id"] == made["last_message_id"]
    assert made["member"]["user_id"] == str(ada.id) and made["message_count"] == 0
    assert heard.names == [
        "THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "MESSAGE_CREATE",
        "THREAD_CREATE", "THREAD_MEMBERS_UPDATE",
    ]  # fmt: skip
    thread = store.directory.channels[int(made["id"])].thread
    assert set(thread.members) == {ada.id, bob.id} and thread.message_count == 0
    assert store.directory.channels[forum.id].last_message_id == int(made["id"])
    await assert_as_fresh(store)


async def test_a_post_needs_a_message_and_the_permission_to_send_one(store):
    owner, ada, _ = await people_of(store)
    forum = await make_channel(store, owner, type=15)
    async with refused(store, InvalidFormBody) as caught:
        await start(store, ada, forum.id)
    assert caught.value.errors["message"]["_errors"][0]["code"] == "BASE_TYPE_REQUIRED"
    deny(store, int(Permission.CREATE_PUBLIC_THREADS))
    await start(store, ada, forum.id, message={"content": "hello"})
    deny(store, int(Permission.SEND_MESSAGES))
    async with refused(store, MissingPermissions):
        await start(store, ada, forum.id, message={"content": "hello"})


async def test_a_post_has_tags_of_its_forum_and_moderated_ones_from_moderators(store):
    owner, ada, _ = await people_of(store)
    forum = await make_channel(store, owner, type=15, available_tags=TAGS, flags=1 << 4)
    idea, done = (tag.id for tag in forum.available_tags)

    async def post(actor: Any, *tags: int) -> Any:
        return await start(store, actor, forum.id, applied_tags=list(tags), message={"content": "x"})

    for tags, error in (((), TagRequired), ((5,), UnknownTag), ((done,), MissingPermissions)):
        async with refused(store, error):
            await post(ada, *tags)
    await post(owner, done)
    thread = await post(ada, idea)
    async with refused(store, MissingPermissions):
        await edit(store, ada, thread.id, applied_tags=[idea, done])
    await edit(store, owner, thread.id, applied_tags=[done, idea])
    assert store.directory.channels[thread.id].thread.applied_tags == (done, idea)
    async with refused(store, MissingPermissions):
        await edit(store, ada, thread.id, applied_tags=[idea])
    async with refused(store, TagRequired):
        await edit(store, owner, thread.id, applied_tags=[])


async def test_where_only_moderators_have_tags_nobody_else_can_choose_one(store):
    owner, ada, _ = await people_of(store)
    forum = await make_channel(store, owner, type=15, available_tags=TAGS[1:], flags=1 << 4)
    async with refused(store, NoTagToChoose):
        await start(store, ada, forum.id, message={"content": "x"})


async def test_one_post_is_pinned_until_it_is_archived(store):
    owner, ada, _ = await people_of(store)
    forum = await make_channel(store, owner, type=15)
    first, second = [await start(store, ada, forum.id, message={"content": "x"}) for _ in range(2)]
    async with refused(store, MissingPermissions):
        await edit(store, ada, first.id, flags=PINNED)
    assert (await edit(store, owner, first.id, flags=PINNED | 1 << 4)).flags == PINNED
    async with refused(store, MaximumPinnedThreads):
        await edit(store, owner, second.id, flags=PINNED)
    assert (await edit(store, ada, first.id, archived=True)).flags == 0
    assert (await edit(store, owner, second.id, flags=PINNED)).flags == PINNED
    assert (await edit(store, owner, second.id, flags=0)).flags == 0
    await assert_as_fresh(store)


async def test_a_thread_of_a_channel_cannot_be_pinned_nor_tagged(store):
    owner, ada, _ = await people_of(store)
    thread = await start(store, ada)
    async with refused(store, WrongChannelType):
        await edit(store, owner, thread.id, flags=PINNED)
    async with refused(store, UnknownTag):
        await edit(store, owner, thread.id, applied_tags=[7])


# Changed


async def test_who_made_a_thread_may_change_most_of_it(store):
    owner, ada, bob = await people_of(store)
    thread, heard = await start(store, ada), Heard(store)
    await edit(store, ada, thread.id, name="supper", auto_archive_duration=60)
    update, entry, notice = heard.entries
    assert (update.name, update.d["name"]) == ("THREAD_UPDATE", "supper")
    assert update.audience == Channel(thread.id, thread.guild_id)
    before = thread.payload()["thread_metadata"]["archive_timestamp"]
    assert update.d["thread_metadata"]["archive_timestamp"] > before
    assert {"key": "name", "old_value": "talk", "new_value": "supper"} in entry.d["changes"]
    assert (notice.d["type"], notice.d["content"]) == (4, "supper")
    for body in ({"rate_limit_per_user": 5}, {"flags": 0}, {"locked": True}):
        async with refused(store, MissingPermissions):
            await edit(store, ada, thread.id, **body)
        await edit(store, owner, thread.id, **body)
    other = await start(store, ada)
    async with refused(store, MissingPermissions):
        await edit(store, bob, other.id, name="mine")
    await assert_as_fresh(store)


async def test_an_edit_that_changes_nothing_is_not_announced(store):
    _, ada, _ = await people_of(store)
    thread, heard = await start(store, ada), Heard(store)
    await edit(store, ada, thread.id, name="talk", archived=False)
    await edit(store, ada, thread.id)
    assert heard.entries == []


async def test_who_is_timed_out_changes_not_even_their_own_thread(store, connection):
    _, ada, _ = await people_of(store)
    thread = await start(store, ada)
    member = store.directory.guilds[thread.guild_id].members[ada.id]
    async with store.reading(ada) as tx:
        member.communication_disabled_until = tx.now() + timedelta(minutes=1)
    async with refused(store, MissingPermissions):
        await edit(store, ada, thread.id, name="I can still speak")


async def test_only_a_private_thread_can_be_closed_to_guests(store):
    _, ada, _ = await people_of(store)
    public, private = await start(store, ada), await start(store, ada, type=PRIVATE)
    assert (await edit(store, ada, public.id, invitable=False)).thread.invitable
    assert not (await edit(store, ada, private.id, invitable=False)).thread.invitable


async def test_what_is_archived_is_unarchived_before_it_is_changed(store):
    owner, ada, bob = await people_of(store)
    thread = await start(store, ada)
    await join(store, bob, thread.id)
    heard = Heard(store)
    await edit(store, ada, thread.id, archived=True)
    assert heard.names == ["THREAD_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert store.directory.threads.active(thread.guild_id) == []
    async with refused(store, ThreadArchived):
        await edit(store, owner, thread.id, name="other")
    async with refused(store, ThreadArchived):
        await edit(store, owner, thread.id, archived=True, locked=True)
    await edit(store, owner, thread.id, archived=True)
    heard.take()
    await edit(store, bob, thread.id, archived=False)
    update, reminder, _ = heard.entries
    assert (update.name, update.d["thread_metadata"]["archived"]) == ("THREAD_UPDATE", False)
    assert reminder.name == "THREAD_MEMBER_UPDATE"
    assert reminder.audience == Users((ada.id, bob.id), thread.guild_id)
    await edit(store, ada, thread.id, archived=True)
    assert (await edit(store, owner, thread.id, archived=False, name="other")).name == "other"
    await assert_as_fresh(store)


async def test_what_is_locked_only_moderators_touch(store):
    owner, ada, bob = await people_of(store)
    thread = await start(store, ada)
    said = await say(store, ada, "hello", thread.id)
    await edit(store, owner, thread.id, locked=True)
    for refusal in (
        edit(store, ada, thread.id, name="other"), say(store, bob, "hello", thread.id),
        edit(store, ada, thread.id, archived=True),
    ):  # fmt: skip
        async with refused(store, ThreadLocked):
            await refusal
    await say(store, owner, "it is over", thread.id)
    await edit(store, owner, thread.id, archived=True)
    async with refused(store, ThreadLocked):
        await edit(store, ada, thread.id, archived=False)
    async with refused(store, ThreadLocked), store.queued(ada) as tx:
        await deletions.delete_own_message(tx, thread.id, said.id)
    await say(store, owner, "or is it?", thread.id)
    assert not store.directory.channels[thread.id].thread.archived


async def test_whoever_speaks_in_an_archived_thread_wakes_it(store):
    _, ada, bob = await people_of(store)
    thread = await start(store, ada)
    said = await say(store, ada, "hello", thread.id)
    await edit(store, ada, thread.id, archived=True)
    async with refused(store, ThreadArchived), store.queued(ada) as tx:
        await messages.update_message(tx, thread.id, said.id, messages.MessageEdit.parse({"content": "x"}))
    async with store.queued(ada) as tx:
        await deletions.delete_own_message(tx, thread.id, said.id)
    heard = Heard(store)
    await say(store, ada, "good morning", thread.id)
    assert heard.names == ["THREAD_UPDATE", "THREAD_MEMBER_UPDATE", "MESSAGE_CREATE"]
    assert not heard.entries[0].d["thread_metadata"]["archived"]
    await assert_as_fresh(store)


async def test_many_who_speak_in_an_archived_thread_at_once_wake_it_once(store):
    _, ada, bob = await people_of(store)
    thread = await start(store, ada)
    await edit(store, ada, thread.id, archived=True)
    heard = Heard(store)
    await asyncio.gather(*(say(store, each, "good morning", thread.id) for each in (ada, bob, ada, bob)))
    assert heard.names.count("THREAD_UPDATE") == 1 and heard.names.count("MESSAGE_CREATE") == 4
    assert heard.names.count("THREAD_MEMBERS_UPDATE") == 1
    await assert_as_fresh(store)


# Deleted


async def test_a_deleted_thread_leaves_the_message_that_it_was_made_of(store):
    owner, ada, _ = await people_of(store)
    message = await say(store, ada, "hello")
    thread = await start_from(store, ada, message)
    await say(store, ada, "in here", thread.id)
    async with refused(store, MissingPermissions), store.transaction(ada) as tx:
        await threads.delete_thread(tx, thread.id)
    heard = Heard(store)
    async with store.transaction(owner) as tx:
        await threads.delete_thread(tx, thread.id)
    gone, entry = heard.entries
    assert gone.d == {
        "id": str(thread.id), "guild_id": str(thread.guild_id), "parent_id": str(thread.parent_id),
        "type": PUBLIC,
    }  # fmt: skip
    assert gone.audience == Channel(thread.parent_id, thread.guild_id)
    assert (entry.d["action_type"], entry.d["target_id"]) == (112, str(thread.id))
    assert "thread" not in (await get(store, ada, message)).payload()
    async with refused(store, ThreadExists):
        await start_from(store, ada, message)
    await assert_as_fresh(store)


async def test_of_a_deleted_secret_hear_those_who_knew_it(store):
    owner, ada, bob = await people_of(store)
    mod = await manager(store, owner, "mod", Permission.MANAGE_THREADS)
    thread, heard = await start(store, ada, type=PRIVATE), Heard(store)
    async with refused(store, UnknownChannel), store.transaction(bob) as tx:
        await threads.delete_thread(tx, thread.id)
    async with store.transaction(mod) as tx:
        await threads.delete_thread(tx, thread.id)
    audience = heard.entries[0].audience
    assert isinstance(audience, Users) and {owner.id, ada.id, mod.id} <= set(audience.user_ids)
    assert bob.id not in audience.user_ids
    await assert_as_fresh(store)


async def test_the_threads_of_a_deleted_channel_go_with_it_unsaid(store):
    owner, ada, _ = await people_of(store)
    place = await make_channel(store, owner)
    thread = await start(store, ada, place.id)
    heard = Heard(store)
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, place.id)
    assert "THREAD_DELETE" not in heard.names and thread.id not in store.directory.channels
    async with refused(store, UnknownChannel):
        await say(store, ada, "hello?", thread.id)
    await assert_as_fresh(store)


# By itself


async def test_what_nobody_has_stirred_for_long_enough_is_archived(store):
    _, ada, _ = await people_of(store)
    clock = store.clock
    quiet = await start(store, ada, auto_archive_duration=60)
    lively = await start(store, ada, auto_archive_duration=60)
    longer = await start(store, ada, auto_archive_duration=1440)
    store.clock = lambda: clock() + 50 * 60
    store.mint._clock = store.clock
    await say(store, ada, "still here", lively.id)
    store.clock = lambda: clock() + 61 * 60
    heard = Heard(store)
    async with store.reading(ada) as tx:
        assert threads.idle_threads(tx) == [quiet.id]
    for thread in (quiet, lively, longer):
        async with store.transaction(ada) as tx:
            assert await threads.archive_if_idle(tx, thread.id) == (thread is quiet)
    (entry,) = heard.entries
    assert (entry.name, entry.d["id"]) == ("THREAD_UPDATE", str(quiet.id))
    assert entry.d["thread_metadata"]["archived"]
    await assert_as_fresh(store)


async def test_a_pinned_post_stays(store):
    owner, ada, _ = await people_of(store)
    forum, clock = await make_channel(store, owner, type=15), store.clock
    post = await start(store, ada, forum.id, message={"content": "x"}, auto_archive_duration=60)
    await edit(store, owner, post.id, flags=PINNED)
    store.clock = lambda: clock() + 365 * 86400
    async with store.reading(ada) as tx:
        assert threads.idle_threads(tx) == []


async def test_in_a_forum_slow_mode_is_between_posts(store):
    owner, ada, _ = await people_of(store)
    forum = await make_channel(store, owner, type=15, rate_limit_per_user=60)
    post = await start(store, ada, forum.id, message={"content": "x"})
    assert post.rate_limit_per_user == 0
    async with refused(store, SlowModeActive):
        await start(store, ada, forum.id, message={"content": "x"})
    await start(store, owner, forum.id, message={"content": "x"})


async def test_who_must_wait_brings_nobody_along(store):
    _, ada, bob = await people_of(store)
    thread = await start(store, ada, rate_limit_per_user=60)
    await say(store, ada, "hello", thread.id)
    async with refused(store, SlowModeActive):
        await say(store, ada, f"<@{bob.id}> are you there?", thread.id)


async def test_a_tag_that_is_deleted_goes_from_the_threads_of_its_forum(store):
    owner = await owner_of(store)
    forum = await make_channel(store, owner, type=15, available_tags=TAGS)
    first, *others = (tag.id for tag in forum.available_tags)
    body = {"applied_tags": [first, others[0]], "message": {"content": "x"}}
    thread = await start(store, owner, forum.id, **body)
    kept = [tag.payload() for tag in forum.available_tags if tag.id != first]
    heard = Heard(store)
    await edit_channel(store, owner, forum.id, available_tags=kept)
    assert "THREAD_UPDATE" not in heard.names
    assert store.directory.channels[thread.id].thread.applied_tags == (others[0],)
    await assert_as_fresh(store)
