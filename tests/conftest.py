"""What every test may ask for: one event loop, seeded chance, and a database of its own.

Plain `async def test_…` functions run on the run's one event loop (PYTHONASYNCIODEBUG=1 puts it into its
debug mode, in which everything takes twice as long), for at most TEST_SECONDS_MAX each; a module may name
another. A synchronous fixture that needs the loop says `runner.run(coroutine)`. Whatever reaches the loop's
exception handler (a task whose error nobody read, a callback that raised) fails the test; a test that means
it to happen asks for `loop_errors` and clears the list.

The database is one throw-away cluster for the run, in memory where the machine has room. It starts
when the first test asks for it, so the tests of wire and model pay nothing. Each test gets a clone
of a template that was migrated once.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import inspect
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TEST_SECONDS_MAX = 120.0

# A cluster with a handful of clones takes 100 MB; containers give /dev/shm 64 MB unless told otherwise.
MEMORY_BYTES_MIN = 2**30
CLUSTER_PREFIX = "chatd-test-"
# A run that was killed leaves its directory behind; by then no live run is this old and unlocked.
ABANDONED_AFTER_S = 3600.0


# ── the event loop ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def loop_errors() -> list[dict[str, Any]]:
    """What reached the loop's exception handler since the test began."""
    return []


@pytest.fixture(scope="session", autouse=True)
def runner(loop_errors: list[dict[str, Any]]) -> Iterator[asyncio.Runner]:
    """The one event loop of the run."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(
            lambda loop, context: None if is_farewell(context) else loop_errors.append(context)
        )
        yield runner


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests on the run's one event loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    errors = pyfuncitem.funcargs["loop_errors"]
    errors.clear()
    seconds_max = getattr(pyfuncitem.module, "TEST_SECONDS_MAX", TEST_SECONDS_MAX)
    pyfuncitem.funcargs["runner"].run(asyncio.wait_for(pyfuncitem.obj(**arguments), seconds_max))
    if errors:
        raise AssertionError(describe(errors[0])) from errors[0].get("exception")
    return True


def is_farewell(context: dict[str, Any]) -> bool:
    """asyncpg says goodbye to a server that has already hung up, in a task of its own that nobody awaits."""
    coroutine = getattr(context.get("future"), "get_coro", lambda: None)()
    is_close = getattr(coroutine, "__qualname__", "") == "Connection.close"
    return is_close and isinstance(context.get("exception"), ConnectionError)


def describe(context: dict[str, Any]) -> str:
    where = context.get("future") or context.get("handle") or context.get("transport") or ""
    return f"the event loop was told: {context['message']} {where}"


# ── chance ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rng() -> random.Random:
    """Seeded chance. A failing test shows SEED=…; CHATD_TEST_SEED=… repeats it."""
    seed = int(os.environ.get("CHATD_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print(f"SEED={seed}")  # pytest captures it and shows it when the test fails
    return random.Random(seed)


# ── the database ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fast_path() -> Iterator[Path]:
    """A directory for a cluster of one test's own: in memory, and open to the user that root hands it to."""
    path = Path(tempfile.mkdtemp(prefix=CLUSTER_PREFIX, dir=fast_directory()))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """A running EmbeddedPostgres that does not outlive the run and never syncs."""
    from chatd.store.embedded import EmbeddedError, EmbeddedPostgres

    data = Path(tempfile.mkdtemp(prefix=CLUSTER_PREFIX, dir=fast_directory()))
    try:
        try:
            postgres = EmbeddedPostgres(data, durable=False).start()
        except EmbeddedError as error:
            pytest.exit(f"The tests need a PostgreSQL that can be started: {error}", returncode=78)
        yield postgres
        postgres.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def admin(runner: asyncio.Runner, cluster: Any) -> Iterator[Any]:
    """A superuser's connection that makes and drops databases."""
    import asyncpg

    connection = runner.run(asyncpg.connect(**cluster.admin_kwargs))
    yield connection
    runner.run(connection.close())


@pytest.fixture(scope="session")
def template(runner: asyncio.Runner, cluster: Any, admin: Any) -> str:
    """The name of a database that holds the newest schema and no row."""
    from chatd.store.migrate import MigrationError

    runner.run(admin.execute("create database template_of_tests owner chatd"))
    try:
        runner.run(migrate_once({**cluster.dsn_kwargs, "database": "template_of_tests"}))
    except MigrationError as error:  # every test of the database will show it, so in one line
        pytest.fail(str(error), pytrace=False)
    return "template_of_tests"


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    return (f"test_{number}" for number in itertools.count(1))


