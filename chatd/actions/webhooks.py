"""Webhooks: make one, look at those of a channel or a guild, change one and take it away.

Each can be done in two ways: by a member who manages webhooks there, and by whoever has the webhook's token,
who is then the webhook itself (`find_by_token`, Webhook.actor). What it posts is webhook_messages.py's.

Source: the Discord documentation, "Webhook".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log
from chatd.actions.access import ChannelAccess
from chatd.model import audience, credentials, events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channels import ChannelType
from chatd.model.errors import (
    InvalidWebhookToken,
    MaximumWebhooks,
    UnknownChannel,
    UnknownWebhook,
    WrongChannelType,
)
from chatd.model.permissions import Permission
from chatd.model.webhooks import WEBHOOKS_OF_CHANNEL_MAX, Webhook, WebhookDraft, WebhookEdit, WebhookType
from chatd.store.queries import webhooks
from chatd.store.transaction import Reading, Transaction

T = ChannelType

# Where there can be some: in what is written in, or has threads below. Those that follow want another list.
PLACES: dict[int, tuple[ChannelType, ...]] = {
    WebhookType.INCOMING: (
        T.GUILD_TEXT, T.GUILD_ANNOUNCEMENT, T.GUILD_VOICE, T.GUILD_STAGE_VOICE, T.GUILD_FORUM, T.GUILD_MEDIA,
    ),
    WebhookType.CHANNEL_FOLLOWER: (T.GUILD_TEXT, T.GUILD_ANNOUNCEMENT),
}  # fmt: skip


async def create_webhook(
    tx: Transaction, channel_id: int, draft: WebhookDraft, avatar: str | None
) -> dict[str, Any]:
    """Make a webhook for others to post by; who has its token can.

    Needs MANAGE_WEBHOOKS. Emits WEBHOOKS_UPDATE.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, MaximumWebhooks.
    """
    place = await _place_for(tx, channel_id, WebhookType.INCOMING)
    assert place.guild_id is not None, "they are channels of guilds"
    webhook = Webhook(
        tx.next_id(), WebhookType.INCOMING, place.guild_id, channel_id, tx.actor.id, draft.name, avatar,
        credentials.mint_webhook_token(),
    )  # fmt: skip
    await webhooks.insert_webhook(
        tx.conn, id=webhook.id, type=webhook.type, guild_id=webhook.guild_id, channel_id=webhook.channel_id,
        user_id=webhook.user_id, name=webhook.name, avatar=avatar, token=webhook.token,
        source_channel_id=None,
    )  # fmt: skip
    await _keep_avatar(tx, webhook)
    await tell(tx, webhook, AuditAction.WEBHOOK_CREATE)
    return payload_of(tx, webhook)


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
    """Those in channels where the actor may manage them, too. Needs MANAGE_WEBHOOKS.

    Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_WEBHOOKS)
    async with tx.connection() as conn:
        rows = await webhooks.webhooks_of_guild(conn, guild_id=guild_id)
    needed = Permission.VIEW_CHANNEL | Permission.MANAGE_WEBHOOKS
    return [
        payload_of(tx, Webhook.from_row(row)) for row in rows
        if tx.directory.permissions(tx.actor.id, row["channel_id"], tx.now()) & needed == needed
    ]  # fmt: skip


async def get_webhook(tx: Reading, webhook_id: int) -> dict[str, Any]:
    """Needs MANAGE_WEBHOOKS in its channel. Raises UnknownWebhook, MissingPermissions."""
    return payload_of(tx, await _managed(tx, webhook_id))


async def update_webhook(
    tx: Transaction, webhook_id: int, edit: WebhookEdit, avatar: str | None
) -> dict[str, Any]:
    """Change a webhook, or move it to another channel of its guild.

    Needs MANAGE_WEBHOOKS in its channel and in the new one. What changes nothing is not announced. Emits
    WEBHOOKS_UPDATE for both channels.
    Raises UnknownWebhook, MissingPermissions, UnknownChannel, WrongChannelType, MaximumWebhooks.
    """
    before = await _managed(tx, webhook_id)
    after = _edited(before, edit, avatar)
    if edit.channel_id is not None and edit.channel_id != before.channel_id:
        target = await _place_for(tx, edit.channel_id, before.type, within=before.guild_id)
        after = replace(after, channel_id=target.channel.id)
    await _save(tx, before, after)
    return payload_of(tx, after)


async def delete_webhook(tx: Transaction, webhook_id: int) -> None:
    """Take a webhook away: what it has posted stays. A channel that followed another by it does so no more.

    Needs MANAGE_WEBHOOKS in its channel. Emits WEBHOOKS_UPDATE. Raises UnknownWebhook, MissingPermissions.
    """
    await _delete(tx, await _managed(tx, webhook_id))


# ── by the token ──


async def find_by_token(tx: Reading, webhook_id: int, token: str) -> Webhook:
    """The webhook that is asked for by its token. Raises UnknownWebhook, InvalidWebhookToken."""
    webhook = await _known(tx, webhook_id)
    if webhook.token is None or not credentials.is_same_secret(webhook.token, token):
        raise InvalidWebhookToken()
    return webhook


def own_payload(tx: Reading, webhook: Webhook) -> dict[str, Any]:
    """A webhook as whoever has its token sees it: not who made it."""
    d = payload_of(tx, webhook)
    d.pop("user", None)
    return d


