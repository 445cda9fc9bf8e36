"""Threads over the gateway: who hears of which, in what words, live and after a resume."""

from __future__ import annotations

from typing import Any

from chatd.model import intents
from chatd.model.intents import Intent
from chatd.model.permissions import Permission
from tests.gateway.client import Client
from tests.people import general, person
from tests.places import edit_channel, give_role, make_role, manager, owner_of
from tests.talk import say
from tests.threading import PRIVATE, add, edit, join, leave, remove, start, start_from

# Presences come and go beside what is asked for here.
QUIET = intents.ALL & ~Intent.GUILD_PRESENCES
NO_MEMBERS = QUIET & ~Intent.GUILD_MEMBERS


async def entered(gateway: Any, token: str, wanted: int = QUIET) -> Client:
    """A client that has heard of everything there is, and remembers none of it."""
    client = Client(gateway)
    await client.identify(token, wanted)
    client.forget()
    return client


async def people_of(store: Any) -> Any:
    """The owner, ada and bob: who they are, and the tokens of the latter two."""
    owner = await owner_of(store)
    (ada, ada_token), (bob, bob_token) = await person(store, "ada"), await person(store, "bob")
    return owner, ada, bob, ada_token, bob_token


async def test_who_makes_a_thread_hears_of_it_as_a_member_and_others_as_of_a_new_one(store, gateway):
    _, ada, _, ada_token, bob_token = await people_of(store)
    here, there = await entered(gateway, ada_token), await entered(gateway, bob_token)
    thread = await start(store, ada)
    (own,), (others) = here.dispatches("THREAD_CREATE"), there.dispatches("THREAD_CREATE")
    assert own == {**others[0], "member": thread.thread.members[ada.id].payload(thread.id)}
    assert others[0]["newly_created"] is True and len(others) == 1
    assert here.names() == there.names() == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]


async def test_a_private_thread_is_news_to_its_members_alone(store, gateway):
    _, ada, bob, ada_token, bob_token = await people_of(store)
    here, there = await entered(gateway, ada_token), await entered(gateway, bob_token)
    thread = await start(store, ada, type=PRIVATE)
    await say(store, ada, "psst", thread.id)
    assert here.names() == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]
    assert there.names() == []
    await say(store, ada, f"come, <@{bob.id}>", thread.id)
    assert there.names() == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]
    (told,) = there.dispatches("THREAD_CREATE")
    assert told["member"]["user_id"] == str(bob.id) and "newly_created" not in told
    there.forget()
    await remove(store, ada, thread.id, bob.id)
    await say(store, ada, "he is gone", thread.id)
    assert there.names() == ["THREAD_MEMBERS_UPDATE"]
    assert there.dispatches("THREAD_MEMBERS_UPDATE")[0]["removed_member_ids"] == [str(bob.id)]


async def test_without_the_members_intent_one_hears_of_ones_own_coming_and_going(store, gateway):
    _, ada, bob, ada_token, bob_token = await people_of(store)
    cleo, _ = await person(store, "cleo")
    thread = await start(store, ada)
    clients = [await entered(gateway, token, NO_MEMBERS) for token in (ada_token, bob_token)]
    whole = await entered(gateway, ada_token)
    await say(store, ada, f"<@{bob.id}> <@{cleo.id}> hello", thread.id)
    (full,) = whole.dispatches("THREAD_MEMBERS_UPDATE")
    assert [each["user_id"] for each in full["added_members"]] == [str(bob.id), str(cleo.id)]
    assert clients[0].dispatches("THREAD_MEMBERS_UPDATE") == []
    (own,) = clients[1].dispatches("THREAD_MEMBERS_UPDATE")
    assert own == {**full, "added_members": full["added_members"][:1]}
    clients[1].forget()
    await leave(store, cleo, thread.id)
    assert clients[1].names() == []
    await leave(store, bob, thread.id)
    assert clients[1].dispatches("THREAD_MEMBERS_UPDATE")[0]["removed_member_ids"] == [str(bob.id)]


async def test_threads_need_the_guilds_intent(store, gateway):
    _, ada, _, _, bob_token = await people_of(store)
    without = await entered(gateway, bob_token, NO_MEMBERS & ~Intent.GUILDS)
    thread = await start(store, ada)
    await edit(store, ada, thread.id, name="other")
    await edit(store, ada, thread.id, archived=True)
    assert set(without.names()) == {"MESSAGE_CREATE"}


async def test_the_members_of_a_thread_that_is_active_again_are_reminded_of_it(store, gateway):
    owner, ada, bob, ada_token, bob_token = await people_of(store)
    thread = await start(store, ada)
    await edit(store, ada, thread.id, archived=True)
    member, other = await entered(gateway, ada_token), await entered(gateway, bob_token)
    await edit(store, owner, thread.id, archived=False)
    assert (member.names(), other.names()) == (["THREAD_UPDATE", "THREAD_MEMBER_UPDATE"], ["THREAD_UPDATE"])
    (own,) = member.dispatches("THREAD_MEMBER_UPDATE")
    assert own == {**thread.thread.members[ada.id].payload(thread.id), "guild_id": str(thread.guild_id)}


async def test_a_guild_comes_with_its_active_threads_as_far_as_one_sees_them(store, gateway):
    _, ada, _, ada_token, bob_token = await people_of(store)
    public, private = await start(store, ada), await start(store, ada, type=PRIVATE)
    await edit(store, ada, (await start(store, ada)).id, archived=True)
    lists = []
    for token in (ada_token, bob_token):
        client = Client(gateway)
        await client.identify(token)
        lists.append(client.dispatches("GUILD_CREATE")[0]["threads"])
    assert lists[0] == [public.payload_for(ada.id), private.payload_for(ada.id)]
    assert lists[1] == [public.payload()]
    (guild,) = client.dispatches("GUILD_CREATE")
    assert str(public.id) not in [channel["id"] for channel in guild["channels"]]


