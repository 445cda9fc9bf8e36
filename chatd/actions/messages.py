"""Messages: say, read, edit, delete.

The three writes are hot: their statements are batch queries (sql/messages.sql), which a queued
transaction commits together with its neighbours'. A batch refuses a row that was allowed by old
knowledge, or that somebody else changed first; the action then looks again and decides anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from asyncpg import ForeignKeyViolationError

from chatd.actions import access, composing, message_rows
from chatd.actions.access import ChannelAccess
from chatd.model.errors import (
    CannotEditOther,
    EmptyMessage,
    MissingPermissions,
    SystemMessage,
    Unavailable,
    UnknownChannel,
)
from chatd.model.mentions import AllowedMentions, parse_mentions
from chatd.model.messages import (
    FLAGS_OF_AUTHOR,
    SAID_BY_USERS,
    SUPPRESS_EMBEDS,
    Message,
    MessageDraft,
    MessageEdit,
    MessagePage,
    MessageType,
)
from chatd.model.permissions import Permission
from chatd.model.users import User
from chatd.store.queries import messages
from chatd.store.transaction import Queued, Reading

# A refused write is decided anew this often; more would mean that the place changes with every look.
ATTEMPTS_MAX = 5

_SEND = int(Permission.SEND_MESSAGES)
_SEND_TTS = int(Permission.SEND_MESSAGES | Permission.SEND_TTS_MESSAGES)


async def create_message(tx: Queued, channel_id: int, draft: MessageDraft) -> Message:
    """Post a message in a channel.

    Needs SEND_MESSAGES, and SEND_TTS_MESSAGES for tts; a mention that the author may not make is plain
    text. With `enforce_nonce`, a nonce that this author has used here before answers the message that
    was sent then. Emits MESSAGE_CREATE to everyone who can see the channel.
    Raises UnknownChannel, MissingPermissions, and what composing.compose raises.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_text()
        place.require(_SEND_TTS if draft.tts else _SEND)
        message = await composing.compose(tx, place, draft)
        if await _insert(tx, place, message, draft.enforce_nonce):
            return message
        if draft.enforce_nonce and (sent := await _sent_before(tx, channel_id, draft)):
            return sent
        await tx.catch_up()
    raise Unavailable()


async def create_system_message(
    tx: Queued,
    channel_id: int,
    type: MessageType,
    *,
    author_id: int,
    content: str = "",
    mention_ids: Iterable[int] = (),
    reference: dict[str, Any] | None = None,
    referenced: Message | None = None,
    details: dict[str, Any] | None = None,
    flags: int = 0,
    author: User | None = None,
    guild_id: int | None = None,
) -> Message:
    """Tell a channel that something has happened there. Asks nobody's permission: that is the caller's.

    `reference` is what `reference_to` makes, `referenced` the message that goes with it; `details` are
    others of Message. The directory does not know yet what was only made in this same transaction: then
    `author` is the user of author_id, and `guild_id` that of the channel. Emits MESSAGE_CREATE.
    """
    users, channel = tx.directory.users, tx.directory.channels.get(channel_id)
    guild_id = channel.guild_id if channel is not None else guild_id
    if reference is not None:
        details = {**(details or {}), "message_reference": reference}
    message = Message(
        id=tx.next_id(),
        channel_id=channel_id,
        author=author or users[author_id],
        content=content,
        type=type,
        flags=flags,
        mentions=tuple(users[user_id] for user_id in mention_ids),
        details=details,
        referenced=referenced,
    )
    guild = None if guild_id is None else tx.directory.guilds[guild_id]
    written = await message_rows.insert(tx, message, guild, known=None)
    assert written, "nothing refuses what needs no permission"
    return message


async def list_messages(tx: Reading, channel_id: int, page: MessagePage) -> list[Message]:
    """A page of history, newest first; empty without READ_MESSAGE_HISTORY, as the documentation has it.

    Raises UnknownChannel.
    """
    place = await access.channel(tx, channel_id)
    place.require_text()
    if not place.may(Permission.READ_MESSAGE_HISTORY):
        return []
    return await message_rows.page_of(tx, channel_id, page)


