"""The line between a browser and the server, as a part of a test that can cut it.

A Cable listens on a port of its own and carries bytes both ways. A page that is opened at its `url` has
everything from the server, over connections that end in the middle of a request, or before its answer, when a
test says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import urlsplit

# More than the requests without a file of one connection come to.
UPLOAD_BYTES = 200_000
# What lies in the kernel counts as gone for the browser: little may.
BUFFER_BYTES = 64 * 1024


class Cable:
    """`uploads` is what becomes of large requests: they pass; the line is cut after their first part; the
    rest arrives nowhere; or they arrive, and the line is cut before the answer comes back."""

    def __init__(self, url: str) -> None:
        self.to = urlsplit(url)
        self.uploads: Literal["pass", "cut", "stall", "unanswered"] = "pass"
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._server = await asyncio.start_server(self._carry, sock=listener, limit=BUFFER_BYTES)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def close(self) -> None:
        self._server.close()
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._tasks)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        to_reader, to_writer = await asyncio.open_connection(self.to.hostname, self.to.port)
        self._ends |= {writer, to_writer}
        sent = 0

        async def up() -> None:
            nonlocal sent
            while data := await reader.read(BUFFER_BYTES):
                sent += len(data)
                if sent > UPLOAD_BYTES and self.uploads == "cut":
                    return
                if sent > UPLOAD_BYTES and self.uploads == "stall":
                    continue
                to_writer.write(data)
                await to_writer.drain()

        async def down() -> None:
            while data := await to_reader.read(BUFFER_BYTES):
                if sent > UPLOAD_BYTES and self.uploads == "unanswered":
                    self.uploads = "pass"  # the next one is
                    return
                writer.write(data)
                await writer.drain()

        ways = [asyncio.ensure_future(up()), asyncio.ensure_future(down())]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, to_writer):
            end.transport.abort()
            self._ends.discard(end)


@contextlib.asynccontextmanager
async def cable(url: str) -> AsyncIterator[Cable]:
    line = Cable(url)
    await line.open()
    try:
        yield line
    finally:
        await line.close()
