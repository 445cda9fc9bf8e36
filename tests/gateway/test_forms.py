"""Every form that a client may ask for says the same, and each event is made once in each."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from chatd.gateway.forms import BY_NAME, form_of
from chatd.gateway.opcodes import Opcode
from chatd.gateway.zstd import zstd_compressor
from chatd.wire.etf import encode_term
from chatd.wire.zstd_stream import STREAM_HEADER, blocks_of
from tests.gateway.client import Client, parse_server_frames
from tests.people import person
from tests.talk import say

QUERIES = [
    f"v=10&encoding={encoding}{compress}"
    for encoding in ("json", "etf")
    for compress in ("", "&compress=zlib-stream", "&compress=zstd-stream")
]


def test_there_is_one_object_for_each_form():
    assert len(BY_NAME) == len(QUERIES) == 6
    assert form_of("etf", "zstd-stream") is BY_NAME["etf zstd-stream"]
    assert form_of("json", "") is BY_NAME["json"] and BY_NAME["json"].text
    assert form_of("etf", "zlib") is None and form_of("", "") is None


async def test_one_client_of_each_form_hears_the_same(store, gateway):
    ada, token = await person(store, "ada")
    clients = [Client(gateway, query) for query in QUERIES]
    for client in clients:
        await client.identify(token)
        await gateway.presences.settle()
    for client in clients:
        client.forget()
    for text in ("hello", "ü 猫 \U0001f600", "again and again and again and again", "x" * 2000):
        await say(store, ada, text)
    for client in clients:
        await client.send(Opcode.HEARTBEAT, client.seq)
    first, *others = [client.read() for client in clients]
    assert [p["t"] for p in first] == ["MESSAGE_CREATE"] * 4 + [None]
    assert all(heard == first for heard in others)


@pytest.mark.parametrize("query", QUERIES)
async def test_a_session_is_resumed_in_any_form(store, gateway, query):
    ada, token = await person(store, "ada")
    client = Client(gateway, query)
    await client.identify(token)
    client.vanish()
    await say(store, ada, "missed")
    back = Client(gateway, QUERIES[(QUERIES.index(query) + 1) % 6])
    await back.resume(token, client.session_id, client.seq)
    assert back.contents() == ["missed"] and back.names()[-1] == "RESUMED"


@pytest.mark.parametrize("name", [name for name, form in BY_NAME.items() if not form.text])
async def test_all_of_a_form_share_the_same_bytes(store, gateway, name):
    encoding, _, compress = name.partition(" ")
    query = f"v=10&encoding={encoding}" + (f"&compress={compress}" if compress else "")
    ada, token = await person(store, "ada")
    clients = [Client(gateway, query) for _ in range(3)]
    for client in clients:
        await client.identify(token)
    await gateway.presences.settle()
    await say(store, ada, "once")
    await say(store, ada, "twice")
    last = [client.link.frames[-1] for client in clients]
    assert last[0] is last[1] is last[2]


@pytest.mark.parametrize(
    "sent",
    ['{"op":1,"d":null}', b"", b"\x83", b'{"op":1}', encode_term([1]), encode_term({"op": "1"}),
     b"\x83t\x00\x00\x00\x01s\x02opa\x01", encode_term({"op": 1}) + b" "],
)  # fmt: skip
async def test_what_is_no_payload_as_a_term_closes_with_4002(gateway, sent):
    client = Client(gateway, "v=10&encoding=etf")
    await client.send_text(sent)
    assert client.closed_with == 4002 and client.link.close_reason


async def test_a_client_of_terms_may_send_ids_as_numbers(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway, "v=10&encoding=etf")
    await client.identify(token, shard=[0, 1])
    (guild,) = client.dispatches("GUILD_CREATE")
    await client.send(8, {"guild_id": int(guild["id"]), "user_ids": [ada.id], "limit": 0})
    (chunk,) = client.dispatches("GUILD_MEMBERS_CHUNK")
    assert [member["user"]["id"] for member in chunk["members"]] == [str(ada.id)]


def test_compressed_where_there_is_a_compressor(monkeypatch):
    compress = zstd_compressor()
    assert compress is not None, "the tests bring one along"
    assert compress(b"x" * 100_000).startswith(STREAM_HEADER[:5]) and blocks_of(compress(b"x" * 1000))

    def none(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("chatd.gateway.zstd.import_module", none)
    assert zstd_compressor() is None
    monkeypatch.setattr("chatd.gateway.zstd.import_module", import_module)


def test_a_frame_says_what_its_text_says():
    text = json.dumps({"t": "A", "s": 1, "op": 0, "d": {"a": [1, None, "é"]}}).encode()
    for form in BY_NAME.values():
        ((opcode, payload),) = parse_server_frames(form.frame(text))
        assert opcode == (1 if form.text else 2) and payload
