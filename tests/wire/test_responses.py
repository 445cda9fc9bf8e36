"""Responses: framing by status, method and version, and no field that splits them."""

from __future__ import annotations

import http.client
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.responses import (
    CONTINUE,
    LAST_CHUNK,
    REASON_PHRASES,
    Response,
    chunk,
    serialize_head,
    serialize_response,
)
from tests.wire.http_events import request_from

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
GET = request_from(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
HEAD = request_from(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
OLD = request_from(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")


def serialized(status, headers=(), body=b"", request=GET, keep_alive=True):
    return serialize_response(status, headers, body, request=request, keep_alive=keep_alive, date=DATE)


def head_of(status, headers=(), request=GET, keep_alive=True, chunked=False):
    return serialize_head(status, headers, request=request, keep_alive=keep_alive, date=DATE, chunked=chunked)


class Received(io.BytesIO):
    """Bytes dressed as the socket that http.client reads from."""

    def makefile(self, mode: str) -> Received:
        return self


def read_by_http_client(data, method="GET"):
    response = http.client.HTTPResponse(Received(data), method=method)
    response.begin()
    return response


def test_a_response_is_status_line_fields_and_content():
    assert serialized(200, [("Content-Type", "text/plain")], b"hi") == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
        b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nhi"
    )


def test_a_response_of_no_content_has_a_length_too():
    assert b"\r\nContent-Length: 0\r\n" in serialized(404)


@pytest.mark.parametrize("status", [101, 204, 304])
def test_a_status_without_content_is_not_framed(status):
    data = serialized(status)
    assert b"content-length" not in data.lower() and data.endswith(b"\r\n\r\n")
    assert head_of(status) == data
    for field in (("Content-Length", "0"), ("transfer-encoding", "chunked")):
        with pytest.raises(ValueError):
            serialized(status, [field])
    with pytest.raises(ValueError):
        serialized(status, body=b"x")
    with pytest.raises(ValueError):
        head_of(status, chunked=True)


def test_head_gets_the_head_that_get_would():
    assert serialized(200, [("A", "b")], b"hi", request=HEAD) + b"hi" == serialized(200, [("A", "b")], b"hi")
    assert b"\r\nContent-Length: 9\r\n" in serialized(200, [("Content-Length", "9")], request=HEAD)


@pytest.mark.parametrize("value", ["1", "3", "x", "-2", "+2", "\xb2", "", "2, 2"])
def test_a_length_that_is_not_the_contents_is_our_mistake(value):
    with pytest.raises(ValueError):
        serialized(200, [("content-length", value)], b"hi")
    assert serialized(200, [("content-length", "2")], b"hi").count(b"2\r\n") == 1


def test_persistence_is_said_where_it_is_not_the_default():
    assert b"Connection" not in serialized(200)
    assert b"\r\nConnection: close\r\n" in serialized(200, keep_alive=False)
    assert b"\r\nConnection: keep-alive\r\n" in serialized(200, request=OLD)
    assert b"\r\nConnection: close\r\n" in serialized(200, request=OLD, keep_alive=False)
    assert b"\r\nConnection: close\r\n" in serialized(400, request=None, keep_alive=False)


@pytest.mark.parametrize("octet", ["\r", "\n", "\0", "\r\n", "\r\nSet-Cookie: a=b", "\x7f", "\x0b", "\u2713"])
def test_a_field_that_would_split_the_response_is_our_mistake(octet):
    fields = [("A", f"b{octet}c"), ("A", octet), ("A", f"b{octet}"), (f"A{octet}B", "c"), (f"{octet}A", "b")]
    for name, value in fields:
        for write in (serialized, head_of):
            with pytest.raises(ValueError):
                write(200, [("Content-Length", "0"), (name, value)])


@pytest.mark.parametrize("name", ["", " A", "A ", "A:", "A B", "\xe9"])
def test_a_name_that_is_no_token_is_our_mistake(name):
    with pytest.raises(ValueError):
        serialized(200, [(name, "b")])


def test_content_that_follows_is_framed_one_way():
    assert b"\r\nTransfer-Encoding: chunked\r\n" in head_of(200, chunked=True)
    assert b"Transfer-Encoding" not in head_of(200, [("Content-Length", "5")])
    assert b"Content-Length" not in head_of(200, keep_alive=False)
    with pytest.raises(ValueError):
        head_of(200)  # the reader would wait for ever
    with pytest.raises(ValueError):
        head_of(200, [("Content-Length", "5")], chunked=True)
    with pytest.raises(ValueError):
        head_of(200, request=OLD, chunked=True)


def test_chunks_are_read_by_another_client():
    data = head_of(200, chunked=True) + chunk(b"a" * 20) + chunk(b"") + chunk(b"b") + LAST_CHUNK
    assert read_by_http_client(data).read() == b"a" * 20 + b"b"


def test_100_continue_is_one_head():
    assert CONTINUE == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_every_status_of_an_unknown_number_has_an_empty_reason_phrase():
    assert serialized(299).startswith(b"HTTP/1.1 299 \r\n")


def test_reason_phrases_agree_with_the_standard_library_where_rfc_9110_did_not_rename_them():
    renamed = {413, 414, 416, 422, 431}
    for status, phrase in REASON_PHRASES.items():
        assert status in renamed or http.HTTPStatus(status).phrase == phrase


def test_a_response_starts_empty():
    response = Response(204)
    assert (response.headers, response.body) == ([], b"")
    assert Response(204).headers is not response.headers


TOKENS = st.text("!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=12).map(lambda name: "X-" + name)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.sampled_from([200, 201, 404, 500]), st.lists(st.tuples(TOKENS, VALUES)), st.binary())
def test_a_response_is_read_back_by_another_client(status, headers, body):
    response = read_by_http_client(serialized(status, headers, body))
    assert (response.status, response.read()) == (status, body)
    assert [(name, value.strip()) for name, value in response.getheaders() if name.startswith("X-")] == [
        (name, value.strip()) for name, value in headers
    ]
