"""A real chatd in a process of its own: started on a folder, killed or stopped, started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
START_SECONDS_MAX = 60


class ChatdProcess:
    """`await start()` returns when it accepts connections; its log goes to `log_path`."""

    def __init__(self, data: Path, **environ: str) -> None:
        self.data = data
        self.log_path = data.with_suffix(".log")
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith("CHATD_")
        } | {"PYTHONUNBUFFERED": "1", "CHATD_HTTP_PORT": "0", "CHATD_LIMITS_ENABLED": "false", **environ}
        self.ready: dict[str, Any] = {}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    async def start(self) -> ChatdProcess:
        """Start, on the port of the last time if there was one."""
        if self.ready:
            self.environ["CHATD_HTTP_PORT"] = str(self.ready["port"])
        with open(self.log_path, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "chatd", "--data", str(self.data), "--print-ready=json",
                cwd=ROOT, env=self.environ, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS_MAX)
        assert line, f"chatd did not start:\n{self.log}"
        self.ready = json.loads(line)
        return self

    async def kill(self) -> None:
        """SIGKILL: no goodbye, no last write."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, as systemd does; the exit status."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def command(self, *arguments: str) -> Any:
        """Run one command beside the server; what its JSON line says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chatd", *arguments, "--data", str(self.data), "--json",
            cwd=ROOT, env=self.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return json.loads(out)


@asynccontextmanager
async def running(data: Path, **environ: str) -> AsyncIterator[ChatdProcess]:
    """A started chatd that is stopped at the end."""
    server = ChatdProcess(data, **environ)
    try:
        yield await server.start()
    finally:
        await server.stop()
