"""What the service manager is told, byte for byte; and sockets that it hands over to a real process."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatd.net.systemd import Notifier, inherited_sockets


class Manager:
    """The manager's end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(5)

    def heard(self) -> list[str]:
        return self.socket.recv(4096).decode().split("\n")


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    abstract = f"@chatd-test-{os.getpid()}-{tmp_path.name}"
    yield str(tmp_path / "notify") if request.param == "path" else abstract


def test_each_state_is_one_datagram(address: str) -> None:
    manager = Manager(address.replace("@", "\0", 1))
    environ = {"NOTIFY_SOCKET": address, "HOME": "/"}
    notifier = Notifier(environ)
    assert environ == {"HOME": "/"}, "children do not inherit it"
    with manager.socket:
        notifier.ready("listening on\nport 8080")
        assert manager.heard() == ["READY=1", "STATUS=listening on port 8080"]
        notifier.reloading()
        reloading, since = manager.heard()
        assert reloading == "RELOADING=1" and since.startswith("MONOTONIC_USEC=") and since[15:].isdigit()
        notifier.status("12 connections")
        assert manager.heard() == ["STATUS=12 connections"]
        notifier.extend_timeout(1.5)
        assert manager.heard() == ["EXTEND_TIMEOUT_USEC=1500000"]
        notifier.watchdog()
        assert manager.heard() == ["WATCHDOG=1"]
        notifier.stopping()
        assert manager.heard() == ["STOPPING=1"]


def test_a_manager_that_does_not_read_or_is_gone_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = str(tmp_path / "notify")
    manager = Manager(path)
    notifier = Notifier({"NOTIFY_SOCKET": path})
    with manager.socket:
        while not caplog.records:  # until its queue is full
            notifier.watchdog()
        assert manager.heard() == ["WATCHDOG=1"]
    caplog.clear()
    notifier.ready("nobody hears it")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert caplog.messages == ['net      service manager not reached reason="[Errno 111] Connection refused"']


def test_without_a_manager_nothing_happens() -> None:
    notifier = Notifier({})
    notifier.ready("nobody hears it")
    notifier.stopping()
    assert notifier.watchdog_interval_s is None


def test_the_watchdog_is_ours_only_if_it_names_our_process() -> None:
    ours = {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}
    assert Notifier(dict(ours)).watchdog_interval_s == 3.0
    assert Notifier({**ours, "WATCHDOG_PID": "1"}).watchdog_interval_s is None
    assert Notifier({"WATCHDOG_USEC": "3000000"}).watchdog_interval_s == 3.0


async def test_the_watchdog_is_fed_by_the_event_loop(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    manager = Manager(path)
    notifier = Notifier({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "20000"})
    loop = asyncio.get_running_loop()
    manager.socket.setblocking(False)
    with manager.socket:
        notifier.keep_watchdog(loop)
        for _ in range(3):
            assert await loop.sock_recv(manager.socket, 100) == b"WATCHDOG=1"
        notifier.watchdog_interval_s = None  # ends the chain


def test_sockets_for_another_process_are_left_alone() -> None:
    environ = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:https"}
    assert inherited_sockets(environ) == {}
    assert environ == {}


CHILD = """
import asyncio, os
from chatd.net import serve, Server
from chatd.net.systemd import inherited_sockets
from chatd.wire.responses import Response
os.environ["LISTEN_PID"] = str(os.getpid())
sockets = inherited_sockets()
assert sorted(sockets) == ["http", "other"] and "LISTEN_FDS" not in os.environ
async def respond(request):
    return Response(200, [], b"from the child")
async def main():
    server = Server(respond=respond, open_websocket=None)
    await server.listen(sock=sockets["http"][0])
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def test_an_inherited_socket_is_served() -> None:
    http, other = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    shell = f"exec 3<&{http.fileno()} 4<&{other.fileno()}; exec {sys.executable} -c '{CHILD}'"
    environ = {**os.environ, "LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:other", "LISTEN_PID": "0"}
    descriptors = (http.fileno(), other.fileno())
    with (
        http,
        other,
        subprocess.Popen(
            ["bash", "-c", shell], pass_fds=descriptors, env=environ, stdout=subprocess.PIPE
        ) as child,
    ):
        try:
            assert child.stdout is not None and child.stdout.readline() == b"ready\n"
            with socket.create_connection(http.getsockname()) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: client.recv(1000), b""))
            assert answer.endswith(b"from the child")
        finally:
            child.kill()
