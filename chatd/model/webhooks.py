"""Webhooks: what posts in a channel without being anybody. The Discord documentation, "Webhook".

There are those by which a channel follows another: what is published there is posted here in their name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chatd.model.channels import Channel
from chatd.model.guilds import Guild
from chatd.model.shapes import Form
from chatd.model.users import User

# The Discord documentation: as many as one channel may have.
WEBHOOKS_OF_CHANNEL_MAX = 15


class WebhookType(IntEnum):
    INCOMING = 1
    CHANNEL_FOLLOWER = 2
    APPLICATION = 3


@dataclass(slots=True)
class Webhook:
    """`source_channel_id` is the channel that is followed, None once that is gone."""

    id: int
    type: int
    guild_id: int
    channel_id: int
    user_id: int | None
    name: str
    source_channel_id: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> Webhook:
        return cls(
            row["id"], row["type"], row["guild_id"], row["channel_id"], row["user_id"], row["name"],
            row["source_channel_id"],
        )  # fmt: skip

    def payload(self, user: User | None, source: tuple[Guild, Channel] | None) -> dict[str, Any]:
        """`user` is who made it, `source` what it follows; either is left out where it is gone."""
        d: dict[str, Any] = {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild_id),
            "channel_id": str(self.channel_id),
            "name": self.name,
            "avatar": None,
            "application_id": None,
        }
        if user is not None:
            d["user"] = user.payload()
        if source is not None:
            guild, channel = source
            d["source_guild"] = {"id": str(guild.id), "name": guild.name, "icon": guild.icon}
            d["source_channel"] = {"id": str(channel.id), "name": channel.name}
        return d

    def author(self) -> User:
        """Whom its messages are shown to be from."""
        return User(self.id, self.name, bot=True)

    def message_details(self) -> dict[str, Any]:
        """What a message of it holds beside its content."""
        author = {**self.author().payload(), "discriminator": "0000"}
        return {"webhook_id": str(self.id), "author": author}


@dataclass(slots=True, frozen=True)
class FollowDraft:
    """Where what another channel publishes is to be posted."""

    webhook_channel_id: int

    @classmethod
    def parse(cls, body: Any) -> FollowDraft:
        form = Form(body)
        draft = cls(form.snowflake("webhook_channel_id"))
        form.finish()
        return draft
