"""Other people's servers for tests: one on the loopback that answers each path as it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Web:
    """A server on the loopback that answers each path with the bytes it was told to."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[bytes] = []
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, content: bytes = b"", *fields: str, status: str = "200 OK") -> str:
        head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields))
        self.pages[path] = head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content
        return self.url(path)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(request)
            answer = self.pages.get(request.split()[1].decode())
            if answer is not None:
                writer.write(answer)
                await writer.drain()
                if writer.can_write_eof():
                    writer.write_eof()
            await reader.read()  # Until the client hangs up.
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def web() -> AsyncIterator[Web]:
    place = Web()
    server = await asyncio.start_server(place.answer, "127.0.0.1", 0)
    place.port = server.sockets[0].getsockname()[1]
    async with server:
        yield place
