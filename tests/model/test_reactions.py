"""Reactions: how an emoji is named in a path, and the objects."""

from __future__ import annotations

import pytest

from chatd.model.emojis import Emoji
from chatd.model.errors import InvalidFormBody, UnknownReactionEmoji
from chatd.model.reactions import EmojiKey, Reaction, ReactionPage, emoji_payload


@pytest.mark.parametrize("path", ["wave:5", ":wave:5", "a:wave:5", "w:5", "w" * 32 + ":5"])
def test_a_custom_emoji_is_known_by_its_id(path):
    assert EmojiKey.parse(path) == ("5", 5)


def test_a_standard_emoji_is_known_by_its_characters():
    assert EmojiKey.parse("🔥") == ("🔥", None)
    assert EmojiKey.parse("❤") == EmojiKey.parse("❤\ufe0f")


@pytest.mark.parametrize(
    "path", ["", "wave", "5", "wave:", "wave:x", "<:wave:5>", "wave:" + "9" * 19, "wave:" + "9" * 20, "a b:5",
             "🔥🔥", "w" * 33 + ":5"]
)  # fmt: skip
def test_anything_else_is_no_emoji(path):
    with pytest.raises(UnknownReactionEmoji):
        EmojiKey.parse(path)


def test_a_key_is_stored_as_its_text():
    for path in ("🔥", "wave:5", "1\ufe0f\u20e3"):
        assert EmojiKey.of(EmojiKey.parse(path).text) == EmojiKey.parse(path)


def test_the_emoji_of_a_reaction():
    wave = Emoji(5, 3, "wave", animated=True)
    assert emoji_payload(EmojiKey("🔥", None), {}) == {"id": None, "name": "🔥"}
    assert emoji_payload(EmojiKey("5", 5), {5: wave}) == {"id": "5", "name": "wave", "animated": True}
    assert emoji_payload(EmojiKey("5", 5), {}) == {"id": "5", "name": None, "animated": False}


def test_a_reaction_counts_those_who_made_it():
    assert Reaction({"id": None, "name": "🔥"}, 3, True).payload() == {
        "emoji": {"id": None, "name": "🔥"}, "count": 3, "count_details": {"normal": 3, "burst": 0},
        "me": True, "me_burst": False, "burst_colors": [],
    }  # fmt: skip


def test_a_page_of_those_who_reacted():
    assert ReactionPage.parse({}) == ReactionPage(0, 25, 0)
    assert ReactionPage.parse({"type": "1", "limit": "100", "after": "7"}) == ReactionPage(1, 100, 7)
    for query in ({"type": "2"}, {"limit": "0"}, {"limit": "101"}, {"after": "x"}):
        with pytest.raises(InvalidFormBody):
            ReactionPage.parse(query)
