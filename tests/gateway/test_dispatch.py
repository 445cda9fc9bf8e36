"""The gate: what a client may send and when, and the close code of each misuse."""

from __future__ import annotations

import json

import pytest

from chatd.actions import gateway_sessions
from chatd.gateway.opcodes import Opcode
from chatd.gateway.settings import PAYLOAD_BYTES_MAX
from chatd.model.errors import Unavailable
from tests.gateway.client import Client, gateway_on
from tests.people import person

NOT_PAYLOADS = [
    "",
    "nonsense",
    "[]",
    "null",
    "1",
    '{"op": "1"}',
    '{"op": 1.0}',
    '{"op": true}',
    "{}",
    '{"op": NaN}',
]


@pytest.mark.parametrize("text", [*NOT_PAYLOADS, b'{"op": 1, "d": "\xff"}', b"", "[" * 2000])
async def test_what_cannot_be_decoded_closes_with_4002(gateway, text):
    client = Client(gateway)
    await client.send_text(text)
    assert client.closed_with == 4002


async def test_a_binary_frame_may_hold_the_same_json(gateway):
    client = Client(gateway)
    await client.send_text(b'{"op": 1, "d": null}')
    assert client.closed_with is None and client.ops() == [10, 11]


@pytest.mark.parametrize("op", [-1, 0, 5, 7, 9, 10, 11, 12, 99, 101, 2**70])
async def test_an_opcode_that_clients_do_not_send_closes_with_4001(gateway, op):
    client = Client(gateway)
    await client.send(op)
    assert client.closed_with == 4001


@pytest.mark.parametrize("op", [3, 4, 8, 31, 43, 100])
async def test_most_opcodes_before_identify_close_with_4003(gateway, op):
    client = Client(gateway)
    await client.send(op, {})
    assert client.closed_with == 4003


@pytest.mark.parametrize("op, d", [
    (2, {"token": "x", "intents": 1}), (6, {"token": "x", "session_id": "x", "seq": 1}),
])  # fmt: skip
async def test_identifying_twice_closes_with_4005(store, gateway, op, d):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await client.send(op, d)
    assert client.closed_with == 4005


MALFORMED = [
    (2, None), (2, []), (2, {"token": 1, "intents": 1}), (2, {"token": "x", "intents": "many"}),
    (2, {"token": "x", "intents": 1, "shard": [0]}), (2, {"token": "x", "intents": 1, "shard": ["0", 1]}),
    (2, {"token": "x", "intents": 1, "shard": 1}), (2, {"token": "x", "intents": 1, "properties": 1}),
    (2, {"token": "x", "intents": 1, "presence": {"status": "brb"}}),
    (6, {}), (6, {"token": "x", "seq": 1}), (6, {"token": "x", "session_id": "x", "seq": -1}),
    (6, {"token": "x", "session_id": 1, "seq": 1}), (6, {"token": "x\x00", "session_id": "x", "seq": 1}),
]  # fmt: skip


@pytest.mark.parametrize("op, d", MALFORMED)
async def test_a_malformed_d_before_identify_closes_with_4002(gateway, op, d):
    client = Client(gateway)
    await client.send(op, d)
    assert client.closed_with == 4002


MALFORMED_LATER = [
    (3, None), (3, {"status": "away"}), (3, {"status": "online", "activities": [{"name": ""}]}),
    (3, {"status": "online", "activities": "none"}), (3, {"status": "online", "since": "then"}),
    (3, {"status": "online", "activities": [{"name": "x", "type": 9}]}), (3, {"status": "online", "afk": 1}),
    (3, {"status": "online", "activities": [{"name": "x"}] * 11}), (3, {"status": "online", "game": "chess"}),
    (4, {"channel_id": "5"}), (4, {"guild_id": "x", "channel_id": None}),
    (4, {"guild_id": "1", "self_mute": "no"}),
    (8, {}), (8, {"guild_id": "1"}), (8, {"guild_id": [], "query": ""}), (8, {"guild_id": "1", "query": 1}),
    (8, {"guild_id": "1", "user_ids": ["x"]}), (8, {"guild_id": "1", "user_ids": ["1"] * 101}),
    (8, {"guild_id": "1", "query": "", "nonce": "x" * 33}), (8, {"guild_id": ["1", "2"], "query": ""}),
    (31, {}), (31, {"guild_ids": "1"}), (31, {"guild_ids": ["x"]}), (43, {}), (43, {"guild_id": "x"}),
    (100, {}), (100, {"id": "1", "method": "GET", "path": "users"}),
    (100, {"id": "1", "method": "BREW", "path": "/"}),
    (100, {"id": None, "method": "GET", "path": "/"}), (100, {"id": "1", "method": "GET", "path": "/a b"}),
]  # fmt: skip


