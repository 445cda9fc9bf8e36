"""Accounts: sign up, sign in, sign out, and the one-time set-up that makes the first owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import administrators, invites, members, passwords
from chatd.actions.users import username_taken
from chatd.model import credentials, events
from chatd.model.accounts import Device, LoginDraft, RegisterDraft, SetUpDraft, SignedIn
from chatd.model.actor import ANYONE, Actor
from chatd.model.administration import SIGNED_UP
from chatd.model.audience import Guild, Nobody
from chatd.model.errors import (
    AccountDisabled,
    InvalidFormBody,
    InvitesPaused,
    RegistrationClosed,
    UnknownInvite,
    UnknownSecret,
    UnknownUser,
    WrongCredentials,
)
from chatd.model.invites import Invite
from chatd.model.users import User
from chatd.store.queries import accounts, administration, guilds, settings, users
from chatd.store.store import Store
from chatd.store.transaction import Reading, Transaction


async def policy(tx: Reading) -> dict[str, Any]:
    """What somebody who is not signed in may know: the server's name, and whether they may sign up."""
    async with tx.connection() as conn:
        row = await settings.find_settings(conn)
    return {
        "server_name": row["name"],
        "registration": row["registration"],
        "welcome": row["welcome"],
        "needs_setup": row["setup_hash"] is not None,
    }


async def register(
    tx: Transaction, draft: RegisterDraft, password_hash: str, device: Device, session: timedelta
) -> SignedIn:
    """Sign up, as the policy allows, and be signed in; a new user is a member of the default guild.

    Who comes by an invite to another guild is a member of that one too. Emits GUILD_MEMBER_ADD, and
    CHATD_ADMIN_NOTICE. Raises RegistrationClosed, and InvalidFormBody at `invite`, `username` or `email`.
    """
    rules = await settings.find_settings(tx.conn)
    if rules["registration"] == "closed":
        raise RegistrationClosed()
    if rules["registration"] == "invite" or draft.invite is not None:
        invite = await _take_invite(tx, draft.invite, rules["guild_id"])
    else:
        invite = None
    user = await create_account(tx, draft, password_hash, admin=False)
    if invite is not None and invite.guild_id != rules["guild_id"]:
        await members.add_member(tx, invite.guild_id, user, temporary=invite.temporary)
    await administrators.tell(tx, SIGNED_UP, user=user)
    return await start_session(tx, user, device, session)


async def set_up(
    tx: Transaction, draft: SetUpDraft, password_hash: str, device: Device, session: timedelta
) -> SignedIn:
    """Use the one-time link: its first visitor becomes administrator and owner of the default guild.

    Emits GUILD_MEMBER_ADD and GUILD_UPDATE. Raises UnknownSecret, and InvalidFormBody.
    """
    if not await settings.take_setup_hash(tx.conn, setup_hash=credentials.hash_token(draft.secret)):
        raise UnknownSecret()
    user = await create_account(tx, draft.account, password_hash, admin=True)
    return await start_session(tx, user, device, session)


async def create_account(tx: Transaction, draft: RegisterDraft, password_hash: str, *, admin: bool) -> User:
    """A user with a password, in the default guild. The first administrator becomes its owner.

    Emits GUILD_MEMBER_ADD, and GUILD_UPDATE for a new owner. Raises InvalidFormBody.
    """
    if admin:
        # First, since it waits for a set-up link that is just being made, and undoes it.
        await settings.set_setup_hash(tx.conn, setup_hash=None)
    rules = await settings.find_settings(tx.conn)
    user = User(tx.next_id(), draft.username, draft.global_name)
    await _insert(tx, user, draft, password_hash, admin)
    await members.add_member(tx, rules["guild_id"], user)
    if admin:
        await _take_ownership(tx, rules, user)
    return user


async def _take_ownership(tx: Transaction, rules: Any, user: User) -> None:
    """Make an administrator the owner of the default guild, if it is still the system user's."""
    system_user_id: int = rules["system_user_id"]
    taken = await guilds.update_owner(
        tx.conn, id=rules["guild_id"], owner_id=user.id, former_owner_id=system_user_id
    )
    if taken:
        guild = tx.directory.guilds[rules["guild_id"]]
        tx.emit(events.guild_update(replace(guild, owner_id=user.id)), to=Guild(guild.id))


