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
    by_target = {target: Overwrite(target, kind, allow, deny) for target, kind, allow, deny in overwrites}
    found = channel_permissions(base, guild_id=GUILD, user_id=USER, role_ids=roles, overwrites=by_target)
    assert found == expected


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
