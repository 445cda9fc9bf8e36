"""Commands for tests: registered by the real actions, as a bot does, and what a guild says of them."""

from __future__ import annotations

from typing import Any

from chatd.actions import access, command_permissions, commands
from chatd.model.actor import Actor
from chatd.model.command_permissions import Exceptions
from chatd.model.commands import Command, CommandDraft

ROLE, USER, CHANNEL = 1, 2, 3


async def register(store: Any, robo: Actor, guild_id: int | None = None, **body: Any) -> Command:
    """A command of the bot's, everywhere or in a guild."""
    menu = body.get("type", 1) != 1
    sent = {"name": "echo", **({} if menu else {"description": "Say it again"}), **body}
    draft = CommandDraft.parse(sent, in_guild=guild_id is not None)
    async with store.transaction(robo) as tx:
        command, _ = await commands.create_command(tx, robo.id, guild_id, draft)
    return command


async def overwrite(store: Any, robo: Actor, *bodies: Any, guild_id: int | None = None) -> list[Command]:
    """Exactly these commands, each a name or a body."""
    sent = [each if isinstance(each, dict) else {"name": each, "description": "-"} for each in bodies]
    drafts = CommandDraft.parse_all(sent, in_guild=guild_id is not None)
    async with store.transaction(robo) as tx:
        return await commands.overwrite_commands(tx, robo.id, guild_id, drafts)


async def change(
    store: Any, robo: Actor, command: Command, guild_id: int | None = None, **body: Any
) -> Command:
    async with store.transaction(robo) as tx:
        return await commands.update_command(tx, robo.id, guild_id, command.id, body)


async def remove(store: Any, robo: Actor, command: Command, guild_id: int | None = None) -> None:
    async with store.transaction(robo) as tx:
        await commands.delete_command(tx, robo.id, guild_id, command.id)


async def registered(store: Any, robo: Actor, guild_id: int | None = None) -> list[Command]:
    async with store.reading(robo) as tx:
        return await commands.list_commands(tx, robo.id, guild_id)


async def say(
    store: Any, actor: Actor, robo: Actor, guild_id: int, command_id: int, *said: tuple[int, int, bool]
) -> dict[str, Any]:
    """Let a guild say exactly this: of each the type, the id, and whether it may."""
    permissions = [{"id": str(of), "type": kind, "permission": may} for kind, of, may in said]
    exceptions = Exceptions.parse({"permissions": permissions})
    async with store.transaction(actor) as tx:
        return await command_permissions.put_permissions(tx, robo.id, guild_id, command_id, exceptions)


async def use(store: Any, actor: Actor, channel_id: int, command: Command) -> Command:
    """Whether somebody may use it there, as whoever invokes it asks."""
    async with store.reading(actor) as tx:
        place = await access.channel(tx, channel_id)
        return await commands.usable(tx, place, command.application_id, command.id)
