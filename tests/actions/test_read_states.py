"""Read states: what has been read is told to the reader alone, and mentions are counted from there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chatd.actions import channels, read_states, ready, relationships
from chatd.model.audience import Users
from chatd.model.errors import InvalidFormBody, UnknownChannel, UnknownMessage
from chatd.model.read_states import Ack, read_acks
from chatd.model.relationships import RelationshipDraft
from chatd.model.snowflakes import SNOWFLAKE_MAX, at_ms
from tests.beats import all_rows, assert_as_fresh, refused, somebody_waits
from tests.people import Heard, general, person
from tests.places import make_channel
from tests.talk import open_dm, say
from tests.threading import join, start


async def ack(store: Any, actor: Any, *acks: Ack) -> None:
    async with store.queued(actor) as tx:
        await read_states.ack(tx, acks)


async def read(store: Any, actor: Any, message: Any, *, by_hand: bool = False) -> None:
    await ack(store, actor, Ack(message.channel_id, message.id, by_hand))


async def entries(store: Any, actor: Any) -> dict[int, tuple[int, int]]:
    """Up to where the actor has read each channel, and how often they were mentioned since."""
    state = await ready.own_state(store, actor)
    listed = state["read_state"]["entries"]
    return {int(each["id"]): (int(each["last_message_id"]), each["mention_count"]) for each in listed}


async def pair(store: Any) -> tuple[Any, Any]:
    return (await person(store, "ada"))[0], (await person(store, "bob"))[0]


async def test_what_has_been_read_is_told_to_the_reader_alone(store):
    ada, bob = await pair(store)
    message = await say(store, ada, "hello")
    heard, before = Heard(store), store.directory.position
    await read(store, bob, message)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("MESSAGE_ACK", Users((bob.id,)))
    assert entry.d == {
        "channel_id": str(message.channel_id), "message_id": str(message.id), "mention_count": 0,
        "manual": False, "version": before,
    }  # fmt: skip
    assert await entries(store, bob) == {message.channel_id: (message.id, 0)}
    assert await entries(store, ada) == {}
    await assert_as_fresh(store)


async def test_it_never_moves_back_unless_by_hand(store):
    ada, bob = await pair(store)
    first, second, third = [await say(store, ada, f"<@{bob.id}> {n}") for n in range(3)]
    await read(store, bob, third)
    async with without_effect(store):
        await read(store, bob, first)
    heard = Heard(store)
    await read(store, bob, first, by_hand=True)
    (entry,) = heard.entries
    assert (entry.d["message_id"], entry.d["mention_count"], entry.d["manual"]) == (str(first.id), 2, True)
    await read(store, bob, second)
    assert heard.entries[1].d["mention_count"] == 1
    assert await entries(store, bob) == {first.channel_id: (second.id, 1)}


@asynccontextmanager
async def without_effect(store: Any) -> AsyncIterator[None]:
    """The block changes nothing and announces nothing, and is no error either."""
    heard, before = Heard(store), await all_rows(store)
    yield
    assert heard.entries == [] and await all_rows(store) == before


async def test_of_two_devices_at_once_the_one_that_has_read_further_counts(store):
    ada, bob = await pair(store)
    said = [await say(store, ada, str(n)) for n in range(5)]
    heard = Heard(store)
    await asyncio.gather(*(read(store, bob, message) for message in reversed(said)))
    assert await entries(store, bob) == {said[0].channel_id: (said[-1].id, 0)}
    assert heard.names == ["MESSAGE_ACK"] and heard.entries[0].d["message_id"] == str(said[-1].id)


async def test_many_channels_are_read_in_one_commit(store):
    ada, bob = await pair(store)
    direct = await open_dm(store, ada, bob)
    messages_ = [await say(store, ada, "hello"), await say(store, ada, "hello", direct)]
    heard = Heard(store)
    body = {"read_states": [{"channel_id": str(m.channel_id), "message_id": str(m.id)} for m in messages_]}
    await ack(store, bob, *read_acks(body))
    assert heard.names == ["MESSAGE_ACK", "MESSAGE_ACK"]
    async with store.pool.acquire() as conn:
        commits = await conn.fetch("select distinct xmin::text from read_states")
    assert len(commits) == 1
    assert await entries(store, bob) == {m.channel_id: (m.id, 0) for m in messages_}


async def test_what_calls_for_somebody_is_counted(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    channel_id = general(store).id
    await say(store, ada, "nobody in particular")
    await say(store, ada, f"<@{bob.id}>")
    await say(store, ada, f"<@{ada.id}> is me")
    await say(store, ada, "@everyone")
    await say(store, bob, f"I am <@{bob.id}>")
    joined = store.directory.guilds[general(store).guild_id].members[bob.id].joined_at
    beginning = at_ms(int(joined.timestamp() * 1000))
    assert await entries(store, bob) == {channel_id: (beginning, 2)}
    assert await entries(store, ada) == {}


async def test_what_was_said_before_one_came_is_not(store):
    ada, _ = await person(store, "ada", admin=True)
    await say(store, ada, "@everyone")
    bob, _ = await person(store, "bob")
    assert await entries(store, bob) == {}


async def test_in_a_direct_message_everything_is_said_to_one(store):
    ada, bob = await pair(store)
    channel_id = await open_dm(store, ada, bob)
    said = [await say(store, ada, "you", channel_id) for _ in range(3)]
    assert await entries(store, bob) == {channel_id: (0, 3)}
    await read(store, bob, said[0])
    assert await entries(store, bob) == {channel_id: (said[0].id, 2)}
    assert await entries(store, ada) == {}


async def test_of_threads_those_count_that_one_has_joined(store):
    ada, bob = await pair(store)
    thread = await start(store, ada)
    await say(store, ada, f"<@{ada.id}> and nobody else", thread.id)
    assert await entries(store, bob) == {}
    await say(store, ada, f"come, <@{bob.id}>", thread.id)
    if bob.id not in thread.thread.members:
        await join(store, bob, thread.id)
    listed = await entries(store, bob)
    assert list(listed) == [thread.id] and listed[thread.id][1] == 1


async def test_who_is_blocked_is_not_counted(store):
    ada, bob = await pair(store)
    channel_id = await open_dm(store, ada, bob)
    await say(store, ada, f"<@{bob.id}>")
    await say(store, ada, "you", channel_id)
    async with store.transaction(bob) as tx:
        await relationships.create_relationship(tx, ada.id, RelationshipDraft.parse({"type": 2}))
    assert await entries(store, bob) == {}


async def test_the_count_has_an_end(store, monkeypatch):
    ada, bob = await pair(store)
    monkeypatch.setattr(read_states, "MENTIONS_MAX", 2)
    for _ in range(3):
        await say(store, ada, f"<@{bob.id}>")
    ((_, count),) = (await entries(store, bob)).values()
    assert count == 2


async def test_forgetting_begins_anew(store):
    ada, bob = await pair(store)
    message = await say(store, ada, f"<@{bob.id}>")
    await read(store, bob, message)
    heard = Heard(store)
    async with store.transaction(bob) as tx:
        await read_states.forget(tx, message.channel_id)
    (entry,) = heard.entries
    ((channel_id, (read_to, count)),) = (await entries(store, bob)).items()
    assert (entry.d["channel_id"], entry.d["message_id"]) == (str(channel_id), str(read_to))
    assert (entry.name, entry.audience, entry.d["mention_count"]) == ("MESSAGE_ACK", Users((bob.id,)), count)
    assert read_to < message.id and count == 1
    async with without_effect(store), store.transaction(ada) as tx:
        await read_states.forget(tx, message.channel_id)


async def test_pins_are_seen_apart_from_messages(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await read_states.ack_pins(tx, general(store).id)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("CHANNEL_PINS_ACK", Users((ada.id,)))
    state = await ready.own_state(store, ada)
    (listed,) = state["read_state"]["entries"]
    assert listed["last_pin_timestamp"] == entry.d["timestamp"] and listed["mention_count"] == 0


async def test_what_one_does_not_see_or_has_not_been_said_cannot_be_read(store):
    ada, bob = await pair(store)
    eve, _ = await person(store, "eve")
    direct = await open_dm(store, ada, bob)
    message = await say(store, ada, "secret", direct)
    async with refused(store, UnknownChannel):
        await read(store, eve, message)
    async with refused(store, UnknownChannel):  # one is unknown, and none is read
        await ack(store, eve, Ack(general(store).id, 1), Ack(direct, message.id))
    async with refused(store, UnknownMessage):
        await ack(store, ada, Ack(direct, SNOWFLAKE_MAX))
    for act in (read_states.ack_pins, read_states.forget):
        async with refused(store, UnknownChannel), store.transaction(eve) as tx:
            await act(tx, direct)


async def test_a_channel_that_is_deleted_meanwhile_is_unknown(store):
    ada, bob = await pair(store)
    message = await say(store, ada, "hello", await open_dm(store, ada, bob))
    async with store.pool.acquire() as conn:
        await conn.execute("delete from channels where id = $1", message.channel_id)
    async with refused(store, UnknownChannel):
        await read(store, bob, message)


async def test_who_reads_a_channel_while_it_is_deleted_is_told_that_it_is_gone(store):
    """Neither waits for the other while it is waited for."""
    owner, _ = await person(store, "owner", admin=True)
    bob, _ = await person(store, "bob")
    room = await make_channel(store, owner)
    message = await say(store, owner, "hello", room.id)
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, room.id)
        reading = asyncio.ensure_future(read(store, bob, message))
        await somebody_waits(tx.conn)
    with pytest.raises(UnknownChannel):
        await reading
    await assert_as_fresh(store)


async def test_ready_looks_again_at_what_changed_while_it_looked(store, monkeypatch):
    ada, bob = await pair(store)
    message = await say(store, ada, f"<@{bob.id}>")
    looks = []

    async def list_and_be_overtaken(tx: Any) -> Any:
        listed = await listing(tx)
        looks.append([each.payload()["mention_count"] for each in listed])
        if len(looks) == 1:
            await say(store, ada, f"<@{bob.id}>")
        if len(looks) == 2:
            await read(store, bob, message)
        if len(looks) == 3:
            await say(store, ada, "nobody in particular")
        return listed

    listing = read_states.list_read_states
    monkeypatch.setattr(read_states, "list_read_states", list_and_be_overtaken)
    assert await entries(store, bob) == {message.channel_id: (message.id, 1)}
    assert looks == [[1], [2], [1]]


def test_a_list_of_acks_is_read_with_all_its_faults():
    body = {"read_states": [{"channel_id": "1", "message_id": "2"}, {"channel_id": "1", "message_id": "3"}]}
    assert read_acks(body) == [Ack(1, 3)]
    for wrong in ({}, {"read_states": []}, {"read_states": [{"channel_id": "1"}]},
                  {"read_states": [{"channel_id": "1", "message_id": "2", "read_state_type": 1}]},
                  {"read_states": [{"channel_id": "1", "message_id": "2"}] * 101}):  # fmt: skip
        with pytest.raises(InvalidFormBody):
            read_acks(wrong)
    with pytest.raises(InvalidFormBody) as caught:
        Ack.parse(1, 2, {"manual": 1, "mention_count": -1})
    assert set(caught.value.errors) == {"manual", "mention_count"}
