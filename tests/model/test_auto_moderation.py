"""Rules of automatic moderation: what a client may send of them, and what it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.auto_moderation import Rule, RuleDraft, RuleEdit
from chatd.model.errors import InvalidFormBody
from tests.faults import faults_in

BODY: dict[str, Any] = {"name": "words", "event_type": 1, "trigger_type": 1, "actions": [{"type": 1}]}
CHARACTERS_61 = "x" * 61


def refused(body: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidFormBody) as caught:
        RuleDraft.parse(body)
    return faults_in(caught.value.errors)


def test_a_rule_is_read_shown_and_read_back():
    draft = RuleDraft.parse(
        BODY
        | {
            "trigger_metadata": {"keyword_filter": ["cat*"], "regex_patterns": ["(b|c)at"]},
            "actions": [
                {"type": 1, "metadata": {"custom_message": "Not here."}},
                {"type": 2, "metadata": {"channel_id": 5}},
                {"type": 3, "metadata": {"duration_seconds": 60}},
            ],
            "exempt_roles": ["9", "8", "9"],
        }
    )
    rule = Rule(1, 2, 3, trigger_type=draft.trigger_type, **draft.values)
    assert rule.payload() == {
        "id": "1", "guild_id": "2", "creator_id": "3", "name": "words", "event_type": 1, "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": ["cat*"], "regex_patterns": ["(b|c)at"], "allow_list": []},
        "actions": [
            {"type": 1, "metadata": {"custom_message": "Not here."}},
            {"type": 2, "metadata": {"channel_id": "5"}},
            {"type": 3, "metadata": {"duration_seconds": 60}},
        ],
        "enabled": False, "exempt_roles": ["8", "9"], "exempt_channels": [],
    }  # fmt: skip
    assert Rule.from_payload(rule.payload()) == rule


@pytest.mark.parametrize(
    "kind, event_type, sent, shown, action",
    [
        (1, 1, None, {"keyword_filter": [], "regex_patterns": [], "allow_list": []}, {"type": 1}),
        (3, 1, {"anything": 1}, {}, {"type": 1}),
        (4, 1, {"presets": [3, 1, 3]}, {"presets": [1, 3], "allow_list": []}, {"type": 1}),
        (5, 1, {"mention_total_limit": 50},
         {"mention_total_limit": 50, "mention_raid_protection_enabled": False},
         {"type": 3, "metadata": {"duration_seconds": 2_419_200}}),
        (6, 2, {"keyword_filter": ["x"]}, {"keyword_filter": ["x"], "regex_patterns": [], "allow_list": []},
         {"type": 4}),
    ],
)  # fmt: skip
def test_each_trigger_has_metadata_of_its_own(kind, event_type, sent, shown, action):
    body = BODY | {"trigger_type": kind, "event_type": event_type, "trigger_metadata": sent,
                   "actions": [action]}  # fmt: skip
    assert RuleDraft.parse(body).values["trigger_metadata"] == shown


def test_all_faults_are_told_at_once():
    assert refused({}) == {
        "trigger_type": ["BASE_TYPE_REQUIRED"], "name": ["BASE_TYPE_REQUIRED"],
        "event_type": ["BASE_TYPE_REQUIRED"], "actions": ["BASE_TYPE_REQUIRED"],
    }  # fmt: skip
    metadata = {
        "keyword_filter": [CHARACTERS_61, "**", 5], "regex_patterns": ["x" * 261], "allow_list": ["x"] * 101,
    }  # fmt: skip
    body = BODY | {"trigger_metadata": metadata, "exempt_roles": list(range(21)), "event_type": 2}
    assert refused(body) == {
        "trigger_metadata.keyword_filter.0": ["BASE_TYPE_MAX_LENGTH"],
        "trigger_metadata.keyword_filter.1": ["BASE_TYPE_REQUIRED"],
        "trigger_metadata.keyword_filter.2": ["STRING_TYPE_CONVERT"],
        "trigger_metadata.regex_patterns.0": ["BASE_TYPE_MAX_LENGTH"],
        "trigger_metadata.allow_list": ["BASE_TYPE_BAD_LENGTH"],
        "exempt_roles": ["BASE_TYPE_BAD_LENGTH"],
        "event_type": ["BASE_TYPE_CHOICES"],
    }


@pytest.mark.parametrize(
    "field, value",
    [
        ("keyword_filter", ["x"] * 1001),
        ("regex_patterns", ["x"] * 11),
        ("allow_list", ["x"] * 101),
    ],
)
def test_keywords_and_patterns_are_counted(field, value):
    assert refused(BODY | {"trigger_metadata": {field: value}}) == {
        f"trigger_metadata.{field}": ["BASE_TYPE_BAD_LENGTH"]
    }
    RuleDraft.parse(BODY | {"trigger_metadata": {field: value[1:]}})


def test_a_pattern_that_is_none_is_refused_with_its_place():
    body = BODY | {"trigger_metadata": {"regex_patterns": ["a+", "b(?=c)", "(x{1000}){1000}"]}}
    with pytest.raises(InvalidFormBody) as caught:
        RuleDraft.parse(body)
    faults = caught.value.errors["trigger_metadata"]["regex_patterns"]
    assert {at: fault["_errors"] for at, fault in faults.items()} == {
        "1": [{"code": "AUTO_MODERATION_INVALID_REGEX",
               "message": "At character 2: look-around is not supported."}],
        "2": [{"code": "AUTO_MODERATION_INVALID_REGEX",
               "message": "At character 1: compiled, it is too large."}],
    }  # fmt: skip


def test_a_preset_allows_more_words():
    body = BODY | {"trigger_type": 4, "trigger_metadata": {"presets": [4], "allow_list": ["x"] * 1001}}
    assert refused(body) == {
        "trigger_metadata.presets.0": ["BASE_TYPE_CHOICES"],
        "trigger_metadata.allow_list": ["BASE_TYPE_BAD_LENGTH"],
    }


@pytest.mark.parametrize(
    "kind, action, where, code",
    [
        (1, {"type": 4}, "type", "AUTO_MODERATION_INVALID_ACTION_TYPE"),
        (3, {"type": 3, "metadata": {"duration_seconds": 1}}, "type", "AUTO_MODERATION_INVALID_ACTION_TYPE"),
        (6, {"type": 1}, "type", "AUTO_MODERATION_INVALID_ACTION_TYPE"),
        (1, {"type": 9}, "type", "BASE_TYPE_CHOICES"),
        (1, {"type": 2}, "metadata", "BASE_TYPE_REQUIRED"),
        (1, {"type": 2, "metadata": {}}, "metadata.channel_id", "BASE_TYPE_REQUIRED"),
        (1, {"type": 3, "metadata": {"duration_seconds": 2_419_201}}, "metadata.duration_seconds",
         "NUMBER_TYPE_MAX"),
        (1, {"type": 1, "metadata": {"custom_message": "x" * 151}}, "metadata.custom_message",
         "BASE_TYPE_MAX_LENGTH"),
    ],
)  # fmt: skip
def test_an_action_is_one_that_the_trigger_allows_with_what_it_needs(kind, action, where, code):
    body = BODY | {"trigger_type": kind, "event_type": 1 + (kind == 6), "actions": [action]}
    assert refused(body) == {f"actions.0.{where}": [code]}


@pytest.mark.parametrize("actions", [[], [{"type": 1}] * 6])
def test_a_rule_does_something_and_not_too_much(actions):
    assert refused(BODY | {"actions": actions}) == {"actions": ["BASE_TYPE_BAD_LENGTH"]}


def test_an_edit_changes_what_is_sent_and_never_the_trigger():
    assert RuleEdit.parse({}, 1).values == {}
    edit = RuleEdit.parse({"enabled": True, "trigger_type": 1, "exempt_channels": []}, 1)
    assert edit.values == {"enabled": True, "exempt_channels": ()}
    nulls = dict.fromkeys((*BODY, "trigger_metadata", "enabled", "exempt_roles", "exempt_channels"))
    assert RuleEdit.parse(nulls, 1).values == {}
    with pytest.raises(InvalidFormBody) as caught:
        RuleEdit.parse({"trigger_type": 3, "trigger_metadata": {"keyword_filter": [""]}}, 1)
    assert faults_in(caught.value.errors) == {
        "trigger_type": ["BASE_TYPE_CHOICES"], "trigger_metadata.keyword_filter.0": ["BASE_TYPE_REQUIRED"],
    }  # fmt: skip
