"""Reactions: an emoji that people put under a message, and how many have.

An emoji's key is what tells it from others: the characters of a standard one, the digits of a custom one's
id. A custom one keeps its reactions when it is deleted; it then has no name any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from chatd.model.emojis import Emoji
from chatd.model.errors import UnknownReactionEmoji
from chatd.model.shapes import Form
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.model.standard_emojis import standard_emoji

EMOJIS_MAX = 20
NORMAL, BURST = 0, 1

# As paths name a custom emoji; libraries cut a mention down to this, and may leave its colon or `a` in front.
_CUSTOM = re.compile(r"(?:a?:)?[A-Za-z0-9_]{1,32}:([0-9]{1,19})")


class EmojiKey(NamedTuple):
    """Which emoji it is; `id` is None for a standard one."""

    text: str
    id: int | None

    @classmethod
    def parse(cls, path: str) -> EmojiKey:
        """Read the part of a path that names an emoji. Raises UnknownReactionEmoji."""
        if custom := _CUSTOM.fullmatch(path):
            number = int(custom[1])
            if number <= SNOWFLAKE_MAX:
                return cls(str(number), number)
        standard = standard_emoji(path)
        if standard is None:
            raise UnknownReactionEmoji()
        return cls(standard, None)

    @classmethod
    def of(cls, text: str) -> EmojiKey:
        """Read one back that was stored. No standard emoji consists of digits alone."""
        return cls(text, int(text) if text.isdecimal() else None)


def emoji_payload(key: EmojiKey, emojis: Mapping[int, Emoji]) -> dict[str, Any]:
    """The partial emoji of a reaction; `emojis` are the custom ones there are."""
    if key.id is None:
        return {"id": None, "name": key.text}
    emoji = emojis.get(key.id)
    return emoji.partial_payload() if emoji else {"id": key.text, "name": None, "animated": False}


@dataclass(slots=True, frozen=True)
class Reaction:
    """One emoji under a message, as one user sees it. There are no super reactions here."""

    emoji: dict[str, Any]
    count: int
    me: bool

    def payload(self) -> dict[str, Any]:
        return {
            "emoji": self.emoji,
            "count": self.count,
            "count_details": {"normal": self.count, "burst": 0},
            "me": self.me,
            "me_burst": False,
            "burst_colors": [],
        }


@dataclass(slots=True, frozen=True)
class ReactionPage:
    """Users who have reacted, by id, those after `after`."""

    type: int
    limit: int
    after: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> ReactionPage:
        form = Form(query)
        page = cls(
            type=form.integer("type", default=NORMAL, between=(NORMAL, BURST)),
            limit=form.integer("limit", default=25, between=(1, 100)),
            after=form.snowflake("after", default=0),
        )
        form.finish()
        return page
