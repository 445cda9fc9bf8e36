"""A chatd of our own for a bench: started on a throw-away data folder, peopled, and stopped.

Everything the bench knows about chatd's command line, environment and REST routes is here; the load
itself is chat_load.py's. Uses the standard library's clients: none of this is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.measure import tree_cpu_ns

ROOT = Path(__file__).parent.parent
API = "/api/v10"

# Limits exist to stop people like us. A bench measures what is behind them.
ENVIRONMENT = {
    "CHATD_HTTP_HOST": "127.0.0.1",
    "CHATD_HTTP_PORT": "0",
    "CHATD_LIMITS_ENABLED": "false",
}
TEXT_CHANNEL = 0
SETTLE_S = 0.1


@dataclass(frozen=True)
class Member:
    """Somebody in the guild: `token` for IDENTIFY, `authorization` for the HTTP header."""

    name: str
    token: str
    is_bot: bool = True

    @property
    def authorization(self) -> str:
        return f"Bot {self.token}" if self.is_bot else self.token


class ChatdFailed(Exception):
    """chatd or one of its commands ended with an error; the message holds what it said."""


class Chatd:
    """A running chatd; a context manager. `pid` and `database_pid` are roots of process trees."""

    def __init__(self, *, parent: Path | None = None, python: str = sys.executable) -> None:
        self.python = python
        self.data = Path(tempfile.mkdtemp(prefix="chatd-bench-", dir=parent))
        self.log = self.data / "bench.log"
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Chatd:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self._command(), "--data", str(self.data), "--print-ready=json"],
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment(),
                cwd=ROOT,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise ChatdFailed(f"chatd did not start:\n{self.log.read_text()[-2000:]}")
        self.ready = json.loads(line)

    def _stop(self) -> None:
        if hasattr(self, "process"):
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)

    def _command(self) -> list[str]:
        return [self.python, "-m", "chatd"]

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
        return ours | ENVIRONMENT | {"PYTHONPATH": str(ROOT)}

    @property
    def port(self) -> int:
        return urlsplit(self.ready["url"]).port or 80

    @property
    def pid(self) -> int:
        return int(self.ready["pid"])

    @property
    def database_pid(self) -> int:
        return int(self.ready["database_pid"])

    @property
    def socket_directory(self) -> Path:
        """Where its PostgreSQL listens."""
        return self.data / "socket"

    def settled_cpu_ns(self) -> tuple[int, int]:
        """CPU so far in ns: of chatd with its workers, and of PostgreSQL with all its processes.

        Waits a moment first, so that what a run left behind (a WAL flush, a finished task) counts in it.
        """
        time.sleep(SETTLE_S)
        return tree_cpu_ns(self.pid, without=self.database_pid), tree_cpu_ns(self.database_pid)

    def cli(self, *arguments: str) -> Any:
        """Run `chatd <arguments> --json` on our data folder; returns what it printed."""
        command = [*self._command(), *arguments, "--json", "--data", str(self.data)]
        done = subprocess.run(command, env=self._environment(), cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise ChatdFailed(f"chatd {' '.join(arguments)}: {done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def create_members(self, count: int) -> list[Member]:
        """So many bots: like any member they may read and post, and they need no log-in."""
        names = [f"bench-{number}" for number in range(count)]
        return [Member(name, self.cli("bot", "create", name)["token"]) for name in names]

    def create_people(self, *names: str) -> list[Member]:
        """Members with an account, who can open the page; the first of them owns the server."""
        people = []
        _, _, secret = self.ready["setup"].partition("k=")
        for name in names:
            form = {"username": name, "password": f"the password of {name}"}
            path = "/auth/register" if people else "/auth/setup"
            told = self.ask("POST", path, form if people else {**form, "secret": secret})
            people.append(Member(name, told["token"], is_bot=False))
        return people

    def get(self, path: str, member: Member) -> Any:
        """GET below /api/v10 as this member; returns the decoded JSON."""
        return self.ask("GET", path, None, member)

    def ask(self, method: str, path: str, body: Any, member: Member | None = None) -> Any:
        """The same with any method, and perhaps as nobody."""
        headers = {"Content-Type": "application/json"}
        if member is not None:
            headers["Authorization"] = member.authorization
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{API}{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or b"null")

    def first_channel(self, member: Member) -> str:
        """The id of a text channel that this member can see, in the first guild they are in."""
        guild, *_ = self.get("/users/@me/guilds", member)
        channels = self.get(f"/guilds/{guild['id']}/channels", member)
        return next(str(channel["id"]) for channel in channels if channel["type"] == TEXT_CHANNEL)

    def gateway_target(self, member: Member, *, compress: bool) -> str:
        """The request target of the gateway, with the query that a client library would add."""
        path = urlsplit(self.get("/gateway", member)["url"]).path or "/"
        return f"{path}?v=10&encoding=json" + ("&compress=zlib-stream" if compress else "")

    def messages_target(self, channel_id: str) -> str:
        return f"{API}/channels/{channel_id}/messages"
