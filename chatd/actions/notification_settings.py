"""Notification settings: choose what to hear of. They are nobody's business but one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access
from chatd.model import events
from chatd.model.audience import Users
from chatd.model.errors import UnknownChannel
from chatd.model.notification_settings import ChannelOverride, NotificationEdit, NotificationSettings
from chatd.store.queries import notification_settings as queries
from chatd.store.queries import relationships
from chatd.store.transaction import Reading, Transaction


async def list_settings(tx: Reading) -> list[dict[str, Any]]:
    """What the actor has chosen in the guilds that they are in, and for direct messages: READY's list."""
    me = tx.actor.id
    async with tx.connection() as conn:
        rows = await queries.settings_of(conn, user_id=me)
        channel_rows = await queries.channel_settings_of(conn, user_id=me)
    chosen = {row["guild_id"]: NotificationSettings.from_row(row) for row in rows}
    overrides: dict[int | None, list[ChannelOverride]] = {}
    for row in channel_rows:
        overrides.setdefault(row["guild_id"], []).append(ChannelOverride.from_row(row))
    places = [None, *(guild.id for guild in tx.directory.guilds_of(me))]
    return [chosen[place].payload(overrides.get(place, [])) for place in places if place in chosen]


async def update_many(tx: Transaction, edits: dict[int, NotificationEdit]) -> list[dict[str, Any]]:
    """`update_settings` for several guilds, all or none."""
    await access.hold_guilds(tx, edits)
    return [await update_settings(tx, guild_id, edit) for guild_id, edit in edits.items()]


async def update_settings(tx: Transaction, guild_id: int | None, edit: NotificationEdit) -> dict[str, Any]:
    """Choose what to hear of in a guild, or without one in direct messages; what is not said stays.

    Emits USER_GUILD_SETTINGS_UPDATE to the actor. Raises UnknownGuild, UnknownChannel.
    """
    if guild_id is not None:
        await access.guild(tx, guild_id)
    me = tx.actor.id
    for channel_id in edit.overrides:
        channel = tx.directory.channels.get(channel_id)
        if channel is None or channel.guild_id != guild_id or not tx.directory.can_view(me, channel_id):
            raise UnknownChannel()
    await relationships.hold_users(tx.conn, user_ids=[me])  # two devices take turns
    row = await queries.find_settings(tx.conn, user_id=me, guild_id=guild_id)
    before = NotificationSettings(guild_id) if row is None else NotificationSettings.from_row(row)
    after = replace(before, version=before.version + 1, **edit.values)
    await queries.save_settings(tx.conn, user_id=me, **after.columns())
    overrides = await _override(tx, guild_id, edit.overrides)
    payload = after.payload(overrides)
    tx.emit(events.user_guild_settings_update(payload), to=Users((me,)))
    return payload


async def _override(
    tx: Transaction, guild_id: int | None, edits: dict[int, dict[str, Any]]
) -> list[ChannelOverride]:
    """Change the exceptions for some channels; all that there are then, by channel."""
    me = tx.actor.id
    rows = await queries.find_channel_settings(tx.conn, user_id=me, guild_id=guild_id)
    overrides = {row["channel_id"]: ChannelOverride.from_row(row) for row in rows}
    for channel_id, values in edits.items():
        override = replace(overrides.get(channel_id, ChannelOverride(channel_id)), **values)
        await queries.save_channel_settings(tx.conn, user_id=me, **override.columns())
        overrides[channel_id] = override
    return [overrides[channel_id] for channel_id in sorted(overrides)]
