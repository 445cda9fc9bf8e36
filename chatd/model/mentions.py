"""Mentions in a message's text: <@id>, <@!id>, <@&id>, @everyone, @here. "Message formatting"."""

from __future__ import annotations

import re
from typing import NamedTuple

from chatd.model.snowflakes import SNOWFLAKE_MAX

_USER = re.compile(r"<@!?([0-9]{1,19})>")
_ROLE = re.compile(r"<@&([0-9]{1,19})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")

# More than anybody reads; a message of 2000 characters has room for about ninety.
MENTIONS_MAX = 100


class Mentions(NamedTuple):
    """Ids in the order of their first mention, none twice."""

    user_ids: tuple[int, ...] = ()
    role_ids: tuple[int, ...] = ()
    everyone: bool = False


NONE = Mentions()


def parse_mentions(content: str) -> Mentions:
    """Find what a text mentions. Whether it counts is for the author's permissions to decide."""
    if "@" not in content:
        return NONE
    return Mentions(_ids(_USER, content), _ids(_ROLE, content), _EVERYONE.search(content) is not None)


def _ids(rule: re.Pattern[str], content: str) -> tuple[int, ...]:
    found = (int(digits) for digits in rule.findall(content))
    return tuple(dict.fromkeys(number for number in found if number <= SNOWFLAKE_MAX))[:MENTIONS_MAX]
