"""Direct messages: talk to one other person, or in a group.

Each side of such a channel sees the others as its recipients, so each is told of it by an event of its own.
Whoever changes a group holds its channel and has heard of all that came before, so nobody is added
to a group that has just become full.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access
from chatd.actions.relationships import may_begin, may_message
from chatd.actions.system_messages import create_system_message
from chatd.model import events
from chatd.model.audience import Users
from chatd.model.channels import Channel, ChannelType
from chatd.model.dms import RECIPIENTS_MAX, DirectMessageDraft, GroupDraft, GroupEdit
from chatd.model.errors import (
    BotsForbidden,
    CannotMessageUser,
    InvalidFormBody,
    MaximumRecipients,
    MissingPermissions,
    UnknownChannel,
    UnknownUser,
    WrongChannelType,
)
from chatd.model.messages import MessageType
from chatd.model.users import User
from chatd.store.queries import channels
from chatd.store.queries import dms as queries
from chatd.store.transaction import Queued, Reading, Transaction


async def open_dm(tx: Transaction, draft: DirectMessageDraft) -> dict[str, Any]:
    """The channel of the actor and another user, made when there is none: one for each pair.

    Emits CHANNEL_CREATE to each of the two, each seeing the other as the recipient; to the actor alone, if
    there was one that they had closed. Raises UnknownUser, CannotMessageUser.
    """
    other = _reachable(tx, draft.recipient_id)
    me = tx.directory.users[tx.actor.id]
    channel = Channel(tx.next_id(), ChannelType.DM, None, recipient_ids=tuple(sorted((me.id, other.id))))
    await _insert(tx, channel)
    claimed = await queries.claim_dm_pair(tx.conn, one=me.id, other=other.id, channel_id=channel.id)
    if claimed != channel.id:
        await channels.delete_channel(tx.conn, id=channel.id)
        return await _open_again(tx, claimed)
    if not may_begin(tx.directory, me.id, other.id, tx.now()):
        raise CannotMessageUser()
    await queries.insert_recipients(tx.conn, channel_id=channel.id, user_ids=[me.id, other.id])
    _tell_each(tx, channel, events.dm_create)
    return channel.dm_payload([other])


async def create_group(tx: Transaction, draft: GroupDraft) -> dict[str, Any]:
    """A new group of the actor, who owns it, and others whom they may write to; bots are in none.

    Emits CHANNEL_CREATE to each. Raises BotsForbidden, UnknownUser, CannotMessageUser.
    """
    me = tx.actor.id
    if tx.actor.bot:
        raise BotsForbidden()
    others = [_invitable(tx, other_id) for other_id in draft.recipient_ids]
    channel = Channel(
        tx.next_id(), ChannelType.GROUP_DM, None, owner_id=me,
        recipient_ids=tuple(sorted({me, *(other.id for other in others)})),
    )  # fmt: skip
    await _insert(tx, channel)
    await queries.insert_group(tx.conn, channel_id=channel.id, owner_id=me)
    await queries.insert_recipients(tx.conn, channel_id=channel.id, user_ids=channel.recipient_ids)
    _tell_each(tx, channel, events.dm_create)
    return channel.dm_payload(others)


async def add_recipient(tx: Transaction, channel_id: int, user_id: int) -> dict[str, Any] | None:
    """Bring somebody into a group. Of a channel of two it makes a group with them, which is the answer.

    Emits CHANNEL_CREATE to them, CHANNEL_RECIPIENT_ADD to the others, and a message of type 1.
    Raises UnknownChannel, WrongChannelType, UnknownUser, CannotMessageUser, MaximumRecipients, BotsForbidden.
    """
    channel = await _hold(tx, channel_id)
    if channel.type == ChannelType.DM:
        others = (other.id for other in tx.directory.others_in(channel, tx.actor.id))
        return await create_group(tx, GroupDraft(tuple(dict.fromkeys((*others, user_id)))))
    if user_id in channel.recipient_ids:
        return None
    user = _invitable(tx, user_id)
    if len(channel.recipient_ids) >= RECIPIENTS_MAX:
        raise MaximumRecipients()
    after = replace(channel, recipient_ids=tuple(sorted((*channel.recipient_ids, user_id))))
    await queries.insert_recipients(tx.conn, channel_id=channel_id, user_ids=[user_id])
    tx.emit(events.dm_create(after, tx.directory.others_in(after, user_id)), to=Users((user_id,)))
    tx.emit(events.channel_recipient_add(channel_id, user), to=Users(channel.recipient_ids))
    await create_system_message(
        tx, channel_id, MessageType.RECIPIENT_ADD, author_id=tx.actor.id, mention_ids=[user_id]
    )
    return None


async def remove_recipient(tx: Transaction, channel_id: int, user_id: int) -> None:
    """Take somebody out of one's own group, or leave one.

    Emits CHANNEL_DELETE to them, CHANNEL_RECIPIENT_REMOVE to the others, CHANNEL_UPDATE when it is another's
    group then, and a message of type 2. A group that everybody has left is gone.
    Raises UnknownChannel, WrongChannelType, UnknownUser, MissingPermissions.
    """
    channel = await _hold(tx, channel_id)
    if channel.type == ChannelType.DM:
        raise WrongChannelType()
    if user_id not in channel.recipient_ids:
        raise UnknownUser()
    if tx.actor.id not in (user_id, channel.owner_id):
        raise MissingPermissions()
    rest = tuple(each for each in channel.recipient_ids if each != user_id)
    await queries.delete_recipient(tx.conn, channel_id=channel_id, user_id=user_id)
    others = tx.directory.others_in(channel, user_id)
    tx.emit(events.dm_delete(channel, others), to=Users((user_id,)))
    if not rest:
        await channels.delete_channel(tx.conn, id=channel_id)
        return
    tx.emit(events.channel_recipient_remove(channel_id, tx.directory.users[user_id]), to=Users(rest))
    after = replace(channel, recipient_ids=rest)
    if user_id == channel.owner_id:
        await _update(tx, replace(after, owner_id=rest[0]))
    await create_system_message(
        tx, channel_id, MessageType.RECIPIENT_REMOVE, author_id=tx.actor.id, mention_ids=[user_id]
    )


async def update_group(
    tx: Transaction, channel_id: int, edit: GroupEdit, *, icon: str | None = None
) -> dict[str, Any]:
    """Give a group another name or icon, as everybody in it may, or its owner another owner.

    `icon` is the hash of the edit's image, kept before. Emits CHANNEL_UPDATE to everybody in it, and a
    message of type 4 for a name and of type 5 for an icon.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, InvalidFormBody at `owner`.
    """
    before = await _hold(tx, channel_id)
    if before.type == ChannelType.DM:
        raise WrongChannelType()
    after = replace(before)
    if edit.owner_id is not None:
        if before.owner_id != tx.actor.id:
            raise MissingPermissions()
        if edit.owner_id not in before.recipient_ids:
            raise InvalidFormBody.at("owner", "RECIPIENT_UNKNOWN", "The owner must be in the group.")
        after.owner_id = edit.owner_id
    if edit.sets_name:
        after.name = edit.name
    if edit.sets_icon:
        after.icon = icon
    if after != before:
        await _update(tx, after)
    if after.name != before.name:
        await create_system_message(
            tx, channel_id, MessageType.CHANNEL_NAME_CHANGE, author_id=tx.actor.id, content=after.name or ""
        )
    if after.icon != before.icon:
        await create_system_message(
            tx, channel_id, MessageType.CHANNEL_ICON_CHANGE, author_id=tx.actor.id
        )
    return after.dm_payload(tx.directory.others_in(after, tx.actor.id))


async def close(tx: Transaction, channel_id: int) -> dict[str, Any]:
    """Put a direct message out of one's sight until something is said there; leave a group.

    Emits CHANNEL_DELETE to the actor, and for a group what remove_recipient emits. Raises UnknownChannel.
    """
    channel = await _hold(tx, channel_id)
    others = tx.directory.others_in(channel, tx.actor.id)
    if channel.type == ChannelType.GROUP_DM:
        await remove_recipient(tx, channel_id, tx.actor.id)
    elif await queries.close_dm(tx.conn, channel_id=channel_id, user_id=tx.actor.id):
        tx.emit(events.dm_delete(channel, others), to=Users((tx.actor.id,)))
    return channel.dm_payload(others)


async def prepare(tx: Queued, channel: Channel) -> None:
    """Before something is said: the actor may say it, and whoever has closed the channel sees it again.

    Emits CHANNEL_CREATE to those, by which they know the channel when its message comes.
    Raises CannotMessageUser.
    """
    require_reachable(tx, channel)
    await reopen(tx, channel)


async def reopen(tx: Queued, channel: Channel) -> None:
    """Let whoever has closed the channel see it again. Emits CHANNEL_CREATE to those."""
    for user_id in channel.recipient_ids:
        if not tx.directory.has_open(user_id, channel.id):
            event = events.dm_create(channel, tx.directory.others_in(channel, user_id))
            row = {"channel_ids": channel.id, "user_ids": user_id}
            await tx.write(queries.open_dms, row, event, to=Users((user_id,)))


def require_reachable(tx: Reading, channel: Channel) -> None:
    """Raises CannotMessageUser in a direct message with somebody to whom the actor may not write any more."""
    if channel.type == ChannelType.DM:
        for other in tx.directory.others_in(channel, tx.actor.id):
            if not may_message(tx.directory, tx.actor.id, other.id, tx.now()):
                raise CannotMessageUser()


def list_dms(tx: Reading) -> list[dict[str, Any]]:
    """The actor's open direct messages and groups, the one with the newest message first."""
    directory, me = tx.directory, tx.actor.id
    return [channel.dm_payload(directory.others_in(channel, me)) for channel in directory.dms_of(me)]


