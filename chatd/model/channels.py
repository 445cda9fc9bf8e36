"""Channels: where messages are, in a guild or between a few people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from chatd.model.permissions import Overwrite
from chatd.model.users import User


class ChannelType(IntEnum):
    GUILD_TEXT = 0
    DM = 1
    GUILD_VOICE = 2
    GROUP_DM = 3
    GUILD_CATEGORY = 4
    GUILD_ANNOUNCEMENT = 5


# Where a message can be posted.
TEXT_BASED = frozenset(
    {ChannelType.GUILD_TEXT, ChannelType.DM, ChannelType.GUILD_VOICE, ChannelType.GROUP_DM,
     ChannelType.GUILD_ANNOUNCEMENT}
)  # fmt: skip


@dataclass(slots=True)
class Channel:
    """`guild_id` is None for a direct message, whose sides are `recipient_ids`."""

    id: int
    type: int
    guild_id: int | None
    name: str | None = None
    topic: str | None = None
    position: int = 0
    parent_id: int | None = None
    nsfw: bool = False
    rate_limit_per_user: int = 0
    last_message_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipient_ids: tuple[int, ...] = ()

    @classmethod
    def from_row(cls, row: Any) -> Channel:
        return cls(
            row["id"], row["type"], row["guild_id"], row["name"], row["topic"], row["position"],
            row["parent_id"], row["nsfw"], row["rate_limit_per_user"], row["last_message_id"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Channel:
        """Read a guild channel back from its event."""
        overwrites = {
            int(o["id"]): Overwrite(int(o["id"]), o["type"], int(o["allow"]), int(o["deny"]))
            for o in d["permission_overwrites"]
        }
        parent, last = d["parent_id"], d["last_message_id"]
        return cls(
            int(d["id"]), d["type"], int(d["guild_id"]), d["name"], d["topic"], d["position"],
            int(parent) if parent else None, d["nsfw"], d["rate_limit_per_user"],
            int(last) if last else None, overwrites,
        )  # fmt: skip

    def payload(self) -> dict[str, Any]:
        """A guild channel."""
        return {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild_id),
            "name": self.name,
            "topic": self.topic,
            "position": self.position,
            "parent_id": None if self.parent_id is None else str(self.parent_id),
            "permission_overwrites": [overwrite.payload() for overwrite in self.overwrites.values()],
            "nsfw": self.nsfw,
            "rate_limit_per_user": self.rate_limit_per_user,
            "last_message_id": None if self.last_message_id is None else str(self.last_message_id),
            "last_pin_timestamp": None,
            "default_auto_archive_duration": 1440,
            "flags": 0,
        }

    def dm_payload(self, recipients: list[User]) -> dict[str, Any]:
        """A direct message, as one side sees it: `recipients` are the others."""
        return {
            "id": str(self.id),
            "type": self.type,
            "last_message_id": None if self.last_message_id is None else str(self.last_message_id),
            "last_pin_timestamp": None,
            "flags": 0,
            "recipients": [user.payload() for user in recipients],
        }
