"""What a process has used: CPU to the nanosecond, resident memory, and the same for a process tree.

Linux only. CPU comes from the process's own clock (clock_getcpuclockid(3)): user and system time of
all its threads, alive or ended, without the 10 ms steps of utime and stime in /proc/<pid>/stat.
Starts and measures nothing by itself.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

PROC = Path("/proc")
NANOSECONDS_PER_TICK = 10**9 // os.sysconf("SC_CLK_TCK")

# A server may still be leaving its loop pass when its last byte arrives; this is how we wait for it.
SETTLE_S = 0.002
SETTLE_ROUNDS_MAX = 250


def cpu_ns(pid: int) -> int:
    """CPU time of one process so far, user and system, in ns. ProcessLookupError if it is gone."""
    # clock_getcpuclockid(3): the clock of a process is its id, inverted, then the clock type
    # (2, CPUCLOCK_SCHED) in the low three bits.
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError as error:
        raise ProcessLookupError(pid) from error


def settled_cpu_ns(pids: list[int]) -> int:
    """CPU time of these processes together in ns, read when none of them is running any more."""
    before = sum(map(cpu_ns, pids))
    for _ in range(SETTLE_ROUNDS_MAX):
        time.sleep(SETTLE_S)
        now = sum(map(cpu_ns, pids))
        if now == before:
            return now
        before = now
    return before


def resident_bytes(pid: int) -> int:
    """Resident memory in bytes, counted page by page (statm lags behind on recent kernels)."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"no Rss line for process {pid}")


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on; the command name may hold anything."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def process_tree(root: int, *, without: int | None = None) -> list[int]:
    """`root` and its living descendants, leaving out the subtree of `without`."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_stat_fields(int(entry.name))[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we were reading
            children.setdefault(parent, []).append(int(entry.name))
    tree, found = [root], 0
    while found < len(tree):
        tree += [pid for pid in children.get(tree[found], ()) if pid != without]
        found += 1
    return tree


def tree_cpu_ns(root: int, *, without: int | None = None) -> int:
    """CPU time of a process tree in ns: the living, and what the living have waited for (10 ms steps)."""
    total = 0
    for pid in process_tree(root, without=without):
        try:
            reaped_ticks = sum(map(int, _stat_fields(pid)[13:15]))  # cutime, cstime
            total += cpu_ns(pid) + reaped_ticks * NANOSECONDS_PER_TICK
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile: its parent has it among the reaped at the next reading
    return total