def _reachable(tx: Reading, other_id: int) -> User:
    """Somebody whom the actor may write to. Raises UnknownUser, CannotMessageUser."""
    other = tx.directory.users.get(other_id)
    if other is None:
        raise UnknownUser()
    if not may_message(tx.directory, tx.actor.id, other_id, tx.now()):
        raise CannotMessageUser()
    return other


def _invitable(tx: Reading, other_id: int) -> User:
    """Somebody whom the actor may bring into a group. Raises UnknownUser, CannotMessageUser."""
    other = _reachable(tx, other_id)
    if other.bot or not may_begin(tx.directory, tx.actor.id, other_id, tx.now()):
        raise CannotMessageUser()
    return other


async def _hold(tx: Transaction, channel_id: int) -> Channel:
    """A direct channel of the actor's, as it is and stays until the commit. Raises UnknownChannel."""
    place = await access.channel(tx, channel_id)
    if place.guild_id is not None:
        raise WrongChannelType()
    await queries.hold_channel(tx.conn, id=channel_id)
    await tx.catch_up()
    channel = tx.directory.channels.get(channel_id)
    if channel is None or tx.actor.id not in channel.recipient_ids:
        raise UnknownChannel()
    return channel


async def _insert(tx: Transaction, channel: Channel) -> None:
    await channels.insert_channel(
        tx.conn, id=channel.id, guild_id=None, type=channel.type, name=None, topic=None, position=0
    )


async def _open_again(tx: Transaction, channel_id: int) -> dict[str, Any]:
    """The channel that two people have, open for the actor."""
    if channel_id not in tx.directory.channels:
        await tx.catch_up()  # The other one has made it a moment ago.
    channel = tx.directory.channels[channel_id]
    others = tx.directory.others_in(channel, tx.actor.id)
    if await queries.open_dm(tx.conn, channel_id=channel_id, user_id=tx.actor.id):
        tx.emit(events.dm_create(channel, others), to=Users((tx.actor.id,)))
    return channel.dm_payload(others)


async def _update(tx: Transaction, after: Channel) -> None:
    """Make the rows of a group what it says, and tell everybody in it."""
    await queries.update_group(
        tx.conn, channel_id=after.id, name=after.name, icon=after.icon, owner_id=after.owner_id
    )
    _tell_each(tx, after, events.dm_update)


def _tell_each(tx: Transaction, channel: Channel, event_of: Any) -> None:
    """Tell each side of a channel, as that side sees it."""
    for user_id in channel.recipient_ids:
        tx.emit(event_of(channel, tx.directory.others_in(channel, user_id)), to=Users((user_id,)))
