"""Guilds that come and go while clients are connected."""

from __future__ import annotations

from typing import Any

from chatd.actions import guilds, members, new_guilds
from chatd.model.actor import ANYONE, Actor
from chatd.model.guilds import Guild, GuildDraft
from tests.gateway.client import Client
from tests.people import person
from tests.talk import say


async def client_of(gateway: Any, token: str, **d: Any) -> Client:
    client = Client(gateway)
    await client.identify(token, **d)
    await gateway.presences.settle()
    client.forget()
    return client


def told(client: Client) -> list[str]:
    """What a client has heard, beside who is online."""
    return [name for name in client.names() if name != "PRESENCE_UPDATE"]


async def make(store: Any, actor: Actor) -> Guild:
    async with store.transaction(actor) as tx:
        draft = GuildDraft.parse({"name": "home"})
        return await new_guilds.create_guild(tx, draft, owned_max=9)


async def delete(store: Any, actor: Actor, guild: Guild) -> None:
    async with store.transaction(actor) as tx:
        await guilds.delete_guild(tx, guild.id)


async def test_a_new_guild_is_told_whole_to_its_owner_and_to_nobody_else(store, gateway):
    (ada, token), (_, others) = await person(store, "ada"), await person(store, "bob")
    phone, desk = await client_of(gateway, token), await client_of(gateway, token)
    bob = await client_of(gateway, others)
    phone.forget()
    guild = await make(store, ada)
    for client in (phone, desk):
        assert told(client) == ["GUILD_CREATE"]
        (d,) = client.dispatches("GUILD_CREATE")
        assert (d["id"], d["owner_id"], d["member_count"]) == (str(guild.id), str(ada.id), 1)
        assert [member["user"]["id"] for member in d["members"]] == [str(ada.id)]
        assert [channel["name"] for channel in d["channels"]][:2] == ["Text Channels", "general"]
        assert [role["id"] for role in d["roles"]] == [str(guild.id)] and d["unavailable"] is False
    assert told(bob) == []
    channel_id = store.directory.guilds[guild.id].system_channel_id
    await say(store, ada, "first", channel_id)
    assert phone.contents() == ["first"] and bob.contents() == []


async def test_who_joins_later_is_told_whole_and_the_rest_of_them(store, gateway):
    (ada, token), (bob, others) = await person(store, "ada"), await person(store, "bob")
    guild = await make(store, ada)
    owner, joiner = await client_of(gateway, token), await client_of(gateway, others)
    owner.forget()
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild.id, store.directory.users[bob.id])
    assert told(owner)[0] == "GUILD_MEMBER_ADD" and told(joiner)[0] == "GUILD_CREATE"
    (d,) = joiner.dispatches("GUILD_CREATE")
    assert d["member_count"] == 2 and len(d["channels"]) == 4


async def test_a_deleted_guild_is_gone_for_all_who_were_in_it(store, gateway):
    (ada, token), (bob, others) = await person(store, "ada"), await person(store, "bob")
    guild = await make(store, ada)
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild.id, store.directory.users[bob.id])
    clients = [await client_of(gateway, token), await client_of(gateway, others)]
    stranger = await client_of(gateway, (await person(store, "eve"))[1])
    for client in clients:
        client.forget()
    await delete(store, ada, guild)
    for client in clients:
        assert client.dispatches("GUILD_DELETE") == [{"id": str(guild.id)}]
    assert stranger.dispatches("GUILD_DELETE") == []


async def test_a_resume_tells_of_guilds_that_came_and_went_meanwhile(store, gateway):
    ada, token = await person(store, "ada")
    doomed = await make(store, ada)
    client = Client(gateway)
    await client.identify(token)
    session_id, seq = client.session_id, client.seq
    client.vanish()
    await delete(store, ada, doomed)
    made = await make(store, ada)
    again = Client(gateway)
    await again.resume(token, session_id, seq)
    assert told(again) == ["GUILD_DELETE", "GUILD_CREATE", "RESUMED"]
    assert [d["id"] for d in again.dispatches("GUILD_CREATE")] == [str(made.id)]
