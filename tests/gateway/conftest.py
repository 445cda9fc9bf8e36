"""A gateway on a real store, with a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.client import Clock, gateway_on


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(runner: Any, store: Any, clock: Clock) -> Iterator[Any]:
    gateway = gateway_on(store, clock)
    yield gateway
    runner.run(settled(gateway))


async def settled(gateway: Any) -> None:
    """Let what the gateway writes behind be written."""
    await gateway.rows.settle()
    await gateway.presences.settle()
