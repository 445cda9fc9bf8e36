"""Starts a bench, and a bot beside it; both are gone at the end.

    with started() as bench, bench.running([sys.executable, "bot.py"]):
        chat = bench.chat()
        chat.user("ada").say("!ping")
        assert chat.next_message().content == "pong"
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from chatd.testbench.asking import Ask, Drive, Refused, by_blocking, exchange, granted
from chatd.testbench.client import Chat

# A machine that is busy with other tests starts slowly.
BOT_START_S = 60.0
BOT_END_S = 10.0
LOOKED_EVERY_S = 1.0


class BenchProcess:
    """A running bench. `ready` is the line that it began with; `url`, `api` and `token` are for the bot."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self.url: str = ready["url"]
        self.api: str = ready["api"]
        self.token: str = ready["token"]
        self.bot_ids: list[str] = [ready["bot_id"]]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A row of the control API. Raises Refused."""
        return granted(exchange(self.ready["control"], Ask(method, path, body)))

    def bot(self, name: str, **fields: Any) -> dict[str, Any]:
        """One more bot, which every test's guild will have: its user, with its `token`."""
        made: dict[str, Any] = self.ask("POST", "/bots", {"name": name, **fields})
        self.bot_ids.append(made["id"])
        return made

    def chat(self, drive: Drive = by_blocking) -> Chat:
        """A clean chat: a new guild with the bots, and nobody of before."""
        state = self.ask("POST", "/reset", {"bot_ids": self.bot_ids})
        return Chat(self.ready, state, drive)

    def environment(self, token: str | None = None) -> dict[str, str]:
        """What a bot is told by its environment."""
        return {
            "DISCORD_TOKEN": token or self.token,
            "DISCORD_API": f"{self.url}/api",
            "CHATD_URL": self.url,
        }

    @contextmanager
    def running(
        self, bot: str | Sequence[str] | Callable[[], Awaitable[Any]], *, token: str | None = None,
        bot_id: str | None = None, **environ: str,
    ) -> Iterator[None]:  # fmt: skip
        """Run a bot until the end of the block, which begins when it is connected.

        `bot` is a command, with DISCORD_TOKEN, DISCORD_API and CHATD_URL in its environment; or an async
        function, which then runs in a thread and a loop of its own.
        """
        bot_id = bot_id or self.ready["bot_id"]
        if callable(bot):
            runner: BotProcess | BotThread = BotThread(bot)
        else:
            command = shlex.split(bot) if isinstance(bot, str) else list(bot)
            runner = BotProcess(command, {**os.environ, **self.environment(token), **environ})
        began = self.ask("GET", "")["last"]
        runner.start()
        try:
            self._wait_until_connected(runner, bot_id, began)
            yield
        finally:
            runner.stop()

    def _wait_until_connected(self, runner: Any, bot_id: str, began: int) -> None:
        pattern = {"kind": "frame", "user_id": bot_id, "op": 2}
        for _ in range(int(BOT_START_S / LOOKED_EVERY_S)):
            body = {"pattern": pattern, "after": began, "timeout_s": LOOKED_EVERY_S}
            try:
                self.ask("POST", "/wait", body)
                return
            except Refused as nothing:
                if nothing.status != 408:
                    raise
            if not runner.is_alive():
                raise AssertionError("the bot ended before it was connected; what it wrote says why")
        raise AssertionError(f"the bot has not connected within {BOT_START_S:g} s")


class BotProcess:
    """A bot as a command."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self.command = command
        self.environ = environ
        self._process: subprocess.Popen[bytes]

    def start(self) -> None:
        self._process = subprocess.Popen(self.command, env=self.environ, stdin=subprocess.DEVNULL)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(BOT_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class BotThread:
    """A bot as an async function, which is cancelled at the end."""

    def __init__(self, bot: Callable[[], Awaitable[Any]]) -> None:
        self._bot = bot
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bot", daemon=True)
        self._task: asyncio.Task[Any] | None = None
        self._failure: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(BOT_END_S)
        if self._failure is not None:
            raise self._failure

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        async def main() -> None:
            self._task = asyncio.current_task()
            await self._bot()

        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(main())
        except asyncio.CancelledError:
            pass  # as it was told
        except BaseException as failure:
            self._failure = failure


@contextmanager
def started(*options: str, **environ: str) -> Iterator[BenchProcess]:
    """A bench of one's own, as `python -m chatd testbench` with these options."""
    quiet = {"CHATD_LOG_LEVEL": "warning", **os.environ, **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "chatd", "testbench", *options], env=quiet,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise AssertionError("the bench did not start; what it wrote says why")
        yield BenchProcess(json.loads(line))
    finally:
        process.stdin.close()  # It ends with its input, as it would if we were killed.
        process.wait()
        process.stdout.close()
