"""The WebSocket opening handshake, server side: an upgrade request to its 101 or its refusal.
RFC 6455 sections 4.2 and 9.1.

Checks what the RFC demands of any client. Who may connect (Origin, tokens, paths) is the caller's to
decide, and so is the choice among subprotocols; what an extension's parameters mean is deflate.py's.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from chatd.wire.errors import BadRequest
from chatd.wire.grammar import QUOTED_STRING, TOKEN, TOKEN_ONLY

if TYPE_CHECKING:
    from chatd.wire.http1 import Request

# Section 1.3: what a server appends to the key, so that nothing but a WebSocket server answers rightly.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Section 4.1: the version of this protocol; 0 to 12 were drafts.
VERSION = "13"

# 16 bytes in base64 are 22 digits and two signs of padding.
KEY = re.compile(r"[A-Za-z0-9+/]{22}==")


class Upgrade(NamedTuple):
    """A valid upgrade request. `protocols` in the client's order of preference; `extensions` is the raw
    Sec-WebSocket-Extensions, its lines joined, "" when there was none; its grammar holds."""

    key: str
    protocols: list[str]
    extensions: str


class Extension(NamedTuple):
    """One offer: a name and its parameters in order, each with a value or None. RFC 6455 section 9.1."""

    name: str
    parameters: tuple[tuple[str, str | None], ...]


def parse_upgrade(request: Request) -> Upgrade:
    """Check a request against the seven demands of RFC 6455 section 4.2.1.

    Raises BadRequest: 426 when the client speaks another version or did not ask for an upgrade, with the
    fields that say so in its `headers`; 400 for every other fault.
    """
    headers = request.headers
    # 1. An HTTP/1.1 or higher GET request.
    if request.method != "GET" or request.version < (1, 1):
        raise BadRequest(400, "A WebSocket handshake is a GET request of HTTP/1.1.")
    # A body would stand where the first frame is expected.
    if request.chunked or request.content_length:
        raise BadRequest(400, "A WebSocket handshake has no content.")
    # 2. A Host header field containing the server's authority.
    if not headers.get("host"):
        raise BadRequest(400, "Host is missing.")
    # 3. and 4. Upgrade names "websocket" and Connection names "Upgrade", in any case.
    if "websocket" not in headers.tokens("upgrade") or "upgrade" not in headers.tokens("connection"):
        raise _upgrade_required("This resource speaks WebSocket.")
    # 6. Sec-WebSocket-Version with the value 13. (Before the key: another version may have another key.)
    if headers.get("sec-websocket-version") != VERSION:
        raise _upgrade_required("Only version 13 of WebSocket is spoken here.")
    # 5. Sec-WebSocket-Key, once (two lines would read as joined), with 16 bytes in base64.
    key = headers.get("sec-websocket-key") or ""
    if not KEY.fullmatch(key):
        raise BadRequest(400, "Sec-WebSocket-Key must be 16 bytes in base64, once.")
    # 7. and 8. Optionally subprotocols and extensions.
    extensions = headers.get("sec-websocket-extensions") or ""
    parse_extensions(extensions)
    protocols = _parse_protocols(headers.get("sec-websocket-protocol") or "")
    return Upgrade(key, protocols, extensions)


def _upgrade_required(reason: str) -> BadRequest:
    # 4.4: the server MUST respond with a Sec-WebSocket-Version naming the versions it can speak.
    # RFC 9110 section 15.5.22: a 426 MUST carry Upgrade (and section 7.8: Connection then names it).
    headers = [("Sec-WebSocket-Version", VERSION), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
    return BadRequest(426, reason, headers)


def _parse_protocols(value: str) -> list[str]:
    members = [member.strip(" \t") for member in value.split(",")]
    protocols = [member for member in members if member]
    # 4.1: the elements MUST be tokens, and MUST all be unique.
    if len(set(protocols)) != len(protocols) or not all(map(TOKEN_ONLY.fullmatch, protocols)):
        raise BadRequest(400, "Sec-WebSocket-Protocol is malformed.")
    return protocols


def accept_upgrade(upgrade: Upgrade, *, protocol: str | None = None, extensions: str | None = None) -> bytes:
    """The whole 101 response. RFC 6455 section 4.2.2.

    `protocol` must be one that the client named; `extensions` is the Sec-WebSocket-Extensions of the
    answer, such as PermessageDeflate.response. None leaves the field out.
    """
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept_key(upgrade.key)}",
    ]
    if protocol is not None:
        # 4.2.2: a value derived from the client's Sec-WebSocket-Protocol, or none.
        assert protocol in upgrade.protocols, f"the client did not offer {protocol!r}"
        lines.append(f"Sec-WebSocket-Protocol: {protocol}")
    if extensions is not None:
        lines.append(f"Sec-WebSocket-Extensions: {extensions}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def accept_key(key: str) -> str:
    """What proves that the handshake was understood: base64(SHA-1(key + GUID)). Section 4.2.2 item 5.4."""
    return base64.b64encode(hashlib.sha1((key + GUID).encode("ascii")).digest()).decode("ascii")


def parse_extensions(value: str) -> tuple[Extension, ...]:
    """Read a Sec-WebSocket-Extensions value into offers, in order of preference.

    Raises BadRequest(400) where the grammar does not hold: 9.1 says that the recipient MUST fail the
    connection then. Empty list elements are skipped (RFC 9110 section 5.6.1.2).
    """
    extensions: list[Extension] = []
    at = 0
    while (at := _skip(value, at, " \t,")) < len(value):
        name = TOKEN_ONLY.match(value, at)
        if name is None:
            raise BadRequest(400, "Sec-WebSocket-Extensions is malformed.")
        parameters, at = _parse_parameters(value, name.end())
        extensions.append(Extension(name.group(), parameters))
        if at < len(value) and value[at] != ",":
            raise BadRequest(400, "Sec-WebSocket-Extensions is malformed.")
    return tuple(extensions)


def _parse_parameters(value: str, at: int) -> tuple[tuple[tuple[str, str | None], ...], int]:
    """Returns the parameters that start at offset `at`, and the offset after them and the blanks there."""
    parameters: list[tuple[str, str | None]] = []
    while parameter := _PARAMETER.match(value, at):
        name, token, quoted = parameter.groups()
        if quoted is not None:
            token = _QUOTED_PAIR.sub(r"\1", quoted[1:-1])
            # 9.1: the value after quoted-string unescaping MUST conform to the token ABNF.
            if not TOKEN_ONLY.fullmatch(token):
                raise BadRequest(400, "Sec-WebSocket-Extensions is malformed.")
        parameters.append((name, token))
        at = parameter.end()
    return tuple(parameters), _skip(value, at, " \t")


def _skip(value: str, at: int, characters: str) -> int:
    while at < len(value) and value[at] in characters:
        at += 1
    return at


# extension-param = token [ "=" ( token | quoted-string ) ], with the ";" before it
_PARAMETER = re.compile(rf"[ \t]*+;[ \t]*+({TOKEN})(?:[ \t]*+=[ \t]*+(?:({TOKEN})|({QUOTED_STRING})))?")
_QUOTED_PAIR = re.compile(r"\\(.)")
