"""Members: seen by members only, page by page, and found by any of their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatd.actions import members, users
from chatd.model import events
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel, Guild
from chatd.model.errors import UnknownGuild, UnknownMember, UserBanned
from chatd.model.guilds import SUPPRESS_JOIN_NOTIFICATIONS
from chatd.model.members import MemberFlag, MemberPage, MemberSearch
from chatd.model.messages import MessageType
from chatd.model.users import User, UserEdit
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person


async def listed(store: Any, actor: Any, **page: str) -> list[str]:
    async with store.reading(actor) as tx:
        found = await members.list_members(tx, general(store).guild_id, MemberPage.parse(page))
    return [member["user"]["username"] for member in found]


async def found(store: Any, actor: Any, query: str, limit: str = "100") -> list[str]:
    async with store.reading(actor) as tx:
        search = MemberSearch.parse({"query": query, "limit": limit})
        members_found = await members.search_members(tx, general(store).guild_id, search)
    return [member["user"]["username"] for member in members_found]


async def test_a_member_is_seen_with_their_user(store):
    ada, _ = await person(store, "ada")
    async with store.reading(ada) as tx:
        member = await members.get_member(tx, general(store).guild_id, ada.id)
    assert member["user"]["id"] == str(ada.id) and member["roles"] == [] and member["joined_at"]
    assert member["nick"] is None and member["pending"] is False and member["flags"] == 0


async def test_who_is_no_member_is_unknown(store):
    ada, _ = await person(store, "ada")
    async with store.reading(ada) as tx:
        with pytest.raises(UnknownMember):
            await members.get_member(tx, general(store).guild_id, 12345)


@pytest.mark.parametrize("exists", [True, False])
async def test_a_stranger_does_not_learn_that_the_guild_exists(store, exists):
    guild_id = general(store).guild_id if exists else 12345
    page, search = MemberPage.parse({}), MemberSearch.parse({"query": "a"})
    for ask in (
        lambda tx: members.get_member(tx, guild_id, 1),
        lambda tx: members.list_members(tx, guild_id, page),
        lambda tx: members.search_members(tx, guild_id, search),
    ):
        with pytest.raises(UnknownGuild):
            async with store.reading(Actor(54321)) as tx:
                await ask(tx)


async def test_pages_go_by_id_until_there_is_nobody_left(store):
    people = [(await person(store, f"somebody_{number}"))[0] for number in range(5)]
    names = ["chatd"] + [f"somebody_{number}" for number in range(5)]
    assert await listed(store, people[0]) == names[:1]  # one, unless asked for more
    assert await listed(store, people[0], limit="1000") == names
    assert await listed(store, people[0], limit="2", after=str(people[1].id)) == names[3:5]
    assert await listed(store, people[0], limit="2", after=str(people[4].id)) == []
    walked, after = [], "0"
    while page := await listed(store, people[0], limit="2", after=after):
        walked += page
        after = str(next(u.id for u in store.directory.users.values() if u.username == page[-1]))
    assert walked == names


async def test_a_search_finds_any_of_the_names_by_its_beginning(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(bob) as tx:
        await users.update_self(tx, UserEdit.parse({"global_name": "Straße"}))
    store.directory.guilds[general(store).guild_id].members[ada.id].nick = "Zoë"
    by_query = {
        "a": ["ada"], "AD": ["ada"], "da": [], "strasse": ["bob"], "STRASS": ["bob"], "zoë": ["ada"],
        "bob": ["bob"], "c": ["chatd"], "x": [], "ada ": [],
    }  # fmt: skip
    for query, names in by_query.items():
        assert await found(store, ada, query) == names, query
    assert await found(store, ada, "b", limit="1") == ["bob"]


async def test_a_new_member_is_announced_to_the_guild(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.pool.acquire() as conn:
        await conn.execute("delete from members where user_id = $1", ada.id)
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild_id, store.directory.users[ada.id])
    entry, _ = heard.entries
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_ADD", Guild(guild_id))
    assert entry.d["user"]["id"] == str(ada.id) and entry.d["roles"] == []
    await assert_as_fresh(store)


async def test_a_new_member_is_welcomed_in_the_system_channel(store):
    channel, heard = general(store), Heard(store)
    ada, _ = await person(store, "ada")
    _, entry = heard.entries
    member = store.directory.guilds[channel.guild_id].members[ada.id]
    assert (entry.name, entry.audience) == ("MESSAGE_CREATE", Channel(channel.id, channel.guild_id))
    assert (entry.d["type"], entry.d["content"]) == (MessageType.USER_JOIN, "")
    assert entry.d["author"]["id"] == str(ada.id) and entry.d["member"] == member.bare_payload()
    assert general(store).last_message_id == int(entry.d["id"])


@pytest.mark.parametrize(
    "column, value", [("system_channel_id", None), ("system_channel_flags", SUPPRESS_JOIN_NOTIFICATIONS)]
)
async def test_a_guild_may_want_to_hear_nothing_of_who_has_joined(store, column, value):
    async with store.transaction(ANYONE) as tx:
        await tx.conn.execute(f"update guilds set {column} = $1", value)
        guild = replace(store.directory.guilds[general(store).guild_id], **{column: value})
        tx.emit(events.guild_update(guild), to=Guild(guild.id))
    heard = Heard(store)
    await person(store, "ada")
    assert heard.names == ["GUILD_MEMBER_ADD"]


async def test_who_is_a_member_already_does_not_join_again(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        assert not await members.add_member(tx, general(store).guild_id, store.directory.users[ada.id])
    assert heard.entries == []


async def test_who_comes_back_is_known_but_has_nothing_left(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.pool.acquire() as conn:
        await conn.execute("update members set nick = 'Countess' where user_id = $1", ada.id)
    async with store.transaction(ANYONE) as tx:
        assert await members.remove_members(tx, guild_id, [ada.id, 12345]) == [ada.id]
    async with store.transaction(ANYONE) as tx:
        assert await members.add_member(tx, guild_id, store.directory.users[ada.id])
    member = store.directory.guilds[guild_id].members[ada.id]
    assert (member.nick, member.flags) == (None, MemberFlag.DID_REJOIN)
    await assert_as_fresh(store)


async def test_a_removed_member_is_told_of_to_the_guild(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    user = store.directory.users[ada.id]
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, guild_id, [ada.id])
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_REMOVE", Guild(guild_id))
    assert entry.d == {"guild_id": str(guild_id), "user": user.payload()}
    assert ada.id not in store.directory.guilds[guild_id].members
    await assert_as_fresh(store)


async def test_who_is_banned_does_not_join(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, guild_id, [ada.id])
        await tx.conn.execute("insert into bans (guild_id, user_id) values ($1, $2)", guild_id, ada.id)
    async with refused(store, UserBanned), store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild_id, store.directory.users[ada.id])


async def test_a_transaction_that_fails_adds_and_announces_nobody(store):
    heard = Heard(store)
    with pytest.raises(RuntimeError):
        async with store.transaction(ANYONE) as tx:
            await tx.conn.execute("insert into users (id, username, status) values (5, 'eve', 'online')")
            await members.add_member(tx, general(store).guild_id, User(5, "eve"))
            raise RuntimeError
    assert heard.entries == [] and 5 not in store.directory.users
    await assert_as_fresh(store)
