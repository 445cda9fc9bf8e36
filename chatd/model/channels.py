"""Channels: where messages are, in a guild or between a few people.

Source: the Discord documentation, "Channel". Each type has its own settings beside what all have in common:
SETTINGS is that table, and what a client may send, what it is shown and what is kept all follow it.

To add a setting: a column, a field of Channel, its reader in _READERS, its name in SETTINGS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from chatd.model import permissions
from chatd.model.permissions import Overwrite
from chatd.model.shapes import Form, forms_of
from chatd.model.standard_emojis import emoji_of
from chatd.model.threads import Thread
from chatd.model.times import iso_or_none
from chatd.model.users import User

# The Discord documentation: as many as one guild, one category, and one channel may have.
CHANNELS_MAX = 500
CHANNELS_OF_CATEGORY_MAX = 50
OVERWRITES_MAX = 100
TAGS_MAX = 20

POSITION_MAX = 2**31 - 1
SLOW_MODE_SECONDS_MAX = 21600
AUTO_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
TAG_SETTINGS = ("match_all", "match_some")


class ChannelType(IntEnum):
    GUILD_TEXT = 0
    DM = 1
    GUILD_VOICE = 2
    GROUP_DM = 3
    GUILD_CATEGORY = 4
    GUILD_ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    GUILD_STAGE_VOICE = 13
    GUILD_FORUM = 15
    GUILD_MEDIA = 16


T = ChannelType

THREADS = frozenset({T.ANNOUNCEMENT_THREAD, T.PUBLIC_THREAD, T.PRIVATE_THREAD})
VOCAL = frozenset({T.GUILD_VOICE, T.GUILD_STAGE_VOICE})
FORUMS = frozenset({T.GUILD_FORUM, T.GUILD_MEDIA})
# What has threads below it.
THREADED = frozenset({T.GUILD_TEXT, T.GUILD_ANNOUNCEMENT}) | FORUMS
# Where a message can be posted.
TEXT_BASED = frozenset({T.GUILD_TEXT, T.DM, T.GROUP_DM, T.GUILD_ANNOUNCEMENT}) | VOCAL | THREADS

# Flags of a channel that its guild sets: threads need a tag; media have no button for downloading.
REQUIRE_TAG, HIDE_MEDIA_DOWNLOAD_OPTIONS = 1 << 4, 1 << 15

# What a guild can make, and what each has beyond name, position and overwrites.
_VOCAL = ("nsfw", "rate_limit_per_user", "bitrate", "user_limit", "rtc_region", "video_quality_mode")
_FORUM = (
    "topic", "nsfw", "rate_limit_per_user", "default_auto_archive_duration",
    "default_thread_rate_limit_per_user", "flags", "available_tags", "default_reaction_emoji",
    "default_sort_order", "default_tag_setting",
)  # fmt: skip
SETTINGS: dict[int, tuple[str, ...]] = {
    T.GUILD_TEXT: ("topic", "nsfw", "rate_limit_per_user", "default_auto_archive_duration",
                   "default_thread_rate_limit_per_user"),
    T.GUILD_ANNOUNCEMENT: ("topic", "nsfw", "default_auto_archive_duration"),
    T.GUILD_CATEGORY: (),
    T.GUILD_VOICE: _VOCAL,
    T.GUILD_STAGE_VOICE: _VOCAL,
    T.GUILD_FORUM: (*_FORUM, "default_forum_layout"),
    T.GUILD_MEDIA: _FORUM,
}  # fmt: skip

# What text and announcement channels can become, by a PATCH; all others stay what they are.
CONVERTIBLE = (T.GUILD_TEXT, T.GUILD_ANNOUNCEMENT)


class ForumTag(NamedTuple):
    """What the threads of a forum can be marked with. An id of 0 is yet to be given."""

    id: int
    name: str
    moderated: bool = False
    emoji_id: int | None = None
    emoji_name: str | None = None

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "moderated": self.moderated,
            "emoji_id": _id_text(self.emoji_id),
            "emoji_name": self.emoji_name,
        }


class DefaultReaction(NamedTuple):
    """The emoji under each thread of a forum: a guild's own, or a character."""

    emoji_id: int | None
    emoji_name: str | None

    def payload(self) -> dict[str, Any]:
        return {"emoji_id": _id_text(self.emoji_id), "emoji_name": self.emoji_name}


