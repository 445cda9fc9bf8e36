"""Bans: keep somebody out of a guild, whether they are in it or not, and let them come again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from chatd.actions import access, audit_log, members, purges
from chatd.actions.access import GuildAccess
from chatd.model import events
from chatd.model.audience import Guild
from chatd.model.audit_log import AuditAction
from chatd.model.bans import BanDraft, BanPage, BulkBanDraft, ban_payload
from chatd.model.errors import BulkBanFailed, MissingPermissions, UnknownBan, UnknownUser
from chatd.model.permissions import Permission
from chatd.model.purges import id_at
from chatd.store.queries import bans
from chatd.store.transaction import Reading, Transaction

_BAN, _BULK_BAN = int(Permission.BAN_MEMBERS), int(Permission.BAN_MEMBERS | Permission.MANAGE_GUILD)


async def list_bans(tx: Reading, guild_id: int, page: BanPage) -> list[dict[str, Any]]:
    """A page of bans by user id. Needs BAN_MEMBERS. Raises UnknownGuild, MissingPermissions."""
    (await access.guild(tx, guild_id)).require(_BAN)
    async with tx.connection() as conn:
        if page.before is None:
            rows = await bans.bans_after(conn, guild_id=guild_id, after=page.after, limit=page.limit)
        else:
            rows = await bans.bans_before(conn, guild_id=guild_id, before=page.before, limit=page.limit)
            rows = rows[::-1]
    return [ban_payload(tx.directory.users[row["user_id"]], row["reason"]) for row in rows]


async def get_ban(tx: Reading, guild_id: int, user_id: int) -> dict[str, Any]:
    """Needs BAN_MEMBERS. Raises UnknownGuild, MissingPermissions, UnknownBan."""
    (await access.guild(tx, guild_id)).require(_BAN)
    async with tx.connection() as conn:
        row = await bans.find_ban(conn, guild_id=guild_id, user_id=user_id)
    if row is None:
        raise UnknownBan()
    return ban_payload(tx.directory.users[user_id], row["reason"])


async def create_ban(tx: Transaction, guild_id: int, user_id: int, draft: BanDraft) -> None:
    """Ban a user, with the reason that the request gives, and begin to delete what they said of late.

    Of one who is banned already only messages are deleted, by a purge. Needs BAN_MEMBERS, and a role above
    that of a member. Emits GUILD_BAN_ADD, then GUILD_MEMBER_REMOVE, and CHATD_PURGE_BEGUN.
    Raises UnknownGuild, MissingPermissions, UnknownUser.
    """
    place = await access.guild(tx, guild_id)
    place.require(_BAN)
    if user_id not in tx.directory.users:
        raise UnknownUser()
    if not _may_ban(tx, place, user_id):
        raise MissingPermissions()
    await _ban(tx, guild_id, [user_id])
    await _delete_messages(tx, guild_id, [user_id], draft.delete_messages)


async def bulk_ban(tx: Transaction, guild_id: int, draft: BulkBanDraft) -> dict[str, list[str]]:
    """Ban many users at once; answer who is banned now, and who could not be or was already.

    Needs BAN_MEMBERS and MANAGE_GUILD; all else as with create_ban.
    Raises UnknownGuild, MissingPermissions, and BulkBanFailed if it comes to nobody.
    """
    place = await access.guild(tx, guild_id)
    place.require(_BULK_BAN)
    users = tx.directory.users
    wanted = [user_id for user_id in draft.user_ids if user_id in users and _may_ban(tx, place, user_id)]
    banned = await _ban(tx, guild_id, wanted)
    if not banned:
        raise BulkBanFailed()
    await _delete_messages(tx, guild_id, banned, draft.delete_messages)
    failed = [user_id for user_id in draft.user_ids if user_id not in banned]
    return {"banned_users": list(map(str, banned)), "failed_users": list(map(str, failed))}


async def delete_ban(tx: Transaction, guild_id: int, user_id: int) -> None:
    """Let somebody come again. Needs BAN_MEMBERS. Emits GUILD_BAN_REMOVE.

    Raises UnknownGuild, MissingPermissions, UnknownBan.
    """
    (await access.guild(tx, guild_id)).require(_BAN)
    if not await bans.delete_ban(tx.conn, guild_id=guild_id, user_id=user_id):
        raise UnknownBan()
    tx.emit(events.guild_ban_remove(guild_id, tx.directory.users[user_id]), to=Guild(guild_id))
    await audit_log.record(tx, guild_id, AuditAction.MEMBER_BAN_REMOVE, target_id=user_id)


def _may_ban(tx: Transaction, place: GuildAccess, user_id: int) -> bool:
    """Somebody else who is no member, or a member below the actor."""
    if user_id not in place.guild.members:
        return True
    return user_id != tx.actor.id and place.is_above_member(user_id)


async def _ban(tx: Transaction, guild_id: int, user_ids: list[int]) -> list[int]:
    """Ban those who are not banned already; who they were, in the order given."""
    rows = await bans.insert_bans(tx.conn, guild_id=guild_id, user_ids=user_ids, reason=tx.reason)
    new = {row["user_id"] for row in rows}
    banned = [user_id for user_id in user_ids if user_id in new]
    for user_id in banned:
        tx.emit(events.guild_ban_add(guild_id, tx.directory.users[user_id]), to=Guild(guild_id))
    await members.remove_members(tx, guild_id, banned)
    for user_id in banned:
        await audit_log.record(tx, guild_id, AuditAction.MEMBER_BAN_ADD, target_id=user_id)
    return banned


async def _delete_messages(
    tx: Transaction, guild_id: int, user_ids: Sequence[int], of_the_last: timedelta
) -> None:
    if of_the_last:
        await purges.begin(tx, guild_id, user_ids, since_id=id_at(tx.now() - of_the_last))
