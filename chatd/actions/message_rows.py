"""Messages and their rows: read with all that belongs to them, write with the event that tells of it.

Nothing here asks for a permission; that is for the action whose message it is. Each write is one row of a
batch query (sql/messages.sql). It is refused, and False comes back, when somebody else was faster or what
allowed it (`known`, a journal position) is out of date; the action then looks again and decides anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatd.actions import attachments
from chatd.model import events
from chatd.model.audience import Channel
from chatd.model.errors import UnknownMessage
from chatd.model.guilds import Guild
from chatd.model.intents import Intent
from chatd.model.json_text import encode_json
from chatd.model.members import Member
from chatd.model.message_drafts import MessagePage
from chatd.model.messages import HAS_THREAD, Message
from chatd.model.polls import AnswerCount, expiry_of
from chatd.model.previews import pictures_in
from chatd.model.reactions import EmojiKey, Reaction, emoji_payload
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.model.users import User
from chatd.store.queries import messages, polls, previews, reactions
from chatd.store.transaction import Queued, Reading, Transaction


async def find(tx: Reading, channel_id: int, message_id: int) -> Message:
    """Raises UnknownMessage."""
    async with tx.connection() as conn:
        row = await messages.find_message(conn, id=message_id, channel_id=channel_id)
    if row is None:
        raise UnknownMessage()
    return (await complete(tx, [row]))[0]


async def page_of(tx: Reading, channel_id: int, page: MessagePage) -> list[Message]:
    """A page of history, newest first."""
    return await complete(tx, await _rows_of(tx, channel_id, page))


async def view(tx: Reading, seen: list[Message]) -> list[Message]:
    """Add what the actor sees of these messages in their own way: reactions and votes, by a query each.

    And themselves, if they are in the threads that were made of them.
    """
    async with tx.connection() as conn:
        rows = await reactions.count_reactions(
            conn, message_ids=[message.id for message in seen], user_id=tx.actor.id
        )
    under: defaultdict[int, list[Reaction]] = defaultdict(list)
    for row in rows:
        emoji = emoji_payload(EmojiKey.of(row["emoji"]), tx.directory.emojis)
        under[row["message_id"]].append(Reaction(emoji, row["count"], row["me"]))
    for message in seen:
        message.reactions, message.viewer_id = tuple(under.get(message.id, ())), tx.actor.id
    asking = [message for message in seen if message.details and "poll" in message.details]
    if asking:
        await _count_votes(tx, asking)
    application = tx.directory.applications.get(tx.actor.id)
    if application is not None and not application.grants(Intent.MESSAGE_CONTENT):
        for message in seen:
            message.hides_content = _is_none_of_a_bots(tx, message)
    return seen


def _is_none_of_a_bots(tx: Reading, message: Message) -> bool:
    """What MESSAGE_CONTENT protects, as on the gateway: what is said in a guild neither by nor to the bot."""
    channel = tx.directory.channels.get(message.channel_id)
    concerned = (message.author.id, *(user.id for user in message.mentions))
    return channel is not None and channel.guild_id is not None and tx.actor.id not in concerned


async def _count_votes(tx: Reading, asking: list[Message]) -> None:
    async with tx.connection() as conn:
        rows = await polls.count_votes(
            conn, message_ids=[message.id for message in asking], user_id=tx.actor.id
        )
    of: defaultdict[int, list[AnswerCount]] = defaultdict(list)
    for row in rows:
        of[row["message_id"]].append(AnswerCount(row["answer_id"], row["count"], row["me"]))
    for message in asking:
        message.votes = tuple(of.get(message.id, ()))


async def complete(tx: Reading, rows: Sequence[Any]) -> list[Message]:
    """Rows as messages, in the same order, with what they refer to: one more query for all of them."""
    users = tx.directory.users
    if any(row["author_id"] not in users for row in rows if row["author_id"] is not None):
        await tx.catch_up()  # Somebody has signed up a moment ago, and their coming was announced with it.
    found = [from_row(tx, row) for row in rows]
    referring = [message for message in found if message.shows_referenced]
    if referring:
        await refer(tx, referring)
    return found


def from_row(tx: Reading, row: Any) -> Message:
    """A row of sql/messages.sql as a message, without what it refers to."""
    users, details = tx.directory.users, row["details"]
    details = None if details is None else json.loads(details)
    return Message(
        id=row["id"],
        channel_id=row["channel_id"],
        author=_author_of(row["author_id"], users, details),
        content=row["content"],
        type=row["type"],
        flags=row["flags"],
        tts=row["tts"],
        mention_everyone=row["mention_everyone"],
        mentions=tuple(users[user_id] for user_id in row["mention_ids"] if user_id in users),
        mention_role_ids=tuple(row["mention_role_ids"]),
        edited_at=row["edited_at"],
        details=details,
        pinned_at=row["pinned_at"],
        revision=row["revision"],
        links=tx.links,
        thread=tx.directory.channels.get(row["id"]) if row["flags"] & HAS_THREAD else None,
    )


async def insert(
    tx: Queued, message: Message, guild: Guild | None, *, known: int | None, nonce: str | None = None,
    author_member: Member | None = None,
) -> bool:  # fmt: skip
    """Write a new message; `nonce` is one that is enforced. Emits MESSAGE_CREATE."""
    row = _row(message, guild, known)
    row |= {"types": int(message.type), "tts": message.tts, "nonces": nonce}
    row["author_ids"] = None if message.is_of_webhook else message.author.id
    event = events.message_create(message, guild, author_member, dm_type=dm_type_of(tx, message, guild))
    if not await _write(tx, messages.insert_messages, row, event):
        return False
    if message.details:
        await _write_rows(tx, message)
    if message.details and "poll" in message.details:
        await open_poll(tx, message)
    return True


def dm_type_of(tx: Reading, message: Message, guild: Guild | None) -> int | None:
    """What its event says of the channel, where a client may not know it: in direct messages."""
    return None if guild is not None else int(tx.directory.channels[message.channel_id].type)


async def rewrite(
    tx: Queued, before: Message, after: Message, guild: Guild | None, *, known: int | None
) -> bool:
    """Write `after` in the place of `before`, if that is still what is there. Emits MESSAGE_UPDATE."""
    row = _row(after, guild, known)
    row |= {"seen": before.revision, "edited_at": after.edited_at, "pinned_at": after.pinned_at}
    after.revision = before.revision + 1
    event = events.message_update(after, guild, dm_type=dm_type_of(tx, after, guild))
    if not await _write(tx, messages.update_messages, row, event):
        return False
    if after.details is not before.details:
        await _write_rows(tx, after, before.details)
    return True


async def change(
    tx: Transaction,
    channel_id: int,
    message_id: int,
    changed: Callable[[Message], Message],
    guild: Guild | None,
) -> Message:
    """Put `changed` of a message in its place, whatever else becomes of it meanwhile.

    For what the caller has been allowed, or the server does by itself. Emits MESSAGE_UPDATE.
    Raises UnknownMessage.
    """
    while True:
        before = await find(tx, channel_id, message_id)
        after = changed(before)
        if await rewrite(tx, before, after, guild, known=None):
            return after


async def remove(tx: Queued, message: Message, guild: Guild | None, *, known: int | None) -> bool:
    """Delete a message. Emits MESSAGE_DELETE."""
    event = events.message_delete(message.id, message.channel_id, guild.id if guild else None)
    return await _write(tx, messages.delete_messages, _row(message, guild, known), event)


async def open_poll(tx: Queued, message: Message) -> None:
    """Let there be votes on the poll that a message has from now on."""
    assert isinstance(tx, Transaction), "a message and its poll are one commit"
    assert message.details is not None, "it is one of its details"
    await polls.insert_poll(
        tx.conn, message_id=message.id, channel_id=message.channel_id,
        expires_at=expiry_of(message.details["poll"]),
    )  # fmt: skip


async def _write_rows(tx: Queued, message: Message, before: dict[str, Any] | None = None) -> None:
    """The rows of the message's new files and pictures, and away with those of files that it had `before`."""
    dropped = attachments.ids_in(before) - attachments.ids_in(message.details)
    pictures = pictures_in(message.details) - pictures_in(before)
    if not message.files and not dropped and not pictures:
        return
    assert isinstance(tx, Transaction), "a message and the rows of its files are one commit"
    await attachments.write_rows(tx, message.channel_id, message.id, message.files, dropped)
    if pictures:
        await previews.insert_previews(tx.conn, message_id=message.id, blobs=sorted(pictures))


