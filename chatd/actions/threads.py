"""Threads: make one, from a message, from nothing or as a post of a forum; change it, archive it, delete it.

The rows and their events are thread_rows.py's, who is in a thread thread_members.py's.

Source: the Discord documentation, "Threads" and "Channel".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from chatd.actions import (
    access,
    audit_log,
    composing,
    message_rows,
    previews,
    screening,
    slow_mode,
    system_messages,
    thread_rows,
)
from chatd.actions.access import ChannelAccess, ThreadAccess
from chatd.model import events
from chatd.model.audience import Audience, Users
from chatd.model.audience import Channel as ChannelAudience
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channels import FORUMS, REQUIRE_TAG, Channel, ChannelType
from chatd.model.errors import (
    InvalidFormBody,
    MaximumPinnedThreads,
    MissingPermissions,
    NoTagToChoose,
    SystemMessage,
    TagRequired,
    ThreadExists,
    Unavailable,
    UnknownTag,
    WrongChannelType,
)
from chatd.model.guilds import Guild
from chatd.model.message_drafts import permissions_used_by
from chatd.model.messages import HAS_THREAD, SAID_BY_USERS, Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.references import reference_to
from chatd.model.thread_drafts import ThreadDraft, ThreadEdit
from chatd.model.threads import PINNED, PINNED_POSTS_MAX, Thread, ThreadMember
from chatd.model.users import User
from chatd.store.directory import Directory
from chatd.store.queries import channels
from chatd.store.queries import threads as queries
from chatd.store.transaction import Reading, Transaction

T = ChannelType

# What can be made in a channel: from one of its messages, and from nothing, with the permission it needs.
FROM_MESSAGE: dict[int, ChannelType] = {
    T.GUILD_TEXT: T.PUBLIC_THREAD, T.GUILD_ANNOUNCEMENT: T.ANNOUNCEMENT_THREAD,
}  # fmt: skip
FROM_NOTHING: dict[int, dict[int, Permission]] = {
    T.GUILD_TEXT: {
        T.PUBLIC_THREAD: Permission.CREATE_PUBLIC_THREADS,
        T.PRIVATE_THREAD: Permission.CREATE_PRIVATE_THREADS,
    },
    T.GUILD_ANNOUNCEMENT: {T.ANNOUNCEMENT_THREAD: Permission.CREATE_PUBLIC_THREADS},
}

# A message that somebody else keeps changing is looked at again this often.
ATTEMPTS_MAX = 5


async def create_from_message(
    tx: Transaction, channel_id: int, message_id: int, draft: ThreadDraft
) -> dict[str, Any]:
    """Make a thread of a message, whose id it gets; so there is never another, even when it is deleted.

    Needs CREATE_PUBLIC_THREADS and READ_MESSAGE_HISTORY. Emits THREAD_CREATE, THREAD_MEMBERS_UPDATE, a
    message of type 21 that refers to the one it is made of, MESSAGE_UPDATE for that one; and, if something
    has been said since, a message of type 18 in the channel.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, UnknownMessage, SystemMessage, ThreadExists,
    TitleBlocked, MaximumActiveThreads.
    """
    place = await access.channel(tx, channel_id)
    kind = FROM_MESSAGE.get(place.channel.type)
    if kind is None:
        raise WrongChannelType()
    place.require(Permission.CREATE_PUBLIC_THREADS | Permission.READ_MESSAGE_HISTORY)
    await queries.lock_message(tx.conn, id=message_id)
    message = await message_rows.find(tx, channel_id, message_id)
    if message.type not in SAID_BY_USERS:
        raise SystemMessage()
    if message.flags & HAS_THREAD:
        raise ThreadExists()
    await _screen(tx, place, draft.name)
    channel = _drafted(tx, place, draft, kind, message_id)
    await _start(tx, channel)
    starter = await system_messages.create_system_message(
        tx, channel.id, MessageType.THREAD_STARTER_MESSAGE, author_id=tx.actor.id, referenced=message,
        reference=reference_to(channel_id, place.guild_id, message_id), guild_id=place.guild_id,
    )  # fmt: skip
    await _mark(tx, message, place.guild, channel)
    if place.channel.last_message_id != message_id:
        await _announce(tx, place, channel)
    return replace(channel, last_message_id=starter.id).payload_for(tx.actor.id)


async def create_thread(tx: Transaction, channel_id: int, draft: ThreadDraft) -> dict[str, Any]:
    """Make a thread from nothing, or in a forum or media channel a post: a thread and its first message.

    Needs CREATE_PUBLIC_THREADS or CREATE_PRIVATE_THREADS, in a forum SEND_MESSAGES. Emits THREAD_CREATE,
    THREAD_MEMBERS_UPDATE, and a message of type 18 in the channel if everybody may see the thread; for a post
    MESSAGE_CREATE.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, TitleBlocked, MaximumActiveThreads; for a
    post UnknownTag, TagRequired, NoTagToChoose, SlowModeActive, MessageBlocked, InvalidFormBody without a
    message, and what composing.compose raises.
    """
    place = await access.channel(tx, channel_id)
    if place.channel.type in FORUMS:
        channel, message = await create_post(tx, place, draft)
        return {**channel.payload_for(tx.actor.id), "message": message.payload()}
    needed = FROM_NOTHING.get(place.channel.type, {}).get(draft.type)
    if needed is None:
        raise WrongChannelType()
    place.require(needed)
    await _screen(tx, place, draft.name)
    channel = _drafted(tx, place, draft, ChannelType(draft.type), tx.next_id())
    await _start(tx, channel)
    if channel.type == ChannelType.PUBLIC_THREAD:
        await _announce(tx, place, channel)
    return channel.payload_for(tx.actor.id)


async def update_thread(tx: Transaction, channel_id: int, edit: ThreadEdit) -> dict[str, Any]:
    """Change a thread.

    Needs MANAGE_THREADS; unless it is locked, who made it may change all but slow mode, lock and flags, and
    who may speak in it may unarchive it. An archived one must be unarchived to be changed.
    Emits THREAD_UPDATE, THREAD_MEMBER_UPDATE to the members of one that is active again, and for another name
    a message of type 4 in the thread.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, ThreadArchived, ThreadLocked,
    TitleBlocked, MaximumActiveThreads, MaximumPinnedThreads, UnknownTag, TagRequired.
    """
    place = await access.thread(tx, channel_id)
    _require_edit(tx, place, edit)
    after = _edited(tx, place, edit)
    if after == place.channel:
        return after.payload_for(tx.actor.id)
    if after.name and after.name != place.channel.name:
        await _screen(tx, place, after.name)
    reopened = place.thread.archived and edit.archived is False
    if reopened:
        thread_rows.require_room(tx.directory, place.guild.id)
    await thread_rows.save(tx, after)
    if reopened:
        thread_rows.remind_members(tx, after)
    await audit_log.record(
        tx, place.guild.id, AuditAction.THREAD_UPDATE, target_id=channel_id,
        changes=changes_between(_told(place.channel), _told(after)),
    )  # fmt: skip
    if after.name != place.channel.name:
        await system_messages.create_system_message(
            tx, channel_id, MessageType.CHANNEL_NAME_CHANGE, author_id=tx.actor.id, content=after.name or ""
        )
    return after.payload_for(tx.actor.id)


async def delete_thread(tx: Transaction, channel_id: int) -> dict[str, Any]:
    """Delete a thread with all that was said in it; the message that it was made of stays.

    Needs MANAGE_THREADS. Emits THREAD_DELETE to those who could see it.
    Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await access.thread(tx, channel_id)
    place.require(Permission.MANAGE_THREADS)
    await channels.delete_channel(tx.conn, id=channel_id)
    tx.emit(events.thread_delete(place.channel), to=_audience_of_the_deleted(tx.directory, place))
    await audit_log.record(
        tx, place.guild.id, AuditAction.THREAD_DELETE, target_id=channel_id,
        changes=changes_between(_told(place.channel), None),
    )  # fmt: skip
    return place.channel.payload_for(tx.actor.id)


