"""HTTP/1.1 responses: status, fields and content to bytes. RFC 9112 sections 4, 6 and 7, RFC 9110 section 15.

Framing (Content-Length, Transfer-Encoding), Date and persistence are written here and nowhere else; what
else a response says is its handler's. A field of ours with CR, LF or NUL in it is our own mistake and
raises ValueError, so that no text of a user can split a response.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from chatd.wire.grammar import FIELD_LINE
from chatd.wire.requests import Request

# RFC 9110 section 15; 428, 429 and 431 of RFC 6585; 507 of RFC 4918
REASON_PHRASES = {
    100: "Continue", 101: "Switching Protocols",
    200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content",
    300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
    408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
    413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    416: "Range Not Satisfiable", 417: "Expectation Failed", 421: "Misdirected Request",
    422: "Unprocessable Content", 426: "Upgrade Required", 428: "Precondition Required",
    429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
}  # fmt: skip

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"

Fields = Iterable[tuple[str, str]]


@dataclass(slots=True)
class Response:
    """What a handler answers. Content is whole, or an iterator whose octets are sent as they come."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | AsyncIterator[bytes] = b""


def has_content(status: int) -> bool:
    """Whether a response of this status may have content. RFC 9110 sections 6.4.1, 15.2, 15.3.5, 15.4.5."""
    return status >= 200 and status not in (204, 304)


def serialize_response(
    response_status: int,
    headers: Fields,
    body: bytes,
    *,
    request: Request | None,
    keep_alive: bool,
    date: str,
) -> bytes:
    """A whole response. `request` is what it answers, None when that could not be read.

    `date` is an IMF-fixdate (RFC 9110 section 5.6.7). To HEAD only the head is written, with the length the
    content would have: the length of `body`, or the Content-Length in `headers` where there is one.
    Raises ValueError for fields or content that may not stand in this response.
    """
    headers = list(headers)
    if not has_content(response_status):
        if body:
            raise ValueError(f"a response of status {response_status} has no content")
        return _head(response_status, headers, request, keep_alive, date)
    to_head = request is not None and request.method == "HEAD"
    length = _content_length_in(headers)
    if length is None:
        headers.append(("Content-Length", str(len(body))))
    elif length != len(body) and not (to_head and not body):
        raise ValueError("Content-Length is not the length of the content")
    head = _head(response_status, headers, request, keep_alive, date)
    # RFC 9110 section 9.3.2: the server MUST NOT send content in the response to HEAD.
    return head if to_head else head + body


def serialize_head(
    status: int, headers: Fields, *, request: Request | None, keep_alive: bool, date: str, chunked: bool
) -> bytes:
    """The head of a response whose content follows: in chunks, or else as long as Content-Length says.

    With neither, the content ends with the connection, so keep_alive must be False. The caller sends no
    content to HEAD. Raises ValueError where such content may not follow.
    """
    headers = list(headers)
    length = _content_length_in(headers)
    if not has_content(status):
        if chunked:
            raise ValueError(f"a response of status {status} has no content")
    elif chunked:
        # RFC 9112 section 6.1: no Transfer-Encoding unless the request indicates HTTP/1.1,
        # and no Content-Length beside it (section 6.2).
        if length is not None or request is None or request.version < (1, 1):
            raise ValueError("content cannot be chunked in this response")
        headers.append(("Transfer-Encoding", "chunked"))
    elif length is None and keep_alive:
        raise ValueError("content of unknown length ends with the connection")
    return _head(status, headers, request, keep_alive, date)


def chunk(data: bytes) -> bytes:
    """One chunk of the content; nothing for no data, as an empty chunk ends it. RFC 9112 section 7.1."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def _content_length_in(headers: list[tuple[str, str]]) -> int | None:
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    if not lengths:
        return None
    if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        raise ValueError("Content-Length is repeated or malformed")
    return int(lengths[0])


def _head(
    status: int, headers: list[tuple[str, str]], request: Request | None, keep_alive: bool, date: str
) -> bytes:
    """Status line, the given fields, then Date and Connection, and the empty line."""
    # RFC 9110 section 8.6, RFC 9112 section 6.1: a server MUST NOT send either with 1xx or 204. 304 may
    # carry the length of a content that is not sent, which some readers wait for: not with us.
    if not has_content(status) and any(name.lower() in _FRAMING for name, _ in headers):
        raise ValueError(f"a response of status {status} is not framed")
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    # RFC 9110 section 6.6.1: an origin server with a clock MUST generate Date in 2xx, 3xx and 4xx.
    lines.append(f"Date: {date}\r\n")
    if not keep_alive:
        lines.append("Connection: close\r\n")
    elif request is not None and request.version == (1, 0):
        lines.append("Connection: keep-alive\r\n")
    fields = "".join(lines)
    # One line feed for each field, and as many sound lines: no value brought a line of its own.
    if not len(lines) == fields.count("\n") == len(FIELD_LINE.findall(fields)):
        raise ValueError("a field of the response holds CR, LF, NUL or another control character")
    if any(":" in name for name, _ in headers):
        raise ValueError("a field name holds a colon")
    # RFC 9112 section 4: the space after the status code stands even where the reason phrase is empty.
    return f"HTTP/1.1 {status} {REASON_PHRASES.get(status, '')}\r\n{fields}\r\n".encode("latin-1")


_FRAMING = frozenset({"content-length", "transfer-encoding"})
