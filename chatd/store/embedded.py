"""A private PostgreSQL for a chatd that was given no database: made, started, watched and stopped here.

Everything lives in one data directory, which belongs to one chatd at a time:

    lock            held while in use; names the process
    pg/             the cluster; made as pg.tmp-… and renamed, so a half-made one is never taken for one
    socket/         where the server listens; it has no TCP port
    postgres.log    what the server says; postgres.log.1 is the one before
    pgbin-<major>/  a copy of the wheel's binaries, where the server's user cannot reach the originals

The server is our child and dies with us, even by kill -9. As root it runs as the user `postgres`, or
as `nobody` where there is none, because PostgreSQL refuses root. The superuser is `postgres`; chatd
connects as `chatd`, which owns the database of that name and nothing else.

Where the programs come from is postgres_binaries.py's business, whom they run as postgres_account.py's,
and what processes are left from an earlier life postgres_processes.py's.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from chatd.store import postgres_processes as processes
from chatd.store.postgres_account import (
    Account,
    EmbeddedError,
    check_reach,
    choose_account,
    popen_kwargs,
    user_name,
)
from chatd.store.postgres_binaries import Binaries, find_binaries

__all__ = ["EmbeddedError", "EmbeddedPostgres"]

PORT = 5432  # only part of the socket's file name
USER = DATABASE = "chatd"
SUPERUSER = "postgres"

# unix(7): sun_path holds 108 bytes on Linux and 104 on macOS, with a closing zero.
SOCKET_PATH_BYTES_MAX = 103

LOG_BYTES_MAX = 10 * 2**20
LOG_LINES_SHOWN = 20

# Recovery after a crash may read a gigabyte of WAL first.
START_SECONDS_MAX = 300.0
INITDB_SECONDS_MAX = 120.0

# What the rest of chatd relies on; given on the command line, so no file can say otherwise.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    # Compiled plans need memory both writable and executable, which a hardened unit refuses.
    "jit": "off",
    # To our own file, and without statements or row contents: they hold what people wrote.
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] ",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

# Written once into a new cluster's postgresql.conf, where an administrator may change them.
DEFAULTS = """
# chatd: a start for a small server. Edit freely; chatd reads this only through PostgreSQL.
max_connections = 50
shared_buffers = 128MB
max_wal_size = 512MB
random_page_cost = 1.1                # solid-state disks
max_parallel_workers_per_gather = 0   # many short queries, and containers with little /dev/shm
log_checkpoints = off
"""

# For tests, whose data may vanish with the power.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
}


class EmbeddedInUse(EmbeddedError):
    """Another chatd has this data directory. `connect_kwargs` lead to its server, None while it starts."""

    def __init__(self, message: str, connect_kwargs: dict[str, Any] | None) -> None:
        super().__init__(message)
        self.connect_kwargs = connect_kwargs


class EmbeddedPostgres:
    """One cluster and its server process. `start` and `stop` block, and belong to the main thread.

    data: the data directory; made if missing. durable: False gives up everything for speed.
    binaries: a folder with `postgres` and `initdb` that is to be used and no other.

    After `start`: `dsn_kwargs` (for asyncpg.connect and open_pool), `admin_kwargs` (the same as
    superuser), `version` ("15.18"), `source` (a folder, or "wheel"), and `initialised_s`, the seconds
    that making the cluster took, None when it was there.
    """

    def __init__(self, data: Path, *, durable: bool = True, binaries: str | None = None) -> None:
        self.data = Path(os.path.abspath(data))
        self.cluster = self.data / "pg"
        self.log_path = self.data / "postgres.log"
        self.durable = durable
        self.chosen_binaries = binaries
        self.account: Account | None = None
        self.version = ""
        self.source = ""
        self.initialised_s: float | None = None
        self.socket_directory = self.data / "socket"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._log_start = 0

    @property
    def dsn_kwargs(self) -> dict[str, Any]:
        return {"host": str(self.socket_directory), "port": PORT, "user": USER, "database": DATABASE}

    @property
    def admin_kwargs(self) -> dict[str, Any]:
        return {**self.dsn_kwargs, "user": SUPERUSER, "database": "postgres"}

    @property
    def pid(self) -> int | None:
        """The postmaster's, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> EmbeddedPostgres:
        """Make the cluster if there is none, and return when it accepts connections.

        Raises EmbeddedError, whose text is fit to be shown as it is.
        """
        assert threading.current_thread() is threading.main_thread(), "the server dies with its thread"
        assert self._lock is None, "already started"
        self._make_data_directory()
        self._take_lock()
        try:
            self._start_locked()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server, gently at first, and give the data directory free. May be repeated."""
        if self._process is not None:
            processes.stop(self._process)
            self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def log_tail(self) -> str:
        """The last lines that the server wrote since its start."""
        try:
            with open(self.log_path, "rb") as file:
                file.seek(self._log_start)
                lines = file.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def _start_locked(self) -> None:
        major = self._major_of_cluster()
        self.account = choose_account(self.cluster, exists=major is not None)
        check_reach(self.account, self.data)
        binaries = find_binaries(self.data, major=major, chosen=self.chosen_binaries, account=self.account)
        self.version, self.source = binaries.version, binaries.source
        if major is None:
            began = time.monotonic()
            self._initialise(binaries)
            self.initialised_s = time.monotonic() - began
        processes.end_leftovers(self.cluster)
        self._make_socket_directory()
        self._launch(binaries)
        self._wait_until_ready()

    # ── the data directory ──

    def _make_data_directory(self) -> None:
        """As root the server's other user must get through it; otherwise it is nobody else's."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                self.data.chmod(stat.S_IMODE(self.data.stat().st_mode) | 0o011)
        except OSError as error:
            raise EmbeddedError(f"Data directory {self.data} cannot be made: {error.strerror}.") from error

    def _take_lock(self) -> None:
        path = self.data / "lock"
        try:
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._lock, 20).decode(errors="replace").strip() or "unknown"
            self.stop()
            raise EmbeddedInUse(
                f"Another chatd (process {holder}) uses {self.data}."
                " Stop it, or choose another data directory.",
                self._kwargs_of_running(),
            ) from None
        os.ftruncate(self._lock, 0)
        os.write(self._lock, b"%d\n" % os.getpid())

    def _kwargs_of_running(self) -> dict[str, Any] | None:
        """How to connect to the server that another chatd started, by the fifth line of postmaster.pid."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return None
        if len(lines) < 5 or not lines[4]:
            return None
        return {**self.dsn_kwargs, "host": lines[4]}

    def _major_of_cluster(self) -> int | None:
        """The version that made the cluster; None when there is none yet."""
        try:
            return int((self.cluster / "PG_VERSION").read_text())
        except FileNotFoundError:
            pass
        except PermissionError as error:
            raise EmbeddedError(f"{self.cluster} belongs to another user; run chatd as that user.") from error
        if self.cluster.exists():
            raise EmbeddedError(
                f"{self.cluster} is no PostgreSQL cluster: its PG_VERSION is missing."
                " Restore it from a backup, or move it away to start with an empty database."
            )
        return None

    # ── a new cluster ──

    def _initialise(self, binaries: Binaries) -> None:
        # A name of its own each time: an initdb whose chatd was killed may still be at work in an older one.
        for abandoned in self.data.glob("pg.tmp*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        half = Path(tempfile.mkdtemp(prefix="pg.tmp-", dir=self.data))
        if self.account is not None:
            os.chown(half, self.account.uid, self.account.gid)
        self._run_or_raise([binaries.path("initdb"), "-D", str(half), *initdb_options(binaries.major)])
        with open(half / "postgresql.conf", "a") as configuration:
            configuration.write(DEFAULTS)
        statements = f"create role {USER} login;\ncreate database {DATABASE} owner {USER};\n"
        alone = ["--single", "-D", str(half), "-c", "exit_on_error=on", SUPERUSER]
        self._run_or_raise([binaries.path("postgres"), *alone], statements)
        if self.durable:
            os.sync()
        half.rename(self.cluster)
        sync_directory(self.data)

    def _run_or_raise(self, command: list[str], statements: str = "") -> None:
        answer = self._run(command, statements)
        if answer.returncode != 0:
            said = "\n".join((answer.stdout + answer.stderr).splitlines()[-LOG_LINES_SHOWN:])
            raise EmbeddedError(f"A cluster could not be made in {self.data}; {command[0]} said:\n{said}")

    def _run(self, command: list[str], statements: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            input=statements,
            capture_output=True,
            text=True,
            timeout=INITDB_SECONDS_MAX,
            check=False,
            preexec_fn=processes.die_with_parent(),
            **self._popen_kwargs(),
        )

    # ── the server ──

    def _make_socket_directory(self) -> None:
        """A directory that only the server's user and we can enter, with a path short enough to listen at."""
        if len(os.fsencode(self._socket_file(self.socket_directory))) > SOCKET_PATH_BYTES_MAX:
            self.socket_directory = self._short_socket_directory()
        owner = self.account.uid if self.account is not None else os.geteuid()
        make_private_directory(self.socket_directory, owner)
        # The lock beside a socket has the same trap as postmaster.pid; nobody else listens in here.
        socket = self._socket_file(self.socket_directory)
        socket.unlink(missing_ok=True)
        socket.with_name(socket.name + ".lock").unlink(missing_ok=True)

    def _short_socket_directory(self) -> Path:
        # The session's own directory is closed to the other user that root runs the server as.
        runtime = os.environ.get("XDG_RUNTIME_DIR") if self.account is None else None
        parent = Path(runtime) if runtime and os.path.isdir(runtime) else Path(tempfile.gettempdir())
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return parent / f"chatd-{os.geteuid()}-{digest}"

    def _socket_file(self, directory: Path) -> Path:
        return directory / f".s.PGSQL.{PORT}"

    def _launch(self, binaries: Binaries) -> None:
        settings = {**SETTINGS, **({} if self.durable else NOT_DURABLE)}
        settings["cluster_name"] = processes.cluster_name(self.cluster)
        # A list of directories, where a comma divides unless quoted.
        settings["unix_socket_directories"] = '"' + str(self.socket_directory).replace('"', '""') + '"'
        command = [binaries.path("postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        rotate(self.log_path)
        log_file = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._log_start = os.fstat(log_file).st_size
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                # Its own session, or Ctrl-C in a terminal ends it before chatd has drained.
                start_new_session=True,
                preexec_fn=processes.die_with_parent(),
                **self._popen_kwargs(),
            )
        finally:
            os.close(log_file)

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS_MAX
        while not processes.is_ready(self.cluster, self._process.pid):
            if self._process.poll() is not None:
                raise EmbeddedError(self._failure("did not start"))
            if time.monotonic() > deadline:
                raise EmbeddedError(self._failure(f"was not ready after {START_SECONDS_MAX:.0f} seconds"))
            time.sleep(processes.LOOKED_EVERY_S)

    def _failure(self, what: str) -> str:
        server = f"PostgreSQL {self.version} ({self.source})"
        return f"{server} {what}. The end of {self.log_path}:\n{self.log_tail()}"

    def _popen_kwargs(self) -> dict[str, Any]:
        """The other user, a directory that it may be in, and nothing of our environment but what helps."""
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        if "LD_LIBRARY_PATH" in os.environ:
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        return {"cwd": "/", "env": environment, **popen_kwargs(self.account)}


def initdb_options(major: int) -> list[str]:
    """UTF-8, code point order, Unicode case: the same on every system, and after its libraries change."""
    options = ["-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    options += ["--data-checksums", "--no-sync"]
    if major >= 17:
        return [*options, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # macOS has no C.UTF-8.
    return [*options, "--locale=en_US.UTF-8" if sys.platform == "darwin" else "--locale=C.UTF-8"]


def make_private_directory(path: Path, owner: int) -> None:
    """Make it, or make sure that the one that is there is the owner's alone and no link."""
    try:
        path.mkdir(mode=0o700)
        os.chown(path, owner, -1)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedError(
                f"{path} should be a private directory of {user_name(owner)} and is not; remove it."
            ) from None


def rotate(path: Path) -> None:
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(path.name + ".1"))


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
