"""A data folder that is there at once, in memory where there is room, and gone at the end.

Making a cluster and its schema takes a second or more; unpacking one takes a tenth of that. So the first
start of a PostgreSQL version and a schema keeps what it made, as one file below the user's cache folder.

However the server ends, by kill -9 too, nothing is left: PostgreSQL ends with its parent, and a small
process, which hears of our end by the pipe that the kernel then closes, takes the folder away.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from chatd.store.embedded import EmbeddedPostgres
from chatd.store.migrate import migrate, read_steps
from chatd.store.postgres_account import choose_account
from chatd.store.postgres_binaries import Binaries, find_binaries

PREFIX = "chatd-testbench-"
MEMORY = Path("/dev/shm")
# A cluster takes 50 MB, and the tests of a bot do not write much. Containers give /dev/shm 64 MB in all.
MEMORY_BYTES_MIN = 256 * 2**20
# Kept clusters of other versions and schemas: as many as somebody goes back and forth between.
KEPT_MAX = 4

Run = Callable[[Coroutine[Any, Any, None]], None]

# Waits for the end of its input, which is ours; ends what is left of PostgreSQL, and takes the folder away,
# for as long as something still writes there.
JANITOR = """
cat
kill -INT "$(head -n 1 "$1/pg/postmaster.pid")"
tries=0
until rm -rf "$1" || [ "$tries" -ge 100 ]; do tries=$((tries + 1)); sleep 0.1; done
"""


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A new data folder, closed to all but root's PostgreSQL. It is gone when this ends, or the process."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=fast_directory()))
    janitor = subprocess.Popen(
        ["/bin/sh", "-c", JANITOR, "sh", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
    )  # fmt: skip
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        assert janitor.stdin is not None
        janitor.stdin.close()
        janitor.wait()


def fast_directory() -> Path:
    """In memory, if there is enough of it; else where temporary files go."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        free = os.statvfs(MEMORY)
        if free.f_bavail * free.f_frsize >= MEMORY_BYTES_MIN:
            return MEMORY
    return Path(tempfile.gettempdir())


def throw_away_postgres(
    folder: Path, *, binaries: str | None = None, cache: Path | None = None, make: Run = asyncio.run
) -> EmbeddedPostgres:
    """A started PostgreSQL in the folder whose database has the newest schema. Raises EmbeddedError.

    `cache` is where clusters are kept, `make` what runs the making of a schema.
    """
    account = choose_account(folder / "pg", exists=False)
    found = find_binaries(folder, chosen=binaries, account=account)
    kept = (cache or cache_folder()) / f"{name_of(found)}.tar"
    postgres = EmbeddedPostgres(folder, durable=False, binaries=str(found.folder))
    if not unpack(kept, folder):
        postgres.start()
        make(make_schema(postgres))
        postgres.stop()
        keep(postgres.cluster, kept)
    return postgres.start()


def name_of(binaries: Binaries) -> str:
    """One name for each PostgreSQL, schema and user: a cluster belongs to who made it."""
    schema = hashlib.sha256("".join(step.sha256 for step in read_steps()).encode()).hexdigest()[:16]
    return f"postgresql-{binaries.version}-schema-{schema}-user-{os.geteuid()}"


def cache_folder() -> Path:
    """The XDG base directory specification: $XDG_CACHE_HOME, else ~/.cache; on macOS ~/Library/Caches."""
    usual = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / usual) / "chatd" / "testbench"


async def make_schema(postgres: EmbeddedPostgres) -> None:
    conn = await asyncpg.connect(**postgres.dsn_kwargs)
    try:
        await migrate(conn)
    finally:
        await conn.close()


def unpack(kept: Path, folder: Path) -> bool:
    """Put the kept cluster into the folder. False if there is none, or it cannot be read."""
    if not kept.exists():
        return False
    unpacked = subprocess.run(["tar", "-xpf", kept, "-C", folder], capture_output=True, check=False)
    if unpacked.returncode == 0:
        with suppress(OSError):
            os.utime(kept)
        return True
    shutil.rmtree(folder / "pg", ignore_errors=True)
    return False


def keep(cluster: Path, kept: Path) -> None:
    """Keep a stopped cluster for the next start, and forget those that were not used for longest.

    Under another name until it is whole. Where nothing can be kept, each start makes its own.
    """
    half = kept.with_name(f"{kept.name}.{os.getpid()}")
    with suppress(OSError, subprocess.CalledProcessError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        command = ["tar", "-cf", str(half), "-C", str(cluster.parent), cluster.name]
        subprocess.run(command, capture_output=True, check=True)
        half.rename(kept)
        newest_first = sorted(kept.parent.glob("*.tar"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in newest_first[KEPT_MAX:]:
            file.unlink()