@dataclass(slots=True)
class Channel:
    """`guild_id` is None for a direct message between `recipient_ids`. A group has an owner, and an icon.

    `thread` is what a thread has beyond all others; its overwrites are those of its parent.
    """

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
    owner_id: int | None = None
    icon: str | None = None
    flags: int = 0
    last_pin_timestamp: datetime | None = None
    bitrate: int = 64000
    user_limit: int = 0
    rtc_region: str | None = None
    video_quality_mode: int = 1
    default_auto_archive_duration: int = 1440
    default_thread_rate_limit_per_user: int = 0
    available_tags: tuple[ForumTag, ...] = ()
    default_reaction_emoji: DefaultReaction | None = None
    default_sort_order: int | None = None
    default_forum_layout: int = 0
    default_tag_setting: str | None = None
    thread: Thread | None = None

    @classmethod
    def from_row(cls, row: Any) -> Channel:
        """Without its overwrites, tags, recipients and thread, which are rows of other tables."""
        return cls(
            **{name: row[name] for name in _COLUMNS},
            default_reaction_emoji=_reaction(
                row["default_reaction_emoji_id"], row["default_reaction_emoji_name"]
            ),
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Channel:
        """Read a guild channel back from its event."""
        overwrites = {
            int(o["id"]): Overwrite(int(o["id"]), o["type"], int(o["allow"]), int(o["deny"]))
            for o in d.get("permission_overwrites", ())
        }
        pinned = d.get("last_pin_timestamp")
        channel = cls(
            int(d["id"]), d["type"], int(d["guild_id"]), d["name"], position=d.get("position", 0),
            parent_id=_id(d["parent_id"]), last_message_id=_id(d.get("last_message_id")),
            overwrites=overwrites, flags=d["flags"],
            last_pin_timestamp=datetime.fromisoformat(pinned) if pinned else None,
        )  # fmt: skip
        for name in SETTINGS.get(channel.type, ()):
            setattr(channel, name, _RETURNING.get(name, _as_it_is)(d[name]))
        if channel.type in THREADS:
            channel.thread, channel.rate_limit_per_user = Thread.from_payload(d), d["rate_limit_per_user"]
        return channel

    def payload_for(self, user_id: int) -> dict[str, Any]:
        """A guild channel as a user is told it: a thread that they are in with their own membership."""
        member = self.thread.members.get(user_id) if self.thread is not None else None
        return self.payload() | ({} if member is None else {"member": member.payload(self.id)})

    def payload(self) -> dict[str, Any]:
        """A guild channel."""
        if self.thread is not None:
            return self._thread_payload(self.thread)
        d = {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild_id),
            "name": self.name,
            "position": self.position,
            "parent_id": _id_text(self.parent_id),
            "permission_overwrites": [overwrite.payload() for overwrite in self.overwrites.values()],
            "flags": self.flags,
        }
        if self.type != ChannelType.GUILD_CATEGORY:
            d["last_message_id"] = _id_text(self.last_message_id)
            d["last_pin_timestamp"] = iso_or_none(self.last_pin_timestamp)
            d["rate_limit_per_user"] = self.rate_limit_per_user
        for name in SETTINGS.get(self.type, ()):
            d[name] = _LEAVING.get(name, _as_it_is)(getattr(self, name))
        return d

    def converted(self, kind: int) -> Channel:
        """As a channel of that type: what one of it does not have goes back to what it is at first."""
        if kind == self.type:
            return self
        new = Channel(self.id, kind, self.guild_id)
        left = {name: getattr(new, name) for name in SETTINGS[self.type] if name not in SETTINGS[kind]}
        return replace(self, type=kind, **left)

    def with_overwrites(self, overwrites: dict[int, Overwrite]) -> Channel:
        return replace(self, overwrites=dict(overwrites))

    def _thread_payload(self, thread: Thread) -> dict[str, Any]:
        """It has no place among the guild's channels, and no overwrites of its own."""
        return {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild_id),
            "name": self.name,
            "parent_id": _id_text(self.parent_id),
            "flags": self.flags,
            "last_message_id": _id_text(self.last_message_id),
            "last_pin_timestamp": iso_or_none(self.last_pin_timestamp),
            "rate_limit_per_user": self.rate_limit_per_user,
            **thread.payload(private=self.type == ChannelType.PRIVATE_THREAD),
        }

    def dm_payload(self, recipients: list[User]) -> dict[str, Any]:
        """A direct message, as one side sees it: `recipients` are the others."""
        d = {
            "id": str(self.id),
            "type": self.type,
            "last_message_id": _id_text(self.last_message_id),
            "last_pin_timestamp": iso_or_none(self.last_pin_timestamp),
            "flags": self.flags,
            "recipients": [user.payload() for user in recipients],
        }
        if self.type == ChannelType.GROUP_DM:
            d |= {"name": self.name, "icon": self.icon, "owner_id": _id_text(self.owner_id), "managed": False}
        return d


