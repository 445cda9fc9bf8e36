"""What an interaction names by id, as the objects that its application is shown: the `resolved` of its data.

Whoever uses a command, a menu or a form may name only what they can see: users; roles and channels of the
guild in which they do it, of which a direct message has none; messages and files of that place. `nameable_…`
is asked while their choice is read, so that each fault has its path; `resolved_of` makes the objects then.
What is read of components keeps for itself what was named (Named).

Source: the Discord documentation, "Receiving and Responding", Resolved Data Structure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
            id: partial_channel(tx, channel, application_id)
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


def partial_channel(tx: Reading, channel: Channel, application_id: int) -> dict[str, Any]:
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


class Named:
    """What somebody names at a place, asked and kept while it is read: a Naming (model/component_data.py).

    `files` are the attachment objects of what came with it, by their numbers in the form.
    """

    def __init__(
        self, tx: Reading, place: ChannelAccess, files: Mapping[int, dict[str, Any]] | None = None
    ) -> None:
        self._tx = tx
        self._place = place
        self._files = files or {}
        self._user_ids: list[int] = []
        self._role_ids: list[int] = []
        self._channel_ids: list[int] = []
        self._attachments: list[dict[str, Any]] = []

    def user(self, user_id: int) -> bool:
        return _keep(self._user_ids, user_id, nameable_user(self._tx, user_id))

    def role(self, role_id: int) -> bool:
        return _keep(self._role_ids, role_id, nameable_role(self._place, role_id))

    def channel(self, channel_id: int, types: list[int] | None) -> bool:
        channel = nameable_channel(self._tx, self._place, channel_id)
        if channel is not None and types is not None and channel.type not in types:
            return False
        return _keep(self._channel_ids, channel_id, channel)

    def file(self, number: int) -> tuple[str, str] | None:
        attachment = self._files.get(number)
        if attachment is None:
            return None
        self._attachments.append(attachment)
        return attachment["id"], attachment["filename"]

    @property
    def attachment_ids(self) -> set[int]:
        return {int(attachment["id"]) for attachment in self._attachments}

    async def resolved(self, application_id: int) -> dict[str, Any]:
        """The objects, as resolved_of makes them."""
        return await resolved_of(
            self._tx, self._place, application_id=application_id, user_ids=self._user_ids,
            role_ids=self._role_ids, channel_ids=self._channel_ids, attachments=self._attachments,
        )  # fmt: skip


def _keep(ids: list[int], number: int, found: object | None) -> bool:
    if found is not None:
        ids.append(number)
    return found is not None
