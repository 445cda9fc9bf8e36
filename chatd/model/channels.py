"""Channels: where messages are, in a guild or between a few people.

Source: the Discord documentation, "Channel". Each type has its own settings beside what all have in common:
SETTINGS is that table, and what a client may send (channel_drafts.py), what it is shown and what is kept all
follow it.

To add a setting: a column, a field of Channel, its reader in channel_drafts.py, its name in SETTINGS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from chatd.model.permissions import Overwrite
from chatd.model.threads import Thread
from chatd.model.times import iso_or_none
from chatd.model.users import User

# The Discord documentation: as many as one guild, and one category, may have.
CHANNELS_MAX = 500
CHANNELS_OF_CATEGORY_MAX = 50

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
            default_reaction_emoji=default_reaction(
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


def default_reaction(emoji_id: int | None, emoji_name: str | None) -> DefaultReaction | None:
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
