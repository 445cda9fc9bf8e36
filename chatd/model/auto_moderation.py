"""Automatic moderation: a guild's rules, each with what triggers it and what is done then.

Source: the Discord documentation, "Auto Moderation". TRIGGERS is that page as a table. How content is held
against the rules is for rule_set.py, which compiles those of a guild; here they are only read and shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, NamedTuple

from chatd.model.pattern_syntax import PatternError
from chatd.model.patterns import Patterns
from chatd.model.shapes import Form

NAME_LENGTH = (1, 100)
ACTIONS_COUNT = (1, 5)
EXEMPT_ROLES_MAX = 20
EXEMPT_CHANNELS_MAX = 50
KEYWORDS_MAX = 1000
KEYWORD_LENGTH = (1, 60)
PATTERNS_MAX = 10
PATTERN_LENGTH = (1, 260)
MENTIONS_MAX = 50
CUSTOM_MESSAGE_LENGTH = (0, 150)
# Four weeks.
TIME_OUT_SECONDS_MAX = 4 * 7 * 24 * 3600


class TriggerType(IntEnum):
    KEYWORD = 1
    SPAM = 3
    KEYWORD_PRESET = 4
    MENTION_SPAM = 5
    MEMBER_PROFILE = 6


class EventType(IntEnum):
    MESSAGE_SEND = 1
    MEMBER_UPDATE = 2


class ActionType(IntEnum):
    BLOCK_MESSAGE = 1
    SEND_ALERT_MESSAGE = 2
    TIMEOUT = 3
    BLOCK_MEMBER_INTERACTION = 4


class Preset(IntEnum):
    """The word lists that come with the server (words.py)."""

    PROFANITY = 1
    SEXUAL_CONTENT = 2
    SLURS = 3


@dataclass(slots=True, frozen=True)
class Rule:
    """`trigger_metadata` and `actions` are in the shapes of the rule object; never changed in place."""

    id: int
    guild_id: int
    creator_id: int
    name: str
    event_type: int
    trigger_type: int
    trigger_metadata: dict[str, Any]
    actions: list[dict[str, Any]]
    enabled: bool = False
    exempt_roles: tuple[int, ...] = ()
    exempt_channels: tuple[int, ...] = ()

    @classmethod
    def from_row(cls, row: Any) -> Rule:
        return cls(
            row["id"], row["guild_id"], row["creator_id"], row["name"], row["event_type"],
            row["trigger_type"], json.loads(row["trigger_metadata"]), json.loads(row["actions"]),
            row["enabled"], tuple(row["exempt_roles"]), tuple(row["exempt_channels"]),
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Rule:
        return cls(
            int(d["id"]), int(d["guild_id"]), int(d["creator_id"]), d["name"], d["event_type"],
            d["trigger_type"], d["trigger_metadata"], d["actions"], d["enabled"],
            tuple(map(int, d["exempt_roles"])), tuple(map(int, d["exempt_channels"])),
        )  # fmt: skip

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "creator_id": str(self.creator_id),
            "name": self.name,
            "event_type": self.event_type,
            "trigger_type": self.trigger_type,
            "trigger_metadata": self.trigger_metadata,
            "actions": self.actions,
            "enabled": self.enabled,
            "exempt_roles": [str(role_id) for role_id in self.exempt_roles],
            "exempt_channels": [str(channel_id) for channel_id in self.exempt_channels],
        }

    def has_action(self, type: ActionType) -> bool:
        return any(action["type"] == type for action in self.actions)

    def alert_channel_ids(self) -> list[int]:
        """Where its alerts go."""
        return [
            int(action["metadata"]["channel_id"])
            for action in self.actions
            if action["type"] == ActionType.SEND_ALERT_MESSAGE
        ]


# ── what a client may send: the metadata of each trigger and action ──


def _keyword_metadata(form: Form) -> dict[str, Any]:
    return {
        "keyword_filter": _words(form, "keyword_filter", KEYWORDS_MAX),
        "regex_patterns": _patterns(form),
        "allow_list": _words(form, "allow_list", 100),
    }


def _preset_metadata(form: Form) -> dict[str, Any]:
    presets = form.choices("presets", tuple(map(int, Preset)), default=[], count=(0, len(Preset)))
    return {"presets": sorted(set(presets)), "allow_list": _words(form, "allow_list", KEYWORDS_MAX)}


def _mention_metadata(form: Form) -> dict[str, Any]:
    return {
        "mention_total_limit": form.integer("mention_total_limit", default=0, between=(0, MENTIONS_MAX)),
        "mention_raid_protection_enabled": form.boolean("mention_raid_protection_enabled"),
    }


def _no_metadata(form: Form) -> dict[str, Any]:
    return {}


def _words(form: Form, name: str, count_max: int) -> list[str]:
    """Keywords, each as it was written; one of nothing but wildcards would be found everywhere."""
    words: list[str] = form.strings(name, default=[], count=(0, count_max), length=KEYWORD_LENGTH)
    for at, word in enumerate(words):
        if word and not word.strip("* \t\n"):
            message = "A keyword is more than wildcards and blanks."
            form.fault_in(name, at, "BASE_TYPE_REQUIRED", message)
    return words


def _patterns(form: Form) -> list[str]:
    patterns: list[str] = form.strings(
        "regex_patterns", default=[], count=(0, PATTERNS_MAX), length=PATTERN_LENGTH
    )
    for at, pattern in enumerate(patterns):
        try:
            Patterns([pattern])
        except PatternError as error:
            message = f"At character {error.position + 1}: {error.message}."
            form.fault_in("regex_patterns", at, "AUTO_MODERATION_INVALID_REGEX", message)
    return patterns


def _block_metadata(form: Form) -> dict[str, Any]:
    text = form.string("custom_message", default=None, length=CUSTOM_MESSAGE_LENGTH, strip=True)
    return {"custom_message": text} if text else {}


def _alert_metadata(form: Form) -> dict[str, Any]:
    return {"channel_id": str(form.snowflake("channel_id"))}


def _time_out_metadata(form: Form) -> dict[str, Any]:
    return {"duration_seconds": form.integer("duration_seconds", between=(1, TIME_OUT_SECONDS_MAX))}


class Trigger(NamedTuple):
    """How many rules of it a guild may have, which event they are of, what their metadata is, and what they
    may do."""

    rules_max: int
    event_type: EventType
    read: Callable[[Form], dict[str, Any]]
    actions: tuple[ActionType, ...]


_A, _T = ActionType, TriggerType
_STOP = (_A.BLOCK_MESSAGE, _A.SEND_ALERT_MESSAGE)

TRIGGERS: dict[int, Trigger] = {
    _T.KEYWORD: Trigger(6, EventType.MESSAGE_SEND, _keyword_metadata, (*_STOP, _A.TIMEOUT)),
    _T.SPAM: Trigger(1, EventType.MESSAGE_SEND, _no_metadata, _STOP),
    _T.KEYWORD_PRESET: Trigger(1, EventType.MESSAGE_SEND, _preset_metadata, _STOP),
    _T.MENTION_SPAM: Trigger(1, EventType.MESSAGE_SEND, _mention_metadata, (*_STOP, _A.TIMEOUT)),
    _T.MEMBER_PROFILE: Trigger(
        1, EventType.MEMBER_UPDATE, _keyword_metadata, (_A.SEND_ALERT_MESSAGE, _A.BLOCK_MEMBER_INTERACTION)
    ),
}  # fmt: skip

ACTION_METADATA: dict[int, Callable[[Form], dict[str, Any]]] = {
    _A.BLOCK_MESSAGE: _block_metadata,
    _A.SEND_ALERT_MESSAGE: _alert_metadata,
    _A.TIMEOUT: _time_out_metadata,
    _A.BLOCK_MEMBER_INTERACTION: _no_metadata,
}


# ── what a client may send: the rule ──


@dataclass(slots=True, frozen=True)
class RuleDraft:
    """A new rule: `values` by the names of Rule's fields."""

    trigger_type: int
    values: dict[str, Any]

    @classmethod
    def parse(cls, body: Any) -> RuleDraft:
        form = Form(body)
        kind = form.choice("trigger_type", tuple(map(int, TRIGGERS)))
        values = {name: read(form, kind) for name, read in _REQUIRED.items()}
        values |= {"trigger_metadata": _metadata(form, kind), **_optional(form)}
        form.finish()
        return cls(kind, values)