async def get_message(tx: Reading, channel_id: int, message_id: int) -> Message:
    """Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions, UnknownMessage."""
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    return await message_rows.find(tx, channel_id, message_id)


async def update_message(tx: Queued, channel_id: int, message_id: int, edit: MessageEdit) -> Message:
    """Edit one's own message; with MANAGE_MESSAGES, hide or show the embeds of somebody else's.

    Emits MESSAGE_UPDATE to everyone who can see the channel.
    Raises UnknownChannel, UnknownMessage, CannotEditOther, MissingPermissions, EmptyMessage.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        before = await message_rows.find(tx, channel_id, message_id)
        _require_edit(tx, place, before, edit)
        after = _edited(tx, place, before, edit)
        if await message_rows.rewrite(tx, before, after, place.guild, known=place.known):
            return after
        await tx.catch_up()
    raise Unavailable()


async def delete_message(tx: Queued, channel_id: int, message_id: int) -> None:
    """Delete one's own message, or anybody's with MANAGE_MESSAGES.

    Emits MESSAGE_DELETE to everyone who can see the channel.
    Raises UnknownChannel, UnknownMessage, MissingPermissions.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        message = await message_rows.find(tx, channel_id, message_id)
        if message.author.id != tx.actor.id:
            place.require(Permission.MANAGE_MESSAGES)
            if place.guild is None:
                raise MissingPermissions()
        if await message_rows.remove(tx, message, place.guild, known=place.known):
            return
        await tx.catch_up()
    raise Unavailable()


async def _insert(tx: Queued, place: ChannelAccess, message: Message, enforce_nonce: bool) -> bool:
    nonce = str(message.nonce) if enforce_nonce and message.nonce is not None else None
    try:
        return await message_rows.insert(tx, message, place.guild, known=place.known, nonce=nonce)
    except ForeignKeyViolationError:
        raise UnknownChannel() from None  # It was deleted between our look and our write.


async def _sent_before(tx: Reading, channel_id: int, draft: MessageDraft) -> Message | None:
    """The message that the actor has already sent here with the draft's nonce."""
    async with tx.connection() as conn:
        row = await messages.find_message_of_nonce(
            conn, author_id=tx.actor.id, channel_id=channel_id, nonce=str(draft.nonce)
        )
    if row is None:
        return None
    (sent,) = await message_rows.complete(tx, [row])
    return replace(sent, nonce=draft.nonce)


def _require_edit(tx: Reading, place: ChannelAccess, message: Message, edit: MessageEdit) -> None:
    if message.author.id != tx.actor.id:
        if edit.content is not None or edit.flags is None:
            raise CannotEditOther()
        place.require(Permission.MANAGE_MESSAGES)
    if message.type not in SAID_BY_USERS:
        raise SystemMessage()
    if edit.content is not None and not edit.content.strip():
        raise EmptyMessage()


def _edited(tx: Reading, place: ChannelAccess, before: Message, edit: MessageEdit) -> Message:
    changeable = FLAGS_OF_AUTHOR if before.author.id == tx.actor.id else SUPPRESS_EMBEDS
    flags = before.flags if edit.flags is None else before.flags & ~changeable | edit.flags & changeable
    if edit.content is None:
        return replace(before, flags=flags, edited_at=tx.now())
    wishes = edit.allowed_mentions or AllowedMentions()
    mentions = composing.allowed(tx.directory, place, parse_mentions(edit.content), wishes)
    after = replace(
        before,
        content=edit.content,
        flags=flags,
        mention_everyone=mentions.everyone,
        mentions=tuple(tx.directory.users[user_id] for user_id in mentions.user_ids),
        mention_role_ids=mentions.role_ids,
        edited_at=tx.now(),
    )
    if before.referenced is not None and _mentions_replied_user(before, edit):
        after.mentions = composing.with_replied_user(after)
    return after


def _mentions_replied_user(before: Message, edit: MessageEdit) -> bool:
    """As the edit says; one that says nothing leaves it as it is."""
    if edit.allowed_mentions is not None:
        return edit.allowed_mentions.replied_user
    return before.referenced is not None and before.referenced.author in before.mentions
