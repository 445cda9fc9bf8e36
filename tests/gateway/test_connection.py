"""One socket: what it speaks, and what silence, slowness and the end of the server do to it."""

from __future__ import annotations

import json
import zlib

import pytest

from chatd.gateway.opcodes import CloseCode, Opcode
from chatd.wire.etf import encode_term
from tests.gateway.client import Client, gateway_on, parse_server_frames
from tests.people import person
from tests.talk import say


async def live(store, gateway, name="ada", query="v=10"):
    actor, token = await person(store, name)
    client = Client(gateway, query)
    await client.identify(token)
    client.read()
    return actor, token, client


async def test_zlib_stream_is_one_stream_of_binary_frames(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway, "v=10&encoding=json&compress=zlib-stream")
    await client.identify(token)
    for n in range(3):
        await say(store, ada, f"hello {n}")
        await client.send(1)
    inflate, ops = zlib.decompressobj(), []
    for opcode, payload in parse_server_frames(b"".join(client.link.frames)):
        assert opcode == 2 and payload.endswith(b"\x00\x00\xff\xff")
        ops.append(json.loads(inflate.decompress(payload))["op"])
    assert ops.count(Opcode.HEARTBEAT_ACK) == 3 and client.contents() == ["hello 0", "hello 1", "hello 2"]


async def test_the_short_form_is_used_when_one_event_follows_another(store, gateway):
    ada, _, client = await live(store, gateway, query="v=10&compress=zlib-stream")
    await gateway.presences.settle()
    sizes = []
    for _ in range(3):
        await say(store, ada, "the same words again and again")
        sizes.append(len(client.link.frames[-1]))
    assert sizes[2] < sizes[0] / 2 and client.contents() == ["the same words again and again"] * 3


async def test_without_compression_every_frame_is_text(store, gateway):
    _, _, client = await live(store, gateway)
    assert all(opcode == 1 for opcode, _ in parse_server_frames(b"".join(client.link.frames)))


REFUSED = [
    ("v=8", 4012), ("v=11", 4012), ("v=x", 4012), ("v=", 4012),
    ("v=10&encoding=msgpack", 4002), ("v=10&encoding=", 4002),
    ("v=10&compress=zstd", 4002), ("v=10&compress=gzip", 4002), ("v=10&encoding=etf&compress=br", 4002),
]  # fmt: skip


@pytest.mark.parametrize("query, code", REFUSED)
async def test_what_we_do_not_speak_is_refused_with_a_reason(gateway, query, code):
    client = Client(gateway, query)
    assert client.closed_with == code and client.link.close_reason and client.link.frames == []
    client.hang_up(code)
    assert gateway.connections == {}


@pytest.mark.parametrize("query", ["", "v=9", "v=10", "v=10&encoding=json", "encoding=json&v=10&compress="])
async def test_what_we_speak_is_greeted(gateway, query):
    assert Client(gateway, query).ops() == [10]


ETF = "v=10&encoding=etf"
HOSTILE_TERMS = {
    "nothing": b"", "no version": b"t\0\0\0\0", "a version alone": b"\x83", "an unknown tag": b"\x83\xfe",
    "a compressed term": b"\x83P" + (2**31).to_bytes(4, "big") + zlib.compress(b"m" + b"\0" * 50_000),
    "a text of four thousand million": b"\x83m\xff\xff\xff\xffabc",
    "a list of four thousand million": b"\x83l\xff\xff\xff\xffa\x01j",
    "a map of four thousand million": b"\x83t\xff\xff\xff\xffm\0\0\0\x02opa\x01",
    "an integer of four thousand million": b"\x83o\xff\xff\xff\xff\0" + b"\xff" * 300,
    "an integer of 255 octets": b"\x83n\xff\0" + b"\xff" * 255,
    "tuples in tuples": b"\x83" + b"h\x01" * 10_000 + b"j",
    "lists in lists": b"\x83" + b"l\0\0\0\x01" * 10_000 + b"j" * 10_001,
    "maps in maps": b"\x83" + b"t\0\0\0\x01m\0\0\0\x01d" * 5_000 + b"j",
    "a list as a key": b"\x83t\0\0\0\x01ja\x01", "no number": b"\x83F\x7f\xf8\0\0\0\0\0\x01",
    "something behind the term": encode_term({"op": 1, "d": None}) + b"j",
    "a term that is no payload": encode_term([1, 2, 3]), "an op that is a text": encode_term({"op": "2"}),
    "an op that is a float": encode_term({"op": 1.5}), "JSON": b'{"op":1,"d":null}',
}  # fmt: skip


@pytest.mark.parametrize("identified", [False, True], ids=["before", "after"])
async def test_hostile_terms_close_their_own_connection_and_no_other(store, gateway, identified):
    ada, token = await person(store, "ada")
    bystander = Client(gateway, ETF)
    await bystander.identify(token)
    for what, term in HOSTILE_TERMS.items():
        client = Client(gateway, ETF)
        if identified:
            await client.identify(token)
        await client.send_text(term)
        assert client.closed_with == CloseCode.DECODE_ERROR, what
        client.hang_up(int(CloseCode.DECODE_ERROR))
    await say(store, ada, "still here")
    assert bystander.contents() == ["still here"] and bystander.closed_with is None


async def test_a_term_with_changed_octets_is_understood_or_closes_its_connection(store, gateway, rng):
    _, token = await person(store, "ada")
    d = {"since": None, "activities": [{"name": "x", "type": 0}], "status": "dnd", "afk": False}
    whole = encode_term({"op": 3, "d": d})
    client = Client(gateway, ETF)
    await client.identify(token)
    for _ in range(200):
        changed = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        cut = rng.randint(1, len(changed)) if rng.random() < 0.3 else len(changed)
        await client.send_text(bytes(changed[:cut]))
        if client.closed_with is not None:
            assert client.closed_with in (4001, 4002, 4003), bytes(changed)
            client.hang_up(client.closed_with)
            client = Client(gateway, ETF)
            await client.identify(token)


