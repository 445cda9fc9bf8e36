"""Responses as a client reads them, cut in every way; and requests that nobody can split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.wire.errors import BadResponse
from chatd.wire.http1 import BodyPart, RequestParser
from chatd.wire.http1_client import (
    FIELD_COUNT_MAX,
    HEAD_BYTES_MAX,
    EndOfResponse,
    ResponseHead,
    ResponseParser,
    serialize_request,
)
from tests.wire.arrivals import arrivals, pieces_of

OK = b"HTTP/1.1 200 OK\r\n"
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def read(pieces: list[bytes], closes: bool = True) -> tuple[int, bytes, bool]:
    """Status, content, and whether it came to its end."""
    parser, content, status, ended = ResponseParser(), b"", 0, False
    events = [event for piece in pieces for event in parser.feed(piece)]
    if closes:
        events += parser.finish()
    for event in events:
        match event:
            case ResponseHead():
                assert not status
                status = event.status
            case BodyPart():
                assert event.data and not ended
                content += event.data
            case EndOfResponse():
                assert not ended
                ended = True
    return status, content, ended


RESPONSES = [
    ("length", OK + b"Content-Length: 5\r\n\r\nhello", (200, b"hello", True)),
    ("nothing", OK + b"Content-Length: 0\r\n\r\n", (200, b"", True)),
    ("chunks", CHUNKED + b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", (200, b"hello", True)),
    ("trailers", CHUNKED + b"1\r\nx\r\n0\r\nX-Sum: 5\r\nY: z\r\n\r\n", (200, b"x", True)),
    ("until close", b"HTTP/1.0 200\r\nX: y\r\n\r\nhello", (200, b"hello", True)),
    ("no content", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", (304, b"", True)),
    ("interim", HINT + OK + b"Content-Length: 1\r\n\r\nx", (200, b"x", True)),
    ("more than said", OK + b"Content-Length: 2\r\n\r\nhello", (200, b"he", True)),
    ("redirect", b"HTTP/1.1 302 \r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", (302, b"", True)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "expected"), RESPONSES)
def test_a_response_is_read_however_it_arrives(name, data, expected, rng):
    for how, pieces in arrivals(data):
        assert read(pieces) == expected, how
    for _ in range(20):
        assert read(pieces_of(data, rng)) == expected


@pytest.mark.parametrize(("name", "data", "expected"), RESPONSES)
def test_a_response_that_says_its_end_needs_no_end_of_the_connection(name, data, expected):
    assert read([data], closes=False)[2] == (name != "until close")


BROKEN = [
    b"HTTP/2 200 OK\r\n\r\n", b"ICY 200 OK\r\n\r\n", b"HTTP/1.1 99 Low\r\n\r\n", b"HTTP/1.1 600 High\r\n\r\n",
    b"HTTP/1.1 200 a\x00b\r\n\r\n", OK + b"no colon\r\n\r\n", OK + b"X : y\r\n\r\n",
    OK + b"X: a\r\n b\r\n\r\n",
    OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", OK + b"Content-Length: +1\r\n\r\n",
    OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    OK + b"Transfer-Encoding: gzip\r\n\r\n",
    OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n", CHUNKED + b"x\r\n",
    CHUNKED + b"1\r\nxy\r\n", CHUNKED + b"-1\r\n",
    b"HTTP/1.1 101 Switching\r\n\r\n", b"HTTP/1.1 100 Go on\r\n\r\n" * 6,
    OK + b"X: y\r\n" * (FIELD_COUNT_MAX + 1) + b"\r\n", OK + b"X: " + b"y" * HEAD_BYTES_MAX,
    CHUNKED + b"1;" + b"x" * 5000,
    CHUNKED + b"0\r\n" + b"X: y\r\n" * 2000,
]  # fmt: skip
UNFINISHED = [b"", OK, OK + b"Content-Length: 5\r\n\r\nhell", CHUNKED + b"5\r\nhello\r\n"]


@pytest.mark.parametrize("data", BROKEN)
def test_what_could_be_read_in_two_ways_is_not_read(data):
    for _, pieces in [("whole", [data]), ("byte by byte", [data[i : i + 1] for i in range(len(data))])]:
        with pytest.raises(BadResponse):
            read(pieces, closes=False)


@pytest.mark.parametrize("data", UNFINISHED)
def test_a_response_that_breaks_off_is_told_from_one_that_ended(data):
    with pytest.raises(BadResponse):
        read([data])


@given(st.binary(max_size=300))
def test_garbage_is_a_bad_response_and_nothing_else(data):
    for start in (b"", OK, CHUNKED, b"HTTP/1.1 "):
        try:
            read([start + data])
        except BadResponse:
            continue


def test_a_request_is_one_that_our_own_server_reads():
    data = serialize_request("GET", "/a%20b?c=d", "chat.example:8080", [("Accept", "text/html")])
    request, _ = RequestParser().feed(data)
    assert (request.method, request.path, request.query) == ("GET", "/a b", "c=d")
    assert request.headers["host"] == "chat.example:8080" and not request.keep_alive


@pytest.mark.parametrize("content", [b"", b"{}", b"\r\n\r\nGET / HTTP/1.1\r\n"])
def test_content_goes_with_its_length(content):
    data = serialize_request("POST", "/", "chat.example", [("Content-Type", "application/json")], content)
    request, *parts, end = RequestParser().feed(data)
    assert request.headers["content-length"] == str(len(content))
    assert b"".join(part.data for part in parts) == content and end is not None


@pytest.mark.parametrize(("method", "target", "host", "fields"), [
    ("GET", "/a b", "x", []), ("GET", "/\r\nX: y", "x", []), ("GET", "x", "x", []), ("GET /", "/", "x", []),
    ("GET", "/", "x\r\nX: y", []), ("GET", "/", "user@x", []), ("GET", "/", "", []),
    ("GET", "/", "x", [("A", "b\r\nC: d")]), ("GET", "/", "x", [("A\n", "b")]), ("GET", "/é", "x", []),
])  # fmt: skip
def test_no_address_can_split_a_request(method, target, host, fields):
    with pytest.raises(ValueError):
        serialize_request(method, target, host, fields)
