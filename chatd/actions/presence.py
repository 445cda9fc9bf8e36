"""Presence: tell the guilds of a user how they are reachable, and remember when they last were."""

from __future__ import annotations

from typing import Any

from chatd.model import events
from chatd.model.audience import Guild
from chatd.store.queries import users
from chatd.store.transaction import Reading


def update_presence(
    tx: Reading, user_id: int, status: str, activities: list[dict[str, Any]], client_status: dict[str, str]
) -> None:
    """Signals PRESENCE_UPDATE (not journalled) to each guild of the user."""
    for guild in tx.directory.guilds_of(user_id):
        event = events.presence_update(user_id, guild.id, status, activities, client_status)
        tx.signal(event, to=Guild(guild.id))


async def touch_last_online(tx: Reading, user_id: int) -> None:
    """Remember that the user has just gone offline."""
    async with tx.connection() as conn:
        await users.touch_last_online(conn, id=user_id, at=tx.now())
