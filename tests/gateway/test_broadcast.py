"""Bytes made once for each form, and what a client reads of them."""

from __future__ import annotations

import json
import zlib

from chatd.gateway.broadcast import (
    Packet,
    Parcel,
    bare_text,
    concerned_users,
    dispatch_text,
    payload_text,
    write,
)
from chatd.gateway.forms import BY_NAME
from chatd.model.audience import Channel
from chatd.model.events import Entry
from chatd.wire.transport_compression import STREAM_HEADER
from tests.gateway.client import parse_server_frames


class Recipient:
    """As much of a connection as a delivery touches."""

    def __init__(self, compressed: bool) -> None:
        self.form = BY_NAME["json zlib-stream" if compressed else "json"]
        self.last: bytes | None = None
        self.last_sent = 0
        self.got: list[bytes] = []
        self.send = self.got.append

    def texts(self) -> list[bytes]:
        frames = parse_server_frames(b"".join(self.got))
        if self.form.text:
            assert all(opcode == 1 for opcode, _ in frames)
            return [payload for _, payload in frames]
        assert all(opcode == 2 and payload.endswith(b"\x00\x00\xff\xff") for opcode, payload in frames)
        stream = zlib.decompressobj()
        stream.decompress(STREAM_HEADER)
        return [stream.decompress(payload) for _, payload in frames]


def not_expected(connection, error):
    raise AssertionError("a delivery failed") from error


def test_a_dispatch_is_its_four_keys():
    text = dispatch_text("TYPING_START", 7, '{"a":"ü"}')
    assert json.loads(text) == {"t": "TYPING_START", "s": 7, "op": 0, "d": {"a": "ü"}}
    assert json.loads(payload_text(11)) == {"t": None, "s": None, "op": 11, "d": None}


def test_each_form_is_made_once():
    packet = Packet(b"second", 2, before=b"first")
    assert packet.frame() is packet.frame()
    assert packet.alone() is packet.alone() and packet.after() is packet.after()
    assert packet.after_text(packet.before) is packet.after()
    parcel = Parcel([packet])
    assert (
        parcel.frames() is packet.frame()
        and parcel.alone() is packet.alone()
        and parcel.after() is packet.after()
    )


def test_a_stream_whose_last_text_came_right_before_gets_the_shorter_form():
    first = Packet(b'{"content":"the same words again and again"}', 1)
    second = Packet(b'{"content":"the same words again and again!"}', 2, before=first.text)
    follower, stranger = Recipient(True), Recipient(True)
    write(Parcel([first]), [follower], not_expected)
    write(Parcel([second]), [follower, stranger], not_expected)
    assert follower.texts() == [first.text, second.text] and stranger.texts() == [second.text]
    assert len(follower.got[-1]) < len(stranger.got[-1])


def test_a_joined_parcel_reads_as_its_packets_one_by_one():
    packets, before = [], None
    for n in range(5):
        text = b'{"content":"number %d of a few"}' % n
        packets.append(Packet(text, n + 1, before))
        before = text
    picked = [packets[0], packets[2], packets[4]]  # what came between was for others
    plain, compressed = Recipient(False), Recipient(True)
    write(Parcel(picked), [plain, compressed], not_expected)
    assert plain.texts() == compressed.texts() == [packet.text for packet in picked]
    assert len(plain.got) == len(compressed.got) == 1
    assert (plain.last_sent, compressed.last_sent, compressed.last) == (5, 5, packets[4].text)


def test_equal_texts_of_other_objects_are_no_history():
    """Identity decides, so a stream that only looks as if it ended so gets the form that is always right."""
    again = bytes(bytearray(b"first"))
    recipient = Recipient(True)
    write(Parcel([Packet(again, 1)]), [recipient], not_expected)
    write(Parcel([Packet(b"second", 2, before=bytes(bytearray(b"first")))]), [recipient], not_expected)
    assert recipient.texts() == [b"first", b"second"]


def test_who_fails_is_told_and_the_rest_go_on():
    broken, fine, failed = Recipient(False), Recipient(False), []

    def fail(frame):
        raise OSError

    broken.send = fail
    write(
        Parcel([Packet(b"x", 3)]),
        [broken, fine],
        lambda connection, error: failed.append((connection, error)),
    )
    assert [(connection, type(error)) for connection, error in failed] == [(broken, OSError)]
    assert fine.texts() == [b"x"] and (fine.last_sent, broken.last_sent) == (3, 3)


def test_a_bare_message_has_every_key_and_no_content():
    d = {
        "id": "1", "content": "secret", "embeds": [{"title": "secret"}], "attachments": [{"id": "secret"}],
        "components": ["secret"], "poll": {"question": "secret"}, "author": {"id": "7"},
        "mentions": [{"id": "8"}],
    }  # fmt: skip
    entry = Entry(5, "MESSAGE_CREATE", json.dumps(d), Channel(1, 2))
    bare = json.loads(bare_text(entry))
    assert "secret" not in json.dumps(bare)
    assert bare["d"] == {"id": "1", "content": "", "embeds": [], "attachments": [], "components": [],
                         "author": {"id": "7"}, "mentions": [{"id": "8"}]}  # fmt: skip
    assert concerned_users(entry) == {7, 8} and entry.d["content"] == "secret"
