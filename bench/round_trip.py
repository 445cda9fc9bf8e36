"""What one round trip to the database costs on this machine at this moment: `select 1`, over and over.

With one sender a message is one such round trip and some work around it, and on a virtual machine that
is often idle the waking of either side costs more than the work. So chat.py prints this figure beside its
own: what is taken on another day compares by the ratio of the two.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.measure import cpu_ns

ROUND_TRIPS = 3000


@dataclass(frozen=True)
class RoundTrip:
    """CPU of the client and of its PostgreSQL process, and the time that passed, in µs for each."""

    client_us: float
    database_us: float
    elapsed_us: float

    @property
    def cpu_us(self) -> float:
        return self.client_us + self.database_us


def measure_round_trip(socket_directory: Path) -> RoundTrip:
    """Through the socket of chatd's own PostgreSQL."""
    return asyncio.run(_measure(socket_directory))


async def _measure(socket_directory: Path) -> RoundTrip:
    conn = await asyncpg.connect(host=str(socket_directory), user="chatd", database="chatd")
    try:
        backend = conn.get_server_pid()
        await conn.fetchval("select 1")
        before, client_before, began = cpu_ns(backend), time.process_time_ns(), time.perf_counter_ns()
        for _ in range(ROUND_TRIPS):
            await conn.fetchval("select 1")
        elapsed = time.perf_counter_ns() - began
        client, database = time.process_time_ns() - client_before, cpu_ns(backend) - before
    finally:
        await conn.close()
    return RoundTrip(*(spent / ROUND_TRIPS / 1000 for spent in (client, database, elapsed)))
