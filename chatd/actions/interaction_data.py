"""What the data of an interaction is read from, and what comes of it; the same for all types.

A reader (interactions.READERS) is given what is Asked and gives Data. It finds what the interaction answers
to, a command, a message with a component or the form that was shown, and holds what was sent against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from chatd.actions import ephemeral_messages, message_rows
from chatd.actions.access import ChannelAccess
from chatd.model.attachment_links import addressed
from chatd.model.attachments import FileRow
from chatd.model.errors import UnknownInteraction, UnknownMessage
from chatd.model.interactions import Interaction, InteractionDraft
from chatd.model.messages import Message
from chatd.model.permissions import Permission
from chatd.store.queries import interactions
from chatd.store.transaction import Reading


@dataclass(slots=True, frozen=True)
class Asked:
    """An interaction that is being made: where, and what the actor's client has sent of it."""

    id: int
    place: ChannelAccess
    draft: InteractionDraft


class Data(NamedTuple):
    """What the application is told, read and found to be right: `d` is the interaction's `data`.

    `metadata` goes into the `interaction_metadata` of its messages, beside what all have there. `files` come
    with it; `message` is the one on which it was made. The rest is as with Interaction.
    """

    d: dict[str, Any]
    metadata: dict[str, Any]
    files: tuple[FileRow, ...] = ()
    message: Message | None = None
    command_name: str | None = None
    focused: int | None = None


class Handed(NamedTuple):
    """Files that are handed to an application: attachment objects by the number of the form, and rows."""

    objects: dict[int, dict[str, Any]]
    rows: tuple[FileRow, ...]


def hand_over(tx: Reading, asked: Asked) -> Handed:
    """The files that came with it, as the application is shown them: with addresses, and `ephemeral`."""
    objects: dict[int, dict[str, Any]] = {}
    rows: list[FileRow] = []
    for new in asked.draft.attachments.new:
        if new.file.number is None:
            continue  # nothing in the data can mean it
        record = new.record(tx.next_id())
        rows.append(FileRow.of(record, new.file.blob))
        objects[new.file.number] = addressed(record, asked.place.channel.id, tx.links) | {"ephemeral": True}
    return Handed(objects, tuple(rows))


async def message_of(tx: Reading, place: ChannelAccess, message_id: int, *, ephemeral: bool) -> Message:
    """The message on which the actor uses a component. Raises UnknownMessage.

    An ephemeral one only they are shown; of all others they must be able to read the history.
    """
    if ephemeral:
        found = await ephemeral_messages.find(tx, place.channel.id, message_id)
        if found is None or found.user_id != tx.actor.id:
            raise UnknownMessage()
        return found.message
    if not place.may(Permission.READ_MESSAGE_HISTORY):
        raise UnknownMessage()
    return await message_rows.find(tx, place.channel.id, message_id)


async def opener_of(tx: Reading, asked: Asked, interaction_id: int) -> Interaction:
    """The interaction that has shown the actor a form (`modal`) at this place. Raises UnknownInteraction."""
    async with tx.connection() as conn:
        row = await interactions.find_interaction(conn, id=interaction_id)
    interaction = Interaction.from_row(row) if row is not None else None
    if interaction is None or interaction.modal is None or interaction.user_id != tx.actor.id:
        raise UnknownInteraction()
    same = (asked.place.channel.id, asked.draft.application_id)
    if (interaction.channel_id, interaction.application_id) != same:
        raise UnknownInteraction()
    return interaction
