"""Messages: say, read, edit, delete.

The three writes are hot: their statements are batch queries (sql/messages.sql), which a queued
transaction commits together with its neighbours'. A batch refuses a row that was allowed by old
knowledge, or that somebody else changed first; the action then looks again and decides anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from asyncpg import ForeignKeyViolationError

from chatd.actions import access
from chatd.actions.access import ChannelAccess
from chatd.model import events
from chatd.model.errors import (
    CannotEditOther,
    EmptyMessage,
    MissingPermissions,
    SystemMessage,
    Unavailable,
    UnknownChannel,
    UnknownMessage,
)
from chatd.model.mentions import Mentions, parse_mentions
from chatd.model.messages import (
    DEFAULT,
    FLAGS_OF_AUTHOR,
    SUPPRESS_EMBEDS,
    AllowedMentions,
    Message,
    MessageDraft,
    MessageEdit,
    MessagePage,
)
from chatd.model.permissions import Permission
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.store.directory import Directory
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
    Raises UnknownChannel, MissingPermissions, EmptyMessage.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_text()
        place.require(_SEND_TTS if draft.tts else _SEND)
        if not draft.content.strip():
            raise EmptyMessage()
        message = _compose(tx, place, draft)
        if await _insert(tx, place, message, draft.enforce_nonce):
            return message
        if draft.enforce_nonce and (sent := await _sent_before(tx, channel_id, draft)):
            return sent
        await tx.catch_up()
    raise Unavailable()


async def list_messages(tx: Reading, channel_id: int, page: MessagePage) -> list[Message]:
    """A page of history, newest first; empty without READ_MESSAGE_HISTORY, as the documentation has it.

    Raises UnknownChannel.
    """
    place = await access.channel(tx, channel_id)
    place.require_text()
    if not place.may(Permission.READ_MESSAGE_HISTORY):
        return []
    rows = await _page_of(tx, channel_id, page)
    return [_from_row(tx.directory, row) for row in rows]


async def get_message(tx: Reading, channel_id: int, message_id: int) -> Message:
    """Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions, UnknownMessage."""
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    return await _find(tx, channel_id, message_id)


async def update_message(tx: Queued, channel_id: int, message_id: int, edit: MessageEdit) -> Message:
    """Edit one's own message; with MANAGE_MESSAGES, hide or show the embeds of somebody else's.

    Emits MESSAGE_UPDATE to everyone who can see the channel.
    Raises UnknownChannel, UnknownMessage, CannotEditOther, MissingPermissions, EmptyMessage.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        before = await _find(tx, channel_id, message_id)
        _require_edit(tx, place, before, edit)
        after = _edited(tx, place, before, edit)
        event = events.message_update(after, place.guild)
        row = {**_row(place, after), "seen": before.edited_at, "edited_at": after.edited_at}
        if await tx.write(
            messages.update_messages, _only(messages.update_messages, row), event, to=place.audience
        ):
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
        message = await _find(tx, channel_id, message_id)
        if message.author.id != tx.actor.id:
            place.require(Permission.MANAGE_MESSAGES)
            if place.guild is None:
                raise MissingPermissions()
        event = events.message_delete(message_id, channel_id, place.guild_id)
        row = _only(messages.delete_messages, _row(place, message))
        if await tx.write(messages.delete_messages, row, event, to=place.audience):
            return
        await tx.catch_up()
    raise Unavailable()


def _compose(tx: Reading, place: ChannelAccess, draft: MessageDraft) -> Message:
    mentions = _allowed(tx.directory, place, parse_mentions(draft.content), draft.allowed_mentions)
    users = tx.directory.users
    return Message(
        id=tx.next_id(),
        channel_id=place.channel.id,
        author=users[tx.actor.id],
        content=draft.content,
        flags=draft.flags,
        tts=draft.tts,
        mention_everyone=mentions.everyone,
        mentions=tuple(users[user_id] for user_id in mentions.user_ids),
        mention_role_ids=mentions.role_ids,
        nonce=draft.nonce,
    )


def _allowed(
    directory: Directory, place: ChannelAccess, found: Mentions, allowed: AllowedMentions
) -> Mentions:
    """The mentions that count: of who exists, as the sender wishes, as far as the author may."""
    if found == Mentions():
        return found
    may_mention_all = place.may(Permission.MENTION_EVERYONE)
    roles = place.guild.roles if place.guild else {}
    return Mentions(
        tuple(user for user in found.user_ids if user in directory.users and allowed.user(user)),
        tuple(
            role
            for role in found.role_ids
            if role in roles and allowed.role(role) and (roles[role].mentionable or may_mention_all)
        ),
        found.everyone and allowed.everyone and may_mention_all and place.guild is not None,
    )


