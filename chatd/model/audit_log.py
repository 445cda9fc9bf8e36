"""The audit log: what was done in a guild, by whom, to what, and why. The Discord documentation, "Audit log".

An entry's `changes` compare the thing before and after, as its payload shows it; `options` is what an action
has to say beside that, an object of strings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chatd.model.shapes import Form

REASON_CHARACTERS_MAX = 512


class AuditAction(IntEnum):
    GUILD_UPDATE = 1
    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    CHANNEL_OVERWRITE_CREATE = 13
    CHANNEL_OVERWRITE_UPDATE = 14
    CHANNEL_OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_PRUNE = 21
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    MEMBER_MOVE = 26
    MEMBER_DISCONNECT = 27
    BOT_ADD = 28
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    INVITE_CREATE = 40
    INVITE_UPDATE = 41
    INVITE_DELETE = 42
    WEBHOOK_CREATE = 50
    WEBHOOK_UPDATE = 51
    WEBHOOK_DELETE = 52
    EMOJI_CREATE = 60
    EMOJI_UPDATE = 61
    EMOJI_DELETE = 62
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    MESSAGE_PIN = 74
    MESSAGE_UNPIN = 75
    INTEGRATION_CREATE = 80
    INTEGRATION_UPDATE = 81
    INTEGRATION_DELETE = 82
    STAGE_INSTANCE_CREATE = 83
    STAGE_INSTANCE_UPDATE = 84
    STAGE_INSTANCE_DELETE = 85
    STICKER_CREATE = 90
    STICKER_UPDATE = 91
    STICKER_DELETE = 92
    GUILD_SCHEDULED_EVENT_CREATE = 100
    GUILD_SCHEDULED_EVENT_UPDATE = 101
    GUILD_SCHEDULED_EVENT_DELETE = 102
    THREAD_CREATE = 110
    THREAD_UPDATE = 111
    THREAD_DELETE = 112
    APPLICATION_COMMAND_PERMISSION_UPDATE = 121
    SOUNDBOARD_SOUND_CREATE = 130
    SOUNDBOARD_SOUND_UPDATE = 131
    SOUNDBOARD_SOUND_DELETE = 132
    AUTO_MODERATION_RULE_CREATE = 140
    AUTO_MODERATION_RULE_UPDATE = 141
    AUTO_MODERATION_RULE_DELETE = 142
    AUTO_MODERATION_BLOCK_MESSAGE = 143
    AUTO_MODERATION_FLAG_TO_CHANNEL = 144
    AUTO_MODERATION_USER_COMM_DISABLED = 145
    AUTO_MODERATION_QUARANTINE_USER = 146
    CREATOR_MONETIZATION_REQUEST_CREATED = 150
    CREATOR_MONETIZATION_TERMS_ACCEPTED = 151
    ONBOARDING_PROMPT_CREATE = 163
    ONBOARDING_PROMPT_UPDATE = 164
    ONBOARDING_PROMPT_DELETE = 165
    ONBOARDING_CREATE = 166
    ONBOARDING_UPDATE = 167
    GUILD_HOME_FEATURE_ITEM = 171
    GUILD_HOME_REMOVE_ITEM = 172
    HARMFUL_LINKS_BLOCKED_MESSAGE = 180
    HOME_SETTINGS_CREATE = 190
    HOME_SETTINGS_UPDATE = 191
    VOICE_CHANNEL_STATUS_CREATE = 192
    VOICE_CHANNEL_STATUS_DELETE = 193
    GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE = 200
    GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE = 201
    GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE = 202
    GUILD_PROFILE_UPDATE = 211


# What the documentation leaves out of `changes`, because the entry says it elsewhere or it is no setting.
_UNTOLD = frozenset({"guild_id", "last_message_id", "last_pin_timestamp", "member_count", "message_count",
                     "total_message_sent", "user", "member", "version"})  # fmt: skip


@dataclass(slots=True, frozen=True)
class AuditEntry:
    id: int
    user_id: int | None
    target_id: int | None
    action_type: int
    changes: list[dict[str, Any]]
    options: dict[str, str] | None = None
    reason: str | None = None

    def payload(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "id": str(self.id),
            "user_id": None if self.user_id is None else str(self.user_id),
            "target_id": None if self.target_id is None else str(self.target_id),
            "action_type": self.action_type,
            "changes": self.changes,
        }
        if self.options:
            d["options"] = self.options
        if self.reason is not None:
            d["reason"] = self.reason
        return d


def changes_between(
    before: dict[str, Any] | None, after: dict[str, Any] | None, keys: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """What differs between two payloads, as `changes`. None stands for what was not there, or is no more.

    Only `keys` are compared if they are given. A value that is null on both sides is no change.
    """
    old, new = before or {}, after or {}
    told = keys if keys is not None else (key for key in {**old, **new} if key not in _UNTOLD)
    return [change_of(key, old.get(key), new.get(key)) for key in told if old.get(key) != new.get(key)]


def change_of(key: str, old: Any, new: Any) -> dict[str, Any]:
    """One change. A side that is null is left out, as with Discord."""
    change: dict[str, Any] = {"key": key}
    if old is not None:
        change["old_value"] = old
    if new is not None:
        change["new_value"] = new
    return change


@dataclass(slots=True, frozen=True)
class AuditLogPage:
    """Entries of a guild, newest first, or with `after` from there on, oldest first."""

    limit: int
    before: int | None
    after: int | None
    user_id: int | None
    target_id: int | None
    action_type: int | None

    @classmethod
    def parse(cls, query: dict[str, str]) -> AuditLogPage:
        form = Form(query)
        page = cls(
            limit=form.integer("limit", default=50, between=(1, 100)),
            before=form.snowflake("before", default=None),
            after=form.snowflake("after", default=None),
            user_id=form.snowflake("user_id", default=None),
            target_id=form.snowflake("target_id", default=None),
            action_type=form.integer("action_type", default=None, between=(0, 2**15 - 1)),
        )
        form.finish()
        return page