@pytest.fixture
def empty_database(
    runner: asyncio.Runner, cluster: Any, admin: Any, database_names: Iterator[str]
) -> Iterator[dict[str, Any]]:
    """asyncpg.connect arguments of a database without a single table, for tests of migration."""
    name = next(database_names)
    runner.run(admin.execute(f"create database {name} owner chatd"))
    yield {**cluster.dsn_kwargs, "database": name}
    runner.run(admin.execute(f"drop database {name} with (force)"))


@pytest.fixture
def database(
    runner: asyncio.Runner, cluster: Any, admin: Any, template: str, database_names: Iterator[str]
) -> Iterator[dict[str, Any]]:
    """asyncpg.connect arguments of a migrated database that only this test knows."""
    name = next(database_names)
    clone = f"create database {name} owner chatd template {template} strategy file_copy"
    runner.run(admin.execute(clone))
    yield {**cluster.dsn_kwargs, "database": name}
    runner.run(admin.execute(f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def schema_connection(runner: asyncio.Runner, cluster: Any, admin: Any, template: str) -> Iterator[Any]:
    """A connection to a migrated database shared by tests that only prepare, never write."""
    import asyncpg

    runner.run(admin.execute(f"create database schema_of_tests owner chatd template {template}"))
    connection = runner.run(asyncpg.connect(**{**cluster.dsn_kwargs, "database": "schema_of_tests"}))
    yield connection
    runner.run(connection.close())


@pytest.fixture
def pool(runner: asyncio.Runner, database: dict[str, Any]) -> Iterator[Any]:
    """The pool that chatd itself would open on `database`."""
    from chatd.store.pool import open_pool

    pool = runner.run(open_pool(None, connect_kwargs=database, size_min=1, size_max=24))
    yield pool
    runner.run(asyncio.wait_for(pool.close(), 10))


@pytest.fixture
def connection(runner: asyncio.Runner, database: dict[str, Any]) -> Iterator[Any]:
    """One plain connection to `database`."""
    import asyncpg

    connection = runner.run(asyncpg.connect(**database))
    yield connection
    runner.run(connection.close())


@pytest.fixture
def store(runner: asyncio.Runner, pool: Any) -> Iterator[Any]:
    """A Store on a database that has had its first run, following the journal."""
    store = runner.run(opened_store(pool))
    yield store
    runner.run(store.close())


async def opened_store(pool: Any, *, process: int = 0) -> Any:
    """Initialise the database if that has not been done, and open a Store on it."""
    import time

    from chatd.actions import first_run
    from chatd.model.snowflakes import Mint
    from chatd.store.store import Store

    async with pool.acquire() as conn:
        await first_run.initialise(conn, Mint(0, 31, time.time), server_name="Tests", registration="")
    store = await Store.open(pool, blobs=blob_folder(), process=process)
    await store.listen()
    return store


@cache
def blob_folder() -> Path:
    """One folder for the files of all tests: what is stored by its content is in nobody's way."""
    folder = Path(tempfile.mkdtemp(prefix=CLUSTER_PREFIX, dir=fast_directory()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "blobs"


async def migrate_once(connect_kwargs: dict[str, Any]) -> None:
    import asyncpg

    from chatd.store.migrate import migrate

    connection = await asyncpg.connect(**connect_kwargs)
    try:
        await migrate(connection)
    finally:
        await connection.close()


def fast_directory() -> str:
    """A directory in memory when the machine has one with room, else the usual temporary one."""
    memory = Path("/dev/shm")
    if memory.is_dir():
        remove_abandoned_clusters(memory)
        free = os.statvfs(memory)
        if free.f_bavail * free.f_frsize >= MEMORY_BYTES_MIN:
            return str(memory)
    directory = tempfile.gettempdir()
    sys.stderr.write(f"\ntests: /dev/shm has no room, so the database is in {directory} and slower\n")
    return directory


def remove_abandoned_clusters(parent: Path) -> None:
    for directory in parent.glob(CLUSTER_PREFIX + "*"):
        if not is_in_use(directory):
            shutil.rmtree(directory, ignore_errors=True)


def is_in_use(directory: Path) -> bool:
    """A live run holds the cluster's lock; one that is just starting is young."""
    try:
        if time.time() - directory.stat().st_mtime < ABANDONED_AFTER_S:
            return True
        with open(directory / "lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
