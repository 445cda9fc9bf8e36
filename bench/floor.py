"""The floor under chat.py: the least that a post and its deliveries cost in Python on this machine.

`python -m bench.floor` runs a server that understands nothing: whatever arrives from the one sender, it
inserts one row through asyncpg, writes the same bytes to sixteen connections, and answers. No HTTP is
parsed, no permission asked, no event kept, no JSON made. One sender waits for its answer and for all
sixteen before it posts again, as in chat.py's first scenario. What chatd takes beyond this is chatd's own.
"""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from bench.measure import cpu_ns, tree_cpu_ns
from chatd.store.embedded import EmbeddedPostgres

MEMBERS, MESSAGES, ROUNDS = 16, 1500, 3
FRAME, ANSWER, POST = b"f" * 800, b"a" * 640, b"p" * 300


async def serve(socket_directory: str) -> None:
    """Print the ports of the members and of the sender, then serve until killed."""
    conn = await asyncpg.connect(host=socket_directory, user="chatd", database="chatd")
    await conn.execute("create table floor (id bigserial primary key, content text, payload text)")
    members: list[asyncio.WriteTransport] = []
    tasks: set[asyncio.Task[None]] = set()

    async def post(sender: asyncio.WriteTransport) -> None:
        await conn.execute("insert into floor (content, payload) values ($1, $2)", "c" * 100, "p" * 900)
        for member in members:
            member.write(FRAME)
        sender.write(ANSWER)

    class Member(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.WriteTransport)
            members.append(transport)

    class Sender(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.WriteTransport)
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            task = asyncio.create_task(post(self.transport))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(kind, "127.0.0.1", 0) for kind in (Member, Sender)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


class Load:
    """One sender and sixteen members, in this process."""

    def __init__(self, member_port: int, sender_port: int) -> None:
        self.sender = socket.create_connection(("127.0.0.1", sender_port))
        members = [socket.create_connection(("127.0.0.1", member_port)) for _ in range(MEMBERS)]
        self.expected = {member.fileno(): len(FRAME) for member in members}
        self.expected[self.sender.fileno()] = len(ANSWER)
        self.sockets = {one.fileno(): one for one in (self.sender, *members)}
        self.poller = select.epoll()
        for descriptor in self.sockets:
            self.poller.register(descriptor, select.EPOLLIN)

    def post(self, count: int) -> None:
        for _ in range(count):
            self.sender.sendall(POST)
            missing = dict(self.expected)
            while missing:
                for descriptor, _ in self.poller.poll():
                    missing[descriptor] -= len(self.sockets[descriptor].recv(65536))
                    if not missing[descriptor]:
                        del missing[descriptor]


def main() -> None:
    data = Path(tempfile.mkdtemp(prefix="chatd-bench-"))
    data.chmod(0o711)
    postgres = EmbeddedPostgres(data).start()
    command = [sys.executable, "-m", "bench.floor", str(postgres.socket_directory)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    try:
        assert server.stdout is not None and postgres.pid is not None
        load = Load(*map(int, server.stdout.readline().split()))
        load.post(MESSAGES // 5)
        print(f"load_average_1min {os.getloadavg()[0]:.2f}")
        for _ in range(ROUNDS):
            began, before, database = time.perf_counter(), cpu_ns(server.pid), tree_cpu_ns(postgres.pid)
            load.post(MESSAGES)
            rate = MESSAGES / (time.perf_counter() - began)
            server_us, database_us = (
                (after - start) / MESSAGES / 1000
                for after, start in ((cpu_ns(server.pid), before), (tree_cpu_ns(postgres.pid), database))
            )
            shares = f"server {server_us:.0f} µs, PostgreSQL {database_us:.0f} µs"
            print(f"{rate:,.0f} messages/s, CPU per message: {shares}")
    finally:
        server.kill()
        server.wait()
        postgres.stop()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(sys.argv[1]))
    else:
        main()
