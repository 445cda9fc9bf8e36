"""What is done when it is time, and who does it: the server's own user, who may speak in a channel.

A feature lists what is due, and jobs.py does each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from chatd.model.actor import ANYONE, Actor
from chatd.store.queries import settings
from chatd.store.transaction import Transaction

# One thing that is due. It looks again whether it still is.
Act = Callable[[Transaction], Awaitable[None]]


async def clock_actor(store: Any) -> Actor:
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        rules = await settings.find_settings(conn)
    return Actor(rules["system_user_id"])
