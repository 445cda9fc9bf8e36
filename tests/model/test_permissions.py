"""The permission algebra against vectors worked out by hand from the documentation's rules."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model import permissions
from chatd.model.permissions import Overwrite, Permission, base_permissions, channel_permissions, implied

GUILD, USER, ROLE_A, ROLE_B, ROLE_C, STRANGER = 1, 2, 11, 12, 13, 99

ADMINISTRATOR = 0x8
MANAGE_CHANNELS = 0x10
VIEW = 0x400
SEND = 0x800
TTS = 0x1000
MANAGE_MESSAGES = 0x2000
EMBED = 0x4000
ATTACH = 0x8000
HISTORY = 0x10000
MENTION = 0x20000
PRIORITY, STREAM, CONNECT, SPEAK, MUTE, DEAFEN, MOVE, USE_VAD = (
    0x100, 0x200, 0x100000, 0x200000, 0x400000, 0x800000, 0x1000000, 0x2000000,
)  # fmt: skip
MANAGE_ROLES = 0x10000000
IN_THREADS = 0x4000000000

# The documentation's table, "Bitwise permission flags", as bit and name.
BITS_OF_THE_DOCUMENTATION = {
    0: "CREATE_INSTANT_INVITE", 1: "KICK_MEMBERS", 2: "BAN_MEMBERS", 3: "ADMINISTRATOR", 4: "MANAGE_CHANNELS",
    5: "MANAGE_GUILD", 6: "ADD_REACTIONS", 7: "VIEW_AUDIT_LOG", 8: "PRIORITY_SPEAKER", 9: "STREAM",
    10: "VIEW_CHANNEL", 11: "SEND_MESSAGES", 12: "SEND_TTS_MESSAGES", 13: "MANAGE_MESSAGES",
    14: "EMBED_LINKS",
    15: "ATTACH_FILES", 16: "READ_MESSAGE_HISTORY", 17: "MENTION_EVERYONE", 18: "USE_EXTERNAL_EMOJIS",
    19: "VIEW_GUILD_INSIGHTS", 20: "CONNECT", 21: "SPEAK", 22: "MUTE_MEMBERS", 23: "DEAFEN_MEMBERS",
    24: "MOVE_MEMBERS", 25: "USE_VAD", 26: "CHANGE_NICKNAME", 27: "MANAGE_NICKNAMES", 28: "MANAGE_ROLES",
    29: "MANAGE_WEBHOOKS", 30: "MANAGE_GUILD_EXPRESSIONS", 31: "USE_APPLICATION_COMMANDS",
    32: "REQUEST_TO_SPEAK", 33: "MANAGE_EVENTS", 34: "MANAGE_THREADS", 35: "CREATE_PUBLIC_THREADS",
    36: "CREATE_PRIVATE_THREADS", 37: "USE_EXTERNAL_STICKERS", 38: "SEND_MESSAGES_IN_THREADS",
    39: "USE_EMBEDDED_ACTIVITIES", 40: "MODERATE_MEMBERS", 42: "USE_SOUNDBOARD",
    43: "CREATE_GUILD_EXPRESSIONS", 44: "CREATE_EVENTS", 45: "USE_EXTERNAL_SOUNDS", 46: "SEND_VOICE_MESSAGES",
    48: "SET_VOICE_CHANNEL_STATUS",
    49: "SEND_POLLS", 50: "USE_EXTERNAL_APPS", 51: "PIN_MESSAGES", 52: "BYPASS_SLOWMODE",
}  # fmt: skip

BASES = [
    ("nobody is granted anything", 0, [], 0),
    ("@everyone alone", VIEW | SEND, [], VIEW | SEND),
    ("roles add up", VIEW, [SEND, HISTORY], VIEW | SEND | HISTORY),
    ("a role that grants nothing takes nothing", VIEW, [0], VIEW),
    ("one role with ADMINISTRATOR is all", VIEW, [SEND, ADMINISTRATOR], permissions.ALL),
    ("@everyone with ADMINISTRATOR is all", ADMINISTRATOR, [], permissions.ALL),
]

everyone, role, member = (GUILD, 0), (ROLE_A, 0), (USER, 1)

# What it shows, base, the member's roles, overwrites as (target, type, allow, deny), and what is left.
CHANNELS: list[tuple[str, int, list[int], list[tuple[int, int, int, int]], int]] = [
    ("no overwrite changes nothing", VIEW | SEND, [], [], VIEW | SEND),
    ("@everyone is denied", VIEW | SEND, [], [(*everyone, 0, SEND)], VIEW),
    ("@everyone is allowed", VIEW, [], [(*everyone, SEND, 0)], VIEW | SEND),
    ("what @everyone is denied and allowed is allowed", VIEW | SEND, [], [(*everyone, SEND, SEND)],
     VIEW | SEND),
    ("roles that grant nothing are no end of it", 0, [], [(*member, VIEW | SEND, 0)], VIEW | SEND),
    ("a role's allow is above @everyone's deny", VIEW | SEND, [ROLE_A],
     [(*everyone, 0, SEND), (*role, SEND, 0)], VIEW | SEND),
    ("a role's deny is above @everyone's allow", VIEW, [ROLE_A],
     [(*everyone, SEND, 0), (*role, 0, SEND)], VIEW),
    ("one role's allow is above another's deny", VIEW | SEND, [ROLE_A, ROLE_B],
     [(ROLE_A, 0, 0, SEND), (ROLE_B, 0, SEND, 0)], VIEW | SEND),
    ("whatever the order of the roles", VIEW | SEND, [ROLE_B, ROLE_A],
     [(ROLE_A, 0, 0, SEND), (ROLE_B, 0, SEND, 0)], VIEW | SEND),
    ("a role that the member has not is nothing to them", VIEW | SEND, [ROLE_A],
     [(ROLE_C, 0, MANAGE_MESSAGES, SEND)], VIEW | SEND),
    ("somebody else's overwrite is nothing to them", VIEW | SEND, [], [(STRANGER, 1, MANAGE_MESSAGES, SEND)],
     VIEW | SEND),
    ("the member's deny is above a role's allow", VIEW | SEND, [ROLE_A],
     [(*role, SEND, 0), (*member, 0, SEND)], VIEW),
    ("the member's allow is above a role's deny", VIEW | SEND, [ROLE_A],
     [(*role, 0, SEND), (*member, SEND, 0)], VIEW | SEND),
    ("all three at once, each on another bit", VIEW | SEND | HISTORY, [ROLE_A, ROLE_B],
     [(*everyone, MANAGE_MESSAGES, SEND), (ROLE_A, 0, 0, HISTORY), (ROLE_B, 0, MANAGE_CHANNELS, 0),
      (*member, SEND, MANAGE_MESSAGES)], VIEW | SEND | MANAGE_CHANNELS),
    ("@everyone listed among the roles is not applied twice", VIEW, [GUILD, ROLE_A],
     [(*everyone, SEND, 0), (*role, 0, SEND)], VIEW),
    ("an administrator is above overwrites", ADMINISTRATOR, [ROLE_A],
     [(*everyone, 0, VIEW), (*role, 0, VIEW), (*member, 0, VIEW)], permissions.ALL),
    ("an owner's base is all, so likewise", permissions.ALL, [], [(*member, 0, VIEW)], permissions.ALL),
    ("without VIEW_CHANNEL nothing is left", VIEW | SEND | MANAGE_CHANNELS, [], [(*everyone, 0, VIEW)], 0),
    ("VIEW_CHANNEL given back to a role brings the rest back", VIEW | SEND, [ROLE_A],
     [(*everyone, 0, VIEW), (*role, VIEW, 0)], VIEW | SEND),
    ("without SEND_MESSAGES its kin are gone", VIEW | SEND | TTS | EMBED | ATTACH | MENTION | HISTORY, [],
     [(*everyone, 0, SEND)], VIEW | HISTORY),
    ("an overwrite makes nobody an administrator", VIEW | SEND, [ROLE_A],
     [(*everyone, ADMINISTRATOR, 0), (*role, ADMINISTRATOR, 0), (*member, ADMINISTRATOR, 0)], VIEW | SEND),
    ("an overwrite allows what no role grants", VIEW, [], [(*member, MANAGE_MESSAGES, 0)],
     VIEW | MANAGE_MESSAGES),
    ("of a role's own deny and allow the allow counts", VIEW, [ROLE_A], [(*role, SEND, SEND)], VIEW | SEND),
    ("of a member's own deny and allow the allow counts", VIEW, [], [(*member, SEND, SEND)], VIEW | SEND),
    ("SEND_MESSAGES given back brings its kin back", VIEW | SEND | ATTACH | EMBED, [ROLE_A],
     [(*everyone, 0, SEND), (*role, SEND, 0)], VIEW | SEND | ATTACH | EMBED),
    ("what is allowed beside a denied VIEW_CHANNEL is nothing", VIEW, [],
     [(*everyone, SEND | MANAGE_MESSAGES, VIEW)], 0),
    ("a voice channel's permissions are kept in a text channel", VIEW | SPEAK | MANAGE_CHANNELS, [], [],
     VIEW | SPEAK | MANAGE_CHANNELS),
]  # fmt: skip

SPEAKING = CONNECT | SPEAK | STREAM | MUTE | DEAFEN | MOVE | PRIORITY | USE_VAD

# What it shows, base, overwrites, and what is left, in a voice or stage channel.
VOICE: list[tuple[str, int, list[tuple[int, int, int, int]], int]] = [
    ("who can connect can do the rest", VIEW | SPEAKING | MANAGE_CHANNELS, [],
     VIEW | SPEAKING | MANAGE_CHANNELS),
    ("who cannot connect does not speak, nor move and mute others", VIEW | SPEAKING,
     [(*everyone, 0, CONNECT)], VIEW),
    ("nor do they change the channel", VIEW | CONNECT | MANAGE_CHANNELS | MANAGE_ROLES,
     [(*everyone, 0, CONNECT)], VIEW),
    ("they read and write all the same", VIEW | SEND | HISTORY | ATTACH, [], VIEW | SEND | HISTORY | ATTACH),
    ("CONNECT given back to a member brings all of it back", VIEW | SPEAKING,
     [(*everyone, 0, CONNECT), (*member, CONNECT, 0)], VIEW | SPEAKING),
    ("without VIEW_CHANNEL there is no connecting", VIEW | SPEAKING, [(*everyone, 0, VIEW)], 0),
    ("an administrator comes in wherever they like", ADMINISTRATOR, [(*everyone, 0, VIEW | CONNECT)],
     permissions.ALL),
]  # fmt: skip

# The same in a thread, whose overwrites are its parent's.
THREAD: list[tuple[str, int, list[tuple[int, int, int, int]], int]] = [
    ("who may send in threads may send", VIEW | IN_THREADS, [], VIEW | IN_THREADS | SEND),
    ("who may send in the channel alone may not", VIEW | SEND, [], VIEW),
    ("an announcement channel is for few, its threads for all", VIEW | SEND | IN_THREADS | ATTACH,
     [(*everyone, 0, SEND)], VIEW | SEND | IN_THREADS | ATTACH),
    ("without SEND_MESSAGES_IN_THREADS the kin of sending are gone", VIEW | SEND | IN_THREADS | ATTACH | TTS,
     [(*everyone, 0, IN_THREADS)], VIEW),
    ("a thread in a channel that one does not see is not seen", VIEW | IN_THREADS, [(*everyone, 0, VIEW)], 0),
    ("the rest is inherited", VIEW | IN_THREADS | MANAGE_MESSAGES, [(*everyone, HISTORY, MANAGE_MESSAGES)],
     VIEW | IN_THREADS | SEND | HISTORY),
]  # fmt: skip


def test_the_bits_are_those_of_the_documentation():
    assert {flag.value.bit_length() - 1: flag.name for flag in Permission} == BITS_OF_THE_DOCUMENTATION
    assert sum(1 << bit for bit in BITS_OF_THE_DOCUMENTATION) == permissions.ALL


def test_a_set_fits_in_bigint():
    assert permissions.ALL < 2**63


@pytest.mark.parametrize("why, everyones, granted, expected", BASES, ids=[row[0] for row in BASES])
def test_base(why, everyones, granted, expected):
    assert base_permissions(everyones, granted) == expected


@pytest.mark.parametrize("why, base, roles, overwrites, expected", CHANNELS, ids=[row[0] for row in CHANNELS])
def test_channel(why, base, roles, overwrites, expected):
    assert in_channel(base, overwrites, roles) == expected


def in_channel(
    base: int, overwrites: list[tuple[int, int, int, int]], roles: list[int] | None = None, **place: bool
) -> int:
    by_target = {target: Overwrite(target, kind, allow, deny) for target, kind, allow, deny in overwrites}
    base = base_permissions(base, [])
    return channel_permissions(
        base, guild_id=GUILD, user_id=USER, role_ids=roles or [], overwrites=by_target, **place
    )


@pytest.mark.parametrize("why, base, overwrites, expected", VOICE, ids=[row[0] for row in VOICE])
def test_voice_channel(why, base, overwrites, expected):
    assert in_channel(base, overwrites, vocal=True) == expected


@pytest.mark.parametrize("why, base, overwrites, expected", THREAD, ids=[row[0] for row in THREAD])
def test_thread(why, base, overwrites, expected):
    assert in_channel(base, overwrites, in_thread=True) == expected


TIMED_OUT = [
    ("a time-out leaves looking and reading", VIEW | SEND | HISTORY | MANAGE_MESSAGES, VIEW | HISTORY),
    ("and not what one had not", VIEW | SEND, VIEW),
    ("nor sight of what is hidden", 0, 0),
    ("an administrator is above it", permissions.ALL, permissions.ALL),
]


@pytest.mark.parametrize("why, granted, left", TIMED_OUT, ids=[row[0] for row in TIMED_OUT])
def test_time_out(why, granted, left):
    assert permissions.timed_out(granted) == left


@pytest.mark.parametrize(
    "granted, left",
    [
        (0, 0),
        (SEND | MENTION | TTS, 0),
        (VIEW, VIEW),
        (VIEW | MENTION | TTS | ATTACH | EMBED, VIEW),
        (VIEW | SEND | MENTION | TTS | ATTACH | EMBED, VIEW | SEND | MENTION | TTS | ATTACH | EMBED),
        (VIEW | MANAGE_MESSAGES | HISTORY, VIEW | MANAGE_MESSAGES | HISTORY),
    ],
)
def test_implicit_denial(granted, left):
    assert implied(granted) == left


def test_what_a_time_out_leaves():
    assert permissions.TIMED_OUT == VIEW | HISTORY


def test_the_sides_of_a_direct_message_manage_nothing():
    managing = (flag for flag in Permission if flag.name and flag.name.startswith(("MANAGE_", "MODERATE_")))
    assert not any(permissions.DIRECT_MESSAGE & flag for flag in managing)
    assert permissions.DIRECT_MESSAGE & (VIEW | SEND | HISTORY) == VIEW | SEND | HISTORY
    assert not permissions.DIRECT_MESSAGE & ADMINISTRATOR


def test_everyone_of_a_new_guild_takes_part_and_manages_nobody():
    may: Any = permissions.DEFAULT_EVERYONE
    assert may & (VIEW | SEND | HISTORY) == VIEW | SEND | HISTORY
    for flag in (
        "ADMINISTRATOR", "KICK_MEMBERS", "BAN_MEMBERS", "MANAGE_GUILD", "MANAGE_ROLES", "MANAGE_CHANNELS",
        "MANAGE_MESSAGES", "MANAGE_WEBHOOKS", "MODERATE_MEMBERS", "BYPASS_SLOWMODE",
    ):  # fmt: skip
        assert not may & Permission[flag], flag


def test_an_overwrite_travels_as_decimal_strings():
    assert Overwrite(5, 1, 2**40, 0).payload() == {
        "id": "5",
        "type": 1,
        "allow": "1099511627776",
        "deny": "0",
    }
