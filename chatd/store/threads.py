"""The directory's part of threads: where they are, who is in them, and how many messages.

The threads themselves are channels of the directory, which keeps an index beside them: most of them are
archived and nobody's business, so nothing that is asked often may look through them all. directory.py loads
them with the rest (`load`) and folds entries by the table at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncpg import Connection

from chatd.model.channels import FORUMS, Channel, ChannelType
from chatd.model.events import Entry
from chatd.model.permissions import Permission
from chatd.model.threads import Thread, ThreadMember
from chatd.store.queries import threads as queries

if TYPE_CHECKING:
    from chatd.store.directory import Directory

_VIEW_CHANNEL = int(Permission.VIEW_CHANNEL)
_MANAGE_THREADS = int(Permission.MANAGE_THREADS)


class ThreadIndex:
    """Invariant: a thread that was put is under its parent and each member, and active unless archived."""

    def __init__(self) -> None:
        self._below: defaultdict[int, dict[int, Channel]] = defaultdict(dict)
        self._active: defaultdict[int, dict[int, Channel]] = defaultdict(dict)
        self._joined: defaultdict[int, dict[int, Channel]] = defaultdict(dict)

    def below(self, channel_id: int) -> list[Channel]:
        """The threads of a channel, archived or not."""
        return list(self._below.get(channel_id, {}).values())

    def active(self, guild_id: int) -> list[Channel]:
        """The threads of a guild that are not archived."""
        return list(self._active.get(guild_id, {}).values())

    def joined(self, user_id: int) -> list[Channel]:
        """The threads that a user is a member of, in all guilds, archived or not."""
        return list(self._joined.get(user_id, {}).values())

    def put(self, channel: Channel) -> None:
        """Take a thread in, or the channel that stands in the place of the one before."""
        thread, guild_id, parent_id = channel.thread, channel.guild_id, channel.parent_id
        assert thread is not None and guild_id is not None and parent_id is not None, "it is a thread"
        self._below[parent_id][channel.id] = channel
        for user_id in thread.members:
            self._joined[user_id][channel.id] = channel
        if thread.archived:
            self._active[guild_id].pop(channel.id, None)
        else:
            self._active[guild_id][channel.id] = channel

    def drop(self, channel: Channel) -> None:
        thread, guild_id, parent_id = channel.thread, channel.guild_id, channel.parent_id
        assert thread is not None and guild_id is not None and parent_id is not None, "it is a thread"
        self._below[parent_id].pop(channel.id, None)
        self._active[guild_id].pop(channel.id, None)
        for user_id in thread.members:
            self._joined[user_id].pop(channel.id, None)

    def join(self, channel: Channel, member: ThreadMember) -> None:
        assert channel.thread is not None, "it is a thread"
        channel.thread.members[member.user_id] = member
        self._joined[member.user_id][channel.id] = channel

    def leave(self, channel: Channel, user_id: int) -> None:
        assert channel.thread is not None, "it is a thread"
        channel.thread.members.pop(user_id, None)
        self._joined[user_id].pop(channel.id, None)

    def leave_guild(self, guild_id: int, user_id: int) -> None:
        """Who leaves a guild leaves its threads."""
        for channel in self.joined(user_id):
            if channel.guild_id == guild_id:
                self.leave(channel, user_id)


async def load(directory: Directory, conn: Connection) -> None:
    """Read all of it. The channels are known."""
    for row in await queries.list_threads(conn):
        channel = directory.channels[row["channel_id"]]
        channel.thread = Thread.from_row(row)
        _put(directory, channel)
    for row in await queries.list_members(conn):
        directory.threads.join(directory.channels[row["thread_id"]], ThreadMember.from_row(row))


def shows_thread(channel: Channel, user_id: int, granted: int) -> bool:
    """Whether what a user may do in a channel shows them a thread of it."""
    assert channel.thread is not None, "it is a thread"
    if not granted & _VIEW_CHANNEL:
        return False
    is_private = channel.type == ChannelType.PRIVATE_THREAD
    return not is_private or user_id in channel.thread.members or bool(granted & _MANAGE_THREADS)


def changes_sight(directory: Directory, entry: Entry) -> bool:
    """Whether an entry of a thread changes who sees what. A public one is seen by who sees its channel."""
    if entry.name == "THREAD_MEMBERS_UPDATE":
        channel = directory.channels.get(int(entry.d["id"]))
        return channel is not None and channel.type == ChannelType.PRIVATE_THREAD
    return entry.name == "THREAD_DELETE"


def forget_channel(directory: Directory, channel_id: int) -> None:
    """A channel's threads go with it, unsaid."""
    for channel in directory.threads.below(channel_id):
        _remove(directory, channel)


