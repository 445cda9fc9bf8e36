"""Overwrites: a channel's exceptions from what roles grant, for one role or one member."""

from __future__ import annotations

from chatd.actions import access, audit_log
from chatd.model import audience, events, permissions
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channel_drafts import OverwriteDraft
from chatd.model.channels import SETTINGS, Channel
from chatd.model.errors import (
    MissingPermissions,
    UnknownOverwrite,
    UnknownRole,
    UnknownUser,
    WrongChannelType,
)
from chatd.model.guilds import Guild
from chatd.model.permissions import Overwrite, Permission
from chatd.store.queries import channels
from chatd.store.transaction import Reading, Transaction

_MANAGE_ROLES = int(Permission.MANAGE_ROLES)
ROLE, MEMBER = 0, 1


async def put_overwrite(tx: Transaction, channel_id: int, target_id: int, draft: OverwriteDraft) -> None:
    """Set a channel's exception for a role or a member.

    Needs MANAGE_ROLES in the channel; see `require_change`. Emits CHANNEL_UPDATE to those who see it then.
    Raises UnknownChannel, WrongChannelType, UnknownRole, UnknownUser, MissingPermissions.
    """
    channel, guild = await _channel(tx, channel_id)
    kind = draft.type
    if kind is None:
        known = channel.overwrites.get(target_id)
        kind = known.type if known else ROLE if target_id in guild.roles else MEMBER
    overwrite = Overwrite(target_id, kind, draft.allow, draft.deny)
    await _change(tx, channel, guild, {**channel.overwrites, target_id: overwrite})


async def delete_overwrite(tx: Transaction, channel_id: int, target_id: int) -> None:
    """Take a channel's exception back.

    Needs MANAGE_ROLES in the channel; see `require_change`. Emits CHANNEL_UPDATE to those who see it then.
    Raises UnknownChannel, WrongChannelType, UnknownOverwrite, MissingPermissions.
    """
    channel, guild = await _channel(tx, channel_id)
    if target_id not in channel.overwrites:
        raise UnknownOverwrite()
    left = {other: exception for other, exception in channel.overwrites.items() if other != target_id}
    await _change(tx, channel, guild, left)


def require_change(tx: Reading, channel: Channel, guild: Guild, wanted: dict[int, Overwrite]) -> None:
    """Whether the actor may put `wanted` in the place of what a channel's overwrites are.

    It needs MANAGE_ROLES there. What is allowed or denied anew, or no longer, must be what they have in the
    guild or in the channel's category, unless MANAGE_ROLES is given to them by an overwrite of the channel.
    Raises MissingPermissions, UnknownRole, UnknownUser.
    """
    if wanted == channel.overwrites:
        return
    if not tx.directory.permissions(tx.actor.id, channel.id, tx.now()) & _MANAGE_ROLES:
        raise MissingPermissions()
    known = {(each.target_id, each.type) for each in channel.overwrites.values()}
    _require_known(tx, guild, {id: each for id, each in wanted.items() if (id, each.type) not in known})
    if _touched(channel.overwrites, wanted) & ~_grantable(tx, channel, guild):
        raise MissingPermissions()


def require_new(tx: Reading, guild: Guild, wanted: dict[int, Overwrite]) -> None:
    """Whether the actor may make a channel with these: only what they have in the guild.

    Only an administrator gives or denies MANAGE_ROLES so.
    Raises MissingPermissions, UnknownRole, UnknownUser.
    """
    _require_known(tx, guild, wanted)
    granted = tx.directory.guild_permissions(tx.actor.id, guild.id, tx.now())
    if not granted & Permission.ADMINISTRATOR:
        granted &= ~_MANAGE_ROLES
    if _touched({}, wanted) & ~granted:
        raise MissingPermissions()


