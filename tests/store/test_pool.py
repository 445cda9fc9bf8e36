import asyncio
import itertools
import logging
import random
import socket

import asyncpg
import pytest

from chatd.store.embedded import EmbeddedPostgres
from chatd.store.pool import (
    RETRY_FIRST_S,
    RETRY_MAX_S,
    DatabaseRefused,
    open_pool,
    place_of,
    retry_delays,
    wait_for_database,
)


class Waits:
    """In place of sleeping: counts the waits, and lets something happen before the last of them."""

    def __init__(self, wanted, then):
        self.delays = []
        self.wanted = wanted
        self.then = then

    async def __call__(self, seconds):
        self.delays.append(seconds)
        if len(self.delays) == self.wanted:
            self.then()
        await asyncio.sleep(0)


@pytest.fixture
def log_lines():
    """What chatd logs during the test."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    root = logging.getLogger("chatd")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


async def test_sessions_of_the_pool_are_set_up(pool):
    assert await pool.fetchval("show jit") == "off"
    assert await pool.fetchval("show timezone") == "UTC"
    assert await pool.fetchval("show application_name") == "chatd"


async def test_json_travels_as_text_both_ways(pool):
    text = '{"b": 1, "a": "é"}'
    assert await pool.fetchval("select $1::json", text) == text
    assert await pool.fetchval("select $1::jsonb", text) == '{"a": "é", "b": 1}'


async def test_an_open_transaction_does_not_outlive_its_use_of_a_connection(empty_database, loop_errors):
    pool = await open_pool(None, connect_kwargs=empty_database, size_min=1, size_max=1)
    async with pool.acquire() as connection:
        await connection.execute("begin; create table abandoned (id bigint)")
    # asyncpg tells the loop that somebody forgot it.
    assert [error["message"].split(" <")[0] for error in loop_errors] == [
        "Resetting connection with an active transaction"
    ]
    loop_errors.clear()
    assert await pool.fetchval("select to_regclass('abandoned')") is None
    await pool.close()


async def test_a_connection_that_the_server_ended_is_replaced(empty_database, admin):
    pool = await open_pool(None, connect_kwargs=empty_database, size_min=1, size_max=1)
    ended = asyncio.Event()
    async with pool.acquire() as connection:
        connection.add_termination_listener(lambda connection: ended.set())
        first = connection.get_server_pid()
        await admin.fetchval("select pg_terminate_backend($1)", first)
        await ended.wait()
    assert await pool.fetchval("select pg_backend_pid()") != first
    await pool.close()


async def test_a_statement_over_its_time_is_stopped_and_the_pool_goes_on(empty_database):
    pool = await open_pool(
        None, connect_kwargs=empty_database, size_min=1, size_max=1, command_timeout_s=0.05
    )
    with pytest.raises(TimeoutError):
        await pool.fetchval("select pg_sleep(600)")
    assert await pool.fetchval("select 1", timeout=30) == 1
    await pool.close()


async def test_a_pool_opens_on_a_dsn(empty_database):
    dsn = f"postgresql://chatd@/{empty_database['database']}?host={empty_database['host']}"
    pool = await open_pool(dsn, size_min=1)
    assert await pool.fetchval("select current_database()") == empty_database["database"]
    await pool.close()


# ── waiting ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_database_that_is_up_is_waited_for_in_silence(database, log_lines):
    await wait_for_database(None, connect_kwargs=database)
    assert log_lines == []


async def test_a_server_that_is_not_there_yet_is_waited_for_in_two_lines(fast_path, log_lines):
    postgres = EmbeddedPostgres(fast_path, durable=False)
    waits = Waits(4, postgres.start)
    try:
        await wait_for_database(None, connect_kwargs=postgres.dsn_kwargs, sleep=waits)
    finally:
        postgres.stop()
    assert len(waits.delays) == 4
    assert len(log_lines) == 2
    assert "waiting for the database" in log_lines[0]
    assert f"at={postgres.socket_directory}/chatd" in log_lines[0]
    assert "the database is up" in log_lines[1]


async def test_a_refused_port_is_waited_for(database, runner):
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    relays = []

    async def relay():
        relays.append(await relay_to(database["host"], port))

    waits = Waits(3, lambda: asyncio.ensure_future(relay()))
    dsn = f"postgresql://chatd@127.0.0.1:{port}/{database['database']}?sslmode=disable"
    await wait_for_database(dsn, sleep=waits)
    assert len(waits.delays) >= 3
    relays[0].close()
    await relays[0].wait_closed()


async def relay_to(directory, port):
    """A TCP port in front of the server's socket, for it has none."""

    async def carry(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def accept(reader, writer):
        server_reader, server_writer = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        await asyncio.gather(carry(reader, server_writer), carry(server_reader, writer))

    return await asyncio.start_server(accept, "127.0.0.1", port)


async def test_a_name_without_an_address_is_waited_for():
    class Enough(Exception):
        pass

    def enough():
        raise Enough

    with pytest.raises(Enough):
        await wait_for_database("postgresql://chatd@no-such-host.invalid/chatd", sleep=Waits(2, enough))


async def test_a_full_server_is_waited_for(database, admin):
    name = database["database"]
    await admin.execute(f"alter database {name} connection limit 0")

    def make_room():
        asyncio.ensure_future(admin.execute(f"alter database {name} connection limit -1"))

    waits = Waits(2, make_room)
    await wait_for_database(None, connect_kwargs=database, sleep=waits)
    assert len(waits.delays) >= 2


async def unreachable_sleep(seconds):
    raise AssertionError("waited for what waiting cannot cure")


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
        ({"user": "nobody_here"}, 'role "nobody_here" does not exist'),
    ],
)
async def test_what_waiting_cannot_cure_is_refused_in_one_line(database, change, complaint):
    with pytest.raises(DatabaseRefused) as refused:
        await wait_for_database(None, connect_kwargs={**database, **change}, sleep=unreachable_sleep)
    assert str(refused.value).startswith(f"The database at {database['host']}/")
    assert str(refused.value).endswith(complaint)
    assert "\n" not in str(refused.value)


