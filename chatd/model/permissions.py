"""Permissions: the flag table, and the algebra from roles and overwrites to what somebody may do.

Source: the Discord documentation, "Permissions", "Permission hierarchy" and "Permission overwrites".
Sets travel as decimal strings and are stored as bigint.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, NamedTuple

from chatd.model.shapes import Form


class Permission(IntEnum):
    """One bit each. Sets of them are plain integers: they are tested at every message, and a Flag is slow."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SET_VOICE_CHANNEL_STATUS = 1 << 48
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


ALL = int(sum(Permission))

# A set as a client sends it fits here, whatever bits are yet to be invented.
SET_MAX = 2**63 - 1

P = Permission

# What @everyone of a new guild may do: take part, but manage nothing and nobody.
DEFAULT_EVERYONE = int(
    P.CREATE_INSTANT_INVITE | P.ADD_REACTIONS | P.STREAM | P.VIEW_CHANNEL | P.SEND_MESSAGES
    | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS
    | P.CONNECT | P.SPEAK | P.USE_VAD | P.CHANGE_NICKNAME | P.USE_APPLICATION_COMMANDS | P.REQUEST_TO_SPEAK
    | P.CREATE_PUBLIC_THREADS | P.CREATE_PRIVATE_THREADS | P.USE_EXTERNAL_STICKERS
    | P.SEND_MESSAGES_IN_THREADS | P.USE_EMBEDDED_ACTIVITIES | P.USE_SOUNDBOARD | P.USE_EXTERNAL_SOUNDS
    | P.SEND_VOICE_MESSAGES | P.SEND_POLLS | P.USE_EXTERNAL_APPS
)  # fmt: skip

# What the two sides of a direct message may do there.
DIRECT_MESSAGE = int(
    P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.SEND_TTS_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS | P.USE_EXTERNAL_STICKERS
    | P.USE_APPLICATION_COMMANDS | P.SEND_VOICE_MESSAGES | P.SEND_POLLS | P.PIN_MESSAGES
)  # fmt: skip

# What a webhook may do in its channel, whoever made it: speak as freely as anybody, and manage nothing.
WEBHOOK = int(
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.SEND_TTS_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS | P.SEND_POLLS | P.BYPASS_SLOWMODE
)  # fmt: skip

# The Discord documentation, change log of 29 June 2022: of these a bot that answers an interaction has only
# what it is granted in the channel.
OF_BOTS_THEMSELVES = int(P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.USE_EXTERNAL_EMOJIS)

# "Permissions for timed out members": everything is gone but these two.
TIMED_OUT = int(P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY)

# "Implicit permissions": without SEND_MESSAGES these grant nothing.
_NEED_SEND_MESSAGES = int(P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS)
# And these not without CONNECT in a voice or stage channel: who cannot come in changes nothing there.
_NEED_CONNECT = int(
    P.PRIORITY_SPEAKER | P.STREAM | P.SPEAK | P.MUTE_MEMBERS | P.DEAFEN_MEMBERS | P.MOVE_MEMBERS | P.USE_VAD
    | P.REQUEST_TO_SPEAK | P.USE_EMBEDDED_ACTIVITIES | P.USE_SOUNDBOARD | P.USE_EXTERNAL_SOUNDS
    | P.SET_VOICE_CHANNEL_STATUS | P.MANAGE_CHANNELS | P.MANAGE_ROLES
)  # fmt: skip


class Overwrite(NamedTuple):
    """A channel's exception for one role (type 0) or member (type 1)."""

    target_id: int
    type: int
    allow: int
    deny: int

    def payload(self) -> dict[str, object]:
        return {
            "id": str(self.target_id),
            "type": self.type,
            "allow": str(self.allow),
            "deny": str(self.deny),
        }


def base_permissions(everyone: int, roles: Iterable[int]) -> int:
    """What the member's roles grant in the guild: the union, or all of it for an administrator."""
    permissions = everyone
    for granted in roles:
        permissions |= granted
    return ALL if permissions & P.ADMINISTRATOR else permissions


def channel_permissions(
    base: int, *, guild_id: int, user_id: int, role_ids: Iterable[int], overwrites: dict[int, Overwrite],
    in_thread: bool = False, vocal: bool = False,
) -> int:  # fmt: skip
    """Apply a channel's overwrites to a member's base permissions, most general first.

    @everyone's (deny, then allow), then all of the member's roles' together (deny, then allow), then
    the member's own. An administrator is above overwrites, and nobody becomes one by them; without
    VIEW_CHANNEL nothing is left, and in a `vocal` channel not much without CONNECT. In a thread, which has
    the overwrites of its parent, SEND_MESSAGES is what SEND_MESSAGES_IN_THREADS is there.
    """
    if base & P.ADMINISTRATOR:
        return ALL
    permissions = base
    if everyone := overwrites.get(guild_id):
        permissions = permissions & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in role_ids:
        if (exception := overwrites.get(role_id)) and role_id != guild_id:
            allow |= exception.allow
            deny |= exception.deny
    permissions = permissions & ~deny | allow
    if own := overwrites.get(user_id):
        permissions = permissions & ~own.deny | own.allow
    if in_thread:
        may_send = permissions & P.SEND_MESSAGES_IN_THREADS
        permissions = permissions | P.SEND_MESSAGES if may_send else permissions & ~P.SEND_MESSAGES
    return implied(permissions & ~P.ADMINISTRATOR, vocal=vocal)


def implied(permissions: int, *, vocal: bool = False) -> int:
    """Take away what the lack of another permission denies implicitly."""
    if not permissions & P.VIEW_CHANNEL:
        return 0
    if not permissions & P.SEND_MESSAGES:
        permissions &= ~_NEED_SEND_MESSAGES
    if vocal and not permissions & P.CONNECT:
        permissions &= ~_NEED_CONNECT
    return permissions


def timed_out(permissions: int) -> int:
    """What a time-out leaves of them. Administrators, and so owners, are above it."""
    return permissions if permissions & P.ADMINISTRATOR else permissions & TIMED_OUT


def read(form: Form, name: str, **options: Any) -> Any:
    """A set that a client sends, as a decimal string or a number. Bits without a meaning are dropped."""
    granted = form.integer(name, between=(0, SET_MAX), **options)
    return None if granted is None else granted & ALL
