"""Lockdowns: close a channel or a whole guild to all but moderators in one act, and open it again as it was.

A lock is nothing but overwrites (model/lockdowns.py), so every client shows it and every check obeys it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from chatd.actions import access, overwrites
from chatd.actions.access import ChannelAccess
from chatd.model import audience, events
from chatd.model.channels import SETTINGS, Channel, ChannelType
from chatd.model.errors import UnknownLockdown, WrongChannelType
from chatd.model.guilds import Guild
from chatd.model.lockdowns import MODERATES, ROLE, Remembered, lockdown_payload, locked, unlocked
from chatd.model.permissions import Overwrite, Permission
from chatd.store.queries import lockdowns
from chatd.store.transaction import Reading, Transaction

NEEDED = int(Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES)


async def list_lockdowns(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """What is locked in a guild. Needs MANAGE_CHANNELS. Raises UnknownGuild, MissingPermissions."""
    (await access.guild(tx, guild_id)).require(Permission.MANAGE_CHANNELS)
    async with tx.connection() as conn:
        rows = await lockdowns.list_lockdowns(conn, guild_id=guild_id)
    return [lockdown_payload(row) for row in rows]


async def lock_guild(tx: Transaction, guild_id: int) -> dict[str, Any]:
    """Lock every channel of a guild that is not locked yet; one that is locked stays as it is.

    Needs MANAGE_CHANNELS and MANAGE_ROLES. Emits CHANNEL_UPDATE and GUILD_AUDIT_LOG_ENTRY_CREATE for each.
    Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    place.require(NEEDED)
    known = await lockdowns.find_lockdown(tx.conn, guild_id=guild_id, channel_id=None)
    if known is not None:
        return lockdown_payload(known)
    held = {row["channel_id"] for row in await lockdowns.locked_channels(tx.conn, guild_id=guild_id)}
    channels = [
        channel
        for channel in tx.directory.channels_of(place.guild)
        if channel.type != ChannelType.GUILD_CATEGORY and channel.id not in held
    ]
    return await _lock(tx, place.guild, channels, None)


async def lock_new_channel(tx: Transaction, guild: Guild, channel: Channel) -> Channel:
    """A channel that is made while its guild is locked is locked with it, and opened with it as it was made.

    It has been written, and is told of afterwards, as it is then.
    """
    lockdown = await lockdowns.find_lockdown(tx.conn, guild_id=guild.id, channel_id=None)
    if lockdown is None or channel.type == ChannelType.GUILD_CATEGORY:
        return channel
    after = channel.with_overwrites(await _remember(tx, guild, channel, lockdown["id"]))
    await overwrites.write(tx, after)
    return after


async def unlock_guild(tx: Transaction, guild_id: int) -> None:
    """Open the channels that lock_guild has locked, each as it was.

    Needs and emits what lock_guild does. Raises UnknownGuild, MissingPermissions, UnknownLockdown.
    """
    place = await access.guild(tx, guild_id)
    place.require(NEEDED)
    await _unlock(tx, place.guild, None)


async def lock_channel(tx: Transaction, channel_id: int) -> dict[str, Any]:
    """Lock one channel. Of one that the guild's lockdown holds nothing changes, and that is the answer.

    Needs MANAGE_CHANNELS and MANAGE_ROLES there. Emits CHANNEL_UPDATE and GUILD_AUDIT_LOG_ENTRY_CREATE.
    Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place, guild = await _channel(tx, channel_id)
    for row in await lockdowns.list_lockdowns(tx.conn, guild_id=guild.id):
        if channel_id in row["locked"]:
            return lockdown_payload(row)
    return await _lock(tx, guild, [place.channel], channel_id)


async def unlock_channel(tx: Transaction, channel_id: int) -> None:
    """Open one that lock_channel has locked, as it was.

    Needs and emits what lock_channel does.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, UnknownLockdown.
    """
    _, guild = await _channel(tx, channel_id)
    await _unlock(tx, guild, channel_id)


async def _channel(tx: Transaction, channel_id: int) -> tuple[ChannelAccess, Guild]:
    place = await access.channel(tx, channel_id)
    kind = place.channel.type
    if place.guild is None or kind not in SETTINGS or kind == ChannelType.GUILD_CATEGORY:
        raise WrongChannelType()
    place.require(NEEDED)
    return place, place.guild


async def _lock(
    tx: Transaction, guild: Guild, channels: list[Channel], channel_id: int | None
) -> dict[str, Any]:
    lockdown_id = tx.next_id()
    await lockdowns.insert_lockdown(
        tx.conn, id=lockdown_id, guild_id=guild.id, channel_id=channel_id, moderator_id=tx.actor.id,
        reason=tx.reason,
    )  # fmt: skip
    for channel in channels:
        await _change(tx, guild, channel, await _remember(tx, guild, channel, lockdown_id))
    row = await lockdowns.find_lockdown(tx.conn, guild_id=guild.id, channel_id=channel_id)
    return lockdown_payload(row)


async def _remember(
    tx: Transaction, guild: Guild, channel: Channel, lockdown_id: int
) -> dict[int, Overwrite]:
    """The overwrites of a channel once it is locked; what they were before is remembered."""

    def moderates(each: Overwrite) -> bool:
        if each.type == ROLE:
            role = guild.roles.get(each.target_id)
            return each.target_id != guild.id and role is not None and bool(role.permissions & MODERATES)
        return bool(tx.directory.guild_permissions(each.target_id, guild.id) & MODERATES)

    wanted, remembered = locked(channel.overwrites, guild.id, moderates)
    await lockdowns.remember_overwrites(
        tx.conn,
        lockdown_id=lockdown_id,
        channel_id=channel.id,
        target_ids=[each.target_id for each in remembered],
        were_there=[each.was_there for each in remembered],
        allows=[each.allow for each in remembered],
        denies=[each.deny for each in remembered],
    )
    return wanted


async def _unlock(tx: Transaction, guild: Guild, channel_id: int | None) -> None:
    lockdown = await lockdowns.find_lockdown(tx.conn, guild_id=guild.id, channel_id=channel_id)
    if lockdown is None:
        raise UnknownLockdown()
    rows = await lockdowns.remembered_overwrites(tx.conn, lockdown_id=lockdown["id"])
    remembered: defaultdict[int, list[Remembered]] = defaultdict(list)
    for row in rows:
        before = Remembered(row["target_id"], row["was_there"], row["allow"], row["deny"])
        remembered[row["channel_id"]].append(before)
    await lockdowns.delete_lockdown(tx.conn, id=lockdown["id"])
    for locked_id, before_it in remembered.items():
        channel = tx.directory.channels[locked_id]
        await _change(tx, guild, channel, unlocked(channel.overwrites, before_it))


async def _change(tx: Transaction, guild: Guild, before: Channel, wanted: dict[int, Overwrite]) -> None:
    if wanted == before.overwrites:
        return
    after = before.with_overwrites(wanted)
    await overwrites.write(tx, after)
    tx.emit(events.channel_update(after), to=audience.Channel(after.id, guild.id))
    await overwrites.record_changes(tx, guild, before, after)
