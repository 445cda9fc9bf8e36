"""Search: find messages among those that one may read; and the index that answers, behind the commits.

Posting a message does nothing for the search. A job reads what the journal has told since the index's
position, a page at a time, and puts each message in its place there; the position is written by the same
transaction, so after a crash it goes on where it was, and every message and edit is in it once. While nothing
else is going on it is within a second of the last commit. Messages from before there was an index, or
from further back than the journal reaches, are filled in from the table, the newest first.

Which channels are searched is decided from the directory, and is part of the query: what one may not read is
not found, not counted and not ranked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

from chatd.actions import access, message_rows
from chatd.model.actor import ANYONE
from chatd.model.channels import Channel
from chatd.model.errors import MissingAccess
from chatd.model.guilds import Guild
from chatd.model.intents import Intent
from chatd.model.messages import Message
from chatd.model.permissions import Permission
from chatd.model.search import MessageSearch, document_of
from chatd.model.search_words import RANK_WEIGHTS
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.store.queries import journal
from chatd.store.queries import search as queries
from chatd.store.store import Store
from chatd.store.threads import shows_thread
from chatd.store.transaction import Reading, Transaction

# Of what matches, so many are counted and ranked: as far as a client can page.
HITS_MAX = 10_000
# What one transaction of the index takes: so many messages, from so much of the journal.
PAGE_MESSAGES = 50
PAGE_ENTRIES = 2000

_READ = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)


async def search_guild(tx: Reading, guild_id: int, search: MessageSearch) -> dict[str, Any]:
    """Messages of a guild, in the channels where the actor has READ_MESSAGE_HISTORY.

    Age-restricted channels are left out unless asked for. Raises UnknownGuild, MissingAccess.
    """
    _require_content(tx)
    guild = (await access.guild(tx, guild_id)).guild
    readable = [
        channel.id
        for channel in _readable(tx, guild, include_nsfw=search.include_nsfw)
        if search.channel_ids is None or channel.id in search.channel_ids
    ]
    return await _answer(tx, readable, search)


async def search_channel(tx: Reading, channel_id: int, search: MessageSearch) -> dict[str, Any]:
    """Messages of one channel.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions, MissingAccess.
    """
    _require_content(tx)
    place = await access.channel(tx, channel_id)
    place.require(_READ)
    return await _answer(tx, [channel_id], search)


def _require_content(tx: Reading) -> None:
    """What a bot is not shown, it cannot guess by looking for it either. Raises MissingAccess."""
    application = tx.directory.applications.get(tx.actor.id)
    if application is not None and not application.grants(Intent.MESSAGE_CONTENT):
        raise MissingAccess()


async def _answer(tx: Reading, channel_ids: list[int], search: MessageSearch) -> dict[str, Any]:
    async with tx.connection() as conn:
        progress = await queries.find_progress(conn)
        hopeless = search.is_hopeless or not channel_ids
        total, rows = (0, []) if hopeless else await _find(conn, channel_ids, search)
    found = await message_rows.view(tx, await message_rows.complete(tx, rows))
    threads = _threads_of(tx, found)
    return {
        "total_results": total,
        "messages": [[{**message.viewed(), "hit": True}] for message in found],
        "threads": [thread.payload() for thread in threads],
        "members": _members_of(tx, threads),
        "doing_deep_historical_index": progress["filled_to"] is not None,
    }


async def _find(conn: Any, channel_ids: list[int], search: MessageSearch) -> tuple[int, list[Any]]:
    """How many match, and the rows of the page."""
    async with conn.transaction(readonly=True):
        await queries.plan_anew(conn)
        rows = await queries.search_messages(
            conn, channel_ids=channel_ids, after=search.after, before=search.before, query=search.query,
            ranking=search.ranking if search.by_relevance else None, weights=RANK_WEIGHTS,
            oldest_first=search.oldest_first, most=HITS_MAX, limit=search.limit, offset=search.offset,
        )  # fmt: skip
    return rows[0]["total"], [row for row in rows if row["id"] is not None]


def _readable(tx: Reading, guild: Guild, *, include_nsfw: bool) -> Iterator[Channel]:
    """The channels of a guild whose history the actor may read, with the threads below each that they see."""
    directory, user_id, now = tx.directory, tx.actor.id, tx.now()
    for channel in directory.channels_of(guild):
        granted = directory.permissions(user_id, channel.id, now)
        if granted & _READ == _READ and (include_nsfw or not channel.nsfw):
            yield channel
            below = directory.threads.below(channel.id)
            yield from (thread for thread in below if shows_thread(thread, user_id, granted))


def _threads_of(tx: Reading, found: list[Message]) -> list[Channel]:
    """The threads among the channels of these messages, each once."""
    channels = (tx.directory.channels.get(message.channel_id) for message in found)
    return list({channel.id: channel for channel in channels if channel and channel.thread}.values())


def _members_of(tx: Reading, threads: list[Channel]) -> list[dict[str, Any]]:
    """The memberships that the actor has in these threads."""
    told = (channel.payload_for(tx.actor.id) for channel in threads)
    return [thread["member"] for thread in told if "member" in thread]


# ── the index ──


async def index_next(store: Store) -> bool:
    """Take the index one page further. True while there is more to do.

    The server does this by itself, as no user; two that do it take turns.
    """
    async with store.transaction(ANYONE) as tx:
        await queries.commit_behind(tx.conn)
        progress = await queries.hold_progress(tx.conn)
        bounds = await journal.journal_bounds(tx.conn)
        position, filled_to = progress["position"], progress["filled_to"]
        if position < bounds["before_oldest"]:
            position, filled_to = bounds["head"], SNOWFLAKE_MAX  # what was told between is told no more
        elif position < bounds["head"]:
            position = await _index_told(tx, position, bounds["head"])
        elif filled_to is not None:
            filled_to = await _fill(tx, filled_to)
        else:
            return False
        await queries.save_progress(tx.conn, position=position, filled_to=filled_to)
        return position < bounds["head"] or filled_to is not None


async def _index_told(tx: Transaction, position: int, head: int) -> int:
    """Put the next messages that the journal tells of in their places. How far that is."""
    until = min(head, position + PAGE_ENTRIES)
    rows = await queries.messages_told_after(tx.conn, position=position, until=until, limit=PAGE_MESSAGES)
    await _write(tx, (json.loads(row["payload"]) for row in rows))
    return rows[-1]["position"] if len(rows) == PAGE_MESSAGES else until


async def _fill(tx: Transaction, before: int) -> int | None:
    """Put the newest messages below an id in their places. The id of the last, None if there are no more."""
    rows = await queries.messages_to_fill(tx.conn, before=before, limit=PAGE_MESSAGES)
    messages = await message_rows.complete(tx, rows)
    await _write(tx, (message.payload() for message in messages))
    return messages[-1].id if messages else None


async def _write(tx: Transaction, told: Iterable[dict[str, Any]]) -> None:
    """The documents of messages; of one that is told of twice, the last.

    Each takes a fraction of a millisecond, and nobody waits for more than one of them.
    """
    documents = {}
    for d in told:
        documents[int(d["id"])] = document_of(d)
        await asyncio.sleep(0)
    await queries.upsert_documents(
        tx.conn, message_ids=list(documents), lexemes=list(documents.values())
    )
