"""The bench server on `picows` (Cython), in the form its examples have.

/echo sends each message back, /sub receives what is published, /pub publishes each message to
every subscriber. picows has no compression and leaves UTF-8 checks of text to its user; this server
makes none, so its figures are the best that picows can do.
"""

from __future__ import annotations

import argparse
import asyncio

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

subscribers: set[WSTransport] = set()


class Listener(WSListener):
    """What the three paths share: answering the closing handshake."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            self.on_message(transport, frame)

    def on_message(self, transport: WSTransport, frame: WSFrame) -> None:
        """A subscriber's own messages are ignored."""


class Echo(Listener):
    def on_message(self, transport: WSTransport, frame: WSFrame) -> None:
        transport.send(frame.msg_type, frame.get_payload_as_bytes())


class Subscribe(Listener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        subscribers.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        subscribers.discard(transport)


class Publish(Listener):
    def on_message(self, transport: WSTransport, frame: WSFrame) -> None:
        kind, payload = frame.msg_type, frame.get_payload_as_bytes()
        for subscriber in subscribers:
            subscriber.send(kind, payload)


LISTENERS: dict[bytes, type[Listener]] = {b"/echo": Echo, b"/sub": Subscribe, b"/pub": Publish}


def listener_for(request: WSUpgradeRequest) -> Listener:
    return LISTENERS[request.path]()


async def main(port: int) -> None:
    server = await ws_create_server(listener_for, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(main(parser.parse_args().port))
