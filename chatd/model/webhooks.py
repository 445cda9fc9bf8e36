"""Webhooks: what posts in a channel without being anybody. The Discord documentation, "Webhook".

There are those that others post by, who know the token; and those by which a channel follows another: what is
published there is posted here in their name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chatd.model.actor import Actor
from chatd.model.channels import Channel
from chatd.model.guilds import Guild
from chatd.model.images import Image, image_of
from chatd.model.shapes import Form
from chatd.model.users import User

# The Discord documentation: as many as one channel may have.
WEBHOOKS_OF_CHANNEL_MAX = 15

# "Create Webhook": 1 to 80 characters, and neither of these words anywhere in them.
NAME_CHARACTERS_MAX = 80
NOT_IN_NAMES = ("clyde", "discord")


class WebhookType(IntEnum):
    INCOMING = 1
    CHANNEL_FOLLOWER = 2
    APPLICATION = 3


@dataclass(slots=True)
class Webhook:
    """`token` is for one that others post by; `source_channel_id` is the channel that is followed by one
    that follows, None once that is gone. `user_id` is who made it.
    """

    id: int
    type: int
    guild_id: int
    channel_id: int
    user_id: int | None
    name: str
    avatar: str | None = None
    token: str | None = None
    source_channel_id: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> Webhook:
        return cls(
            row["id"], row["type"], row["guild_id"], row["channel_id"], row["user_id"], row["name"],
            row["avatar"], row["token"], row["source_channel_id"],
        )  # fmt: skip

    def actor(self) -> Actor:
        """Who asks, where its token has been proved."""
        return Actor(self.id, bot=True, posts_in=self.channel_id)

    def payload(
        self, *, maker: User | None, source: tuple[Guild, Channel] | None = None, base_url: str | None = None
    ) -> dict[str, Any]:
        """`maker` made it, `source` is what it follows; with `base_url`, our address, comes its token.

        A bot's webhook is its application's.
        """
        d: dict[str, Any] = {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild_id),
            "channel_id": str(self.channel_id),
            "name": self.name,
            "avatar": self.avatar,
            "application_id": self.application_id(maker),
        }
        if self.token is not None and base_url is not None:
            d["token"] = self.token
            d["url"] = f"{base_url}/api/webhooks/{self.id}/{self.token}"
        if maker is not None:
            d["user"] = maker.payload()
        if source is not None:
            guild, channel = source
            d["source_guild"] = {"id": str(guild.id), "name": guild.name, "icon": guild.icon}
            d["source_channel"] = {"id": str(channel.id), "name": channel.name}
        return d

    def application_id(self, maker: User | None) -> str | None:
        """That of the bot that made it."""
        is_of_bot = self.type == WebhookType.INCOMING and maker is not None and maker.bot
        return str(self.user_id) if is_of_bot else None

    def author(self) -> User:
        """Whom its messages are shown to be from."""
        return User(self.id, self.name, avatar=self.avatar, bot=True)

    def message_details(self) -> dict[str, Any]:
        """What a message of it holds beside its content."""
        author = {**self.author().payload(), "discriminator": "0000"}
        return {"webhook_id": str(self.id), "author": author}


@dataclass(slots=True, frozen=True)
class WebhookDraft:
    """A webhook to be made, for others to post by."""

    name: str
    avatar: Image | None

    @classmethod
    def parse(cls, body: Any) -> WebhookDraft:
        form = Form(body)
        draft = cls(name_of(form, "name"), image_of(form, "avatar"))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class WebhookEdit:
    """What is to change of a webhook: what is None stays as it is, but for an avatar that `sets_avatar`."""

    name: str | None = None
    avatar: Image | None = None
    sets_avatar: bool = False
    channel_id: int | None = None

    @classmethod
    def parse(cls, body: Any) -> WebhookEdit:
        form = Form(body)
        edit = cls(
            name_of(form, "name", default=None), image_of(form, "avatar"), "avatar" in form,
            form.snowflake("channel_id", default=None),
        )  # fmt: skip
        form.finish()
        return edit


def name_of(form: Form, field: str, **options: Any) -> Any:
    """What a webhook, or one message of it, calls itself."""
    name = form.string(field, length=(1, NAME_CHARACTERS_MAX), strip=True, **options)
    for word in NOT_IN_NAMES:
        if name is not None and word in name.lower():
            form.fault(field, "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{word}"')
    return name


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