def idle_threads(tx: Reading) -> list[int]:
    """The active threads that have been without activity for as long as they may. Pinned posts stay."""
    now, directory = tx.now(), tx.directory
    active = (channel for guild_id in directory.guilds for channel in directory.threads.active(guild_id))
    return [channel.id for channel in active if _is_idle(channel, now)]


async def archive_if_idle(tx: Transaction, channel_id: int) -> bool:
    """Archive a thread by itself, unless something has happened in it meanwhile. Emits THREAD_UPDATE."""
    channel = tx.directory.channels.get(channel_id)
    if channel is None or channel.guild_id is None:
        return False
    await tx.hold_permissions(channel.guild_id)
    await tx.catch_up()  # with what was said before we held the guild
    channel = tx.directory.channels.get(channel_id)
    if channel is None or not _is_idle(channel, tx.now()):
        return False
    assert channel.thread is not None, "only threads are idle"
    archived = replace(channel.thread, archived=True, archive_timestamp=tx.now())
    await thread_rows.save(tx, replace(channel, thread=archived))
    return True


# ── making ──


async def create_post(
    tx: Transaction, place: ChannelAccess, draft: ThreadDraft, author: User | None = None
) -> tuple[Channel, Message]:
    """The post of create_thread; `author` is for a webhook (webhook_messages.py)."""
    if draft.message is None:
        raise InvalidFormBody.at("message", "BASE_TYPE_REQUIRED", "This field is required")
    place.require(permissions_used_by(draft.message))
    _require_tags(place.channel, draft.applied_tags, (), may_manage=place.may(Permission.MANAGE_THREADS))
    channel = _drafted(tx, place, draft, ChannelType.PUBLIC_THREAD, tx.next_id())
    inside = replace(place, channel=channel)
    message = replace(await composing.compose(tx, inside, draft.message, author), id=channel.id)
    await _screen(tx, place, draft.name)
    if (verdict := screening.screen_message(tx, inside, message)) is not None:
        verdict.refuse(tx)
    with slow_mode.turn(tx, place):
        await _start(tx, channel)
        written = await message_rows.insert(tx, message, place.guild, known=None)
    assert written, "nothing refuses what needs no permission"
    if verdict is not None:
        await screening.carry_out(tx, verdict, message.id)
    previews.look_up(tx, inside, message)
    directory = tx.directory
    mentioned = [user.id for user in message.mentions if directory.can_view(user.id, place.channel.id)]
    await thread_rows.admit(tx, channel, [user_id for user_id in mentioned if user_id != tx.actor.id])
    return replace(channel, last_message_id=message.id), message


