"""Pruning: put out at once all members who have not been here for some days.

Somebody is here who is online now, was online, used a session of theirs or joined within those days. Bots
are never pruned, and nobody who stands as high as the one who prunes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chatd.actions import access, audit_log, members
from chatd.actions.access import GuildAccess
from chatd.model.audit_log import AuditAction
from chatd.model.errors import UnknownRole
from chatd.model.permissions import Permission
from chatd.model.prunes import PruneDraft
from chatd.store.queries import members as rows_of
from chatd.store.transaction import Reading, Transaction

IsOnline = Callable[[int], bool]

_NEEDED = int(Permission.MANAGE_GUILD | Permission.KICK_MEMBERS)


async def count(tx: Reading, guild_id: int, draft: PruneDraft, *, is_online: IsOnline) -> int:
    """How many a prune would put out. Needs MANAGE_GUILD and KICK_MEMBERS.

    Raises UnknownGuild, MissingPermissions, UnknownRole.
    """
    place = await access.guild(tx, guild_id)
    place.require(_NEEDED)
    return len(await _away(tx, place, draft, is_online))


async def prune(tx: Transaction, guild_id: int, draft: PruneDraft, *, is_online: IsOnline) -> int:
    """Put them out; how many they were. Needs MANAGE_GUILD and KICK_MEMBERS.

    Emits GUILD_MEMBER_REMOVE for each. Raises UnknownGuild, MissingPermissions, UnknownRole.
    """
    place = await access.guild(tx, guild_id)
    place.require(_NEEDED)
    removed = await members.remove_members(tx, guild_id, await _away(tx, place, draft, is_online))
    if removed:
        options = {"delete_member_days": str(draft.days), "members_removed": str(len(removed))}
        await audit_log.record(tx, guild_id, AuditAction.MEMBER_PRUNE, options=options)
    return len(removed)


async def _away(tx: Reading, place: GuildAccess, draft: PruneDraft, is_online: IsOnline) -> list[int]:
    guild, users = place.guild, tx.directory.users
    if not draft.role_ids <= guild.roles.keys():
        raise UnknownRole()
    candidates = [
        member.user_id
        for member in guild.members.values()
        if draft.role_ids.issuperset(member.role_ids)
        and not users[member.user_id].bot
        and not is_online(member.user_id)
        and place.is_above_member(member.user_id)
    ]
    since = tx.now() - timedelta(days=draft.days)
    async with tx.connection() as conn:
        rows = await rows_of.members_away(conn, guild_id=guild.id, user_ids=candidates, since=since)
    return [row["user_id"] for row in rows]
