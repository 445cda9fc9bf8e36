"""What every action is asked: a refusal leaves no trace, and applying its events equals a fresh read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.store.directory import Directory
from tests.people import Heard

# Moments before and after any time-out that a test sets.
MOMENTS = (None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))

TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"


async def all_rows(store: Any) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    async with store.pool.acquire() as conn:
        tables = [row["tablename"] for row in await conn.fetch(TABLES)]
        assert {"users", "tokens", "journal", "journal_head"} <= set(tables)
        return {
            table: [
                row["text"] for row in await conn.fetch(f'select t::text as text from "{table}" t order by 1')
            ]
            for table in tables
        }


async def somebody_waits(conn: Any) -> None:
    """Until a statement of another connection waits for a lock of this one's transaction."""
    while not await conn.fetchval("select count(*) from pg_locks where not granted"):
        await asyncio.sleep(0)


@asynccontextmanager
async def refused(store: Any, error: type[Exception]) -> AsyncIterator[Any]:
    """The block raises `error`; no row is changed and nothing is announced. Gives pytest's ExceptionInfo."""
    heard, before = Heard(store), await all_rows(store)
    with pytest.raises(error) as caught:
        yield caught
    assert heard.entries == []
    assert await all_rows(store) == before


def picture(directory: Directory) -> dict[str, Any]:
    """All that a directory knows and answers, fit to be compared with another's."""
    pairs = [(user_id, channel_id) for user_id in directory.users for channel_id in directory.channels]
    return {
        "position": directory.position,
        "users": directory.users,
        "guilds": directory.guilds,
        "channels": directory.channels,
        "applications": directory.applications,
        "emojis": directory.emojis,
        "stickers": directory.stickers,
        "application emojis": {id: emojis for id, emojis in directory.application_emojis.items() if emojis},
        "guilds of": {user_id: directory.guilds_of(user_id) for user_id in directory.users},
        "dms of": {user_id: directory.dms_of(user_id) for user_id in directory.users},
        "restricted guilds": {
            user_id: guild_ids for user_id, guild_ids in directory.restricted_guild_ids.items() if guild_ids
        },
        "relationships": {user_id: known for user_id, known in directory.relationships.items() if known},
        "threads": threads_of(directory),
        "permissions": {
            (*pair, moment): directory.permissions(*pair, moment) for pair in pairs for moment in MOMENTS
        },
    }


def threads_of(directory: Directory) -> dict[str, Any]:
    """Where the threads are, and who is shown them."""
    index, guilds, users = directory.threads, directory.guilds, directory.users
    by_id = {"key": lambda channel: channel.id}
    return {
        "below": {at: sorted(index.below(at), **by_id) for at in directory.channels},
        "active": {at: sorted(index.active(at), **by_id) for at in guilds},
        "joined": {at: sorted(index.joined(at), **by_id) for at in users},
        "visible": {(user, at): directory.visible_threads(user, at) for user in users for at in guilds},
    }


async def assert_as_fresh(store: Any) -> None:
    """The directory that followed the events is the one that would be loaded now."""
    await store.feed.catch_up()
    fresh = Directory()
    async with store.pool.acquire() as conn:
        await fresh.load(conn)
    expected, folded = picture(fresh), picture(store.directory)
    for what in expected:  # one by one, since all of it in one difference is not readable
        assert folded[what] == expected[what], what
