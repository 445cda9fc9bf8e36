"""The directory's part of what people are to each other, and of what they chose that the server goes by.

None of it changes who sees what. directory.py loads it with the rest (`load`) and folds entries by the table
at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncpg import Connection

from chatd.model.audience import Users
from chatd.model.events import Entry
from chatd.model.relationships import Relationship
from chatd.store.queries import relationships, user_settings

if TYPE_CHECKING:
    from chatd.store.directory import Directory


async def load(directory: Directory, conn: Connection) -> None:
    """Read all of it."""
    for row in await relationships.list_relationships(conn):
        directory.relationships[row["user_id"]][row["other_id"]] = Relationship.from_row(row)
    for row in await user_settings.list_restrictions(conn):
        directory.restricted_guild_ids[row["user_id"]] = frozenset(row["guild_ids"])


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
    "RELATIONSHIP_ADD": _on_relationship,
    "RELATIONSHIP_UPDATE": _on_relationship,
    "RELATIONSHIP_REMOVE": _on_relationship_remove,
    "USER_SETTINGS_UPDATE": _on_user_settings,
}