async def write(tx: Transaction, channel: Channel) -> None:
    """Make the rows of a channel's overwrites what the channel says."""
    exceptions = list(channel.overwrites.values())
    await channels.delete_other_overwrites(tx.conn, channel_id=channel.id, kept=list(channel.overwrites))
    await channels.upsert_overwrites(
        tx.conn,
        channel_id=channel.id,
        target_ids=[exception.target_id for exception in exceptions],
        types=[exception.type for exception in exceptions],
        allows=[exception.allow for exception in exceptions],
        denies=[exception.deny for exception in exceptions],
    )


async def record_changes(tx: Transaction, guild: Guild, before: Channel, after: Channel) -> None:
    """An entry of the audit log for each overwrite that is new, other than it was, or gone."""
    for target_id in dict.fromkeys([*before.overwrites, *after.overwrites]):
        old, new = before.overwrites.get(target_id), after.overwrites.get(target_id)
        if old == new:
            continue
        action = (
            AuditAction.CHANNEL_OVERWRITE_CREATE if old is None
            else AuditAction.CHANNEL_OVERWRITE_DELETE if new is None
            else AuditAction.CHANNEL_OVERWRITE_UPDATE
        )  # fmt: skip
        changes = changes_between(old and old.payload(), new and new.payload())
        await audit_log.record(
            tx, guild.id, action, target_id=after.id, changes=changes, options=_options(guild, new or old)
        )


def _options(guild: Guild, exception: Overwrite | None) -> dict[str, str]:
    """Whom the overwrite is for, as the audit log says it."""
    assert exception is not None, "there was one, or there is"
    options = {"id": str(exception.target_id), "type": str(exception.type)}
    if exception.type == ROLE and (role := guild.roles.get(exception.target_id)):
        options["role_name"] = role.name
    return options


async def _channel(tx: Transaction, channel_id: int) -> tuple[Channel, Guild]:
    """Raises UnknownChannel, WrongChannelType: only what a guild sets up has overwrites of its own."""
    place = await access.channel(tx, channel_id)
    if place.guild is None or place.channel.type not in SETTINGS:
        raise WrongChannelType()
    return place.channel, place.guild


async def _change(tx: Transaction, before: Channel, guild: Guild, wanted: dict[int, Overwrite]) -> None:
    require_change(tx, before, guild, wanted)
    if wanted == before.overwrites:
        return
    after = before.with_overwrites(wanted)
    await write(tx, after)
    tx.emit(events.channel_update(after), to=audience.Channel(after.id, guild.id))
    await record_changes(tx, guild, before, after)


def _require_known(tx: Reading, guild: Guild, exceptions: dict[int, Overwrite]) -> None:
    for exception in exceptions.values():
        if exception.type == ROLE and exception.target_id not in guild.roles:
            raise UnknownRole()
        if exception.type == MEMBER and exception.target_id not in tx.directory.users:
            raise UnknownUser()


def _grantable(tx: Reading, channel: Channel, guild: Guild) -> int:
    directory, user_id, now = tx.directory, tx.actor.id, tx.now()
    granted = directory.guild_permissions(user_id, guild.id, now)
    applying = (guild.id, *guild.members[user_id].role_ids, user_id)
    exceptions = (channel.overwrites[target_id] for target_id in applying if target_id in channel.overwrites)
    if granted & Permission.ADMINISTRATOR or any(each.allow & _MANAGE_ROLES for each in exceptions):
        return permissions.ALL
    in_category = directory.permissions(user_id, channel.parent_id, now) if channel.parent_id else 0
    return granted | in_category


def _touched(before: dict[int, Overwrite], after: dict[int, Overwrite]) -> int:
    """Every bit that an overwrite allows or denies on one side and not on the other."""
    bits = 0
    for target_id in before.keys() | after.keys():
        nothing = Overwrite(target_id, ROLE, 0, 0)
        old, new = before.get(target_id, nothing), after.get(target_id, nothing)
        bits |= (old.allow ^ new.allow) | (old.deny ^ new.deny)
    return bits