async def update_own(tx: Transaction, edit: WebhookEdit, avatar: str | None) -> dict[str, Any]:
    """Change the webhook that asks; by its token it goes nowhere else.

    Emits WEBHOOKS_UPDATE. Raises UnknownWebhook.
    """
    before = await _own(tx)
    after = _edited(before, edit, avatar)
    await _save(tx, before, after)
    return own_payload(tx, after)


async def delete_own(tx: Transaction) -> None:
    """Take away the webhook that asks. Emits WEBHOOKS_UPDATE. Raises UnknownWebhook."""
    await _delete(tx, await _own(tx))


# ── what is told ──


async def tell(tx: Transaction, webhook: Webhook, action: AuditAction) -> None:
    """Announce that a channel's webhooks are others now, and log that this one has come or gone."""
    _announce(tx, webhook)
    made = action == AuditAction.WEBHOOK_CREATE
    changes = changes_between(None if made else _told(webhook), _told(webhook) if made else None)
    await audit_log.record(tx, webhook.guild_id, action, target_id=webhook.id, changes=changes)


def payload_of(tx: Reading, webhook: Webhook) -> dict[str, Any]:
    """As who may manage it sees it, with its token; what it follows only if they see that channel."""
    directory = tx.directory
    maker = directory.users.get(webhook.user_id) if webhook.user_id is not None else None
    channel = directory.channels.get(webhook.source_channel_id or 0)
    guild = directory.guilds[channel.guild_id] if channel and channel.guild_id is not None else None
    source = None
    if channel is not None and guild is not None and directory.can_view(tx.actor.id, channel.id):
        source = (guild, channel)
    return webhook.payload(maker=maker, source=source, base_url=tx.links.base_url)


def _announce(tx: Transaction, webhook: Webhook) -> None:
    place = audience.Channel(webhook.channel_id, webhook.guild_id)
    tx.emit(events.webhooks_update(webhook.guild_id, webhook.channel_id), to=place)


def _told(webhook: Webhook) -> dict[str, Any]:
    """What of a webhook is in the audit log, where the documentation calls its avatar `avatar_hash`."""
    return {
        "name": webhook.name, "type": webhook.type, "channel_id": str(webhook.channel_id),
        "avatar_hash": webhook.avatar,
    }  # fmt: skip


# ── finding and writing ──


async def _known(tx: Reading, webhook_id: int) -> Webhook:
    async with tx.connection() as conn:
        row = await webhooks.find_webhook(conn, id=webhook_id)
    if row is None:
        raise UnknownWebhook()
    return Webhook.from_row(row)


async def _managed(tx: Reading, webhook_id: int) -> Webhook:
    """A webhook in a channel that the actor can see, which they may manage.

    In a transaction the guild is held from here on, so nothing of it changes any more.
    """
    while True:
        webhook = await _known(tx, webhook_id)
        try:
            place = await access.channel(tx, webhook.channel_id)
        except UnknownChannel:
            raise UnknownWebhook() from None
        place.require(Permission.MANAGE_WEBHOOKS)
        held = await _known(tx, webhook_id)
        if held.channel_id == webhook.channel_id:
            return held


async def _own(tx: Transaction) -> Webhook:
    """The webhook that asks, with its guild held."""
    await tx.hold_permissions((await _known(tx, tx.actor.id)).guild_id)
    return await _known(tx, tx.actor.id)


async def _place_for(
    tx: Transaction, channel_id: int, kind: int, *, within: int | None = None
) -> ChannelAccess:
    """A channel that has room for one more webhook of a kind, and the actor may put one there.

    Raises UnknownChannel, also where it is not in the guild `within`; WrongChannelType, MissingPermissions,
    MaximumWebhooks.
    """
    place = await access.channel(tx, channel_id)
    if within not in (None, place.guild_id):
        raise UnknownChannel()
    if place.channel.type not in PLACES[kind]:
        raise WrongChannelType()
    place.require(Permission.MANAGE_WEBHOOKS)
    there = await webhooks.webhooks_of_channel(tx.conn, channel_id=channel_id)
    if len(there) >= WEBHOOKS_OF_CHANNEL_MAX:
        raise MaximumWebhooks()
    return place


def _edited(webhook: Webhook, edit: WebhookEdit, avatar: str | None) -> Webhook:
    return replace(
        webhook, name=edit.name or webhook.name, avatar=avatar if edit.sets_avatar else webhook.avatar
    )


async def _save(tx: Transaction, before: Webhook, after: Webhook) -> None:
    if after == before:
        return
    await webhooks.update_webhook(
        tx.conn, id=after.id, channel_id=after.channel_id, name=after.name, avatar=after.avatar
    )
    await _keep_avatar(tx, after)
    _announce(tx, after)
    if after.channel_id != before.channel_id:
        _announce(tx, before)
    changes = changes_between(_told(before), _told(after))
    await audit_log.record(
        tx, after.guild_id, AuditAction.WEBHOOK_UPDATE, target_id=after.id, changes=changes
    )


async def _delete(tx: Transaction, webhook: Webhook) -> None:
    await webhooks.delete_webhook(tx.conn, id=webhook.id)
    await tell(tx, webhook, AuditAction.WEBHOOK_DELETE)


async def _keep_avatar(tx: Transaction, webhook: Webhook) -> None:
    if webhook.avatar is not None:
        await webhooks.keep_avatar(tx.conn, webhook_id=webhook.id, avatar=webhook.avatar)
