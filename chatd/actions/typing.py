"""Typing: tell those who can see a channel that somebody is writing there."""

from __future__ import annotations

from chatd.actions import access, dms
from chatd.model import events
from chatd.model.permissions import Permission
from chatd.store.transaction import Reading


async def start_typing(tx: Reading, channel_id: int) -> None:
    """Say that the actor is typing; clients show it for about ten seconds.

    Needs SEND_MESSAGES. Signals TYPING_START (not journalled) to everyone who can see the channel.
    Raises UnknownChannel, MissingPermissions, CannotMessageUser, ThreadLocked.
    """
    place = await access.channel(tx, channel_id)
    place.require_text()
    place.require(Permission.SEND_MESSAGES)
    place.require_unlocked()
    if place.guild is None:
        dms.require_reachable(tx, place.channel)
    member = place.member.payload(tx.directory.users[tx.actor.id]) if place.member else None
    event = events.typing_start(channel_id, tx.actor.id, int(tx.now().timestamp()), place.guild_id, member)
    tx.signal(event, to=place.audience)
