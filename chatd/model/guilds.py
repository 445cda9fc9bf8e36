"""Guilds: a community's roles, members and channels under one name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatd.model.auto_moderation import Rule
from chatd.model.channel_drafts import ChannelDraft
from chatd.model.emojis import Emoji
from chatd.model.images import Image, image_of
from chatd.model.incidents import incidents_payload
from chatd.model.members import Member
from chatd.model.permissions import Permission
from chatd.model.roles import Rank, Role, RoleEdit
from chatd.model.rule_set import RuleSet
from chatd.model.scheduled_events import ScheduledEvent
from chatd.model.shapes import Form
from chatd.model.soundboard import Sound
from chatd.model.stage_instances import StageInstance
from chatd.model.stickers import Sticker
from chatd.model.times import moment_or_none
from chatd.model.traffic import Traffic
from chatd.model.voice_states import ChannelInfo, VoiceState

# Above every role there can be.
OWNER_RANK = (2**31, 0)

# A bit of system_channel_flags: nothing is said there of who has joined.
SUPPRESS_JOIN_NOTIFICATIONS = 1 << 0

# What every guild here can do, which Discord sells or grants: clients ask before they show it.
FEATURES_OF_ALL = frozenset(
    {"ANIMATED_BANNER", "ANIMATED_ICON", "BANNER", "INVITE_SPLASH", "MORE_STICKERS", "NEWS", "ROLE_ICONS",
     "VANITY_URL"}
)  # fmt: skip
# What a guild has as long as it has rules of automatic moderation.
FEATURE_OF_RULES = "AUTO_MODERATION"
# What a guild can turn on and off: required channels, a preview for strangers, no invites for now; and
# which permission that takes.
FEATURES_TO_CHOOSE: dict[str, int] = {
    "COMMUNITY": int(Permission.ADMINISTRATOR),
    "DISCOVERABLE": int(Permission.ADMINISTRATOR),
    "INVITES_DISABLED": int(Permission.MANAGE_GUILD),
}

# The Discord documentation, "Create Guild": a bot that is in this many makes no more.
GUILDS_OF_BOT_MAX = 10

AFK_TIMEOUTS_S = (60, 300, 900, 1800, 3600)
# The Discord documentation, "Locales".
LOCALES = (
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk",
    "vi", "zh-CN", "zh-TW",
)  # fmt: skip


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
    vanity_url_code: str | None = None
    invites_disabled_until: datetime | None = None
    dms_disabled_until: datetime | None = None
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channel_ids: set[int] = field(default_factory=set)
    emojis: dict[int, Emoji] = field(default_factory=dict)
    stickers: dict[int, Sticker] = field(default_factory=dict)
    sounds: dict[int, Sound] = field(default_factory=dict)
    voice_states: dict[int, VoiceState] = field(default_factory=dict)  # by user
    channel_infos: dict[int, ChannelInfo] = field(default_factory=dict)  # by channel
    stage_instances: dict[int, StageInstance] = field(default_factory=dict)  # by channel
    scheduled_events: dict[int, ScheduledEvent] = field(default_factory=dict)
    auto_moderation_rules: dict[int, Rule] = field(default_factory=dict)
    # These rules compiled, and what they are held against beside a text; None until somebody asks.
    rule_set: RuleSet | None = field(default=None, compare=False, repr=False)
    traffic: Traffic | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_row(cls, row: Any) -> Guild:
        return cls(
            row["id"], row["name"], row["owner_id"], features=tuple(row["features"]),
            invites_disabled_until=row["invites_disabled_until"],
            dms_disabled_until=row["dms_disabled_until"],
            **{name: row[name] for name in (*_PLAIN, *CHANNEL_SETTINGS)},
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Guild:
        """A guild with its roles, as it is announced to the servers."""
        guild = cls(int(d["id"]), d["name"], int(d["owner_id"]))
        guild.update_from_payload(d)
        guild.roles = {role.id: role for role in map(Role.from_payload, d["roles"])}
        return guild

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
        paused = d.get("incidents_data") or {}
        self.invites_disabled_until = moment_or_none(paused.get("invites_disabled_until"))
        self.dms_disabled_until = moment_or_none(paused.get("dms_disabled_until"))

    def invites_are_disabled(self, now: datetime) -> bool:
        """Whether nobody comes by an invite."""
        until = self.invites_disabled_until
        return "INVITES_DISABLED" in self.features or (until is not None and until > now)

    def dms_are_disabled(self, now: datetime) -> bool:
        """Whether being in this guild lets nobody write to another member directly."""
        return self.dms_disabled_until is not None and self.dms_disabled_until > now

    def incidents_payload(self) -> dict[str, Any]:
        return incidents_payload(self.invites_disabled_until, self.dms_disabled_until)

    @property
    def incidents_data(self) -> dict[str, Any] | None:
        """None as long as nothing has been stopped."""
        told = self.incidents_payload()
        return told if any(told.values()) else None

    @property
    def all_features(self) -> frozenset[str]:
        """Those that every guild has, those that it has turned on, and what it has got by having rules."""
        of_rules = (FEATURE_OF_RULES,) if self.auto_moderation_rules else ()
        return FEATURES_OF_ALL.union(self.features, of_rules)

    def settings_payload(self) -> dict[str, Any]:
        """What can be set of a guild."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "features": sorted(self.all_features),
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: _id_text(getattr(self, name)) for name in CHANNEL_SETTINGS},
        }

    def payload(self) -> dict[str, Any]:
        """The guild object; members, channels and the like ride only on GUILD_CREATE."""
        return {
            **self.settings_payload(),
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "region": "deprecated",
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
            "incidents_data": self.incidents_data,
            "roles": [role.payload() for role in self.ranked_roles()],
            "emojis": [emoji.payload() for emoji in self.emojis.values()],
            "stickers": [sticker.payload() for sticker in self.stickers.values()],
        }

    def preview_payload(self) -> dict[str, Any]:
        """What somebody sees of a guild before they join; its counts are added by who knows them."""
        payload = self.payload()
        return {name: payload[name] for name in _PREVIEW}

    def ranked_roles(self) -> list[Role]:
        """From @everyone to the highest."""
        return sorted(self.roles.values(), key=lambda role: role.rank)


