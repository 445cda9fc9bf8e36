"""Members: users in a guild, and the ways to ask for a list of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso, iso_or_none
from chatd.model.users import User


class MemberFlag(IntEnum):
    """One bit each; sets of them are plain integers. The Discord documentation, "Guild Member Flags"."""

    DID_REJOIN = 1 << 0
    BYPASSES_VERIFICATION = 1 << 2


@dataclass(slots=True)
class Member:
    user_id: int
    joined_at: datetime
    nick: str | None = None
    role_ids: tuple[int, ...] = field(default=())
    communication_disabled_until: datetime | None = None
    avatar: str | None = None
    banner: str | None = None
    deaf: bool = False
    mute: bool = False
    flags: int = 0

    @classmethod
    def from_row(cls, row: Any) -> Member:
        return cls(
            row["user_id"], row["joined_at"], row["nick"], tuple(row["role_ids"]),
            row["communication_disabled_until"], row["avatar"], row["banner"], row["deaf"], row["mute"],
            row["flags"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Member:
        until = d["communication_disabled_until"]
        return cls(
            int(d["user"]["id"]),
            datetime.fromisoformat(d["joined_at"]),
            d["nick"],
            tuple(int(role_id) for role_id in d["roles"]),
            datetime.fromisoformat(until) if until else None,
            d["avatar"],
            d["banner"],
            d["deaf"],
            d["mute"],
            d["flags"],
        )

    def bare_payload(self) -> dict[str, Any]:
        """The member without its user, as it rides on a message."""
        return {
            "nick": self.nick,
            "avatar": self.avatar,
            "banner": self.banner,
            "roles": [str(role_id) for role_id in self.role_ids],
            "joined_at": iso(self.joined_at),
            "premium_since": None,
            "deaf": self.deaf,
            "mute": self.mute,
            "flags": self.flags,
            "pending": False,
            "communication_disabled_until": iso_or_none(self.communication_disabled_until),
        }

    def payload(self, user: User) -> dict[str, Any]:
        return {**self.bare_payload(), "user": user.payload()}

    def is_timed_out(self, now: datetime) -> bool:
        return self.communication_disabled_until is not None and self.communication_disabled_until > now


@dataclass(slots=True, frozen=True)
class MemberPage:
    """Members by id, those after `after`."""

    limit: int
    after: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> MemberPage:
        form = Form(query)
        page = cls(form.integer("limit", default=1, between=(1, 1000)), form.snowflake("after", default=0))
        form.finish()
        return page


@dataclass(slots=True, frozen=True)
class MemberSearch:
    """Members whose username or nickname begins with `query`."""

    query: str
    limit: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> MemberSearch:
        form = Form(query)
        search = cls(
            form.string("query", length=(1, 100)), form.integer("limit", default=1, between=(1, 1000))
        )
        form.finish()
        return search
