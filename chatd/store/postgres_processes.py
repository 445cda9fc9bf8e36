"""PostgreSQL's processes seen from outside: tie one to our life, find those left over, end them.

A process belongs to a cluster when its working directory is the cluster's: PostgreSQL goes there when
it starts and stays. Where that cannot be seen, its command line must name the cluster. The pid in
postmaster.pid alone proves nothing, for pids are used again, and a process that nobody reaped keeps its own.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

# How long each way of stopping may take before the next, rougher one.
# SIGINT rolls back what is open and writes a checkpoint; SIGQUIT leaves recovery to the next start.
STOPPING = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

LOOKED_EVERY_S = 0.01

PR_SET_PDEATHSIG = 1  # linux/prctl.h

PROC = Path("/proc")


def die_with_parent() -> Callable[[], None] | None:
    """For Popen's preexec_fn: the kernel sends the child SIGINT when the thread that made it ends.

    None where the kernel cannot; `end_leftovers` at the next start then does the work.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def preexec() -> None:
        if prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)  # the parent died before the kernel knew of the wish

    return preexec


def stop(process: subprocess.Popen[bytes]) -> None:
    """End our own postmaster, gently first, and reap it."""
    for kind, seconds in STOPPING:
        if process.poll() is None:
            process.send_signal(kind)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
    process.wait()


def end_leftovers(cluster: Path) -> None:
    """End what an earlier chatd left running on this cluster, and forget its postmaster.pid.

    Only for the holder of the data directory's lock: then whoever still runs has lost its chatd.
    """
    postmaster = recorded_pid(cluster)
    if postmaster is not None and belongs(postmaster, cluster):
        end([postmaster], cluster, STOPPING)
    # Without a postmaster its children are of no use, and would keep the next one from starting.
    end(processes_of(cluster), cluster, STOPPING[1:])
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def end(pids: Iterable[int], cluster: Path, ways: Iterable[tuple[signal.Signals, float]]) -> None:
    left = list(pids)
    for kind, seconds in ways:
        for pid in left:
            send(pid, kind)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(LOOKED_EVERY_S)
            left = [pid for pid in left if belongs(pid, cluster)]


def send(pid: int, kind: signal.Signals) -> None:
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        pass  # it ended by itself, which is what was wanted


def recorded_pid(cluster: Path) -> int | None:
    """Line 1 of postmaster.pid."""
    lines = pid_file_lines(cluster)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def is_ready(cluster: Path, pid: int) -> bool:
    """Whether this postmaster accepts connections: line 8 of the file it writes says so."""
    lines = pid_file_lines(cluster)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"


def pid_file_lines(cluster: Path) -> list[str]:
    try:
        return [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def processes_of(cluster: Path) -> list[int]:
    """Every PostgreSQL process that works in the cluster; empty where there is no /proc to ask."""
    pids = [int(entry.name) for entry in PROC.glob("[0-9]*")]
    return [pid for pid in pids if belongs(pid, cluster)]


def belongs(pid: int, cluster: Path) -> bool:
    """Whether a living PostgreSQL process is this cluster's. A process nobody reaped is not living."""
    process = PROC / str(pid)
    try:
        program = os.readlink(process / "exe").removesuffix(" (deleted)")
        return os.path.basename(program) == "postgres" and os.path.samefile(process / "cwd", cluster)
    except (FileNotFoundError, ProcessLookupError):
        return not (PROC / "self").exists() and names_cluster(command_by_ps(pid), cluster)
    except PermissionError:
        # Root without CAP_SYS_PTRACE, as containers have it, may read the command line and no more.
        return names_cluster(command_by_proc(process), cluster)


def cluster_name(cluster: Path) -> str:
    """What PostgreSQL writes into the command lines of its processes, one name for each path."""
    return "chatd-" + hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]


def names_cluster(command: list[str], cluster: Path) -> bool:
    """Whether a command line is of a server as EmbeddedPostgres starts it.

    A postmaster's is `…/postgres -D <cluster> …`; that of its children starts `postgres: <cluster_name>: `.
    """
    if os.path.basename(command[0]) == "postgres":
        return command[1:3] == ["-D", str(cluster)]
    return " ".join(command).startswith(f"postgres: {cluster_name(cluster)}: ")


def command_by_proc(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return [""]


def command_by_ps(pid: int) -> list[str]:
    """As above on a system without /proc. A path with a space is cut, and so not recognised."""
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, timeout=10, check=False
    )
    return answer.stdout.split() or [""]
