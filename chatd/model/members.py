"""Members: users in a guild, what changes of them, and the ways to ask for a list of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from chatd.model.images import Image, image_of
from chatd.model.permissions import Permission
from chatd.model.shapes import Form
from chatd.model.times import iso, iso_or_none
from chatd.model.users import User


class MemberFlag(IntEnum):
    """One bit each; sets of them are plain integers. The Discord documentation, "Guild Member Flags"."""

    DID_REJOIN = 1 << 0
    BYPASSES_VERIFICATION = 1 << 2
    AUTOMOD_QUARANTINED_USERNAME = 1 << 7


# As a plain number: an operation on a flag costs ten times as much.
QUARANTINED = int(MemberFlag.AUTOMOD_QUARANTINED_USERNAME)


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
        """Or kept from doing anything by a rule for names, until theirs is another."""
        if self.flags & QUARANTINED:
            return True
        return self.communication_disabled_until is not None and self.communication_disabled_until > now


# The Discord documentation, "Modify Guild Member" and "Modify Current Member".
NICK_LENGTH = (0, 32)
BIO_LENGTH = (0, 190)
ROLES_MAX = 350
# 28 days, and a minute for those whose clock is ahead of ours.
TIME_OUT_MAX = timedelta(days=28, minutes=1)

# What a client may set of a member's flags; the others are the server's to say.
FLAGS_TO_SET = int(MemberFlag.BYPASSES_VERIFICATION)

P = Permission

# Who may change which field of somebody else: one of these sets of permissions is enough.
NEEDED_TO_CHANGE: dict[str, tuple[int, ...]] = {
    "nick": (int(P.MANAGE_NICKNAMES),),
    "role_ids": (int(P.MANAGE_ROLES),),
    "deaf": (int(P.DEAFEN_MEMBERS),),
    "mute": (int(P.MUTE_MEMBERS),),
    "communication_disabled_until": (int(P.MODERATE_MEMBERS),),
    "flags": (
        int(P.MANAGE_GUILD), int(P.MANAGE_ROLES), int(P.MODERATE_MEMBERS | P.KICK_MEMBERS | P.BAN_MEMBERS),
    ),
}  # fmt: skip
# What is done to a member whatever their roles: a voice is muted, and a lower role given, to anybody.
OUTSIDE_HIERARCHY = frozenset({"role_ids", "deaf", "mute"})


@dataclass(slots=True, frozen=True)
class MemberEdit:
    """What a moderator changes of a member: `values` by the names of Member's fields, only what was sent.

    Null puts a field back to its default. `moves` says that `channel_id` was sent: the voice channel that
    the member is to be in, None for none.
    """

    values: dict[str, Any]
    moves: bool = False
    channel_id: int | None = None

    @classmethod
    def parse(cls, body: Any) -> MemberEdit:
        form = Form(body)
        values: dict[str, Any] = {}
        if "nick" in form:
            values["nick"] = _nick_of(form)
        if "roles" in form:
            role_ids = form.snowflakes("roles", default=[], count=(0, ROLES_MAX))
            values["role_ids"] = tuple(sorted(set(role_ids)))
        for name in ("deaf", "mute"):
            if name in form:
                values[name] = form.boolean(name)
        if "communication_disabled_until" in form:
            until = form.moment("communication_disabled_until", default=None)
            values["communication_disabled_until"] = until
        if "flags" in form:
            values["flags"] = form.integer("flags", default=0, between=(0, 2**31 - 1))
        edit = cls(values, "channel_id" in form, form.snowflake("channel_id", default=None))
        form.finish()
        return edit

    def applied_to(self, member: Member) -> Member:
        """The member as they are then."""
        after = replace(member, **self.values)
        after.flags = member.flags & ~FLAGS_TO_SET | after.flags & FLAGS_TO_SET
        return after


@dataclass(slots=True, frozen=True)
class OwnMemberEdit:
    """What a member changes of themself in one guild; what was not sent stays as it is.

    `sets` names what was sent, of nick, avatar, banner and bio.
    """

    sets: frozenset[str]
    nick: str | None
    avatar: Image | None
    banner: Image | None
    bio: str

    @classmethod
    def parse(cls, body: Any) -> OwnMemberEdit:
        form = Form(body)
        edit = cls(
            sets=frozenset(name for name in ("nick", "avatar", "banner", "bio") if name in form),
            nick=_nick_of(form),
            avatar=image_of(form, "avatar"),
            banner=image_of(form, "banner"),
            bio=form.string("bio", default="", length=BIO_LENGTH, strip=True),
        )
        form.finish()
        return edit

    def applied_to(self, member: Member, avatar: str | None, banner: str | None) -> Member:
        """The member as they are then; `avatar` and `banner` are the hashes of the edit's images."""
        values: dict[str, Any] = {"nick": self.nick, "avatar": avatar, "banner": banner}
        return replace(member, **{name: value for name, value in values.items() if name in self.sets})


def _nick_of(form: Form) -> str | None:
    """A nickname; an empty one is none."""
    nick: str | None = form.string("nick", default=None, length=NICK_LENGTH, strip=True)
    return nick or None


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
