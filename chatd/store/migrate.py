"""Bring a database to the newest schema: the files of sql/schema, in order, each once.

A file is `NNNN_name.sql`, numbered from 0001 without gaps, and never edited once it has been applied:
a change to the schema is a new file. Each runs in its own transaction together with the row of
`schema_migrations` that remembers it, so a failure leaves the steps before it whole and itself undone.
Any number of processes may start at once: one does the work, the others wait and find it done.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources.abc import Traversable

import asyncpg

from chatd import assets
from chatd.log import logger
from chatd.store.sql import load

log = logger.child("store")
migrations = load("migrations")

FILE_NAME = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z0-9_]+)\.sql")

# The key of the advisory lock: "chatd" in ASCII, so that whoever looks at pg_locks can find it.
LOCK_KEY = int.from_bytes(b"chatd", "big")
LOCK_ASKED_EVERY_S = 0.1

# Rewriting a large table may take long; the connection's usual time limit is meant for requests.
STEP_SECONDS_MAX = 6 * 3600.0


class MigrationError(Exception):
    """Files and database disagree, in one sentence for an administrator."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file of sql/schema."""

    version: int
    name: str
    sql: str

    @property
    def file(self) -> str:
        return f"sql/schema/{self.version:04}_{self.name}.sql"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StepStatus:
    """What `chatd migrate --status` shows of one step; `applied_at` is None for one still to come."""

    version: int
    name: str
    applied_at: datetime | None


async def migrate(conn: asyncpg.Connection, steps: Sequence[Step] | None = None) -> tuple[int, int]:
    """Apply the steps that the database lacks. Returns its version before and after.

    Raises MigrationError when an applied file was edited, when the database is newer than the files,
    or when a step fails; its `__cause__` is then PostgreSQL's error.
    """
    steps = read_steps() if steps is None else steps
    async with migration_lock(conn):
        await migrations.create_schema_migrations(conn)
        applied = await migrations.applied_migrations(conn)
        check_applied(applied, steps)
        for step in steps[len(applied) :]:
            await apply(conn, step)
    return len(applied), len(steps)


async def status(conn: asyncpg.Connection, steps: Sequence[Step] | None = None) -> list[StepStatus]:
    """Every step and when it was applied. Changes nothing; raises MigrationError like `migrate`."""
    steps = read_steps() if steps is None else steps
    known = await migrations.has_schema_migrations(conn)
    applied = await migrations.applied_migrations(conn) if known else []
    check_applied(applied, steps)
    times = {row["version"]: row["applied_at"] for row in applied}
    return [StepStatus(step.version, step.name, times.get(step.version)) for step in steps]


def read_steps(folder: Traversable | None = None) -> list[Step]:
    """The steps of a folder, in order; of sql/schema by default. Raises MigrationError for a wrong name."""
    folder = folder or assets.sql() / "schema"
    steps = [read_step(file) for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    for expected, step in enumerate(steps, start=1):
        if step.version != expected:
            raise MigrationError(f"{step.file}: the next number is {expected:04}, without gaps or twins.")
    return steps


def read_step(file: Traversable) -> Step:
    name = FILE_NAME.fullmatch(file.name)
    if name is None:
        raise MigrationError(f"sql/schema/{file.name}: a step is called NNNN_name.sql.")
    # A checkout may turn line ends; that is no edit.
    sql = file.read_bytes().decode().replace("\r\n", "\n")
    return Step(int(name["version"]), name["name"], sql)


def check_applied(applied: Sequence[asyncpg.Record], steps: Sequence[Step]) -> None:
    """The database must have seen the first of these steps, unedited, and no others."""
    if applied and applied[-1]["version"] > len(steps):
        raise MigrationError(
            f"The database is at schema {applied[-1]['version']} ({applied[-1]['name']}), but this chatd"
            f" knows only up to {len(steps)}: a newer chatd has used it. Start that one, or restore a backup."
        )
    for row, step in zip(applied, steps, strict=False):
        if row["version"] != step.version:
            raise MigrationError(f"The database never saw {step.file}, yet it saw later ones.")
        if row["sha256"] != step.sha256:
            raise MigrationError(
                f"{step.file} is not the file that was applied on {row['applied_at']:%Y-%m-%d %H:%M} UTC"
                f" as {row['name']}. Restore it and put the change into a new file."
            )


async def apply(conn: asyncpg.Connection, step: Step) -> None:
    try:
        async with conn.transaction():
            await conn.execute(step.sql, timeout=STEP_SECONDS_MAX)
            await migrations.insert_migration(conn, version=step.version, name=step.name, sha256=step.sha256)
    except asyncpg.PostgresError as error:
        raise MigrationError(f"{step.file} failed and was undone: {describe(error, step)}") from error
    log.info("migrated", version=step.version, name=step.name)


def describe(error: asyncpg.PostgresError, step: Step) -> str:
    """PostgreSQL's message, with the line of the file where it points at one."""
    position = getattr(error, "position", None)
    if position is None:
        return str(error)
    return f"line {step.sql.count(chr(10), 0, int(position) - 1) + 1}: {error}"


@asynccontextmanager
async def migration_lock(conn: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the advisory lock that only one migrating session has at a time."""
    waiting = False
    while not await migrations.try_migration_lock(conn, key=LOCK_KEY):
        if not waiting:
            log.info("waiting for another chatd to finish migrating")
            waiting = True
        await asyncio.sleep(LOCK_ASKED_EVERY_S)
    try:
        yield
    finally:
        if not conn.is_closed():
            await migrations.release_migration_lock(conn, key=LOCK_KEY)
