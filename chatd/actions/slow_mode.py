"""Slow mode: so many seconds between what one member says in a channel and what they say next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chatd.actions.access import ChannelAccess
from chatd.model.errors import SlowModeActive
from chatd.model.permissions import Permission
from chatd.store.transaction import Reading

# "Slow mode": each of these exempts from it.
_EXEMPT = int(Permission.BYPASS_SLOWMODE | Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS)


@contextmanager
def turn(tx: Reading, place: ChannelAccess) -> Iterator[None]:
    """Speak within the block, and only if it is one's turn. A turn is used by what the block commits.

    Raises SlowModeActive.
    """
    slow_mode_s = place.channel.rate_limit_per_user
    if not slow_mode_s or place.permissions & _EXEMPT:
        yield
        return
    turns, channel_id, user_id = tx.directory.turns, place.channel.id, tx.actor.id
    wait_s = turns.wait_s(channel_id, user_id, slow_mode_s, tx.now().timestamp())
    if wait_s > 0:
        raise SlowModeActive(wait_s)
    turns.begin(channel_id, user_id)
    try:
        yield
    finally:
        turns.end(channel_id, user_id)
