"""Invites: codes by which somebody comes to a guild, or signs up. The Discord documentation, "Invite"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatd.model.channels import FORUMS, VOCAL, Channel, ChannelType
from chatd.model.guilds import Guild
from chatd.model.shapes import Form
from chatd.model.times import iso, iso_or_none
from chatd.model.users import User

# As many as one guild may have.
INVITES_MAX = 1000
AGE_SECONDS_MAX = 60 * 24 * 3600
AGE_SECONDS_DEFAULT = 24 * 3600
USES_MAX = 100

# Where an invite can lead.
INVITING = frozenset({ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT}) | VOCAL | FORUMS

# What invites can be for elsewhere: a stream, an activity, a role, a visit to a single channel.
_NOT_HERE = ("target_type", "target_user_id", "target_application_id", "role_ids", "flags")

# Any code that there can be.
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
VANITY_CODE = re.compile(r"[a-z0-9](?:-?[a-z0-9])+")
VANITY_RULE = "Vanity codes have 2 to 25 of a-z and 0-9, with single hyphens between them."


@dataclass(slots=True, frozen=True)
class Invite:
    """`max_age` is in seconds; of it and `max_uses`, 0 is without an end.

    A vanity invite is the guild's own address: made by nobody, and to no channel in particular.
    """

    code: str
    guild_id: int
    channel_id: int | None
    inviter_id: int | None
    created_at: datetime
    max_age: int = 0
    max_uses: int = 0
    uses: int = 0
    temporary: bool = False
    vanity: bool = False

    @classmethod
    def from_row(cls, row: Any) -> Invite:
        return cls(
            row["code"], row["guild_id"], row["channel_id"], row["inviter_id"], row["created_at"],
            row["max_age"], row["max_uses"], row["uses"], row["temporary"], row["vanity"],
        )  # fmt: skip

    @property
    def expires_at(self) -> datetime | None:
        return self.created_at + timedelta(seconds=self.max_age) if self.max_age else None

    @property
    def is_used_up(self) -> bool:
        return bool(self.max_uses) and self.uses >= self.max_uses

    def payload(self, guild: Guild, channel: Channel | None, inviter: User | None) -> dict[str, Any]:
        """What anybody sees who has the code."""
        d: dict[str, Any] = {
            "type": 0,
            "code": self.code,
            "expires_at": iso_or_none(self.expires_at),
            "flags": 0,
            "guild_id": str(guild.id),
            "guild": inviting_payload(guild),
            "channel": channel
            and {"id": str(channel.id), "type": int(channel.type), "name": channel.name},
        }
        if inviter is not None:
            d["inviter"] = inviter.payload()
        return d

    def metadata(self) -> dict[str, Any]:
        """What those see beside it who manage invites."""
        return {
            "uses": self.uses,
            "max_uses": self.max_uses,
            "max_age": self.max_age,
            "temporary": self.temporary,
            "created_at": iso(self.created_at),
        }

    def told_payload(self, inviter: User | None) -> dict[str, Any]:
        """As INVITE_CREATE tells of it."""
        d: dict[str, Any] = {
            "channel_id": str(self.channel_id),
            "guild_id": str(self.guild_id),
            "code": self.code,
            "expires_at": iso_or_none(self.expires_at),
            **self.metadata(),
        }
        if inviter is not None:
            d["inviter"] = inviter.payload()
        return d

    def logged_payload(self) -> dict[str, Any]:
        """As the audit log tells of its making and its end."""
        return {
            "code": self.code,
            "channel_id": str(self.channel_id),
            "inviter_id": None if self.inviter_id is None else str(self.inviter_id),
            "max_age": self.max_age,
            "max_uses": self.max_uses,
            "uses": self.uses,
            "temporary": self.temporary,
            "flags": 0,
        }


def inviting_payload(guild: Guild) -> dict[str, Any]:
    """What somebody sees of a guild that invites them."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "splash": guild.splash,
        "banner": guild.banner,
        "description": guild.description,
        "icon": guild.icon,
        "features": sorted(guild.all_features),
        "verification_level": guild.verification_level,
        "vanity_url_code": guild.vanity_url_code,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_subscription_count": 0,
    }


@dataclass(slots=True, frozen=True)
class InviteDraft:
    """What an invite is to be. Unless `unique`, one of one's own that is the same will do."""

    max_age: int
    max_uses: int
    temporary: bool
    unique: bool

    @classmethod
    def parse(cls, body: Any) -> InviteDraft:
        form = Form(body)
        draft = cls(
            max_age=form.integer("max_age", default=AGE_SECONDS_DEFAULT, between=(0, AGE_SECONDS_MAX)),
            max_uses=form.integer("max_uses", default=0, between=(0, USES_MAX)),
            temporary=form.boolean("temporary"),
            unique=form.boolean("unique"),
        )
        for name in _NOT_HERE:
            if form.raw(name):
                form.fault(name, "INVITE_TARGET_NOT_ENABLED", "Invites lead to a channel on this server.")
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class VanityDraft:
    """A guild's own code, in lower case; None to have none."""

    code: str | None

    @classmethod
    def parse(cls, body: Any) -> VanityDraft:
        form = Form(body)
        value = form.raw("code")
        lowered = form.replaced("code", value.lower() or None) if isinstance(value, str) else form
        draft = cls(lowered.pattern("code", VANITY_CODE, VANITY_RULE, default=None, length=(2, 25)))
        form.finish()
        return draft
