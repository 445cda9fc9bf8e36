"""Administration of users: find them, make and delete them, let them in and keep them out.

Every action here is an administrator's, as the door has asked the database (administrators.require). What is
done is told to all administrators by CHATD_ADMIN_NOTICE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import access, accounts, administrators, applications, audit_log, dms, members
from chatd.actions.accounts import email_taken
from chatd.actions.users import own_payload
from chatd.model import administration as kinds
from chatd.model import credentials, events
from chatd.model.actor import Actor
from chatd.model.administration import (
    AccountEdit,
    NewUser,
    PasswordLink,
    Removal,
    UserPage,
    account_payload,
)
from chatd.model.audience import Guild, Nobody, Users
from chatd.model.audit_log import AuditAction, change_of
from chatd.model.channels import ChannelType
from chatd.model.errors import InvalidFormBody, OwnsGuilds, UnknownUser
from chatd.model.users import User
from chatd.store.queries import administration, guilds
from chatd.store.transaction import Reading, Transaction

# How long a one-time link for a password is good.
LINK_LIFETIME = timedelta(days=3)
DELETED_NAME = "Deleted User"

IsOnline = Callable[[int], bool]


async def list_users(tx: Reading, page: UserPage, *, is_online: IsOnline) -> dict[str, Any]:
    """A page of users, newest first, and how many match in all."""
    what = {"words": page.words, "kind": page.kind}
    async with tx.connection() as conn:
        rows = await administration.list_users(
            conn, before=page.before, limit=page.limit, now=tx.now(), **what
        )
        total = await administration.count_users(conn, **what)
    return {"total": total, "users": [_payload(tx, row, is_online) for row in rows]}


async def get_user(tx: Reading, user_id: int, *, is_online: IsOnline) -> dict[str, Any]:
    """Raises UnknownUser."""
    async with tx.connection() as conn:
        row = await administration.find_user(conn, id=user_id, now=tx.now())
    if row is None:
        raise UnknownUser()
    return _payload(tx, row, is_online)


async def create_user(tx: Transaction, draft: NewUser) -> tuple[User, PasswordLink]:
    """Make an account for somebody, who chooses a password by the link.

    Emits what accounts.create_account does, and CHATD_ADMIN_NOTICE. Raises InvalidFormBody.
    """
    user = await accounts.create_account(
        tx, draft.account, credentials.NOBODYS_PASSWORD, admin=draft.admin
    )
    await administrators.tell(tx, kinds.CREATED, user=user, by=tx.actor.id)
    return user, await _new_link(tx, user.id)


async def update_user(tx: Transaction, user_id: int, edit: AccountEdit) -> None:
    """Make somebody an administrator or none, keep them out or let them in, correct their mail address.

    Who is kept out is signed out everywhere, at once, and their bots with them. Emits CHATD_ADMIN_NOTICE for
    each, USER_UPDATE to the user's own sessions, and CHATD_TOKEN_REVOKED.
    Raises UnknownUser, LastAdministrator, and InvalidFormBody at `email`.
    """
    before = await _hold(tx, user_id)
    admin = before["admin"] if edit.admin is None else edit.admin
    disabled_at = before["disabled_at"]
    if edit.disabled is not None and edit.disabled != (disabled_at is not None):
        disabled_at = tx.now() if edit.disabled else None
    acts, acted = admin and disabled_at is None, before["admin"] and before["disabled_at"] is None
    if acted and not acts:
        await administrators.require_another(tx, user_id)
    email = edit.email if edit.sets_email else before["email"]
    try:
        await administration.update_account(
            tx.conn, user_id=user_id, admin=admin, disabled_at=disabled_at, email=email
        )
    except UniqueViolationError:
        raise email_taken() from None
    user, by = tx.directory.users[user_id], tx.actor.id
    if admin != before["admin"]:
        await administrators.tell(tx, kinds.MADE_ADMIN if admin else kinds.UNMADE_ADMIN, user=user, by=by)
    if disabled_at != before["disabled_at"]:
        await administrators.tell(tx, kinds.DISABLED if disabled_at else kinds.ENABLED, user=user, by=by)
    if disabled_at is not None and before["disabled_at"] is None:
        await accounts.end_sessions(tx, user_id)
        await applications.keep_out(tx, user_id)
    if (admin, email) != (before["admin"], before["email"]):
        tx.emit(events.user_update(await own_payload(tx, user)), to=Users((user_id,)))


async def make_link(tx: Transaction, user_id: int) -> PasswordLink:
    """A one-time link by which somebody chooses another password; the older link is good no more.

    Emits CHATD_ADMIN_NOTICE. Raises UnknownUser.
    """
    await _hold(tx, user_id)
    await administrators.tell(tx, kinds.PASSWORD_LINK, user=tx.directory.users[user_id], by=tx.actor.id)
    return await _new_link(tx, user_id)


async def sign_out(tx: Transaction, user_id: int) -> None:
    """Sign somebody out everywhere. Emits CHATD_TOKEN_REVOKED, CHATD_ADMIN_NOTICE. Raises UnknownUser."""
    await _hold(tx, user_id)
    await accounts.end_sessions(tx, user_id)
    await administrators.tell(tx, kinds.SIGNED_OUT, user=tx.directory.users[user_id], by=tx.actor.id)


async def delete_user(tx: Transaction, user_id: int, removal: Removal) -> None:
    """Delete somebody for good. What they have said stays, under a name that says that they are gone.

    Their guilds go to `new_owner_id`, who comes in where they are no member; their applications to the
    administrators. Emits GUILD_MEMBER_REMOVE to each of their guilds, GUILD_UPDATE where there is another
    owner, RELATIONSHIP_REMOVE, what leaving a group and applications.disown do, CHATD_TOKEN_REVOKED and
    CHATD_ADMIN_NOTICE.
    Raises UnknownUser, LastAdministrator, OwnsGuilds, UserBanned, and InvalidFormBody at `new_owner_id`.
    """
    before = await _hold(tx, user_id)
    if before["admin"] and before["disabled_at"] is None:
        await administrators.require_another(tx, user_id)
    await applications.disown(tx, user_id)
    guild_ids = {guild.id for guild in tx.directory.guilds_of(user_id)}
    owned = [row["id"] for row in await administration.owned_guilds(tx.conn, user_id=user_id)]
    await access.hold_guilds(tx, guild_ids | set(owned))
    await _hand_over(tx, owned, user_id, removal.new_owner_id)
    await _leave_everything(tx, user_id)
    await accounts.end_sessions(tx, user_id)
    await administration.forget_user(tx.conn, id=user_id)
    if tx.directory.restricted_guild_ids.get(user_id):
        tx.emit(events.user_settings_update({"restricted_guilds": []}), to=Users((user_id,)))
    name = tx.directory.users[user_id].name_of_deleted
    row = await administration.make_placeholder(
        tx.conn, id=user_id, username=name, global_name=DELETED_NAME
    )
    placeholder = User.from_row(row)
    tx.emit(events.user_update(placeholder.payload()), to=Nobody())
    await administrators.tell(tx, kinds.DELETED, user=tx.directory.users[user_id], by=tx.actor.id)


async def reset_bot_token(tx: Transaction, bot_id: int) -> str:
    """A new token for any bot; the one there was is dead at once.

    Emits what applications.reset_token does, and CHATD_ADMIN_NOTICE. Raises UnknownApplication.
    """
    with tx.acting_as(Actor(bot_id, bot=True)):
        token = await applications.reset_token(tx, bot_id)
    await administrators.tell(tx, kinds.BOT_TOKEN, user=tx.directory.users[bot_id], by=tx.actor.id)
    return token


async def delete_bot(tx: Transaction, bot_id: int) -> None:
    """Delete any bot with its application.

    Emits what applications.delete_application does, and CHATD_ADMIN_NOTICE.
    Raises UnknownApplication, OwnerStays.
    """
    with tx.acting_as(Actor(bot_id, bot=True)):
        await applications.delete_application(tx, bot_id)
    await administrators.tell(tx, kinds.BOT_DELETED, user=tx.directory.users[bot_id], by=tx.actor.id)


async def _hand_over(tx: Transaction, guild_ids: list[int], user_id: int, new_owner_id: int | None) -> None:
    if not guild_ids:
        return
    if new_owner_id is None:
        raise OwnsGuilds()
    row = await administration.hold_account(tx.conn, user_id=new_owner_id)
    if row is None or row["disabled_at"] is not None or new_owner_id == user_id:
        raise InvalidFormBody.at("new_owner_id", "OWNER_UNKNOWN", "Must be somebody else who can sign in.")
    owner = tx.directory.users[new_owner_id]
    for guild_id in guild_ids:
        guild = tx.directory.guilds[guild_id]
        await members.add_member(tx, guild_id, owner)
        await guilds.update_owner(tx.conn, id=guild_id, owner_id=new_owner_id, former_owner_id=user_id)
        tx.emit(events.guild_update(replace(guild, owner_id=new_owner_id)), to=Guild(guild_id))
        changes = [change_of("owner_id", str(user_id), str(new_owner_id))]
        await audit_log.record(tx, guild_id, AuditAction.GUILD_UPDATE, target_id=guild_id, changes=changes)


async def _leave_everything(tx: Transaction, user_id: int) -> None:
    """Guilds, groups, and what they and others were to each other."""
    for guild in tx.directory.guilds_of(user_id):
        await members.remove_members(tx, guild.id, [user_id])
    with tx.acting_as(Actor(user_id)):
        for channel in tx.directory.dms_of(user_id):
            if channel.type == ChannelType.GROUP_DM:
                await dms.remove_recipient(tx, channel.id, user_id)
    for row in await administration.delete_relationships_of(tx.conn, user_id=user_id):
        tx.emit(events.relationship_remove(row["other_id"], row["type"]), to=Users((row["user_id"],)))


async def _hold(tx: Transaction, user_id: int) -> Any:
    """The account of a person, which nobody else changes until the commit. Raises UnknownUser."""
    row = await administration.hold_account(tx.conn, user_id=user_id)
    if row is None:
        raise UnknownUser()
    if user_id not in tx.directory.users:
        await tx.catch_up()  # Another process has made it a moment ago.
    return row


async def _new_link(tx: Transaction, user_id: int) -> PasswordLink:
    link = PasswordLink(credentials.mint_secret(), tx.now() + LINK_LIFETIME)
    await administration.set_password_link(
        tx.conn, user_id=user_id, hash=credentials.hash_token(link.token), expires_at=link.expires_at
    )
    return link


def _payload(tx: Reading, row: Any, is_online: IsOnline) -> dict[str, Any]:
    user = tx.directory.users.get(row["id"]) or User(row["id"], "")
    return account_payload(user, row, online=is_online(row["id"]))
