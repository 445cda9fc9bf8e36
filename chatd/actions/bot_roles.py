"""The role that a bot brings with it to a guild: named after it, granting what was asked for it.

It is managed: nobody gives, takes or deletes it (actions/members.py, actions/roles.py). It comes and goes
with the bot. Whoever calls these holds the guild.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from chatd.actions.rows import arguments_of
from chatd.model import audience, events
from chatd.model.errors import MaximumRoles
from chatd.model.guilds import Guild
from chatd.model.roles import ROLES_MAX, Role
from chatd.model.users import User
from chatd.store.queries import members, roles
from chatd.store.transaction import Transaction


def role_of(guild: Guild, bot_id: int) -> Role | None:
    return next((role for role in guild.roles.values() if role.bot_id == bot_id), None)


async def create(tx: Transaction, guild: Guild, bot: User, granted: int) -> Role:
    """Make it, right above @everyone, and not yet anybody's. Emits GUILD_ROLE_CREATE. Raises MaximumRoles."""
    if len(guild.roles) >= ROLES_MAX:
        raise MaximumRoles()
    role = Role(tx.next_id(), bot.username, granted, position=1, managed=True, bot_id=bot.id)
    await roles.insert_role(tx.conn, **arguments_of(role, roles.insert_role, guild_id=guild.id))
    tx.emit(events.guild_role_create(guild.id, role), to=audience.Guild(guild.id))
    return role


async def give(tx: Transaction, guild: Guild, bot: User, role: Role) -> None:
    """To a bot that is here already. Emits GUILD_MEMBER_UPDATE."""
    before = guild.members[bot.id]
    after = replace(before, role_ids=tuple(sorted({*before.role_ids, role.id})))
    await members.insert_roles(tx.conn, guild_id=guild.id, user_id=bot.id, role_ids=[role.id])
    tx.emit(events.guild_member_update(guild.id, after, bot), to=audience.Guild(guild.id))


async def delete_with(tx: Transaction, guild: Guild, bot_ids: Collection[int]) -> None:
    """These bots have gone, and so their roles do. Emits GUILD_ROLE_DELETE for each."""
    for role in [role for role in guild.roles.values() if role.bot_id in bot_ids]:
        await roles.delete_overwrites_of(tx.conn, guild_id=guild.id, target_id=role.id)
        await roles.delete_role(tx.conn, id=role.id)
        tx.emit(events.guild_role_delete(guild.id, role.id), to=audience.Guild(guild.id))
