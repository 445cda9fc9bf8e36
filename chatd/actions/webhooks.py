"""Webhooks: look at those of a channel or a guild, and take one away."""

from __future__ import annotations

from typing import Any

from chatd.actions import access, audit_log
from chatd.actions.access import ChannelAccess
from chatd.model import audience, events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.errors import UnknownChannel, UnknownWebhook, WrongChannelType
from chatd.model.permissions import Permission
from chatd.model.webhooks import Webhook
from chatd.store.queries import webhooks
from chatd.store.transaction import Reading, Transaction


async def list_of_channel(tx: Reading, channel_id: int) -> list[dict[str, Any]]:
    """Needs MANAGE_WEBHOOKS. Raises UnknownChannel, WrongChannelType, MissingPermissions."""
    place = await access.channel(tx, channel_id)
    if place.guild is None:
        raise WrongChannelType()
    place.require(Permission.MANAGE_WEBHOOKS)
    async with tx.connection() as conn:
        rows = await webhooks.webhooks_of_channel(conn, channel_id=channel_id)
    return [payload_of(tx, Webhook.from_row(row)) for row in rows]


async def list_of_guild(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """Those in channels that the actor can see. Needs MANAGE_WEBHOOKS.

    Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_WEBHOOKS)
    async with tx.connection() as conn:
        rows = await webhooks.webhooks_of_guild(conn, guild_id=guild_id)
    seen = [row for row in rows if tx.directory.can_view(tx.actor.id, row["channel_id"])]
    return [payload_of(tx, Webhook.from_row(row)) for row in seen]


async def get_webhook(tx: Reading, webhook_id: int) -> dict[str, Any]:
    """Needs MANAGE_WEBHOOKS in its channel. Raises UnknownWebhook, MissingPermissions."""
    _, webhook = await _find(tx, webhook_id)
    return payload_of(tx, webhook)


async def delete_webhook(tx: Transaction, webhook_id: int) -> None:
    """Take a webhook away; a channel that followed another by it does so no more.

    Needs MANAGE_WEBHOOKS in its channel. Emits WEBHOOKS_UPDATE. Raises UnknownWebhook, MissingPermissions.
    """
    _, webhook = await _find(tx, webhook_id)
    await webhooks.delete_webhook(tx.conn, id=webhook_id)
    await tell(tx, webhook, AuditAction.WEBHOOK_DELETE)


async def tell(tx: Transaction, webhook: Webhook, action: AuditAction) -> None:
    """Announce that a channel's webhooks are others now, and log what has been done to this one."""
    place = audience.Channel(webhook.channel_id, webhook.guild_id)
    tx.emit(events.webhooks_update(webhook.guild_id, webhook.channel_id), to=place)
    told = {"name": webhook.name, "type": webhook.type, "channel_id": str(webhook.channel_id)}
    made = action == AuditAction.WEBHOOK_CREATE
    changes = changes_between(None if made else told, told if made else None)
    await audit_log.record(tx, webhook.guild_id, action, target_id=webhook.id, changes=changes)


def payload_of(tx: Reading, webhook: Webhook) -> dict[str, Any]:
    """As the actor sees it: what it follows only if they are in that guild."""
    directory = tx.directory
    user = directory.users.get(webhook.user_id) if webhook.user_id is not None else None
    channel = directory.channels.get(webhook.source_channel_id or 0)
    guild = directory.guilds[channel.guild_id] if channel and channel.guild_id is not None else None
    if channel is None or guild is None or tx.actor.id not in guild.members:
        return webhook.payload(user, None)
    return webhook.payload(user, (guild, channel))


async def _find(tx: Reading, webhook_id: int) -> tuple[ChannelAccess, Webhook]:
    """A webhook in a channel that the actor can see, which they may manage."""
    async with tx.connection() as conn:
        row = await webhooks.find_webhook(conn, id=webhook_id)
    if row is None:
        raise UnknownWebhook()
    webhook = Webhook.from_row(row)
    try:
        place = await access.channel(tx, webhook.channel_id)
    except UnknownChannel:
        raise UnknownWebhook() from None
    place.require(Permission.MANAGE_WEBHOOKS)
    return place, webhook