# THREAD_LIST_SYNC

HIDDEN = int(Permission.VIEW_CHANNEL)


def everyone(store: Any, *, denied: int) -> dict[str, Any]:
    return {"id": str(general(store).guild_id), "type": 0, "allow": "0", "deny": str(denied)}


async def test_a_channel_that_comes_into_sight_shows_its_threads(store, gateway):
    owner, ada, bob, _, bob_token = await people_of(store)
    public, mine = await start(store, ada), await start(store, ada, type=PRIVATE)
    await start(store, ada, type=PRIVATE)
    await add(store, ada, mine.id, bob.id)
    place = general(store).id
    await edit_channel(store, owner, place, permission_overwrites=[everyone(store, denied=HIDDEN)])
    client = await entered(gateway, bob_token)
    await edit_channel(store, owner, place, permission_overwrites=[])
    assert client.names() == ["CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_LIST_SYNC"]
    assert client.dispatches("THREAD_LIST_SYNC") == [{
        "guild_id": str(public.guild_id), "channel_ids": [str(place)],
        "threads": [thread.payload() for thread in map(store.directory.channels.get, (public.id, mine.id))],
        "members": [store.directory.channels[mine.id].thread.members[bob.id].payload(mine.id)],
    }]  # fmt: skip
    client.forget()
    await edit_channel(store, owner, place, permission_overwrites=[everyone(store, denied=1)])
    assert client.names() == ["CHANNEL_UPDATE"]


async def test_a_new_role_shows_what_it_reveals(store, gateway):
    owner, ada, bob, _, bob_token = await people_of(store)
    place, private = general(store).id, await start(store, ada, type=PRIVATE)
    role = await make_role(store, owner, name="mods", permissions=str(int(Permission.MANAGE_THREADS)))
    plain = await make_role(store, owner, name="plain", permissions="0")
    client = await entered(gateway, bob_token)
    await give_role(store, bob.id, plain.id)
    assert client.names() == ["GUILD_MEMBER_UPDATE"]
    await give_role(store, bob.id, role.id, plain.id)
    (sync,) = client.dispatches("THREAD_LIST_SYNC")
    assert [thread["id"] for thread in sync["threads"]] == [str(private.id)]
    assert sync["channel_ids"] == [str(place)] and sync["members"] == []
    client.forget()
    await give_role(store, bob.id, role.id)
    assert client.names() == ["GUILD_MEMBER_UPDATE"]


async def test_who_sees_no_more_than_before_is_told_nothing(store, gateway):
    owner, ada, bob, _, bob_token = await people_of(store)
    await start(store, ada)
    mod = await manager(store, owner, "mod", Permission.MANAGE_ROLES)
    role = await make_role(store, owner, name="mods", permissions=str(int(Permission.MANAGE_THREADS)))
    client = await entered(gateway, bob_token)
    await give_role(store, bob.id, role.id)  # there is no private thread to see
    await give_role(store, mod.id, role.id)
    assert "THREAD_LIST_SYNC" not in client.names()


async def test_what_a_resume_has_missed_of_sights_it_is_told_as_a_whole(store, gateway):
    owner, ada, bob, _, bob_token = await people_of(store)
    place, thread = general(store).id, await start(store, ada)
    await edit_channel(store, owner, place, permission_overwrites=[everyone(store, denied=HIDDEN)])
    client = await entered(gateway, bob_token)
    client.vanish()
    await edit_channel(store, owner, place, permission_overwrites=[])
    again = Client(gateway)
    await again.resume(bob_token, client.session_id, client.seq)
    assert again.names() == ["CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_LIST_SYNC", "RESUMED"]
    (sync,) = again.dispatches("THREAD_LIST_SYNC")
    assert "channel_ids" not in sync and [each["id"] for each in sync["threads"]] == [str(thread.id)]


async def test_a_resume_replays_threads_as_they_would_have_been_heard(store, gateway):
    owner, ada, bob, ada_token, bob_token = await people_of(store)
    both = [await entered(gateway, ada_token, NO_MEMBERS), await entered(gateway, bob_token)]
    lost = [await entered(gateway, ada_token, NO_MEMBERS), await entered(gateway, bob_token)]
    for client in lost:
        client.vanish()
    message = await say(store, bob, "hello")
    thread = await start_from(store, ada, message)
    await start(store, ada, type=PRIVATE)
    await join(store, bob, thread.id)
    await edit(store, ada, thread.id, archived=True)
    await edit(store, ada, thread.id, archived=False)
    for token, live, gone in zip((ada_token, bob_token), both, lost, strict=True):
        again = Client(gateway)
        await again.resume(token, gone.session_id, gone.seq)
        heard = [(each["t"], each["d"]) for each in live.read()]
        replayed = [(each["t"], each["d"]) for each in again.read() if each["t"] is not None]
        assert [pair for pair in replayed if pair[0] != "RESUMED"] == heard


async def test_a_fault_in_looking_ahead_keeps_no_event_back(store, gateway):
    owner, ada, _, _, bob_token = await people_of(store)
    await start(store, ada)
    client = await entered(gateway, bob_token)
    store.feed.foresee(lambda entry: 1 / 0)
    await edit_channel(store, owner, general(store).id, name="other")
    assert client.names() == ["CHANNEL_UPDATE"]
