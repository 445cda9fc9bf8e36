"""Guilds: a community's roles, members and channels under one name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chatd.model.emojis import Emoji
from chatd.model.members import Member
from chatd.model.roles import Rank, Role
from chatd.model.shapes import Form
from chatd.model.stickers import Sticker

# Above every role there can be.
OWNER_RANK = (2**31, 0)


@dataclass(slots=True)
class Guild:
    """A guild with what belongs to it. Invariant: `roles` holds @everyone, whose id is the guild's."""

    id: int
    name: str
    owner_id: int
    description: str | None = None
    icon: str | None = None
    system_channel_id: int | None = None
    default_message_notifications: int = 0
    preferred_locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channel_ids: set[int] = field(default_factory=set)
    emojis: dict[int, Emoji] = field(default_factory=dict)
    stickers: dict[int, Sticker] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Any) -> Guild:
        return cls(
            row["id"], row["name"], row["owner_id"], row["description"], row["icon"],
            row["system_channel_id"], row["default_message_notifications"], row["preferred_locale"],
        )  # fmt: skip

    def rank(self, user_id: int) -> Rank:
        """How high somebody stands: as their highest role does, @everyone's if they have none.

        Nobody is above the owner, and of two with the same rank neither is above the other.
        """
        if user_id == self.owner_id:
            return OWNER_RANK
        member = self.members.get(user_id)
        held = (self.roles[role_id] for role_id in member.role_ids if role_id in self.roles) if member else ()
        return max((role.rank for role in held), default=self.roles[self.id].rank)

    def update_from_payload(self, d: dict[str, Any]) -> None:
        """Take over what a GUILD_UPDATE says of the guild itself."""
        system_channel = d["system_channel_id"]
        self.name = d["name"]
        self.owner_id = int(d["owner_id"])
        self.description = d["description"]
        self.icon = d["icon"]
        self.system_channel_id = int(system_channel) if system_channel else None
        self.default_message_notifications = d["default_message_notifications"]
        self.preferred_locale = d["preferred_locale"]

    def payload(self) -> dict[str, Any]:
        """The guild object; members, channels and the like ride only on GUILD_CREATE."""
        system_channel = self.system_channel_id
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": self.icon,
            "splash": None,
            "discovery_splash": None,
            "banner": None,
            "description": self.description,
            "owner_id": str(self.owner_id),
            "features": [],
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": self.default_message_notifications,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.preferred_locale,
            "region": "deprecated",
            "system_channel_id": None if system_channel is None else str(system_channel),
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "vanity_url_code": None,
            "application_id": None,
            "max_members": 500000,
            "max_presences": None,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "widget_enabled": False,
            "widget_channel_id": None,
            "hub_type": None,
            "home_header": None,
            "latest_onboarding_question_id": None,
            "incidents_data": None,
            "roles": [
                role.payload() for role in sorted(self.roles.values(), key=lambda r: (r.position, r.id))
            ],
            "emojis": [emoji.payload() for emoji in self.emojis.values()],
            "stickers": [sticker.payload() for sticker in self.stickers.values()],
        }


@dataclass(slots=True, frozen=True)
class GuildPage:
    """One's own guilds by id, between `after` and `before`."""

    limit: int
    before: int
    after: int
    with_counts: bool

    @classmethod
    def parse(cls, query: dict[str, str]) -> GuildPage:
        form = Form(query)
        page = cls(
            limit=form.integer("limit", default=200, between=(1, 200)),
            before=form.snowflake("before", default=0),
            after=form.snowflake("after", default=0),
            with_counts=form.flag("with_counts"),
        )
        form.finish()
        return page
