"""The audit log's words: what counts as a change, and what may be asked for."""

from __future__ import annotations

import pytest

from chatd.model.audit_log import AuditAction, AuditLogPage, changes_between
from chatd.model.errors import InvalidFormBody


@pytest.mark.parametrize(
    "before, after, changes",
    [
        ({"name": "a", "topic": None}, {"name": "b", "topic": None},
         [{"key": "name", "old_value": "a", "new_value": "b"}]),
        ({"topic": "x"}, {"topic": None}, [{"key": "topic", "old_value": "x"}]),
        ({"topic": None}, {"topic": "x"}, [{"key": "topic", "new_value": "x"}]),
        (None, {"name": "new", "topic": None}, [{"key": "name", "new_value": "new"}]),
        ({"name": "gone"}, None, [{"key": "name", "old_value": "gone"}]),
        ({"nsfw": False}, {"nsfw": True}, [{"key": "nsfw", "old_value": False, "new_value": True}]),
        ({"last_message_id": "1"}, {"last_message_id": "2"}, []),
        ({"name": "same"}, {"name": "same"}, []),
    ],
)  # fmt: skip
def test_changes_are_what_differs(before, after, changes):
    assert changes_between(before, after) == changes


def test_only_the_keys_that_were_asked_for_are_compared():
    before, after = {"name": "a", "color": 1}, {"name": "b", "color": 2}
    assert changes_between(before, after, ["color"]) == [{"key": "color", "old_value": 1, "new_value": 2}]


def test_actions_have_the_documented_numbers():
    numbers = {"GUILD_UPDATE": 1, "MEMBER_BAN_ADD": 22, "MESSAGE_UNPIN": 75, "THREAD_DELETE": 112}
    assert {name: AuditAction[name].value for name in numbers} == numbers


def test_a_page_has_bounds_and_says_all_that_is_wrong():
    assert AuditLogPage.parse({}) == AuditLogPage(50, None, None, None, None, None)
    with pytest.raises(InvalidFormBody) as caught:
        AuditLogPage.parse({"limit": "101", "before": "x", "action_type": "-1", "user_id": "\0"})
    assert set(caught.value.errors) == {"limit", "before", "action_type", "user_id"}