async def _screen(tx: Transaction, place: ChannelAccess, name: str) -> None:
    """Hold a thread's name against the rules of the guild. Raises TitleBlocked."""
    if (verdict := screening.screen_title(tx, place, name)) is not None:
        verdict.refuse(tx)
        await screening.carry_out(tx, verdict)


async def _start(tx: Transaction, channel: Channel) -> None:
    """Write a new thread, with its entry in the audit log."""
    assert channel.guild_id is not None, "threads are of guilds"
    await thread_rows.insert(tx, channel)
    await audit_log.record(
        tx, channel.guild_id, AuditAction.THREAD_CREATE, target_id=channel.id,
        changes=changes_between(None, _told(channel)),
    )  # fmt: skip


def _drafted(
    tx: Transaction, place: ChannelAccess, draft: ThreadDraft, kind: ChannelType, channel_id: int
) -> Channel:
    """The thread that a draft becomes; what it leaves open, the channel above says."""
    parent, now = place.channel, tx.now()
    slow_mode, duration = draft.rate_limit_per_user, draft.auto_archive_duration
    return Channel(
        channel_id, kind, parent.guild_id, draft.name, parent_id=parent.id,
        rate_limit_per_user=parent.default_thread_rate_limit_per_user if slow_mode is None else slow_mode,
        thread=Thread(
            tx.actor.id, now, parent.default_auto_archive_duration if duration is None else duration, now,
            invitable=draft.invitable or kind != ChannelType.PRIVATE_THREAD,
            applied_tags=draft.applied_tags if parent.type in FORUMS else (),
            members={} if tx.actor.user_id is None else {tx.actor.id: ThreadMember(tx.actor.id, now)},
        ),
    )  # fmt: skip


async def _announce(tx: Transaction, place: ChannelAccess, channel: Channel) -> None:
    """The documentation: sent to text channels, so that a thread out of sight is heard of."""
    if place.channel.type == ChannelType.GUILD_TEXT:
        await system_messages.create_system_message(
            tx, place.channel.id, MessageType.THREAD_CREATED, author_id=tx.actor.id,
            content=channel.name or "", reference=reference_to(channel.id, place.guild_id),
        )  # fmt: skip


async def _mark(tx: Transaction, message: Message, guild: Guild | None, channel: Channel) -> None:
    """Say of a message that it has a thread."""
    for _ in range(ATTEMPTS_MAX):
        after = replace(message, flags=message.flags | HAS_THREAD, thread=channel)
        if await message_rows.rewrite(tx, message, after, guild, known=None):
            return
        message = await message_rows.find(tx, message.channel_id, message.id)
    raise Unavailable()


