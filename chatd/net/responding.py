"""One answer, from the application to the transport. RFC 9112 sections 6 and 7.

Whole content leaves in one write together with its head; an iterator's content leaves as it comes, each
part waiting for room. What goes wrong before the head is out becomes a status; afterwards it can only be
shown by cutting the connection. When to ask and whether to close is http.py's.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from chatd.log import logger
from chatd.net.flow import ConnectionClosed
from chatd.wire.errors import BadRequest
from chatd.wire.http1 import Request
from chatd.wire.responses import LAST_CHUNK, Response, chunk, has_content, serialize_head, serialize_response

if TYPE_CHECKING:
    from chatd.net.http import HTTPConnection

log = logger.child("net")

INTERNAL_SERVER_ERROR = BadRequest(500, "Internal Server Error")


async def respond(connection: HTTPConnection, request: Request) -> None:
    """Get a request answered, and settle whether the connection persists afterwards."""
    try:
        response = await connection.server.respond(request)
        persists = connection.may_persist(request) and not says_close(response)
        if isinstance(response.body, (bytes, bytearray, memoryview)):
            connection.write(whole_response(connection, request, response, persists))
            connection.persists = persists
        else:
            await stream(connection, request, response, response.body, persists)
    except BadRequest as refusal:
        connection.write(refusal_response(connection, refusal, request))
    except ConnectionClosed:
        connection.abort()
    except Exception as error:
        log.exception("request failed", error, method=request.method, path=request.path)
        connection.write(refusal_response(connection, INTERNAL_SERVER_ERROR, request))


def whole_response(
    connection: HTTPConnection, request: Request, response: Response, keep_alive: bool
) -> bytes:
    """Head and content in one piece. ValueError for a response that cannot be written."""
    body = response.body
    assert isinstance(body, (bytes, bytearray, memoryview)), "an iterator's content is streamed"
    return serialize_response(
        response.status, response.headers, bytes(body),
        request=request, keep_alive=keep_alive, date=connection.server.date(),
    )  # fmt: skip


def refusal_response(connection: HTTPConnection, refusal: BadRequest, request: Request | None) -> bytes:
    """The answer to a request that the shell refuses, in the JSON form of the API's own errors."""
    body = json.dumps({"message": f"{refusal.status}: {refusal.reason}", "code": 0}).encode()
    headers = [("Content-Type", "application/json"), *refusal.headers]
    date = connection.server.date()
    return serialize_response(refusal.status, headers, body, request=request, keep_alive=False, date=date)


async def stream(
    connection: HTTPConnection,
    request: Request,
    response: Response,
    body: AsyncIterator[bytes],
    persists: bool,
) -> None:
    """Content as it comes: with the given Content-Length, else chunked, else (HTTP/1.0) until the end."""
    length = content_length_of(response)
    # RFC 9112 section 6.1: no chunks to HTTP/1.0.
    chunked = length is None and request.version >= (1, 1) and has_content(response.status)
    persists = persists and (chunked or length is not None or not has_content(response.status))
    head = serialize_head(
        response.status, response.headers,
        request=request, keep_alive=persists, date=connection.server.date(), chunked=chunked,
    )  # fmt: skip
    connection.write(head)
    try:
        async with aclosing(body) as parts:  # type: ignore[type-var]
            if request.method != "HEAD" and has_content(response.status):
                await write_parts(connection, parts, chunked, length)
        connection.persists = persists
    except ConnectionClosed:
        raise
    except Exception as error:
        # The head is out: that the content is not whole can only be shown by cutting it off.
        log.exception("response content failed", error, method=request.method, path=request.path)
        connection.abort()


async def write_parts(
    connection: HTTPConnection, parts: AsyncIterator[bytes], chunked: bool, length: int | None
) -> None:
    """ValueError when the parts do not add up to `length`."""
    sent = 0
    async for part in parts:
        sent += len(part)
        if length is not None and sent > length:
            raise ValueError("the content is longer than its Content-Length")
        connection.write(chunk(part) if chunked else part)
        await connection.room()
    if length is not None and sent < length:
        raise ValueError("the content is shorter than its Content-Length")
    if chunked:
        connection.write(LAST_CHUNK)


def says_close(response: Response) -> bool:
    return any(name.lower() == "connection" and "close" in value.lower() for name, value in response.headers)


def content_length_of(response: Response) -> int | None:
    for name, value in response.headers:
        if name.lower() == "content-length":
            return int(value)
    return None
