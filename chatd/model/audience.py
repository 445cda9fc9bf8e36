"""Whom an event is for. Worked out into sessions only when it is delivered (gateway/hub.py).

Most events name a guild or a channel. Users is for the few whose subject is gone by the time of
delivery, or concerns people rather than a place. Nobody is for what only servers read in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Guild:
    """Every member of the guild."""

    guild_id: int


@dataclass(slots=True, frozen=True)
class Channel:
    """Everyone who can view the channel; `guild_id` is None for a direct message."""

    channel_id: int
    guild_id: int | None


@dataclass(slots=True, frozen=True)
class Users:
    """These users, on every device, whatever else they can see. `guild_id` says where it happened."""

    user_ids: tuple[int, ...]
    guild_id: int | None = None


@dataclass(slots=True, frozen=True)
class Onlookers:
    """Members for whom a channel of their guild has appeared or is gone, while nothing has changed in itself.

    Those of `user_ids`, or with `all_but` the guild's other members: whichever list is the shorter.
    """

    user_ids: frozenset[int]
    guild_id: int
    channel_id: int
    all_but: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.user_ids and not self.all_but

    def names(self, user_id: int) -> bool:
        """Whether it is for this user, as long as they are a member."""
        return (user_id in self.user_ids) != self.all_but


@dataclass(slots=True, frozen=True)
class Nobody:
    """No client at all."""


Audience = Guild | Channel | Users | Onlookers | Nobody


def guild_of(audience: Audience) -> int | None:
    """The guild in which it happens, or None for what happens between people."""
    return None if isinstance(audience, Nobody) else audience.guild_id
