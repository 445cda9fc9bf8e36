"""Resume: whatever a session missed, once and in order, as long as the journal reaches back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import members
from chatd.gateway.opcodes import Opcode
from chatd.gateway.session import began_at
from chatd.model import intents
from chatd.model.audience import Guild
from chatd.model.events import Event
from chatd.model.intents import Intent
from tests.gateway.client import ALL_INTENTS, Client, Clock, gateway_on
from tests.gateway.conftest import settled
from tests.people import bot, general, person
from tests.talk import delete, edit, open_dm, say, sign_out, type_in


async def lost(store: Any, gateway: Any, token: str, wanted: int = ALL_INTENTS, **options: Any) -> Client:
    """A client that was live, and has just lost its connection."""
    client = Client(gateway, **options)
    await client.identify(token, wanted)
    client.read()
    client.vanish()
    return client


async def back(client: Client, gateway: Any, token: str, seq: int | None = None) -> Client:
    """The same client on a new connection, after its resume."""
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq if seq is None else seq)
    return again


def replayed(client: Client) -> list[str]:
    """Names of what was dispatched, but for presences: they are told as they are now, not replayed."""
    return [name for name in client.names() if name != "PRESENCE_UPDATE"]


async def test_resume_replays_what_came_after_seq_and_goes_live(store, gateway):
    ada, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    missed = [await say(store, ada, f"missed {n}") for n in range(3)]
    await edit(store, ada, missed[0], "mended")
    await delete(store, ada, missed[1])
    client = await back(client, gateway, token)
    assert replayed(client) == ["MESSAGE_CREATE"] * 3 + ["MESSAGE_UPDATE", "MESSAGE_DELETE", "RESUMED"]
    assert client.dispatches("RESUMED") == [{"_trace": []}]
    await say(store, ada, "live again")
    assert client.contents() == ["missed 0", "missed 1", "missed 2", "live again"]
    assert [p["s"] for p in client.read() if p["op"] == 0] == sorted(
        p["s"] for p in client.read() if p["op"] == 0
    )


async def test_resume_with_nothing_missed_is_just_resumed(store, gateway):
    _, token = await person(store, "ada")
    client = await back(await lost(store, gateway, token), gateway, token)
    assert replayed(client) == ["RESUMED"] and client.seq == store.feed.position


async def test_a_session_survives_the_kill_of_its_server(store, another_store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await say(store, ada, "heard")
    client.read()
    await gateway.rows.settle()
    # The process is gone without a word; another one begins on the same database.
    later = await another_store()
    await say(later, ada, "missed")
    reborn = gateway_on(later, Clock())
    await reborn.start()
    client = await back(client, reborn, token)
    assert client.contents() == ["missed"] and client.names()[-1] == "RESUMED"
    await say(later, ada, "live")
    assert client.contents() == ["missed", "live"]
    await settled(reborn)


async def test_a_shutdown_keeps_sessions_and_their_time_begins_with_the_next_start(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await gateway.shutdown()
    assert client.ops()[-1] == Opcode.RECONNECT and client.closed_with == 1012
    client.hang_up(1000)  # whatever a client answers, it was the server who left
    await gateway.rows.settle()
    row = await gateway.rows.find(client.session_id)
    assert (row.dropped_at, row.served, row.last_sent) == (None, store.feed.position, client.seq)
    reborn = gateway_on(store, Clock())
    await reborn.start()
    assert (await reborn.rows.find(client.session_id)).dropped_at is not None
    client = await back(client, reborn, token)
    assert replayed(client) == ["RESUMED"]
    await settled(reborn)


@pytest.mark.parametrize("code", [1000, 1001])
async def test_a_client_that_says_goodbye_ends_its_session(store, gateway, code):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    client.hang_up(code)
    client = await back(client, gateway, token)
    assert client.read()[-1] == {"t": None, "s": None, "op": 9, "d": False}


@pytest.mark.parametrize("code", [1005, 1006, 1011, 3000, 4000, 4200])
async def test_any_other_end_keeps_the_session(store, gateway, code):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    client.hang_up(code)
    assert replayed(await back(client, gateway, token)) == ["RESUMED"]


async def test_op_9_leaves_the_connection_open_for_a_new_identify(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.resume(token, "0" * 33, 5)
    assert client.ops() == [10, 9] and client.closed_with is None
    ready = await client.identify(token)
    assert ready["session_id"] in gateway.sessions


async def test_a_session_is_resumed_with_its_own_token_only(store, gateway):
    _, ada = await person(store, "ada")
    _, bob = await person(store, "bob")
    client = await lost(store, gateway, ada)
    for token in (bob, "wrong", ""):
        again = await back(client, gateway, token)
        assert again.ops() == [10, 9]
    assert replayed(await back(client, gateway, ada)) == ["RESUMED"]


async def test_a_live_session_of_somebody_else_is_left_alone(store, gateway):
    _, ada = await person(store, "ada")
    _, bob = await person(store, "bob")
    client = Client(gateway)
    await client.identify(ada)
    thief = await back(client, gateway, bob, seq=store.feed.position)
    assert thief.ops() == [10, 9] and client.closed_with is None and client.session_id in gateway.sessions


async def test_the_cookie_resumes_as_well(store, gateway):
    _, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    again = Client(gateway, origin="https://chat.example", cookie=f"chatd_session={token}")
    await again.resume("", client.session_id, client.seq)
    assert replayed(again) == ["RESUMED"]


async def test_the_old_connection_of_a_resumed_session_is_closed(store, gateway):
    ada, token = await person(store, "ada")
    old = Client(gateway)
    await old.identify(token)
    old.read()
    new = await back(old, gateway, token)
    assert old.closed_with == 4009 and replayed(new) == ["RESUMED"]
    await say(store, ada, "hello")
    assert (old.contents(), new.contents()) == ([], ["hello"])
    old.hang_up(1000)  # and its end changes nothing
    await settled(gateway)
    assert gateway.sessions[new.connection.session.id].connection is new.connection
    assert (await gateway.rows.find(old.session_id)).dropped_at is None


async def test_of_two_resumes_at_once_one_connection_has_the_session(store, gateway):
    ada, token = await person(store, "ada")
    lost_one = await lost(store, gateway, token)
    await say(store, ada, "missed")
    pair = [Client(gateway), Client(gateway)]
    await asyncio.gather(*(c.resume(token, lost_one.session_id, lost_one.seq) for c in pair))
    await say(store, ada, "live")
    (winner,) = [client for client in pair if client.closed_with is None]
    assert winner.contents() == ["missed", "live"]
    await settled(gateway)
    assert (await gateway.rows.find(lost_one.session_id)).dropped_at is None


async def test_a_token_that_is_revoked_while_it_resumes_has_nothing_to_resume(store, gateway):
    ada, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    take_up = gateway.rows.take_up

    async def take_up_and_lose(session_id: str) -> bool:
        taken: bool = await take_up(session_id)
        await sign_out(store, ada)  # commits before the resume goes on
        return taken

    gateway.rows.take_up = take_up_and_lose
    again = await back(client, gateway, token)
    assert again.ops() == [10, 9] and gateway.sessions == {}


async def test_a_seq_from_the_future_closes_with_4007(store, gateway):
    _, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    again = await back(client, gateway, token, seq=store.feed.position + 1)
    assert again.closed_with == 4007


async def test_a_seq_from_before_the_snapshot_was_whole_has_to_identify(store, gateway):
    _, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    again = await back(client, gateway, token, seq=began_at(client.session_id) - 1)
    assert again.ops() == [10, 9]


async def test_a_session_expires_with_its_window(store, clock):
    _, token = await person(store, "ada")
    gateway = gateway_on(store, clock, resume_window_s=60.0)
    client = await lost(store, gateway, token)
    await gateway.rows.settle()
    real = store.clock
    store.clock = lambda: real() + 59
    assert await gateway.rows.find(client.session_id) is not None
    store.clock = lambda: real() + 61
    assert (await back(client, gateway, token)).ops() == [10, 9]
    await settled(gateway)


async def test_a_client_that_never_heard_anything_has_to_identify(store, gateway):
    _, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    again = Client(gateway)
    await again.resume(token, client.session_id, None)
    assert again.ops() == [10, 9] and again.closed_with is None


async def cut_journal(store: Any, upto: int) -> None:
    async with store.pool.acquire() as conn:
        await conn.execute("delete from journal where position <= $1", upto)


async def test_a_seq_that_the_journal_no_longer_reaches_has_to_identify(store, gateway):
    ada, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    await say(store, ada, "one")
    await say(store, ada, "two")
    await cut_journal(store, store.feed.position - 1)
    assert (await back(client, gateway, token)).ops() == [10, 9]


async def test_the_oldest_seq_that_the_journal_reaches_is_resumed(store, gateway):
    ada, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    await say(store, ada, "one")
    await cut_journal(store, client.seq)
    assert (await back(client, gateway, token)).contents() == ["one"]


async def test_a_session_that_sees_little_may_hold_an_old_seq(store, gateway):
    """What it was served when it dropped counts, not what it was last sent."""
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token, Intent.GUILDS | Intent.DIRECT_MESSAGES)
    for n in range(3):
        await say(store, ada, f"not for this session {n}")
    client.read()
    client.vanish()
    served = store.feed.position
    await say(store, ada, "nor this")
    await cut_journal(store, served)
    assert client.seq < served
    assert replayed(await back(client, gateway, token)) == ["RESUMED"]


async def test_an_older_seq_than_was_last_sent_is_not_taken_for_it(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    client.read()
    await say(store, ada, "sent, and perhaps lost on the way")
    client.vanish()
    await cut_journal(store, store.feed.position)
    assert (await back(client, gateway, token)).ops() == [10, 9]


async def test_resume_applies_the_same_intents(store, gateway):
    ada, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = await open_dm(store, ada, bob)
    client = await lost(store, gateway, token, intents.ALL & ~Intent.DIRECT_MESSAGES)
    await say(store, ada, "in the guild")
    await say(store, bob, "in private", channel_id)
    assert (await back(client, gateway, token)).contents() == ["in the guild"]


async def test_resume_shows_nobody_elses_direct_messages(store, gateway):
    ada, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    eve, _ = await person(store, "eve")
    client = await lost(store, gateway, token)
    channel_id = await open_dm(store, bob, eve)
    await say(store, bob, "not for ada", channel_id)
    assert replayed(await back(client, gateway, token)) == ["RESUMED"]


async def test_resume_withholds_content_as_live_does(store, gateway):
    ada, _ = await person(store, "ada")
    robot, token = await bot(store, "robot")
    client = await lost(store, gateway, token, ALL_INTENTS & ~Intent.MESSAGE_CONTENT)
    await say(store, ada, "hidden")
    await say(store, ada, f"for <@{robot.id}>")
    await say(store, robot, "own")
    assert (await back(client, gateway, token)).contents() == ["", f"for <@{robot.id}>", "own"]


async def test_what_nobody_replays_is_not_replayed(store, gateway):
    ada, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    await type_in(store, ada)
    assert replayed(await back(client, gateway, token)) == ["RESUMED"]


async def test_a_presence_that_changed_meanwhile_is_told(store, gateway, clock):
    _, token = await person(store, "ada")
    bob, bob_token = await person(store, "bob")
    other = Client(gateway)
    await other.identify(bob_token)
    client = await lost(store, gateway, token)
    other.vanish()
    clock.pass_by(gateway, 11)
    await gateway.presences.settle()
    again = await back(client, gateway, token)
    assert {d["user"]["id"]: d["status"] for d in again.dispatches("PRESENCE_UPDATE")}[
        str(bob.id)
    ] == "offline"


async def test_joining_and_leaving_a_guild_is_replayed_as_ones_own(store, gateway):
    ada, token = await person(store, "ada")
    guild_id = general(store).guild_id
    client = await lost(store, gateway, token)
    d = {"guild_id": str(guild_id), "user": {"id": str(ada.id)}}
    async with store.transaction(ada) as tx:
        tx.emit(Event("GUILD_MEMBER_REMOVE", d), to=Guild(guild_id))
    again = await back(client, gateway, token)
    assert replayed(again) == ["GUILD_DELETE", "RESUMED"]
    again.vanish()
    async with store.transaction(ada) as tx:
        await tx.conn.execute("delete from members where user_id = $1", ada.id)
        await members.add_member(tx, guild_id, store.directory.users[ada.id])
    once_more = Client(gateway)
    await once_more.resume(token, client.session_id, again.seq)
    assert replayed(once_more) == ["GUILD_CREATE", "MESSAGE_CREATE", "RESUMED"]


async def test_replay_goes_over_many_pages(store, clock):
    ada, token = await person(store, "ada")
    gateway = gateway_on(store, clock, replay_page=3)
    client = await lost(store, gateway, token)
    for n in range(11):
        await say(store, ada, str(n))
    client = await back(client, gateway, token)
    assert client.contents() == [str(n) for n in range(11)]
    await settled(gateway)


async def test_a_connection_lost_in_the_middle_of_a_replay_resumes_from_there(store, clock):
    ada, token = await person(store, "ada")
    gateway = gateway_on(store, clock, replay_page=2)
    client = await lost(store, gateway, token)
    for n in range(6):
        await say(store, ada, str(n))
    halfway = Client(gateway)
    rooms = iter([None, None])

    async def room() -> None:
        if next(rooms, "gone") == "gone":
            halfway.link.closed = True
            raise ConnectionError("lost")

    halfway.link.room = room
    await halfway.resume(token, client.session_id, client.seq)
    halfway.hang_up(1006)
    assert halfway.contents() == ["0", "1", "2", "3"] and "RESUMED" not in halfway.names()
    last = Client(gateway)
    await last.resume(token, client.session_id, halfway.seq)
    assert last.contents() == ["4", "5"] and gateway.replayed == {}
    await settled(gateway)


@pytest.mark.parametrize("kept", [0, 1])
async def test_a_journal_that_is_cut_during_the_replay_ends_it_with_op_9(store, clock, kept):
    ada, token = await person(store, "ada")
    gateway = gateway_on(store, clock, replay_page=2)
    client = await lost(store, gateway, token)
    for n in range(6):
        await say(store, ada, str(n))
    again = Client(gateway)
    rooms = iter([False, True])

    async def room() -> None:
        if next(rooms, False):
            await cut_journal(store, store.feed.position - kept)

    again.link.room = room
    await again.resume(token, client.session_id, client.seq)
    assert again.contents() == ["0", "1", "2", "3"] and again.ops()[-1] == 9
    assert again.connection.session is None and gateway.replayed == {} and gateway.sessions == {}
    await settled(gateway)


async def test_a_delivery_that_failed_is_not_taken_for_one_that_was_not_meant(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    client.read()
    client.link.broken = True
    await say(store, ada, "never written")
    client.hang_up(1006)
    await cut_journal(store, store.feed.position)
    assert (await back(client, gateway, token)).ops() == [10, 9]


async def test_a_revoked_token_resumes_nothing(store, gateway):
    ada, token = await person(store, "ada")
    client = await lost(store, gateway, token)
    await gateway.rows.settle()
    await sign_out(store, ada)
    assert (await back(client, gateway, token)).ops() == [10, 9]


async def test_every_event_arrives_once_and_in_order_whatever_breaks(store, another_store, rng):
    """Seeded: people talk and type while clients lose connections, resume, and servers are killed."""
    ada, token = await person(store, "ada")
    _, bare_token = await bot(store, "robot")
    clock, stores = Clock(), [store]
    gateway = gateway_on(store, clock, replay_page=4, frames_limit=0)
    heard: dict[str, list[str]] = {token: [], bare_token: []}
    clients: dict[str, Client] = {}
    for each in heard:
        clients[each] = Client(gateway, rng.choice(["v=10", "v=10&compress=zlib-stream"]))
        await clients[each].identify(each)
    said: list[str] = []

    def harvest(each: str) -> None:
        heard[each] += clients[each].contents()
        clients[each].forget()

    async def resume(each: str) -> None:
        before = clients[each]
        again = Client(gateway, rng.choice(["v=10", "v=10&compress=zlib-stream"]))
        again.session_id, again.seq = before.session_id, before.seq
        clients[each] = again
        await again.resume(each, before.session_id, before.seq)
        assert again.names()[-1] == "RESUMED" or "RESUMED" in again.names()

    async def talk(count: int) -> None:
        batch = [f"{len(said) + n}" for n in range(count)]
        said.extend(batch)
        for text in batch:
            await say(stores[-1], ada, text)

    async def burst(count: int) -> None:
        batch = [f"{len(said) + n}" for n in range(count)]
        said.extend(batch)
        await asyncio.gather(*(say(stores[-1], ada, text) for text in batch))

    for _ in range(60):
        each = rng.choice(list(heard))
        what = rng.random()
        if what < 0.35:
            await talk(rng.randrange(1, 4))
        elif what < 0.5:
            await burst(rng.randrange(2, 9))
        elif what < 0.6:
            await type_in(stores[-1], ada)
        elif what < 0.8:
            harvest(each)
            clients[each].vanish()
            await asyncio.gather(talk(rng.randrange(4)), resume(each))
        elif what < 0.95:
            await asyncio.gather(burst(rng.randrange(1, 6)), resume_live(clients, each, harvest, resume))
        elif len(stores) < 4:
            for one in heard:
                harvest(one)
            await gateway.rows.settle()
            stores.append(await another_store())
            gateway = gateway_on(stores[-1], clock, replay_page=4, frames_limit=0)
            await gateway.start()
            for one in heard:
                await resume(one)
    for each in heard:
        harvest(each)
        assert heard[each] == said
    await settled(gateway)


async def resume_live(clients: dict[str, Client], each: str, harvest: Any, resume: Any) -> None:
    """Resume a session whose old connection is still open; what that hears after this is void."""
    harvest(each)
    await resume(each)
