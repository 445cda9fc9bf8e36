"""Presence as others see it: announced to the guilds of a user, and remembered when it ends.

Which of a user's sessions counts is known to the gateway alone (gateway/presence.py).
"""

from __future__ import annotations

from typing import Any

from chatd.model import events
from chatd.model.actor import ANYONE
from chatd.model.audience import Guild
from chatd.store.queries import gateway_sessions

# What a user can choose and keeps from one session to the next.
CHOSEN = ("online", "idle", "dnd", "invisible")


async def announce(store: Any, changes: dict[int, Any]) -> None:
    """Tell the guilds of each user what others now see: anything with status, activities and client_status.

    Emits PRESENCE_UPDATE, which nobody replays. Whoever has turned offline was last online now.
    """
    offline = [user_id for user_id, shown in changes.items() if shown.status == "offline"]
    async with store.reading(ANYONE) as tx:
        for user_id, shown in changes.items():
            for guild in tx.directory.guilds_of(user_id):
                event = events.presence_update(
                    user_id, guild.id, shown.status, list(shown.activities), shown.client_status
                )
                tx.signal(event, to=Guild(guild.id))
    if offline:
        async with store.transaction(ANYONE) as tx:
            await gateway_sessions.touch_last_online(tx.conn, user_ids=offline, at=tx.now())


async def chosen_status(store: Any, user_id: int) -> str:
    """The status that the user last chose; "online" for one who never did."""
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        status = await gateway_sessions.find_status(conn, id=user_id)
    return status if status in CHOSEN else CHOSEN[0]


async def choose_status(store: Any, user_id: int, status: str) -> None:
    """Keep the status for the user's next sessions. Some clients say "offline" and mean invisible."""
    async with store.transaction(ANYONE) as tx:
        kept = status if status in CHOSEN else "invisible"
        await gateway_sessions.update_status(tx.conn, id=user_id, status=kept)
