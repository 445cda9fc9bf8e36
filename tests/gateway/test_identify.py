"""From a token to READY and the guilds, and every way in which that is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import administration, applications
from chatd.actions.tokens import authenticate
from chatd.gateway.opcodes import Opcode
from chatd.model.administration import AccountEdit
from chatd.model.applications import FLAGS_TO_SET
from chatd.model.intents import Intent
from tests.gateway.client import ALL_INTENTS, OWN_ORIGIN, Client
from tests.people import bot, general, person, set_flags
from tests.talk import open_dm, rename, say, sign_out


async def test_the_first_frame_is_hello(gateway):
    client = Client(gateway)
    assert client.read() == [{"t": None, "s": None, "op": 10, "d": {"heartbeat_interval": 41250}}]


async def test_a_person_gets_ready_and_then_their_guild(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    ready = await client.identify(token)
    guild_id = str(general(store).guild_id)
    assert (ready["v"], ready["user"]["id"], ready["shard"]) == (10, str(ada.id), [0, 1])
    assert ready["guilds"] == [{"id": guild_id, "unavailable": True}]
    assert ready["resume_gateway_url"] == "wss://chat.example/gateway"
    assert "application" not in ready
    (guild,) = client.dispatches("GUILD_CREATE")
    assert guild["id"] == guild_id and guild["unavailable"] is False
    assert [channel["name"] for channel in guild["channels"]] == ["general"]
    assert str(ada.id) in {member["user"]["id"] for member in guild["members"]}
    assert client.names()[:2] == ["READY", "GUILD_CREATE"]


async def test_no_secret_is_in_ready(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    text = str(client.read())
    assert token not in text and "password" not in text and "hash" not in text


async def test_a_bot_gets_its_application(store, gateway):
    robot, token = await bot(store, "robot")
    client = Client(gateway)
    ready = await client.identify(f"Bot {token}")
    assert ready["application"]["id"] == str(robot.id) and isinstance(ready["application"]["flags"], int)
    assert ready["private_channels"] == []


@pytest.mark.parametrize("compress", [True, False, "zlib-stream", None])
async def test_what_compression_of_payloads_a_client_asks_for_does_not_matter(store, gateway, compress):
    """Libraries differ: oceanic.js names its transport compression here, and others say true."""
    _, token = await bot(store, "robot")
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": 0, "compress": compress})
    assert client.closed_with is None and "READY" in client.names()


async def test_a_person_gets_their_direct_messages(store, gateway):
    ada, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = await open_dm(store, ada, bob)
    ready = await Client(gateway).identify(token)
    (channel,) = ready["private_channels"]
    assert channel["id"] == str(channel_id) and [r["id"] for r in channel["recipients"]] == [str(bob.id)]


async def test_the_last_dispatch_of_the_snapshot_carries_the_position(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    positions = {payload["t"]: payload["s"] for payload in client.read() if payload["op"] == 0}
    assert positions["GUILD_CREATE"] == store.feed.position
    assert positions["READY"] == store.feed.position - 1


async def test_a_token_that_is_revoked_while_it_identifies_opens_nothing(store, gateway, pool):
    """Its end is told to the sessions that there are; this one is not there yet."""
    ada, token = await person(store, "ada")
    assert await authenticate(store, token) == ada  # now it is remembered
    client = Client(gateway)
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("lock table accounts in access exclusive mode")  # holds up READY's own user
        identifying = asyncio.create_task(client.send(Opcode.IDENTIFY, {"token": token, "intents": 0}))
        await sign_out(store, ada)
    await identifying
    assert client.closed_with == 4004 and client.ops() == [10] and gateway.sessions == {}


async def test_somebody_elses_end_does_not_keep_one_from_identifying(store, gateway, pool):
    _, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    client = Client(gateway)
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("lock table accounts in access exclusive mode")
        identifying = asyncio.create_task(client.send(Opcode.IDENTIFY, {"token": token, "intents": 0}))
        await sign_out(store, bob)
    await identifying
    assert client.names() == ["READY"] and len(gateway.sessions) == 1


async def test_without_the_guilds_intent_ready_stands_alone(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token, Intent.GUILD_MESSAGES)
    assert client.names() == ["READY"] and client.seq == store.feed.position


async def test_live_follows_the_snapshot_without_a_gap(store, gateway):
    ada, token = await person(store, "ada")
    await say(store, ada, "before")
    client = Client(gateway)
    await client.identify(token)
    message = await say(store, ada, "after")
    assert client.contents() == ["after"]
    assert client.seq == store.feed.position
    assert client.dispatches("MESSAGE_CREATE")[0]["id"] == str(message.id)


async def test_members_and_presences_need_their_intents(store, gateway):
    ada, ada_token = await person(store, "ada")
    bob, bob_token = await person(store, "bob")
    await Client(gateway).identify(bob_token)
    client = Client(gateway)
    await client.identify(ada_token, ALL_INTENTS & ~(Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES))
    (guild,) = client.dispatches("GUILD_CREATE")
    assert [member["user"]["id"] for member in guild["members"]] == [str(ada.id)]
    assert guild["presences"] == []
    client = Client(gateway)
    await client.identify(ada_token)
    (guild,) = client.dispatches("GUILD_CREATE")
    assert {str(ada.id), str(bob.id)} <= {member["user"]["id"] for member in guild["members"]}
    assert {p["user"]["id"]: p["status"] for p in guild["presences"]} == {
        str(ada.id): "online", str(bob.id): "online"
    }  # fmt: skip


async def test_the_own_user_is_as_new_as_the_snapshot(store, gateway):
    ada, token = await person(store, "ada")
    await rename(store, ada, "Ada Lovelace")
    ready = await Client(gateway).identify(token)
    assert ready["user"]["global_name"] == "Ada Lovelace"


async def test_without_a_public_url_one_resumes_where_one_came(store, gateway):
    _, token = await person(store, "ada")
    gateway.public_url = lambda: "http://127.0.0.1:8080"
    ready = await Client(gateway, host="lan.example:8080").identify(token)
    assert ready["resume_gateway_url"] == "ws://lan.example:8080/gateway"


@pytest.mark.parametrize("token", ["wrong", "Bot wrong", "", "Bot ", "x" * 500])
async def test_a_token_that_proves_nothing_closes_with_4004(gateway, token):
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": 1, "properties": {}})
    assert client.closed_with == 4004


async def test_an_empty_token_means_the_cookie_of_our_own_page(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway, origin=OWN_ORIGIN, cookie=f"theme=dark; chatd_session={token}")
    assert (await client.identify(""))["user"]["id"] == str(ada.id)
    client = Client(gateway, origin="http://chat.internal", cookie=f"chatd_session={token}")
    assert (await client.identify(""))["user"]["id"] == str(ada.id)


async def test_a_cookie_proves_nothing_without_our_own_origin(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway, cookie=f"chatd_session={token}")
    await client.send(Opcode.IDENTIFY, {"token": "", "intents": 1})
    assert client.closed_with == 4004


@pytest.mark.parametrize("wanted", [None, -1, 1 << 17, 1 << 40])
async def test_intents_that_do_not_exist_close_with_4013(store, gateway, wanted):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": wanted})
    assert client.closed_with == 4013


@pytest.mark.parametrize(
    "flag, intent", [(13, "GUILD_PRESENCES"), (15, "GUILD_MEMBERS"), (19, "MESSAGE_CONTENT")]
)
async def test_a_privileged_intent_that_was_taken_away_closes_with_4014(store, gateway, flag, intent):
    robot, token = await bot(store, "robot")
    await set_flags(store, robot, FLAGS_TO_SET & ~(1 << flag))
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": int(Intent[intent])})
    assert client.closed_with == 4014
    client = Client(gateway)
    await client.identify(token, ALL_INTENTS & ~Intent[intent])
    assert client.closed_with is None


@pytest.mark.parametrize("shard", [[1, 1], [-1, 1], [0, 0], [2, 1], [0, 2**40]])
async def test_a_shard_that_cannot_be_closes_with_4010(store, gateway, shard):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": 1, "shard": shard})
    assert client.closed_with == 4010


async def test_a_guild_is_told_to_its_own_shard_only(store, gateway):
    ada, token = await person(store, "ada")
    guild_id = general(store).guild_id
    home = (guild_id >> 22) % 2
    clients = [Client(gateway), Client(gateway)]
    readies = [await client.identify(token, shard=[at, 2]) for at, client in enumerate(clients)]
    assert [len(ready["guilds"]) for ready in readies] == ([1, 0] if home == 0 else [0, 1])
    await say(store, ada, "hello")
    assert [client.contents() for client in clients] == ([["hello"], []] if home == 0 else [[], ["hello"]])


async def test_direct_messages_are_told_to_the_first_shard(store, gateway):
    ada, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    channel_id = await open_dm(store, bob, ada)
    clients = [Client(gateway), Client(gateway)]
    readies = [await client.identify(token, shard=[at, 2]) for at, client in enumerate(clients)]
    assert [len(ready["private_channels"]) for ready in readies] == [1, 0]
    await say(store, bob, "psst", channel_id)
    assert [client.contents() for client in clients] == [["psst"], []]


async def test_a_client_that_is_gone_before_its_answer_leaves_no_session(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    client.link.closed = True
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": 1})
    client.hang_up(1006)
    assert gateway.sessions == {} and gateway.connections == {}


async def test_a_user_in_no_guild_gets_empty_lists(store, gateway):
    ada, token = await person(store, "ada")
    guild_id = general(store).guild_id
    del store.directory.guilds[guild_id].members[ada.id]
    store.directory._guild_ids_of[ada.id].discard(guild_id)
    client = Client(gateway)
    ready = await client.identify(token)
    assert ready["guilds"] == [] and ready["private_channels"] == [] and client.names() == ["READY"]


def large_threshold_cases() -> list[Any]:
    return [(49, 4002), (251, 4002), (50, None), (250, None)]


@pytest.mark.parametrize("large_threshold, code", large_threshold_cases())
async def test_large_threshold_has_bounds(store, gateway, large_threshold, code):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": 1, "large_threshold": large_threshold})
    assert client.closed_with == code


async def test_a_session_ends_with_4014_when_its_intent_is_taken_away_and_is_not_resumed(store, gateway):
    robot, token = await bot(store, "robot")
    eager, modest = Client(gateway), Client(gateway)
    await eager.identify(token, int(Intent.GUILDS | Intent.MESSAGE_CONTENT))
    ready = await modest.identify(token, int(Intent.GUILDS))
    assert ready["application"] == {"id": str(robot.id), "flags": FLAGS_TO_SET}
    await set_flags(store, robot, FLAGS_TO_SET & ~(1 << 19))
    assert (eager.closed_with, modest.closed_with) == (4014, None)
    again = Client(gateway)
    await again.resume(token, eager.session_id, eager.seq)
    assert again.closed_with == 4014


async def test_a_new_token_of_a_bot_ends_every_session_of_the_one_before(store, gateway):
    robot, token = await bot(store, "robot")
    clients = [Client(gateway), Client(gateway)]
    for client in clients:
        await client.identify(token)
    async with store.transaction(robot) as tx:
        fresh = await applications.reset_token(tx, robot.id)
    assert [client.closed_with for client in clients] == [4004, 4004]
    stale = Client(gateway)
    await stale.send(Opcode.IDENTIFY, {"token": token, "intents": 1})
    assert stale.closed_with == 4004
    again = Client(gateway)
    for shown in (token, fresh):
        await again.resume(shown, clients[0].session_id, clients[0].seq)
        assert again.read()[-1]["op"] == Opcode.INVALID_SESSION
    await again.identify(fresh)
    assert again.closed_with is None


async def test_a_bot_is_away_as_long_as_its_owner_is_kept_out(store, gateway):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    async with store.transaction(bob) as tx:
        made = await applications.create_bot(tx, "robot", owner_id=bob.id)
    client, other = Client(gateway), Client(gateway)
    await client.identify(made.token)
    await other.identify((await bot(store, "another"))[1])

    async def keep_out(disabled: bool) -> None:
        async with store.transaction(ada) as tx:
            await administration.update_user(tx, bob.id, AccountEdit.parse({"disabled": disabled}))

    await keep_out(True)
    assert (client.closed_with, other.closed_with) == (4004, None)
    client.hang_up(4004)
    again, back = Client(gateway), Client(gateway)
    await again.send(2, {"token": made.token, "intents": 0, "properties": {}})
    await back.resume(made.token, client.session_id, client.seq)
    assert again.closed_with == 4004 and back.names() == []
    await keep_out(False)
    assert (await Client(gateway).identify(made.token))["user"]["id"] == str(made.user.id)
