"""User settings: what a person's clients agree on, from the look of the page to the order of the guilds.

SETTINGS is the whole of it: a name, what holds where nothing was chosen, and how it is read. Only what was
chosen is stored. Most of it is for clients to act on; the server itself goes by `status`,
`restricted_guilds`, `friend_source_flags` and `locale`. Names and values are those of Discord's own clients.

To add a setting: its line in SETTINGS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chatd.model.shapes import Form
from chatd.model.times import iso_or_none
from chatd.model.users import DEFAULT_LOCALE

STATUSES = ("online", "idle", "dnd", "invisible")
THEMES = ("dark", "light", "darker", "midnight")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
LOCALE_RULE = "Must be a language as in IETF BCP 47."

GUILDS_MAX = 200
STATUS_TEXT_LENGTH = (0, 128)
FOLDER_NAME_LENGTH = (0, 32)
COLOR_MAX = 0xFFFFFF

Reader = Callable[[Form, str], Any]


class Setting(NamedTuple):
    default: Any
    read: Reader


def _boolean(default: bool) -> Setting:
    return Setting(default, lambda form, name: form.boolean(name, default=default))


def _choice(choices: tuple[Any, ...], default: Any) -> Setting:
    return Setting(default, lambda form, name: form.choice(name, choices, default=default))


def _integer(least: int, most: int, default: int) -> Setting:
    return Setting(default, lambda form, name: form.integer(name, default=default, between=(least, most)))


def _guild_ids(form: Form, name: str) -> list[str]:
    return [str(guild_id) for guild_id in form.snowflakes(name, default=[], count=(0, GUILDS_MAX))]


def _locale(form: Form, name: str) -> Any:
    return form.pattern(name, LOCALE, LOCALE_RULE, default=DEFAULT_LOCALE, length=(2, 32))


def _custom_status(form: Form, name: str) -> Any:
    """A line under one's name, until a moment; an emoji alone will do."""
    inside = form.form(name, default=None)
    if inside is None:
        return None
    emoji_id = inside.snowflake("emoji_id", default=None)
    return {
        "text": inside.string("text", default=None, length=STATUS_TEXT_LENGTH, strip=True) or None,
        "emoji_id": None if emoji_id is None else str(emoji_id),
        "emoji_name": inside.string("emoji_name", default=None, length=(0, 64)) or None,
        "expires_at": iso_or_none(inside.moment("expires_at", default=None)),
    }


def _guild_folders(form: Form, name: str) -> list[dict[str, Any]]:
    """Guilds in the order in which a client shows them. Without an id it is a guild outside of any folder."""
    return [
        {
            "id": inside.integer("id", default=None),
            "name": inside.string("name", default=None, length=FOLDER_NAME_LENGTH, strip=True) or None,
            "color": inside.integer("color", default=None, between=(0, COLOR_MAX)),
            "guild_ids": _guild_ids(inside, "guild_ids"),
        }
        for inside in form.forms(name, default=[], count=(0, GUILDS_MAX))
    ]


def _friend_source_flags(form: Form, name: str) -> dict[str, bool]:
    """Who may ask to be friends: everybody, or those with whom one shares a friend or a guild."""
    inside = form.form(name, default=None) or Form({"all": True})
    everybody = inside.boolean("all")
    return {
        "all": everybody,
        "mutual_friends": inside.boolean("mutual_friends") or everybody,
        "mutual_guilds": inside.boolean("mutual_guilds") or everybody,
    }


SETTINGS: dict[str, Setting] = {
    # how one is shown
    "status": _choice(STATUSES, "online"),
    "custom_status": Setting(None, _custom_status),
    "show_current_game": _boolean(True),
    "afk_timeout": _integer(60, 600, 600),
    # who may come near
    "friend_source_flags": Setting(
        {"all": True, "mutual_friends": True, "mutual_guilds": True}, _friend_source_flags
    ),
    "restricted_guilds": Setting([], _guild_ids),
    "explicit_content_filter": _choice((0, 1, 2), 1),
    "view_nsfw_guilds": _boolean(True),
    # the order of things
    "guild_positions": Setting([], _guild_ids),
    "guild_folders": Setting([], _guild_folders),
    # the look of them
    "theme": _choice(THEMES, "dark"),
    "locale": Setting(DEFAULT_LOCALE, _locale),
    "timezone_offset": _integer(-14 * 60, 12 * 60, 0),
    "message_display_compact": _boolean(False),
    "inline_attachment_media": _boolean(True),
    "inline_embed_media": _boolean(True),
    "render_embeds": _boolean(True),
    "render_reactions": _boolean(True),
    "gif_auto_play": _boolean(True),
    "animate_emoji": _boolean(True),
    "animate_stickers": _choice((0, 1, 2), 0),
    "convert_emoticons": _boolean(True),
    "enable_tts_command": _boolean(True),
    "stream_notifications_enabled": _boolean(True),
    "developer_mode": _boolean(False),
}


@dataclass(slots=True, frozen=True)
class UserSettingsEdit:
    """What is to change, by name; a null goes back to the default."""

    values: dict[str, Any]

    @classmethod
    def parse(cls, body: Any) -> UserSettingsEdit:
        form = Form(body)
        edit = cls({name: setting.read(form, name) for name, setting in SETTINGS.items() if name in form})
        form.finish()
        return edit


def completed(chosen: dict[str, Any], now: datetime) -> dict[str, Any]:
    """All settings, with what was chosen of them. A custom status that has expired is none."""
    settings = {name: chosen.get(name, setting.default) for name, setting in SETTINGS.items()}
    custom = settings["custom_status"]
    if custom and custom["expires_at"] and datetime.fromisoformat(custom["expires_at"]) <= now:
        settings["custom_status"] = None
    return settings
