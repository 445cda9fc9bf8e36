"""Who wants to come to a scheduled event: say so, take it back, see who does."""

from __future__ import annotations

from typing import Any

from chatd.actions import access
from chatd.actions.scheduled_events import audience_of, find
from chatd.model import events
from chatd.model.errors import FinishedEvent, UnknownScheduledEventUser
from chatd.model.scheduled_events import FINISHED, INTERESTED, InterestedPage
from chatd.store.queries import scheduled_events as queries
from chatd.store.transaction import Reading, Transaction


async def add_interest(tx: Transaction, guild_id: int, event_id: int) -> dict[str, Any]:
    """Say that one wants to come. Emits GUILD_SCHEDULED_EVENT_USER_ADD to those who see the event.

    Raises UnknownGuild, UnknownScheduledEvent, FinishedEvent.
    """
    place = await access.guild(tx, guild_id)
    event = await find(tx, place.guild, event_id)
    if event.status in FINISHED:
        raise FinishedEvent()
    if await queries.insert_user(tx.conn, event_id=event_id, user_id=tx.actor.id):
        told = events.guild_scheduled_event_user_add(guild_id, event_id, tx.actor.id)
        tx.emit(told, to=audience_of(event))
    return _interest(event_id, tx.actor.id)


async def remove_interest(tx: Transaction, guild_id: int, event_id: int) -> None:
    """Take that back. Emits GUILD_SCHEDULED_EVENT_USER_REMOVE.

    Raises UnknownGuild, UnknownScheduledEvent, UnknownScheduledEventUser.
    """
    place = await access.guild(tx, guild_id)
    event = await find(tx, place.guild, event_id)
    if not await queries.delete_user(tx.conn, event_id=event_id, user_id=tx.actor.id):
        raise UnknownScheduledEventUser()
    told = events.guild_scheduled_event_user_remove(guild_id, event_id, tx.actor.id)
    tx.emit(told, to=audience_of(event))


async def list_users(tx: Reading, guild_id: int, event_id: int, page: InterestedPage) -> list[dict[str, Any]]:
    """Who wants to come, by id. Raises UnknownGuild, UnknownScheduledEvent."""
    place = await access.guild(tx, guild_id)
    await find(tx, place.guild, event_id)
    async with tx.connection() as conn:
        if page.before is None:
            rows = await queries.users_after(conn, event_id=event_id, after=page.after, limit=page.limit)
        else:
            rows = await queries.users_before(conn, event_id=event_id, before=page.before, limit=page.limit)
            rows = rows[::-1]
    users, members = tx.directory.users, place.guild.members
    found = []
    for user_id in (row["user_id"] for row in rows):
        told = _interest(event_id, user_id) | {"user": users[user_id].payload()}
        if page.with_member and user_id in members:
            told["member"] = members[user_id].payload(users[user_id])
        found.append(told)
    return found


async def count_users(tx: Reading, guild_id: int, event_id: int) -> dict[str, Any]:
    """How many want to come. Raises UnknownGuild, UnknownScheduledEvent."""
    place = await access.guild(tx, guild_id)
    event = await find(tx, place.guild, event_id)
    return {
        "guild_scheduled_event_count": event.user_count,
        "guild_scheduled_event_exception_counts": {},
    }


def _interest(event_id: int, user_id: int) -> dict[str, Any]:
    return {
        "guild_scheduled_event_id": str(event_id),
        "user_id": str(user_id),
        "response": INTERESTED,
    }
