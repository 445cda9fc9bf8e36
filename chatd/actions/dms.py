"""Direct messages: open one with somebody, list one's own."""

from __future__ import annotations

from typing import Any

from chatd.model import events
from chatd.model.audience import Users
from chatd.model.channels import Channel, ChannelType
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import CannotMessageUser, UnknownUser
from chatd.store.queries import channels
from chatd.store.transaction import Reading, Transaction


async def open_dm(tx: Transaction, draft: DirectMessageDraft) -> dict[str, Any]:
    """The channel of the actor and another user, made when there is none: one for each pair.

    Emits CHANNEL_CREATE to each of the two, each seeing the other as the recipient.
    Raises UnknownUser, CannotMessageUser (oneself, the server's own user).
    """
    other = tx.directory.users.get(draft.recipient_id)
    if other is None:
        raise UnknownUser()
    if other.id == tx.actor.id or other.system:
        raise CannotMessageUser()
    me = tx.directory.users[tx.actor.id]
    channel = Channel(tx.next_id(), ChannelType.DM, None, recipient_ids=tuple(sorted((me.id, other.id))))
    await channels.insert_channel(
        tx.conn, id=channel.id, guild_id=None, type=channel.type, name=None, topic=None, position=0
    )
    claimed = await channels.claim_dm_pair(tx.conn, one=me.id, other=other.id, channel_id=channel.id)
    if claimed != channel.id:
        await channels.delete_channel(tx.conn, id=channel.id)
        known = tx.directory.channels.get(claimed)
        channel.id = claimed
        channel.last_message_id = known.last_message_id if known else None
        return channel.dm_payload([other])
    await channels.insert_recipients(tx.conn, channel_id=channel.id, user_ids=[me.id, other.id])
    tx.emit(events.dm_create(channel, [other]), to=Users((me.id,)))
    tx.emit(events.dm_create(channel, [me]), to=Users((other.id,)))
    return channel.dm_payload([other])


def list_dms(tx: Reading) -> list[dict[str, Any]]:
    """The actor's direct messages, the one with the newest message first."""
    directory, me = tx.directory, tx.actor.id
    return [channel.dm_payload(directory.others_in(channel, me)) for channel in directory.dms_of(me)]
