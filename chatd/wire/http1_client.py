"""HTTP/1.1 from the asking side: a request to bytes, and bytes to one response. RFC 9112.

One request, one response, then the connection ends: `Connection: close` is always sent. Reads as strictly
as http1.py does; a response that could be read in two ways is a BadResponse. Whom to ask, how long to
wait and how much of the content to take is net/client.py's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from chatd.wire.buffer import ReceiveBuffer
from chatd.wire.errors import BadResponse
from chatd.wire.grammar import CHUNK_SIZE_LINE, CONTENT_LENGTH, FIELD_LINE, HOST, ORIGIN_FORM, TOKEN_ONLY
from chatd.wire.headers import Headers
from chatd.wire.http1 import BodyPart
from chatd.wire.responses import has_content

# RFC 9112 section 4:  status-line = HTTP-version SP status-code SP [ reason-phrase ]
# Wider: without the second space, as some servers leave it out together with the phrase.
STATUS_LINE = re.compile(r"HTTP/1\.([0-9]) ([1-5][0-9]{2})(?: [^\x00-\x08\x0a-\x1f\x7f]*+)?\r\n")

# Status line and fields. Servers that set many cookies stay below half of it.
HEAD_BYTES_MAX = 65_536
FIELD_COUNT_MAX = 200
LINE_BYTES_MAX = 4096
TRAILER_BYTES_MAX = 8192
# Interim responses before the one that counts; more would be a way to keep us reading.
INTERIM_MAX = 4


class ResponseHead(NamedTuple):
    """Status and fields of the response that counts."""

    status: int
    headers: Headers


class EndOfResponse(NamedTuple):
    """All of the content has come."""


Event = ResponseHead | BodyPart | EndOfResponse


class State(IntEnum):
    """What is read next, and what follows it."""

    HEAD = 0  # -> HEAD after 1xx, CONTENT, UNTIL_CLOSE, CHUNK_SIZE, or END
    CONTENT = 1  # -> END after Content-Length octets
    UNTIL_CLOSE = 2  # -> CLOSED when the connection ends
    CHUNK_SIZE = 3  # -> CHUNK_DATA, or TRAILERS after the size 0
    CHUNK_DATA = 4  # -> CHUNK_END
    CHUNK_END = 5  # -> CHUNK_SIZE
    TRAILERS = 6  # -> END
    END = 7  # -> CLOSED
    CLOSED = 8  # what comes now is dropped


class ResponseParser:
    """The one response of a connection."""

    __slots__ = ("_buffer", "_state", "_remaining", "_interim")

    def __init__(self) -> None:
        self._buffer = ReceiveBuffer()
        self._state = State.HEAD
        self._remaining = 0  # octets until the content or the chunk ends
        self._interim = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """Append `data` at once, then yield events as they are asked for. Raises BadResponse."""
        if self._state is not State.CLOSED and data:
            self._buffer.append(data)
        return self._events()

    def finish(self) -> Iterator[Event]:
        """The connection has ended. Raises BadResponse for a response that has not."""
        # RFC 9112 section 8: without length or chunks, the end of the connection is that of the content.
        if self._state is State.UNTIL_CLOSE:
            self._state = State.END
        elif self._state not in (State.END, State.CLOSED):
            raise BadResponse("The response ends early.")
        return self._events()

    def _events(self) -> Iterator[Event]:
        while (event := READ[self._state](self)) is not None:
            yield event

    def _next(self) -> Event | None:
        return READ[self._state](self)

    def _read_head(self) -> Event | None:
        end = self._buffer.find(b"\r\n\r\n", HEAD_BYTES_MAX)
        if end < 0:
            if len(self._buffer) >= HEAD_BYTES_MAX:
                raise BadResponse("The head is too large.")
            return None
        head = self._buffer.text(0, end + 2)
        self._buffer.skip(end + 4)
        line = STATUS_LINE.match(head)
        fields = FIELD_LINE.findall(head, line.end()) if line else []
        if line is None or len(fields) != head.count("\n", line.end()) or len(fields) > FIELD_COUNT_MAX:
            raise BadResponse("The head is malformed.")
        status = int(line[2])
        # RFC 9110 section 15.2: a client MUST be able to parse 1xx responses before a final one.
        if status < 200:
            self._interim += 1
            # Section 15.2.2: nobody asked to switch.
            if status == 101 or self._interim > INTERIM_MAX:
                raise BadResponse("The response never comes to the point.")
            return self._next()
        return self._begin(ResponseHead(status, Headers(fields)))

    def _begin(self, head: ResponseHead) -> ResponseHead:
        """Where the content ends. RFC 9112 section 6.3."""
        length, codings = head.headers.get("content-length"), head.headers.tokens("transfer-encoding")
        if not has_content(head.status):
            self._state = State.END
        elif codings:
            # 6.3: Transfer-Encoding overrides Content-Length, and both may be an attempt to smuggle.
            if codings != ["chunked"] or length is not None:
                raise BadResponse("The content is framed in a way that is not known here.")
            self._state = State.CHUNK_SIZE
        elif length is None:
            self._state = State.UNTIL_CLOSE
        else:
            if CONTENT_LENGTH.fullmatch(length) is None:
                raise BadResponse("Content-Length is malformed.")
            self._remaining = int(length)
            self._state = State.CONTENT if self._remaining else State.END
        return head

    def _read_content(self) -> Event | None:
        data = self._buffer.take(self._remaining)
        self._remaining -= len(data)
        if not self._remaining:
            self._state = State.END if self._state is State.CONTENT else State.CHUNK_END
        return BodyPart(data) if data else None

    def _read_until_close(self) -> Event | None:
        data = self._buffer.take_all()
        return BodyPart(data) if data else None

    def _read_chunk_size(self) -> Event | None:
        end = self._buffer.find(b"\n", LINE_BYTES_MAX)
        if end < 0:
            if len(self._buffer) >= LINE_BYTES_MAX:
                raise BadResponse("A chunk-size line is too long.")
            return None
        line = CHUNK_SIZE_LINE.fullmatch(self._buffer.text(0, end + 1))
        if line is None:
            raise BadResponse("A chunk size is malformed.")
        self._buffer.skip(end + 1)
        self._remaining = int(line[1], 16)
        self._state = State.CHUNK_DATA if self._remaining else State.TRAILERS
        return self._next()

    def _read_chunk_end(self) -> Event | None:
        if self._buffer.starts_with(b"\r\n"):
            self._buffer.skip(2)
            self._state = State.CHUNK_SIZE
            return self._next()
        if self._buffer.peek(2) not in (b"", b"\r"):
            raise BadResponse("A chunk is longer than its size says.")
        return None

    def _read_trailers(self) -> Event | None:
        """Up to the empty line; what they say is nothing that anybody here wants to know."""
        if self._buffer.starts_with(b"\r\n"):
            self._buffer.skip(2)
            self._state = State.END
            return self._next()
        end = self._buffer.find(b"\r\n\r\n", TRAILER_BYTES_MAX)
        if end >= 0:
            self._buffer.skip(end + 4)
            self._state = State.END
            return self._next()
        if len(self._buffer) >= TRAILER_BYTES_MAX:
            raise BadResponse("The trailer fields are too large.")
        return None

    def _read_end(self) -> Event | None:
        self._state = State.CLOSED
        self._buffer.take_all()
        return EndOfResponse()

    def _read_nothing(self) -> Event | None:
        return None


READ: dict[State, Callable[[ResponseParser], Event | None]] = {
    State.HEAD: ResponseParser._read_head,
    State.CONTENT: ResponseParser._read_content,
    State.UNTIL_CLOSE: ResponseParser._read_until_close,
    State.CHUNK_SIZE: ResponseParser._read_chunk_size,
    State.CHUNK_DATA: ResponseParser._read_content,
    State.CHUNK_END: ResponseParser._read_chunk_end,
    State.TRAILERS: ResponseParser._read_trailers,
    State.END: ResponseParser._read_end,
    State.CLOSED: ResponseParser._read_nothing,
}


def serialize_request(
    method: str, target: str, host: str, headers: Iterable[tuple[str, str]] = (), content: bytes | None = None
) -> bytes:
    """A request, without content unless it is given; an empty one is given too.

    `target` is in origin-form, `host` as Host has it, with a port if need be.
    Raises ValueError for what would not be one line each: no address of a user can split a request.
    """
    if not TOKEN_ONLY.fullmatch(method) or not ORIGIN_FORM.fullmatch(target) or not HOST.fullmatch(host):
        raise ValueError("a request line or Host that is none")
    # RFC 9110 section 8.6: a client SHOULD send Content-Length where the method expects content.
    length = [] if content is None else [("Content-Length", str(len(content)))]
    every = [("Host", host), *headers, *length, ("Connection", "close")]
    lines = [f"{name}: {value}\r\n" for name, value in every]
    fields = "".join(lines)
    if not len(lines) == fields.count("\n") == len(FIELD_LINE.findall(fields)):
        raise ValueError("a field of the request holds a control character")
    return f"{method} {target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + (content or b"")
