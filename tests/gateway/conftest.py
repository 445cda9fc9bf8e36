"""A gateway on a real store, with a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chatd.store.pool import open_pool
from tests.conftest import opened_store
from tests.gateway.client import Clock, gateway_on


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(runner: Any, store: Any, clock: Clock) -> Iterator[Any]:
    gateway = gateway_on(store, clock)
    yield gateway
    runner.run(settled(gateway))


@pytest.fixture
def another_store(runner: Any, database: dict[str, Any]) -> Iterator[Any]:
    """Opens further stores on the test's database, each with a pool of its own, as another process has."""
    opened: list[tuple[Any, Any]] = []

    async def open_another() -> Any:
        pool = await open_pool(None, connect_kwargs=database, size_min=1, size_max=6)
        opened.append((pool, await opened_store(pool, process=len(opened) + 1)))
        return opened[-1][1]

    yield open_another
    for pool, store in opened:
        runner.run(store.close())
        runner.run(pool.close())


async def settled(gateway: Any) -> None:
    """Let what the gateway writes behind be written."""
    await gateway.rows.settle()
    await gateway.presences.settle()