async def start_session(tx: Transaction, user: User, device: Device, session: timedelta) -> SignedIn:
    """A fresh token for a device, shown once and stored hashed."""
    token = credentials.mint_token(user.id, tx.now().timestamp())
    expires_at: datetime = tx.now() + session
    await accounts.insert_token(
        tx.conn, hash=credentials.hash_token(token), user_id=user.id, kind="session", expires_at=expires_at,
        user_agent=device.user_agent, address=device.address,
    )  # fmt: skip
    return SignedIn(user, token, expires_at)


async def sign_in(store: Store, draft: LoginDraft, device: Device, session: timedelta) -> SignedIn:
    """Sign in by username or mail address. An unknown user and a wrong password look and last alike.

    Raises WrongCredentials, AccountDisabled.
    """
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        account = await accounts.find_account(conn, login=draft.login)
    if not await passwords.verify_password(draft.password, account and account["password_hash"]):
        raise WrongCredentials()
    assert account is not None, "nobody's password is never right"
    if account["disabled_at"] is not None:
        raise AccountDisabled()
    async with store.transaction(Actor(account["user_id"], admin=account["admin"])) as tx:
        if tx.actor.id not in tx.directory.users:
            await tx.catch_up()  # Another process has made this account a moment ago.
        await accounts.touch_last_login(tx.conn, user_id=account["user_id"], now=tx.now())
        return await start_session(tx, tx.directory.users[tx.actor.id], device, session)


async def sign_out(tx: Transaction) -> None:
    """End the session that the actor came by: its token is dead, and its gateway connection ends.

    Tells all server processes by TOKEN_REVOKED in the journal.
    """
    assert tx.actor.token_hash is not None, "only somebody who is signed in gets here"
    user_id = await accounts.delete_token(tx.conn, hash=tx.actor.token_hash)
    if user_id is not None:
        tx.emit(events.token_revoked(tx.actor.token_hash, user_id), to=Nobody())


async def end_sessions(tx: Transaction, user_id: int, *, kept: bytes | None = None) -> None:
    """Sign somebody out everywhere, but for the session with the token hash `kept`.

    A link for a password that was not used is void: by it, too, somebody would come in.
    """
    await administration.forget_password_link(tx.conn, user_id=user_id)
    for row in await accounts.delete_tokens_of(tx.conn, user_id=user_id, kept=kept):
        tx.emit(events.token_revoked(row["hash"], user_id), to=Nobody())


async def sweep_sessions(tx: Transaction) -> int:
    """Forget sessions that have expired; how many there were."""
    expired = await accounts.delete_expired_tokens(tx.conn, now=tx.now())
    for row in expired:
        tx.emit(events.token_revoked(row["hash"], row["user_id"]), to=Nobody())
    return len(expired)


async def find_user_id(tx: Reading, login: str) -> int:
    """Whose account it is, by username or mail address. Raises UnknownUser."""
    async with tx.connection() as conn:
        account = await accounts.find_account(conn, login=login)
    if account is None:
        raise UnknownUser()
    user_id: int = account["user_id"]
    return user_id


async def list_accounts(tx: Reading) -> list[Any]:
    """Every user with what the administrator's list shows."""
    async with tx.connection() as conn:
        rows: list[Any] = await users.list_accounts(conn)
    return rows


async def _take_invite(tx: Transaction, code: str | None, default_guild_id: int) -> Invite:
    if code is None:
        raise InvalidFormBody.at("invite", "BASE_TYPE_REQUIRED", "This server wants an invite to sign up.")
    try:
        return await invites.take_for_sign_up(tx, code, default_guild_id)
    except UnknownInvite:
        message = "This invite is unknown, used up or expired."
        raise InvalidFormBody.at("invite", "INVITE_UNKNOWN", message) from None
    except InvitesPaused as paused:
        raise InvalidFormBody.at("invite", "INVITES_PAUSED", paused.message) from None


async def _insert(tx: Transaction, user: User, draft: RegisterDraft, password_hash: str, admin: bool) -> None:
    try:
        await users.insert_user(
            tx.conn, id=user.id, username=user.username, global_name=user.global_name, bot=False,
            system=False, status="online",
        )  # fmt: skip
        await accounts.insert_account(
            tx.conn, user_id=user.id, email=draft.email, password_hash=password_hash, admin=admin,
            now=tx.now(),
        )  # fmt: skip
    except UniqueViolationError as error:
        if error.constraint_name == "accounts_email":
            raise email_taken() from None
        raise username_taken() from None


def email_taken() -> InvalidFormBody:
    return InvalidFormBody.at("email", "EMAIL_ALREADY_REGISTERED", "Email is already registered.")
