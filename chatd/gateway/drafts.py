"""What a client may send: the `d` of each opcode, read by model/shapes.Form.

A draft that cannot be read raises InvalidFormBody, which the gate (dispatch.py) turns into close code
4002. What was read well but is not allowed has a close code of its own, and is the handler's business.
Source: the Discord documentation, "Gateway Events", Send Events.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chatd.model.shapes import INTEGER_MAX, Form

# What a client may call itself; "offline" means the same as "invisible".
STATUSES = ("online", "idle", "dnd", "invisible", "offline")

# The Discord documentation, "Activity Types": playing, streaming, listening, watching, custom, competing.
ACTIVITY_TYPES = (0, 1, 2, 3, 4, 5)
ACTIVITIES_MAX = 10
ACTIVITY_TEXT_LENGTH = (0, 128)

MEMBER_IDS_MAX = 100

# The Discord documentation, "Request Channel Info": both are fields of ChannelInfo.
CHANNEL_INFO_FIELDS = ("status", "voice_start_time")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The API's own prefix may be left out.
PATH = re.compile(r"/[^\s#]{0,2047}")


@dataclass(slots=True, frozen=True)
class Presence:
    """A status and what goes with it, as it will be shown to others."""

    status: str = "online"
    activities: tuple[dict[str, Any], ...] = ()

    @classmethod
    def parse(cls, d: Any) -> Presence:
        """Read the `d` of op 3: `since`, `afk`, `status`, and `activities` or the older single `game`."""
        form = Form(d)
        presence = cls.of(form)
        form.finish()
        return presence

    @classmethod
    def of(cls, form: Form) -> Presence:
        """`since` and `afk` are checked and not kept: nobody is ever shown them."""
        form.integer("since", default=None)
        form.boolean("afk")
        return cls(form.choice("status", STATUSES, default="online"), _activities_of(form))

    def payload(self) -> dict[str, Any]:
        return {"status": self.status, "activities": list(self.activities)}


def _activities_of(form: Form) -> tuple[dict[str, Any], ...]:
    forms = form.forms("activities", default=None, count=(0, ACTIVITIES_MAX))
    if forms is None:
        game = form.form("game", default=None)
        forms = [] if game is None else [game]
    return tuple(_activity_of(inside) for inside in forms)


def _activity_of(form: Form) -> dict[str, Any]:
    activity: dict[str, Any] = {
        "name": form.string("name", length=(1, ACTIVITY_TEXT_LENGTH[1])),
        "type": form.choice("type", ACTIVITY_TYPES, default=0),
        "state": form.string("state", default=None, length=ACTIVITY_TEXT_LENGTH),
        "url": form.string("url", default=None, length=(0, 512)),
    }
    return {name: value for name, value in activity.items() if value is not None}


@dataclass(slots=True, frozen=True)
class Identify:
    """`token` may be empty: then the cookie of the opening handshake says who it is.

    `compress` is not read: nothing is compressed payload by payload, and oceanic.js puts the name of its
    transport compression there.
    """

    token: str
    intents: int | None
    shard: tuple[int, int] | None
    large_threshold: int
    presence: Presence | None
    platform: str  # "desktop", "mobile" or "web"

    @classmethod
    def parse(cls, d: Any) -> Identify:
        form = Form(d)
        presence = form.form("presence", default=None)
        draft = cls(
            token=form.string("token", length=(0, 512)),
            intents=form.integer("intents", default=None, between=(-INTEGER_MAX, INTEGER_MAX)),
            shard=_shard_of(form),
            large_threshold=form.integer("large_threshold", default=50, between=(50, 250)),
            presence=None if presence is None else Presence.of(presence),
            platform=_platform_of(form),
        )
        form.finish()
        return draft


def _shard_of(form: Form) -> tuple[int, int] | None:
    values = form.items("shard", default=None, count=(2, 2))
    if not values:
        return None
    if not all(type(value) is int for value in values):
        form.fault("shard", "NUMBER_TYPE_COERCE", "Value is not int.")
    return values[0], values[1]


def _platform_of(form: Form) -> str:
    """Where the client runs, for `client_status`, from the `browser` property and its older spelling."""
    properties = form.form("properties", default=None)
    if properties is None:
        return "web"
    browser = properties.raw("browser") or properties.raw("$browser")
    if not isinstance(browser, str):
        return "web"
    if "Android" in browser or "iOS" in browser:
        return "mobile"
    return "desktop" if browser == "Discord Client" else "web"


@dataclass(slots=True, frozen=True)
class Resume:
    """`seq` is None from a client that never got a dispatch: it has nothing to go on from."""

    token: str
    session_id: str
    seq: int | None

    @classmethod
    def parse(cls, d: Any) -> Resume:
        form = Form(d)
        draft = cls(
            token=form.string("token", length=(0, 512)),
            session_id=form.string("session_id", length=(1, 128)),
            seq=form.integer("seq", default=None),
        )
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class RequestGuildMembers:
    """Members whose name begins with `query`, or those of `user_ids`. `limit` 0 means no limit."""

    guild_id: int
    query: str | None
    limit: int
    user_ids: tuple[int, ...]
    presences: bool
    nonce: str | None

    @classmethod
    def parse(cls, d: Any) -> RequestGuildMembers:
        form = _without_lists_of_one(Form(d))
        draft = cls(
            guild_id=form.snowflake("guild_id"),
            query=form.string("query", default=None, length=(0, 100)),
            limit=form.integer("limit", default=0, between=(0, INTEGER_MAX)),
            user_ids=tuple(form.snowflakes("user_ids", default=[], count=(0, MEMBER_IDS_MAX))),
            presences=form.boolean("presences"),
            nonce=form.string("nonce", default=None, length=(0, 32)),
        )
        if draft.query is None and not form.raw("user_ids"):
            form.fault("query", "BASE_TYPE_REQUIRED", "One of query and user_ids is required")
        form.finish()
        return draft


def _without_lists_of_one(form: Form) -> Form:
    """Old clients send `guild_id` as a list of one; `user_ids` may be a single id."""
    guild_id, user_ids = form.raw("guild_id"), form.raw("user_ids")
    if isinstance(guild_id, list) and len(guild_id) == 1:
        form = form.replaced("guild_id", guild_id[0])
    if isinstance(user_ids, (str, int)) and not isinstance(user_ids, bool):
        form = form.replaced("user_ids", [user_ids])
    return form


@dataclass(slots=True, frozen=True)
class RequestSoundboardSounds:
    guild_ids: tuple[int, ...]

    @classmethod
    def parse(cls, d: Any) -> RequestSoundboardSounds:
        form = Form(d)
        draft = cls(tuple(form.snowflakes("guild_ids")))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class RequestChannelInfo:
    """`fields` says what to tell of each channel; names that are not known here are passed over."""

    guild_id: int
    fields: tuple[str, ...]

    @classmethod
    def parse(cls, d: Any) -> RequestChannelInfo:
        form = Form(d)
        wanted = form.items("fields", default=[], count=(0, 100))
        fields = tuple(name for name in CHANNEL_INFO_FIELDS if name in wanted)
        draft = cls(form.snowflake("guild_id"), fields)
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class Request:
    """One call of the HTTP API, over the connection that is open anyway. `id` is echoed in the answer."""

    id: str | int
    method: str
    path: str
    query: str
    body: Any

    @classmethod
    def parse(cls, d: Any) -> Request:
        form = Form(d)
        target = form.pattern("path", PATH, "Must be a path that begins with a slash.", length=(1, 2048))
        path, _, query = target.partition("?")
        draft = cls(_request_id_of(form), form.choice("method", METHODS), path, query, form.raw("body"))
        form.finish()
        return draft


def _request_id_of(form: Form) -> str | int:
    if isinstance(form.raw("id"), int):
        number: int = form.integer("id", between=(-INTEGER_MAX, INTEGER_MAX))
        return number
    text: str = form.string("id", length=(1, 64))
    return text