@dataclass(slots=True, frozen=True)
class RuleEdit:
    """What of a rule is to change: what was sent and is not null. Metadata is replaced as a whole."""

    values: dict[str, Any]

    @classmethod
    def parse(cls, body: Any, kind: int) -> RuleEdit:
        """`kind` is the rule's trigger type, on which it depends what it may say."""
        form = Form(body)
        form.choice("trigger_type", (kind,), default=kind)  # Clients send it back, but it is for good.
        values = {name: read(form, kind) for name, read in _REQUIRED.items() if form.raw(name) is not None}
        if form.raw("trigger_metadata") is not None:
            values["trigger_metadata"] = _metadata(form, kind)
        values |= _optional(form)
        form.finish()
        return cls(values)

    def applied_to(self, rule: Rule) -> Rule:
        return replace(rule, **self.values)


def _name(form: Form, kind: int) -> Any:
    return form.string("name", length=NAME_LENGTH, strip=True)


def _event_type(form: Form, kind: int) -> int:
    return int(form.choice("event_type", (int(TRIGGERS[kind].event_type),)))


def _actions(form: Form, kind: int) -> list[dict[str, Any]]:
    return [_action(each, kind) for each in form.forms("actions", count=ACTIONS_COUNT)]


def _action(form: Form, kind: int) -> dict[str, Any]:
    """An action whose metadata has none that must be there may come without."""
    type = form.choice("type", tuple(map(int, ACTION_METADATA)))
    if type not in TRIGGERS[kind].actions:
        message = "A rule with this trigger cannot do that."
        form.fault("type", "AUTO_MODERATION_INVALID_ACTION_TYPE", message)
    needs_it = type in (ActionType.SEND_ALERT_MESSAGE, ActionType.TIMEOUT)
    metadata = form.form("metadata") if needs_it else form.form("metadata", default=None)
    return {"type": type, "metadata": {} if metadata is None else ACTION_METADATA[type](metadata)}


def _metadata(form: Form, kind: int) -> dict[str, Any]:
    metadata = form.form("trigger_metadata", default=None)
    return TRIGGERS[kind].read(Form({}) if metadata is None else metadata)


def _optional(form: Form) -> dict[str, Any]:
    """What was sent of the fields that may be left out, or be null, in a draft as well."""
    values: dict[str, Any] = {}
    if form.raw("enabled") is not None:
        values["enabled"] = form.boolean("enabled")
    for name, count_max in (("exempt_roles", EXEMPT_ROLES_MAX), ("exempt_channels", EXEMPT_CHANNELS_MAX)):
        if form.raw(name) is not None:
            values[name] = tuple(sorted(set(form.snowflakes(name, count=(0, count_max)))))
    return values


# What a new rule must say of itself.
_REQUIRED: dict[str, Callable[[Form, int], Any]] = {
    "name": _name, "event_type": _event_type, "actions": _actions,
}  # fmt: skip
