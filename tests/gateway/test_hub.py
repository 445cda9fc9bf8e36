"""Who hears of what, in which words, and that nobody's trouble is anybody else's."""

from __future__ import annotations

import asyncio
import logging

import pytest

from chatd.model.actor import Actor
from chatd.model.audience import Channel, Guild, Nobody, Users
from chatd.model.events import Entry, Event
from chatd.model.intents import Intent
from tests.gateway.client import ALL_INTENTS, Client
from tests.people import bot, general, person
from tests.talk import delete, edit, open_dm, rename, say, sign_out, type_in


async def live(gateway, token, wanted=ALL_INTENTS, query="v=10", **d) -> Client:
    client = Client(gateway, query)
    await client.identify(token, wanted, **d)
    await gateway.presences.settle()
    client.forget()
    return client


async def test_a_message_reaches_every_device_of_every_member(store, gateway):
    ada, ada_token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    clients = [await live(gateway, token) for token in (ada_token, ada_token, bob_token)]
    await say(store, ada, "hello")
    assert [client.contents() for client in clients] == [["hello"]] * 3
    positions = {
        payload["s"] for client in clients for payload in client.payloads if payload["t"] == "MESSAGE_CREATE"
    }
    assert positions == {store.feed.position}


async def test_everyone_is_handed_the_same_bytes(store, gateway):
    ada, token = await person(store, "ada")
    clients = [await live(gateway, token) for _ in range(5)]
    await say(store, ada, "hello")
    assert len({id(client.link.frames[-1]) for client in clients}) == 1


async def test_entries_of_one_commit_leave_as_one_write(store, gateway):
    ada, token = await person(store, "ada")
    clients = [
        await live(gateway, token, query=query) for query in ("v=10", "v=10", "v=10&compress=zlib-stream")
    ]
    before = [len(client.link.frames) for client in clients]
    await asyncio.gather(*(say(store, ada, str(n)) for n in range(40)))
    writes = [len(client.link.frames) - count for client, count in zip(clients, before, strict=True)]
    # The first to come is a group of its own, the others wait for the next.
    assert writes == [writes[0]] * 3 and writes[0] <= 3
    assert clients[0].link.frames[-1] is clients[1].link.frames[-1]
    assert all(sorted(client.contents(), key=int) == [str(n) for n in range(40)] for client in clients)


async def test_the_author_is_the_sender_and_not_what_they_say(store, gateway):
    ada, token = await person(store, "ada")
    client = await live(gateway, token)
    await say(store, ada, "hello")
    (d,) = client.dispatches("MESSAGE_CREATE")
    assert (
        d["author"]["id"] == str(ada.id) and d["timestamp"] and d["guild_id"] == str(general(store).guild_id)
    )


INTENTS_OF_EVENTS = [
    ("MESSAGE_CREATE", Intent.GUILD_MESSAGES), ("MESSAGE_UPDATE", Intent.GUILD_MESSAGES),
    ("MESSAGE_DELETE", Intent.GUILD_MESSAGES), ("TYPING_START", Intent.GUILD_MESSAGE_TYPING),
    ("GUILD_MEMBER_ADD", Intent.GUILD_MEMBERS), ("PRESENCE_UPDATE", Intent.GUILD_PRESENCES),
]  # fmt: skip


@pytest.mark.parametrize("name, intent", INTENTS_OF_EVENTS)
async def test_an_event_is_sent_to_those_who_asked_for_it(store, gateway, name, intent):
    ada, token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    wanting = await live(gateway, bob_token, int(intent | Intent.GUILDS))
    spurning = await live(gateway, bob_token, ALL_INTENTS & ~intent)
    message = await say(store, ada, "hello")
    await edit(store, ada, message, "goodbye")
    await delete(store, ada, message)
    await type_in(store, ada)
    _, eve_token = await person(store, "eve")
    await Client(gateway).identify(eve_token)
    await gateway.presences.settle()
    assert name in wanting.names() and name not in spurning.names()


async def test_direct_messages_reach_their_two_sides_only(store, gateway):
    ada, ada_token = await person(store, "ada")
    bob, bob_token = await person(store, "bob")
    _, eve_token = await person(store, "eve")
    clients = [await live(gateway, token) for token in (ada_token, bob_token, eve_token)]
    channel_id = await open_dm(store, ada, bob)
    await say(store, ada, "psst", channel_id)
    await type_in(store, bob, channel_id)
    names = [[name for name in client.names() if name != "PRESENCE_UPDATE"] for client in clients]
    assert names == [["CHANNEL_CREATE", "MESSAGE_CREATE", "TYPING_START"]] * 2 + [[]]
    assert [client.dispatches("CHANNEL_CREATE")[0]["recipients"][0]["id"] for client in clients[:2]] == [
        str(bob.id), str(ada.id)
    ]  # fmt: skip
    assert "guild_id" not in clients[0].dispatches("MESSAGE_CREATE")[0]


