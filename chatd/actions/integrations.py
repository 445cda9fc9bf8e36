"""Integrations: the bots of a guild. Ask whether to let one in, let it in, list them, send one away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, applications, audit_log, bot_roles, members, roles
from chatd.actions.access import GuildAccess
from chatd.model.applications import Application
from chatd.model.audit_log import AuditAction
from chatd.model.errors import NotYourApplication, UnknownApplication, UnknownIntegration
from chatd.model.integrations import integration_payload
from chatd.model.permissions import Permission
from chatd.model.users import User
from chatd.store.queries import integrations
from chatd.store.transaction import Reading, Transaction

_MANAGE_GUILD = int(Permission.MANAGE_GUILD)


async def list_integrations(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """The bots of a guild, by id. Needs MANAGE_GUILD. Raises UnknownGuild, MissingPermissions."""
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_GUILD)
    async with tx.connection() as conn:
        rows = await integrations.list_integrations(conn, guild_id=guild_id)
    known, users = tx.directory.applications, tx.directory.users
    return [
        integration_payload(known[row["application_id"]], users[row["application_id"]],
                            users.get(row["user_id"] or 0))
        for row in rows
        if row["application_id"] in known
    ]  # fmt: skip


async def ask(tx: Reading, application_id: int) -> dict[str, Any]:
    """What somebody has to know to decide: whose bot it is, and which of their guilds it could be added to.

    Raises UnknownApplication, NotYourApplication.
    """
    application = await _application(tx, application_id)
    directory = tx.directory
    bot = directory.users[application_id]
    guilds = [
        {"id": str(guild.id), "name": guild.name, "icon": guild.icon, "mfa_level": 0,
         "permissions": str(directory.guild_permissions(tx.actor.id, guild.id, tx.now()))}
        for guild in directory.guilds_of(tx.actor.id)
    ]  # fmt: skip
    count = len(directory.guilds_of(application_id))
    return {
        "authorized": False,
        "application": application.payload(bot),
        "bot": {**bot.payload(), "approximate_guild_count": count},
        "user": directory.users[tx.actor.id].payload(),
        "guilds": guilds,
    }


async def add_bot(tx: Transaction, guild_id: int, application_id: int, asked: int = 0) -> None:
    """Let a bot into a guild with a role of its own that grants what is asked for it; without, no role.

    Nobody gives what they have not: the role grants what is asked for and the actor has. For a bot that is
    there already, what the actor has is granted or taken as asked. Needs MANAGE_GUILD, then also a role above
    the bot's. Emits GUILD_ROLE_CREATE, GUILD_MEMBER_ADD, and what members.add_member does beside it;
    afterwards GUILD_ROLE_UPDATE, or GUILD_ROLE_CREATE with GUILD_MEMBER_UPDATE. Raises UnknownGuild,
    MissingPermissions, UnknownApplication, NotYourApplication, MaximumRoles, UserBanned.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_GUILD)
    await _application(tx, application_id)
    bot = tx.directory.users[application_id]
    if application_id in place.guild.members:
        await _ask_again(tx, place, bot, asked)
        return
    granted = asked & place.permissions
    role = await bot_roles.create(tx, place.guild, bot, granted) if granted else None
    await members.add_member(tx, guild_id, bot, role_ids=() if role is None else (role.id,))
    await audit_log.record(tx, guild_id, AuditAction.BOT_ADD, target_id=application_id)


async def _ask_again(tx: Transaction, place: GuildAccess, bot: User, asked: int) -> None:
    guild = place.guild
    role = bot_roles.role_of(guild, bot.id)
    if role is not None:
        after = replace(role, permissions=role.permissions & ~place.permissions | asked & place.permissions)
        if after != role:
            place.require_above(role)
            await roles.write(tx, guild.id, role, after)
    elif granted := asked & place.permissions:
        role = await bot_roles.create(tx, guild, bot, granted)
        await bot_roles.give(tx, guild, bot, role)
        await roles.record_creation(tx, guild.id, role)


async def delete_integration(tx: Transaction, guild_id: int, integration_id: int) -> None:
    """Send a bot away.

    Needs MANAGE_GUILD, and a role above the bot's highest. Emits GUILD_MEMBER_REMOVE.
    Raises UnknownGuild, MissingPermissions, UnknownIntegration.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_GUILD)
    application = tx.directory.applications.get(integration_id)
    if application is None or integration_id not in place.guild.members:
        raise UnknownIntegration()
    place.require_above_member(integration_id)
    await members.remove_members(tx, guild_id, [integration_id])
    changes = [{"key": "name", "old_value": application.name}, {"key": "type", "old_value": "discord"}]
    await audit_log.record(
        tx, guild_id, AuditAction.INTEGRATION_DELETE, target_id=integration_id, changes=changes
    )


async def _application(tx: Reading, application_id: int) -> Application:
    """One that the actor may add: everybody's, or their own."""
    application = tx.directory.applications.get(application_id)
    if application is None:
        raise UnknownApplication()
    if not application.bot_public and not await applications.owns(tx, application):
        raise NotYourApplication()
    return application
