"""The messages by which an application answers an interaction: the first one, those that follow, their edits.

Like a webhook, whoever has the token may speak where it was asked, whatever the bot may do there; but the
messages are the bot's own. They say whom they answer: `interaction_metadata`, and a reference to what was
used or asked before. A message that is loading says nothing yet; its first edit, or the first message that
follows, is what it says. Ephemeral ones are ephemeral_messages.py's.

Source: the Discord documentation, "Receiving and Responding", and "Message Interaction Metadata Object".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from chatd.actions import (
    access,
    composing,
    deletions,
    dms,
    ephemeral_messages,
    message_rows,
    messages,
    previews,
    thread_members,
)
from chatd.actions.access import ChannelAccess
from chatd.actions.relationships import blocks_between
from chatd.model.errors import (
    CannotEditPoll,
    CannotMessageUser,
    InvalidFormBody,
    Unavailable,
    UnknownMessage,
)
from chatd.model.interaction_responses import ResponseDraft, ResponseEdit
from chatd.model.interactions import Interaction, InteractionType
from chatd.model.messages import LOADING, Message, MessageType, merged
from chatd.model.permissions import Permission
from chatd.model.references import reference_to
from chatd.store.transaction import Reading, Transaction

# A message is looked at anew when somebody else has changed it meanwhile.
ATTEMPTS_MAX = 5


class Shown(NamedTuple):
    """A message of an interaction; `user_id` is who alone is shown it."""

    message: Message
    user_id: int | None


async def respond(
    tx: Transaction, interaction: Interaction, draft: ResponseDraft, *, loading: bool = False
) -> Message:
    """The first answer. Emits MESSAGE_CREATE, to the one who has asked alone where it is ephemeral.

    Raises UnknownChannel, NotATextChannel, CannotMessageUser, and what composing.compose raises.
    """
    answered = await _answered_by_first(tx, interaction)
    details: dict[str, Any] = {"interaction_metadata": interaction.metadata}
    if interaction.type == InteractionType.APPLICATION_COMMAND:
        shared = {name: interaction.metadata[name] for name in ("id", "type", "user")}
        details["interaction"] = {**shared, "name": interaction.command_name}
    return await _post(tx, interaction, draft, _type_of_first(interaction), answered, details, loading)


async def follow_up(tx: Transaction, interaction: Interaction, draft: ResponseDraft) -> Message:
    """One more message; directly after a deferred answer it is what that was waiting for.

    Emits MESSAGE_CREATE, or MESSAGE_UPDATE. Raises as respond does.
    """
    first = await _first(tx, interaction)
    if first is not None and first.message.flags & LOADING:
        return await edit(tx, interaction, None, draft.as_edit())
    metadata = interaction.metadata
    if interaction.response_id is not None:
        metadata = {**metadata, "original_response_message_id": str(interaction.response_id)}
    answered = None if first is None else first.message
    return await _post(
        tx, interaction, draft, MessageType.DEFAULT, answered, {"interaction_metadata": metadata}
    )


async def get(tx: Reading, interaction: Interaction, message_id: int | None) -> Message:
    """One that the interaction has made, or was made on; None is the first answer. Raises UnknownMessage."""
    await access.channel(tx, interaction.channel_id)
    return (await _find(tx, interaction, message_id)).message


async def edit(
    tx: Transaction, interaction: Interaction, message_id: int | None, draft: ResponseEdit
) -> Message:
    """Change one of those. Emits MESSAGE_UPDATE to whoever is shown it.

    Raises UnknownChannel, ThreadArchived, ThreadLocked, UnknownMessage, CannotEditPoll, InvalidFormBody,
    EmptyMessage.
    """
    place = await access.channel(tx, interaction.channel_id)
    place.require_open()
    for _ in range(ATTEMPTS_MAX):
        before, user_id = await _find(tx, interaction, message_id)
        after = _edited(tx, place, before, draft)
        if after == before:
            return after
        if user_id is not None:
            if await ephemeral_messages.rewrite(tx, before, after, place.guild, user_id):
                return after
        elif await message_rows.rewrite(tx, before, after, place.guild, known=place.known):
            if draft.poll is not None:
                await message_rows.open_poll(tx, after)
            previews.look_up(tx, place, after)
            return after
    raise Unavailable()


async def delete(tx: Transaction, interaction: Interaction, message_id: int | None) -> None:
    """Take one of those away. Emits MESSAGE_DELETE to whoever is shown it.

    Raises UnknownChannel, ThreadLocked, UnknownMessage.
    """
    place = await access.channel(tx, interaction.channel_id)
    message, user_id = await _find(tx, interaction, message_id)
    if user_id is not None:
        await ephemeral_messages.remove(tx, message, place.guild, user_id)
    elif not await deletions.delete_own_message(tx, place.channel.id, message.id):
        raise UnknownMessage()


# ── writing ──


async def _post(
    tx: Transaction, interaction: Interaction, draft: ResponseDraft, type: int, answered: Message | None,
    details: dict[str, Any], loading: bool = False,
) -> Message:  # fmt: skip
    place = await access.channel(tx, interaction.channel_id)
    place.require_text()
    message = _loading(tx, draft) if loading else await composing.compose(tx, place, draft.message)
    message.channel_id, message.type = place.channel.id, type
    message.tts = message.tts and place.may(Permission.SEND_TTS_MESSAGES)
    own_id = str(interaction.application_id)
    details |= {"application_id": own_id, "webhook_id": own_id}
    if answered is not None and (message.is_ephemeral or not answered.is_ephemeral):
        if type != MessageType.CONTEXT_MENU_COMMAND:
            message.type = MessageType.REPLY
        message.referenced = answered
        details["message_reference"] = reference_to(place.channel.id, place.guild_id, answered.id)
    message.details = merged(message.details, details)
    if message.is_ephemeral:
        await ephemeral_messages.insert(tx, message, place.guild, interaction)
    else:
        await _insert(tx, place, message)
    return message


def _loading(tx: Reading, draft: ResponseDraft) -> Message:
    """One that says that something is to come."""
    author = tx.directory.users[tx.actor.id]
    return Message(tx.next_id(), 0, author, "", flags=draft.message.flags | LOADING, links=tx.links)


async def _insert(tx: Transaction, place: ChannelAccess, message: Message) -> None:
    if place.guild is None:
        _require_unblocked(tx, place)
        await dms.reopen(tx, place.channel)
    if place.channel.thread is not None:
        await thread_members.enter(tx, place, message)
        place = replace(place, known=None)
    if not await message_rows.insert(tx, message, place.guild, known=place.known):
        raise Unavailable()
    previews.look_up(tx, place, message)


def _require_unblocked(tx: Reading, place: ChannelAccess) -> None:
    """Who has asked wants an answer, whoever else may not write to them; but not from whom they block since.

    Raises CannotMessageUser.
    """
    for other in tx.directory.others_in(place.channel, tx.actor.id):
        if blocks_between(tx.directory, tx.actor.id, other.id):
            raise CannotMessageUser()


def _edited(tx: Reading, place: ChannelAccess, before: Message, draft: ResponseEdit) -> Message:
    if before.flags & LOADING:
        return _loaded(tx, place, before, draft)
    if draft.poll is not None:
        message = "Only to a message that is loading can a poll be added."
        raise InvalidFormBody.at("poll", "MESSAGE_POLL_CANNOT_BE_ADDED", message)
    if "poll" in (before.details or {}) and not draft.message.is_of_flags_alone:
        raise CannotEditPoll()
    return messages.edited(tx, place, before, draft.message)


def _loaded(tx: Reading, place: ChannelAccess, before: Message, draft: ResponseEdit) -> Message:
    """What it was waiting for is no edit of what was said."""
    details = before.details
    if draft.poll is not None:
        if before.is_ephemeral:
            message = "A message that only one person is shown has no poll."
            raise InvalidFormBody.at("poll", "MESSAGE_POLL_EPHEMERAL", message)
        poll = composing.poll_of(tx, place, draft.poll, tx.now())
        details = merged(details, {"poll": poll})
    empty = replace(before, flags=before.flags & ~LOADING, details=details,
                    votes=() if draft.poll is not None else before.votes)  # fmt: skip
    after = messages.edited(tx, place, empty, draft.message)
    after.edited_at = None
    return after


# ── finding ──


async def _find(tx: Reading, interaction: Interaction, message_id: int | None) -> Shown:
    if message_id is None:
        message_id = interaction.response_id
    if message_id is None:
        raise UnknownMessage()
    is_named = message_id in (interaction.message_id, interaction.response_id)
    if found := await ephemeral_messages.find(tx, interaction.channel_id, message_id):
        if not is_named and found.interaction_id != interaction.id:
            raise UnknownMessage()
        return Shown(found.message, found.user_id)
    (message,) = await message_rows.view(
        tx, [await message_rows.find(tx, interaction.channel_id, message_id)]
    )
    if not is_named and _interaction_of(message) != interaction.id:
        raise UnknownMessage()
    return Shown(message, None)


def _interaction_of(message: Message) -> int | None:
    metadata = (message.details or {}).get("interaction_metadata")
    return None if metadata is None else int(metadata["id"])


async def _first(tx: Reading, interaction: Interaction) -> Shown | None:
    """The first answer, where there is one still."""
    try:
        return await _find(tx, interaction, None)
    except UnknownMessage:
        return None


async def _answered_by_first(tx: Reading, interaction: Interaction) -> Message | None:
    """What the first answer refers to: the message that was used, or for which a command was chosen."""
    target_id = interaction.metadata.get("target_message_id")
    answered_id = interaction.message_id if target_id is None else int(target_id)
    if answered_id is None:
        return None
    try:
        return (await _find(tx, replace(interaction, response_id=answered_id), None)).message
    except UnknownMessage:
        return None


def _type_of_first(interaction: Interaction) -> MessageType:
    if interaction.metadata.keys() & {"target_user", "target_message_id"}:
        return MessageType.CONTEXT_MENU_COMMAND
    if interaction.message_id is not None:
        return MessageType.DEFAULT  # it replies, as long as there is something to reply to
    return MessageType.CHAT_INPUT_COMMAND
