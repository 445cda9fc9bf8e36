"""Members of threads: who joins, is brought along, leaves, and comes by speaking or being spoken to."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import members, messages, thread_members
from chatd.model.audience import Channel, Users
from chatd.model.errors import (
    MaximumThreadMembers,
    MissingAccess,
    MissingPermissions,
    ThreadArchived,
    ThreadLocked,
    UnknownChannel,
    UnknownMember,
    WrongChannelType,
)
from chatd.model.message_drafts import MessageDraft
from chatd.model.permissions import Permission
from chatd.model.thread_drafts import ThreadMemberPage
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, deny, general, person, set_flags
from tests.places import edit_channel, give_role, make_role, manager, owner_of
from tests.talk import say
from tests.threading import PRIVATE, add, edit, join, leave, remove, start


async def people_of(store: Any) -> tuple[Any, Any, Any]:
    """The owner, and ada and bob, who came by themselves."""
    return await owner_of(store), (await person(store, "ada"))[0], (await person(store, "bob"))[0]


def members_of(store: Any, thread: Any) -> set[int]:
    return set(store.directory.channels[thread.id].thread.members)


# Come


async def test_who_joins_is_told_of_the_thread_and_all_who_see_it_of_them(store):
    _, ada, bob = await people_of(store)
    thread, heard = await start(store, ada), Heard(store)
    await join(store, bob, thread.id)
    told, everybody = heard.entries
    assert (told.name, told.audience) == ("THREAD_CREATE", Users((bob.id,), thread.guild_id))
    assert told.d["member"]["user_id"] == str(bob.id) and "newly_created" not in told.d
    assert told.d["member_count"] == everybody.d["member_count"] == 2
    assert (everybody.name, everybody.audience) == (
        "THREAD_MEMBERS_UPDATE", Channel(thread.id, thread.guild_id)
    )  # fmt: skip
    (added,) = everybody.d["added_members"]
    assert added["user_id"] == str(bob.id) and added["member"]["user"]["username"] == "bob"
    heard.take()
    await join(store, bob, thread.id)
    assert heard.entries == []
    await assert_as_fresh(store)


async def test_nobody_joins_what_they_do_not_see_or_is_no_open_thread(store):
    _, ada, bob = await people_of(store)
    private, archived = await start(store, ada, type=PRIVATE), await start(store, ada)
    await edit(store, ada, archived.id, archived=True)
    for channel_id, error in (
        (private.id, UnknownChannel), (archived.id, ThreadArchived), (general(store).id, WrongChannelType)
    ):  # fmt: skip
        async with refused(store, error):
            await join(store, bob, channel_id)


async def test_a_thread_holds_so_many(store, monkeypatch):
    _, ada, bob = await people_of(store)
    thread = await start(store, ada)
    monkeypatch.setattr("chatd.actions.thread_members.THREAD_MEMBERS_MAX", 1)
    async with refused(store, MaximumThreadMembers):
        await join(store, bob, thread.id)
    async with refused(store, MaximumThreadMembers):
        await add(store, ada, thread.id, bob.id)
    await say(store, bob, "I can speak all the same", thread.id)
    assert members_of(store, thread) == {ada.id}


async def test_whoever_may_speak_brings_others_along(store):
    _, ada, bob = await people_of(store)
    thread, heard = await start(store, ada), Heard(store)
    await add(store, bob, thread.id, bob.id)
    assert heard.names == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE"]
    cleo, _ = await person(store, "cleo")
    heard.take()
    await add(store, bob, thread.id, cleo.id)
    assert heard.names == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]
    notice = heard.entries[-1].d
    assert (notice["type"], notice["author"]["username"]) == (1, "bob")
    assert [user["username"] for user in notice["mentions"]] == ["cleo"]
    heard.take()
    await add(store, bob, thread.id, cleo.id)
    assert heard.entries == []
    deny(store, int(Permission.SEND_MESSAGES_IN_THREADS))
    async with refused(store, MissingPermissions):
        await add(store, bob, thread.id, ada.id)


async def test_nobody_is_brought_who_could_not_see_the_thread(store):
    owner, ada, bob = await people_of(store)
    thread = await start(store, ada)
    async with refused(store, UnknownMember):
        await add(store, ada, thread.id, 12345)
    hidden = [{"id": str(bob.id), "type": 1, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}]
    await edit_channel(store, owner, thread.parent_id, permission_overwrites=hidden)
    async with refused(store, MissingAccess):
        await add(store, ada, thread.id, bob.id)
    await say(store, ada, f"<@{bob.id}> would not know", thread.id)
    assert members_of(store, thread) == {ada.id}


async def test_nobody_is_brought_into_a_thread_that_is_archived_or_locked(store):
    owner, ada, bob = await people_of(store)
    thread = await start(store, ada)
    await edit(store, owner, thread.id, locked=True)
    async with refused(store, ThreadLocked):
        await add(store, ada, thread.id, bob.id)
    await add(store, owner, thread.id, bob.id)
    await edit(store, owner, thread.id, archived=True)
    async with refused(store, ThreadArchived):
        await add(store, owner, thread.id, owner.id)


async def test_a_private_thread_may_be_closed_to_the_guests_of_guests(store):
    owner, ada, bob = await people_of(store)
    mod = await manager(store, owner, "mod", Permission.MANAGE_THREADS)
    cleo, _ = await person(store, "cleo")
    thread = await start(store, ada, type=PRIVATE, invitable=False)
    await add(store, ada, thread.id, bob.id)
    async with refused(store, MissingPermissions):
        await add(store, bob, thread.id, cleo.id)
    await say(store, bob, f"<@{cleo.id}> should see this", thread.id)
    assert cleo.id not in members_of(store, thread)
    await add(store, mod, thread.id, cleo.id)
    assert store.directory.can_view(cleo.id, thread.id)
    await assert_as_fresh(store)


async def test_whoever_speaks_and_whom_they_mention_is_in_the_thread(store):
    owner, ada, bob = await people_of(store)
    thread, heard = await start(store, ada, type=PRIVATE), Heard(store)
    await say(store, ada, f"<@{bob.id}> <@{owner.id}> <@{ada.id}> what do you think?", thread.id)
    assert heard.names == ["THREAD_CREATE", "THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]
    assert heard.entries[2].d["member_count"] == 3 and len(heard.entries[2].d["added_members"]) == 2
    assert members_of(store, thread) == {ada.id, bob.id, owner.id}
    heard.take()
    await say(store, bob, f"<@{ada.id}> I think so", thread.id)
    assert heard.names == ["MESSAGE_CREATE"]
    await assert_as_fresh(store)


async def test_who_wakes_a_thread_that_they_are_not_in_is_told_of_an_active_one(store):
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    thread = await start(store, ada)
    await edit(store, ada, thread.id, archived=True)
    heard = Heard(store)
    await say(store, bob, channel_id=thread.id)
    (told,) = [entry.d for entry in heard.entries if entry.name == "THREAD_CREATE"]
    assert not told["thread_metadata"]["archived"]
    assert not store.directory.channels[thread.id].thread.archived
    await assert_as_fresh(store)


async def test_a_role_that_is_mentioned_brings_its_members_unless_they_are_too_many(store, monkeypatch):
    owner, ada, bob = await people_of(store)
    cooks = await make_role(store, owner, name="cooks", mentionable=True)
    for actor in (ada, bob):
        await give_role(store, actor.id, cooks.id)
    thread, other = await start(store, owner), await start(store, owner)
    message = await say(store, owner, f"<@&{cooks.id}> dinner?", thread.id)
    assert message.flags == 0 and members_of(store, thread) == {owner.id, ada.id, bob.id}
    monkeypatch.setattr(thread_members, "ROLE_MEMBERS_MAX", 1)
    message = await say(store, owner, f"<@&{cooks.id}> dinner?", other.id)
    assert message.flags == 1 << 8 and members_of(store, other) == {owner.id}
    await assert_as_fresh(store)


# Go


async def test_who_leaves_is_gone_for_all(store):
    _, ada, bob = await people_of(store)
    thread, heard = await start(store, ada, type=PRIVATE), Heard(store)
    await leave(store, ada, thread.id)
    (entry,) = heard.entries
    assert (entry.name, entry.d["removed_member_ids"], entry.d["member_count"]) == (
        "THREAD_MEMBERS_UPDATE", [str(ada.id)], 0
    )  # fmt: skip
    assert "added_members" not in entry.d and not store.directory.can_view(ada.id, thread.id)
    await assert_as_fresh(store)


async def test_who_was_never_there_leaves_unnoticed(store):
    _, ada, bob = await people_of(store)
    thread, heard = await start(store, ada), Heard(store)
    await leave(store, bob, thread.id)
    assert heard.entries == []
    await edit(store, ada, thread.id, archived=True)
    async with refused(store, ThreadArchived):
        await leave(store, ada, thread.id)


async def test_moderators_put_people_out_and_so_do_the_makers_of_private_threads(store):
    owner, ada, bob = await people_of(store)
    public, private = await start(store, ada), await start(store, ada, type=PRIVATE)
    for thread in (public, private):
        await add(store, ada, thread.id, bob.id)
    async with refused(store, MissingPermissions):
        await remove(store, ada, public.id, bob.id)
    async with refused(store, MissingPermissions):
        await remove(store, bob, private.id, ada.id)
    heard = Heard(store)
    await remove(store, owner, public.id, bob.id)
    await remove(store, ada, private.id, bob.id)
    assert heard.names == ["THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"] * 2
    assert heard.entries[1].d["type"] == 2 and heard.entries[1].d["mentions"][0]["id"] == str(bob.id)
    async with refused(store, UnknownMember):
        await remove(store, owner, public.id, bob.id)
    await remove(store, ada, public.id, ada.id)
    assert members_of(store, public) == set()
    await assert_as_fresh(store)


# Who is there


async def listed(store: Any, actor: Any, channel_id: int, **query: str) -> list[dict[str, Any]]:
    async with store.reading(actor) as tx:
        return await thread_members.list_members(tx, channel_id, ThreadMemberPage.parse(query))


async def test_the_list_is_whole_or_comes_in_pages(store):
    owner, ada, bob = await people_of(store)
    thread = await start(store, ada)
    await add(store, ada, thread.id, bob.id)
    everybody = await listed(store, owner, thread.id, limit="1")
    assert [member["user_id"] for member in everybody] == [str(ada.id), str(bob.id)]
    assert everybody[0].keys() == {"id", "user_id", "join_timestamp", "flags"}
    (first,) = await listed(store, owner, thread.id, with_member="true", limit="1")
    assert first["member"]["user"]["username"] == "ada" and first["id"] == str(thread.id)
    (second,) = await listed(store, owner, thread.id, with_member="1", after=first["user_id"])
    assert second["member"]["user"]["username"] == "bob"
    assert await listed(store, owner, thread.id, with_member="1", after=second["user_id"]) == []


async def test_a_list_after_the_threads_own_id_is_at_its_end(store):
    """So that hikari, which asks for that, comes to an end even where somebody is newer than the thread."""
    _, ada, _ = await people_of(store)
    thread = await start(store, ada)
    cleo, _ = await person(store, "cleo")
    await join(store, cleo, thread.id)
    assert cleo.id > thread.id
    assert await listed(store, ada, thread.id, with_member="true", after=str(thread.id)) == []


async def test_a_bot_lists_members_only_with_the_intent_for_members(store):
    _, ada, _ = await people_of(store)
    robo, _ = await bot(store, "robo")
    thread = await start(store, ada)
    assert len(await listed(store, robo, thread.id)) == 1
    await set_flags(store, robo, 0)
    with pytest.raises(MissingAccess):
        await listed(store, robo, thread.id)


async def test_one_member_is_looked_up(store):
    _, ada, bob = await people_of(store)
    thread = await start(store, ada)
    async with store.reading(bob) as tx:
        found = await thread_members.get_member(tx, thread.id, ada.id, with_member=True)
        plain = await thread_members.get_member(tx, thread.id, ada.id, with_member=False)
        assert found.pop("member")["user"]["username"] == "ada" and found == plain
        with pytest.raises(UnknownMember):
            await thread_members.get_member(tx, thread.id, bob.id, with_member=False)


async def test_who_speaks_in_the_midst_of_a_transaction_comes_in_with_it(store):
    """As when a message brings files, whose rows are written with it."""
    _, ada, bob = await people_of(store)
    thread, heard = await start(store, ada, type=PRIVATE), Heard(store)
    async with store.transaction(ada) as tx:
        draft = MessageDraft.parse({"content": f"<@{bob.id}> look at this"})
        await messages.create_message(tx, thread.id, draft)
    assert heard.names == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]
    await assert_as_fresh(store)


async def test_who_leaves_the_guild_leaves_its_threads_and_all_are_told(store):
    owner, ada, bob = await people_of(store)
    thread, hidden = await start(store, owner), await start(store, owner, type=PRIVATE)
    for channel in (thread, hidden):
        await add(store, owner, channel.id, ada.id)
    await add(store, owner, thread.id, bob.id)
    heard = Heard(store)
    async with store.transaction(owner) as tx:
        await members.remove_members(tx, thread.guild_id, [ada.id, bob.id])
    told = [entry for entry in heard.entries if entry.name == "THREAD_MEMBERS_UPDATE"]
    assert [entry.audience for entry in told] == [Channel(c.id, c.guild_id) for c in (thread, hidden)]
    assert told[0].d["removed_member_ids"] == [str(ada.id), str(bob.id)] and told[0].d["member_count"] == 1
    assert (told[1].d["removed_member_ids"], told[1].d["member_count"]) == ([str(ada.id)], 1)
    assert heard.names.index("THREAD_MEMBERS_UPDATE") < heard.names.index("GUILD_MEMBER_REMOVE")
    assert members_of(store, thread) == members_of(store, hidden) == {owner.id}
    await assert_as_fresh(store)