# Columns of a channel's row that are fields of the same name.
_COLUMNS = (
    "id", "type", "guild_id", "name", "topic", "position", "parent_id", "nsfw", "rate_limit_per_user",
    "last_message_id", "flags", "last_pin_timestamp", "bitrate", "user_limit", "rtc_region",
    "video_quality_mode", "default_auto_archive_duration", "default_thread_rate_limit_per_user",
    "default_sort_order", "default_forum_layout", "default_tag_setting",
)  # fmt: skip


def _as_it_is(value: Any) -> Any:
    return value


def _id(text: str | None) -> int | None:
    return int(text) if text else None


def _id_text(id: int | None) -> str | None:
    return None if id is None else str(id)


def _reaction(emoji_id: int | None, emoji_name: str | None) -> DefaultReaction | None:
    if emoji_id is None and emoji_name is None:
        return None
    return DefaultReaction(emoji_id, emoji_name)


def _tags_of_payload(tags: list[dict[str, Any]]) -> tuple[ForumTag, ...]:
    return tuple(
        ForumTag(int(tag["id"]), tag["name"], tag["moderated"], _id(tag["emoji_id"]), tag["emoji_name"])
        for tag in tags
    )


# Settings that look otherwise in a payload, on the way out and on the way back.
_LEAVING: dict[str, Callable[[Any], Any]] = {
    "available_tags": lambda tags: [tag.payload() for tag in tags],
    "default_reaction_emoji": lambda emoji: emoji and emoji.payload(),
}
_RETURNING: dict[str, Callable[[Any], Any]] = {
    "available_tags": _tags_of_payload,
    "default_reaction_emoji": lambda d: d and DefaultReaction(_id(d["emoji_id"]), d["emoji_name"]),
}


# ── what a client may send ──


@dataclass(slots=True, frozen=True)
class ChannelDraft:
    """A channel to be made, or what is to change of one: `values` by the names of Channel's fields.

    Only what was sent is here, and only what a channel of the type has. `overwrites` is None when nothing
    was said of them.
    """

    type: int
    values: dict[str, Any]
    overwrites: dict[int, Overwrite] | None

    @classmethod
    def parse(cls, body: Any) -> ChannelDraft:
        """A new channel of a guild."""
        form = Form(body)
        draft = cls.read_new(form)
        form.finish()
        return draft

    @classmethod
    def read_new(cls, form: Form) -> ChannelDraft:
        kind = form.choice("type", tuple(SETTINGS), default=ChannelType.GUILD_TEXT)
        if form.raw("name") is None:
            form.string("name")
        return cls._read(form, kind)

    @classmethod
    def parse_edit(cls, body: Any, kind: int) -> ChannelDraft:
        """Changes to a channel whose type is `kind`."""
        form = Form(body)
        becomes = form.choice("type", CONVERTIBLE if kind in CONVERTIBLE else (kind,), default=kind)
        draft = cls._read(form, becomes)
        form.finish()
        return draft

    @classmethod
    def _read(cls, form: Form, kind: int) -> ChannelDraft:
        values: dict[str, Any] = {}
        if form.raw("name") is not None:
            values["name"] = _name(form, kind)
        if form.raw("position") is not None:
            values["position"] = form.integer("position", between=(0, POSITION_MAX))
        if "parent_id" in form and kind != ChannelType.GUILD_CATEGORY:
            values["parent_id"] = form.snowflake("parent_id", default=None)
        values |= {name: _READERS[name](form, name, kind) for name in SETTINGS[kind] if name in form}
        return cls(kind, values, _overwrites(form))


class ChannelMove(NamedTuple):
    """Where one of a guild's channels is to stand. What is None stays as it is."""

    channel_id: int
    position: int | None
    moves_parent: bool
    parent_id: int | None
    lock_permissions: bool


def read_channel_moves(body: Any) -> list[ChannelMove]:
    """[{id, position?, parent_id?, lock_permissions?}]: a new order of some of a guild's channels."""
    root, forms = forms_of(body, count=(0, CHANNELS_MAX))
    moves = [
        ChannelMove(
            form.snowflake("id"), form.integer("position", default=None, between=(0, POSITION_MAX)),
            "parent_id" in form, form.snowflake("parent_id", default=None), form.boolean("lock_permissions"),
        )
        for form in forms
    ]  # fmt: skip
    root.finish()
    return moves


