"""Integrations: the bots of a guild. Let one in, list them, send one away."""

from __future__ import annotations

from typing import Any

from chatd.actions import access, audit_log, members
from chatd.model.audit_log import AuditAction
from chatd.model.errors import UnknownApplication, UnknownIntegration
from chatd.model.integrations import integration_payload
from chatd.model.permissions import Permission
from chatd.store.queries import applications
from chatd.store.transaction import Reading, Transaction

_MANAGE_GUILD = int(Permission.MANAGE_GUILD)


async def list_integrations(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """The bots of a guild, by id. Needs MANAGE_GUILD. Raises UnknownGuild, MissingPermissions."""
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_GUILD)
    users = tx.directory.users
    bot_ids = [user_id for user_id in place.guild.members if users[user_id].bot]
    async with tx.connection() as conn:
        rows = await applications.list_applications(conn, ids=bot_ids)
    return [integration_payload(users[row["id"]], row["name"], row["description"]) for row in rows]


async def add_bot(tx: Transaction, guild_id: int, application_id: int) -> None:
    """Let a bot into a guild; nothing happens if it is there.

    Needs MANAGE_GUILD. Emits GUILD_MEMBER_ADD, and what members.add_member does beside it.
    Raises UnknownGuild, MissingPermissions, UnknownApplication, UserBanned.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_GUILD)
    if await applications.find_application(tx.conn, id=application_id) is None:
        raise UnknownApplication()
    if await members.add_member(tx, guild_id, tx.directory.users[application_id]):
        await audit_log.record(tx, guild_id, AuditAction.BOT_ADD, target_id=application_id)


async def delete_integration(tx: Transaction, guild_id: int, integration_id: int) -> None:
    """Send a bot away.

    Needs MANAGE_GUILD, and a role above the bot's highest. Emits GUILD_MEMBER_REMOVE.
    Raises UnknownGuild, MissingPermissions, UnknownIntegration.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_GUILD)
    is_here = integration_id in place.guild.members
    row = await applications.find_application(tx.conn, id=integration_id) if is_here else None
    if row is None:
        raise UnknownIntegration()
    place.require_above_member(integration_id)
    await members.remove_members(tx, guild_id, [integration_id])
    changes = [{"key": "name", "old_value": row["name"]}, {"key": "type", "old_value": "discord"}]
    await audit_log.record(
        tx, guild_id, AuditAction.INTEGRATION_DELETE, target_id=integration_id, changes=changes
    )
