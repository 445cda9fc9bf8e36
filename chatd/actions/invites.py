"""Invites: make them, look at them, come by them; and the vanity code, which is a guild's own.

A code is used up or over by what its row says at the moment of use. One that has been used up is deleted
with its last use, one whose time is over by a job; INVITE_DELETE tells of both.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import access, audit_log, members
from chatd.model import events
from chatd.model.audience import Channel, Guild
from chatd.model.audit_log import AuditAction, change_of, changes_between
from chatd.model.channels import TEXT_BASED
from chatd.model.errors import (
    InvitesPaused,
    MaximumInvites,
    MissingPermissions,
    UnknownInvite,
    VanityTaken,
    WrongChannelType,
)
from chatd.model.invites import CODE, INVITES_MAX, INVITING, Invite, InviteDraft
from chatd.model.permissions import Permission
from chatd.model.users import User
from chatd.store.directory import Directory
from chatd.store.queries import invites, settings
from chatd.store.transaction import Reading, Transaction

IsOnline = Callable[[int], bool]

_SEE_ALL = (int(Permission.MANAGE_GUILD), int(Permission.VIEW_AUDIT_LOG))


# ── looking ──


async def get_invite(
    tx: Reading, code: str, *, with_counts: bool = False, is_online: IsOnline = lambda user_id: False
) -> dict[str, Any]:
    """What anybody sees of a guild who has a code to it. Raises UnknownInvite."""
    invite = await _find(tx, code)
    d = _payload(tx.directory, invite)
    if with_counts:
        there = tx.directory.guilds[invite.guild_id].members
        d["approximate_member_count"] = len(there)
        d["approximate_presence_count"] = sum(map(is_online, there))
    return d


async def list_of_channel(tx: Reading, channel_id: int) -> list[dict[str, Any]]:
    """The invites to a channel. Needs MANAGE_CHANNELS.

    Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    if place.guild is None:
        raise WrongChannelType()
    place.require(Permission.MANAGE_CHANNELS)
    return await _list(tx, place.guild.id, channel_id, with_metadata=True)


