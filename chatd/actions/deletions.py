"""Messages deleted: one's own, somebody else's, many at once. For all that somebody has said see purges.py.

Deleting one's own message is hot and queued like saying it (messages.py). All else is an administrative act
with an entry in the audit log, in a transaction of its own.
"""

from __future__ import annotations

from chatd.actions import access, audit_log, message_rows
from chatd.model import events
from chatd.model.audit_log import AuditAction
from chatd.model.errors import (
    DirectMessageChannel,
    MessagesTooOld,
    MissingPermissions,
    SystemMessage,
    Unavailable,
    UnknownMessage,
)
from chatd.model.message_drafts import BulkDeleteDraft
from chatd.model.messages import NOT_DELETABLE, Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.snowflakes import at_ms
from chatd.store.queries import messages
from chatd.store.transaction import Queued, Transaction

# A refused write is decided anew this often; more would mean that the place changes with every look.
ATTEMPTS_MAX = 5


async def delete_own_message(tx: Queued, channel_id: int, message_id: int) -> bool:
    """Delete what the actor has said; False for what somebody else has, which is left alone.

    So is an alert about what they have written. Emits MESSAGE_DELETE to everyone who can see the channel.
    Raises UnknownChannel, ThreadLocked, UnknownMessage, SystemMessage.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_unsealed()
        message = await message_rows.find(tx, channel_id, message_id)
        if message.author.id != tx.actor.id or message.type == MessageType.AUTO_MODERATION_ACTION:
            return False
        _require_deletable(message)
        if await message_rows.remove(tx, message, place.guild, known=place.known):
            return True
        await tx.catch_up()
    raise Unavailable()


async def delete_message(tx: Transaction, channel_id: int, message_id: int) -> None:
    """Delete anybody's message.

    Needs MANAGE_MESSAGES for somebody else's, which is kept in the audit log; in a direct message nobody
    may. Emits MESSAGE_DELETE to everyone who can see the channel.
    Raises UnknownChannel, UnknownMessage, MissingPermissions, SystemMessage.
    """
    if await delete_own_message(tx, channel_id, message_id):
        return
    place = await access.channel(tx, channel_id)
    message = await message_rows.find(tx, channel_id, message_id)
    place.require(Permission.MANAGE_MESSAGES)
    if place.guild is None:
        raise MissingPermissions()
    _require_deletable(message)
    if not await message_rows.remove(tx, message, place.guild, known=place.known):
        raise UnknownMessage()
    await audit_log.record(
        tx, place.guild.id, AuditAction.MESSAGE_DELETE, target_id=message.author.id,
        options={"channel_id": str(channel_id), "count": "1"},
    )  # fmt: skip


async def bulk_delete(tx: Transaction, channel_id: int, draft: BulkDeleteDraft) -> None:
    """Delete many messages of one channel at once; those that do not exist are passed over.

    Needs MANAGE_MESSAGES. Emits MESSAGE_DELETE_BULK to everyone who can see the channel.
    Raises UnknownChannel, DirectMessageChannel, MissingPermissions, MessagesTooOld.
    """
    place = await access.channel(tx, channel_id)
    if place.guild is None:
        raise DirectMessageChannel()
    place.require(Permission.MANAGE_MESSAGES)
    if min(draft.message_ids) < at_ms(int((tx.now() - draft.OLDEST).timestamp() * 1000)):
        raise MessagesTooOld()
    deleted = await messages.delete_many(
        tx.conn, channel_id=channel_id, ids=list(draft.message_ids), kept_types=sorted(NOT_DELETABLE)
    )
    if not deleted:
        return
    ids = sorted(row["id"] for row in deleted)
    tx.emit(events.message_delete_bulk(ids, channel_id, place.guild_id), to=place.audience)
    await audit_log.record(
        tx, place.guild.id, AuditAction.MESSAGE_BULK_DELETE, target_id=channel_id,
        options={"count": str(len(deleted))},
    )  # fmt: skip


def _require_deletable(message: Message) -> None:
    if message.type in NOT_DELETABLE:
        raise SystemMessage()
