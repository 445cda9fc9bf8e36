"""Threads and their rows: write with the events that tell of it.

Nothing here asks for a permission; that is for the action whose thread it is. All of it is done while the
guild is held (access.channel), so what is counted is true, and nobody is the one too many.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from chatd.model import events
from chatd.model.audience import Channel as Audience
from chatd.model.audience import Users
from chatd.model.channels import Channel
from chatd.model.errors import MaximumActiveThreads
from chatd.model.threads import ACTIVE_THREADS_MAX, ThreadMember
from chatd.store.directory import Directory
from chatd.store.queries import threads
from chatd.store.transaction import Transaction


async def insert(tx: Transaction, channel: Channel) -> None:
    """Write a new thread, whose maker is its one member, unless that is a webhook.

    Emits THREAD_CREATE and THREAD_MEMBERS_UPDATE.
    Raises MaximumActiveThreads.
    """
    thread, guild_id = channel.thread, channel.guild_id
    assert thread is not None and guild_id is not None and set(thread.members) <= {thread.owner_id}
    require_room(tx.directory, guild_id)
    await threads.insert_thread(
        tx.conn, id=channel.id, guild_id=guild_id, type=int(channel.type), name=channel.name,
        parent_id=channel.parent_id, rate_limit_per_user=channel.rate_limit_per_user,
        owner_id=thread.owner_id, created_at=thread.created_at, invitable=thread.invitable,
        auto_archive_duration=thread.auto_archive_duration, applied_tags=list(thread.applied_tags),
    )  # fmt: skip
    await threads.insert_members(
        tx.conn, thread_id=channel.id, guild_id=guild_id, user_ids=list(thread.members),
        joined_at=thread.created_at,
    )  # fmt: skip
    tx.emit(events.thread_create(channel), to=Audience(channel.id, guild_id))
    if thread.members:
        _emit_members(tx, channel, added=list(thread.members.values()))


async def save(tx: Transaction, after: Channel) -> None:
    """Write what can change of a thread. Emits THREAD_UPDATE."""
    thread = after.thread
    assert thread is not None, "it is a thread"
    await threads.update_thread(
        tx.conn, id=after.id, name=after.name, rate_limit_per_user=after.rate_limit_per_user,
        flags=after.flags, archived=thread.archived, locked=thread.locked, invitable=thread.invitable,
        auto_archive_duration=thread.auto_archive_duration, archive_timestamp=thread.archive_timestamp,
        applied_tags=list(thread.applied_tags),
    )  # fmt: skip
    tx.emit(events.thread_update(after), to=Audience(after.id, after.guild_id))


async def reopen(tx: Transaction, channel: Channel) -> Channel:
    """Make an archived thread active. The caller has seen to it that this may be."""
    assert channel.thread is not None, "it is a thread"
    thread = replace(channel.thread, archived=False, archive_timestamp=tx.now())
    after = replace(channel, thread=thread)
    await save(tx, after)
    remind_members(tx, after)
    return after


def remind_members(tx: Transaction, channel: Channel) -> None:
    """The documentation, "Unarchiving a Thread": their clients may have forgotten that they are in it."""
    assert channel.thread is not None, "it is a thread"
    if channel.thread.members:
        members = Users(tuple(channel.thread.members), channel.guild_id)
        tx.emit(events.thread_member_update(channel), to=members)


async def admit(tx: Transaction, channel: Channel, user_ids: Collection[int]) -> None:
    """Make members of users who are none, and tell them of the thread, which may be new to them."""
    assert channel.thread is not None and channel.guild_id is not None, "it is a thread"
    if not user_ids:
        return
    now = tx.now()
    added = [ThreadMember(user_id, now) for user_id in user_ids]
    await threads.insert_members(
        tx.conn, thread_id=channel.id, guild_id=channel.guild_id, user_ids=list(user_ids), joined_at=now
    )
    members = {**channel.thread.members, **{member.user_id: member for member in added}}
    fuller = replace(channel, thread=replace(channel.thread, members=members))
    for member in added:
        tx.emit(events.thread_joined(fuller, member), to=Users((member.user_id,), channel.guild_id))
    _emit_members(tx, fuller, added=added)


async def expel(tx: Transaction, channel: Channel, user_id: int) -> None:
    """Take a member out of a thread."""
    assert channel.thread is not None, "it is a thread"
    await threads.delete_member(tx.conn, thread_id=channel.id, user_id=user_id)
    members = {id: member for id, member in channel.thread.members.items() if id != user_id}
    _emit_members(tx, replace(channel, thread=replace(channel.thread, members=members)), removed=(user_id,))


def tell_of_leaving(tx: Transaction, guild_id: int, user_ids: Collection[int]) -> None:
    """Before memberships of a guild end, with which those of its threads do.

    Emits THREAD_MEMBERS_UPDATE for each active thread that some of them are in.
    """
    gone = set(user_ids)
    joined = {channel.id: channel for user_id in user_ids for channel in tx.directory.threads.joined(user_id)}
    for _, channel in sorted(joined.items()):
        thread = channel.thread
        if channel.guild_id == guild_id and thread is not None and not thread.archived:
            left = {id: member for id, member in thread.members.items() if id not in gone}
            removed = sorted(gone & thread.members.keys())
            _emit_members(tx, replace(channel, thread=replace(thread, members=left)), removed=removed)


def require_room(directory: Directory, guild_id: int) -> None:
    if len(directory.threads.active(guild_id)) >= ACTIVE_THREADS_MAX:
        raise MaximumActiveThreads()


def member_payload(
    directory: Directory, channel: Channel, member: ThreadMember, *, with_member: bool
) -> dict[str, Any]:
    """A thread member, on request with the member of the guild that they are."""
    d = member.payload(channel.id)
    if with_member and channel.guild_id is not None:
        in_guild = directory.guilds[channel.guild_id].members[member.user_id]
        d["member"] = in_guild.payload(directory.users[member.user_id])
    return d


def _emit_members(
    tx: Transaction, channel: Channel, *, added: Collection[ThreadMember] = (), removed: Collection[int] = ()
) -> None:
    """THREAD_MEMBERS_UPDATE to those who can see the thread. `channel` is as of after the change."""
    assert channel.thread is not None, "it is a thread"
    shown = [
        {**member_payload(tx.directory, channel, member, with_member=True), "presence": None}
        for member in added
    ]
    event = events.thread_members_update(channel, len(channel.thread.members), added=shown, removed=removed)
    tx.emit(event, to=Audience(channel.id, channel.guild_id))
