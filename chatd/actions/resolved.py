"""What an interaction names by id, as the objects that its application is shown: the `resolved` of its data.

Whoever uses a command, a menu or a form may name only what they can see: users; roles and channels of the
guild in which they do it, of which a direct message has none; messages and files of that place. `nameable_…`
is asked while their choice is read, so that each fault has its path; `resolved_of` makes the objects then.

Source: the Discord documentation, "Receiving and Responding", Resolved Data Structure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chatd.actions import message_rows
from chatd.actions.access import ChannelAccess
from chatd.model.channels import Channel
from chatd.model.permissions import Permission
from chatd.model.roles import Role
from chatd.model.users import User
from chatd.store.transaction import Reading

# A partial channel has these of what a channel has; permissions are added, and what is a thread's.
_OF_CHANNEL = (
    "id", "name", "type", "guild_id", "parent_id", "position", "flags", "topic", "nsfw",
    "rate_limit_per_user", "last_message_id", "last_pin_timestamp", "thread_metadata",
)  # fmt: skip
# A partial member has all but these.
_NOT_OF_MEMBER = ("deaf", "mute")


def nameable_user(tx: Reading, user_id: int) -> User | None:
    """Anybody can be named, in the guild or not: a command that bans names who has left."""
    return tx.directory.users.get(user_id)


def nameable_role(place: ChannelAccess, role_id: int) -> Role | None:
    return place.guild.roles.get(role_id) if place.guild is not None else None


def nameable_channel(tx: Reading, place: ChannelAccess, channel_id: int) -> Channel | None:
    """A channel or thread of the guild that the actor can see."""
    channel = tx.directory.channels.get(channel_id)
    if channel is None or channel.guild_id is None or channel.guild_id != place.guild_id:
        return None
    return channel if tx.directory.can_view(tx.actor.id, channel_id) else None


async def resolved_of(
    tx: Reading,
    place: ChannelAccess,
    *,
    application_id: int,
    user_ids: Iterable[int] = (),
    role_ids: Iterable[int] = (),
    channel_ids: Iterable[int] = (),
    message_ids: Iterable[int] = (),
    attachments: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The objects by kind and id, only the kinds that there are: an empty dict when nothing is named.

    `attachments` are objects already, with their addresses. What of the rest has gone in this moment is
    left out. Raises UnknownMessage, and MissingPermissions for a message without READ_MESSAGE_HISTORY.
    """
    user_ids = list(user_ids)
    kinds = {
        "users": {id: user.payload() for id in user_ids if (user := nameable_user(tx, id))},
        "members": {id: member for id in user_ids if (member := _member(tx, place, id))},
        "roles": {id: role.payload() for id in role_ids if (role := nameable_role(place, id))},
        "channels": {
            id: _channel(tx, channel, application_id)
            for id in channel_ids
            if (channel := nameable_channel(tx, place, id))
        },
        "messages": {id: await _message(tx, place, id) for id in message_ids},
        "attachments": {attachment["id"]: attachment for attachment in attachments},
    }
    return {kind: {str(id): each for id, each in found.items()} for kind, found in kinds.items() if found}


def _member(tx: Reading, place: ChannelAccess, user_id: int) -> dict[str, Any] | None:
    """A partial member, with what they may do at the place."""
    member = place.guild.members.get(user_id) if place.guild is not None else None
    if member is None:
        return None
    bare = {name: value for name, value in member.bare_payload().items() if name not in _NOT_OF_MEMBER}
    return bare | {"permissions": str(tx.directory.permissions(user_id, place.channel.id, tx.now()))}


def _channel(tx: Reading, channel: Channel, application_id: int) -> dict[str, Any]:
    """A partial channel, with what the actor may do in it, and the application."""
    whole = channel.payload()
    part = {name: whole[name] for name in _OF_CHANNEL if name in whole}
    for name, user_id in (("permissions", tx.actor.id), ("app_permissions", application_id)):
        part[name] = str(tx.directory.permissions(user_id, channel.id, tx.now()))
    return part


async def _message(tx: Reading, place: ChannelAccess, message_id: int) -> dict[str, Any]:
    place.require(Permission.READ_MESSAGE_HISTORY)
    (message,) = await message_rows.view(tx, [await message_rows.find(tx, place.channel.id, message_id)])
    return message.payload()
