"""Members: look at them, change them and their roles, let them come and go.

What one may do to another goes by their roles: nobody acts on who stands as high as themself, and nobody
gives or takes a role that is not below their own. Each change holds the guild, so it is decided by what is
so at the commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from heapq import nsmallest
from typing import Any

from chatd.actions import (
    access,
    audit_log,
    bot_roles,
    screening,
    system_messages,
    thread_rows,
    voice_states,
)
from chatd.actions.access import GuildAccess
from chatd.model import events
from chatd.model.applications import Application
from chatd.model.audience import Guild
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.errors import (
    InvalidFormBody,
    InvalidRole,
    MissingPermissions,
    UnknownMember,
    UnknownRole,
    UserBanned,
)
from chatd.model.guilds import SUPPRESS_JOIN_NOTIFICATIONS
from chatd.model.integrations import integration_payload
from chatd.model.members import (
    NEEDED_TO_CHANGE,
    OUTSIDE_HIERARCHY,
    QUARANTINED,
    TIME_OUT_MAX,
    Member,
    MemberEdit,
    MemberPage,
    MemberSearch,
    OwnMemberEdit,
)
from chatd.model.messages import MessageType
from chatd.model.permissions import Permission
from chatd.model.users import User
from chatd.store.queries import applications, bans, integrations, members
from chatd.store.transaction import Reading, Transaction

# What the audit log tells of a changed member, beside roles.
_TOLD = ("nick", "avatar", "banner", "deaf", "mute", "communication_disabled_until", "flags")


# ── looking ──


async def get_member(tx: Reading, guild_id: int, user_id: int) -> dict[str, Any]:
    """Raises UnknownGuild, UnknownMember."""
    guild = (await access.guild(tx, guild_id)).guild
    if user_id not in guild.members:
        raise UnknownMember()
    return guild.members[user_id].payload(tx.directory.users[user_id])


async def get_own(tx: Reading, guild_id: int) -> dict[str, Any]:
    """Oneself as a member, with what one says of oneself there. Raises UnknownGuild."""
    member = await get_member(tx, guild_id, tx.actor.id)
    async with tx.connection() as conn:
        bio = await members.find_bio(conn, guild_id=guild_id, user_id=tx.actor.id)
    return {**member, "bio": bio or ""}


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


# ── changing ──


async def update_member(tx: Transaction, guild_id: int, user_id: int, edit: MemberEdit) -> dict[str, Any]:
    """Change a member's nickname, roles, voice or flags, time them out, move them between voice channels.

    Needs what NEEDED_TO_CHANGE says of each field, and a role above the member's highest but for
    OUTSIDE_HIERARCHY. Roles that are given or taken are below one's own; administrators cannot be timed out;
    who is muted, deafened or moved is in a voice channel. Emits GUILD_MEMBER_UPDATE, and VOICE_STATE_UPDATE.
    Raises UnknownGuild, UnknownMember, UnknownRole, InvalidRole, MissingPermissions, NotInVoice, what
    voice_states.move_member does, and InvalidFormBody for a time-out that is too long.
    """
    place = await access.guild(tx, guild_id)
    before = _member(place, user_id)
    after = edit.applied_to(before)
    for name in edit.values:
        _require_change(tx, place, before, name)
    if edit.values.get("communication_disabled_until") is not None:
        _require_time_out(tx, place, after, after.communication_disabled_until)
    after.role_ids = _roles_after(place, before, after.role_ids)
    if not edit.values.keys().isdisjoint(("deaf", "mute")):
        await voice_states.require_in_voice(tx, guild_id, user_id)
    if edit.moves:
        await voice_states.move_member(tx, place, user_id, edit.channel_id)
    await _write(tx, guild_id, before, after)
    if (after.deaf, after.mute) != (before.deaf, before.mute):
        await voice_states.tell_member(tx, place.guild, after)
    return after.payload(tx.directory.users[user_id])


async def update_own(
    tx: Transaction, guild_id: int, edit: OwnMemberEdit, *, avatar: str | None = None,
    banner: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change one's own nickname, pictures and words in a guild. The pictures come by their hashes.

    Needs CHANGE_NICKNAME for the nickname. Emits GUILD_MEMBER_UPDATE.
    Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    if "nick" in edit.sets and not place.member.flags & QUARANTINED:  # who is to take another one, may
        place.require(Permission.CHANGE_NICKNAME)
    after = edit.applied_to(place.member, avatar, banner)
    if "bio" in edit.sets:
        await members.update_bio(tx.conn, guild_id=guild_id, user_id=tx.actor.id, bio=edit.bio)
    await _write(tx, guild_id, place.member, after)
    bio = await members.find_bio(tx.conn, guild_id=guild_id, user_id=tx.actor.id)
    payload = after.payload(tx.directory.users[tx.actor.id])
    return {**payload, "bio": bio, "permissions": str(place.permissions)}


async def add_role(tx: Transaction, guild_id: int, user_id: int, role_id: int) -> None:
    """Give a member one role more; nothing happens if they have it.

    Needs MANAGE_ROLES and a role above it. Emits GUILD_MEMBER_UPDATE.
    Raises UnknownGuild, UnknownMember, UnknownRole, InvalidRole, MissingPermissions.
    """
    await _change_role(tx, guild_id, user_id, role_id, given=True)


async def remove_role(tx: Transaction, guild_id: int, user_id: int, role_id: int) -> None:
    """Take a role from a member; nothing happens if they have it not. All else as with add_role."""
    await _change_role(tx, guild_id, user_id, role_id, given=False)


async def _change_role(tx: Transaction, guild_id: int, user_id: int, role_id: int, *, given: bool) -> None:
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_ROLES)
    before = _member(place, user_id)
    _require_role(place, role_id)
    role_ids = {*before.role_ids, role_id} if given else {*before.role_ids} - {role_id}
    await _write(tx, guild_id, before, replace(before, role_ids=tuple(sorted(role_ids))))


def _member(place: GuildAccess, user_id: int) -> Member:
    member = place.guild.members.get(user_id)
    if member is None:
        raise UnknownMember()
    return member


def _require_change(tx: Transaction, place: GuildAccess, member: Member, name: str) -> None:
    """Raises MissingPermissions unless the actor may change this field of the member."""
    if name == "nick" and member.user_id == tx.actor.id and place.may(Permission.CHANGE_NICKNAME):
        return
    if not any(place.may(needed) for needed in NEEDED_TO_CHANGE[name]):
        raise MissingPermissions()
    if name not in OUTSIDE_HIERARCHY and member.user_id != tx.actor.id:
        place.require_above_member(member.user_id)


def _require_time_out(tx: Transaction, place: GuildAccess, member: Member, until: datetime | None) -> None:
    granted = tx.directory.guild_permissions(member.user_id, place.guild.id)
    if granted & Permission.ADMINISTRATOR or member.user_id == tx.actor.id:
        raise MissingPermissions()
    if until is not None and until > tx.now() + TIME_OUT_MAX:
        raise InvalidFormBody.at(
            "communication_disabled_until", "INVALID_COMMUNICATION_DISABLED_TIMESTAMP",
            "A time-out lasts 28 days at most.",
        )  # fmt: skip


def _roles_after(place: GuildAccess, before: Member, role_ids: Iterable[int]) -> tuple[int, ...]:
    """The roles that a member is to have. Some clients list @everyone too, which is nobody's to have."""
    after = {*role_ids} - {place.guild.id}
    for role_id in after.symmetric_difference(before.role_ids):
        _require_role(place, role_id)
    return tuple(sorted(after))