class OverwriteDraft(NamedTuple):
    """An overwrite whose target the path names. `type` is None where it goes without saying."""

    type: int | None
    allow: int
    deny: int

    @classmethod
    def parse(cls, body: Any) -> OverwriteDraft:
        form = Form(body)
        draft = cls(form.choice("type", (0, 1), default=None), *_allow_and_deny(form))
        form.finish()
        return draft


def _name(form: Form, kind: int) -> str:
    """Channels of text are written in lower case with dashes for spaces, as in a link to them."""
    name: str = form.string("name", length=(1, 100), strip=True)
    return name if kind in VOCAL or kind == ChannelType.GUILD_CATEGORY else re.sub(r"\s+", "-", name).lower()


def _topic(form: Form, name: str, kind: int) -> Any:
    return form.string(name, default=None, length=(0, 4096 if kind in FORUMS else 1024)) or None


def _slow_mode(form: Form, name: str, kind: int) -> Any:
    return form.integer(name, default=0, between=(0, SLOW_MODE_SECONDS_MAX))


def _bitrate(form: Form, name: str, kind: int) -> Any:
    """Bits per second."""
    most = 64000 if kind == ChannelType.GUILD_STAGE_VOICE else 384000
    return form.integer(name, default=64000, between=(8000, most))


def _user_limit(form: Form, name: str, kind: int) -> Any:
    """0 is no limit."""
    return form.integer(name, default=0, between=(0, 10000 if kind == ChannelType.GUILD_STAGE_VOICE else 99))


def _flags(form: Form, name: str, kind: int) -> Any:
    """Flags that nobody sets by hand are left out."""
    settable = REQUIRE_TAG | (HIDE_MEDIA_DOWNLOAD_OPTIONS if kind == ChannelType.GUILD_MEDIA else 0)
    return form.integer(name, default=0, between=(0, 2**31 - 1)) & settable


def _tags(form: Form, name: str, kind: int) -> tuple[ForumTag, ...]:
    return tuple(
        ForumTag(
            tag.snowflake("id", default=0), tag.string("name", length=(1, 20), strip=True),
            tag.boolean("moderated"), *_emoji(tag),
        )
        for tag in form.forms(name, default=[], count=(0, TAGS_MAX))
    )  # fmt: skip


def _default_reaction(form: Form, name: str, kind: int) -> DefaultReaction | None:
    inside = form.form(name, default=None)
    return None if inside is None else _reaction(*_emoji(inside))


def _emoji(form: Form) -> tuple[int | None, str | None]:
    """Either a guild's own emoji or a character; the id counts where both are given."""
    emoji_id = form.snowflake("emoji_id", default=None) or None
    emoji_name = emoji_of(form, "emoji_name")
    return emoji_id, None if emoji_id else emoji_name


def _overwrites(form: Form) -> dict[int, Overwrite] | None:
    """Of two for the same target the last counts."""
    forms = form.forms("permission_overwrites", default=None, count=(0, OVERWRITES_MAX))
    if forms is None:
        return None
    read = [
        Overwrite(o.snowflake("id"), o.choice("type", (0, 1, "0", "1", "role", "member"), default=0),
                  *_allow_and_deny(o))
        for o in forms
    ]  # fmt: skip
    kinds = {"role": 0, "member": 1}  # as version 6 of the API had it, and some clients still do
    return {o.target_id: o._replace(type=int(kinds.get(o.type, o.type))) for o in read}  # type: ignore[call-overload]


def _allow_and_deny(form: Form) -> tuple[int, int]:
    return permissions.read(form, "allow", default=0), permissions.read(form, "deny", default=0)


_READERS: dict[str, Callable[[Form, str, int], Any]] = {
    "topic": _topic,
    "nsfw": lambda form, name, kind: form.boolean(name),
    "rate_limit_per_user": _slow_mode,
    "default_thread_rate_limit_per_user": _slow_mode,
    "default_auto_archive_duration": lambda form, name, kind: form.choice(
        name, AUTO_ARCHIVE_MINUTES, default=1440
    ),
    "flags": _flags,
    "bitrate": _bitrate,
    "user_limit": _user_limit,
    "rtc_region": lambda form, name, kind: form.string(name, default=None, length=(1, 32)),
    "video_quality_mode": lambda form, name, kind: form.choice(name, (1, 2), default=1),
    "available_tags": _tags,
    "default_reaction_emoji": _default_reaction,
    "default_sort_order": lambda form, name, kind: form.choice(name, (0, 1), default=None),
    "default_forum_layout": lambda form, name, kind: form.choice(name, (0, 1, 2), default=0),
    "default_tag_setting": lambda form, name, kind: form.choice(name, TAG_SETTINGS, default=None),
}
