"""chatd.wire.websocket: whole connections, in every way that their bytes can arrive.

The sections are those of the Autobahn test suite, whose cases these follow in spirit: 1 framing, 2 pings,
3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing, 9 limits. Compression, 12 and 13, is in
test_websocket_messages.py.
"""

from __future__ import annotations

import pytest

from chatd.wire.websocket import (
    Closed,
    Ping,
    Pong,
    ServerWebSocket,
    State,
    close_frame,
)
from tests.wire.arrivals import arrivals
from tests.wire.client_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    KEY,
    PING,
    PONG,
    TEXT,
    client_frame,
    close_payload,
    masked,
)
from tests.wire.websocket_events import MESSAGE_MAX, NORMAL, agree_on_deflate, closes_with, feed_all

COSTS_1002, COSTS_1007 = (1002,), (1007,)


# ── 1, 2, 5, 6: what is right ───────────────────────────────────────────────────────────────────
# what it is: the client's bytes, the events, and in PINGED the frames that the server sends by itself

GREEK = "κόσμε"
INVALID_AFTER_GREEK = GREEK.encode() + b"\xf4\x90\x80\x80" + b"edited"


def text_of(*parts: bytes | str) -> bytes:
    """A text message in as many frames as there are parts."""
    return b"".join(
        client_frame(CONTINUATION if number else TEXT, part, fin=number == len(parts) - 1)
        for number, part in enumerate(parts)
    )


GOOD = {
    "1.1.1 empty text": (client_frame(TEXT), [""]),
    "1.1.2 text of 125": (client_frame(TEXT, "*" * 125), ["*" * 125]),
    "1.1.3 text of 126": (client_frame(TEXT, "*" * 126), ["*" * 126]),
    "1.1.4 text of 127": (client_frame(TEXT, "*" * 127), ["*" * 127]),
    "1.1.5 text of 128": (client_frame(TEXT, "*" * 128), ["*" * 128]),
    "1.1.6 text in the longest form taken as an integer": (client_frame(TEXT, "*" * 512), ["*" * 512]),
    "1.2.1 empty binary": (client_frame(BINARY), [b""]),
    "1.2.3 binary of 126": (client_frame(BINARY, b"\xfe" * 126), [b"\xfe" * 126]),
    "1.2.5 binary of 600": (client_frame(BINARY, b"\xfe" * 600), [b"\xfe" * 600]),
    "5.7 of the RFC": (bytes.fromhex("818537fa213d7f9f4d5158"), ["Hello"]),
    "several at once": (
        client_frame(TEXT, "one") + client_frame(BINARY, b"two") + client_frame(TEXT, "three" * 30),
        ["one", b"two", "three" * 30],
    ),
    "2.7 unasked pong": (client_frame(PONG), [Pong(b"")]),
    "2.8 unasked pong with a payload": (client_frame(PONG, "unasked"), [Pong(b"unasked")]),
    "5.3 text in two": (text_of("frag", "ment"), ["fragment"]),
    "5.4 binary in three": (
        client_frame(BINARY, b"a", fin=False)
        + client_frame(CONTINUATION, b"b", fin=False)
        + client_frame(CONTINUATION, b"c"),
        [b"abc"],
    ),
    "5.5 empty fragments": (text_of("", "", "x", "", ""), ["x"]),
    "6.1.2 nothing but empty fragments": (text_of("", "", ""), [""]),
    "6.2.1 UTF-8 in one frame": (client_frame(TEXT, "Hello-µ@ßöäüàá-UTF-8!!"), ["Hello-µ@ßöäüàá-UTF-8!!"]),
    "6.2.4 UTF-8 in frames of a byte": (text_of(*[bytes([b]) for b in GREEK.encode()]), [GREEK]),
    "6.5 NUL and noncharacters": (client_frame(TEXT, "\0\ufffe\U0010ffff"), ["\0\ufffe\U0010ffff"]),
    "6.5 a byte order mark stays": (client_frame(TEXT, "\ufeffx"), ["\ufeffx"]),
    "binary needs no UTF-8": (
        client_frame(BINARY, b"\xff\xfe", fin=False) + client_frame(CONTINUATION, b"\xc0"),
        [b"\xff\xfe\xc0"]),
}  # fmt: skip


@pytest.mark.parametrize("what", GOOD)
def test_messages_arrive(what):
    data, expected = GOOD[what]
    for how, pieces in arrivals(data):
        socket = ServerWebSocket(message_max=MESSAGE_MAX)
        assert feed_all(socket, pieces) == expected, how
        assert (socket.outgoing, socket.state) == ([], State.OPEN), how


