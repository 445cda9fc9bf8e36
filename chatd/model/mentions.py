"""Mentions in a message's text: <@id>, <@!id>, <@&id>, @everyone, @here, and which of them count.

Source: the Discord documentation, "Message formatting" and "Allowed Mentions Object".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from chatd.model.shapes import Form
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

_KINDS = ("users", "roles", "everyone")


@dataclass(slots=True, frozen=True)
class AllowedMentions:
    """Which of the mentions in a text count, and whether a reply mentions whom it answers.

    Absent means all of them.
    """

    users: bool = True
    roles: bool = True
    everyone: bool = True
    user_ids: frozenset[int] = frozenset()
    role_ids: frozenset[int] = frozenset()
    replied_user: bool = True

    @classmethod
    def of(cls, form: Form) -> AllowedMentions:
        """Read the field `allowed_mentions` of a message's form."""
        inside = form.form("allowed_mentions", default=None)
        if inside is None:
            return cls()
        parse = inside.items("parse", default=[])
        if not all(isinstance(kind, str) for kind in parse):  # any string: there may be more kinds one day
            inside.fault("parse", "BASE_TYPE_CHOICES", f"Values must be of {_KINDS}.")
        replied_user = inside.boolean("replied_user")
        users = inside.snowflakes("users", default=[])
        roles = inside.snowflakes("roles", default=[])
        for name, listed in (("users", users), ("roles", roles)):
            if listed and name in parse:
                inside.fault(name, "MUTUALLY_EXCLUSIVE", f'"{name}" cannot be listed and parsed at once.')
        return cls(
            "users" in parse, "roles" in parse, "everyone" in parse, frozenset(users), frozenset(roles),
            replied_user,
        )  # fmt: skip

    def user(self, user_id: int) -> bool:
        return self.users or user_id in self.user_ids

    def role(self, role_id: int) -> bool:
        return self.roles or role_id in self.role_ids


def parse_mentions(content: str) -> Mentions:
    """Find what a text mentions. Whether it counts is for the author's permissions to decide."""
    if "@" not in content:
        return NONE
    return Mentions(_ids(_USER, content), _ids(_ROLE, content), _EVERYONE.search(content) is not None)


def _ids(rule: re.Pattern[str], content: str) -> tuple[int, ...]:
    found = (int(digits) for digits in rule.findall(content))
    return tuple(dict.fromkeys(number for number in found if number <= SNOWFLAKE_MAX))[:MENTIONS_MAX]
