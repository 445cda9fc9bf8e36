"""Which event needs which intent: the documentation's list, written out again."""

from __future__ import annotations

import pytest

from chatd.model import intents
from chatd.model.intents import Intent

# The documentation, "List of intents": bit, name and the events it brings, in guilds and between people.
IN_GUILDS = [
    (0, "GUILDS", """GUILD_CREATE GUILD_UPDATE GUILD_DELETE GUILD_ROLE_CREATE GUILD_ROLE_UPDATE
        GUILD_ROLE_DELETE CHANNEL_CREATE CHANNEL_UPDATE CHANNEL_DELETE CHANNEL_PINS_UPDATE THREAD_CREATE
        THREAD_UPDATE THREAD_DELETE THREAD_LIST_SYNC THREAD_MEMBER_UPDATE THREAD_MEMBERS_UPDATE
        STAGE_INSTANCE_CREATE STAGE_INSTANCE_UPDATE STAGE_INSTANCE_DELETE"""),
    (1, "GUILD_MEMBERS", "GUILD_MEMBER_ADD GUILD_MEMBER_UPDATE GUILD_MEMBER_REMOVE THREAD_MEMBERS_UPDATE"),
    (2, "GUILD_MODERATION", "GUILD_BAN_ADD GUILD_BAN_REMOVE GUILD_AUDIT_LOG_ENTRY_CREATE"),
    (3, "GUILD_EXPRESSIONS", """GUILD_EMOJIS_UPDATE GUILD_STICKERS_UPDATE GUILD_SOUNDBOARD_SOUND_CREATE
        GUILD_SOUNDBOARD_SOUND_UPDATE GUILD_SOUNDBOARD_SOUND_DELETE GUILD_SOUNDBOARD_SOUNDS_UPDATE"""),
    (4, "GUILD_INTEGRATIONS", """GUILD_INTEGRATIONS_UPDATE INTEGRATION_CREATE INTEGRATION_UPDATE
        INTEGRATION_DELETE"""),
    (5, "GUILD_WEBHOOKS", "WEBHOOKS_UPDATE"),
    (6, "GUILD_INVITES", "INVITE_CREATE INVITE_DELETE"),
    (7, "GUILD_VOICE_STATES", "VOICE_STATE_UPDATE"),
    (8, "GUILD_PRESENCES", "PRESENCE_UPDATE"),
    (9, "GUILD_MESSAGES", "MESSAGE_CREATE MESSAGE_UPDATE MESSAGE_DELETE MESSAGE_DELETE_BULK"),
    (10, "GUILD_MESSAGE_REACTIONS", """MESSAGE_REACTION_ADD MESSAGE_REACTION_REMOVE
        MESSAGE_REACTION_REMOVE_ALL MESSAGE_REACTION_REMOVE_EMOJI"""),
    (11, "GUILD_MESSAGE_TYPING", "TYPING_START"),
    (15, "MESSAGE_CONTENT", ""),
    (16, "GUILD_SCHEDULED_EVENTS", """GUILD_SCHEDULED_EVENT_CREATE GUILD_SCHEDULED_EVENT_UPDATE
        GUILD_SCHEDULED_EVENT_DELETE GUILD_SCHEDULED_EVENT_USER_ADD GUILD_SCHEDULED_EVENT_USER_REMOVE"""),
    (20, "AUTO_MODERATION_CONFIGURATION", """AUTO_MODERATION_RULE_CREATE AUTO_MODERATION_RULE_UPDATE
        AUTO_MODERATION_RULE_DELETE"""),
    (21, "AUTO_MODERATION_EXECUTION", "AUTO_MODERATION_ACTION_EXECUTION"),
    (24, "GUILD_MESSAGE_POLLS", "MESSAGE_POLL_VOTE_ADD MESSAGE_POLL_VOTE_REMOVE"),
]  # fmt: skip
BETWEEN_PEOPLE = [
    (12, "DIRECT_MESSAGES", "MESSAGE_CREATE MESSAGE_UPDATE MESSAGE_DELETE CHANNEL_PINS_UPDATE"),
    (13, "DIRECT_MESSAGE_REACTIONS", """MESSAGE_REACTION_ADD MESSAGE_REACTION_REMOVE
        MESSAGE_REACTION_REMOVE_ALL MESSAGE_REACTION_REMOVE_EMOJI"""),
    (14, "DIRECT_MESSAGE_TYPING", "TYPING_START"),
    (25, "DIRECT_MESSAGE_POLLS", "MESSAGE_POLL_VOTE_ADD MESSAGE_POLL_VOTE_REMOVE"),
]  # fmt: skip
ALWAYS_SENT = (
    "READY", "RESUMED", "INTERACTION_CREATE", "USER_UPDATE", "VOICE_SERVER_UPDATE", "GUILD_MEMBERS_CHUNK",
)  # fmt: skip
ROWS = [
    (bit, name, events.split(), in_dm)
    for table, in_dm in ((IN_GUILDS, False), (BETWEEN_PEOPLE, True))
    for bit, name, events in table
]


def test_the_bits_are_those_of_the_documentation():
    listed = {(bit, name) for bit, name, _, _ in ROWS}
    assert {(flag.value.bit_length() - 1, flag.name) for flag in Intent} == listed
    assert sum(1 << bit for bit, _ in listed) == intents.ALL


@pytest.mark.parametrize("bit, name, names, in_dm", ROWS, ids=[row[1] for row in ROWS])
def test_an_intent_brings_its_events_and_no_other_does(bit, name, names, in_dm):
    for event in names:
        assert intents.wants(1 << bit, event, in_dm), event
        assert not intents.wants(0, event, in_dm), event
        needed = {other for other, _, listed, place in ROWS if place is in_dm and event in listed}
        assert intents.needed(event, in_dm) == sum(1 << other for other in needed), event


@pytest.mark.parametrize("name", ALWAYS_SENT)
@pytest.mark.parametrize("in_dm", [True, False])
def test_what_needs_no_intent_is_always_sent(name, in_dm):
    assert intents.needed(name, in_dm) == 0 and intents.wants(0, name, in_dm)


def test_a_new_direct_message_is_announced_whatever_was_asked_for():
    assert intents.wants(0, "CHANNEL_CREATE", in_dm=True)
    assert not intents.wants(0, "CHANNEL_CREATE", in_dm=False)


def test_the_intents_of_direct_messages_bring_nothing_of_guilds():
    only_dms = int(Intent.DIRECT_MESSAGES | Intent.DIRECT_MESSAGE_REACTIONS | Intent.DIRECT_MESSAGE_TYPING)
    for _, _, names, in_dm in ROWS:
        if not in_dm:
            assert not any(intents.wants(only_dms, name, in_dm=False) for name in names)