PINGED = {
    "2.1 ping without payload": (client_frame(PING), [Ping(b"")], [b"\x8a\x00"]),
    "2.2 ping with text": (client_frame(PING, "Hello"), [Ping(b"Hello")], [b"\x8a\x05Hello"]),
    "2.3 ping with binary": (client_frame(PING, b"\0\xff"), [Ping(b"\0\xff")], [b"\x8a\x02\0\xff"]),
    "2.4 ping with 125 bytes": (client_frame(PING, b"\xfe" * 125), [Ping(b"\xfe" * 125)],
                                [b"\x8a\x7d" + b"\xfe" * 125]),
    "2.10 pings in a row": (b"".join(client_frame(PING, str(n)) for n in range(10)),
                            [Ping(str(n).encode()) for n in range(10)],
                            [b"\x8a\x01" + str(n).encode() for n in range(10)]),
    "5.6 ping between fragments": (
        client_frame(TEXT, "frag", fin=False) + client_frame(PING, "p") + client_frame(CONTINUATION, "ment"),
        [Ping(b"p"), "fragment"], [b"\x8a\x01p"]),
    "5.19 pings and pongs between fragments": (
        client_frame(TEXT, "a", fin=False) + client_frame(PING, "1")
        + client_frame(CONTINUATION, "b", fin=False) + client_frame(PONG, "2") + client_frame(PING, "3")
        + client_frame(CONTINUATION, "c")
        + client_frame(TEXT, "d"),
        [Ping(b"1"), Pong(b"2"), Ping(b"3"), "abc", "d"], [b"\x8a\x011", b"\x8a\x013"]),
    "5.20 ping inside a character": (
        client_frame(TEXT, b"\xce", fin=False) + client_frame(PING) + client_frame(CONTINUATION, b"\xba"),
        [Ping(b""), "κ"], [b"\x8a\x00"]),
}  # fmt: skip


@pytest.mark.parametrize("what", PINGED)
def test_pings_are_answered_in_order_and_disturb_nothing(what):
    data, expected, answers = PINGED[what]
    for how, pieces in arrivals(data):
        socket = ServerWebSocket(message_max=MESSAGE_MAX)
        assert feed_all(socket, pieces) == expected, how
        assert (socket.outgoing, socket.state) == (answers, State.OPEN), how


# ── 2 to 6, 9: what is wrong ────────────────────────────────────────────────────────────────────
# what it is: the client's bytes, the events before the fault, the close code

FAILED = {
    "2.5 ping with 126 bytes": (client_frame(PING, bytes(126)), [], 1002),
    "3.1 RSV3": (client_frame(TEXT, "x", rsv=1), [], 1002),
    "3.2 RSV2 after a good message": (client_frame(TEXT, "x") + client_frame(TEXT, "y", rsv=2), ["x"], 1002),
    "3.4 RSV1 without an extension": (client_frame(TEXT, "x", rsv=4), [], 1002),
    "3.5 RSV1 on a ping": (client_frame(PING, "x", rsv=4), [], 1002),
    "3.7 all three on a close": (client_frame(CLOSE, rsv=7), [], 1002),
    "4.1 reserved data opcode": (client_frame(3), [], 1002),
    "4.1.5 reserved after a good message": (client_frame(TEXT, "x") + client_frame(7, "y"), ["x"], 1002),
    "4.2 reserved control opcode": (client_frame(0xB), [], 1002),
    "4.2.5 the last opcode": (client_frame(0xF, "y"), [], 1002),
    "5.1 fragmented ping": (client_frame(PING, "a", fin=False), [], 1002),
    "5.2 fragmented pong": (client_frame(PONG, "a", fin=False), [], 1002),
    "5.9 nothing to continue": (client_frame(CONTINUATION, "a"), [], 1002),
    "5.12 nothing to continue, more to come": (client_frame(CONTINUATION, "a", fin=False), [], 1002),
    "5.15 continued after its end": (text_of("a", "b") + client_frame(CONTINUATION, "c"), ["ab"], 1002),
    "5.18 text inside text": (client_frame(TEXT, "a", fin=False) + client_frame(TEXT, "b"), [], 1002),
    "binary inside text": (client_frame(TEXT, "a", fin=False) + client_frame(BINARY, b"b"), [], 1002),
    "unmasked": (b"\x81\x05Hello", [], 1002),
    "unmasked after a good message": (client_frame(TEXT, "x") + b"\x81\x05Hello", ["x"], 1002),
    "unmasked and long": (b"\x82\x7e\x01\x00" + bytes(256), [], 1002),
    "length of 125 in 16 bits": (b"\x81\xfe\x00\x7d" + KEY + masked(b"x" * 125, KEY), [], 1002),
    "length of 65535 in 64 bits": (b"\x81\xff" + (65535).to_bytes(8, "big") + KEY, [], 1002),
    "length with the 64th bit": (b"\x81\xff\x80" + bytes(7) + KEY, [], 1002),
    "6.3.1 invalid UTF-8 in one frame": (client_frame(TEXT, INVALID_AFTER_GREEK), [], 1007),
    "6.3.2 invalid UTF-8 in frames": (text_of(*[bytes([b]) for b in INVALID_AFTER_GREEK]), [], 1007),
    "6.6 half a character": (client_frame(TEXT, GREEK.encode()[:-1]), [], 1007),
    "6.6 half a character in frames": (text_of("a", b"\xce"), [], 1007),
    "6.6 half a character and an empty end": (text_of(b"\xce", ""), [], 1007),
    "6.8 first octet of a five-octet sequence": (client_frame(TEXT, b"\xf8\x88\x80\x80\x80"), [], 1007),
    "6.13 lonely continuation octet": (client_frame(TEXT, b"\x80"), [], 1007),
    "6.16 overlong slash": (client_frame(TEXT, b"\xc0\xaf"), [], 1007),
    "6.18 overlong NUL": (client_frame(TEXT, b"\xe0\x80\x80"), [], 1007),
    "6.20 surrogate": (client_frame(TEXT, b"\xed\xa0\x80"), [], 1007),
    "6.21 pair of surrogates": (client_frame(TEXT, b"\xed\xa0\x80\xed\xb0\x80"), [], 1007),
    "9 above the limit, in 16 bits": (client_frame(BINARY, bytes(5000)), [], 1009),
    "9 above the limit, in 64 bits": (b"\x82\xff" + (2**63 - 1).to_bytes(8, "big") + KEY, [], 1009),
    "9 above the limit in fragments": (
        client_frame(TEXT, "*" * 300, fin=False) + client_frame(CONTINUATION, "*" * 301), [], 1009),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILED)