@pytest.mark.parametrize("op, d", MALFORMED_LATER)
async def test_a_malformed_d_after_identify_closes_with_4002(store, gateway, op, d):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await client.send(op, d)
    assert client.closed_with == 4002 and gateway.call.asked == []


async def test_a_payload_above_the_limit_closes_with_4002(gateway):
    padding = PAYLOAD_BYTES_MAX - len(json.dumps({"op": 1, "d": ""}))
    client = Client(gateway)
    await client.send(1, "x" * padding)
    assert client.closed_with is None and client.ops() == [10, 11]
    await client.send(1, "x" * (padding + 1))
    assert client.closed_with == 4002


async def test_the_limit_counts_bytes_and_not_characters(gateway):
    client = Client(gateway)
    await client.send_text('{"op": 1, "d": "' + "ü" * 2039 + '"}')
    assert client.closed_with is None
    await client.send_text('{"op": 1, "d": "' + "ü" * 2040 + '"}')
    assert client.closed_with == 4002


async def test_a_request_may_be_larger(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await client.send(
        Opcode.REQUEST, {"id": 1, "method": "POST", "path": "/x", "body": {"content": "x" * 8000}}
    )
    assert client.closed_with is None and client.ops()[-1] == Opcode.RESPONSE


async def test_more_than_120_frames_in_a_minute_close_with_4008(gateway, clock):
    client = Client(gateway)
    for _ in range(120):
        await client.send(1)
    assert client.closed_with is None and len(client.ops()) == 121
    await client.send(1)
    assert client.closed_with == 4008


async def test_the_next_minute_counts_anew(gateway, clock):
    client = Client(gateway)
    for _ in range(120):
        await client.send(1)
    clock.now += 60
    for _ in range(120):
        await client.send(1)
    assert client.closed_with is None


async def test_the_rate_is_a_setting_and_0_means_no_limit(store, clock):
    slow, free = gateway_on(store, clock, frames_limit=2), gateway_on(store, clock, frames_limit=0)
    client = Client(slow)
    for _ in range(3):
        await client.send(1)
    assert client.closed_with == 4008
    client = Client(free)
    for _ in range(500):
        await client.send(1)
    assert client.closed_with is None


async def test_nothing_is_read_after_the_close(gateway):
    client = Client(gateway)
    await client.send(99)
    await client.send(1)
    assert client.closed_with == 4001 and client.ops() == [10]


async def test_a_fault_of_ours_closes_with_4000_and_keeps_the_session(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)

    async def broken(*_):
        raise RuntimeError("our fault")

    gateway.call = broken
    await client.send(Opcode.REQUEST, {"id": 1, "method": "GET", "path": "/x"})
    assert client.closed_with == 4000
    client.hang_up(4000)
    assert await gateway.rows.find(client.session_id) is not None


async def test_a_database_that_is_away_closes_with_4000(store, gateway, monkeypatch):
    _, token = await person(store, "ada")

    async def away(*_):
        raise Unavailable()

    monkeypatch.setattr("chatd.gateway.identify.tokens.authenticate", away)
    client = Client(gateway)
    await client.send(Opcode.IDENTIFY, {"token": token, "intents": 1})
    assert client.closed_with == 4000 and "database" in client.link.close_reason


async def test_what_could_not_be_written_is_written_by_a_later_sweep(store, gateway, clock, monkeypatch):
    _, token = await person(store, "ada")
    save, fails = gateway_sessions.save_sessions, [Unavailable(), RuntimeError("odd")]

    async def flaky(*arguments, **named):
        if fails:
            raise fails.pop()
        await save(*arguments, **named)

    monkeypatch.setattr("chatd.gateway.session.gateway_sessions.save_sessions", flaky)
    client = Client(gateway)
    await client.identify(token)
    client.vanish()
    for _ in range(3):
        await gateway.rows.settle()
        clock.pass_by(gateway, 1)
    assert not fails and (await gateway.rows.find(client.session_id)).last_sent == client.connection.last_sent


async def test_the_reason_of_a_close_fits_its_frame(store, gateway):
    client = Client(gateway)
    await client.send(
        2, {"token": "x", "presence": {"status": "online", "activities": [{"name": "x" * 500}]}}
    )
    assert client.closed_with == 4002 and 0 < len(client.link.close_reason.encode()) <= 123
