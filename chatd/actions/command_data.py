"""The data of a command that somebody uses, or is still typing, held against its definition.

Source: the Discord documentation, "Receiving and Responding", Application Command Data Structure.
"""

from __future__ import annotations

from typing import Any

from chatd.actions import commands, message_rows
from chatd.actions.interaction_data import Asked, Data, Handed, hand_over
from chatd.actions.resolved import nameable_user, resolved_of
from chatd.model.attachments import FileRow
from chatd.model.command_options import (
    SUB_COMMANDS,
    OptionType,
    check_resolved,
    leaves,
    mentioned_in,
    read_invocation,
)
from chatd.model.commands import Command, CommandType
from chatd.model.errors import InvalidFormBody, UnknownMessage
from chatd.model.interactions import InteractionType
from chatd.model.permissions import Permission
from chatd.model.shapes import Form
from chatd.store.transaction import Reading


async def read(tx: Reading, asked: Asked) -> Data:
    """A command that is used, or typed.

    Raises InvalidFormBody by the paths of the data, and what commands.usable raises.
    """
    form = asked.draft.data
    command_id = form.snowflake("id")
    form.finish()
    command = await commands.usable(tx, asked.place, asked.draft.application_id, command_id)
    _require_current(form, command)
    d: dict[str, Any] = {"id": str(command.id), "name": command.name, "type": command.type}
    if command.guild_id is not None:
        d["guild_id"] = str(command.guild_id)
    if command.type == CommandType.CHAT_INPUT:
        return await _typed(tx, asked, command, d)
    if asked.draft.type != InteractionType.APPLICATION_COMMAND:
        raise InvalidFormBody.at("type", "BASE_TYPE_CHOICES", "Only what is typed can be completed.")
    return await _chosen(tx, asked, command, d)


def _require_current(form: Form, command: Command) -> None:
    """A client that shows an older version of it would have the application misunderstand its user."""
    version = form.snowflake("version", default=None)
    if version not in (None, command.version):
        message = "This command is outdated, please try again in a few minutes."
        form.fault("version", "INTERACTION_APPLICATION_COMMAND_INVALID_VERSION", message)
    form.finish()


async def _typed(tx: Reading, asked: Asked, command: Command, d: dict[str, Any]) -> Data:
    form = asked.draft.data
    typing = asked.draft.type == InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE
    options = read_invocation(form, command, autocomplete=typing)
    form.finish()
    handed = hand_over(tx, asked)
    mentioned = mentioned_in(options)
    resolved = await resolved_of(
        tx, asked.place, application_id=command.application_id,
        user_ids=mentioned.user_ids + mentioned.mentionable_ids,
        role_ids=mentioned.role_ids + mentioned.mentionable_ids, channel_ids=mentioned.channel_ids,
        attachments=[handed.objects[each] for each in mentioned.attachment_ids if each in handed.objects],
    )  # fmt: skip
    files = _name_files(options, handed)
    if not typing:
        check_resolved(form, command, options, resolved)
        form.finish()
    if options:
        d["options"] = options
    if resolved:
        d["resolved"] = resolved
    focused = next((option["type"] for option in leaves(options) if option.get("focused")), None)
    return Data(d, {}, files, command_name=_full_name(command.name, options), focused=focused)


def _name_files(options: list[dict[str, Any]], handed: Handed) -> tuple[FileRow, ...]:
    """Let options mean a file by its id, where the form had its number. Files that none means are dropped."""
    kept = set()
    for option in leaves(options):
        if option["type"] == OptionType.ATTACHMENT and (file := handed.objects.get(int(option["value"]))):
            option["value"] = file["id"]
            kept.add(int(file["id"]))
    return tuple(row for row in handed.rows if row.id in kept)


def _full_name(name: str, options: list[dict[str, Any]]) -> str:
    """With its group and sub command."""
    while options and options[0]["type"] in SUB_COMMANDS:
        name, options = f"{name} {options[0]['name']}", options[0]["options"]
    return name


async def _chosen(tx: Reading, asked: Asked, command: Command, d: dict[str, Any]) -> Data:
    """A command of a context menu: the user or the message that it was chosen for."""
    form = asked.draft.data
    target_id = form.snowflake("target_id")
    form.finish()
    place = asked.place
    if command.type == CommandType.USER:
        user = nameable_user(tx, target_id)
        if user is None:
            raise InvalidFormBody.at("data.target_id", "INTERACTION_APPLICATION_COMMAND_TARGET_INVALID",
                                     "There is no such user.")  # fmt: skip
        resolved = await resolved_of(tx, place, application_id=command.application_id, user_ids=[target_id])
        metadata: dict[str, Any] = {"target_user": user.payload()}
    else:
        await _require_message(tx, asked, target_id)
        resolved = await resolved_of(
            tx, place, application_id=command.application_id, message_ids=[target_id]
        )
        metadata = {"target_message_id": str(target_id)}
    d |= {"target_id": str(target_id), "resolved": resolved}
    return Data(d, metadata, command_name=command.name)


async def _require_message(tx: Reading, asked: Asked, message_id: int) -> None:
    """Who may not read what was said learns of no message whether there is one. Raises MissingPermissions."""
    asked.place.require(Permission.READ_MESSAGE_HISTORY)
    try:
        await message_rows.find(tx, asked.place.channel.id, message_id)
    except UnknownMessage:
        raise InvalidFormBody.at("data.target_id", "INTERACTION_APPLICATION_COMMAND_TARGET_INVALID",
                                 "There is no such message.") from None  # fmt: skip
