"""Events: the shape of each, and objects that read back from theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.model import events
from chatd.model.audience import Nobody
from chatd.model.channels import Channel, ChannelType, DefaultReaction, ForumTag
from chatd.model.events import Entry
from chatd.model.guilds import FEATURES_OF_ALL, Guild
from chatd.model.json_text import encode_json, parse_json
from chatd.model.members import Member
from chatd.model.messages import Message
from chatd.model.permissions import Overwrite
from chatd.model.roles import Role
from chatd.model.users import User

JOINED = datetime(2026, 1, 31, 12, 0, 0, 123456, UTC)
UNTIL = datetime(2026, 2, 1, tzinfo=UTC)
ADA, BOB = User(1, "ada", "Ada"), User(2, "bob")
MEMBER = Member(1, JOINED, "nick", (7, 8), UNTIL)
BARE_MEMBER = Member(2, JOINED)
EVERYONE, ROLE = Role(3, "@everyone", 2**40), Role(
    7, "red", 8, 0xFF0000, 0x00FF00, None, hoist=True, position=2, managed=True, mentionable=True,
    unicode_emoji="🔥",
)  # fmt: skip
GUILD = Guild(
    3, "home", 1, "ours", features=("COMMUNITY",), system_channel_id=4, rules_channel_id=4, afk_timeout=60,
    default_message_notifications=1, verification_level=2, banner="a_b", preferred_locale="de",
    roles={7: ROLE, 3: EVERYONE}, members={1: MEMBER}, channel_ids={4},
)  # fmt: skip
TEXT = Channel(
    4, ChannelType.GUILD_TEXT, 3, "general", "all of it", 2, 6, True, 5, 99, {7: Overwrite(7, 0, 1024, 2048)},
    last_pin_timestamp=JOINED, default_auto_archive_duration=60, default_thread_rate_limit_per_user=3,
)  # fmt: skip
VOICE = Channel(
    8, ChannelType.GUILD_VOICE, 3, "Lounge", nsfw=True, rate_limit_per_user=5, bitrate=96000, user_limit=9,
    rtc_region="here", video_quality_mode=2, last_message_id=9,
)  # fmt: skip
FORUM = Channel(
    9, ChannelType.GUILD_FORUM, 3, "ideas", "what to do", flags=16, default_sort_order=1,
    default_forum_layout=2, default_tag_setting="match_all",
    default_reaction_emoji=DefaultReaction(None, "👍"),
    available_tags=(ForumTag(10, "done", True, None, "✅"), ForumTag(11, "odd", False, 12, None)),
)  # fmt: skip
DM = Channel(5, ChannelType.DM, None, recipient_ids=(1, 2))
MESSAGE = Message(9, 4, ADA, "hello", mentions=(BOB,))

# The documentation's objects, as far as clients rely on their keys.
MEMBER_KEYS = {
    "nick", "avatar", "roles", "joined_at", "premium_since", "deaf", "mute", "flags", "pending",
    "communication_disabled_until",
}  # fmt: skip
ROLE_KEYS = {
    "id", "name", "color", "colors", "hoist", "position", "permissions", "managed", "mentionable", "icon",
    "unicode_emoji", "flags",
}  # fmt: skip
GUILD_KEYS = {
    "id", "name", "icon", "splash", "discovery_splash", "banner", "description", "owner_id", "features",
    "afk_channel_id", "afk_timeout", "verification_level", "default_message_notifications",
    "explicit_content_filter", "mfa_level", "nsfw_level", "premium_tier", "premium_subscription_count",
    "preferred_locale", "system_channel_id", "system_channel_flags", "rules_channel_id",
    "public_updates_channel_id", "safety_alerts_channel_id", "vanity_url_code", "application_id",
    "max_members", "max_video_channel_users", "premium_progress_bar_enabled", "widget_enabled", "roles",
    "emojis", "stickers",
}  # fmt: skip
CHANNEL_KEYS = {
    "id", "type", "guild_id", "name", "position", "permission_overwrites", "parent_id", "flags",
}  # fmt: skip
TEXT_KEYS = {
    "last_message_id", "topic", "nsfw", "rate_limit_per_user", "last_pin_timestamp",
    "default_auto_archive_duration",
}  # fmt: skip
VOICE_KEYS = {"bitrate", "user_limit", "rtc_region", "video_quality_mode", "nsfw", "last_message_id"}
FORUM_KEYS = TEXT_KEYS | {
    "available_tags", "default_reaction_emoji", "default_sort_order", "default_forum_layout",
    "default_thread_rate_limit_per_user",
}  # fmt: skip
DM_KEYS = {"id", "type", "last_message_id", "recipients"}


def read_back(payload: dict[str, Any]) -> Any:
    """A payload as the other side of a wire has it."""
    return parse_json(encode_json(payload))


@pytest.mark.parametrize(
    "make, name", [(events.message_create, "MESSAGE_CREATE"), (events.message_update, "MESSAGE_UPDATE")]
)
def test_a_message_of_a_guild_says_where_and_as_which_member(make, name):
    event = make(MESSAGE, GUILD)
    assert event.name == name and event.d["guild_id"] == "3"
    assert event.d.keys() >= MESSAGE.payload().keys()
    assert event.d["member"].keys() >= MEMBER_KEYS and "user" not in event.d["member"]


@pytest.mark.parametrize("make", [events.message_create, events.message_update])
def test_in_a_direct_message_the_guild_is_absent_not_null(make):
    assert not make(Message(9, 5, ADA, "hello"), None).d.keys() & {"guild_id", "member"}


@pytest.mark.parametrize("make", [events.message_create, events.message_update])
def test_of_a_direct_message_the_kind_is_told_and_of_a_guilds_channel_it_is_known(make):
    assert make(Message(9, 5, ADA, "hello"), None, dm_type=1).d["channel_type"] == 1
    assert "channel_type" not in make(MESSAGE, GUILD).d


def test_an_author_who_has_left_has_no_member():
    assert "member" not in events.message_create(MESSAGE, replace(GUILD, members={})).d


def test_whom_a_message_mentions_is_told_as_the_member_that_they_are():
    message = replace(MESSAGE, mentions=(ADA, BOB))
    ada, bob = events.message_create(message, replace(GUILD, members={ADA.id: MEMBER})).d["mentions"]
    assert ada == {**ADA.payload(), "member": MEMBER.bare_payload()}
    assert bob == BOB.payload()


def test_a_deleted_message_is_named_with_its_place():
    assert events.message_delete(9, 4, 3) == (
        "MESSAGE_DELETE",
        {"id": "9", "channel_id": "4", "guild_id": "3"},
    )
    assert events.message_delete(9, 5, None).d == {"id": "9", "channel_id": "5"}


def test_typing_in_a_guild_and_between_two():
    in_guild = events.typing_start(4, 1, 1_800_000_000, 3, MEMBER.payload(ADA))
    assert in_guild.d.keys() == {"channel_id", "user_id", "timestamp", "guild_id", "member"}
    assert in_guild.d["timestamp"] == 1_800_000_000 and in_guild.d["member"]["user"]["id"] == "1"
    between_two = events.typing_start(5, 1, 1_800_000_000, None, None)
    assert between_two.d == {"channel_id": "5", "user_id": "1", "timestamp": 1_800_000_000}


def test_a_presence():
    event = events.presence_update(1, 3, "idle", [{"name": "chess", "type": 0}], {"web": "idle"})
    assert event.name == "PRESENCE_UPDATE"
    assert event.d == {"user": {"id": "1"}, "guild_id": "3", "status": "idle",
                       "activities": [{"name": "chess", "type": 0}],
                       "client_status": {"web": "idle"}}  # fmt: skip


@pytest.mark.parametrize("make, name", [(events.guild_member_add, "GUILD_MEMBER_ADD"),
                                        (events.guild_member_update, "GUILD_MEMBER_UPDATE")])  # fmt: skip
def test_a_member_comes_with_their_user_and_reads_back(make, name):
    for member, user in ((MEMBER, ADA), (BARE_MEMBER, BOB)):
        event = make(3, member, user)
        assert event.name == name and event.d.keys() >= MEMBER_KEYS | {"user", "guild_id"}
        d = read_back(event.d)
        assert Member.from_payload(d) == member and User.from_payload(d["user"]) == user


def test_a_guild_has_its_keys_and_reads_back():
    event = events.guild_update(GUILD)
    assert event.name == "GUILD_UPDATE" and event.d.keys() >= GUILD_KEYS
    assert [role["id"] for role in event.d["roles"]] == ["3", "7"]  # by position
    assert all(role.keys() >= ROLE_KEYS for role in event.d["roles"])
    other = Guild(3, "before", 2)
    other.update_from_payload(read_back(event.d))
    assert other.payload() | {"roles": []} == GUILD.payload() | {"roles": []}


def test_nothing_in_a_guild_that_is_a_list_is_null():
    payload = Guild(3, "home", 1).payload()
    assert [payload[name] for name in ("emojis", "stickers", "roles")] == [[], [], []]
    assert payload["features"] == sorted(FEATURES_OF_ALL)


def test_a_role_reads_back():
    for role in (ROLE, EVERYONE):
        payload = read_back(role.payload())
        assert isinstance(payload["permissions"], str) and Role.from_payload(payload) == role


def test_a_channel_has_the_keys_of_its_type_and_reads_back():
    category = Channel(6, ChannelType.GUILD_CATEGORY, 3, "rooms", position=3)
    for channel, keys in ((TEXT, TEXT_KEYS), (VOICE, VOICE_KEYS), (FORUM, FORUM_KEYS), (category, set())):
        payload = read_back(channel.payload())
        assert payload.keys() >= CHANNEL_KEYS | keys and Channel.from_payload(payload) == channel
    assert category.payload().keys() == CHANNEL_KEYS


def test_a_direct_message_shows_the_other_side():
    event = events.dm_create(DM, [BOB])
    assert event.name == "CHANNEL_CREATE" and event.d.keys() >= DM_KEYS and "guild_id" not in event.d
    assert [user["id"] for user in event.d["recipients"]] == ["2"]


def test_a_revoked_token_is_named_by_its_hash():
    event = events.token_revoked(b"\x01\xff" * 16, 1)
    assert event.d == {"token_hash": "01ff" * 16, "user_id": "1"}
    assert event.name == events.TOKEN_REVOKED


def test_an_entry_reads_its_payload_once():
    entry = Entry(5, "X", '{"a":1}', Nobody())
    assert entry.d == {"a": 1} and entry.d is entry.d and entry.journalled
    assert Entry(5, "X", "{}", Nobody(), d={"b": 2}).d == {"b": 2}
    assert "5" in repr(entry) and "X" in repr(entry)


def test_a_time_out_ends_by_itself():
    assert (
        MEMBER.is_timed_out(JOINED)
        and not MEMBER.is_timed_out(UNTIL)
        and not BARE_MEMBER.is_timed_out(JOINED)
    )


def test_ids_go_out_as_strings_everywhere():
    """JavaScript would round a number of that size."""
    for payload in (
        GUILD.payload(), TEXT.payload(), FORUM.payload(), DM.dm_payload([BOB]), MESSAGE.payload(),
        ROLE.payload(), events.message_create(MESSAGE, GUILD).d, MEMBER.payload(ADA),
    ):  # fmt: skip
        for name, value in pairs_of(payload):
            if name == "id" or name.endswith("_id"):
                assert value is None or isinstance(value, str), name


def pairs_of(value: Any) -> Any:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield name, inside
            yield from pairs_of(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from pairs_of(inside)