def _require_role(place: GuildAccess, role_id: int) -> None:
    """Raises unless the actor may give and take this role."""
    role = place.guild.roles.get(role_id)
    if role is None:
        raise UnknownRole()
    if role.managed or role_id == place.guild.id:
        raise InvalidRole()
    place.require_above(role)


async def _write(tx: Transaction, guild_id: int, before: Member, after: Member) -> None:
    """Write what has changed of a member, with what a rule finds in another nickname, and tell of it."""
    if after == before:
        return
    verdict = None
    if after.nick != before.nick:
        guild, user = tx.directory.guilds[guild_id], tx.directory.users[after.user_id]
        screened, verdict = screening.screen_member(tx, guild, after, user)
        after.flags = screened.flags
    await members.update_member(
        tx.conn, guild_id=guild_id, user_id=after.user_id, nick=after.nick, avatar=after.avatar,
        banner=after.banner, deaf=after.deaf, mute=after.mute, flags=after.flags,
        communication_disabled_until=after.communication_disabled_until,
    )  # fmt: skip
    given = [role_id for role_id in after.role_ids if role_id not in before.role_ids]
    taken = [role_id for role_id in before.role_ids if role_id not in after.role_ids]
    key = {"guild_id": guild_id, "user_id": after.user_id}
    if given:
        await members.insert_roles(tx.conn, role_ids=given, **key)
    if taken:
        await members.delete_roles(tx.conn, role_ids=taken, **key)
    tx.emit(
        events.guild_member_update(guild_id, after, tx.directory.users[after.user_id]), to=Guild(guild_id)
    )
    await _record(tx, guild_id, before, after, given, taken)
    if verdict is not None:
        await screening.carry_out(tx, verdict)