# ── changing ──


def _require_edit(tx: Transaction, place: ThreadAccess, edit: ThreadEdit) -> None:
    if edit.archived is not False and edit not in (ThreadEdit(), ThreadEdit(archived=True)):
        place.require_active()
    if place.may(Permission.MANAGE_THREADS):
        return
    place.require_unlocked()
    if edit.only_reopens:
        place.require(Permission.SEND_MESSAGES)
        return
    place.require_not_timed_out(tx.now())
    restricted = any(each is not None for each in (edit.rate_limit_per_user, edit.locked, edit.flags))
    if restricted or not place.is_own:
        raise MissingPermissions()


def _edited(tx: Transaction, place: ThreadAccess, edit: ThreadEdit) -> Channel:
    before, thread, directory = place.channel, place.thread, tx.directory
    parent = directory.channels[place.parent_id]
    archived = _first(edit.archived, thread.archived)
    duration = _first(edit.auto_archive_duration, thread.auto_archive_duration)
    tags = _first(edit.applied_tags, thread.applied_tags)
    if tags != thread.applied_tags:
        _require_tags(parent, tags, thread.applied_tags, may_manage=place.may(Permission.MANAGE_THREADS))
    stirred = archived != thread.archived or duration != thread.auto_archive_duration
    return replace(
        before,
        name=_first(edit.name, before.name),
        rate_limit_per_user=_first(edit.rate_limit_per_user, before.rate_limit_per_user),
        flags=_flags_after(directory, before, parent, edit, archived=archived),
        thread=replace(
            thread,
            archived=archived,
            locked=_first(edit.locked, thread.locked),
            invitable=_first(edit.invitable, thread.invitable) if place.is_private else True,
            auto_archive_duration=duration,
            archive_timestamp=tx.now() if stirred else thread.archive_timestamp,
            applied_tags=tags,
        ),
    )


def _flags_after(
    directory: Directory, channel: Channel, parent: Channel, edit: ThreadEdit, *, archived: bool
) -> int:
    """Only posts can be pinned, and no archived one is."""
    wanted = channel.flags if edit.flags is None else channel.flags & ~PINNED | edit.flags & PINNED
    if archived:
        return wanted & ~PINNED
    if wanted & ~channel.flags & PINNED:
        if parent.type not in FORUMS:
            raise WrongChannelType()
        posts = directory.threads.below(parent.id)
        if sum(bool(post.flags & PINNED) for post in posts) >= PINNED_POSTS_MAX:
            raise MaximumPinnedThreads()
    return wanted


def _require_tags(
    forum: Channel, tags: tuple[int, ...], before: tuple[int, ...], *, may_manage: bool
) -> None:
    """Tags are the forum's own; moderated ones are put on and taken off by those who manage threads."""
    available = {tag.id: tag for tag in forum.available_tags}
    if any(tag_id not in available for tag_id in tags):
        raise UnknownTag()
    if not tags and forum.flags & REQUIRE_TAG:
        if not may_manage and all(tag.moderated for tag in forum.available_tags):
            raise NoTagToChoose()
        raise TagRequired()
    changed = set(tags) ^ set(before)
    if not may_manage and any(available[tag_id].moderated for tag_id in changed if tag_id in available):
        raise MissingPermissions()


def _audience_of_the_deleted(directory: Directory, place: ThreadAccess) -> Audience:
    """Who sees the channel above; of a private one those who could see it, for nobody can any more."""
    if not place.is_private:
        return ChannelAudience(place.parent_id, place.guild_id)
    seeing = [user_id for user_id in place.guild.members if directory.can_view(user_id, place.channel.id)]
    return Users(tuple(seeing), place.guild_id)


def _is_idle(channel: Channel, now: datetime) -> bool:
    thread = channel.thread
    if thread is None or thread.archived or channel.flags & PINNED:
        return False
    return thread.idle_at(channel.last_message_id) <= now


def _told(channel: Channel) -> dict[str, Any]:
    """A thread as the audit log compares it: what can be set, each by its own name."""
    d = channel.payload()
    names = ("name", "type", "rate_limit_per_user", "flags", "applied_tags")
    metadata = ("archived", "locked", "auto_archive_duration", "invitable")
    return {name: d[name] for name in names} | {
        name: d["thread_metadata"][name] for name in metadata if name in d["thread_metadata"]
    }


def _first(new: Any, old: Any) -> Any:
    return old if new is None else new