# Settings that are columns (the vanity code is one of invites), fields of Guild and keys of its payload, all
# of the same name.
_PLAIN = (
    "description", "icon", "splash", "discovery_splash", "banner", "afk_timeout", "system_channel_flags",
    "verification_level", "default_message_notifications", "explicit_content_filter", "preferred_locale",
    "premium_progress_bar_enabled", "vanity_url_code",
)  # fmt: skip
# Likewise, but each the id of one of the guild's channels.
CHANNEL_SETTINGS = (
    "afk_channel_id", "system_channel_id", "rules_channel_id", "public_updates_channel_id",
    "safety_alerts_channel_id",
)  # fmt: skip

_PREVIEW = (
    "id", "name", "icon", "description", "home_header", "splash", "discovery_splash", "features", "emojis",
    "stickers",
)  # fmt: skip
# Those that a COMMUNITY must have, and that cannot be deleted while it is one.
REQUIRED_CHANNELS = ("rules_channel_id", "public_updates_channel_id")


def _id_text(id: int | None) -> str | None:
    return None if id is None else str(id)


# ── what a client may send ──

# Pictures of a guild, each a data URI on the way in and a hash from then on.
IMAGES = ("icon", "splash", "discovery_splash", "banner")


@dataclass(slots=True, frozen=True)
class GuildEdit:
    """What of a guild is to change: `values` by the names of Guild's fields, only what was sent.

    `images` are the pictures that were sent, None for one that is taken away.
    """

    values: dict[str, Any]
    images: dict[str, Image | None]

    @classmethod
    def parse(cls, body: Any) -> GuildEdit:
        """null puts a field back to its default; a name or an owner there always is."""
        form = Form(body)
        values: dict[str, Any] = {}
        if form.raw("name") is not None:
            values["name"] = form.string("name", length=(2, 100), strip=True)
        if form.raw("owner_id") is not None:
            values["owner_id"] = form.snowflake("owner_id")
        if "description" in form:
            values["description"] = form.string("description", default=None, length=(0, 300)) or None
        if "features" in form:
            values["features"] = _features(form)
        if "premium_progress_bar_enabled" in form:
            values["premium_progress_bar_enabled"] = form.boolean("premium_progress_bar_enabled")
        values |= _settings(form)
        edit = cls(values, {name: image_of(form, name) for name in IMAGES if name in form})
        form.finish()
        return edit


@dataclass(slots=True, frozen=True)
class GuildDraft:
    """A guild to be made. Roles and channels stand under ids that the sender made up to name them by.

    The first of `roles` says what @everyone may do. `channels` is None where nothing was said of them.
    """

    values: dict[str, Any]
    icon: Image | None
    roles: list[tuple[int, RoleEdit]]
    channels: list[tuple[int, ChannelDraft]] | None

    @classmethod
    def parse(cls, body: Any) -> GuildDraft:
        form = Form(body)
        name = form.string("name", length=(2, 100), strip=True)
        roles = form.forms("roles", default=[], count=(0, 250))
        channels = form.forms("channels", default=None, count=(0, 500))
        draft = cls(
            {"name": name, **_settings(form)},
            image_of(form, "icon"),
            [(role.snowflake("id", default=0), RoleEdit.read(role)) for role in roles],
            None if channels is None
            else [(each.snowflake("id", default=0), ChannelDraft.read_new(each)) for each in channels],
        )  # fmt: skip
        form.finish()
        return draft


_CHOICES: dict[str, tuple[tuple[Any, ...], Any]] = {
    "verification_level": ((0, 1, 2, 3, 4), 0),
    "default_message_notifications": ((0, 1), 0),
    "explicit_content_filter": ((0, 1, 2), 0),
    "afk_timeout": (AFK_TIMEOUTS_S, 300),
    "preferred_locale": (LOCALES, "en-US"),
}


def _settings(form: Form) -> dict[str, Any]:
    """What can be said of a guild from the beginning, and changed."""
    values: dict[str, Any] = {}
    for name in CHANNEL_SETTINGS:
        if name in form:
            values[name] = form.snowflake(name, default=None)
    for name, (choices, default) in _CHOICES.items():
        if name in form:
            values[name] = form.choice(name, choices, default=default)
    if "system_channel_flags" in form:
        values["system_channel_flags"] = form.integer(
            "system_channel_flags", default=0, between=(0, 2**31 - 1)
        )
    return values


def _features(form: Form) -> tuple[str, ...]:
    """Of the features that a client sends back, those that can be chosen. One nobody knows is a fault."""
    known = FEATURES_OF_ALL | FEATURES_TO_CHOOSE.keys() | {FEATURE_OF_RULES}
    sent = form.choices("features", sorted(known), default=[])
    return tuple(sorted(FEATURES_TO_CHOOSE.keys() & set(sent)))


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
