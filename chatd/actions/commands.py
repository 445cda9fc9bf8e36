"""Application commands: what an application's bot registers, and which of them somebody may use.

Only the bot itself changes its commands, one after the other: whoever does holds its application. Where what
people see changes, their clients are told to look again (GUILD_APPLICATION_COMMAND_INDEX_UPDATE).
Source: the Discord documentation, "Application Commands".
"""

from __future__ import annotations

from chatd.actions.access import ChannelAccess
from chatd.actions.command_index import sight_of
from chatd.model.commands import Command
from chatd.model.errors import MissingAccess, UnknownCommand
from chatd.model.permissions import Permission
from chatd.store.queries import commands
from chatd.store.transaction import Reading


async def usable(tx: Reading, place: ChannelAccess, application_id: int, command_id: int) -> Command:
    """A command that the actor may use in a channel.

    Needs USE_APPLICATION_COMMANDS there. Raises NotATextChannel, UnknownCommand where there is no such
    command or its application is not there, MissingPermissions, MissingAccess where it is not for this place
    or not for this member.
    """
    place.require_text()
    async with tx.connection() as conn:
        row = await commands.find_command(conn, id=command_id)
    command = Command.from_row(row) if row is not None else None
    if command is None or command.application_id != application_id:
        raise UnknownCommand()
    sight = await sight_of(tx, place)
    if application_id not in sight.application_ids or command.guild_id not in (None, place.guild_id):
        raise UnknownCommand()
    place.require(Permission.USE_APPLICATION_COMMANDS)
    if not sight.shows(command):
        raise MissingAccess()
    return command
