"""Accounts: what somebody sends to sign up, to sign in, and to set the server up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chatd.model.shapes import Form
from chatd.model.times import iso_or_none
from chatd.model.users import DISPLAY_NAME_LENGTH, User, username_of

# NIST SP 800-63B section 5.1.1.2: at least eight characters, long ones welcome, no rules of composition.
PASSWORD_LENGTH = (8, 256)
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


class Device(NamedTuple):
    """Where a session is signed in from, for the list of devices."""

    user_agent: str | None
    address: str | None


class SignedIn(NamedTuple):
    """A user with a fresh token, which is shown once and stored hashed."""

    user: User
    token: str
    expires_at: datetime | None


@dataclass(slots=True, frozen=True)
class RegisterDraft:
    username: str
    password: str
    email: str | None
    global_name: str | None
    invite: str | None

    @classmethod
    def parse(cls, body: Any) -> RegisterDraft:
        form = Form(body)
        invite = form.string("invite", default=None, length=(1, 64), strip=True)
        draft = cls.of(form, invite=invite)
        form.finish()
        return draft

    @classmethod
    def of(cls, form: Form, *, with_password: bool = True, invite: str | None = None) -> RegisterDraft:
        """Without a password, of an account that somebody makes for another, who will choose it."""
        username = username_of(form)
        password = new_password_of(form) if with_password else ""
        return cls(username, password, email_of(form), _display_name_of(form), invite)


@dataclass(slots=True, frozen=True)
class LoginDraft:
    """`login` is a username or a mail address, in lower case: attempts at it are counted by its letters."""

    login: str
    password: str

    @classmethod
    def parse(cls, body: Any) -> LoginDraft:
        form = Form(body)
        draft = cls(
            login=folded(form.string("login", length=(1, 320), strip=True)),
            password=form.string("password", length=(1, PASSWORD_LENGTH[1])),
        )
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class SetUpDraft:
    """The owner's account, and the secret of the one-time link."""

    secret: str
    account: RegisterDraft

    @classmethod
    def parse(cls, body: Any) -> SetUpDraft:
        form = Form(body)
        secret = form.string("secret", length=(1, 128))
        account = RegisterDraft.of(form)
        form.finish()
        return cls(secret, account)


@dataclass(slots=True, frozen=True)
class ResetDraft:
    """The secret of a one-time link, and the password that is chosen by it."""

    token: str
    password: str

    @classmethod
    def parse(cls, body: Any) -> ResetDraft:
        form = Form(body)
        draft = cls(
            token=form.string("token", length=(1, 128)),
            password=new_password_of(form),
        )
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class AccountChange:
    """Another password or mail address, and the password there is. A null address counts if `sets_email`."""

    password: str
    new_password: str | None
    email: str | None
    sets_email: bool

    @classmethod
    def parse(cls, body: Any) -> AccountChange:
        form = Form(body)
        change = cls(
            password=form.string("password", length=(1, PASSWORD_LENGTH[1])),
            new_password=form.string("new_password", default=None, length=PASSWORD_LENGTH),
            email=email_of(form),
            sets_email="email" in form,
        )
        form.finish()
        return change


def session_payload(row: Any, *, current: bool = False) -> dict[str, Any]:
    """Where somebody is signed in. `id` names the session and opens nothing."""
    return {
        "id": row["hash"].hex()[:32],
        "current": current,
        "user_agent": row["user_agent"],
        "address": row["address"],
        "created_at": iso_or_none(row["created_at"]),
        "last_used_at": iso_or_none(row["last_used_at"]),
        "expires_at": iso_or_none(row["expires_at"]),
    }


def folded(login: str) -> str:
    """In lower case, letter by letter, so that the database has nothing left to fold.

    It would take the dotted capital I for an i, and each such spelling of a name would be counted by itself.
    """
    return "".join(letter.lower() for letter in login)


def new_password_of(form: Form) -> str:
    password: str = form.string("password", length=PASSWORD_LENGTH)
    return password


def _display_name_of(form: Form) -> str | None:
    name: str | None = form.string(
        "display_name", default=None, length=(0, DISPLAY_NAME_LENGTH[1]), strip=True
    )
    return name or None


def email_of(form: Form) -> str | None:
    """A mail address, or None for a missing or empty one. RFC 5321 bounds the two parts."""
    if form.raw("email") == "":
        return None
    email: str | None = form.pattern(
        "email", EMAIL, "Not a well-formed mail address.", default=None, length=(3, 320), strip=True
    )
    return email
