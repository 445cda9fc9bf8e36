"""The database of a configuration: a private PostgreSQL or the given one, migrated and initialised.

The server and every command of the command line come this way, so each of them also works on an empty
machine. A command finds the private PostgreSQL of a running server and uses that.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import asyncpg

from chatd.actions import first_run
from chatd.config import Config
from chatd.model.snowflakes import Mint
from chatd.store.embedded import EmbeddedInUse, EmbeddedPostgres
from chatd.store.migrate import migrate
from chatd.store.pool import SERVER_SETTINGS, open_pool, wait_for_database
from chatd.store.store import Store
from chatd.word_lists import read_word_lists

# Ids are told apart by who mints them: the server is worker 0, commands share worker 1.
SERVER_WORKER, COMMAND_WORKER = 0, 1


@dataclass(frozen=True, slots=True)
class Database:
    """Where it is, for asyncpg, and what a person should know of it. `pid` is our own postmaster's.

    `has_ended` says that our own is gone for good; anybody else's may come back by itself.
    """

    dsn: str | None
    connect_kwargs: dict[str, Any]
    description: str
    pid: int | None = None
    has_ended: Callable[[], bool] = lambda: False


class DatabaseEnded(Exception):
    """Our own PostgreSQL died under a running server. Starting the server anew starts it, too."""


class Prepared(NamedTuple):
    """What preparing found and did: schema versions before and after, and whether it was the first run."""

    schema_from: int
    schema_to: int
    first_run: bool


@contextmanager
def database_of(config: Config, *, share: bool = False) -> Iterator[Database]:
    """The configured database, or the private one, which is stopped at the end.

    `share` lets a command use the private one of a running server. Raises EmbeddedError. Call it in the
    main thread, outside the event loop: the private server lives and dies with it.
    """
    if config.database.dsn:
        yield Database(config.database.dsn, {}, "PostgreSQL at database.dsn")
        return
    postgres = EmbeddedPostgres(config.data, binaries=config.database.binaries or None)
    try:
        postgres.start()
    except EmbeddedInUse as error:
        if not share or error.connect_kwargs is None:
            raise
        yield Database(None, error.connect_kwargs, "the running server's PostgreSQL")
        return
    try:
        yield Database(
            None, postgres.dsn_kwargs, _described(postgres), postgres.pid, lambda: postgres.pid is None
        )
    finally:
        postgres.stop()


async def prepare(database: Database, config: Config) -> Prepared:
    """Wait until the database answers, bring its schema up to date, and make the first run.

    Raises DatabaseRefused, MigrationError.
    """
    await wait_for_database(database.dsn, connect_kwargs=database.connect_kwargs)
    conn = await asyncpg.connect(database.dsn, server_settings=SERVER_SETTINGS, **database.connect_kwargs)
    try:
        schema_from, schema_to = await migrate(conn)
        initialised = await first_run.initialise(
            conn, mint_of(COMMAND_WORKER), server_name=config.accounts.server_name,
            registration=config.accounts.registration,
        )  # fmt: skip
    finally:
        await conn.close()
    return Prepared(schema_from, schema_to, initialised)


@asynccontextmanager
async def open_store(
    database: Database, config: Config, *, worker: int, clock: Callable[[], float] = time.time
) -> AsyncIterator[Store]:
    """A Store on a prepared database, with a pool of its own. `clock` gives Unix seconds."""
    pool = await open_pool(
        database.dsn, connect_kwargs=database.connect_kwargs, size_max=config.database.pool_size,
        command_timeout_s=config.database.command_timeout_s,
    )  # fmt: skip
    try:
        store = await Store.open(
            pool, blobs=config.data / "blobs", link_lifetime_s=config.files.link_lifetime_s, worker=worker,
            process=_process_of(worker), clock=clock,
            word_lists=read_word_lists(config.moderation.word_lists),
        )  # fmt: skip
        try:
            yield store
        finally:
            await store.close()
    finally:
        await pool.close()


def mint_of(worker: int) -> Mint:
    return Mint(worker, _process_of(worker), time.time)


def _process_of(worker: int) -> int:
    """Two commands that run at once should not mint alike; of a worker there is only one."""
    return 0 if worker == SERVER_WORKER else os.getpid() % 32


def _described(postgres: EmbeddedPostgres) -> str:
    made = f", initialised in {postgres.initialised_s:.1f} s" if postgres.initialised_s is not None else ""
    return f"embedded PostgreSQL {postgres.version} ({postgres.source}){made}"
