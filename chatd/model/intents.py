"""Gateway intents: which events a session asked for. The Discord documentation, "Gateway intents"."""

from __future__ import annotations

from enum import IntEnum


class Intent(IntEnum):
    """One bit each; sets of them are plain integers."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


ALL = int(sum(Intent))

_I = Intent

# Event -> the intent it needs in a guild, and in a direct message. What is not here is always sent.
_NEEDED: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE",
         "GUILD_ROLE_DELETE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE", "THREAD_LIST_SYNC",
         "THREAD_MEMBER_UPDATE", "STAGE_INSTANCE_CREATE", "STAGE_INSTANCE_UPDATE", "STAGE_INSTANCE_DELETE"),
        (_I.GUILDS, _I.GUILDS),
    ),
    # A new direct-message channel is announced to its two sides whatever they asked for.
    **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"), (_I.GUILDS, 0)),
    "CHANNEL_PINS_UPDATE": (_I.GUILDS, _I.DIRECT_MESSAGES),
    **dict.fromkeys(
        ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"),
        (_I.GUILD_MEMBERS, _I.GUILD_MEMBERS),
    ),
    "THREAD_MEMBERS_UPDATE": (_I.GUILDS | _I.GUILD_MEMBERS, _I.GUILDS),
    **dict.fromkeys(
        ("GUILD_BAN_ADD", "GUILD_BAN_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"),
        (_I.GUILD_MODERATION, _I.GUILD_MODERATION),
    ),
    **dict.fromkeys(
        ("GUILD_EMOJIS_UPDATE", "GUILD_STICKERS_UPDATE", "GUILD_SOUNDBOARD_SOUND_CREATE",
         "GUILD_SOUNDBOARD_SOUND_UPDATE", "GUILD_SOUNDBOARD_SOUND_DELETE", "GUILD_SOUNDBOARD_SOUNDS_UPDATE"),
        (_I.GUILD_EXPRESSIONS, _I.GUILD_EXPRESSIONS),
    ),
    **dict.fromkeys(
        ("GUILD_INTEGRATIONS_UPDATE", "INTEGRATION_CREATE", "INTEGRATION_UPDATE", "INTEGRATION_DELETE"),
        (_I.GUILD_INTEGRATIONS, _I.GUILD_INTEGRATIONS),
    ),
    "WEBHOOKS_UPDATE": (_I.GUILD_WEBHOOKS, _I.GUILD_WEBHOOKS),
    **dict.fromkeys(("INVITE_CREATE", "INVITE_DELETE"), (_I.GUILD_INVITES, _I.GUILD_INVITES)),
    **dict.fromkeys(("VOICE_STATE_UPDATE", "VOICE_CHANNEL_EFFECT_SEND"), (_I.GUILD_VOICE_STATES, 0)),
    "PRESENCE_UPDATE": (_I.GUILD_PRESENCES, _I.GUILD_PRESENCES),
    **dict.fromkeys(
        ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"),
        (_I.GUILD_MESSAGES, _I.DIRECT_MESSAGES),
    ),
    **dict.fromkeys(
        ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_ALL",
         "MESSAGE_REACTION_REMOVE_EMOJI"),
        (_I.GUILD_MESSAGE_REACTIONS, _I.DIRECT_MESSAGE_REACTIONS),
    ),
    "TYPING_START": (_I.GUILD_MESSAGE_TYPING, _I.DIRECT_MESSAGE_TYPING),
    **dict.fromkeys(
        ("GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE", "GUILD_SCHEDULED_EVENT_DELETE",
         "GUILD_SCHEDULED_EVENT_USER_ADD", "GUILD_SCHEDULED_EVENT_USER_REMOVE"),
        (_I.GUILD_SCHEDULED_EVENTS, _I.GUILD_SCHEDULED_EVENTS),
    ),
    **dict.fromkeys(
        ("AUTO_MODERATION_RULE_CREATE", "AUTO_MODERATION_RULE_UPDATE", "AUTO_MODERATION_RULE_DELETE"),
        (_I.AUTO_MODERATION_CONFIGURATION, _I.AUTO_MODERATION_CONFIGURATION),
    ),
    "AUTO_MODERATION_ACTION_EXECUTION": (_I.AUTO_MODERATION_EXECUTION, _I.AUTO_MODERATION_EXECUTION),
    **dict.fromkeys(
        ("MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE"),
        (_I.GUILD_MESSAGE_POLLS, _I.DIRECT_MESSAGE_POLLS),
    ),
}  # fmt: skip


def needed(event_name: str, in_dm: bool) -> int:
    """The intents of which a session must have one; 0 for an event that is always sent."""
    return int(_NEEDED.get(event_name, (0, 0))[in_dm])


def wants(intents: int, event_name: str, in_dm: bool) -> bool:
    """Whether a session with these intents is sent the event."""
    need = needed(event_name, in_dm)
    return not need or bool(intents & need)
