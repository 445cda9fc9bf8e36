"""Application commands: what an application's bot registers, and which of them somebody may use.

Only the bot itself changes its commands, one change after the other: whoever makes one holds the application.
Where people may use them, their clients are told to look again (GUILD_APPLICATION_COMMAND_INDEX_UPDATE).
A scope is a guild of the bot's, or with `guild_id` None everywhere. Source: the Discord documentation,
"Application Commands".
"""

from __future__ import annotations

from typing import Any

from chatd.actions.access import ChannelAccess
from chatd.actions.command_index import sight_of
from chatd.model import events
from chatd.model.audience import Guild
from chatd.model.commands import (
    COMMANDS_MAX,
    CREATIONS_PER_DAY_MAX,
    Command,
    CommandDraft,
    counts_of,
)
from chatd.model.errors import (
    CommandExists,
    MaximumCommandCreations,
    MaximumCommands,
    MissingAccess,
    NotYourApplication,
    UnknownCommand,
)
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission
from chatd.store.queries import commands
from chatd.store.transaction import Reading, Transaction


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


# ── as their application has them ──


async def list_commands(tx: Reading, application_id: int, guild_id: int | None) -> list[Command]:
    """Those of a scope, by id. Raises NotYourApplication, MissingAccess."""
    _require_own(tx, application_id, guild_id)
    return await _commands_in(tx, application_id, guild_id)


async def get_command(tx: Reading, application_id: int, guild_id: int | None, command_id: int) -> Command:
    """Raises NotYourApplication, MissingAccess, UnknownCommand."""
    return _one_of(await list_commands(tx, application_id, guild_id), command_id)


async def create_command(
    tx: Transaction, application_id: int, guild_id: int | None, draft: CommandDraft
) -> tuple[Command, bool]:
    """Add a command to a scope, or overwrite the one of this type and name; whether it is a new one.

    Emits GUILD_APPLICATION_COMMAND_INDEX_UPDATE.
    Raises NotYourApplication, MissingAccess, MaximumCommands, MaximumCommandCreations.
    """
    before = await _held(tx, application_id, guild_id)
    former = next((command for command in before if command.draft.key == draft.key), None)
    command = _made_of(tx, application_id, guild_id, draft, former)
    after = [command if each is former else each for each in before]
    await _replace(tx, application_id, guild_id, before, after if former else [*before, command])
    return command, former is None


async def update_command(
    tx: Transaction, application_id: int, guild_id: int | None, command_id: int, body: Any
) -> Command:
    """Change what was sent of a command; what may be sent depends on the command, so it is read here.

    What a guild has said of who may use it is gone with its name. What changes nothing is not announced.
    Emits GUILD_APPLICATION_COMMAND_INDEX_UPDATE.
    Raises NotYourApplication, MissingAccess, UnknownCommand, InvalidFormBody, CommandExists.
    """
    before = await _held(tx, application_id, guild_id)
    former = _one_of(before, command_id)
    draft = CommandDraft.parse_edit(body, former)
    if any(each is not former and each.draft.key == draft.key for each in before):
        raise CommandExists()
    command = _made_of(tx, application_id, guild_id, draft, former)
    after = [command if each is former else each for each in before]
    await _replace(tx, application_id, guild_id, before, after)
    return command


async def delete_command(tx: Transaction, application_id: int, guild_id: int | None, command_id: int) -> None:
    """What guilds have said of it is gone, too. Emits GUILD_APPLICATION_COMMAND_INDEX_UPDATE.

    Raises NotYourApplication, MissingAccess, UnknownCommand.
    """
    before = await _held(tx, application_id, guild_id)
    gone = _one_of(before, command_id)
    await _replace(tx, application_id, guild_id, before, [each for each in before if each is not gone])


async def overwrite_commands(
    tx: Transaction, application_id: int, guild_id: int | None, drafts: list[CommandDraft]
) -> list[Command]:
    """Let a scope have exactly these commands, in the order in which they came.

    One that was there keeps its id: the one that a draft names by it, else the one of its type and name.
    Emits GUILD_APPLICATION_COMMAND_INDEX_UPDATE.
    Raises NotYourApplication, MissingAccess, MaximumCommands, MaximumCommandCreations.
    """
    before = await _held(tx, application_id, guild_id)
    formers = _matched(before, drafts)
    after = [
        _made_of(tx, application_id, guild_id, draft, former)
        for draft, former in zip(drafts, formers, strict=True)
    ]
    await _replace(tx, application_id, guild_id, before, after)
    return after


