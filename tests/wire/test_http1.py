"""Sound requests: what they are read as, how they follow each other, and what the parser keeps meanwhile."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.errors import BadRequest
from chatd.wire.http1 import BodyPart, EndOfRequest, HTTPLimits, Request, RequestParser
from tests.wire.arrivals import arrivals, pieces_of
from tests.wire.http_events import events_from

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
END = ("end", [])
CHUNKED_HEAD = b"POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

# (bytes, the fields of the first Request that matter, all events after it)
SOUND = [
    (GET, {"method": "GET", "path": "/", "keep_alive": True, "content_length": None}, [END]),
    (b"\r\n" + GET, {"path": "/"}, [END]),
    (b"GET /a HTTP/1.1\r\nhOsT:a\r\nX:\r\nY:\t b c \t\r\n\r\n", {"path": "/a"}, [END]),
    (b"HEAD / HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n",
     {"method": "HEAD", "keep_alive": False}, [END]),
    (b"BREW / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", {"method": "BREW"}, [END]),
    (b"GET / HTTP/1.0\r\n\r\n", {"version": (1, 0), "keep_alive": False}, [END]),
    (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", {"keep_alive": True}, [END]),
    (b"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", {"keep_alive": False}, [END]),
    (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {"path": "*", "segments": (), "target": "*"}, [END]),
    (b"GET http://a:80/b?c HTTP/1.1\r\nHost: A:80\r\n\r\n",
     {"target": "http://a:80/b?c", "path": "/b", "segments": ("b",), "query": "c"}, [END]),
    (b"GET http://a HTTP/1.0\r\n\r\n", {"path": "/", "segments": ("",)}, [END]),
    (b"GET /a/%2Fb/?q=%20&r HTTP/1.1\r\nHost: a\r\n\r\n",
     {"path": "/a//b/", "segments": ("a", "/b", ""), "query": "q=%20&r"}, [END]),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", {"content_length": 0}, [END]),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\r\n\r\n!",
     {"content_length": 5, "expect_continue": False}, [b"\r\n\r\n!", END]),
    (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
     {"expect_continue": True}, [b"x", END]),
    (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", {"expect_continue": False}, [END]),
    (b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
     {"expect_continue": False}, [b"x", END]),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n\r\n",
     {"upgrade": "websocket"}, [END]),
    (b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", {"upgrade": None}, [END]),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", {"upgrade": None}, [END]),
    (b"GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", {"upgrade": None}, [END]),
    (CHUNKED_HEAD + b"0\r\n\r\n", {"chunked": True, "content_length": None}, [END]),
    (CHUNKED_HEAD + b"3\r\nabc\r\n0A\r\n\r\n\r\n456789\r\n000\r\n\r\n",
     {"chunked": True}, [b"abc\r\n\r\n456789", END]),
    (CHUNKED_HEAD + b'1;a;b=c;d="e;\\""\r\nx\r\n0\r\n\r\n', {}, [b"x", END]),
    (CHUNKED_HEAD + b"1\r\nx\r\n0;last\r\nDigest: d \r\nb: \xe9\r\n\r\n",
     {}, [b"x", ("end", [("digest", "d"), ("b", "\xe9")])]),
    (CHUNKED_HEAD.replace(b": chunked", b": Chunked") + b"0\r\n\r\n", {"chunked": True}, [END]),
]  # fmt: skip


@pytest.mark.parametrize("data, expected, rest", SOUND)
def test_a_sound_request_is_read_the_same_however_it_arrives(data, expected, rest):
    for how, pieces in arrivals(data):
        request, *after = events_from(pieces)
        assert {name: request[name] for name in expected} == expected, how
        assert after == rest, how


def test_field_lines_keep_their_order_and_lose_their_white_space():
    data = b"GET / HTTP/1.1\r\nHost:a\r\nX:\r\nY:\t b \t c \t\r\nx: 2\r\nZ: \xff\r\n\r\n"
    for how, pieces in arrivals(data):
        headers = events_from(pieces)[0]["headers"]
        assert headers.items() == [("host", "a"), ("x", ""), ("y", "b \t c"), ("x", "2"), ("z", "\xff")], how


def test_pipelined_requests_follow_each_other():
    persistent = [data for data, expected, _ in SOUND if events_from([data])[0]["keep_alive"]]
    expected = [event for data in persistent for event in events_from([data])]
    rng = random.Random(9112)
    for _ in range(50):
        assert events_from(pieces_of(b"".join(persistent), rng)) == expected


def test_events_are_read_only_as_far_as_they_are_asked_for():
    parser = RequestParser()
    events = parser.feed(GET + GET + b"bad request\r\n\r\n")
    assert isinstance(next(events), Request)
    assert isinstance(next(events), EndOfRequest)
    assert parser.buffered_bytes == len(GET) + len(b"bad request\r\n\r\n")
    assert isinstance(parser.next_event(), Request)
    assert isinstance(parser.next_event(), EndOfRequest)
    with pytest.raises(BadRequest):
        parser.next_event()


def test_feed_appends_even_if_no_event_is_asked_for():
    parser = RequestParser()
    for i in range(len(GET)):
        parser.feed(GET[i : i + 1])
    assert parser.buffered_bytes == len(GET)
    assert isinstance(parser.next_event(), Request)


def test_content_that_came_whole_is_one_part():
    parser = RequestParser()
    content = bytes(range(256)) * 8
    events = list(parser.feed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2048\r\n\r\n" + content))
    assert events[1:] == [BodyPart(content), EndOfRequest(events[0].headers.__class__())]


def test_content_that_fills_an_arrival_is_not_copied():
    parser = RequestParser()
    list(parser.feed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"))
    piece = bytes(60)
    (part,) = parser.feed(piece)
    assert part.data is piece


def test_nothing_is_read_after_a_request_that_closes():
    parser = RequestParser()
    events = list(parser.feed(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + GET))
    assert [type(event) for event in events] == [Request, EndOfRequest]
    assert list(parser.feed(GET)) == []
    assert parser.buffered_bytes == 0


def test_a_refusal_is_repeated_and_keeps_nothing():
    parser = RequestParser()
    with pytest.raises(BadRequest):
        list(parser.feed(b"\x00"))
    for _ in range(2):
        with pytest.raises(BadRequest) as refusal:
            list(parser.feed(GET))
        assert refusal.value.status == 400
    assert parser.buffered_bytes == 0
    assert not parser.in_request


UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"


def test_what_follows_an_upgrade_is_handed_over_unread():
    for how, pieces in arrivals(UPGRADE + b"\x81\x80\0\0\0\0"):
        parser = RequestParser()
        rest, upgraded = b"", False
        for piece in pieces:
            if upgraded:
                rest += piece
            elif any(isinstance(event, Request) for event in parser.feed(piece)):
                upgraded = True
                rest += parser.take_rest()
        # The iterator above may have gone on to EndOfRequest, or not: nothing behind it was read.
        assert rest == b"\x81\x80\0\0\0\0", how
        assert list(parser.feed(GET)) == []


def test_a_refused_upgrade_goes_on_as_http():
    assert [event for event in events_from([UPGRADE + GET]) if event == END] == [END, END]


def test_in_request_tells_when_the_peer_owes_us_octets():
    parser = RequestParser()
    assert not parser.in_request and not parser.head_started
    list(parser.feed(b"POST / HTTP/1.1\r\nHost"))
    assert parser.in_request and parser.head_started
    list(parser.feed(b": a\r\nContent-Length: 2\r\n\r\n"))
    assert parser.in_request and not parser.head_started
    list(parser.feed(b"x"))
    assert parser.in_request
    list(parser.feed(b"y"))
    assert not parser.in_request
    list(parser.feed(b"\r\n"))
    assert not parser.in_request


@pytest.mark.parametrize(
    "limits, data, over",
    [
        (HTTPLimits(request_line_max=20), b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n", 20 - 14),
        (HTTPLimits(header_bytes_max=40), b"GET / HTTP/1.1\r\nHost: a\r\nA: %b\r\n\r\n", 40 - 30),
        (HTTPLimits(trailer_bytes_max=10), CHUNKED_HEAD + b"0\r\nA: %b\r\n\r\n", 10 - 5),
        (HTTPLimits(chunk_header_max=10), CHUNKED_HEAD + b"1;%b\r\nx\r\n0\r\n\r\n", 10 - 2),
    ],
)  # fmt: skip
def test_a_limit_allows_as_much_as_it_says_and_no_octet_more(limits, data, over):
    for how, pieces in arrivals(data % (b"a" * over)):
        assert events_from(pieces, limits)[-1][0] == "end", how
    for how, pieces in arrivals(data % (b"a" * (over + 1))):
        assert events_from(pieces, limits)[-1] in (400, 413, 414, 431), how


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Length: %d\r\n\r\n123456789",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n%x\r\n56789\r\n0\r\n\r\n",
    ],
)
def test_content_is_limited_by_what_it_announces(content):
    head = b"POST / HTTP/1.1\r\nHost: a\r\n"
    size = 9 if b"%d" in content else 5
    assert events_from([head + content % size], HTTPLimits(body_max=9))[1:] == [b"123456789", END]
    refused = events_from([head + content % (size + 1)], HTTPLimits(body_max=9))
    assert refused[-1] == 413 and b"123456789" not in refused


def test_field_lines_are_counted():
    limits = HTTPLimits(header_count_max=3)
    head = b"GET / HTTP/1.1\r\nHost: a\r\n%b\r\n"
    assert events_from([head % (b"A: b\r\n" * 2)], limits)[-1] == END
    assert events_from([head % (b"A: b\r\n" * 3)], limits)[-1] == 431


def test_hostile_repetition_is_read_in_one_pass():
    """Each of these takes seconds where a pattern backtracks or a buffer is searched again from its start."""
    spaces = b" " * 30_000
    for head in (
        b"GET / HTTP/1.1\r\nHost: a\r\nA:" + spaces + b"\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A" * 30_000 + b"\x00: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1" + b';a="' * 61 + b"\r\n",
    ):
        assert events_from([head])[-1] == 400
        assert events_from(head[i : i + 1] for i in range(len(head)))[-1] == 400


# Properties


TOKENS = st.text("!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=12)
FIELD_CHARACTERS = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")
VALUES = st.text(FIELD_CHARACTERS, max_size=30).map(lambda text: text.strip(" \t"))
SPECIAL = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "expect"}
FIELDS = st.lists(st.tuples(TOKENS.filter(lambda name: name.lower() not in SPECIAL), VALUES), max_size=6)
CHUNKS = st.lists(st.binary(min_size=1, max_size=40), max_size=5)


def serialize_request(method, fields, chunks, trailers, chunked):
    """One request as a client would write it."""
    lines = [f"{method} /p HTTP/1.1", "Host: a", *(f"{name}: {value}" for name, value in fields)]
    content = b"".join(chunks)
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        content = b"".join(b"%X\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n"
        content += "".join(f"{name}: {value}\r\n" for name, value in trailers).encode("latin-1") + b"\r\n"
    elif content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(TOKENS.filter(lambda m: m != "CONNECT"), FIELDS, CHUNKS, FIELDS, st.booleans()),
        min_size=1,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_requests_that_are_serialized_parse_back(requests, rng):
    data = b"".join(serialize_request(*request) for request in requests)
    expected = []
    for method, fields, chunks, trailers, chunked in requests:
        headers = [(name.lower(), value) for name, value in fields]
        expected += [(method, headers), *([b"".join(chunks)] if chunks else [])]
        expected.append(("end", [(name.lower(), value) for name, value in trailers] if chunked else []))
    events = [
        (event["method"], [line for line in event["headers"].items() if line[0] not in SPECIAL])
        if isinstance(event, dict)
        else event
        for event in events_from(pieces_of(data, rng))
    ]
    assert events == expected


PHRASES = st.sampled_from(
    [
        b"GET ", b"POST ", b"/", b"*", b"http://a", b" HTTP/1.1", b" HTTP/1.0", b"\r\n", b"\r\n\r\n", b"\r",
        b"\n", b" ", b":", b"Host: a\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n",
        b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Connection: upgrade\r\n",
        b"Upgrade: websocket\r\n", b"0\r\n\r\n", b"3\r\nabc\r\n", b"abc",
        GET, CHUNKED_HEAD, b"POST / HTTP/1.1\r\nHost: a\r\n",
    ]
)  # fmt: skip
GARBAGE = st.lists(PHRASES | st.binary(max_size=8), max_size=14).map(b"".join)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(GARBAGE, st.randoms(use_true_random=False))
def test_garbage_gives_events_or_a_refusal_and_cuts_change_nothing(data, rng):
    limits = HTTPLimits(40, 90, header_count_max=3, body_max=20, chunk_header_max=9, trailer_bytes_max=9)
    events = events_from([data], limits)
    assert events_from(pieces_of(data, rng), limits) == events
    assert events_from([data[i : i + 1] for i in range(len(data))], limits) == events