async def test_a_channel_that_a_user_cannot_view_is_silent_for_them(store, gateway):
    ada, ada_token = await person(store, "ada", admin=True)
    _, bob_token = await person(store, "bob")
    clients = [await live(gateway, token) for token in (ada_token, bob_token)]
    await say(store, ada, "for all")
    await hide_general(store, ada)
    await say(store, ada, "for the owner")
    assert [client.contents() for client in clients] == [["for all", "for the owner"], ["for all"]]


async def hide_general(store, actor) -> None:
    """Take VIEW_CHANNEL from @everyone, as an action of later will."""
    channel = general(store)
    everyone = str(channel.guild_id)
    hidden = {
        **channel.payload(),
        "permission_overwrites": [{"id": everyone, "type": 0, "allow": "0", "deny": "1024"}],
    }
    async with store.transaction(actor) as tx:
        tx.emit(Event("CHANNEL_UPDATE", hidden), to=Channel(channel.id, channel.guild_id))


async def test_an_event_for_nobody_is_sent_to_nobody(store, gateway):
    ada, token = await person(store, "ada")
    client = await live(gateway, token)
    before = len(client.link.frames)
    async with store.transaction(ada) as tx:
        tx.emit(Event("CHATD_SECRET", {"a": 1}), to=Nobody())
    assert len(client.link.frames) == before


async def test_an_own_user_update_reaches_oneself_only(store, gateway):
    ada, ada_token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    mine, other = await live(gateway, ada_token), await live(gateway, bob_token)
    await rename(store, ada, "Ada L.")
    assert [d["global_name"] for d in mine.dispatches("USER_UPDATE")] == ["Ada L."]
    assert other.dispatches("USER_UPDATE") == []
    assert [d["user"]["global_name"] for d in other.dispatches("GUILD_MEMBER_UPDATE")] == ["Ada L."]


async def test_ones_own_member_update_needs_no_intent(store, gateway):
    ada, token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    mine = await live(gateway, token, int(Intent.GUILDS))
    other = await live(gateway, bob_token, int(Intent.GUILDS))
    await rename(store, ada, "Ada L.")
    assert len(mine.dispatches("GUILD_MEMBER_UPDATE")) == 1 and other.dispatches("GUILD_MEMBER_UPDATE") == []


async def test_joining_a_guild_is_its_guild_create_and_leaving_its_guild_delete(store, gateway):
    ada, ada_token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    guild = store.directory.guilds[general(store).guild_id]
    mine, other = await live(gateway, ada_token), await live(gateway, bob_token)
    member, user = guild.members[ada.id], store.directory.users[ada.id]
    gone = {"guild_id": str(guild.id), "user": user.payload()}
    async with store.transaction(ada) as tx:
        tx.emit(Event("GUILD_MEMBER_REMOVE", gone), to=Guild(guild.id))
    await say_as_nobody(store, "while away")
    come = {**member.payload(user), "guild_id": str(guild.id)}
    async with store.transaction(ada) as tx:
        tx.emit(Event("GUILD_MEMBER_ADD", come), to=Guild(guild.id))
    await say_as_nobody(store, "back again")
    assert [n for n in mine.names() if "PRESENCE" not in n] == [
        "GUILD_DELETE",
        "GUILD_CREATE",
        "MESSAGE_CREATE",
    ]
    assert mine.dispatches("GUILD_CREATE")[0]["id"] == str(guild.id)
    assert mine.dispatches("GUILD_DELETE") == [{"id": str(guild.id)}]
    assert [n for n in other.names() if "PRESENCE" not in n] == [
        "GUILD_MEMBER_REMOVE", "MESSAGE_CREATE", "GUILD_MEMBER_ADD", "MESSAGE_CREATE"
    ]  # fmt: skip


async def say_as_nobody(store, content: str) -> None:
    """A message as the journal has it, whoever may still say it."""
    channel = general(store)
    d = {"id": "1", "channel_id": str(channel.id), "guild_id": str(channel.guild_id), "content": content,
         "author": {"id": "1"}, "mentions": []}  # fmt: skip
    owner = store.directory.guilds[channel.guild_id].owner_id
    async with store.transaction(Actor(owner)) as tx:
        tx.emit(Event("MESSAGE_CREATE", d), to=Channel(channel.id, channel.guild_id))


