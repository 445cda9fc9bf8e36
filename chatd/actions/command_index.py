"""Which commands somebody may use at a place, and the list of them that their client shows.

A command is there as long as its application's bot is: in the guild, or on the other side of a direct message
with whom it shares a guild. Source: the Discord documentation, "Application Commands", "Contexts",
"Permissions" and "Age-Restricted Commands"; the list is what Discord's client calls the index.
"""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from chatd.actions import access
from chatd.actions.access import ChannelAccess, GuildAccess
from chatd.model.channels import ChannelType
from chatd.model.command_permissions import Exceptions, Rules
from chatd.model.commands import Command, CommandType, InteractionContext
from chatd.model.members import Member
from chatd.model.permissions import Permission
from chatd.store.queries import commands
from chatd.store.transaction import Reading


async def of_guild(tx: Reading, guild_id: int) -> dict[str, Any]:
    """What the actor may use in a guild, whatever its channels say of it. Raises UnknownGuild."""
    place = await access.guild(tx, guild_id)
    sight = await sight_of_guild(tx, place)
    return await _index(tx, sight, guild_id)


async def of_channel(tx: Reading, channel_id: int) -> dict[str, Any]:
    """What the actor may use in a channel. Raises UnknownChannel, NotATextChannel."""
    place = await access.channel(tx, channel_id)
    place.require_text()
    sight = await sight_of(tx, place)
    if not place.may(Permission.USE_APPLICATION_COMMANDS):
        sight.application_ids.clear()
    return await _index(tx, sight, place.guild_id)


@dataclass(slots=True)
class Sight:
    """What decides of commands at a place, for the actor: a channel, or a guild as a whole.

    `channel_id` is the channel of which the guild may say something, a thread's parent; None for the whole
    guild, where neither channels nor ages matter. `exceptions` are by command, or by application for all.
    """

    context: InteractionContext
    application_ids: set[int]
    permissions: int
    member: Member | None = None
    guild_id: int | None = None
    channel_id: int | None = None
    age_restricted: bool = True
    exceptions: dict[int, Exceptions] = field(default_factory=dict)

    def shows(self, command: Command) -> bool:
        """Whether the actor may use the command there."""
        if command.application_id not in self.application_ids or not command.is_used_in(self.context):
            return False
        if command.draft.nsfw and not self.age_restricted:
            return False
        if self.guild_id is None or self.member is None or self._may(Permission.ADMINISTRATOR):
            return True
        rules = self._rules(self.guild_id, command)
        if self.channel_id is not None and not self._is_used_in(self.channel_id, command, rules):
            return False
        needed = command.draft.default_member_permissions
        by_default = needed is None or (needed != 0 and self._may(needed))
        return rules.allow_member(self.member.user_id, self.member.role_ids, by_default=by_default)

    def _is_used_in(self, channel_id: int, command: Command, rules: Rules) -> bool:
        """User Commands: "a user must have permission to send text messages in the channel"."""
        about_user = command.type == CommandType.USER
        return rules.allow_in(channel_id) and (not about_user or self._may(Permission.SEND_MESSAGES))

    def _may(self, needed: int) -> bool:
        return self.permissions & needed == needed

    def _rules(self, guild_id: int, command: Command) -> Rules:
        said, nothing = self.exceptions, Exceptions()
        return Rules(guild_id, said.get(command.id, nothing), said.get(command.application_id, nothing))


async def sight_of(tx: Reading, place: ChannelAccess) -> Sight:
    """What decides in a channel. Between people there are no applications."""
    channel = place.channel
    if place.guild is None:
        others = [user.id for user in tx.directory.others_in(channel, tx.actor.id)]
        if channel.type != ChannelType.DM or not _applications_of(tx, others):
            return Sight(InteractionContext.PRIVATE_CHANNEL, set(), place.permissions)
        near = [bot_id for bot_id in others if tx.directory.shared_guild_ids(tx.actor.id, bot_id)]
        return Sight(InteractionContext.BOT_DM, _applications_of(tx, near), place.permissions)
    if channel.thread is not None:
        assert channel.parent_id is not None, "a thread is below a channel"
        channel = tx.directory.channels[channel.parent_id]
    here = _applications_of(tx, place.guild.members)
    return Sight(
        InteractionContext.GUILD, here, place.permissions, place.member, place.guild.id, channel.id,
        channel.nsfw, await exceptions_in(tx, place.guild.id, here),
    )  # fmt: skip


async def sight_of_guild(tx: Reading, place: GuildAccess) -> Sight:
    here = _applications_of(tx, place.guild.members)
    exceptions = await exceptions_in(tx, place.guild.id, here)
    return Sight(
        InteractionContext.GUILD, here, place.permissions, place.member, place.guild.id, exceptions=exceptions
    )


async def exceptions_in(tx: Reading, guild_id: int, application_ids: set[int]) -> dict[int, Exceptions]:
    """What a guild says of applications and their commands, by the id of the one or the other."""
    async with tx.connection() as conn:
        rows = await commands.permissions_in(conn, guild_id=guild_id, application_ids=list(application_ids))
    return {
        row["command_id"] or row["application_id"]: Exceptions.from_json(row["permissions"]) for row in rows
    }


def _applications_of(tx: Reading, user_ids: Container[int]) -> set[int]:
    """An application's id is its bot's."""
    return {application_id for application_id in tx.directory.applications if application_id in user_ids}


async def _index(tx: Reading, sight: Sight, guild_id: int | None) -> dict[str, Any]:
    """The commands that are shown, and their applications. `version` is the same as long as they are."""
    async with tx.connection() as conn:
        rows = await commands.commands_of_applications(
            conn, application_ids=list(sight.application_ids), guild_id=guild_id
        )
        shown = [command for row in rows if sight.shows(command := Command.from_row(row))]
    ids = sorted({command.application_id for command in shown})
    directory = tx.directory
    index: dict[str, Any] = {
        "applications": [
            {**directory.applications[each].partial_payload(), "bot": directory.users[each].payload()}
            for each in ids
        ],
        "application_commands": [command.payload() for command in shown],
    }
    digest = blake2b(json.dumps(index).encode(), digest_size=8).digest()
    return index | {"version": str(int.from_bytes(digest) >> 1)}
