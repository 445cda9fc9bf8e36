"""Say what everybody of the default guild may do."""

from __future__ import annotations

from typing import Any

from chatd.model import permissions
from tests.people import general


async def allow(store: Any, *wanted: int) -> int:
    """Beside what @everyone may do in a new guild, these. Gives the guild's id.

    It takes the shortest way, both to the database and to what this process knows, and tells nobody.
    """
    guild_id: int = general(store).guild_id
    allowed = permissions.DEFAULT_EVERYONE
    for permission in wanted:
        allowed |= permission
    async with store.pool.acquire() as conn:
        await conn.execute("update roles set permissions = $2 where id = $1", guild_id, allowed)
    store.directory.guilds[guild_id].roles[guild_id].permissions = allowed
    return guild_id
