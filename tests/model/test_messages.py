"""The message object: the keys that are always there, and what of it is left without the content intent."""

from __future__ import annotations

from datetime import UTC, datetime

from chatd.model.messages import SUPPRESS_EMBEDS, Message, MessageType, without_content
from chatd.model.references import snapshot_of
from chatd.model.users import User

# The documentation's message object: what is there in every message.
KEYS = {
    "id", "channel_id", "type", "content", "author", "timestamp", "edited_timestamp", "tts",
    "mention_everyone", "mentions", "mention_roles", "attachments", "embeds", "pinned", "flags", "components",
}  # fmt: skip
ADA = User(1, "ada")


def test_a_message_always_has_the_keys_that_clients_rely_on():
    plain = Message(175928847299117063, 2, ADA, "hello").payload()
    assert plain.keys() == KEYS
    assert plain["timestamp"] == "2016-04-30T11:18:25.796000+00:00" and plain["edited_timestamp"] is None
    for name in ("mentions", "mention_roles", "attachments", "embeds", "components"):
        assert plain[name] == [], name
    assert (plain["id"], plain["channel_id"], plain["type"], plain["flags"]) == (
        "175928847299117063",
        "2",
        0,
        0,
    )


def test_a_message_with_everything():
    edited_at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    message = Message(
        9, 2, ADA, "hello", 0, SUPPRESS_EMBEDS, True, True, (User(5, "bob"),), (7, 8), edited_at, 0
    )  # fmt: skip
    payload = message.payload()
    assert payload.keys() == KEYS | {"nonce"} and payload["nonce"] == 0
    assert payload["edited_timestamp"] == "2026-01-31T12:00:00.000000+00:00"
    assert [user["id"] for user in payload["mentions"]] == ["5"] and payload["mention_roles"] == ["7", "8"]
    assert (payload["tts"], payload["mention_everyone"], payload["flags"]) == (True, True, SUPPRESS_EMBEDS)


def test_without_the_content_intent_what_a_message_quotes_is_empty_too():
    said = Message(9, 2, ADA, "hello", details={"embeds": [{"type": "rich"}], "poll": {}})
    reply = Message(10, 2, ADA, "hi", MessageType.REPLY, referenced=said).payload()
    bare = without_content(reply)
    assert bare.keys() == reply.keys()
    assert bare["content"] == bare["referenced_message"]["content"] == ""
    assert bare["referenced_message"]["embeds"] == [] and "poll" not in bare["referenced_message"]
    forward = Message(11, 2, ADA, "", details={"message_snapshots": [snapshot_of(said.payload())]}).payload()
    assert without_content(forward)["message_snapshots"][0]["message"]["content"] == ""
    assert forward["message_snapshots"][0]["message"]["content"] == "hello"
