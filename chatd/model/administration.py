"""Administration: what an administrator asks of the server, and what they are shown of its users.

Nobody else is: these shapes have mail addresses and dates of accounts in them, though never a password, a
hash or a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatd.model.accounts import RegisterDraft, email_of, folded
from chatd.model.shapes import Form
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.model.times import iso_or_none
from chatd.model.users import User

# Which users a list is of.
KINDS = ("all", "people", "admins", "disabled", "bots")
REGISTRATIONS = ("open", "invite", "closed")
SERVER_NAME_LENGTH = (1, 100)
WELCOME_CHARACTERS_MAX = 2000
ANNOUNCEMENT_CHARACTERS_MAX = 2000

# What CHATD_ADMIN_NOTICE tells of.
SIGNED_UP, CREATED, DELETED = "user_signed_up", "user_created", "user_deleted"
DISABLED, ENABLED = "user_disabled", "user_enabled"
MADE_ADMIN, UNMADE_ADMIN = "admin_made", "admin_unmade"
PASSWORD_LINK, SIGNED_OUT = "password_link_made", "user_signed_out"
BOT_TOKEN, BOT_DELETED = "bot_token_reset", "bot_deleted"
SETTINGS_CHANGED = "settings_changed"


def account_payload(user: User, row: Any, *, online: bool) -> dict[str, Any]:
    """A user as the list of users shows them; `row` is of sql/administration.sql."""
    return {
        **user.payload(),
        "email": row["email"],
        "verified": bool(row["verified"]),
        "admin": row["admin"],
        "disabled_at": iso_or_none(row["disabled_at"]),
        "created_at": iso_or_none(row["created_at"]),
        "last_login_at": iso_or_none(row["last_login_at"]),
        "last_online_at": iso_or_none(row["last_online_at"]),
        "session_count": row["sessions"],
        "online": online,
    }


@dataclass(slots=True, frozen=True)
class UserPage:
    """Users, newest first, with `words` somewhere in a name or in the mail address."""

    words: str
    kind: str
    before: int
    limit: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> UserPage:
        form = Form(query)
        page = cls(
            words=folded(form.string("query", default="", length=(0, 100), strip=True)),
            kind=form.choice("kind", KINDS, default="all"),
            before=form.snowflake("before", default=SNOWFLAKE_MAX),
            limit=form.integer("limit", default=50, between=(1, 200)),
        )
        form.finish()
        return page


@dataclass(slots=True, frozen=True)
class NewUser:
    """An account that an administrator makes. Its password is chosen by whoever has the link."""

    account: RegisterDraft
    admin: bool

    @classmethod
    def parse(cls, body: Any) -> NewUser:
        form = Form(body)
        draft = cls(RegisterDraft.of(form, with_password=False), admin=form.boolean("admin"))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class AccountEdit:
    """None leaves `admin` and `disabled` as they are; a mail address can be null, so `sets_email` says."""

    admin: bool | None
    disabled: bool | None
    email: str | None
    sets_email: bool

    @classmethod
    def parse(cls, body: Any) -> AccountEdit:
        form = Form(body)
        edit = cls(
            admin=form.boolean("admin", default=None),
            disabled=form.boolean("disabled", default=None),
            email=email_of(form),
            sets_email="email" in form,
        )
        form.finish()
        return edit


@dataclass(slots=True, frozen=True)
class Removal:
    """Who is to have the guilds of a user who is deleted."""

    new_owner_id: int | None

    @classmethod
    def parse(cls, query: dict[str, str]) -> Removal:
        form = Form(query)
        removal = cls(form.snowflake("new_owner_id", default=None))
        form.finish()
        return removal


@dataclass(slots=True, frozen=True)
class ServerSettings:
    """What an administrator may choose while the server runs. None leaves it as it is."""

    server_name: str | None
    registration: str | None
    welcome: str | None

    @classmethod
    def parse(cls, body: Any) -> ServerSettings:
        form = Form(body)
        settings = cls(
            server_name=form.string("server_name", default=None, length=SERVER_NAME_LENGTH, strip=True),
            registration=form.choice("registration", REGISTRATIONS, default=None),
            welcome=form.string("welcome", default=None, length=(0, WELCOME_CHARACTERS_MAX), strip=True),
        )
        form.finish()
        return settings


@dataclass(slots=True, frozen=True)
class Announcement:
    """Something that the server says to everybody; `everywhere`: in every guild, not only in its own."""

    content: str
    everywhere: bool

    @classmethod
    def parse(cls, body: Any) -> Announcement:
        form = Form(body)
        draft = cls(
            content=form.string("content", length=(1, ANNOUNCEMENT_CHARACTERS_MAX), strip=True),
            everywhere=form.boolean("everywhere"),
        )
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class PasswordLink:
    """The secret of a one-time link, which is shown once and stored hashed."""

    token: str
    expires_at: datetime

    def payload(self, web_url: str) -> dict[str, Any]:
        return {
            "token": self.token,
            "url": f"{web_url}/reset#k={self.token}",
            "expires_at": iso_or_none(self.expires_at),
        }
