"""What may be sent of a message and asked for, and that anything else is a fault."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.errors import ApiError, InvalidFormBody
from chatd.model.json_text import encode_json
from chatd.model.mentions import AllowedMentions
from chatd.model.message_drafts import BulkDeleteDraft, MessageDraft, MessageEdit, MessagePage
from chatd.model.messages import (
    IS_COMPONENTS_V2,
    IS_VOICE_MESSAGE,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
)
from chatd.model.references import ReferenceDraft


def refused_at(parse: Any, body: Any) -> set[str]:
    with pytest.raises(InvalidFormBody) as refused:
        parse(body)
    return set(refused.value.errors)


@pytest.mark.parametrize("content", ["", "x", "x" * 2000, "😀" * 2000, "  spaces kept \n", None])
def test_content_up_to_2000_characters(content):
    assert MessageDraft.parse({"content": content}).content == (content or "")


@pytest.mark.parametrize("content", ["x" * 2001, "\x00", "\ud800", 5, [], {}, True])
def test_other_content_is_refused(content):
    assert refused_at(MessageDraft.parse, {"content": content}) == {"content"}
    assert refused_at(MessageEdit.parse, {"content": content}) == {"content"}


def test_a_message_of_nothing_is_a_draft():
    """Whether that can be sent depends on what else a message may hold: the action decides."""
    assert MessageDraft.parse({}) == MessageDraft("")


@pytest.mark.parametrize("nonce", ["n", "", "x" * 25, 0, 5, -5, 2**63, None])
def test_a_nonce_is_kept_as_it_came(nonce):
    kept = MessageDraft.parse({"nonce": nonce}).nonce
    assert kept == nonce and type(kept) is type(nonce)


@pytest.mark.parametrize("nonce", ["x" * 26, True, 1.5, [], {}, 2**65, -(2**64), "\x00"])
def test_other_nonces_are_refused(nonce):
    assert refused_at(MessageDraft.parse, {"nonce": nonce}) == {"nonce"}


def test_without_a_nonce_there_is_none_to_enforce():
    assert MessageDraft.parse({"nonce": 0, "enforce_nonce": True}).enforce_nonce
    assert not MessageDraft.parse({"nonce": None, "enforce_nonce": True}).enforce_nonce


def test_an_author_sets_only_the_flags_that_are_theirs():
    assert MessageDraft.parse({"flags": 0}).flags == 0
    theirs = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2
    assert MessageDraft.parse({"flags": 2**31 - 1 - IS_VOICE_MESSAGE}).flags == theirs
    for parse in (MessageDraft.parse, MessageEdit.parse):
        assert refused_at(parse, {"flags": IS_VOICE_MESSAGE}) == {"flags"}
    assert refused_at(MessageDraft.parse, {"flags": -1}) == {"flags"}
    assert refused_at(MessageDraft.parse, {"flags": 2**31 + 1}) == {"flags"}


def test_every_fault_at_once():
    body = {"content": 5, "nonce": [], "tts": "yes", "flags": "x", "enforce_nonce": 1, "allowed_mentions": 7}
    assert refused_at(MessageDraft.parse, body) == set(body)


def only(**allowed: Any) -> AllowedMentions:
    """What a client that sends `allowed_mentions` has not named is not allowed."""
    nothing = {"users": False, "roles": False, "everyone": False, "replied_user": False}
    return AllowedMentions(**{**nothing, **allowed})


@pytest.mark.parametrize(
    "allowed, expected",
    [
        ({}, only()),
        ({"parse": []}, only()),
        ({"parse": ["users"]}, only(users=True)),
        ({"parse": ["users", "roles", "everyone", "x"]}, only(users=True, roles=True, everyone=True)),
        ({"users": ["5", 6]}, only(user_ids=frozenset({5, 6}))),
        ({"parse": ["everyone"], "roles": [7]}, only(everyone=True, role_ids=frozenset({7}))),
        ({"parse": ["users"], "users": []}, only(users=True)),
        ({"parse": None, "users": None, "roles": None, "replied_user": True}, only(replied_user=True)),
    ],
)
def test_allowed_mentions(allowed, expected):
    assert MessageDraft.parse({"allowed_mentions": allowed}).allowed_mentions == expected
    assert MessageEdit.parse({"allowed_mentions": allowed}).allowed_mentions == expected


def test_absent_allowed_mentions_allow_all_and_an_edit_tells_them_apart():
    for body in ({}, {"allowed_mentions": None}):
        assert MessageDraft.parse(body).allowed_mentions == AllowedMentions(True, True, True)
        assert MessageEdit.parse(body).allowed_mentions is None


@pytest.mark.parametrize(
    "allowed, field",
    [({"parse": [1]}, "parse"), ({"parse": [None]}, "parse"), ({"parse": [["users"]]}, "parse"),
     ({"parse": "users"}, "parse"), ({"replied_user": 1}, "replied_user"), ({"users": "5"}, "users")],
)  # fmt: skip
def test_allowed_mentions_of_wrong_types_are_refused(allowed, field):
    for draft in (MessageDraft, MessageEdit):
        with pytest.raises(InvalidFormBody) as refused:
            draft.parse({"allowed_mentions": allowed})
        assert set(refused.value.errors["allowed_mentions"]) == {field}


def test_what_is_parsed_cannot_be_listed_too():
    for kind in ("users", "roles"):
        body = {"allowed_mentions": {"parse": [kind], kind: ["5"]}}
        with pytest.raises(InvalidFormBody) as refused:
            MessageDraft.parse(body)
        assert set(refused.value.errors["allowed_mentions"]) == {kind}
    assert refused_at(MessageDraft.parse, {"allowed_mentions": {"users": list(range(101))}}) == {
        "allowed_mentions"
    }


def test_whom_allowed_mentions_let_through():
    listed = AllowedMentions(False, False, False, frozenset({5}), frozenset({7}))
    assert listed.user(5) and not listed.user(6) and listed.role(7) and not listed.role(5)
    assert AllowedMentions().user(6) and AllowedMentions().role(6)


def test_an_edit_tells_what_was_not_sent_from_what_was_emptied():
    assert MessageEdit.parse({}).content is None and MessageEdit.parse({}).flags is None
    assert MessageEdit.parse({"content": None}).content == ""
    assert MessageEdit.parse({"content": "x", "flags": 4}) == MessageEdit("x", 4, None)


@pytest.mark.parametrize(
    "query, page",
    [
        ({}, MessagePage(50, None, None, None)),
        ({"limit": "1"}, MessagePage(1, None, None, None)),
        ({"limit": "100", "before": "5"}, MessagePage(100, 5, None, None)),
        ({"after": "0"}, MessagePage(50, None, 0, None)),
        ({"around": "7"}, MessagePage(50, None, None, 7)),
        ({"unknown": "x"}, MessagePage(50, None, None, None)),
    ],
)
def test_a_page(query, page):
    assert MessagePage.parse(query) == page


@pytest.mark.parametrize("limit", ["0", "101", "-1", "", "x", "1.5", "1e2", "\u0661", " 5"])
def test_a_page_is_of_1_to_100(limit):
    assert refused_at(MessagePage.parse, {"limit": limit}) == {"limit"}


@pytest.mark.parametrize("bounds", [("before", "after"), ("before", "around"), ("after", "around"),
                                    ("before", "after", "around")])  # fmt: skip
def test_a_page_has_one_bound(bounds):
    assert refused_at(MessagePage.parse, {name: "5" for name in bounds}) == {"before"}


@pytest.mark.parametrize("bound", ["before", "after", "around"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 20, "\u0661"])
def test_a_bound_is_an_id(bound, value):
    assert refused_at(MessagePage.parse, {bound: value}) == {bound}


@pytest.mark.parametrize(
    "reference, field",
    [
        ({}, "message_id"),
        ({"message_id": "x"}, "message_id"),
        ({"message_id": "5", "type": 2}, "type"),
        ({"message_id": "5", "type": 1}, "channel_id"),
        ({"message_id": "5", "fail_if_not_exists": 1}, "fail_if_not_exists"),
        ({"message_id": "5", "guild_id": []}, "guild_id"),
    ],
)
def test_a_reference_names_a_message_and_a_forward_its_channel(reference, field):
    with pytest.raises(InvalidFormBody) as refused:
        MessageDraft.parse({"message_reference": reference})
    assert set(refused.value.errors["message_reference"]) == {field}


def test_references_as_libraries_send_them():
    def parsed(**fields: Any) -> Any:
        return MessageDraft.parse({"message_reference": fields}).reference

    assert parsed(message_id="5") == parsed(message_id=5, type=0, channel_id=None) == ReferenceDraft(5)
    assert parsed(message_id=5, channel_id="4", guild_id="3", fail_if_not_exists=False, type=1) == (
        ReferenceDraft(5, 4, 3, False, True)
    )
    assert MessageDraft.parse({"message_reference": None}).reference is None


# A body with every field of a message, of which a part is replaced by something else.
WHOLE = {
    "content": "x", "flags": 4, "nonce": "x", "tts": True, "enforce_nonce": True, "sticker_ids": ["1", 2],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"], "replied_user": True},
    "message_reference": {"message_id": "1", "channel_id": "2", "type": 1, "fail_if_not_exists": False},
    "embeds": [
        {"title": "t", "color": 5, "timestamp": "2026-01-31T12:00:00Z", "image": {"url": "attachment://x"},
         "fields": [{"name": "n", "value": "v"}], "footer": {"text": "t", "icon_url": "https://a.example"},
         "author": {"name": "n", "url": "https://a.example"}},
    ],
    "components": [
        {"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "c", "emoji": {"name": "x"}}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "m", "options": [{"label": "a", "value": "b"}]}]},
        {"type": 1, "components": [{"type": 8, "custom_id": "q", "channel_types": [0],
                                    "default_values": [{"id": "1", "type": "channel"}]}]},
        {"type": 17, "components": [
            {"type": 9, "components": [{"type": 10, "content": "x"}],
             "accessory": {"type": 11, "media": {"url": "https://a.example"}}},
            {"type": 12, "items": [{"media": {"url": "https://a.example"}}]}, {"type": 14},
        ]},
    ],
    "poll": {"question": {"text": "q"}, "duration": 24,
             "answers": [{"poll_media": {"text": "a", "emoji": {"name": "x", "id": "5"}}}]},
    "messages": ["1", "2"],
}  # fmt: skip
OTHER: list[Any] = [
    None, True, 0, -1, 1.5, 2**70, "", "x", "\x00", "\ud800", [], {}, [[]], [{}], [None], {"type": []},
    "9" * 30, ["1"] * 200, "https://[", {"id": {}},
]  # fmt: skip


def spoiled(value: Any, rng: Any) -> Any:
    if rng.random() < 0.1:
        return rng.choice(OTHER)
    if isinstance(value, dict):
        return {name: spoiled(each, rng) for name, each in value.items() if rng.random() > 0.05}
    return [spoiled(each, rng) for each in value] if isinstance(value, list) else value


def test_whatever_is_sent_is_a_draft_that_can_be_told_or_refused(rng):
    for _ in range(1000):
        body = spoiled(WHOLE, rng)
        for parse in (MessageDraft.parse, MessageEdit.parse, BulkDeleteDraft.parse):
            try:
                told = getattr(parse(body), "details", None)
            except ApiError as refusal:
                told = refusal.body()
            encode_json(told).encode()
