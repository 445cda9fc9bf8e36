"""Bytes that a server must refuse: each with its one status, however they arrive."""

from __future__ import annotations

import pytest

from chatd.wire.http1 import HTTPLimits
from tests.wire.arrivals import arrivals
from tests.wire.http_events import events_from

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

# Small, so that a byte-by-byte arrival of what is too large stays quick.
LIMITS = HTTPLimits(
    request_line_max=64,
    header_bytes_max=256,
    header_count_max=6,
    body_max=32,
    chunk_header_max=24,
    chunk_extension_bytes_max=40,
    trailer_bytes_max=64,
    trailer_count_max=2,
)

REQUEST_LINES = [
    (400, b"GET /\r\n\r\n"),  # HTTP/0.9
    (400, b"GET / \r\n\r\n"),
    (400, b" GET / HTTP/1.1\r\n\r\n"),
    (400, b"GET  / HTTP/1.1\r\n\r\n"),
    (400, b"GET /  HTTP/1.1\r\n\r\n"),
    (400, b"GET / HTTP/1.1 \r\n\r\n"),
    (400, b"GET\t/\tHTTP/1.1\r\n\r\n"),
    (400, b"GET / HTTP/1.1\n\n"),
    (400, b"GET / HTTP/1.1\nHost: a\n\n"),
    (400, b"GET / HTTP/1.1\r\r\n\r\n"),
    (400, b"GET / HTTP/1.1\rHost: a\r\n\r\n"),
    (400, b"GET /\x00 HTTP/1.1\r\n\r\n"),
    (400, b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n"),
    (400, b"GET /\x7f HTTP/1.1\r\n\r\n"),
    (400, b"G\xcbT / HTTP/1.1\r\n\r\n"),
    (400, b"GE(T / HTTP/1.1\r\n\r\n"),
    (400, b"GET / HTTP/1\r\n\r\n"),
    (400, b"GET / HTTP/1.\r\n\r\n"),
    (400, b"GET / HTTP/1.10\r\n\r\n"),
    (400, b"GET / HTTP/+1.1\r\n\r\n"),
    (400, b"GET / http/1.1\r\n\r\n"),
    (400, b"GET / HTTP 1.1\r\n\r\n"),
    (400, b"GET / ICY/1.1\r\n\r\n"),
    (400, b"GET HTTP/1.1\r\n\r\n"),
    (400, b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),  # one empty line is ignored, not two
    (400, b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"\x00"),
    (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),  # TLS spoken to a plain port
    (400, b"\x80\x2e\x01\x00\x02"),
    (400, b"<html>"),
    (400, b"[1]"),
    (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (505, b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    (505, b"GET / HTTP/0.9\r\n\r\n"),
    (505, b"GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
    (505, b"GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
    (501, b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
    (501, b"CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (414, b"GET /" + b"a" * 70 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    (414, b"GET /" + b"a" * 200),
    (414, b"G" * 200),
]

TARGETS = [
    b"*",  # not with GET
    b"a",
    b"?a",
    b"a:443",
    b"a#b",
    b"/#fragment",
    b"/a\\b",
    b'/"',
    b"/<",
    b"/{a}",
    b"/%",
    b"/%4",
    b"/%zz",
    b"/%+1",
    b"/%u0041",
    b"/%00",
    b"/a%0d%0ab",
    b"/%7f",
    b"/%ff",
    b"/%c0%af",  # an overlong "/"
    b"/%ed%a0%80",  # a surrogate
    b"/%c3",
    b"/.",
    b"/..",
    b"/../a",
    b"/a/../b",
    b"/a/./b",
    b"/a/%2e%2E/b",
    b"/a/.%2e",
    b"http:/a/",
    b"http:///a",
    b"http://",
    b"ftp://a/",
    b"file:///etc/passwd",
    b"http://user@a/",
    b"http://b/",  # Host says a
    b"http://a:80/",
    b"http://a/..",
    b"http://a/#b",
    b"http://[::1/",
    b"javascript:1",
]

FIELD_LINES = [
    (400, b"A : b"),
    (400, b"A\t: b"),
    (400, b"A b: c"),
    (400, b": b"),
    (400, b"A"),
    (400, b"\x00: b"),
    (400, b"A\x00: b"),
    (400, b"A\x0b: b"),
    (400, b"A\xa0: b"),
    (400, b"(A): b"),
    (400, b"A\xc3\xa9: b"),
    (400, b"A: b\x00"),
    (400, b"A: \x01b"),
    (400, b"A: b\x7f"),
    (400, b"A: b\x0bc"),
    (400, b"A: b\rc"),
    (400, b"A: b\nC: d"),
    (400, b"A: b\n\nGET / HTTP/1.1"),
    (400, b"A: b\r\r\nC: d"),
    (400, b"A: b\n\r\nC: d"),
    (400, b"A: b\r\n c"),  # obs-fold
    (400, b"A: b\r\n\tc"),
    (400, b"A: b\r\n \r\nC: d"),
    (431, b"A: " + b"b" * 300),
    (431, b"A: b\r\n" * 6 + b"A: b"),
    (417, b"Expect: 200-ok"),
    (417, b"Expect: 100-continue, x"),
    (417, b"Expect: 100-continue\r\nExpect: 100-continue"),
    (417, b"Expect:"),
    (400, b"Content-Length: "),
    (400, b"Content-Length: +5"),
    (400, b"Content-Length: -5"),
    (400, b"Content-Length: 5, 5"),
    (400, b"Content-Length: 5,5"),
    (400, b"Content-Length: 5;"),
    (400, b"Content-Length: 5 5"),
    (400, b"Content-Length: 0x5"),
    (400, b"Content-Length: 5_0"),
    (400, b"Content-Length: 05"),
    (400, b"Content-Length: 5.0"),
    (400, b"Content-Length: five"),
    (400, b"Content-Length: \xb2"),  # str.isdigit() says yes to a superscript two
    (400, b"Content-Length: \xa05"),
    (400, b"Content-Length: 5\r\nContent-Length: 5"),
    (400, b"Content-Length: 5\r\nContent-Length: 6"),
    (400, b"Content-Length: 5\r\nContent-Length:"),
    (400, b"Content-Length: 5\r\ncontent-length: 5"),
    (400, b"Content-Length: " + b"9" * 19),
    (400, b"Content-Length: " + b"9" * 100),
    (400, b"Content-Length : 5"),
    (400, b"Content-Length\x0b: 5"),
    (413, b"Content-Length: 33"),
    (413, b"Content-Length: " + b"9" * 18),
    (400, b"Transfer-Encoding: chunked\r\nContent-Length: 5"),
    (400, b"Content-Length: 5\r\nTransfer-Encoding: chunked"),
    (400, b"Content-Length: 0\r\nTransfer-Encoding: gzip"),
    (400, b"Content-Length: x\r\nTransfer-Encoding: chunked"),
    (400, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    (400, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    (400, b"Transfer-Encoding: chunked\r\nTransfer-Encoding:"),
    (400, b"Transfer-Encoding: chunked, chunked"),
    (400, b"Transfer-Encoding: chunked, gzip"),
    (400, b"Transfer-Encoding: chunked,"),
    (400, b"Transfer-Encoding: ,chunked"),
    (400, b"Transfer-Encoding:"),
    (400, b"Transfer-Encoding: chunked;a=b"),
    (400, b'Transfer-Encoding: "chunked"'),
    (400, b"Transfer-Encoding: chunk ed"),
    (400, b"Transfer-Encoding: \x0bchunked"),
    (400, b"Transfer-Encoding: chunked\x00"),
    (400, b"Transfer-Encoding : chunked"),
    (400, b"Transfer-Encoding\r\n : chunked"),
    (400, b"Transfer-Encoding:\r\n chunked"),
    (501, b"Transfer-Encoding: xchunked"),
    (501, b"Transfer-Encoding: identity"),
    (501, b"Transfer-Encoding: gzip"),
    (501, b"Transfer-Encoding: gzip, chunked"),
    (501, b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"),
    (400, b"Transfer-Encoding: \xa0chunked"),
    (400, b"Host: a"),  # a second one
    (400, b"Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1"),
    (400, b"Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked"),
]

HOSTS = [
    b"", b"a b", b"a, a", b"a/b", b"a?b", b"a#b", b"a@b", b"a:b", b"a:-1", b"a:123456", b"a:80:80", b":80",
    b"[::1", b"::1", b"[g::]", b"[::1]a", b"a%41", b"a\\b", b"\xc3\xa9", b"a;b", b"'a'", b"a,b", b"<a>",
]  # fmt: skip

CHUNKS = [
    b"\r\n",
    b"x\r\n",
    b"g\r\n",
    b"-1\r\n",
    b"+1\r\na\r\n",
    b"0x1\r\na\r\n",
    b"1_0\r\n",
    b" 1\r\na\r\n",
    b"1 \r\na\r\n",
    b"1\t\r\na\r\n",
    b"1 ;a\r\na\r\n",
    b"1; a\r\na\r\n",
    b"1;\r\na\r\n",
    b"1;a=\r\na\r\n",
    b'1;a="\r\na\r\n',
    b"1;a=b c\r\na\r\n",
    b"1;a\x00\r\na\r\n",
    b"1,a\r\na\r\n",
    b"1\na\r\n0\r\n\r\n",
    b"1\ra\r\n",
    b"1\r\r\na\r\n",
    b"1;a\rb\r\na\r\n",
    b"1;a\nb\r\na\r\n",
    b"\xb2\r\naa\r\n",
    b"000000001\r\na\r\n",  # nine digits
    b"1" + b"0" * 20 + b"\r\n",
    b"1;" + b"a" * 30 + b"\r\na\r\n",
    b"1;" + b"a" * 60,
    b"1" * 60,
    b"1;a=abcdefghijklmnopq\r\na\r\n" * 3,  # each is short enough, together they are not
    b"1\r\nab\r\n",
    b"1\r\na\n",
    b"1\r\na\r0\r\n",
    b"1\r\na0\r\n\r\n",
    b"2\r\na\r\n\r\n\r\n",
    b"0\r\nA\r\n\r\n",
    b"0\r\nA : b\r\n\r\n",
    b"0\r\n A: b\r\n\r\n",
    b"0\r\nA: b\r\n c\r\n\r\n",
    b"0\r\nA: b\n\r\n",
    b"0\r\nA: \x00\r\n\r\n",
    b"0\r\n\n",
    b"0\n\r\n",
]

TRAILERS = (
    b"Content-Length Transfer-Encoding Host Trailer Content-Type Content-Encoding Content-Range Authorization"
    b" Cookie Set-Cookie Connection Upgrade TE Expect Range If-Match Cache-Control Max-Forwards Forwarded"
    b" X-Forwarded-For X-HTTP-Method-Override Sec-WebSocket-Key Proxy-Authorization"
).split()

HOSTILE = [
    *REQUEST_LINES,
    *((400, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n") for target in TARGETS),
    *((status, POST + line + b"\r\n\r\n") for status, line in FIELD_LINES),
    (400, b"GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nA: b\r\n\r\n"),
    (400, b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
    *((400, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n") for host in HOSTS),
    (400, b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (417, b"POST / HTTP/1.0\r\nExpect: x\r\n\r\n"),
    *((400, CHUNKED + chunk) for chunk in CHUNKS),
    (413, CHUNKED + b"21\r\n"),
    (413, CHUNKED + b"ffffffff\r\n"),
    (413, CHUNKED + b"10\r\n0123456789abcdef\r\n" * 2 + b"1\r\n"),
    (431, CHUNKED + b"0\r\nA: b\r\nA: b\r\nA: b\r\n\r\n"),
    (431, CHUNKED + b"0\r\nA: " + b"b" * 80 + b"\r\n\r\n"),
    (431, CHUNKED + b"0\r\n" + b"b" * 80),
    *((400, CHUNKED + b"0\r\n" + name + b": 1\r\n\r\n") for name in TRAILERS),
]


@pytest.mark.parametrize("status, data", HOSTILE)
def test_is_refused_with_one_status_however_it_arrives(status, data):
    events = events_from([data], LIMITS)
    assert events[-1] == status
    for how, pieces in arrivals(data):
        assert events_from(pieces, LIMITS) == events, how


@pytest.mark.parametrize("status, data", HOSTILE)
def test_a_sound_request_before_it_is_read_and_none_after(status, data):
    before = b"POST /before HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
    whole = events_from([before], LIMITS)
    # An empty line between requests is ignored, so a refusal needs its octets to stand at the start.
    events = events_from([before, data, GET + b"\r\n"], LIMITS)
    assert events[: len(whole)] == whole
    assert events[-1] == status
    assert "/before" not in [event["path"] for event in events[len(whole) :] if isinstance(event, dict)]


def test_a_single_octet_where_a_method_should_stand_is_refused_at_once():
    assert events_from([b"\x16"]) == [400]


def test_a_bare_line_feed_is_refused_before_the_head_ends():
    assert events_from([GET + b"A: b\n"]) == [400]


def test_a_line_feed_alone_does_not_end_a_head():
    assert events_from([b"GET / HTTP/1.1\r\nHost: a\r\n\n"]) == [400]