def test_a_fault_fails_the_connection_and_nothing_after_it_counts(what):
    data, before, code = FAILED[what]
    for how, pieces in arrivals(data[:700] + client_frame(TEXT, "too late") + NORMAL):
        socket = ServerWebSocket(message_max=600)
        events = feed_all(socket, pieces)
        assert events[:-1] == before and closes_with(code, events), how
        assert socket.outgoing == [close_frame(code, events[-1].reason)], how
        assert (socket.state, socket.close_code) == (State.CLOSED, code), how
        assert socket.feed(client_frame(TEXT, "later still")) == [], how


# ── 6: UTF-8 as it arrives ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "payload",
    [
        INVALID_AFTER_GREEK, b"ab\x80rest", b"ab\xc3\x28rest", b"\xed\xa0\x80rest", b"\xe0\x80\x80rest",
        b"\xf0\x80\x80\x80rest", b"\xf5rest", b"\xffrest", b"\xce\xba\xc0\xafrest",
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_frames", [False, True])
def test_an_invalid_octet_fails_before_the_rest_arrives(payload, in_frames):
    """Autobahn 6.4: the octet that no continuation can make valid is the last that is read."""
    frame = client_frame(TEXT, payload, fin=not in_frames)
    header_bytes = len(frame) - len(payload)
    edge = header_bytes + first_invalid_octet(payload)
    for how, pieces in arrivals(frame[:edge]):
        socket = ServerWebSocket(message_max=MESSAGE_MAX)
        assert feed_all(socket, pieces) == [], how
        assert closes_with(1007, socket.feed(frame[edge : edge + 1])), how
    assert closes_with(1007, ServerWebSocket(message_max=MESSAGE_MAX).feed(frame[: edge + 1]))


def first_invalid_octet(payload: bytes) -> int:
    """The offset of the octet after which nothing can make the text valid. By trying what could follow."""
    endings = [b"", b"\x80", b"\xa0", b"\x80\x80", b"\xa0\x80", b"\x90\x80\x80", b"\x80\x80\x80", b"\x90"]
    for end in range(1, len(payload) + 1):
        if not any(is_utf8(payload[:end] + ending) for ending in endings):
            return end - 1
    raise AssertionError("the payload is valid")


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_utf8_is_judged_across_fragments_before_the_second_is_complete():
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    assert socket.feed(client_frame(TEXT, b"\xf4", fin=False)) == []
    second = client_frame(CONTINUATION, b"\x90" + b"x" * 100)
    assert socket.feed(second[:6]) == []
    assert closes_with(1007, socket.feed(second[6:7]))


def test_a_character_may_arrive_in_any_pieces():
    text = "é€\U0001f600" * 3
    for how, pieces in arrivals(text_of(*[bytes([b]) for b in text.encode()])):
        assert feed_all(ServerWebSocket(message_max=MESSAGE_MAX), pieces) == [text], how


# ── 7: closing ──────────────────────────────────────────────────────────────────────────────────

# what it is: the client's bytes, the events and the server's answer, or the code of the fault
CLOSES = {
    "7.1.1 after a message": (client_frame(TEXT, "x") + NORMAL, ["x", Closed(1000, "")], b"\x88\x02\x03\xe8"),
    "7.3.1 without a payload": (client_frame(CLOSE), [Closed(1005, "")], b"\x88\x00"),
    "7.3.2 with half a code": (client_frame(CLOSE, b"a"), COSTS_1002, None),
    "7.3.3 with a code": (NORMAL, [Closed(1000, "")], b"\x88\x02\x03\xe8"),
    "7.3.4 with a reason": (client_frame(CLOSE, close_payload(1000, "Hello World!")),
                            [Closed(1000, "Hello World!")], b"\x88\x02\x03\xe8"),
    "7.3.5 with the longest reason": (client_frame(CLOSE, close_payload(1000, "*" * 123)),
                                      [Closed(1000, "*" * 123)], b"\x88\x02\x03\xe8"),
    "7.3.6 with one longer": (client_frame(CLOSE, close_payload(1000, "*" * 124)), COSTS_1002, None),
    "7.5.1 with a reason that is not UTF-8": (client_frame(CLOSE, close_payload(1000, INVALID_AFTER_GREEK)),
                                              COSTS_1007, None),
    "inside a fragmented message": (client_frame(TEXT, "a", fin=False) + NORMAL + client_frame(CONTINUATION),
                                    [Closed(1000, "")], b"\x88\x02\x03\xe8"),
    **{f"7.7 code {code}": (client_frame(CLOSE, close_payload(code)), [Closed(code, "")],
                            b"\x88\x02" + code.to_bytes(2, "big"))
       for code in (1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999)},
    **{f"7.9 code {code}": (client_frame(CLOSE, close_payload(code)), COSTS_1002, None)
       for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)},
}  # fmt: skip


