"""The bench server on `websockets` (its asyncio server), in the form its documentation recommends.

/echo sends each message back, /sub receives what is published, /pub publishes each message to
every subscriber. No compression, no keep-alive pings. Fan-out is the library's own `broadcast`,
its fastest way.
"""

from __future__ import annotations

import argparse
import asyncio

from websockets.asyncio.server import ServerConnection, broadcast, serve

subscribers: set[ServerConnection] = set()


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def subscribe(connection: ServerConnection) -> None:
    subscribers.add(connection)
    try:
        await connection.wait_closed()
    finally:
        subscribers.discard(connection)


async def publish(connection: ServerConnection) -> None:
    async for message in connection:
        broadcast(subscribers, message)


HANDLERS = {"/echo": echo, "/sub": subscribe, "/pub": publish}


async def handle(connection: ServerConnection) -> None:
    assert connection.request is not None
    await HANDLERS[connection.request.path](connection)


async def main(port: int) -> None:
    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(main(parser.parse_args().port))
