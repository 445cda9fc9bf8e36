"""The bench server on chatd's own shell, through the same `serve` that anybody may call.

/echo sends each message back, /sub receives what is published, /pub publishes each message to
every subscriber as one shared frame. No keep-alive pings; compression only with --deflate.
Prints its port when it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run from a checkout, wherever one stands

from chatd.net import WebSocketConnection, broadcast, serve

subscribers: set[WebSocketConnection] = set()


def on_open(connection: WebSocketConnection) -> None:
    if connection.path == "/sub":
        subscribers.add(connection)


def on_message(connection: WebSocketConnection, data: str | bytes) -> Awaitable[None] | None:
    if connection.path == "/echo":
        # Returned, it is awaited by the shell: an echo that its client does not read holds up the next one.
        return connection.send(data)
    if connection.path == "/pub":
        broadcast(subscribers, data)
    return None


def on_close(connection: WebSocketConnection, code: int, reason: str) -> None:
    subscribers.discard(connection)


async def main(port: int, deflate: bool) -> None:
    server = await serve(
        "127.0.0.1", port,
        on_message=on_message, on_open=on_open, on_close=on_close,
        permessage_deflate=deflate, ping_interval=None,
    )  # fmt: skip
    print(server.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--deflate", action="store_true", help="accept permessage-deflate")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.port, arguments.deflate))
