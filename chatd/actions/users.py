"""Users: look at one, look at and change oneself."""

from __future__ import annotations

from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import screening
from chatd.model import events
from chatd.model.audience import Guild, Users
from chatd.model.errors import InvalidFormBody, UnknownUser
from chatd.model.users import DEFAULT_LOCALE, User, UserEdit
from chatd.store.queries import accounts, members, users
from chatd.store.transaction import Reading, Transaction


def get_user(tx: Reading, user_id: int) -> User:
    """Anybody, as everybody sees them. Raises UnknownUser."""
    user = tx.directory.users.get(user_id)
    if user is None:
        raise UnknownUser()
    return user


async def get_self(tx: Reading) -> dict[str, Any]:
    """The actor, as only they see themselves."""
    return await own_payload(tx, tx.directory.users[tx.actor.id])


async def update_self(
    tx: Transaction, edit: UserEdit, *, avatar: str | None = None, banner: str | None = None
) -> dict[str, Any]:
    """Change one's name or face. `avatar` and `banner` are the hashes of the edit's images, kept before.

    Emits and raises what update_user does.
    """
    return await own_payload(tx, await update_user(tx, tx.actor.id, edit, avatar=avatar, banner=banner))


async def update_user(
    tx: Transaction, user_id: int, edit: UserEdit, *, avatar: str | None = None, banner: str | None = None
) -> User:
    """Change somebody's name or face; the caller has decided that it may.

    Emits USER_UPDATE to the user's own sessions, and GUILD_MEMBER_UPDATE to each of their guilds.
    Raises InvalidFormBody at `username` when the name is taken.
    """
    try:
        row = await users.update_user(
            tx.conn, id=user_id, username=edit.username, global_name=edit.global_name, avatar=avatar,
            banner=banner, accent_color=edit.accent_color, sets=list(edit.sets),
        )  # fmt: skip
    except UniqueViolationError:
        raise username_taken() from None
    user = User.from_row(row)
    tx.emit(events.user_update(await own_payload(tx, user)), to=Users((user.id,)))
    for guild in tx.directory.guilds_of(user.id):
        await tx.hold_permissions(guild.id)  # A role that is being given at this moment must not be untold.
    for guild in tx.directory.guilds_of(user.id):
        member, verdict = screening.screen_member(tx, guild, guild.members[user.id], user)
        if member.flags != guild.members[user.id].flags:
            await members.update_flags(tx.conn, guild_id=guild.id, user_id=user.id, flags=member.flags)
        tx.emit(events.guild_member_update(guild.id, member, user), to=Guild(guild.id))
        if verdict is not None:
            await screening.carry_out(tx, verdict)
    return user


def username_taken() -> InvalidFormBody:
    return InvalidFormBody.at("username", "USERNAME_ALREADY_TAKEN", "Username is already taken.")


async def own_payload(tx: Reading, user: User) -> dict[str, Any]:
    """A user, as only they see themselves."""
    async with tx.connection() as conn:
        account = await accounts.own_account(conn, user_id=user.id)
    if account is None:  # A bot has no mail address to verify.
        return user.own_payload(email=None, verified=True)
    locale = account["locale"] or DEFAULT_LOCALE
    return user.own_payload(
        email=account["email"], verified=account["verified"], locale=locale, admin=account["admin"]
    )
