"""Read states: say what one has read, and know what one has not.

Saying so is hot, since every client does it all the time: it asks the database nothing where the newest
message has been read, and its write waits with its neighbours' for one commit. It is told to the reader's own
sessions, through the journal, so that devices agree whatever they miss.

Mentions are counted when it is asked for, not kept: a count would have to grow with every message for
everybody whom it mentions. With an index of the messages that mention anybody the count is a matter of
these alone, about a microsecond each: 10 000 unread messages of which one in fifty mentions
somebody take less than a millisecond.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from asyncpg import ForeignKeyViolationError

from chatd.actions import access
from chatd.actions.relationships import ids_of
from chatd.model import events
from chatd.model.audience import Users
from chatd.model.channels import Channel
from chatd.model.errors import UnknownChannel, UnknownMessage
from chatd.model.read_states import MENTIONS_MAX, Ack, ReadState
from chatd.model.relationships import BLOCKED
from chatd.model.snowflakes import at_ms
from chatd.store.directory import Directory
from chatd.store.queries import read_states
from chatd.store.transaction import Queued, Reading, Transaction


async def ack(tx: Queued, acks: Sequence[Ack]) -> None:
    """Say up to where one has read some channels. What had been read further stays so, unless by hand.

    Emits MESSAGE_ACK to the actor for each channel in which something changes.
    Raises UnknownChannel, and UnknownMessage for an id of the future.
    """
    channels = {each.channel_id: (await access.channel(tx, each.channel_id)).channel for each in acks}
    now_id = at_ms(int(tx.now().timestamp() * 1000) + 1)
    for each in acks:
        if each.message_id > max(now_id, channels[each.channel_id].last_message_id or 0):
            raise UnknownMessage()
    left = {
        each.channel_id: each.message_id
        for each in acks
        if each.message_id < (channels[each.channel_id].last_message_id or 0)
    }
    counts = await count_mentions(tx, left)
    writes = [_write(tx, each, counts.get(each.channel_id, 0)) for each in acks]
    try:
        await asyncio.gather(*writes)
    except ForeignKeyViolationError:
        raise UnknownChannel() from None  # It was deleted between our look and our write.


async def ack_pins(tx: Transaction, channel_id: int) -> None:
    """Say that one has seen a channel's pins. Emits CHANNEL_PINS_ACK to the actor. Raises UnknownChannel."""
    place = await access.channel(tx, channel_id)
    now = tx.now()
    await read_states.ack_pins(tx.conn, user_id=tx.actor.id, channel_id=channel_id, at=now)
    event = events.channel_pins_ack(place.channel.id, now, version=tx.directory.position)
    tx.emit(event, to=Users((tx.actor.id,)))


async def forget(tx: Transaction, channel_id: int) -> None:
    """As if one had never read here. Emits MESSAGE_ACK to the actor. Raises UnknownChannel."""
    place = await access.channel(tx, channel_id)
    if not await read_states.delete_read_state(tx.conn, user_id=tx.actor.id, channel_id=channel_id):
        return
    beginning = _beginning(tx.directory, tx.actor.id, place.channel)
    counts = await count_mentions(tx, {channel_id: beginning})
    tx.emit(
        events.message_ack(
            channel_id, beginning, counts[channel_id], by_hand=True, version=tx.directory.position
        ),
        to=Users((tx.actor.id,)),
    )


async def list_read_states(tx: Reading) -> list[ReadState]:
    """What the actor has read, and where they were mentioned and have not read at all: READY's list."""
    me, directory = tx.actor.id, tx.directory
    async with tx.connection() as conn:
        rows = await read_states.read_states_of(conn, user_id=me)
    read = {row["channel_id"]: row["last_message_id"] for row in rows}
    pins = {row["channel_id"]: row["last_pin_at"] for row in rows}
    after = {
        channel.id: read.get(channel.id) or _beginning(directory, me, channel)
        for channel in channels_of(directory, me)
    }
    unread = {
        channel_id: message_id
        for channel_id, message_id in after.items()
        if message_id < (directory.channels[channel_id].last_message_id or 0)
        and directory.can_view(me, channel_id)
    }
    counts = await count_mentions(tx, unread)
    return [
        ReadState(channel_id, message_id, counts.get(channel_id, 0), pins.get(channel_id))
        for channel_id, message_id in sorted(after.items())
        if channel_id in read or counts.get(channel_id)
    ]


def channels_of(directory: Directory, user_id: int) -> Iterable[Channel]:
    """Every channel of a user's guilds, the threads that they have joined, and their direct ones."""
    for guild in directory.guilds_of(user_id):
        yield from (directory.channels[channel_id] for channel_id in guild.channel_ids)
    yield from directory.threads.joined(user_id)
    yield from directory.dms_of(user_id)


async def count_mentions(tx: Reading, after: dict[int, int]) -> dict[int, int]:
    """How often each of these channels has called for the actor since a message. At most MENTIONS_MAX each.

    Not counted is what they say themselves, and whom they have blocked.
    """
    if not after:
        return {}
    me, directory = tx.actor.id, tx.directory
    not_by = [me, *ids_of(directory, me, BLOCKED)]
    direct = [channel_id for channel_id in after if directory.channels[channel_id].guild_id is None]
    in_guilds = [channel_id for channel_id in after if directory.channels[channel_id].guild_id is not None]
    rows: list[Any] = []
    async with tx.connection() as conn:
        if direct:
            rows += await read_states.count_said(
                conn, channel_ids=direct, after=[after[channel_id] for channel_id in direct], not_by=not_by,
                most=MENTIONS_MAX,
            )  # fmt: skip
        if in_guilds:
            guild_ids = [directory.channels[channel_id].guild_id for channel_id in in_guilds]
            rows += await read_states.count_mentions(
                conn, user_id=me, channel_ids=in_guilds, guild_ids=guild_ids,
                after=[after[channel_id] for channel_id in in_guilds],
                role_ids=[_role_ids(directory, me, guild_id) for guild_id in guild_ids],
                not_by=not_by, most=MENTIONS_MAX,
            )  # fmt: skip
    return {row["channel_id"]: row["count"] for row in rows}


async def _write(tx: Queued, each: Ack, mention_count: int) -> bool:
    event = events.message_ack(
        each.channel_id, each.message_id, mention_count, by_hand=each.by_hand, version=tx.directory.position
    )
    row = {
        "user_ids": tx.actor.id,
        "channel_ids": each.channel_id,
        "message_ids": each.message_id,
        "by_hand": each.by_hand,
    }
    return await tx.write(read_states.ack_messages, row, event, to=Users((tx.actor.id,)))


def _beginning(directory: Directory, user_id: int, channel: Channel) -> int:
    """What counts as read where nothing was: all that was said before one came to the guild."""
    if channel.guild_id is None:
        return 0
    member = directory.guilds[channel.guild_id].members[user_id]
    return at_ms(int(member.joined_at.timestamp() * 1000))


def _role_ids(directory: Directory, user_id: int, guild_id: int | None) -> str:
    """A member's roles, as an array literal: an array inside an array would have to be of one length."""
    assert guild_id is not None, "roles are a guild's"
    return "{" + ",".join(map(str, directory.guilds[guild_id].members[user_id].role_ids)) + "}"
