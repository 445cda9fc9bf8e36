"""Pins: keep a message at hand in its channel, let go of it, list what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chatd.actions import access, audit_log, message_rows
from chatd.actions.access import ChannelAccess
from chatd.actions.system_messages import create_system_message
from chatd.model import events
from chatd.model.audit_log import AuditAction
from chatd.model.errors import MaximumPins, SystemMessage
from chatd.model.messages import SAID_BY_USERS, Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.pins import PINS_MAX, PinPage
from chatd.model.references import reference_to
from chatd.store.queries import pins
from chatd.store.transaction import Reading, Transaction


async def list_pins(tx: Reading, channel_id: int, page: PinPage) -> tuple[list[Message], bool]:
    """A page of what is pinned, the latest pin first, and whether there is more.

    Empty without READ_MESSAGE_HISTORY. Raises UnknownChannel.
    """
    place = await access.channel(tx, channel_id)
    place.require_text()
    if not place.may(Permission.READ_MESSAGE_HISTORY):
        return [], False
    async with tx.connection() as conn:
        rows = await pins.pins_before(conn, channel_id=channel_id, before=page.before, limit=page.limit + 1)
    found = await message_rows.view(tx, await message_rows.complete(tx, rows[: page.limit]))
    return found, len(rows) > page.limit


async def pin_message(tx: Transaction, channel_id: int, message_id: int) -> None:
    """Pin a message, unless it is already.

    Needs PIN_MESSAGES; is kept in the audit log. Emits MESSAGE_UPDATE, CHANNEL_PINS_UPDATE and the
    MESSAGE_CREATE that says so to everyone who can see the channel.
    Raises UnknownChannel, ThreadArchived, ThreadLocked, UnknownMessage, MissingPermissions, SystemMessage,
    MaximumPins.
    """
    place = await access.channel(tx, channel_id)
    place.require_open()
    place.require(Permission.PIN_MESSAGES)
    await pins.hold_pins(tx.conn, channel_id=channel_id)
    message = await message_rows.find(tx, channel_id, message_id)
    if message.type not in SAID_BY_USERS:
        raise SystemMessage()
    if message.pinned_at is not None:
        return
    now = tx.now()
    if await pins.count_pins(tx.conn, channel_id=channel_id) >= PINS_MAX:
        raise MaximumPins()
    await pins.touch_last_pin(tx.conn, channel_id=channel_id, at=now)
    await _set_pinned(tx, place, message_id, now)
    tx.emit(events.channel_pins_update(channel_id, place.guild_id, now), to=place.audience)
    await _record(tx, place, message, AuditAction.MESSAGE_PIN)
    await create_system_message(
        tx, channel_id, MessageType.CHANNEL_PINNED_MESSAGE, author_id=tx.actor.id,
        reference=reference_to(channel_id, place.guild_id, message_id),
    )  # fmt: skip


async def unpin_message(tx: Transaction, channel_id: int, message_id: int) -> None:
    """Let go of a pinned message, if it is one.

    Needs PIN_MESSAGES; is kept in the audit log. Emits MESSAGE_UPDATE and CHANNEL_PINS_UPDATE to everyone
    who can see the channel.
    Raises UnknownChannel, ThreadArchived, ThreadLocked, UnknownMessage, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    place.require_open()
    place.require(Permission.PIN_MESSAGES)
    await pins.hold_pins(tx.conn, channel_id=channel_id)
    message = await message_rows.find(tx, channel_id, message_id)
    if message.pinned_at is None:
        return
    await _set_pinned(tx, place, message_id, None)
    last = place.channel.last_pin_timestamp
    tx.emit(events.channel_pins_update(channel_id, place.guild_id, last), to=place.audience)
    await _record(tx, place, message, AuditAction.MESSAGE_UNPIN)


async def _set_pinned(tx: Transaction, place: ChannelAccess, message_id: int, at: datetime | None) -> None:
    def pinned(message: Message) -> Message:
        return replace(message, pinned_at=at)

    await message_rows.change(tx, place.channel.id, message_id, pinned, place.guild)


async def _record(tx: Transaction, place: ChannelAccess, message: Message, action: AuditAction) -> None:
    if place.guild is not None:
        options = {"channel_id": str(message.channel_id), "message_id": str(message.id)}
        await audit_log.record(tx, place.guild.id, action, target_id=message.author.id, options=options)