async def test_a_client_that_beats_stays(store, gateway, clock):
    _, _, client = await live(store, gateway)
    for _ in range(5):
        clock.pass_by(gateway, 60)
        await client.send(1)
    assert client.closed_with is None


async def test_a_client_that_falls_silent_is_closed_with_4009_and_can_resume(store, gateway, clock):
    ada, token, client = await live(store, gateway)
    clock.pass_by(gateway, 41.25 * 1.5 + 4)
    assert client.closed_with is None
    clock.pass_by(gateway, 2)
    assert client.closed_with == 4009
    await say(store, ada, "missed")
    client.hang_up(4009)
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq)
    assert again.contents() == ["missed"]


async def test_only_the_silent_are_closed(store, gateway, clock):
    _, _, silent = await live(store, gateway, "silent")
    _, _, alive = await live(store, gateway, "alive")
    for _ in range(4):
        clock.pass_by(gateway, 30)
        await alive.send(1)
    assert (silent.closed_with, alive.closed_with) == (4009, None)


async def test_no_identify_within_the_limit_closes_with_4009(gateway, clock):
    client = Client(gateway)
    clock.pass_by(gateway, 29)
    await client.send(1)
    assert client.closed_with is None
    clock.pass_by(gateway, 2)
    assert client.closed_with == 4009 and "Identify" in client.link.close_reason


async def test_a_reader_that_takes_nothing_is_cut_off_and_loses_nothing(store, gateway, clock):
    ada, token, client = await live(store, gateway)
    _, _, other = await live(store, gateway, "bob")
    client.link.unsent_bytes = 70_000
    client.connection.paused(client.link)
    for _ in range(29):
        clock.pass_by(gateway, 1)
    assert not client.link.aborted
    clock.pass_by(gateway, 2)
    assert client.link.aborted and not other.link.aborted
    client.hang_up(1006)
    for heard in (client, other):
        heard.forget()
    await say(store, ada, "missed")
    assert other.contents() == ["missed"]
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq)
    assert again.contents() == ["missed"]


async def test_a_slow_reader_that_takes_something_is_left_alone(store, gateway, clock):
    _, _, client = await live(store, gateway)
    client.link.unsent_bytes = 70_000
    client.connection.paused(client.link)
    for _ in range(10):
        client.link.unsent_bytes -= 1_000
        clock.pass_by(gateway, 20)
        await client.send(1)
    assert not client.link.aborted
    client.connection.resumed(client.link)
    clock.pass_by(gateway, 50)
    assert not client.link.aborted and gateway.paused == {}


async def test_a_snapshot_raises_the_limit_by_its_size_until_it_is_read(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    usual = gateway.settings.unsent_bytes_max
    assert client.connection.unsent_bytes_max == usual
    await client.identify(token)
    assert client.connection.unsent_bytes_max > usual + 1000
    client.connection.resumed(client.link)
    assert client.connection.unsent_bytes_max == usual


async def test_a_heartbeat_with_nothing_unsent_lowers_the_limit_again(store, gateway):
    _, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await client.send(1)
    assert client.connection.unsent_bytes_max == gateway.settings.unsent_bytes_max


async def test_a_shutdown_says_reconnect_and_then_closes(store, gateway):
    _, _, client = await live(store, gateway)
    newcomer = Client(gateway)
    await gateway.shutdown()
    assert client.ops()[-1] == Opcode.RECONNECT and client.closed_with == 1012
    assert newcomer.ops() == [10, 7] and newcomer.closed_with == 1012


async def test_the_server_s_drain_does_the_same_for_one_connection(store, gateway):
    _, _, client = await live(store, gateway)
    client.connection.shutdown(client.link)
    assert client.ops()[-1] == Opcode.RECONNECT and client.closed_with == 1012 and gateway.sessions == {}


async def test_comings_and_goings_leave_nothing_behind(store, clock):
    gateway = gateway_on(store, clock)
    _, token = await person(store, "ada")
    for n in range(300):
        client = Client(gateway)
        if n % 3:
            await client.identify(token)
        client.hang_up(1006 if n % 2 else 1000)
    clock.pass_by(gateway, 20)
    await gateway.rows.settle()
    await gateway.presences.settle()
    registries = (
        gateway.connections, gateway.unidentified, gateway.paused, gateway.sessions, gateway.replayed,
        gateway.presences.shown, gateway.hub.audiences.connections,
    )  # fmt: skip
    assert all(len(registry) == 0 for registry in registries)


async def test_an_administrator_sees_who_is_connected_and_may_end_it(store, gateway):
    ada, token, client = await live(store, gateway, query="v=10&compress=zlib-stream")
    stranger = Client(gateway)
    of_ada, of_nobody = gateway.live_connections()
    assert (of_ada["user_id"], of_ada["bot"], of_ada["form"]) == (str(ada.id), False, "json zlib-stream")
    assert (of_nobody["user_id"], of_nobody["intents"]) == (None, None)
    assert client.session_id not in str(of_ada) and token not in str(of_ada)
    assert gateway.close_connection(of_ada["id"]) and not gateway.close_connection("none")
    assert (client.closed_with, stranger.closed_with) == (CloseCode.UNKNOWN_ERROR, None)
    client.hang_up(1006)
    assert [each["id"] for each in gateway.live_connections()] == [of_nobody["id"]]
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq)
    assert again.names()[-1] == "RESUMED"