# ── whose they are ──


def _require_own(tx: Reading, application_id: int, guild_id: int | None) -> None:
    """The bot is in the guild, where one is named. Raises NotYourApplication, MissingAccess."""
    if tx.actor.id != application_id:
        raise NotYourApplication()
    guild = tx.directory.guilds.get(guild_id) if guild_id is not None else None
    if guild_id is not None and (guild is None or application_id not in guild.members):
        raise MissingAccess()


async def _held(tx: Transaction, application_id: int, guild_id: int | None) -> list[Command]:
    """The commands of a scope, which nobody else changes until the commit."""
    if guild_id is not None:
        await tx.hold_permissions(guild_id)
    _require_own(tx, application_id, guild_id)
    await commands.hold_application(tx.conn, id=application_id)
    return await _commands_in(tx, application_id, guild_id)


async def _commands_in(tx: Reading, application_id: int, guild_id: int | None) -> list[Command]:
    scope_id = application_id if guild_id is None else guild_id
    async with tx.connection() as conn:
        rows = await commands.list_commands(conn, application_id=application_id, scope_id=scope_id)
    return [Command.from_row(row) for row in rows]


def _one_of(there: list[Command], command_id: int) -> Command:
    for command in there:
        if command.id == command_id:
            return command
    raise UnknownCommand()


def _made_of(
    tx: Transaction, application_id: int, guild_id: int | None, draft: CommandDraft, former: Command | None
) -> Command:
    if former is not None:
        return former.redrafted(draft, tx.next_id())
    command_id = tx.next_id()
    return Command(command_id, application_id, guild_id, tx.next_id(), draft.without_id())


def _matched(before: list[Command], drafts: list[CommandDraft]) -> list[Command | None]:
    """For each draft the command that it overwrites, each once."""
    by_id = {(command.type, command.id): command for command in before}
    named = [by_id.pop((draft.type, draft.id), None) if draft.id is not None else None for draft in drafts]
    by_key = {command.draft.key: command for command in by_id.values()}
    return [former or by_key.get(draft.key) for draft, former in zip(drafts, named, strict=True)]


# ── writing ──


async def _replace(
    tx: Transaction, application_id: int, guild_id: int | None, before: list[Command], after: list[Command]
) -> None:
    """Let a scope have `after` in the place of `before`, and tell of it where that is something else."""
    names = {command.id: command.name for command in before}
    new = [command for command in after if command.id not in names]
    changed = [command for command in after if command not in before]
    gone = names.keys() - {command.id for command in after}
    if not changed and not gone:
        return
    if any(count > COMMANDS_MAX[kind] for kind, count in counts_of(each.draft for each in after).items()):
        raise MaximumCommands()
    await _count_creations(tx, application_id, guild_id, len(new))
    await commands.delete_commands(tx.conn, ids=sorted(gone))
    await commands.save_commands(tx.conn, commands=encode_json([command.columns() for command in changed]))
    renamed = [command.id for command in changed if names.get(command.id, command.name) != command.name]
    await commands.forget_permissions(tx.conn, command_ids=renamed)
    tell(tx, application_id, guild_id)


async def _count_creations(tx: Transaction, application_id: int, guild_id: int | None, count: int) -> None:
    """Days are those of UTC. Raises MaximumCommandCreations."""
    if not count:
        return
    scope = {"application_id": application_id, "scope_id": guild_id or application_id, "day": tx.now().date()}
    await commands.forget_creations(tx.conn, application_id=application_id, day=scope["day"])
    if await commands.count_creations(tx.conn, **scope, count=count) > CREATIONS_PER_DAY_MAX:
        raise MaximumCommandCreations()


def tell(tx: Transaction, application_id: int, guild_id: int | None) -> None:
    """People of the guild, or of all guilds that the bot is in, shall look again at what they may use."""
    concerned = tx.directory.guilds_of(application_id)
    for each in concerned if guild_id is None else [tx.directory.guilds[guild_id]]:
        tx.emit(events.command_index_update(each.id), to=Guild(each.id))
