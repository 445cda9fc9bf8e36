"""Roles: look at them, make, change, move and delete them.

The hierarchy holds everywhere: only roles below one's own highest can be changed, and nobody gives or takes
a permission that they have not. Each change holds the guild, so it is decided by what is so at the commit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log
from chatd.actions.access import GuildAccess
from chatd.actions.rows import arguments_of
from chatd.model import audience, events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.errors import InvalidRole, MaximumRoles, MissingPermissions, UnknownRole
from chatd.model.permissions import Permission
from chatd.model.roles import ROLES_MAX, Role, RoleEdit, placed
from chatd.store.queries import roles
from chatd.store.transaction import Reading, Transaction

_MANAGE_ROLES = int(Permission.MANAGE_ROLES)


async def list_roles(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """From @everyone to the highest. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    return [role.payload() for role in guild.ranked_roles()]


async def get_role(tx: Reading, guild_id: int, role_id: int) -> Role:
    """Raises UnknownGuild, UnknownRole."""
    return _role(await access.guild(tx, guild_id), role_id)


async def count_members(tx: Reading, guild_id: int) -> dict[str, int]:
    """How many members have each role, @everyone left out. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    counts = {str(role_id): 0 for role_id in guild.roles if role_id != guild_id}
    for member in guild.members.values():
        for role_id in member.role_ids:
            counts[str(role_id)] += 1
    return counts


async def create_role(tx: Transaction, guild_id: int, edit: RoleEdit, *, icon: str | None = None) -> Role:
    """Make a role, right above @everyone and below all others. `icon` is the hash of its image.

    What is not said of it is as with @everyone. Needs MANAGE_ROLES and each permission that it grants.
    Emits GUILD_ROLE_CREATE. Raises UnknownGuild, MissingPermissions, MaximumRoles.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_ROLES)
    guild = place.guild
    if len(guild.roles) >= ROLES_MAX:
        raise MaximumRoles()
    role = Role(tx.next_id(), "new role", guild.roles[guild_id].permissions, position=1)
    role = edit.applied_to(role, icon)
    _require_granting(place, 0, role.permissions)
    await roles.insert_role(tx.conn, **arguments_of(role, roles.insert_role, guild_id=guild_id))
    tx.emit(events.guild_role_create(guild_id, role), to=audience.Guild(guild_id))
    await record_creation(tx, guild_id, role)
    return role


async def update_role(
    tx: Transaction, guild_id: int, role_id: int, edit: RoleEdit, *, icon: str | None = None
) -> Role:
    """Change a role. `icon` is the hash of the edit's image.

    Needs MANAGE_ROLES, a higher role, and each permission that is given or taken. Emits GUILD_ROLE_UPDATE.
    Raises UnknownGuild, UnknownRole, MissingPermissions, InvalidRole (of @everyone only permissions change).
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_ROLES)
    before = _role(place, role_id)
    place.require_above(before)
    after = edit.applied_to(before, icon)
    if role_id == guild_id and after != replace(before, permissions=after.permissions):
        raise InvalidRole()
    _require_granting(place, before.permissions, after.permissions)
    if after != before:
        await write(tx, guild_id, before, after)
    return after


async def move_roles(tx: Transaction, guild_id: int, moves: dict[int, int]) -> list[dict[str, Any]]:
    """Put roles into another order, and answer all of them.

    Needs MANAGE_ROLES. What stands at or above one's own highest role stays where it is, and nothing comes to
    stand there. Emits GUILD_ROLE_UPDATE for each whose position is another then.
    Raises UnknownGuild, UnknownRole, MissingPermissions, InvalidRole (@everyone stays lowest).
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_ROLES)
    guild = place.guild
    if moves.get(guild_id, 0) != 0:
        raise InvalidRole()
    moves = {role_id: position for role_id, position in moves.items() if _role(place, role_id).id != guild_id}
    others = [role for role in guild.roles.values() if role.id != guild_id]
    after = {
        role_id: replace(guild.roles[role_id], position=position)
        for role_id, position in placed(others, moves).items()
    }
    _require_own_order(place, after)
    changed = [role for role in after.values() if role.position != guild.roles[role.id].position]
    await roles.set_positions(
        tx.conn, ids=[role.id for role in changed], positions=[role.position for role in changed]
    )
    for role in changed:
        tx.emit(events.guild_role_update(guild_id, role), to=audience.Guild(guild_id))
        if role.id in moves:
            changes = changes_between(_audited(guild.roles[role.id]), _audited(role))
            await audit_log.record(tx, guild_id, AuditAction.ROLE_UPDATE, target_id=role.id, changes=changes)
    return [role.payload() for role in replace(guild, roles={**guild.roles, **after}).ranked_roles()]


async def delete_role(tx: Transaction, guild_id: int, role_id: int) -> None:
    """Delete a role: its members lose it, and channels their overwrites for it.

    Needs MANAGE_ROLES and a higher role. Emits GUILD_ROLE_DELETE, which says all of that.
    Raises UnknownGuild, UnknownRole, MissingPermissions, InvalidRole (@everyone, managed roles).
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE_ROLES)
    role = _role(place, role_id)
    if role_id == guild_id or role.managed:
        raise InvalidRole()
    place.require_above(role)
    await roles.delete_overwrites_of(tx.conn, guild_id=guild_id, target_id=role_id)
    await roles.delete_role(tx.conn, id=role_id)
    tx.emit(events.guild_role_delete(guild_id, role_id), to=audience.Guild(guild_id))
    changes = changes_between(_audited(role), None)
    await audit_log.record(tx, guild_id, AuditAction.ROLE_DELETE, target_id=role_id, changes=changes)


def _role(place: GuildAccess, role_id: int) -> Role:
    role = place.guild.roles.get(role_id)
    if role is None:
        raise UnknownRole()
    return role


def _require_granting(place: GuildAccess, before: int, after: int) -> None:
    """Only what one has oneself is given or taken. Raises MissingPermissions."""
    if (before ^ after) & ~place.permissions:
        raise MissingPermissions()


def _require_own_order(place: GuildAccess, after: dict[int, Role]) -> None:
    """The roles at or above one's own highest are the same, in the same order. Raises MissingPermissions."""
    guild = place.guild
    own = guild.rank(place.member.user_id)
    order = [role.id for role in guild.ranked_roles() if role.id != guild.id]
    then = sorted(after, key=lambda role_id: after[role_id].rank)
    lower = sum(guild.roles[role_id].rank < own for role_id in order)
    if order[lower:] != then[lower:]:
        raise MissingPermissions()


async def write(tx: Transaction, guild_id: int, before: Role, after: Role) -> None:
    """Write what has changed of a role, and tell of it; the caller has decided that it may."""
    await roles.update_role(tx.conn, **arguments_of(after, roles.update_role))
    tx.emit(events.guild_role_update(guild_id, after), to=audience.Guild(guild_id))
    changes = changes_between(_audited(before), _audited(after))
    await audit_log.record(tx, guild_id, AuditAction.ROLE_UPDATE, target_id=after.id, changes=changes)


async def record_creation(tx: Transaction, guild_id: int, role: Role) -> None:
    changes = changes_between(None, _audited(role))
    await audit_log.record(tx, guild_id, AuditAction.ROLE_CREATE, target_id=role.id, changes=changes)


def _audited(role: Role) -> dict[str, Any]:
    """A role as the audit log names its parts."""
    payload = role.payload()
    return {"icon_hash" if name == "icon" else name: value for name, value in payload.items()}
