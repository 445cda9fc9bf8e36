"""Standard emoji: what is one, and that two spellings of it are the same."""

from __future__ import annotations

import pytest

from chatd.model.standard_emojis import standard_emoji

HEART, RAINBOW_FLAG = "❤\ufe0f", "\U0001f3f3\ufe0f\u200d🌈"


@pytest.mark.parametrize(
    "text",
    ["👍", "👍🏽", HEART, RAINBOW_FLAG, "1\ufe0f\u20e3", "#\ufe0f\u20e3", "🇩🇪", "☝🏽", "🔥", "©\ufe0f",
     "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "👨\u200d👩\u200d👧\u200d👦",
     "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿", "🕵\ufe0f\u200d♂\ufe0f", "🕵🏽\u200d♂\ufe0f", "\U0001fae9"],
)  # fmt: skip
def test_one_emoji_fully_qualified_is_itself(text):
    assert standard_emoji(text) == text


@pytest.mark.parametrize(
    "text, spelled",
    [("❤", HEART), ("👍\ufe0f", "👍"), ("\U0001f3f3\u200d🌈", RAINBOW_FLAG), ("1\u20e3", "1\ufe0f\u20e3"),
     ("🕵\u200d♂", "🕵\ufe0f\u200d♂\ufe0f"), ("©", "©\ufe0f")],
)  # fmt: skip
def test_another_spelling_of_it_is_the_same_one(text, spelled):
    assert standard_emoji(text) == spelled


@pytest.mark.parametrize(
    "text",
    ["", "a", "1", "👍👍", " 👍", "👍 ", "🇩", "🇩🇪🇩", "☕🏽", "\u200d", "\ufe0f", "👍\u200d", "\u200d👍",
     "👍\u200da", "❤\ufe0f\ufe0f", "\U0001f3f4\U000e0067\U000e007f", "wave:5", "😀\u200d" * 4 + "😀", "中"],
)  # fmt: skip
def test_anything_else_is_none(text):
    assert standard_emoji(text) is None


def test_any_text_is_one_or_none_and_what_is_one_stays_so(rng):
    pieces = ["👍", "❤", "\ufe0f", "\u200d", "🏽", "🇩", "1", "\u20e3", "☝", "a", "\U000e0067", "\U000e007f"]
    for _ in range(2000):
        spelled = standard_emoji("".join(rng.choices(pieces, k=rng.randint(1, 6))))
        assert spelled is None or standard_emoji(spelled) == spelled