async def _write(tx: Queued, query: Any, row: dict[str, Any], event: events.Event) -> bool:
    fields = {name: row[name] for name in query.parameters if name != "payloads"}
    return await tx.write(query, fields, event, to=Channel(row["channel_ids"], row["guild_ids"]))


def _row(message: Message, guild: Guild | None, known: int | None) -> dict[str, Any]:
    """What all the batch queries' arrays take of a message."""
    return {
        "ids": message.id,
        "channel_ids": message.channel_id,
        "guild_ids": None if guild is None else guild.id,
        "contents": message.content,
        "flags": message.flags,
        "mention_everyone": message.mention_everyone,
        "mention_ids": _array(user.id for user in message.mentions),
        "mention_role_ids": _array(message.mention_role_ids),
        "details": encode_json(message.details) if message.details else None,
        "known": known,
    }


def _array(ids: Iterable[int]) -> str:
    """Ids as a PostgreSQL array literal: an array inside an array would have to be of one length."""
    return "{" + ",".join(map(str, ids)) + "}"


async def _rows_of(tx: Reading, channel_id: int, page: MessagePage) -> list[Any]:
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


async def refer(tx: Reading, referring: list[Message]) -> None:
    """Give each the message that it refers to, or None where that is gone."""
    wanted = {message.id: _referenced_id(message) for message in referring}
    async with tx.connection() as conn:
        rows = await messages.find_messages(conn, ids=list(wanted.values()))
    found = {row["id"]: from_row(tx, row) for row in rows}
    for message in referring:
        message.referenced = found.get(wanted[message.id])


def _referenced_id(message: Message) -> int:
    assert message.details is not None, "what shows a reference has one"
    return int(message.details["message_reference"]["message_id"])


def _author_of(author_id: int | None, users: dict[int, User], details: dict[str, Any] | None) -> User:
    """The user, or the name and face that a webhook had when it sent this."""
    if author_id is not None:
        return users[author_id]
    assert details is not None, "a message without an author is a webhook's"
    author = details["author"]
    return User(int(details["webhook_id"]), author["username"], avatar=author["avatar"], bot=True)
