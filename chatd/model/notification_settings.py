"""Notification settings: what somebody wants to hear of in a guild, in direct messages, in one channel.

What was never chosen is as the defaults here say, and has no row. Clients act on most of this by themselves;
the server follows what it counts mentions by.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso_or_none

# 0 everything, 1 mentions only, 2 nothing, 3 as the guild has it, or for a channel as the user has it there.
LEVELS = (0, 1, 2, 3)
INHERITED = 3
HIGHLIGHTS = (0, 1, 2)
FLAGS_MAX = 2**31 - 1

# "Until I turn it on again", as clients write it among the times for which one may mute.
FOR_EVER = -1
MUTE_SECONDS_MAX = 366 * 24 * 3600

GUILDS_MAX = 200
OVERRIDES_MAX = 500


@dataclass(slots=True, frozen=True)
class ChannelOverride:
    """What is otherwise in one channel. It was muted for `mute_seconds`, which is until `mute_until`."""

    channel_id: int
    message_notifications: int = INHERITED
    muted: bool = False
    mute_until: datetime | None = None
    mute_seconds: int | None = None
    collapsed: bool = False
    flags: int = 0

    @classmethod
    def from_row(cls, row: Any) -> ChannelOverride:
        return cls(**{field.name: row[field.name] for field in fields(cls)})

    def columns(self) -> dict[str, Any]:
        return asdict(self)

    def payload(self) -> dict[str, Any]:
        return {
            "channel_id": str(self.channel_id),
            "message_notifications": self.message_notifications,
            "muted": self.muted,
            "mute_config": _mute_config(self.mute_until, self.mute_seconds),
            "collapsed": self.collapsed,
            "flags": self.flags,
        }


@dataclass(slots=True, frozen=True)
class NotificationSettings:
    """One of READY's; without a guild, those of direct messages. `version` grows with every change."""

    guild_id: int | None
    version: int = 0
    message_notifications: int = INHERITED
    muted: bool = False
    mute_until: datetime | None = None
    mute_seconds: int | None = None
    suppress_everyone: bool = False
    suppress_roles: bool = False
    mobile_push: bool = True
    hide_muted_channels: bool = False
    mute_scheduled_events: bool = False
    notify_highlights: int = 0
    flags: int = 0

    @classmethod
    def from_row(cls, row: Any) -> NotificationSettings:
        return cls(**{field.name: row[field.name] for field in fields(cls)})

    def columns(self) -> dict[str, Any]:
        return asdict(self)

    def payload(self, overrides: list[ChannelOverride]) -> dict[str, Any]:
        return {
            "guild_id": None if self.guild_id is None else str(self.guild_id),
            "version": self.version,
            "message_notifications": self.message_notifications,
            "muted": self.muted,
            "mute_config": _mute_config(self.mute_until, self.mute_seconds),
            "suppress_everyone": self.suppress_everyone,
            "suppress_roles": self.suppress_roles,
            "mobile_push": self.mobile_push,
            "hide_muted_channels": self.hide_muted_channels,
            "mute_scheduled_events": self.mute_scheduled_events,
            "notify_highlights": self.notify_highlights,
            "flags": self.flags,
            "channel_overrides": [override.payload() for override in overrides],
        }


@dataclass(slots=True, frozen=True)
class NotificationEdit:
    """What is to change: `values` by the names of the fields, `overrides` likewise, by channel."""

    values: dict[str, Any]
    overrides: dict[int, dict[str, Any]]

    @classmethod
    def parse(cls, body: Any) -> NotificationEdit:
        form = Form(body)
        edit = cls.of(form)
        form.finish()
        return edit

    @classmethod
    def of(cls, form: Form) -> NotificationEdit:
        values = _common(form)
        for name in ("suppress_everyone", "suppress_roles", "mobile_push", "hide_muted_channels",
                     "mute_scheduled_events"):  # fmt: skip
            if name in form:
                values[name] = form.boolean(name)
        if "notify_highlights" in form:
            values["notify_highlights"] = form.choice("notify_highlights", HIGHLIGHTS, default=0)
        return cls(values, _overrides(form))


def read_edits(body: Any) -> dict[int, NotificationEdit]:
    """{guilds: {guild_id: edit}}: several guilds at once."""
    form = Form(body)
    forms = form.forms_by_id("guilds", count=(1, GUILDS_MAX))
    edits = {guild_id: NotificationEdit.of(inside) for guild_id, inside in forms.items()}
    form.finish()
    return edits


def _overrides(form: Form) -> dict[int, dict[str, Any]]:
    overrides = {}
    forms = form.forms_by_id("channel_overrides", default={}, count=(0, OVERRIDES_MAX))
    for channel_id, inside in forms.items():
        overrides[channel_id] = _common(inside)
        if "collapsed" in inside:
            overrides[channel_id]["collapsed"] = inside.boolean("collapsed")
    return overrides


def _common(form: Form) -> dict[str, Any]:
    """What can be chosen for a guild and for a channel alike."""
    values: dict[str, Any] = {}
    if "message_notifications" in form:
        values["message_notifications"] = form.choice("message_notifications", LEVELS, default=INHERITED)
    if "muted" in form:
        values["muted"] = form.boolean("muted")
    if "flags" in form:
        values["flags"] = form.integer("flags", default=0, between=(0, FLAGS_MAX))
    if "mute_config" in form:
        inside = form.form("mute_config", default=None) or Form({})
        values["mute_until"] = inside.moment("end_time", default=None)
        values["mute_seconds"] = inside.integer(
            "selected_time_window", default=None, between=(FOR_EVER, MUTE_SECONDS_MAX)
        )
    return values


def _mute_config(until: datetime | None, seconds: int | None) -> dict[str, Any] | None:
    if until is None and seconds is None:
        return None
    return {"end_time": iso_or_none(until), "selected_time_window": seconds}
