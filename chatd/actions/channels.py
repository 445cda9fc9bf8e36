"""Channels: look at one."""

from __future__ import annotations

from typing import Any

from chatd.actions import access
from chatd.store.transaction import Reading


async def get_channel(tx: Reading, channel_id: int) -> dict[str, Any]:
    """A channel that the actor can see. Raises UnknownChannel."""
    place = await access.channel(tx, channel_id)
    if place.guild_id is None:
        return place.channel.dm_payload(tx.directory.others_in(place.channel, tx.actor.id))
    return place.channel.payload()
