"""Channels of a guild: what a client may send to make, change, move or open one.

Source: the Discord documentation, "Channel". Which settings a channel has is said by its type (SETTINGS in
channels.py); how each is read, by READERS at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from chatd.model import permissions
from chatd.model.channels import (
    AUTO_ARCHIVE_MINUTES,
    CHANNELS_MAX,
    FORUMS,
    HIDE_MEDIA_DOWNLOAD_OPTIONS,
    REQUIRE_TAG,
    SETTINGS,
    SLOW_MODE_SECONDS_MAX,
    TAG_SETTINGS,
    VOCAL,
    ChannelType,
    DefaultReaction,
    ForumTag,
    default_reaction,
)
from chatd.model.permissions import Overwrite
from chatd.model.shapes import Form, forms_of
from chatd.model.standard_emojis import emoji_of

# The Discord documentation: as many as one channel may have.
OVERWRITES_MAX = 100
TAGS_MAX = 20

POSITION_MAX = 2**31 - 1

# What text and announcement channels can become, by a PATCH; all others stay what they are.
CONVERTIBLE = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT)


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
        values |= {name: READERS[name](form, name, kind) for name in SETTINGS[kind] if name in form}
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
    return None if inside is None else default_reaction(*_emoji(inside))


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


READERS: dict[str, Callable[[Form, str, int], Any]] = {
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
