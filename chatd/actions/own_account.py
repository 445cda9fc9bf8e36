"""One's own account: where one is signed in, one's password and mail address, and a forgotten password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import accounts, passwords
from chatd.actions.accounts import email_taken
from chatd.actions.users import own_payload
from chatd.model import credentials, events
from chatd.model.accounts import AccountChange, Device, SignedIn, session_payload
from chatd.model.audience import Nobody, Users
from chatd.model.errors import AccountDisabled, InvalidFormBody, UnknownSecret, UnknownSession
from chatd.store.queries import accounts as queries
from chatd.store.queries import administration
from chatd.store.transaction import Reading, Transaction


async def list_sessions(tx: Reading) -> list[dict[str, Any]]:
    """Where the actor is signed in, the session used last first."""
    async with tx.connection() as conn:
        rows = await queries.list_sessions(conn, user_id=tx.actor.id, now=tx.now())
    return [session_payload(row, current=row["hash"] == tx.actor.token_hash) for row in rows]


async def end_session(tx: Transaction, session: str) -> None:
    """Sign one of the actor's devices out, on the gateway too. Raises UnknownSession."""
    rows = await queries.list_sessions(tx.conn, user_id=tx.actor.id, now=tx.now())
    token_hash = next((row["hash"] for row in rows if session_payload(row)["id"] == session), None)
    if token_hash is None or await queries.delete_token(tx.conn, hash=token_hash) is None:
        raise UnknownSession()
    tx.emit(events.token_revoked(token_hash, tx.actor.id), to=Nobody())


async def end_others(tx: Transaction) -> None:
    """Sign all of the actor's other devices out."""
    await accounts.end_sessions(tx, tx.actor.id, kept=tx.actor.token_hash)


async def require_password(tx: Reading, password: str) -> None:
    """It is the actor's own, else InvalidFormBody at `password`. Not in a transaction: it takes its time."""
    async with tx.connection() as conn:
        stored = await queries.find_password(conn, user_id=tx.actor.id)
    if not await passwords.verify_password(password, stored):
        raise InvalidFormBody.at("password", "PASSWORD_DOES_NOT_MATCH", "Password does not match.")


async def update(tx: Transaction, change: AccountChange, password_hash: str | None) -> dict[str, Any]:
    """Another password, another mail address. With another password all other devices are signed out.

    The caller has asked for the password there was. Emits USER_UPDATE to the actor's own sessions.
    Raises InvalidFormBody at `email`.
    """
    if password_hash is not None:
        await queries.set_password(tx.conn, user_id=tx.actor.id, password_hash=password_hash)
        await end_others(tx)
    if change.sets_email:
        try:
            await queries.set_email(tx.conn, user_id=tx.actor.id, email=change.email)
        except UniqueViolationError:
            raise email_taken() from None
    payload = await own_payload(tx, tx.directory.users[tx.actor.id])
    if change.sets_email:
        tx.emit(events.user_update(payload), to=Users((tx.actor.id,)))
    return payload


async def reset_password(
    tx: Transaction, token: str, password_hash: str, device: Device, session: timedelta
) -> SignedIn:
    """Choose a password by a one-time link, and be signed in; all other sessions end.

    Raises UnknownSecret, AccountDisabled.
    """
    user_id = await administration.take_password_link(
        tx.conn, hash=credentials.hash_token(token), now=tx.now()
    )
    if user_id is None:
        raise UnknownSecret()
    account = await administration.hold_account(tx.conn, user_id=user_id)
    if account["disabled_at"] is not None:
        raise AccountDisabled()
    await queries.set_password(tx.conn, user_id=user_id, password_hash=password_hash)
    await accounts.end_sessions(tx, user_id)
    if user_id not in tx.directory.users:
        await tx.catch_up()  # Another process has made this account a moment ago.
    return await accounts.start_session(tx, tx.directory.users[user_id], device, session)