def _on_messages_gone(directory: Directory, entry: Entry) -> None:
    channel = directory.channels.get(int(entry.d["channel_id"]))
    if channel is not None and channel.thread is not None:
        ids = entry.d["ids"] if "ids" in entry.d else [entry.d["id"]]
        channel.thread.message_count -= sum(int(message_id) != channel.id for message_id in ids)


def _on_thread(directory: Directory, entry: Entry) -> None:
    """Who makes a thread is in it from the start, but for a webhook; of one that is known, the event tells no
    counts.
    """
    channel = Channel.from_payload(entry.d)
    known, thread = directory.channels.get(channel.id), channel.thread
    assert thread is not None, "events of threads are about threads"
    if known is not None and known.thread is not None:
        channel.last_message_id = known.last_message_id
        channel.last_pin_timestamp = known.last_pin_timestamp
        thread.take_over(known.thread)
    elif entry.d.get("newly_created") and entry.d["member_count"]:
        thread.members[thread.owner_id] = ThreadMember(thread.owner_id, thread.created_at)
    directory.channels[channel.id] = channel
    _put(directory, channel)


def _on_thread_delete(directory: Directory, entry: Entry) -> None:
    if channel := directory.channels.get(int(entry.d["id"])):
        _remove(directory, channel)


def _on_thread_members(directory: Directory, entry: Entry) -> None:
    channel = directory.channels.get(int(entry.d["id"]))
    if channel is None:
        return
    for added in entry.d.get("added_members", ()):
        directory.threads.join(channel, ThreadMember.from_payload(added))
    for user_id in entry.d.get("removed_member_ids", ()):
        directory.threads.leave(channel, int(user_id))


def _put(directory: Directory, channel: Channel) -> None:
    """A forum, where nothing is said, takes a thread for a message: as its newest, and for slow mode."""
    directory.threads.put(channel)
    forum, thread = _forum_of(directory, channel), channel.thread
    if forum is not None and thread is not None:
        forum.last_message_id = max(forum.last_message_id or 0, channel.id)
        if forum.rate_limit_per_user:
            directory.turns.take(forum.id, thread.owner_id, channel.id)


def _remove(directory: Directory, channel: Channel) -> None:
    directory.channels.pop(channel.id, None)
    directory.threads.drop(channel)
    forum = _forum_of(directory, channel)
    if forum is not None:
        left = directory.threads.below(forum.id)
        forum.last_message_id = max((thread.id for thread in left), default=None)


def _forum_of(directory: Directory, channel: Channel) -> Channel | None:
    parent = directory.channels.get(channel.parent_id or 0)
    return parent if parent is not None and parent.type in FORUMS else None


def take_off_tags(directory: Directory, forum: Channel) -> None:
    """Its threads have only tags that it has."""
    known = {tag.id for tag in forum.available_tags}
    for channel in directory.threads.below(forum.id):
        if channel.thread is not None and not known.issuperset(channel.thread.applied_tags):
            kept = tuple(tag_id for tag_id in channel.thread.applied_tags if tag_id in known)
            channel.thread.applied_tags = kept


FOLDS: dict[str, Callable[[Directory, Entry], None]] = {
    "MESSAGE_DELETE": _on_messages_gone,
    "MESSAGE_DELETE_BULK": _on_messages_gone,
    "THREAD_CREATE": _on_thread,
    "THREAD_UPDATE": _on_thread,
    "THREAD_DELETE": _on_thread_delete,
    "THREAD_MEMBERS_UPDATE": _on_thread_members,
}

# What somebody else may decide by: how many there are, who is in one, whether it can be spoken in.
CHANGES_PERMISSIONS = frozenset(FOLDS) - {"MESSAGE_DELETE", "MESSAGE_DELETE_BULK"}
