"""Lockdowns: a channel in which nobody speaks but moderators, as overwrites say it, and the way back.

What a lock takes away is LOCKED: it is denied to @everyone, and no overwrite allows it any more but one of a
role or member that moderates. Unlocking gives these bits back as they were, and leaves all others as they
are: somebody may have changed them meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatd.model.permissions import Overwrite, Permission
from chatd.model.times import iso_of_snowflake

P = Permission
LOCKED = int(
    P.SEND_MESSAGES | P.SEND_MESSAGES_IN_THREADS | P.CREATE_PUBLIC_THREADS | P.CREATE_PRIVATE_THREADS
    | P.ADD_REACTIONS | P.SEND_POLLS | P.SPEAK | P.STREAM | P.REQUEST_TO_SPEAK | P.USE_SOUNDBOARD
)  # fmt: skip
# Who has one of these moderates.
MODERATES = int(
    P.ADMINISTRATOR | P.MANAGE_GUILD | P.MANAGE_CHANNELS | P.MANAGE_MESSAGES | P.MODERATE_MEMBERS
)  # fmt: skip

ROLE = 0


@dataclass(slots=True, frozen=True)
class Remembered:
    """An overwrite before the lock; `was_there` is false for one that there was not."""

    target_id: int
    was_there: bool
    allow: int
    deny: int


def locked(
    overwrites: dict[int, Overwrite], guild_id: int, moderates: Callable[[Overwrite], bool]
) -> tuple[dict[int, Overwrite], list[Remembered]]:
    """The overwrites of a channel that is locked, and what is to be remembered of those before.

    `moderates` says whether an overwrite's role or member does.
    """
    everyone = overwrites.get(guild_id, Overwrite(guild_id, ROLE, 0, 0))
    after = {
        target_id: each if moderates(each) else each._replace(allow=each.allow & ~LOCKED)
        for target_id, each in overwrites.items()
    }
    after[guild_id] = everyone._replace(allow=everyone.allow & ~LOCKED, deny=everyone.deny | LOCKED)
    remembered = [
        Remembered(target_id, target_id in overwrites, before.allow, before.deny)
        for target_id, before in {**overwrites, guild_id: everyone}.items()
        if target_id == guild_id or after[target_id] != before
    ]
    return after, remembered


def unlocked(overwrites: dict[int, Overwrite], remembered: list[Remembered]) -> dict[int, Overwrite]:
    """The overwrites of a channel that is no longer locked. One that was taken away meanwhile stays away."""
    after = dict(overwrites)
    for before in remembered:
        now = overwrites.get(before.target_id)
        if now is None:
            continue
        again = now._replace(
            allow=now.allow & ~LOCKED | before.allow & LOCKED, deny=now.deny & ~LOCKED | before.deny & LOCKED
        )
        after[before.target_id] = again
        if not before.was_there and not again.allow and not again.deny:
            del after[before.target_id]
    return after


def lockdown_payload(row: Any) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "guild_id": str(row["guild_id"]),
        "channel_id": None if row["channel_id"] is None else str(row["channel_id"]),
        "channel_ids": [str(channel_id) for channel_id in row["locked"]],
        "moderator_id": str(row["moderator_id"]),
        "reason": row["reason"],
        "created_at": iso_of_snowflake(row["id"]),
    }
