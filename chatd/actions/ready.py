"""READY's part that the directory does not keep: one's own account, and what one has read and chosen.

The rest of READY is the directory's, and both must be of one moment: an event that came between the look at
the database and READY is in neither. So the directory notes when it last heard of anything that
would be seen here, and what was looked up before that is looked up again.
"""

from __future__ import annotations

from typing import Any

from chatd.actions import notification_settings, read_states, user_settings, users
from chatd.model.actor import Actor
from chatd.store.directory import Directory
from chatd.store.store import Store
from chatd.store.transaction import Reading

# A look takes a few milliseconds. Where people are mentioned faster than that, the last one has to do.
LOOKS_MAX = 5


async def own_state(store: Store, actor: Actor) -> dict[str, Any]:
    """Keys of READY, as of a moment that the directory agrees with; there is no await between."""
    state: dict[str, Any] = {}
    for _ in range(LOOKS_MAX):
        position = store.directory.position
        state = await _look(store, actor)
        if not _has_changed(store.directory, actor.id, position):
            break
    return state


async def _look(store: Store, actor: Actor) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        state: dict[str, Any] = {"user": await users.get_self(tx)}
        if not actor.bot:
            entries = [entry.payload() for entry in await read_states.list_read_states(tx)]
            state["read_state"] = _versioned(tx, entries)
            state["user_settings"] = await user_settings.get_settings(tx)
            state["user_guild_settings"] = _versioned(tx, await notification_settings.list_settings(tx))
    return state


def _versioned(tx: Reading, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """All that there is of a kind, as clients want it told."""
    return {"entries": entries, "version": tx.directory.position, "partial": False}


def _has_changed(directory: Directory, user_id: int, position: int) -> bool:
    """Whether something of what is looked up here was told after `position`."""
    if directory.position == position:
        return False
    noted = directory.noted
    if noted.get(user_id, 0) > position:
        return True
    return any(noted.get(channel.id, 0) > position for channel in read_states.channels_of(directory, user_id))
