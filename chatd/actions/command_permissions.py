"""What a guild says of who may use an application's commands there, and where: look at it, and say it.

The bot itself may look, but say nothing: with Discord that takes somebody's own token, and here somebody who
is signed in. `command_id` is a command's, or the application's for all of its commands. Source: the Discord
documentation, "Application Commands", "Permissions".
"""

from __future__ import annotations

from typing import Any

from chatd.actions import access, audit_log, commands
from chatd.actions.access import GuildAccess
from chatd.actions.command_index import exceptions_in, sight_of_guild
from chatd.model import events
from chatd.model.audience import Users
from chatd.model.audit_log import AuditAction, change_of
from chatd.model.command_permissions import (
    Exceptions,
    TargetType,
    all_channels,
    permission_payload,
    permissions_payload,
)
from chatd.model.commands import Command
from chatd.model.errors import (
    MissingAccess,
    MissingPermissions,
    NotYourApplication,
    UnknownApplication,
    UnknownChannel,
    UnknownCommand,
    UnknownCommandPermissions,
    UnknownGuild,
    UnknownMember,
    UnknownRole,
)
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission
from chatd.store.queries import commands as queries
from chatd.store.transaction import Reading, Transaction

# "Has permission to Manage Guild and Manage Roles in the guild."
_MANAGE = int(Permission.MANAGE_GUILD | Permission.MANAGE_ROLES)
_CHANNEL = int(Permission.VIEW_CHANNEL | Permission.MANAGE_ROLES)


async def list_permissions(tx: Reading, application_id: int, guild_id: int) -> list[dict[str, Any]]:
    """All that a guild says of an application's commands, by the id of what it is said of.

    For its bot, or with MANAGE_GUILD. Raises NotYourApplication, MissingAccess, UnknownGuild,
    MissingPermissions, UnknownApplication.
    """
    await _require_reader(tx, application_id, guild_id)
    said = await exceptions_in(tx, guild_id, {application_id})
    return [
        permissions_payload(guild_id, application_id, target_id, exceptions)
        for target_id, exceptions in said.items()
    ]


async def get_permissions(tx: Reading, application_id: int, guild_id: int, command_id: int) -> dict[str, Any]:
    """Raises as list_permissions does, and UnknownCommandPermissions where nothing is said."""
    for payload in await list_permissions(tx, application_id, guild_id):
        if payload["id"] == str(command_id):
            return payload
    raise UnknownCommandPermissions()


async def put_permissions(
    tx: Transaction, application_id: int, guild_id: int, command_id: int, exceptions: Exceptions
) -> dict[str, Any]:
    """Say something else of a command, or of all of them.

    Needs MANAGE_GUILD and MANAGE_ROLES, and that one may use the command oneself; for what one says of a role
    or a member a higher role, for what one says of a channel MANAGE_ROLES there. What changes nothing is not
    announced. Emits APPLICATION_COMMAND_PERMISSIONS_UPDATE to the bot, and
    GUILD_APPLICATION_COMMAND_INDEX_UPDATE. Raises UnknownGuild, MissingPermissions, UnknownApplication,
    UnknownCommand, UnknownRole, UnknownMember, UnknownChannel.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MANAGE)
    _require_bot(tx, place, application_id)
    await queries.hold_application(tx.conn, id=application_id)
    await _require_command(tx, place, application_id, command_id)
    said = await exceptions_in(tx, guild_id, {application_id})
    before = said.get(command_id, Exceptions())
    for target in before.differing(exceptions):
        _require_target(tx, place, target, is_new=target not in before.said)
    payload = permissions_payload(guild_id, application_id, command_id, exceptions)
    if exceptions.said != before.said:
        await _save(tx, application_id, guild_id, command_id, exceptions)
        tx.emit(events.command_permissions_update(payload), to=Users((application_id,), guild_id))
        commands.tell(tx, application_id, guild_id)
        await audit_log.record(
            tx, guild_id, AuditAction.APPLICATION_COMMAND_PERMISSION_UPDATE, target_id=command_id,
            changes=_changes(before, exceptions), options={"application_id": str(application_id)},
        )  # fmt: skip
    return payload


async def _require_reader(tx: Reading, application_id: int, guild_id: int) -> None:
    if tx.actor.bot:
        if tx.actor.id != application_id:
            raise NotYourApplication()
        try:
            await access.guild(tx, guild_id)
        except UnknownGuild:
            raise MissingAccess() from None
        return
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_GUILD)
    _require_bot(tx, place, application_id)


def _require_bot(tx: Reading, place: GuildAccess, application_id: int) -> None:
    if application_id not in place.guild.members or application_id not in tx.directory.applications:
        raise UnknownApplication()


async def _require_command(tx: Transaction, place: GuildAccess, application_id: int, command_id: int) -> None:
    """It is all of them, or one that the actor may use."""
    if command_id == application_id:
        return
    row = await queries.find_command(tx.conn, id=command_id)
    command = Command.from_row(row) if row is not None else None
    if command is None or command.application_id != application_id:
        raise UnknownCommand()
    if command.guild_id not in (None, place.guild.id):
        raise UnknownCommand()
    if not (await sight_of_guild(tx, place)).shows(command):
        raise MissingPermissions()


def _require_target(tx: Transaction, place: GuildAccess, target: tuple[int, int], *, is_new: bool) -> None:
    """The actor may say something of whom or what this is; of what is gone, only that no more is said."""
    kind, target_id = target
    if kind == TargetType.ROLE:
        role = place.guild.roles.get(target_id)
        if role is not None and target_id != place.guild.id:
            place.require_above(role)
        if role is None and is_new:
            raise UnknownRole()
    elif kind == TargetType.USER:
        if target_id in place.guild.members and target_id != tx.actor.id:
            place.require_above_member(target_id)
        if target_id not in place.guild.members and is_new:
            raise UnknownMember()
    elif target_id != all_channels(place.guild.id):
        _require_channel(tx, place, target_id, is_new=is_new)


def _require_channel(tx: Transaction, place: GuildAccess, channel_id: int, *, is_new: bool) -> None:
    granted = tx.directory.permissions(tx.actor.id, channel_id, tx.now())
    is_here = channel_id in place.guild.channel_ids
    if is_here and granted & _CHANNEL == Permission.VIEW_CHANNEL:
        raise MissingPermissions()
    if not (is_here and granted) and (is_here or is_new):
        raise UnknownChannel()


async def _save(
    tx: Transaction, application_id: int, guild_id: int, command_id: int, exceptions: Exceptions
) -> None:
    target = {
        "guild_id": guild_id, "application_id": application_id,
        "command_id": None if command_id == application_id else command_id,
    }  # fmt: skip
    if exceptions.said:
        await queries.put_permissions(tx.conn, **target, permissions=encode_json(exceptions.payload()))
    else:
        await queries.delete_permissions(tx.conn, **target)


def _changes(before: Exceptions, after: Exceptions) -> list[dict[str, Any]]:
    """One for each role, user or channel, whose id is the key, as with Discord."""
    return [
        change_of(str(target[1]), *(
            permission_payload(*target, said.said[target]) if target in said.said else None
            for said in (before, after)
        ))
        for target in before.differing(after)
    ]  # fmt: skip