async def list_of_guild(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """All invites to a guild. Needs MANAGE_GUILD; with VIEW_AUDIT_LOG alone they come without their numbers.

    Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    if not any(place.may(needed) for needed in _SEE_ALL):
        raise MissingPermissions()
    return await _list(tx, guild_id, None, with_metadata=place.may(Permission.MANAGE_GUILD))


async def _list(
    tx: Reading, guild_id: int, channel_id: int | None, *, with_metadata: bool
) -> list[dict[str, Any]]:
    async with tx.connection() as conn:
        rows = await invites.list_of_guild(conn, guild_id=guild_id, channel_id=channel_id, now=tx.now())
    found = [Invite.from_row(row) for row in rows]
    return [_payload(tx.directory, one) | (one.metadata() if with_metadata else {}) for one in found]


# ── making and ending ──


async def create_invite(tx: Transaction, channel_id: int, draft: InviteDraft) -> dict[str, Any]:
    """An invite to a channel: a new one, or the actor's own that is the same.

    Needs CREATE_INSTANT_INVITE. Emits INVITE_CREATE to those who manage the channel.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, MaximumInvites.
    """
    place = await access.channel(tx, channel_id)
    if place.guild is None or place.channel.type not in INVITING:
        raise WrongChannelType()
    place.require(Permission.CREATE_INSTANT_INVITE)
    invite = None if draft.unique else await _find_same(tx, channel_id, draft)
    if invite is None:
        if await invites.count_invites(tx.conn, guild_id=place.guild.id, now=tx.now()) >= INVITES_MAX:
            raise MaximumInvites()
        invite = Invite(
            secrets.token_urlsafe(8), place.guild.id, channel_id, tx.actor.id, tx.now(), draft.max_age,
            draft.max_uses, temporary=draft.temporary,
        )  # fmt: skip
        await _insert(tx, invite)
        changes = changes_between(None, invite.logged_payload())
        await audit_log.record(tx, place.guild.id, AuditAction.INVITE_CREATE, changes=changes)
    return _payload(tx.directory, invite) | invite.metadata()


async def create_for_sign_up(tx: Transaction, *, max_uses: int, max_age: int) -> Invite:
    """An invite to the default guild by the server itself, as whoever runs it wants one."""
    rules = await settings.find_settings(tx.conn)
    code = secrets.token_urlsafe(8)
    invite = Invite(code, rules["guild_id"], rules["channel_id"], None, tx.now(), max_age, max_uses)
    await _insert(tx, invite)
    return invite


async def delete_invite(tx: Transaction, code: str) -> dict[str, Any]:
    """End an invite, and answer what it was.

    Needs MANAGE_CHANNELS in its channel, or MANAGE_GUILD. Emits INVITE_DELETE to those who manage the
    channel. Raises UnknownInvite, MissingPermissions.
    """
    invite = await _find(tx, code)
    if invite.vanity:
        raise UnknownInvite()  # It is no invite of somebody's, but a setting of the guild.
    await _hold(tx, invite.guild_id)
    assert invite.channel_id is not None, "only a vanity invite is to no channel"
    _require_ending(tx, invite.guild_id, invite.channel_id)
    if not await invites.delete_invite(tx.conn, code=invite.code):
        raise UnknownInvite()
    _tell_end(tx, invite.code, invite.guild_id, invite.channel_id)
    changes = changes_between(invite.logged_payload(), None)
    await audit_log.record(tx, invite.guild_id, AuditAction.INVITE_DELETE, changes=changes)
    return _payload(tx.directory, invite)


async def sweep_expired(tx: Transaction) -> int:
    """Forget invites whose time is over; how many there were. Emits INVITE_DELETE."""
    expired = await invites.delete_expired(tx.conn, now=tx.now())
    for row in expired:
        _tell_end(tx, row["code"], row["guild_id"], row["channel_id"])
    return len(expired)


async def _find_same(tx: Transaction, channel_id: int, draft: InviteDraft) -> Invite | None:
    row = await invites.find_same(
        tx.conn, channel_id=channel_id, inviter_id=tx.actor.id, max_age=draft.max_age,
        max_uses=draft.max_uses, temporary=draft.temporary, now=tx.now(),
    )  # fmt: skip
    return None if row is None else Invite.from_row(row)


async def _insert(tx: Transaction, invite: Invite) -> None:
    assert invite.channel_id is not None, "only a vanity invite is to no channel"
    await invites.insert_invite(
        tx.conn, code=invite.code, guild_id=invite.guild_id, channel_id=invite.channel_id,
        inviter_id=invite.inviter_id, created_at=invite.created_at, expires_at=invite.expires_at,
        max_age=invite.max_age, max_uses=invite.max_uses, temporary=invite.temporary,
    )  # fmt: skip
    event = events.invite_create(invite, _inviter(tx.directory, invite))
    tx.emit(event, to=Channel(invite.channel_id, invite.guild_id))


def _require_ending(tx: Transaction, guild_id: int, channel_id: int) -> None:
    in_channel = tx.directory.permissions(tx.actor.id, channel_id, tx.now())
    in_guild = tx.directory.guild_permissions(tx.actor.id, guild_id, tx.now())
    if not (in_channel & Permission.MANAGE_CHANNELS or in_guild & Permission.MANAGE_GUILD):
        raise MissingPermissions()


def _tell_end(tx: Transaction, code: str, guild_id: int, channel_id: int | None) -> None:
    if channel_id is not None:
        tx.emit(events.invite_delete(code, guild_id, channel_id), to=Channel(channel_id, guild_id))


# ── coming by one ──


async def accept(tx: Transaction, code: str) -> dict[str, Any]:
    """Become a member of the guild that a code invites to; one who is a member uses up nothing.

    Emits GUILD_MEMBER_ADD, what members.add_member does beside it, and INVITE_DELETE for the last use.
    Raises UnknownInvite, InvitesPaused, UserBanned.
    """
    invite = await _find(tx, code)
    await _hold(tx, invite.guild_id)
    joins = tx.actor.id not in tx.directory.guilds[invite.guild_id].members
    if joins:
        invite = await _take(tx, invite)
        user = tx.directory.users[tx.actor.id]
        await members.add_member(tx, invite.guild_id, user, temporary=invite.temporary)
    return _payload(tx.directory, invite) | {"new_member": joins}


async def take_for_sign_up(tx: Transaction, code: str, default_guild_id: int) -> Invite:
    """Use an invite for somebody who is not there yet, and will be in the default guild too.

    Emits INVITE_DELETE for the last use. Raises UnknownInvite, InvitesPaused.
    """
    invite = await _find(tx, code)
    # In the order of their ids: two who hold the same guilds do not wait for each other.
    for guild_id in sorted({invite.guild_id, default_guild_id}):
        await _hold(tx, guild_id)
    return await _take(tx, invite)


async def _hold(tx: Transaction, guild_id: int) -> None:
    """Raises UnknownInvite for a guild that was deleted meanwhile."""
    await tx.hold_permissions(guild_id)
    if guild_id not in tx.directory.guilds:
        raise UnknownInvite()


async def _take(tx: Transaction, invite: Invite) -> Invite:
    """The invite, used once more. The guild is held."""
    if tx.directory.guilds[invite.guild_id].invites_are_disabled(tx.now()):
        raise InvitesPaused()
    row = await invites.take_invite(tx.conn, code=invite.code, now=tx.now())
    if row is None:  # Somebody else has just had the last use.
        raise UnknownInvite()
    invite = Invite.from_row(row)
    if invite.is_used_up:
        await invites.delete_invite(tx.conn, code=invite.code)
        _tell_end(tx, invite.code, invite.guild_id, invite.channel_id)
    return invite


# ── a guild's own code ──


async def get_vanity(tx: Reading, guild_id: int) -> dict[str, Any]:
    """Needs MANAGE_GUILD. Raises UnknownGuild, MissingPermissions."""
    (await access.guild(tx, guild_id)).require(Permission.MANAGE_GUILD)
    async with tx.connection() as conn:
        row = await invites.find_vanity(conn, guild_id=guild_id)
    return {"code": None, "uses": 0} if row is None else {"code": row["code"], "uses": row["uses"]}


async def set_vanity(tx: Transaction, guild_id: int, code: str | None) -> dict[str, Any]:
    """Give the guild a code of its own, or none. Uses are counted from then on.

    Needs MANAGE_GUILD. Emits GUILD_UPDATE. Raises UnknownGuild, MissingPermissions, VanityTaken.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_GUILD)
    before = place.guild.vanity_url_code
    if code == before:
        return await get_vanity(tx, guild_id)
    await invites.delete_vanity(tx.conn, guild_id=guild_id)
    if code is not None:
        await _insert_vanity(tx, guild_id, code, tx.now())
    tx.emit(events.guild_update(replace(place.guild, vanity_url_code=code)), to=Guild(guild_id))
    changes = [change_of("vanity_url_code", before, code)]
    await audit_log.record(
        tx, guild_id, AuditAction.GUILD_UPDATE, target_id=guild_id, changes=changes
    )
    return {"code": code, "uses": 0}


