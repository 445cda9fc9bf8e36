"""Relationships: what one person is to another, and what becomes of it when one of the two acts.

Each side has its own view: a friendship is FRIEND and FRIEND, a request OUTGOING and INCOMING. A block is
the blocker's alone, and nothing tells the other side of it. The Discord documentation has these objects for
its own clients only; docs/api.md says how chatd has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from chatd.model.shapes import Form
from chatd.model.times import iso
from chatd.model.users import DISPLAY_NAME_LENGTH, User, username_of

# Friends and requests together, and blocks by themselves: as many as a list that is sent whole may hold.
FRIENDS_MAX = BLOCKED_MAX = 1000


class RelationshipType(IntEnum):
    FRIEND = 1
    BLOCKED = 2
    INCOMING = 3
    OUTGOING = 4


FRIEND, BLOCKED, INCOMING, OUTGOING = RelationshipType


class Sides(NamedTuple):
    """What each of two is to the other: `mine` as the one who acts has it. None: nothing."""

    mine: int | None
    theirs: int | None


# What asking somebody to be friends makes of it. What is not here is refused.
ASKED = {
    Sides(None, None): Sides(OUTGOING, INCOMING),
    Sides(BLOCKED, None): Sides(OUTGOING, INCOMING),
    Sides(OUTGOING, INCOMING): Sides(OUTGOING, INCOMING),
    Sides(INCOMING, OUTGOING): Sides(FRIEND, FRIEND),
}


def blocked(sides: Sides) -> Sides:
    """What blocking somebody makes of it: whatever there was ends, but for a block of theirs."""
    return Sides(BLOCKED, sides.theirs if sides.theirs == BLOCKED else None)


def ended(sides: Sides) -> Sides:
    """What ending it makes of it: a friendship, a request and an answer end for both, a block for one."""
    return Sides(None, sides.theirs if sides.theirs == BLOCKED or sides.mine == BLOCKED else None)


@dataclass(slots=True, frozen=True)
class Relationship:
    """What the user `other_id` is to somebody, since when, and what they call a friend."""

    other_id: int
    type: int
    since: datetime
    nickname: str | None = None

    @classmethod
    def from_row(cls, row: Any) -> Relationship:
        return cls(row["other_id"], row["type"], row["since"], row["nickname"])

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Relationship:
        return cls(int(d["id"]), d["type"], datetime.fromisoformat(d["since"]), d["nickname"])

    def payload(self, other: User) -> dict[str, Any]:
        return {
            "id": str(self.other_id),
            "type": self.type,
            "nickname": self.nickname,
            "since": iso(self.since),
            "user": other.payload(),
        }


@dataclass(slots=True, frozen=True)
class RelationshipDraft:
    """What to be to somebody: FRIEND asks, or agrees to what they asked; BLOCKED blocks."""

    type: int

    @classmethod
    def parse(cls, body: Any) -> RelationshipDraft:
        form = Form(body)
        draft = cls(form.choice("type", (int(FRIEND), int(BLOCKED)), default=int(FRIEND)))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class FriendRequest:
    """Somebody to be friends with, by name. The old `discriminator` may come with it, and says nothing."""

    username: str

    @classmethod
    def parse(cls, body: Any) -> FriendRequest:
        form = Form(body)
        draft = cls(username_of(form))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class RelationshipEdit:
    """What to call a friend; None for their own name."""

    nickname: str | None

    @classmethod
    def parse(cls, body: Any) -> RelationshipEdit:
        form = Form(body)
        edit = cls(
            form.string("nickname", default=None, length=(0, DISPLAY_NAME_LENGTH[1]), strip=True) or None
        )
        form.finish()
        return edit