async def test_content_is_withheld_without_the_intent_unless_it_concerns_the_bot(store, gateway):
    ada, ada_token = await person(store, "ada")
    robot, token = await bot(store, "robot")
    bare = await live(gateway, token, ALL_INTENTS & ~Intent.MESSAGE_CONTENT)
    full = await live(gateway, ada_token)
    message = await say(store, ada, "hidden")
    await edit(store, ada, message, "hidden too")
    await say(store, ada, f"for <@{robot.id}>")
    await say(store, robot, "own")
    channel_id = await open_dm(store, ada, robot)
    await say(store, ada, "in private", channel_id)
    assert bare.contents() == ["", f"for <@{robot.id}>", "own", "in private"]
    assert full.contents() == ["hidden", f"for <@{robot.id}>", "own", "in private"]
    (update,) = bare.dispatches("MESSAGE_UPDATE")
    assert update["content"] == "" and update["embeds"] == update["attachments"] == update["components"] == []
    assert set(bare.dispatches("MESSAGE_CREATE")[0]) == set(full.dispatches("MESSAGE_CREATE")[0])


async def test_mixed_forms_and_variants_of_one_commit_are_read_alike(store, gateway, rng):
    """Batches that some see in part: in either form, with and without content and intents."""
    ada, ada_token = await person(store, "ada")
    robot, robot_token = await bot(store, "robot")
    bob, bob_token = await person(store, "bob")
    dm = await open_dm(store, ada, bob)
    wanted = {"all": ALL_INTENTS, "bare": ALL_INTENTS & ~Intent.MESSAGE_CONTENT,
              "no typing": ALL_INTENTS & ~Intent.GUILD_MESSAGE_TYPING}  # fmt: skip
    pairs = []
    for token in (ada_token, robot_token, bob_token):
        for intents_wanted in wanted.values():
            queries = ("v=10", "v=10&compress=zlib-stream")
            pairs.append([await live(gateway, token, intents_wanted, query) for query in queries])
    for pair in pairs:
        for client in pair:
            client.forget()
    for round_number in range(12):
        things = [say(store, ada, f"g{round_number}.{n} <@{robot.id if rng.random() < 0.3 else bob.id}>")
                  for n in range(rng.randrange(1, 6))]  # fmt: skip
        things += [say(store, bob, f"d{round_number}.{n}", dm) for n in range(rng.randrange(3))]
        things += [type_in(store, bob) for _ in range(rng.randrange(2))]
        rng.shuffle(things)
        await asyncio.gather(*things)
        if rng.random() < 0.3:
            for client in rng.choice(pairs):
                await client.send(1)
    for text, compressed in pairs:
        heard = [p for p in text.read() if p["op"] == 0]
        assert heard == [p for p in compressed.read() if p["op"] == 0] and len(heard) > 12


async def test_a_revoked_token_closes_its_connections_and_no_others(store, gateway):
    ada, token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    first, second, other = [await live(gateway, each) for each in (token, token, bob_token)]
    await sign_out(store, ada)
    assert (first.closed_with, second.closed_with, other.closed_with) == (4004, 4004, None)
    again = Client(gateway)
    await again.send(2, {"token": token, "intents": 1})
    assert again.closed_with == 4004


async def test_one_broken_recipient_does_not_stop_the_rest(store, gateway, caplog):
    ada, token = await person(store, "ada")
    clients = [await live(gateway, token) for _ in range(3)]
    clients[1].link.broken = True
    with caplog.at_level(logging.CRITICAL, "chatd"):
        await say(store, ada, "hello")
        await say(store, ada, "again")
    assert clients[0].contents() == clients[2].contents() == ["hello", "again"]
    assert clients[1].link.aborted and clients[1].connection.session is None
    clients[1].hang_up(1006)
    again = Client(gateway)
    await again.resume(token, clients[1].session_id, clients[1].seq)
    assert again.contents() == ["hello", "again"]


async def test_one_event_that_cannot_be_made_does_not_stop_the_rest(store, gateway):
    ada, token = await person(store, "ada")
    client = await live(gateway, token)
    guild_id = general(store).guild_id
    broken = Entry(store.feed.position, "GUILD_MEMBER_ADD", "{}", Guild(guild_id), d={})
    whole = Entry(store.feed.position, "TEST", "{}", Users((ada.id,)), d={})
    gateway.deliver([broken, whole])
    assert client.names()[-1] == "TEST"


async def test_a_delivery_to_nobody_encodes_nothing(store, gateway, monkeypatch):
    ada, _ = await person(store, "ada")

    encoded = []
    monkeypatch.setattr("chatd.gateway.hub.entry_text", encoded.append)
    await say(store, ada, "hello")
    assert encoded == []
