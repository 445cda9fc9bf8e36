"""Threads: their shape, what is counted, when they are idle, and what a client may ask of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.model import events
from chatd.model.channels import Channel, ChannelType
from chatd.model.errors import InvalidFormBody
from chatd.model.json_text import encode_json, parse_json
from chatd.model.permissions import DEFAULT_EVERYONE, Overwrite, Permission, channel_permissions
from chatd.model.snowflakes import EPOCH_MS
from chatd.model.thread_drafts import (
    ArchivedPage,
    JoinedPage,
    ThreadDraft,
    ThreadEdit,
    ThreadMemberPage,
    ThreadSearch,
)
from chatd.model.threads import PINNED, Thread, ThreadMember

NOON = datetime(2026, 1, 31, 12, 0, 0, 123456, UTC)
MEMBERS = {1: ThreadMember(1, NOON), 2: ThreadMember(2, NOON, 2)}
TALK = Thread(
    1, NOON, 1440, NOON, applied_tags=(8, 7), message_count=3, total_message_sent=5, members=MEMBERS
)
PUBLIC = Channel(
    9, ChannelType.PUBLIC_THREAD, 3, "talk", parent_id=4, rate_limit_per_user=5, last_message_id=99,
    flags=PINNED, thread=TALK,
)  # fmt: skip
SECRET = Channel(
    10, ChannelType.PRIVATE_THREAD, 3, "psst", parent_id=4,
    thread=Thread(2, NOON, 60, NOON, archived=True, locked=True, invitable=False),
)  # fmt: skip

# The documentation's fields of a thread, and those of a channel that it does not have.
KEYS = {
    "id", "type", "guild_id", "name", "parent_id", "owner_id", "last_message_id", "last_pin_timestamp",
    "rate_limit_per_user", "flags", "thread_metadata", "message_count", "member_count", "total_message_sent",
    "applied_tags",
}  # fmt: skip
METADATA_KEYS = {"archived", "auto_archive_duration", "archive_timestamp", "locked", "create_timestamp"}


def read_back(payload: dict[str, Any]) -> Any:
    """A payload as the other side of a wire has it."""
    return parse_json(encode_json(payload))


def id_at(moment: datetime) -> int:
    return (int(moment.timestamp() * 1000) - EPOCH_MS) << 22


# The object and its events


def test_a_thread_is_a_channel_without_a_place_and_overwrites_of_its_own():
    d = PUBLIC.payload()
    assert d.keys() == KEYS and d["thread_metadata"].keys() == METADATA_KEYS
    assert (d["member_count"], d["message_count"], d["total_message_sent"]) == (2, 3, 5)
    assert (d["owner_id"], d["applied_tags"], d["parent_id"]) == ("1", ["8", "7"], "4")


def test_only_a_private_thread_says_whether_others_may_invite():
    assert SECRET.payload()["thread_metadata"]["invitable"] is False
    assert SECRET.payload()["thread_metadata"].keys() == METADATA_KEYS | {"invitable"}


@pytest.mark.parametrize("channel", [PUBLIC, SECRET])
def test_a_thread_reads_back_all_but_its_members(channel):
    found = Channel.from_payload(read_back(channel.payload()))
    assert found.thread is not None and found.thread.members == {}
    found.thread.members = channel.thread.members
    assert found == channel


def test_who_is_in_a_thread_is_told_so():
    since = "2026-01-31T12:00:00.123456+00:00"
    assert PUBLIC.payload_for(2) == {
        **PUBLIC.payload(), "member": {"id": "9", "user_id": "2", "join_timestamp": since, "flags": 2},
    }  # fmt: skip
    assert "member" not in PUBLIC.payload_for(3)
    assert ThreadMember.from_payload(read_back(PUBLIC.payload_for(2)["member"])) == MEMBERS[2]


def test_the_events_of_a_thread():
    made = events.thread_create(PUBLIC)
    assert made == ("THREAD_CREATE", {**PUBLIC.payload(), "newly_created": True})
    joined = events.thread_joined(PUBLIC, MEMBERS[2])
    assert joined == ("THREAD_CREATE", PUBLIC.payload_for(2))
    assert events.thread_update(PUBLIC) == ("THREAD_UPDATE", PUBLIC.payload())
    gone = {"id": "10", "guild_id": "3", "parent_id": "4", "type": 12}
    assert events.thread_delete(SECRET) == ("THREAD_DELETE", gone)
    assert events.thread_member_update(PUBLIC) == ("THREAD_MEMBER_UPDATE", {"id": "9", "guild_id": "3"})


def test_members_come_and_go_by_the_fields_that_apply():
    added = events.thread_members_update(PUBLIC, 2, added=[{"user_id": "2"}])
    assert added.name == "THREAD_MEMBERS_UPDATE"
    assert added.d == {"id": "9", "guild_id": "3", "member_count": 2, "added_members": [{"user_id": "2"}]}
    removed = events.thread_members_update(PUBLIC, 1, added=[], removed=(2,))
    assert removed.d == {"id": "9", "guild_id": "3", "member_count": 1, "removed_member_ids": ["2"]}


# What is counted, and how long it stays


def test_the_message_that_a_thread_begins_with_is_not_counted():
    thread = Thread(1, NOON, 60, NOON)
    thread.on_message(9, 0, thread_id=9)  # a post
    thread.on_message(10, 21, thread_id=9)  # a reference to the message it was made of
    assert (thread.message_count, thread.total_message_sent) == (0, 0)
    thread.on_message(11, 0, thread_id=9)
    thread.on_message(12, 4, thread_id=9)
    assert (thread.message_count, thread.total_message_sent) == (2, 2)


def test_a_thread_is_idle_so_long_after_the_last_that_happened():
    thread = Thread(1, NOON, 60, NOON)
    assert thread.idle_at(None) == NOON + timedelta(hours=1)
    said = NOON.replace(microsecond=0) + timedelta(minutes=10)
    assert thread.idle_at(id_at(said)) == said + timedelta(hours=1)
    assert thread.idle_at(id_at(NOON - timedelta(days=1))) == NOON + timedelta(hours=1)


# Permissions: the documentation, "Inherited Permissions (Threads)"

P = Permission
TALKS = int(P.VIEW_CHANNEL | P.SEND_MESSAGES_IN_THREADS)


@pytest.mark.parametrize(
    "base, denied, in_channel, in_thread",
    [(P.VIEW_CHANNEL | P.SEND_MESSAGES, 0, True, False),
     (TALKS, 0, False, True),
     (TALKS | P.SEND_MESSAGES, 0, True, True),
     (TALKS | P.SEND_MESSAGES, P.SEND_MESSAGES, False, True),
     (TALKS | P.SEND_MESSAGES, P.SEND_MESSAGES_IN_THREADS, True, False),
     (TALKS | P.SEND_MESSAGES, P.VIEW_CHANNEL, False, False)],
)  # fmt: skip
def test_to_speak_in_a_thread_is_a_permission_of_its_own(base, denied, in_channel, in_thread):
    about = {"guild_id": 3, "user_id": 1, "role_ids": (), "overwrites": {3: Overwrite(3, 0, 0, int(denied))}}
    granted = [channel_permissions(int(base), **about, in_thread=where) for where in (False, True)]
    assert [bool(each & P.SEND_MESSAGES) for each in granted] == [in_channel, in_thread]


def test_what_only_speakers_have_they_have_in_threads_too():
    about = {"guild_id": 3, "user_id": 1, "role_ids": (),
             "overwrites": {3: Overwrite(3, 0, 0, int(P.SEND_MESSAGES))}}  # fmt: skip
    assert not channel_permissions(DEFAULT_EVERYONE, **about) & P.ATTACH_FILES
    assert channel_permissions(DEFAULT_EVERYONE, **about, in_thread=True) & P.ATTACH_FILES


# What a client may send


def faults(draft: Any, body: Any) -> dict[str, str]:
    """The code of the first fault of each field of a body, at its first level."""
    with pytest.raises(InvalidFormBody) as refused:
        draft.parse(body)
    return {name: tree["_errors"][0]["code"] for name, tree in refused.value.errors.items()}


def test_a_thread_is_private_unless_it_says_otherwise():
    draft = ThreadDraft.parse({"name": " talk "})
    assert (draft.name, draft.type, draft.invitable, draft.message) == ("talk", 12, True, None)
    assert (draft.auto_archive_duration, draft.rate_limit_per_user, draft.applied_tags) == (None, None, ())


def test_a_post_has_a_message_and_each_tag_once():
    draft = ThreadDraft.parse({"name": "x", "applied_tags": ["7", 8, "7"], "message": {"content": "hi"}})
    assert draft.applied_tags == (7, 8) and draft.message is not None and draft.message.content == "hi"


def test_every_fault_of_a_thread_is_told_at_once():
    body = {"name": "", "type": 0, "auto_archive_duration": 61, "rate_limit_per_user": 21601,
            "invitable": "yes", "applied_tags": list(range(6))}  # fmt: skip
    assert faults(ThreadDraft, body) == {
        "name": "BASE_TYPE_REQUIRED", "type": "BASE_TYPE_CHOICES",
        "auto_archive_duration": "BASE_TYPE_CHOICES", "rate_limit_per_user": "NUMBER_TYPE_MAX",
        "invitable": "BOOLEAN_TYPE_CONVERT",
        "applied_tags": "BASE_TYPE_BAD_LENGTH",
    }  # fmt: skip
    assert faults(ThreadDraft, {"name": "x" * 101}) == {"name": "BASE_TYPE_MAX_LENGTH"}


def test_the_faults_of_a_posts_message_are_told_by_their_path():
    with pytest.raises(InvalidFormBody) as refused:
        ThreadDraft.parse({"name": "x", "message": {"content": "y" * 2001}})
    assert refused.value.errors["message"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


def test_an_edit_leaves_what_it_does_not_name():
    assert ThreadEdit.parse({}) == ThreadEdit()
    assert ThreadEdit.parse({"archived": False}).only_reopens
    assert not ThreadEdit.parse({"archived": False, "locked": False}).only_reopens
    assert not ThreadEdit.parse({"archived": True}).only_reopens
    assert ThreadEdit.parse({"rate_limit_per_user": None}).rate_limit_per_user == 0
    assert ThreadEdit.parse({"applied_tags": []}).applied_tags == ()


def test_every_fault_of_an_edit_is_told_at_once():
    body = {"name": 5, "archived": 1, "locked": "no", "auto_archive_duration": "60", "invitable": [],
            "rate_limit_per_user": -1, "applied_tags": "7", "flags": -1}  # fmt: skip
    assert faults(ThreadEdit, body) == {
        "name": "STRING_TYPE_CONVERT", "archived": "BOOLEAN_TYPE_CONVERT", "locked": "BOOLEAN_TYPE_CONVERT",
        "auto_archive_duration": "BASE_TYPE_CHOICES", "invitable": "BOOLEAN_TYPE_CONVERT",
        "rate_limit_per_user": "NUMBER_TYPE_MIN", "applied_tags": "LIST_TYPE_CONVERT",
        "flags": "NUMBER_TYPE_MIN",
    }  # fmt: skip


@pytest.mark.parametrize(
    "page, query, codes",
    [(ArchivedPage, {"before": "yesterday", "limit": "1"},
      {"before": "DATE_TIME_TYPE_PARSE", "limit": "NUMBER_TYPE_MIN"}),
     (ArchivedPage, {"limit": "101"}, {"limit": "NUMBER_TYPE_MAX"}),
     (JoinedPage, {"before": "2026-01-31T12:00:00Z"}, {"before": "NUMBER_TYPE_COERCE"}),
     (ThreadMemberPage, {"limit": "101", "after": "x", "with_member": "perhaps"},
      {"limit": "NUMBER_TYPE_MAX", "after": "NUMBER_TYPE_COERCE", "with_member": "BASE_TYPE_CHOICES"})],
)  # fmt: skip
def test_pages_are_checked(page, query, codes):
    assert faults(page, query) == codes


def test_a_search_is_checked_and_finds_everything_by_itself():
    with pytest.raises(InvalidFormBody) as refused:
        ThreadSearch.parse({
            "name": ["x" * 101], "slop": ["101"], "min_id": ["x"], "max_id": ["5"], "tag": ["7", "y"],
            "tag_setting": ["all"], "archived": ["perhaps"], "sort_by": ["name"], "sort_order": ["up"],
            "limit": ["26"], "offset": ["9976"],
        })  # fmt: skip
    assert set(refused.value.errors) == {
        "name", "slop", "min_id", "tag", "tag_setting", "archived", "sort_by", "sort_order", "limit",
        "offset",
    }  # fmt: skip
    search = ThreadSearch.parse({"name": ["first", "Some  WORDS"], "tag": ["7", "8"]})
    assert search.words == ("some", "words") and search.tags == {7, 8} and search.archived is None
    assert ThreadSearch.parse({}).words == () and ThreadSearch.parse({}).after == 0


def test_pages_begin_at_the_end_by_themselves():
    assert ArchivedPage.parse({}).before > NOON and JoinedPage.parse({}).before > 2**62
    assert ThreadMemberPage.parse({}) == ThreadMemberPage(False, 100, 0)
