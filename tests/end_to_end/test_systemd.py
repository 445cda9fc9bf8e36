"""chatd as a service: the units, and what a real process and its service manager tell each other."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.clients import ask, chatd, environment, listening, until

EXECUTABLE = "/opt/chatd/bin/python"
EXPOSURE_MAX = 1.2


# ── the units ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, as they are but for the executable, which is one that exists here."""
    for unit in sorted((ROOT / "systemd").iterdir()):
        text = unit.read_text()
        assert unit.suffix != ".service" or f"\nExecStart={EXECUTABLE} -m chatd " in text
        (tmp_path / unit.name).write_text(text.replace(EXECUTABLE, sys.executable))
    return tmp_path


async def systemd_analyze(*arguments: object) -> tuple[int, str]:
    """Its exit status, and everything it said."""
    program = shutil.which("systemd-analyze")
    assert program, "the tests of the units need systemd-analyze: apt-get install systemd"
    process = await asyncio.create_subprocess_exec(
        program, *map(str, arguments), env={**os.environ, "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.parametrize("name", ["chatd.service", "chatd.socket"])
async def test_systemd_has_no_complaint_about_a_unit(units, name):
    # It also says what it will ignore, and then ends with 0; so silence is what counts.
    assert await systemd_analyze("verify", "--man=no", units / name) == (0, "")


async def test_a_line_that_systemd_would_ignore_is_noticed(units):
    service = units / "chatd.service"
    service.write_text(service.read_text().replace("\nWatchdogSec=", "\nWatchdogSeconds="))
    _, said = await systemd_analyze("verify", "--man=no", service)
    assert "Unknown key" in said and "WatchdogSeconds" in said


async def test_the_service_is_hardly_exposed(units):
    _, said = await systemd_analyze("security", "--offline=yes", "--no-pager", units / "chatd.service")
    found = re.search(r"Overall exposure level for chatd.service: ([\d.]+)", said)
    assert found and float(found[1]) <= EXPOSURE_MAX, said


async def test_the_command_of_the_unit_is_one_that_chatd_knows(units, fast_path):
    text = (units / "chatd.service").read_text()
    (line,) = re.findall(r"^ExecStart=\S+ -m chatd (.*)$", text, re.MULTILINE)
    file = fast_path / "chatd.toml"
    shutil.copy(ROOT / "chatd.toml.example", file)
    arguments = [str(file) if word == "/etc/chatd/chatd.toml" else word for word in line.split()]
    ended = await chatd(*arguments, "--check-config", STATE_DIRECTORY="/var/lib/somewhere")
    assert ended.status == 0 and ended.json["data"] == "/var/lib/somewhere"


# ── a process and its manager ───────────────────────────────────────────────────────────────────


class Manager:
    """The service manager's end of NOTIFY_SOCKET: the messages so far, each a dictionary."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.path = path
        self.messages: list[dict[str, str]] = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(str(path))
        loop.add_reader(self.socket, self.read)

    def read(self) -> list[dict[str, str]]:
        while True:
            try:
                text = self.socket.recv(4096).decode()
            except BlockingIOError:
                return self.messages
            self.messages.append(dict(line.split("=", 1) for line in text.split("\n")))

    async def told(self, **fields: str) -> dict[str, str]:
        """Wait for a message with these fields; forget it and all before."""

        def look() -> dict[str, str] | None:
            for at, message in enumerate(self.messages):
                if fields.items() <= message.items():
                    del self.messages[: at + 1]
                    return message
            return None

        found: dict[str, str] = await until(look)
        return found


@pytest.fixture
def manager(fast_path: Path, runner: asyncio.Runner) -> Iterator[Manager]:
    manager = Manager(fast_path / "notify", runner.get_loop())
    yield manager
    runner.get_loop().remove_reader(manager.socket)
    manager.socket.close()


# sd_listen_fds(3): the sockets begin at descriptor 3, and the pid is that of the process they are for.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http"}
os.execv(sys.argv[2], sys.argv[2:])
"""


@asynccontextmanager
async def started(
    data: Path, manager: Manager, *, listening_on: socket.socket | None = None, **environ: str
) -> AsyncIterator[dict[str, Any]]:
    """Start chatd as systemd would; what it says when it is ready."""
    command = [sys.executable, "-m", "chatd", "--data", str(data), "--print-ready=json"]
    passed = []
    if listening_on is not None:
        passed = [listening_on.fileno()]
        command = [sys.executable, "-c", HAND_OVER, str(passed[0]), *command]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, pass_fds=passed, stdout=asyncio.subprocess.PIPE,
        env=environment(NOTIFY_SOCKET=str(manager.path), **environ),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_manager_is_told_of_every_turn_in_a_life(fast_path, manager):
    async with started(fast_path / "data", manager, WATCHDOG_USEC="200000") as ready:
        url = ready["url"]
        extension_us = int((await manager.told())["EXTEND_TIMEOUT_USEC"])
        assert extension_us >= 60_000_000, "a migration may take its time"
        status = f"{url}: 0 gateway connections, 0 HTTP connections"
        assert await manager.told() == {"READY": "1", "STATUS": status}
        for _ in range(3):
            await manager.told(WATCHDOG="1")

        token = (await chatd("user", "create", "ada", "--json", "--data", fast_path / "data")).json["token"]
        async with listening(url, token):
            await manager.told(STATUS=f"{url}: 1 gateway connections, 0 HTTP connections")
        await manager.told(STATUS=status)

        os.kill(ready["pid"], signal.SIGHUP)
        reloading = await manager.told(RELOADING="1")
        assert int(reloading["MONOTONIC_USEC"]) > 0
        await manager.told(READY="1")
        assert (await ask(url, "GET", "/login")).status == 200
    assert told_at_the_end(manager) == {"STOPPING": "1", "STATUS": "draining"}


async def test_nobody_but_the_process_itself_hears_of_the_manager(fast_path, manager):
    """A watchdog that is meant for another process is left alone, and PostgreSQL inherits nothing."""
    watchdog = {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}
    async with started(fast_path / "data", manager, **watchdog) as ready:
        inherited = environment_of(ready["database_pid"])
        assert b"PATH=" in inherited and b"NOTIFY_SOCKET" not in inherited and b"WATCHDOG" not in inherited
        assert (await ask(ready["url"], "GET", "/login")).status == 200
    assert "STOPPING" in told_at_the_end(manager)
    assert not any("WATCHDOG" in message for message in manager.messages)


def told_at_the_end(manager: Manager) -> dict[str, str]:
    """The last message. While it drains, a process that is slow to end is alive, and says so."""
    *_, last = [message for message in manager.read() if message != {"WATCHDOG": "1"}]
    return last


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_an_inherited_socket_is_served_and_stays_open_between_two_processes(fast_path, manager):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        # The address of the configuration is not used: nothing could listen there.
        elsewhere = {"CHATD_HTTP_PORT": str(port)}
        async with started(fast_path / "data", manager, listening_on=listener, **elsewhere) as ready:
            assert ready["port"] == port and ready["url"] == f"http://127.0.0.1:{port}"
            assert (await ask(ready["url"], "GET", "/login")).status == 200

        waiting = asyncio.create_task(ask(ready["url"], "GET", "/login"))  # between the two: in the queue
        async with started(fast_path / "data", manager, listening_on=listener, **elsewhere) as ready:
            assert (await waiting).status == 200
