"""Messages that an application shows to one person alone: written, changed and taken away with their events.

They are Messages like all others, in a table of their own, and told to that person's sessions only. Nobody
reads them again: a client shows what it was told, for as long as it likes. The row is there for what may
still become of it: the application edits it, a component on it is used.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from chatd.actions import attachments, message_rows
from chatd.model import events
from chatd.model.audience import Users
from chatd.model.guilds import Guild
from chatd.model.interactions import Interaction
from chatd.model.json_text import encode_json
from chatd.model.messages import Message
from chatd.store.queries import ephemeral_messages as queries
from chatd.store.transaction import Reading, Transaction

# Since it was last changed. Longer than most pages stay open without being loaded anew.
KEPT = timedelta(days=1)


class Found(NamedTuple):
    """One of them, with whom it is for and what has made it."""

    message: Message
    user_id: int
    interaction_id: int


async def find(tx: Reading, channel_id: int, message_id: int) -> Found | None:
    async with tx.connection() as conn:
        row = await queries.find_ephemeral_message(conn, id=message_id, channel_id=channel_id, now=tx.now())
    if row is None:
        return None
    message = message_rows.from_row(tx, row)
    if message.shows_referenced:
        await _refer(tx, message)
    return Found(message, row["user_id"], row["interaction_id"])


async def insert(tx: Transaction, message: Message, guild: Guild | None, interaction: Interaction) -> None:
    """Emits MESSAGE_CREATE to the one who is shown it."""
    await queries.insert_ephemeral_message(
        tx.conn, id=message.id, channel_id=message.channel_id, user_id=interaction.user_id,
        application_id=interaction.application_id, interaction_id=interaction.id, type=int(message.type),
        tts=message.tts, **_columns(tx, message),
    )  # fmt: skip
    await attachments.write_rows(tx, message.channel_id, message.id, message.files, set(), ephemeral=True)
    event = events.message_create(message, guild, dm_type=message_rows.dm_type_of(tx, message, guild))
    _tell(tx, event, interaction.user_id, guild)


async def rewrite(
    tx: Transaction, before: Message, after: Message, guild: Guild | None, user_id: int
) -> bool:
    """Write `after` in the place of `before`, if that is still what is there. Emits MESSAGE_UPDATE."""
    written = await queries.update_ephemeral_message(
        tx.conn, id=after.id, seen=before.revision, edited_at=after.edited_at, **_columns(tx, after)
    )
    if not written:
        return False
    after.revision = before.revision + 1
    dropped = attachments.ids_in(before.details) - attachments.ids_in(after.details)
    await attachments.write_rows(tx, after.channel_id, after.id, after.files, dropped, ephemeral=True)
    event = events.message_update(after, guild, dm_type=message_rows.dm_type_of(tx, after, guild))
    _tell(tx, event, user_id, guild)
    return True


async def remove(tx: Transaction, message: Message, guild: Guild | None, user_id: int) -> None:
    """Emits MESSAGE_DELETE."""
    if await queries.delete_ephemeral_message(tx.conn, id=message.id):
        guild_id = None if guild is None else guild.id
        _tell(tx, events.message_delete(message.id, message.channel_id, guild_id), user_id, guild)


async def forget(tx: Reading) -> int:
    """Those that no client shows any more; how many."""
    async with tx.connection() as conn:
        gone: int = await queries.delete_expired(conn, now=tx.now())
    return gone


def _tell(tx: Transaction, event: events.Event, user_id: int, guild: Guild | None) -> None:
    tx.emit(event, to=Users((user_id,), None if guild is None else guild.id))


def _columns(tx: Reading, message: Message) -> dict[str, Any]:
    """What the first writing and every later one have in common."""
    return {
        "flags": message.flags,
        "content": message.content,
        "mention_everyone": message.mention_everyone,
        "mention_ids": [user.id for user in message.mentions],
        "mention_role_ids": list(message.mention_role_ids),
        "details": encode_json(message.details) if message.details else None,
        "kept_until": tx.now() + KEPT,
    }


async def _refer(tx: Reading, message: Message) -> None:
    """Give it the message that it answers: another one like it, or one that everybody sees."""
    assert message.details is not None, "it has a reference"
    answered_id = int(message.details["message_reference"]["message_id"])
    if found := await find(tx, message.channel_id, answered_id):
        message.referenced = found.message
    else:
        await message_rows.refer(tx, [message])