async def _record(
    tx: Transaction, guild_id: int, before: Member, after: Member, given: list[int], taken: list[int]
) -> None:
    """Roles have an entry of their own in the audit log, which names them."""
    changes = changes_between(before.bare_payload(), after.bare_payload(), keys=_TOLD)
    if changes:
        await audit_log.record(
            tx, guild_id, AuditAction.MEMBER_UPDATE, target_id=after.user_id, changes=changes
        )
    roles = tx.directory.guilds[guild_id].roles
    changes = [
        {"key": key, "new_value": [{"id": str(role_id), "name": roles[role_id].name} for role_id in role_ids]}
        for key, role_ids in (("$add", given), ("$remove", taken))
        if role_ids
    ]
    if changes:
        await audit_log.record(
            tx, guild_id, AuditAction.MEMBER_ROLE_UPDATE, target_id=after.user_id, changes=changes
        )


# ── coming and going ──


async def kick(tx: Transaction, guild_id: int, user_id: int) -> None:
    """Put a member out; they may come back.

    Needs KICK_MEMBERS and a role above the member's highest. Emits GUILD_MEMBER_REMOVE.
    Raises UnknownGuild, UnknownMember, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.KICK_MEMBERS)
    _member(place, user_id)
    place.require_above_member(user_id)
    await remove_members(tx, guild_id, [user_id])
    await audit_log.record(tx, guild_id, AuditAction.MEMBER_KICK, target_id=user_id)


async def add_member(
    tx: Transaction, guild_id: int, user: User, *, temporary: bool = False, role_ids: tuple[int, ...] = ()
) -> bool:
    """Make a user a member of a guild; the caller has decided that they may be. False if they are one.

    They have `role_ids` from the start. A `temporary` one leaves again by going offline without a role. Emits
    GUILD_MEMBER_ADD, MESSAGE_CREATE in the system channel, and for a bot INTEGRATION_CREATE and
    GUILD_INTEGRATIONS_UPDATE. Raises UserBanned.
    """
    await tx.hold_permissions(guild_id)  # Who is being banned at this moment comes before or after.
    if await bans.find_ban(tx.conn, guild_id=guild_id, user_id=user.id) is not None:
        raise UserBanned()
    row = await members.insert_member(tx.conn, guild_id=guild_id, user_id=user.id, temporary=temporary)
    if row is None:
        return False
    member = Member(user.id, row["joined_at"], role_ids=role_ids, flags=row["flags"])
    if role_ids:
        await members.insert_roles(tx.conn, guild_id=guild_id, user_id=user.id, role_ids=list(role_ids))
    member, verdict = screening.screen_member(tx, tx.directory.guilds[guild_id], member, user)
    tx.emit(events.guild_member_add(guild_id, member, user), to=Guild(guild_id))
    await _welcome(tx, guild_id, member, user)
    if verdict is not None:
        await members.update_flags(tx.conn, guild_id=guild_id, user_id=user.id, flags=member.flags)
        await screening.carry_out(tx, verdict)
    if user.bot:
        await _tell_of_integration(tx, guild_id, user)
    return True


async def _tell_of_integration(tx: Transaction, guild_id: int, bot: User) -> None:
    """A bot that has joined is an integration of the guild, if it has an application."""
    row = await applications.find_application(tx.conn, id=bot.id)
    if row is None:
        return
    added_by = tx.directory.users.get(tx.actor.user_id or 0)
    await integrations.insert_integration(
        tx.conn, guild_id=guild_id, application_id=bot.id, user_id=added_by.id if added_by else None
    )
    payload = integration_payload(Application.from_row(row), bot, added_by)
    tx.emit(events.integration_create(guild_id, payload), to=Guild(guild_id))
    tx.emit(events.guild_integrations_update(guild_id), to=Guild(guild_id))


async def _welcome(tx: Transaction, guild_id: int, member: Member, user: User) -> None:
    """Say in the system channel that somebody has joined, unless the guild wants to hear nothing of it."""
    guild = tx.directory.guilds[guild_id]
    if guild.system_channel_id is None or guild.system_channel_flags & SUPPRESS_JOIN_NOTIFICATIONS:
        return
    await system_messages.create_system_message(
        tx, guild.system_channel_id, MessageType.USER_JOIN, author_id=user.id, author=user,
        author_member=member,
    )  # fmt: skip


async def remove_members(tx: Transaction, guild_id: int, user_ids: Iterable[int]) -> list[int]:
    """End memberships; the caller has decided that they end. Those that there were.

    All that a member had here, roles above all, is forgotten. Emits THREAD_MEMBERS_UPDATE for the threads
    that they were in, then GUILD_MEMBER_REMOVE for each, which the hub tells the user themself as
    GUILD_DELETE, and for bots INTEGRATION_DELETE, GUILD_INTEGRATIONS_UPDATE and the GUILD_ROLE_DELETE of the
    role that each had brought.
    """
    user_ids = list(user_ids)
    await voice_states.leave(tx, guild_id, user_ids)
    gone = await members.delete_members(tx.conn, guild_id=guild_id, user_ids=user_ids)
    removed = [row["user_id"] for row in gone]
    users = tx.directory.users
    thread_rows.tell_of_leaving(tx, guild_id, removed)
    for user_id in removed:
        tx.emit(events.guild_member_remove(guild_id, users[user_id]), to=Guild(guild_id))
    bots = [user_id for user_id in removed if users[user_id].bot]
    for bot_id in bots:
        tx.emit(events.integration_delete(guild_id, bot_id), to=Guild(guild_id))
    if bots:
        tx.emit(events.guild_integrations_update(guild_id), to=Guild(guild_id))
        await bot_roles.delete_with(tx, tx.directory.guilds[guild_id], bots)
    return removed


async def end_visits(tx: Transaction, user_ids: Iterable[int]) -> None:
    """These users have gone offline: end the memberships that were for a visit only.

    Who was given a role meanwhile stays. Emits GUILD_MEMBER_REMOVE.
    """
    user_ids = list(user_ids)
    for row in await members.guilds_visited(tx.conn, user_ids=user_ids):
        await tx.hold_permissions(row["guild_id"])
        visitors = await members.visitors(tx.conn, guild_id=row["guild_id"], user_ids=user_ids)
        await remove_members(tx, row["guild_id"], [visitor["user_id"] for visitor in visitors])