@pytest.mark.parametrize("what", CLOSES)
def test_a_close_frame_ends_the_connection_with_one_answer(what):
    data, expected, answer = CLOSES[what]
    # 7.1.2 to 7.1.5: whatever follows a close frame is discarded.
    after = client_frame(TEXT, "late") + client_frame(PING) + NORMAL + b"\xff\xff"
    for how, pieces in arrivals(data + after):
        socket = ServerWebSocket(message_max=MESSAGE_MAX)
        events = feed_all(socket, pieces)
        if isinstance(expected, tuple):
            assert len(events) == 1 and closes_with(expected[0], events), how
            assert socket.outgoing == [close_frame(*events[-1])], how
        else:
            assert events == expected, how
            assert socket.outgoing == [answer], how
        assert (socket.close_code, socket.close_reason) == events[-1], how
        assert socket.state is State.CLOSED, how


def test_until_a_close_frame_comes_the_connection_counts_as_lost():
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    socket.feed(client_frame(TEXT, "x"))
    assert (socket.close_code, socket.close_reason) == (1006, "")


def test_our_close_waits_for_the_peers_and_is_sent_once():
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    assert socket.close(1001, "restart") == b"\x88\x09\x03\xe9restart"
    assert socket.state is State.CLOSING
    assert socket.close() == b""
    # The peer may have sent this before it heard us.
    assert socket.feed(client_frame(TEXT, "on its way")) == ["on its way"]
    # 5.5.2: a ping is answered unless a close frame was *received*.
    assert socket.feed(client_frame(PING, "p")) == [Ping(b"p")]
    assert socket.outgoing == [b"\x8a\x01p"]
    assert socket.feed(client_frame(CLOSE, close_payload(1001, "bye"))) == [Closed(1001, "bye")]
    assert socket.outgoing == [b"\x8a\x01p"]
    assert (socket.state, socket.close_code, socket.close_reason) == (State.CLOSED, 1001, "bye")


def test_a_fault_after_our_close_sends_no_second_close_frame():
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    socket.close()
    assert closes_with(1002, socket.feed(client_frame(3)))
    assert socket.outgoing == []


@pytest.mark.parametrize("end", ["our close", "the peer's close", "a fault"])
def test_after_a_close_frame_nothing_more_is_sent(end):
    socket = ServerWebSocket(message_max=MESSAGE_MAX, deflate=agree_on_deflate())
    if end == "our close":
        socket.close()
    else:
        socket.feed(NORMAL if end == "the peer's close" else client_frame(3))
    sent = [socket.text("x"), socket.text("x" * 1000), socket.binary(b"x"), socket.binary(bytes(1000))]
    assert [*sent, socket.ping(), socket.close()] == [b""] * 6


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000])
def test_we_cannot_send_a_code_that_may_not_be_sent(code):
    with pytest.raises(AssertionError):
        ServerWebSocket(message_max=MESSAGE_MAX).close(code)


def test_a_long_reason_is_cut_between_characters():
    frame = ServerWebSocket(message_max=MESSAGE_MAX).close(4000, "x" + "é" * 100)
    assert frame == b"\x88\x7d\x0f\xa0x" + "é".encode() * 61
