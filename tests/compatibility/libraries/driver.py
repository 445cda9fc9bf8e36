"""What the program of each Python library shares: which group to run, and how it ended.

A program is a bot and its users in one. It is given a running bench by CHATD_BENCH, the line that the bench
began with, and the group by its argument:

    python discord_py.py --version      the version of the library
    python discord_py.py messages       exit status 0 where all that the group wants works; else 1, with the
                                        reason as the last line on standard error

Each group is an async function `(bot, chat)`: `bot` is the library's client, connected and aware of the
guild, `chat` the bench's, whose people do the rest. Nothing of the server is imported here.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent.parent))

from chatd.testbench.asking import Refused, by_awaiting
from chatd.testbench.process import BenchProcess

# A library that waits out a limit, or comes back after a lost connection, takes its time.
WAIT_S = 20.0
GROUP_S = 60.0

Group = Callable[[Any, Any], Awaitable[None]]
Connected = Callable[[BenchProcess, Any], AbstractAsyncContextManager[Any]]


def main(version: str, connected: Connected, groups: list[Group]) -> None:
    """`connected(bench, chat)` gives the client, and closes it at the end."""
    wanted = sys.argv[1]
    if wanted == "--version":
        print(version)
        return
    by_name = {group.__name__: group for group in groups}
    try:
        asyncio.run(asyncio.wait_for(perform(by_name[wanted], connected), GROUP_S))
    except BaseException as error:
        traceback.print_exc()
        print(f"{type(error).__name__}: {error}".replace("\n", " ")[:300], file=sys.stderr)
        sys.exit(1)


async def perform(group: Group, connected: Connected) -> None:
    bench = BenchProcess(json.loads(os.environ["CHATD_BENCH"]))
    chat = bench.chat(by_awaiting)
    async with connected(bench, chat) as bot:
        await group(bot, chat)


async def told(waiting: Awaitable[Any], doing: Awaitable[Any]) -> tuple[Any, Any]:
    """Do something while the library waits for its event: what the doing gave, and what the event was."""
    heard = asyncio.ensure_future(asyncio.wait_for(waiting, WAIT_S))
    await asyncio.sleep(0)  # so that it listens before anything can happen
    name = getattr(doing, "__qualname__", "that")
    try:
        done = await doing
    except BaseException:
        heard.cancel()
        raise
    try:
        return done, await heard
    except TimeoutError:
        raise AssertionError(f"no event has come of {name}") from None


async def blocked(saying: Awaitable[Any]) -> None:
    """Automatic moderation keeps it from being said: error 200000."""
    try:
        await saying
    except Refused as refused:
        same(refused.code, 200000)
    else:
        raise AssertionError("what a rule blocks was said")


def same(found: Any, expected: Any) -> None:
    """What was found is what it should be; the reason names both."""
    assert found == expected, f"{found!r} where {expected!r} was expected"
