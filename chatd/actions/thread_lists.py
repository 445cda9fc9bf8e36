"""Lists of threads: the active ones of a guild, the archived ones of a channel, with one's memberships."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from heapq import nlargest
from typing import Any

from chatd.actions import access, message_rows
from chatd.actions.access import ChannelAccess
from chatd.model.channels import FORUMS, THREADED, Channel, ChannelType
from chatd.model.errors import WrongChannelType
from chatd.model.permissions import Permission
from chatd.model.thread_drafts import ArchivedPage, JoinedPage, ThreadSearch
from chatd.store.queries import messages
from chatd.store.threads import shows_thread
from chatd.store.transaction import Reading


async def list_active(tx: Reading, guild_id: int) -> dict[str, Any]:
    """The active threads that the actor can see, the largest id first. Raises UnknownGuild."""
    await access.guild(tx, guild_id)
    seen = tx.directory.visible_threads(tx.actor.id, guild_id)
    return _listed(tx, seen[::-1], has_more=False)


async def list_public_archived(tx: Reading, channel_id: int, page: ArchivedPage) -> dict[str, Any]:
    """Archived public threads of a channel, the last archived first.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await _enter(tx, channel_id, Permission.READ_MESSAGE_HISTORY)
    return _page_by_time(tx, _archived(tx, place, private=False), page)


async def list_private_archived(tx: Reading, channel_id: int, page: ArchivedPage) -> dict[str, Any]:
    """Archived private threads of a channel, the last archived first.

    Needs READ_MESSAGE_HISTORY and MANAGE_THREADS.
    Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await _enter(tx, channel_id, Permission.READ_MESSAGE_HISTORY | Permission.MANAGE_THREADS)
    return _page_by_time(tx, _archived(tx, place, private=True), page)


async def list_joined_archived(tx: Reading, channel_id: int, page: JoinedPage) -> dict[str, Any]:
    """Archived private threads of a channel that the actor is in, the largest id first.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await _enter(tx, channel_id, Permission.READ_MESSAGE_HISTORY)
    joined = (
        channel for channel in _archived(tx, place, private=True)
        if tx.actor.id in _thread(channel).members and channel.id < page.before
    )  # fmt: skip
    found = nlargest(page.limit + 1, joined, key=lambda channel: channel.id)
    return _listed(tx, found[: page.limit], has_more=len(found) > page.limit)


async def search_threads(tx: Reading, channel_id: int, search: ThreadSearch) -> dict[str, Any]:
    """Threads of a channel that the actor can see, by name and tags, with the first messages of posts.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await _enter(tx, channel_id, Permission.READ_MESSAGE_HISTORY)
    found = [
        channel for channel in tx.directory.threads.below(channel_id)
        if shows_thread(channel, tx.actor.id, place.permissions) and _matches(channel, search)
    ]  # fmt: skip
    found.sort(key=partial(_rank, search), reverse=not search.ascending)
    end = search.offset + search.limit
    shown = found[search.offset : end]
    return {
        **_listed(tx, shown, has_more=len(found) > end),
        "first_messages": await _first_messages(tx, shown) if place.channel.type in FORUMS else [],
        "total_results": len(found),
    }


async def _enter(tx: Reading, channel_id: int, needed: int) -> ChannelAccess:
    """A channel that has threads, and whose actor may look back."""
    place = await access.channel(tx, channel_id)
    if place.channel.type not in THREADED:
        raise WrongChannelType()
    place.require(needed)
    return place


def _matches(channel: Channel, search: ThreadSearch) -> bool:
    thread, name = _thread(channel), (channel.name or "").casefold()
    had = search.tags & set(thread.applied_tags)
    return (
        search.after < channel.id < search.before
        and search.archived in (None, thread.archived)
        and all(word in name for word in search.words)
        and (not search.tags or (had == search.tags if search.every_tag else bool(had)))
    )


def _rank(search: ThreadSearch, channel: Channel) -> tuple[Any, ...]:
    """By what threads are sorted; those whose name begins with what was asked for are the most relevant."""
    match search.sort_by:
        case "creation_time":
            return (channel.id,)
        case "archive_time":
            return _thread(channel).archive_timestamp, channel.id
        case "relevance":
            begins = (channel.name or "").casefold().startswith(" ".join(search.words))
            return begins, channel.last_message_id or channel.id
    return (channel.last_message_id or channel.id,)


async def _first_messages(tx: Reading, channels: list[Channel]) -> list[dict[str, Any]]:
    """A post's first message has the post's id."""
    async with tx.connection() as conn:
        rows = await messages.find_messages(conn, ids=[channel.id for channel in channels])
    first = {row["id"]: row for row in rows if row["id"] == row["channel_id"]}
    found = await message_rows.complete(tx, [first[each.id] for each in channels if each.id in first])
    return [message.viewed() for message in await message_rows.view(tx, found)]


def _archived(tx: Reading, place: ChannelAccess, *, private: bool) -> Iterable[Channel]:
    return (
        channel for channel in tx.directory.threads.below(place.channel.id)
        if _thread(channel).archived and (channel.type == ChannelType.PRIVATE_THREAD) == private
    )  # fmt: skip


def _page_by_time(tx: Reading, archived: Iterable[Channel], page: ArchivedPage) -> dict[str, Any]:
    before = (channel for channel in archived if _thread(channel).archive_timestamp < page.before)
    found = nlargest(
        page.limit + 1, before, key=lambda channel: (_thread(channel).archive_timestamp, channel.id)
    )
    return _listed(tx, found[: page.limit], has_more=len(found) > page.limit)


def _listed(tx: Reading, channels: list[Channel], *, has_more: bool) -> dict[str, Any]:
    """Threads, and apart from them the memberships that the actor has in them."""
    own = [(channel.id, _thread(channel).members.get(tx.actor.id)) for channel in channels]
    return {
        "threads": [channel.payload() for channel in channels],
        "members": [member.payload(thread_id) for thread_id, member in own if member is not None],
        "has_more": has_more,
    }


def _thread(channel: Channel) -> Any:
    assert channel.thread is not None, "it is a thread"
    return channel.thread
