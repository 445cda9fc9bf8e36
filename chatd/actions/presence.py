"""Presence: tell the guilds of a user how to reach them; remember what they chose and when they left.

The gateway knows who is connected and acts here for its users, so there is no permission to ask for.
"""

from __future__ import annotations

from typing import Any

from chatd.actions import members
from chatd.model import events
from chatd.model.actor import ANYONE
from chatd.model.audience import Guild, Users
from chatd.model.user_settings import STATUSES
from chatd.store.queries import users
from chatd.store.transaction import Reading

# What a user can choose and keeps from one session to the next.
CHOSEN = STATUSES


def update_presence(
    tx: Reading, user_id: int, status: str, activities: list[dict[str, Any]], client_status: dict[str, str]
) -> None:
    """Signals PRESENCE_UPDATE (not journalled) to each guild of the user."""
    for guild in tx.directory.guilds_of(user_id):
        event = events.presence_update(user_id, guild.id, status, activities, client_status)
        tx.signal(event, to=Guild(guild.id))


async def chosen_status(store: Any, user_id: int) -> str:
    """The status that the user last chose; "online" for one who never did."""
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        status = await users.find_status(conn, id=user_id)
    return status if status in CHOSEN else CHOSEN[0]


async def choose_status(store: Any, user_id: int, status: str) -> None:
    """Keep the status for the user's next sessions. Some clients say "offline" and mean invisible.

    Emits USER_SETTINGS_UPDATE to the user, if it is another than before: it is one of their settings.
    """
    async with store.transaction(ANYONE) as tx:
        kept = status if status in CHOSEN else "invisible"
        if await users.update_status(tx.conn, id=user_id, status=kept):
            tx.emit(events.user_settings_update({"status": kept}), to=Users((user_id,)))


async def go_offline(store: Any, user_ids: list[int]) -> None:
    """These users have just gone offline: remember when that was, and end the visits that they made."""
    async with store.transaction(ANYONE) as tx:
        await users.touch_last_online(tx.conn, user_ids=user_ids, at=tx.now())
        await members.end_visits(tx, user_ids)
