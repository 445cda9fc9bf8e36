"""`python -m chatd testbench`: a throw-away server, from its folder to its end.

It says that it is ready with one JSON line on standard output, and ends with SIGTERM, SIGINT, or when its
standard input does: whoever started it through a pipe and is gone has no more use for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from chatd import __version__
from chatd.config import Config
from chatd.database import SERVER_WORKER, Database, open_store, prepare
from chatd.net.systemd import Notifier
from chatd.testbench import bots, people
from chatd.testbench.bench import Bench
from chatd.testbench.clock import Clock
from chatd.testbench.folder import throw_away_folder, throw_away_postgres

STDIN = 0
# Nobody waits for the end of a test's server.
DRAIN_S = 0.1
# A bot may come back to its session whatever the clock says: the bench has other ways to end one.
RESUME_WINDOW_S = 20 * 365 * 86_400.0
BOT_NAME = "bot"
# Where the HTTP endpoint of a bot that is tested may be.
THIS_MACHINE = ("127.0.0.0/8", "::1/128")


def serve(config: Config, *, port: int = 0, limits: bool = False) -> None:
    """Serve until told to end. Raises EmbeddedError, and what stands in the way of a start."""
    began = time.monotonic()
    with throw_away_folder() as folder:
        postgres = throw_away_postgres(folder, binaries=config.database.binaries or None)
        try:
            database = Database(
                None, postgres.dsn_kwargs, "throw-away PostgreSQL", postgres.pid, lambda: postgres.pid is None
            )
            asyncio.run(run(configured(config, folder, port, limits), database, began))
        finally:
            postgres.stop()


def configured(config: Config, folder: Path, port: int, limits: bool) -> Config:
    """The given configuration, with what makes a bench of it."""
    return replace(
        config, data=folder,
        http=replace(config.http, host="127.0.0.1", port=port, public_url="", drain_timeout_s=DRAIN_S),
        accounts=replace(config.accounts, guilds_owned_max=10_000),
        gateway=replace(config.gateway, resume_window_s=RESUME_WINDOW_S),
        files=replace(config.files, link_previews=False),
        limits=replace(config.limits, enabled=limits),
        interactions=replace(config.interactions, endpoint_networks=THIS_MACHINE),
    )  # fmt: skip


async def run(config: Config, database: Database, began: float) -> None:
    stop, clock = asyncio.Event(), Clock()
    end_when_told(stop)
    await prepare(database, config)
    async with open_store(database, config, worker=SERVER_WORKER, clock=clock) as store:
        await store.listen(alone=True)
        bench = Bench(config, store, clock)
        try:
            await bench.app.listen()
            await people.make_owner(bench)
            bot = await bots.create(bench, BOT_NAME)
            guild = await people.found_guild(bench, "Testbench", [int(bot["id"])])
            store.feed.subscribe(bench.watch.deliver)
            print(json.dumps(ready(bench, bot, guild, time.monotonic() - began)), flush=True)
            await bench.app.keep(stop, Notifier(), database)
        finally:
            await bench.app.stop()


def ready(bench: Bench, bot: dict[str, Any], guild: dict[str, Any], started_s: float) -> dict[str, Any]:
    """The line that says where everything is."""
    url = bench.app.url
    return {
        "version": __version__,
        "pid": os.getpid(),
        "data": str(bench.config.data),
        "url": url,
        "api": f"{url}/api/v10",
        "gateway": url.replace("http", "ws", 1),
        "control": bench.control_url,
        "token": bot["token"],
        "bot_id": bot["id"],
        "guild_id": guild["id"],
        "channel_ids": {channel["name"]: channel["id"] for channel in guild["channels"]},
        "owner_id": str(bench.owner.id),
        "started_s": round(started_s, 3),
    }


def end_when_told(stop: asyncio.Event) -> None:
    """By a signal, or by the end of a standard input that is somebody's pipe."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    mode = os.fstat(STDIN).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        loop.add_reader(STDIN, _read_on, loop, stop)


def _read_on(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not os.read(STDIN, 4096):
        loop.remove_reader(STDIN)
        stop.set()