async def test_a_wrong_password_is_refused(fast_path):
    postgres = EmbeddedPostgres(fast_path, durable=False).start()
    try:
        rules = postgres.cluster / "pg_hba.conf"
        rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        admin = await asyncpg.connect(**postgres.admin_kwargs)
        await admin.execute("alter role chatd password 'right'")
        await admin.fetchval("select pg_reload_conf()")
        await admin.close()
        kwargs = {**postgres.dsn_kwargs, "password": "wrong"}
        with pytest.raises(DatabaseRefused, match="password authentication failed") as refused:
            await wait_for_database(None, connect_kwargs=kwargs, sleep=unreachable_sleep)
        assert "wrong" not in str(refused.value)
    finally:
        postgres.stop()


async def test_a_server_without_tls_is_refused_when_tls_is_asked_for(database):
    server = await relay_to(database["host"], 0)
    port = server.sockets[0].getsockname()[1]
    dsn = f"postgresql://chatd@127.0.0.1:{port}/{database['database']}?sslmode=require"
    with pytest.raises(DatabaseRefused, match="has no TLS"):
        await wait_for_database(dsn, sleep=unreachable_sleep)
    server.close()
    await server.wait_closed()


async def test_a_dsn_that_is_none_is_refused():
    with pytest.raises(DatabaseRefused, match="refuses: "):
        await wait_for_database("mysql://db/chatd", sleep=unreachable_sleep)


def test_delays_double_up_to_their_limit_and_are_cut_by_up_to_half(rng):
    delays = list(itertools.islice(retry_delays(rng), 50))
    whole = RETRY_FIRST_S
    for delay in delays:
        assert whole / 2 <= delay <= whole
        whole = min(whole * 2, RETRY_MAX_S)
    assert whole == RETRY_MAX_S
    assert delays != list(itertools.islice(retry_delays(random.Random(rng.random())), 50))


@pytest.mark.parametrize(
    "dsn, kwargs, place",
    [
        ("postgresql://user:secret@db.example:5433/chatd", {}, "db.example:5433/chatd"),
        ("postgres://user:se@cret@db/chatd?password=se@cret", {}, "db/chatd"),
        ("postgresql://db/chatd", {}, "db/chatd"),
        (None, {"host": "/run/pg", "database": "chatd"}, "/run/pg/chatd"),
    ],
)
def test_a_place_is_named_without_its_secrets(dsn, kwargs, place):
    assert place_of(dsn, kwargs) == place