async def _insert_vanity(tx: Transaction, guild_id: int, code: str, now: datetime) -> None:
    try:
        await invites.insert_vanity(tx.conn, code=code, guild_id=guild_id, created_at=now)
    except UniqueViolationError:
        raise VanityTaken() from None


# ── how it looks ──


async def _find(tx: Reading, code: str) -> Invite:
    if not CODE.fullmatch(code):
        raise UnknownInvite()
    async with tx.connection() as conn:
        row = await invites.find_invite(conn, code=code, now=tx.now())
    if row is None or row["guild_id"] not in tx.directory.guilds:
        raise UnknownInvite()
    return Invite.from_row(row)


def _payload(directory: Directory, invite: Invite) -> dict[str, Any]:
    guild = directory.guilds[invite.guild_id]
    channel_id = _landing(directory, invite) if invite.channel_id is None else invite.channel_id
    channel = None if channel_id is None else directory.channels.get(channel_id)
    return invite.payload(guild, channel, _inviter(directory, invite))


def _landing(directory: Directory, invite: Invite) -> int | None:
    """Where those land who come by a vanity code: where newcomers are announced, or the topmost channel.

    Only a channel that everybody sees: anybody may ask for the code.
    """
    guild = directory.guilds[invite.guild_id]
    channels = [directory.channels[channel_id] for channel_id in guild.channel_ids]
    open_ones = [channel for channel in channels if directory.shows_everyone(channel)]
    if any(channel.id == guild.system_channel_id for channel in open_ones):
        return guild.system_channel_id
    found = [channel for channel in open_ones if channel.type in TEXT_BASED & INVITING]
    first = min(found, key=lambda channel: (channel.position, channel.id), default=None)
    return None if first is None else first.id


def _inviter(directory: Directory, invite: Invite) -> User | None:
    return None if invite.inviter_id is None else directory.users.get(invite.inviter_id)
