"""Connections to PostgreSQL: wait until it answers, then open the pool.

json and jsonb travel as text in both directions, as asyncpg does by itself: model objects and events
are serialized once, by whoever made them. Sessions of the pool are never changed (no `set`, no session
lock), but for the one that the listener keeps (store/listener.py), since nothing resets them.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg

from chatd.log import logger

log = logger.child("store")

SERVER_SETTINGS = {
    "application_name": "chatd",
    # Compiling a plan pays off in seconds; our queries take less than a millisecond. It also needs
    # memory that is both writable and executable, which a hardened unit refuses.
    "jit": "off",
    # Our statements are planned once for all arguments. Left to itself PostgreSQL plans a batch of
    # arrays anew each time, which takes longer than running it.
    "plan_cache_mode": "force_generic_plan",
    "timezone": "UTC",
}

# More than all of sql/ holds, so that each statement is planned once in a connection's life.
STATEMENTS_MAX = 1000

CONNECT_SECONDS_MAX = 10.0
RETRY_FIRST_S = 0.1
RETRY_MAX_S = 5.0

# Answers that waiting cures: the server is starting, stopping, full, or not there yet.
# PostgreSQL appendix A: class 08, 53300, 57P01 to 57P03.
PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
    TimeoutError,
)


# While a query runs: the database is away or going, and the query itself is not at fault.
# PostgreSQL appendix A: classes 08, 53 and 57. asyncpg says InterfaceError of a closed connection or pool,
# and InternalClientError of one that the server ended while it was idle.
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is away; a DataError says that we passed a wrong value."""
    return isinstance(error, AWAY) and not isinstance(error, asyncpg.DataError)


class DatabaseRefused(Exception):
    """The database answered, and no waiting will change its answer. One line for an administrator."""


async def open_pool(
    dsn: str | None,
    *,
    connect_kwargs: dict[str, Any] | None = None,
    size_min: int = 2,
    size_max: int = 10,
    command_timeout_s: float | None = 30.0,
) -> asyncpg.Pool:
    """A pool on `dsn`, on `connect_kwargs` (as EmbeddedPostgres gives them), or on both together.

    Raises what connecting raises; call `wait_for_database` first when the server may not be up yet.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=size_min,
        max_size=size_max,
        command_timeout=command_timeout_s,
        statement_cache_size=STATEMENTS_MAX,
        max_cached_statement_lifetime=0,
        server_settings=SERVER_SETTINGS,
        reset=leave_session_as_it_is,
        **(connect_kwargs or {}),
    )


async def leave_session_as_it_is(conn: asyncpg.Connection) -> None:
    """Spare the round trip of `reset all` and its kin after each use; see the module's promise.

    asyncpg has rolled back an open transaction before it calls this.
    """


async def wait_for_database(
    dsn: str | None,
    *,
    connect_kwargs: dict[str, Any] | None = None,
    rng: random.Random | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Return when the database accepts a connection, however long that takes.

    Says once that it waits and once that the wait is over. Raises DatabaseRefused for what waiting
    cannot cure: a wrong password, an unknown database or role, a certificate that does not fit.
    """
    kwargs = connect_kwargs or {}
    where = place_of(dsn, kwargs)
    delays = retry_delays(rng or random.Random())
    waiting = False
    while (reason := await why_not(dsn, kwargs, where)) is not None:
        if not waiting:
            log.warning("waiting for the database", at=where, reason=reason)
            waiting = True
        await sleep(next(delays))
    if waiting:
        log.info("the database is up", at=where)


async def why_not(dsn: str | None, kwargs: dict[str, Any], where: str) -> str | None:
    """Connect once. None when that went well, else why not yet. Raises DatabaseRefused."""
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS_MAX, **kwargs)
        await connection.close(timeout=CONNECT_SECONDS_MAX)
    except ssl.SSLError as error:  # an OSError, but not one that passes
        raise DatabaseRefused(f"The database at {where} cannot be trusted: {one_line(error)}") from error
    except PASSING as error:
        # asyncpg's word for a server that was asked for TLS and has none; the others are subclasses.
        if type(error) is ConnectionError:
            raise DatabaseRefused(f"The database at {where} has no TLS: {one_line(error)}") from error
        return one_line(error)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseRefused(f"The database at {where} refuses: {one_line(error)}") from error
    return None


def retry_delays(rng: random.Random) -> Iterator[float]:
    """Seconds between attempts: doubling up to RETRY_MAX_S, each cut by up to half.

    The cut keeps a fleet that lost its database together from returning together.
    """
    delay = RETRY_FIRST_S
    while True:
        yield delay * rng.uniform(0.5, 1.0)
        delay = min(delay * 2, RETRY_MAX_S)


def place_of(dsn: str | None, kwargs: dict[str, Any]) -> str:
    """Where the database is, without user and password."""
    if "host" in kwargs:
        return f"{kwargs['host']}/{kwargs.get('database', '')}"
    if dsn is None:
        return "asyncpg's default place"
    return dsn.partition("?")[0].rpartition("://")[2].rpartition("@")[2]


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
