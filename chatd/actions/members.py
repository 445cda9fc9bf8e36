"""Members: look at them, find them by name, let them come and go."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from typing import Any

from chatd.actions import access, messages, voice_states
from chatd.model import events
from chatd.model.audience import Guild
from chatd.model.errors import UnknownMember, UserBanned
from chatd.model.guilds import SUPPRESS_JOIN_NOTIFICATIONS
from chatd.model.members import Member, MemberPage, MemberSearch
from chatd.model.messages import MessageType
from chatd.model.users import User
from chatd.store.queries import bans, members
from chatd.store.transaction import Reading, Transaction


async def get_member(tx: Reading, guild_id: int, user_id: int) -> dict[str, Any]:
    """Raises UnknownGuild, UnknownMember."""
    guild = (await access.guild(tx, guild_id)).guild
    if user_id not in guild.members:
        raise UnknownMember()
    return guild.members[user_id].payload(tx.directory.users[user_id])


async def list_members(tx: Reading, guild_id: int, page: MemberPage) -> list[dict[str, Any]]:
    """A page of members by user id. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    ids = nsmallest(page.limit, (user_id for user_id in guild.members if user_id > page.after))
    return [guild.members[user_id].payload(tx.directory.users[user_id]) for user_id in ids]


async def search_members(tx: Reading, guild_id: int, search: MemberSearch) -> list[dict[str, Any]]:
    """Members whose username, display name or nickname begins with the query. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    start = search.query.casefold()
    found = nsmallest(
        search.limit,
        (member.user_id for member in guild.members.values()
         if begins_with(member, tx.directory.users[member.user_id], start)),
    )  # fmt: skip
    return [guild.members[user_id].payload(tx.directory.users[user_id]) for user_id in found]


def begins_with(member: Member, user: User, start: str) -> bool:
    """Whether one of a member's names begins with `start`, which is case-folded."""
    names = (user.username, user.global_name, member.nick)
    return any(name is not None and name.casefold().startswith(start) for name in names)


async def add_member(tx: Transaction, guild_id: int, user: User, *, temporary: bool = False) -> bool:
    """Make a user a member of a guild; the caller has decided that they may be. False if they are one.

    A `temporary` one leaves again by going offline without a role. Emits GUILD_MEMBER_ADD.
    Raises UserBanned.
    """
    await tx.hold_permissions(guild_id)  # Who is being banned at this moment comes before or after.
    if await bans.find_ban(tx.conn, guild_id=guild_id, user_id=user.id) is not None:
        raise UserBanned()
    row = await members.insert_member(tx.conn, guild_id=guild_id, user_id=user.id, temporary=temporary)
    if row is None:
        return False
    member = Member(user.id, row["joined_at"], flags=row["flags"])
    tx.emit(events.guild_member_add(guild_id, member, user), to=Guild(guild_id))
    await _welcome(tx, guild_id, member, user)
    return True


async def _welcome(tx: Transaction, guild_id: int, member: Member, user: User) -> None:
    """Say in the system channel that somebody has joined, unless the guild wants to hear nothing of it."""
    guild = tx.directory.guilds[guild_id]
    if guild.system_channel_id is None or guild.system_channel_flags & SUPPRESS_JOIN_NOTIFICATIONS:
        return
    await messages.create_system_message(
        tx, guild.system_channel_id, MessageType.USER_JOIN, author_id=user.id, author=user,
        author_member=member,
    )  # fmt: skip


async def remove_members(tx: Transaction, guild_id: int, user_ids: Iterable[int]) -> list[int]:
    """End memberships; the caller has decided that they end. Those that there were.

    All that a member had here, roles above all, is forgotten. Emits GUILD_MEMBER_REMOVE for each, which
    the hub tells the user themself as GUILD_DELETE.
    """
    user_ids = list(user_ids)
    await voice_states.leave(tx, guild_id, user_ids)
    gone = await members.delete_members(tx.conn, guild_id=guild_id, user_ids=user_ids)
    removed = [row["user_id"] for row in gone]
    for user_id in removed:
        tx.emit(events.guild_member_remove(guild_id, tx.directory.users[user_id]), to=Guild(guild_id))
    return removed
