"""What the tests of ServerWebSocket share: feed it, and look at how it ended."""

from __future__ import annotations

from chatd.wire.deflate import PermessageDeflate, negotiate
from chatd.wire.websocket import Closed, ServerWebSocket
from tests.wire.client_frames import CLOSE, client_frame, close_payload

MESSAGE_MAX = 2**20
# A close frame as a client sends it that is simply done
NORMAL = client_frame(CLOSE, close_payload(1000))


def feed_all(socket: ServerWebSocket, pieces: list[bytes]) -> list:
    return [event for piece in pieces for event in socket.feed(piece)]


def agree_on_deflate() -> PermessageDeflate:
    deflate = negotiate("permessage-deflate; client_max_window_bits")
    assert deflate is not None
    return deflate


def closes_with(code: int, events: list) -> bool:
    return isinstance(events[-1], Closed) and events[-1].code == code
