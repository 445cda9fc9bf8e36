"""The directory's part of what is between people: who talks to whom, and what they are to each other.

And what they chose that the server goes by. directory.py loads it with the rest (`load`) and folds entries by
the table at the end; channels of guilds and of people share their events, so those come here from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncpg import Connection

from chatd.model.audience import Users
from chatd.model.channels import Channel, ChannelType
from chatd.model.events import Entry
from chatd.model.relationships import Relationship
from chatd.store.queries import dms, relationships, user_settings

if TYPE_CHECKING:
    from chatd.store.directory import Directory


async def load(directory: Directory, conn: Connection) -> None:
    """Read all of it, after the channels."""
    for row in await dms.list_dms(conn):
        channel = directory.channels[row["channel_id"]]
        channel.recipient_ids = tuple(row["user_ids"])
        channel.owner_id, channel.icon = row["owner_id"], row["icon"]
        for user_id in row["open_ids"]:
            directory.open_dm_ids[user_id].add(channel.id)
    for row in await relationships.list_relationships(conn):
        directory.relationships[row["user_id"]][row["other_id"]] = Relationship.from_row(row)
    for row in await user_settings.list_restrictions(conn):
        directory.restricted_guild_ids[row["user_id"]] = frozenset(row["guild_ids"])


# ── who talks to whom: each side of a channel is told by itself ──


def on_dm(directory: Directory, entry: Entry) -> None:
    """A direct channel is in somebody's sight, as they see it."""
    d, told = entry.d, _told_by_name(entry)
    channel = directory.channels.setdefault(int(d["id"]), Channel(int(d["id"]), d["type"], None))
    channel.recipient_ids = tuple(sorted({*told, *(int(recipient["id"]) for recipient in d["recipients"])}))
    if channel.type == ChannelType.GROUP_DM:
        channel.name, channel.icon, channel.owner_id = d["name"], d["icon"], int(d["owner_id"])
    for user_id in told:
        directory.open_dm_ids[user_id].add(channel.id)


def on_dm_delete(directory: Directory, entry: Entry) -> None:
    """One of two has closed it, or left a group; a group that everybody has left is gone."""
    channel = directory.channels[int(entry.d["id"])]
    for user_id in _told_by_name(entry):
        directory.open_dm_ids[user_id].discard(channel.id)
        if channel.type == ChannelType.GROUP_DM:
            _leave(directory, channel, user_id)


def _on_recipient_add(directory: Directory, entry: Entry) -> None:
    channel = directory.channels[int(entry.d["channel_id"])]
    channel.recipient_ids = tuple(sorted({*channel.recipient_ids, int(entry.d["user"]["id"])}))


def _on_recipient_remove(directory: Directory, entry: Entry) -> None:
    channel = directory.channels[int(entry.d["channel_id"])]
    _leave(directory, channel, int(entry.d["user"]["id"]))


def _leave(directory: Directory, channel: Channel, user_id: int) -> None:
    channel.recipient_ids = tuple(each for each in channel.recipient_ids if each != user_id)
    if not channel.recipient_ids:
        del directory.channels[channel.id]


# ── what they are to each other, and what they chose ──


def _on_relationship(directory: Directory, entry: Entry) -> None:
    relationship = Relationship.from_payload(entry.d)
    for user_id in _told_by_name(entry):
        directory.relationships[user_id][relationship.other_id] = relationship


def _on_relationship_remove(directory: Directory, entry: Entry) -> None:
    for user_id in _told_by_name(entry):
        directory.relationships[user_id].pop(int(entry.d["id"]), None)


def _on_user_settings(directory: Directory, entry: Entry) -> None:
    if "restricted_guilds" in entry.d:
        restricted = frozenset(map(int, entry.d["restricted_guilds"]))
        directory.restricted_guild_ids.update(dict.fromkeys(_told_by_name(entry), restricted))


def _told_by_name(entry: Entry) -> tuple[int, ...]:
    """The users whose own affair an entry is."""
    assert isinstance(entry.audience, Users), "what is somebody's own is told to them by name"
    return entry.audience.user_ids


FOLDS: dict[str, Callable[[Directory, Entry], None]] = {
    "CHANNEL_RECIPIENT_ADD": _on_recipient_add,
    "CHANNEL_RECIPIENT_REMOVE": _on_recipient_remove,
    "RELATIONSHIP_ADD": _on_relationship,
    "RELATIONSHIP_UPDATE": _on_relationship,
    "RELATIONSHIP_REMOVE": _on_relationship_remove,
    "USER_SETTINGS_UPDATE": _on_user_settings,
}

# Those of them on which it does not depend who sees what.
NOT_SIGHT = frozenset(FOLDS) - {"CHANNEL_RECIPIENT_ADD", "CHANNEL_RECIPIENT_REMOVE"}
