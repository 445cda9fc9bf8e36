"""Members of threads: who joins, leaves, is brought along, and speaks or is spoken to there.

The rows and their events are thread_rows.py's.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import Any

from chatd.actions import access, system_messages, thread_rows
from chatd.actions.access import ChannelAccess, ThreadAccess
from chatd.model.channels import ChannelType
from chatd.model.errors import MaximumThreadMembers, MissingAccess, MissingPermissions, UnknownMember
from chatd.model.guilds import Guild
from chatd.model.intents import Intent
from chatd.model.messages import FAILED_TO_MENTION_SOME_ROLES_IN_THREAD, Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.thread_drafts import ThreadMemberPage
from chatd.model.threads import THREAD_MEMBERS_MAX
from chatd.store.directory import Directory
from chatd.store.transaction import Queued, Reading, Transaction

# A role with more members than this brings nobody into a thread by being mentioned there.
ROLE_MEMBERS_MAX = 100


async def join(tx: Transaction, channel_id: int) -> None:
    """Join a thread that one sees; nothing happens to who is in it.

    Emits THREAD_CREATE to oneself and THREAD_MEMBERS_UPDATE to those who can see the thread.
    Raises UnknownChannel, WrongChannelType, ThreadArchived, MissingPermissions, MaximumThreadMembers.
    """
    place = await access.thread(tx, channel_id)
    place.require_active()
    place.require_not_timed_out(tx.now())
    if tx.actor.id not in place.thread.members:
        _require_room(place)
        await thread_rows.admit(tx, place.channel, [tx.actor.id])


async def add_member(tx: Transaction, channel_id: int, user_id: int) -> None:
    """Bring somebody along who can see the channel above; nothing happens to who is in the thread.

    Needs SEND_MESSAGES, in a private thread that is not `invitable` also MANAGE_THREADS or to be its maker.
    Emits THREAD_CREATE to whom it concerns, THREAD_MEMBERS_UPDATE and a message of type 1 in the thread.
    Raises UnknownChannel, WrongChannelType, ThreadArchived, ThreadLocked, MissingPermissions, UnknownMember,
    MissingAccess, MaximumThreadMembers.
    """
    place = await access.thread(tx, channel_id)
    place.require_open()
    place.require(Permission.SEND_MESSAGES)
    if not _may_invite(place):
        raise MissingPermissions()
    if user_id not in place.guild.members:
        raise UnknownMember()
    if not tx.directory.can_view(user_id, place.parent_id):
        raise MissingAccess()
    if user_id in place.thread.members:
        return
    _require_room(place)
    await thread_rows.admit(tx, place.channel, [user_id])
    if user_id != tx.actor.id:
        await system_messages.create_system_message(
            tx, channel_id, MessageType.RECIPIENT_ADD, author_id=tx.actor.id, mention_ids=[user_id]
        )


async def leave(tx: Transaction, channel_id: int) -> None:
    """Emits THREAD_MEMBERS_UPDATE. Raises UnknownChannel, WrongChannelType, ThreadArchived."""
    place = await access.thread(tx, channel_id)
    place.require_active()
    if tx.actor.id in place.thread.members:
        await thread_rows.expel(tx, place.channel, tx.actor.id)


async def remove_member(tx: Transaction, channel_id: int, user_id: int) -> None:
    """Put somebody out of a thread.

    Needs MANAGE_THREADS, or to be the maker of a private one. Emits THREAD_MEMBERS_UPDATE and a message of
    type 2 in the thread.
    Raises UnknownChannel, WrongChannelType, ThreadArchived, MissingPermissions, UnknownMember.
    """
    if user_id == tx.actor.id:
        return await leave(tx, channel_id)
    place = await access.thread(tx, channel_id)
    place.require_active()
    place.require_not_timed_out(tx.now())
    if not (place.is_private and place.is_own):
        place.require(Permission.MANAGE_THREADS)
    if user_id not in place.thread.members:
        raise UnknownMember()
    await thread_rows.expel(tx, place.channel, user_id)
    await system_messages.create_system_message(
        tx, channel_id, MessageType.RECIPIENT_REMOVE, author_id=tx.actor.id, mention_ids=[user_id]
    )


async def get_member(tx: Reading, channel_id: int, user_id: int, *, with_member: bool) -> dict[str, Any]:
    """Raises UnknownChannel, WrongChannelType, UnknownMember."""
    place = await access.thread(tx, channel_id)
    if user_id not in place.thread.members:
        raise UnknownMember()
    return thread_rows.member_payload(
        tx.directory, place.channel, place.thread.members[user_id], with_member=with_member
    )


async def list_members(tx: Reading, channel_id: int, page: ThreadMemberPage) -> list[dict[str, Any]]:
    """The members of a thread by user id: all of them, or with their guild's members page by page.

    A bot's application must have been granted the GUILD_MEMBERS intent.
    Raises UnknownChannel, WrongChannelType, MissingAccess.
    """
    place = await access.thread(tx, channel_id)
    application = tx.directory.applications.get(tx.actor.id)
    if application is not None and not application.grants(Intent.GUILD_MEMBERS):
        raise MissingAccess()
    members = place.thread.members
    if not page.with_member:
        return [members[user_id].payload(channel_id) for user_id in sorted(members)]
    # After its own id a thread has nobody: hikari pages by the wrong one of the two ids in a member.
    after = page.after if page.after != channel_id else max(members, default=0)
    ids = nsmallest(page.limit, (user_id for user_id in members if user_id > after))
    return [
        thread_rows.member_payload(tx.directory, place.channel, members[user_id], with_member=True)
        for user_id in ids
    ]


async def enter(tx: Queued, place: ChannelAccess, message: Message) -> bool:
    """Let a message have its effect on the thread that it is about to be posted in.

    An archived thread is active again, the author is in it, and so is whom the message mentions. True when
    that has changed anything, and been committed: then `place` is no longer what it was. Who can come along
    is as with add_member; those for whom there is no room stay away, and so do the members of a role that has
    too many, of which the message's flags tell.
    """
    place = await access.thread(tx, place.channel.id)
    if any(len(_having(place.guild, role_id)) > ROLE_MEMBERS_MAX for role_id in message.mention_role_ids):
        message.flags |= FAILED_TO_MENTION_SOME_ROLES_IN_THREAD
    if not place.thread.archived and not _newcomers(tx.directory, place, message):
        return False
    async with tx.transaction() as inner:
        place = await access.thread(inner, place.channel.id)
        channel = place.channel
        if place.thread.archived:
            thread_rows.require_room(inner.directory, place.guild.id)
            channel = await thread_rows.reopen(inner, channel)
        await thread_rows.admit(inner, channel, _newcomers(inner.directory, place, message))
    return True


def _newcomers(directory: Directory, place: ThreadAccess, message: Message) -> list[int]:
    """The author, and whom they mention, as far as they are not there and may come. A webhook cannot."""
    invited = _mentioned(place.guild, message) if _may_invite(place) else []
    can_come = [
        user_id for user_id in dict.fromkeys(invited)
        if user_id != message.author.id and directory.can_view(user_id, place.parent_id)
    ]  # fmt: skip
    author = () if message.is_of_webhook else (message.author.id,)
    absent = [user_id for user_id in (*author, *can_come) if user_id not in place.thread.members]
    return absent[: THREAD_MEMBERS_MAX - len(place.thread.members)]


def _mentioned(guild: Guild, message: Message) -> list[int]:
    """The users whom a message mentions, and the members of the roles."""
    roles = [_having(guild, role_id) for role_id in message.mention_role_ids]
    small = [user_id for user_ids in roles if len(user_ids) <= ROLE_MEMBERS_MAX for user_id in user_ids]
    return [user.id for user in message.mentions] + small


def _having(guild: Guild, role_id: int) -> list[int]:
    if role_id == guild.id:
        return list(guild.members)
    return [member.user_id for member in guild.members.values() if role_id in member.role_ids]


def _may_invite(place: ThreadAccess) -> bool:
    """The documentation, "Thread Metadata": `invitable` lets others than moderators bring somebody along."""
    if place.channel.type != ChannelType.PRIVATE_THREAD or place.thread.invitable:
        return True
    return place.is_own or place.may(Permission.MANAGE_THREADS)


def _require_room(place: ThreadAccess) -> None:
    if len(place.thread.members) >= THREAD_MEMBERS_MAX:
        raise MaximumThreadMembers()


