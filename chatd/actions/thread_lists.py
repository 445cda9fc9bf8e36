"""Lists of threads: the active ones of a guild, the archived ones of a channel, with one's memberships."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from typing import Any

from chatd.actions import access
from chatd.actions.access import ChannelAccess
from chatd.model.channels import Channel, ChannelType
from chatd.model.permissions import Permission
from chatd.model.thread_drafts import ArchivedPage, JoinedPage
from chatd.store.transaction import Reading


async def list_active(tx: Reading, guild_id: int) -> dict[str, Any]:
    """The active threads that the actor can see, the largest id first. Raises UnknownGuild."""
    await access.guild(tx, guild_id)
    seen = tx.directory.visible_threads(tx.actor.id, guild_id)
    return _listed(tx, seen[::-1], has_more=False)


async def list_public_archived(tx: Reading, channel_id: int, page: ArchivedPage) -> dict[str, Any]:
    """Archived public threads of a channel, the last archived first.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    archived = _archived(tx, place, private=False)
    return _page_by_time(tx, archived, page)


async def list_private_archived(tx: Reading, channel_id: int, page: ArchivedPage) -> dict[str, Any]:
    """Archived private threads of a channel, the last archived first.

    Needs READ_MESSAGE_HISTORY and MANAGE_THREADS. Raises UnknownChannel, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY | Permission.MANAGE_THREADS)
    return _page_by_time(tx, _archived(tx, place, private=True), page)


async def list_joined_archived(tx: Reading, channel_id: int, page: JoinedPage) -> dict[str, Any]:
    """Archived private threads of a channel that the actor is in, the largest id first.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    joined = (
        channel for channel in _archived(tx, place, private=True)
        if tx.actor.id in _thread(channel).members and channel.id < page.before
    )  # fmt: skip
    found = nlargest(page.limit + 1, joined, key=lambda channel: channel.id)
    return _listed(tx, found[: page.limit], has_more=len(found) > page.limit)


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
