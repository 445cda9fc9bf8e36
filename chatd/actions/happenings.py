"""What goes on in a channel, all of it at once, when the channel goes."""

from __future__ import annotations

from chatd.actions import scheduled_events, stage_instances, voice_states
from chatd.model.audience import Audience
from chatd.model.guilds import Guild
from chatd.store.transaction import Transaction


async def clear_channel(tx: Transaction, guild: Guild, channel_id: int, to: Audience) -> None:
    """A channel is about to be deleted, and what goes on in it ends, with its rows.

    `to` is who sees the channel: by the time that they are told, nobody can be asked any more.
    """
    await voice_states.clear_channel(tx, guild, channel_id, to)
    await stage_instances.clear_channel(tx, channel_id, to)
    await scheduled_events.clear_channel(tx, channel_id, to)
