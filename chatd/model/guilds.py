"""Guilds: a community's roles, members and channels under one name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chatd.model.emojis import Emoji
from chatd.model.members import Member
from chatd.model.roles import Rank, Role
from chatd.model.shapes import Form
from chatd.model.soundboard import Sound
from chatd.model.stickers import Sticker
from chatd.model.voice_states import ChannelInfo, VoiceState

# Above every role there can be.
OWNER_RANK = (2**31, 0)

# A bit of system_channel_flags: nothing is said there of who has joined.
SUPPRESS_JOIN_NOTIFICATIONS = 1 << 0


# What every guild here can do, which Discord sells or grants: clients ask before they show it.
FEATURES_OF_ALL = frozenset(
    {"ANIMATED_BANNER", "ANIMATED_ICON", "BANNER", "ENHANCED_ROLE_COLORS", "INVITE_SPLASH", "NEWS",
     "ROLE_ICONS", "VANITY_URL"}
)  # fmt: skip
# What a guild can turn on and off: required channels, a preview for strangers, no invites for now.
FEATURES_TO_CHOOSE = frozenset({"COMMUNITY", "DISCOVERABLE", "INVITES_DISABLED"})


@dataclass(slots=True)
class Guild:
    """A guild with what belongs to it. Invariant: `roles` holds @everyone, whose id is the guild's.

    `features` are those that it has turned on.
    """

    id: int
    name: str
    owner_id: int
    description: str | None = None
    icon: str | None = None
    splash: str | None = None
    discovery_splash: str | None = None
    banner: str | None = None
    features: tuple[str, ...] = ()
    afk_channel_id: int | None = None
    afk_timeout: int = 300
    system_channel_id: int | None = None
    system_channel_flags: int = 0
    rules_channel_id: int | None = None
    public_updates_channel_id: int | None = None
    safety_alerts_channel_id: int | None = None
    verification_level: int = 0
    default_message_notifications: int = 0
    explicit_content_filter: int = 0
    preferred_locale: str = "en-US"
    premium_progress_bar_enabled: bool = False
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channel_ids: set[int] = field(default_factory=set)
    emojis: dict[int, Emoji] = field(default_factory=dict)
    stickers: dict[int, Sticker] = field(default_factory=dict)
    sounds: dict[int, Sound] = field(default_factory=dict)
    voice_states: dict[int, VoiceState] = field(default_factory=dict)  # by user
    channel_infos: dict[int, ChannelInfo] = field(default_factory=dict)  # by channel

    @classmethod
    def from_row(cls, row: Any) -> Guild:
        return cls(
            row["id"], row["name"], row["owner_id"], features=tuple(row["features"]),
            **{name: row[name] for name in (*_PLAIN, *CHANNEL_SETTINGS)},
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
        self.name = d["name"]
        self.owner_id = int(d["owner_id"])
        self.features = tuple(name for name in d["features"] if name in FEATURES_TO_CHOOSE)
        for name in _PLAIN:
            setattr(self, name, d[name])
        for name in CHANNEL_SETTINGS:
            setattr(self, name, int(d[name]) if d[name] else None)

    def payload(self) -> dict[str, Any]:
        """The guild object; members, channels and the like ride only on GUILD_CREATE."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "features": sorted(FEATURES_OF_ALL.union(self.features)),
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: _id_text(getattr(self, name)) for name in CHANNEL_SETTINGS},
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "region": "deprecated",
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
            "roles": [role.payload() for role in self.ranked_roles()],
            "emojis": [emoji.payload() for emoji in self.emojis.values()],
            "stickers": [sticker.payload() for sticker in self.stickers.values()],
        }

    def ranked_roles(self) -> list[Role]:
        """From @everyone to the highest."""
        return sorted(self.roles.values(), key=lambda role: role.rank)


# Settings that are columns, fields of Guild and keys of its payload, all of the same name.
_PLAIN = (
    "description", "icon", "splash", "discovery_splash", "banner", "afk_timeout", "system_channel_flags",
    "verification_level", "default_message_notifications", "explicit_content_filter", "preferred_locale",
    "premium_progress_bar_enabled",
)  # fmt: skip
# Likewise, but each the id of one of the guild's channels.
CHANNEL_SETTINGS = (
    "afk_channel_id", "system_channel_id", "rules_channel_id", "public_updates_channel_id",
    "safety_alerts_channel_id",
)  # fmt: skip

# Those that a COMMUNITY must have, and that cannot be deleted while it is one.
REQUIRED_CHANNELS = ("rules_channel_id", "public_updates_channel_id")


def _id_text(id: int | None) -> str | None:
    return None if id is None else str(id)


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
