"""The floor under chat.py: the least that a post and its deliveries cost in Python on this machine.

A server that understands nothing: whatever arrives from the one sender, it commits one row with the
message and its event, and only then writes the event to every member and answers. No HTTP is parsed, no
permission asked, no order kept, no JSON made; what chat.py checks in an answer or an event is cut out of
what came. What chatd takes beyond this is chatd's own.

    python -m bench.chat            # measures it in turn with chatd, round by round
    python -m bench.floor FOLDER    # the server alone, on the PostgreSQL whose socket is there

It stores what a durable journal has to: 900 bytes in one table with a primary key, one insert a message,
one commit. It knows nothing that chat.py does not tell it, so it takes the same load: Sender and Session of
chat_load.py, on plain sockets.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg

from bench import client
from bench.chat_load import CONTENT_CHARACTERS, Audience, Sender, Session
from bench.measure import cpu_ns

ROOT = Path(__file__).parent.parent

# As large as chatd's own: what comes ends with `<content>"}`, and the rest is the same for every message.
CONTENT_END = -len('"}')
CONTENT_BEGIN = CONTENT_END - CONTENT_CHARACTERS
ANSWER_BYTES, EVENT_BYTES = 600, 900
HEAD_BYTES = 400


def around(name: str, size: int) -> tuple[bytes, bytes]:
    """JSON before and after a message's content, so many bytes with it."""
    before, after = b'{"t":"%b","content":"' % name.encode(), b'","rest":"'
    filling = size - len(before) - len(after) - CONTENT_CHARACTERS - len('"}')
    return before, after + b"x" * filling + b'"}'


def http_head(content_bytes: int) -> bytes:
    begin = f"HTTP/1.1 200 OK\r\nContent-Length: {content_bytes}\r\nX-Rest: ".encode()
    return begin + b"x" * (HEAD_BYTES - len(begin) - len(b"\r\n\r\n")) + b"\r\n\r\n"


EVENT_BEGIN, EVENT_END = around("MESSAGE_CREATE", EVENT_BYTES)
ANSWER_BEGIN, ANSWER_END = around("answer", ANSWER_BYTES)
FRAME_HEADER = client.server_frame(client.TEXT, bytes(EVENT_BYTES))[:-EVENT_BYTES]
ANSWER_HEAD = http_head(ANSWER_BYTES)


async def serve(socket_directory: str) -> None:
    """Print the ports of the members and of the sender, then serve until killed."""
    conn = await asyncpg.connect(host=socket_directory, user="chatd", database="chatd")
    await conn.execute("create table floor (id bigserial primary key, event text not null)")
    members: list[asyncio.WriteTransport] = []
    tasks: set[asyncio.Task[None]] = set()

    async def post(sender: asyncio.WriteTransport, request: bytes) -> None:
        content = request[CONTENT_BEGIN:CONTENT_END]
        event = EVENT_BEGIN + content + EVENT_END
        await conn.execute("insert into floor (event) values ($1)", event.decode())
        frame = FRAME_HEADER + event
        for member in members:
            member.write(frame)
        sender.write(ANSWER_HEAD + ANSWER_BEGIN + content + ANSWER_END)

    class Member(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.WriteTransport)
            members.append(transport)
            transport.write(b"!")

    class Poster(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.WriteTransport)
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            task = asyncio.create_task(post(self.transport, data))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(kind, "127.0.0.1", 0) for kind in (Member, Poster)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


class FloorAudience(Audience):
    """Members of the floor: nobody identifies, and nobody's heart beats."""

    def __init__(self, port: int, count: int) -> None:
        self.sessions = [Session(client.connect(port), None) for _ in range(count)]
        for session in self.sessions:
            session.socket.recv(1)  # now the server knows it

    def heartbeat(self) -> None:
        pass


class Floor:
    """The floor as a process, with its load's two ends; a context manager."""

    def __init__(self, socket_directory: Path, members: int) -> None:
        self.socket_directory, self.members = socket_directory, members

    def __enter__(self) -> Floor:
        command = [sys.executable, "-m", "bench.floor", str(self.socket_directory)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert self.process.stdout is not None
            member_port, sender_port = map(int, self.process.stdout.readline().split())
            self.audience = FloorAudience(member_port, self.members)
            self.sender = Sender(sender_port, "/", "nobody")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def cpu_ns(self) -> int:
        return cpu_ns(self.process.pid)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