async def _insert(tx: Queued, place: ChannelAccess, message: Message, enforce_nonce: bool) -> bool:
    event = events.message_create(message, place.guild)
    row = _row(place, message)
    row["nonces"] = str(message.nonce) if enforce_nonce and message.nonce is not None else None
    row = _only(messages.insert_messages, row)
    try:
        return await tx.write(messages.insert_messages, row, event, to=place.audience)
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
    return replace(_from_row(tx.directory, row), nonce=draft.nonce)


def _require_edit(tx: Reading, place: ChannelAccess, message: Message, edit: MessageEdit) -> None:
    if message.author.id != tx.actor.id:
        if edit.content is not None or edit.flags is None:
            raise CannotEditOther()
        place.require(Permission.MANAGE_MESSAGES)
    if message.type != DEFAULT:
        raise SystemMessage()
    if edit.content is not None and not edit.content.strip():
        raise EmptyMessage()


def _edited(tx: Reading, place: ChannelAccess, before: Message, edit: MessageEdit) -> Message:
    changeable = FLAGS_OF_AUTHOR if before.author.id == tx.actor.id else SUPPRESS_EMBEDS
    flags = before.flags if edit.flags is None else before.flags & ~changeable | edit.flags & changeable
    if edit.content is None:
        return replace(before, flags=flags, edited_at=_after(tx.now(), before.edited_at))
    mentions = _allowed(tx.directory, place, parse_mentions(edit.content), edit.allowed_mentions)
    return replace(
        before,
        content=edit.content,
        flags=flags,
        mention_everyone=mentions.everyone,
        mentions=tuple(tx.directory.users[user_id] for user_id in mentions.user_ids),
        mention_role_ids=mentions.role_ids,
        edited_at=_after(tx.now(), before.edited_at),
    )


def _after(now: datetime, last: datetime | None) -> datetime:
    """A time of edit that differs from the last one's, by which two editors tell who came first."""
    return now if last is None or now > last else last + timedelta(microseconds=1)


async def _find(tx: Reading, channel_id: int, message_id: int) -> Message:
    async with tx.connection() as conn:
        row = await messages.find_message(conn, id=message_id, channel_id=channel_id)
    if row is None:
        raise UnknownMessage()
    return _from_row(tx.directory, row)


async def _page_of(tx: Reading, channel_id: int, page: MessagePage) -> list[Any]:
    """The rows of a page, newest first. `around` holds the message itself and as many on either side."""
    async with tx.connection() as conn:
        if page.after is not None:
            rows = await messages.messages_after(
                conn, channel_id=channel_id, after=page.after, limit=page.limit
            )
            return list(rows[::-1])
        if page.around is not None:
            half = page.limit // 2
            before = min(page.around, SNOWFLAKE_MAX - 1) + 1  # what follows the largest id is no bigint
            older = await messages.messages_before(
                conn, channel_id=channel_id, before=before, limit=page.limit - half
            )
            newer = await messages.messages_after(conn, channel_id=channel_id, after=page.around, limit=half)
            return [*newer[::-1], *older]
        before = SNOWFLAKE_MAX if page.before is None else page.before
        rows = await messages.messages_before(conn, channel_id=channel_id, before=before, limit=page.limit)
        return list(rows)


def _from_row(directory: Directory, row: Any) -> Message:
    users = directory.users
    return Message(
        id=row["id"],
        channel_id=row["channel_id"],
        author=users[row["author_id"]],
        content=row["content"],
        type=row["type"],
        flags=row["flags"],
        tts=row["tts"],
        mention_everyone=row["mention_everyone"],
        mentions=tuple(users[user_id] for user_id in row["mention_ids"] if user_id in users),
        mention_role_ids=tuple(row["mention_role_ids"]),
        edited_at=row["edited_at"],
    )


def _row(place: ChannelAccess, message: Message) -> dict[str, Any]:
    """A message as the fields of the batch queries' arrays."""
    return {
        "ids": message.id,
        "channel_ids": message.channel_id,
        "guild_ids": place.guild_id,
        "author_ids": message.author.id,
        "contents": message.content,
        "flags": message.flags,
        "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mention_ids": _array(user.id for user in message.mentions),
        "mention_role_ids": _array(message.mention_role_ids),
        "known": place.known,
    }


def _only(query: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The fields that a batch query takes."""
    return {name: row[name] for name in query.parameters if name != "payloads"}


def _array(ids: Any) -> str:
    """Ids as a PostgreSQL array literal: an array inside an array would have to be of one length."""
    return "{" + ",".join(map(str, ids)) + "}"
