"""What the head of a request means: its target, where its content ends, what follows it. RFC 9110, RFC 9112.

Takes lines that http1.py has found sound one by one, and refuses those that contradict each other or could
be read in two ways. Which methods a resource knows is the router's business; Upgrade beyond its name is
handshake.py's.

To read one more field here: add it to Request and build_request, and to FORBIDDEN_TRAILERS of http1.py if
it frames or routes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chatd.wire.errors import BadRequest
from chatd.wire.grammar import CONTENT_LENGTH, HOST, TOKEN_ONLY
from chatd.wire.headers import Headers
from chatd.wire.url import authority_of, decode_path, parse_target, split_path


@dataclass(frozen=True, slots=True)
class HTTPLimits:
    """What one request may cost, in octets unless the name says otherwise."""

    # RFC 9112 section 3 recommends to read request lines of at least 8000 octets.
    request_line_max: int = 8192
    # Request line and fields, line ends included. Browsers keep cookies well below this.
    header_bytes_max: int = 32_768
    header_count_max: int = 100
    body_max: int = 10 * 2**20
    # A chunk-size line; extensions are ignored, so nobody has reason to send long ones, or many.
    chunk_header_max: int = 256
    chunk_extension_bytes_max: int = 4096
    trailer_bytes_max: int = 8192
    trailer_count_max: int = 32


@dataclass(slots=True)
class Request:
    """The head of one request, checked. RFC 9112 section 3, RFC 9110 section 7.1."""

    method: str
    target: str  # as sent
    path: str  # decoded; "/" at least, or "*"
    segments: tuple[str, ...]  # split before decoding: "/a/%2Fb/" is ("a", "/b", "")
    query: str  # as sent, without "?"
    version: tuple[int, int]
    headers: Headers
    content_length: int | None  # None when absent or chunked
    chunked: bool
    expect_continue: bool  # the client waits for 100 (Continue) before it sends content
    keep_alive: bool
    upgrade: str | None  # "websocket" or None
    body: Any = None  # the shell hangs the content's reader here
    peer: str = ""  # the shell fills in who asks,
    secure: bool = False  # and whether through TLS


def read_request_line(line: re.Match[str]) -> tuple[str, str, tuple[int, int], str, tuple[str, ...], str]:
    """Method, target, version, decoded path, its segments, and query of a line that has the right shape.

    Raises BadRequest(505), (501) for CONNECT, (400) for a target that the method or its form forbids.
    """
    method, target, version = line.groups()
    # RFC 9110 section 15.6.6. The preface of HTTP/2 is a request line of version 2.0 (RFC 9113 section 3.4).
    if version not in ("1.1", "1.0"):
        raise BadRequest(505, "This server speaks HTTP/1.1.")
    # RFC 9110 sections 9.1, 9.3.6: 501 for a method implemented for no resource. 405 would promise a
    # resource that has other methods, and an authority to tunnel to is none.
    if method == "CONNECT":
        raise BadRequest(501, "This server is no proxy.")
    raw_path, query = parse_target(target)
    # 3.2.4: asterisk-form is only used for a server-wide OPTIONS request.
    if raw_path == "*" and method != "OPTIONS":
        raise BadRequest(400, "Only OPTIONS may ask for *.")
    versions = (1, 1) if version == "1.1" else (1, 0)
    return method, target, versions, decode_path(raw_path), split_path(raw_path), query


def build_request(line: re.Match[str], headers: Headers, limits: HTTPLimits) -> Request:
    """Settle what the head of a request means: where it goes, how its content is framed, what comes after.

    Raises BadRequest as read_request_line does, and (400), (413), (417), (501) for fields.
    """
    method, target, version, path, segments, query = read_request_line(line)
    modern = version == (1, 1)
    check_host(headers, target, modern)
    chunked = parse_transfer_encoding(headers, modern)
    content_length = parse_content_length(headers, limits.body_max)
    has_content = chunked or bool(content_length)
    options = headers.tokens("connection")
    # RFC 9112 section 9.3: HTTP/1.1 persists unless "close" is there, HTTP/1.0 only with "keep-alive".
    keep_alive = "close" not in options and (modern or "keep-alive" in options)
    upgrade = None
    # RFC 9110 section 7.8: a server MUST ignore Upgrade in an HTTP/1.0 request, and without the
    # connection option "upgrade".
    if modern and "upgrade" in options and "websocket" in headers.tokens("upgrade"):
        upgrade = "websocket"
        # Content would arrive where frames are expected.
        if has_content:
            raise BadRequest(400, "A WebSocket handshake has no content.")
    return Request(
        method, target, path, segments, query, version, headers, content_length, chunked,
        parse_expect(headers) and modern and has_content, keep_alive, upgrade,
    )  # fmt: skip


def check_host(headers: Headers, target: str, modern: bool) -> None:
    """Raise BadRequest(400) unless there is one valid Host, equal to the target's authority if it has one."""
    host = headers.get("host")
    if host is None:
        if modern:
            raise BadRequest(400, "Host is missing.")
        return
    # 3.2: 400 to more than one Host field line (two are joined by a comma), or an invalid value.
    if HOST.fullmatch(host) is None:
        raise BadRequest(400, "Host is repeated or malformed.")
    # 3.2.2: in a request for a URI with authority, Host MUST be identical to it.
    authority = authority_of(target)
    if authority is not None and authority.lower() != host.lower():
        raise BadRequest(400, "Host and request target name two hosts.")


def parse_transfer_encoding(headers: Headers, modern: bool) -> bool:
    """Whether the content is chunked. RFC 9112 sections 6.1 and 7.

    Raises BadRequest(501) for other codings; (400) where Content-Length stands beside it, before HTTP/1.1,
    and where "chunked" is repeated, not last, or not spelled plainly.
    """
    value = headers.get("transfer-encoding")
    if value is None:
        return False
    # 6.1: with HTTP/1.0, or beside Content-Length, it "ought to be handled as an error".
    if not modern or "content-length" in headers:
        raise BadRequest(400, "Transfer-Encoding may not stand here.")
    codings = [coding.strip(" \t") for coding in value.lower().split(",")]
    if codings == ["chunked"]:
        return True
    if "chunked" in codings[:-1] or not all(map(TOKEN_ONLY.fullmatch, codings)):
        raise BadRequest(400, "Transfer-Encoding is malformed.")
    # 6.1: a transfer coding that the server does not understand SHOULD be answered with 501.
    raise BadRequest(501, "The only transfer coding known here is chunked.")


def parse_content_length(headers: Headers, body_max: int) -> int | None:
    """The length of the content in octets, None without one. Raises BadRequest(400), (413) above body_max.

    RFC 9112 section 6.3, item 5: an invalid value is an unrecoverable error. Identical repetitions, which
    a server may forgive, are not forgiven: they are joined by a comma and so malformed.
    """
    value = headers.get("content-length")
    if value is None:
        return None
    if CONTENT_LENGTH.fullmatch(value) is None:
        raise BadRequest(400, "Content-Length is repeated or malformed.")
    length = int(value)
    if length > body_max:
        raise BadRequest(413, "The content is too large.")
    return length


def parse_expect(headers: Headers) -> bool:
    """Whether 100-continue is expected. RFC 9110 section 10.1.1. Raises BadRequest(417) for anything else."""
    value = headers.get("expect")
    if value is None:
        return False
    if value.lower() != "100-continue":
        raise BadRequest(417, "The only expectation met here is 100-continue.")
    return True
