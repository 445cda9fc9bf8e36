"""Announcements: let a channel follow another, and publish a message to all that follow.

Both concern several guilds, which are held together (access.hold_guilds): two may publish to each other.
"""

from __future__ import annotations

from dataclasses import replace

from chatd.actions import access, attachments, message_rows, system_messages, webhooks
from chatd.actions.access import ChannelAccess
from chatd.model.audit_log import AuditAction
from chatd.model.channels import ChannelType
from chatd.model.errors import (
    AlreadyCrossposted,
    InvalidMessageType,
    MaximumWebhooks,
    WrongChannelType,
)
from chatd.model.messages import CROSSPOSTED, IS_CROSSPOST, SUPPRESS_EMBEDS, Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.references import reference_to
from chatd.model.webhooks import WEBHOOKS_OF_CHANNEL_MAX, FollowDraft, Webhook, WebhookType
from chatd.store import queries
from chatd.store.transaction import Transaction

# Where published messages can be posted.
_FOLLOWING = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT)
# What can be published, and what of its details is.
_PUBLISHED = (MessageType.DEFAULT, MessageType.REPLY)
_PUBLISHED_DETAILS = ("embeds", "attachments", "components", "sticker_items")


async def follow_channel(tx: Transaction, channel_id: int, draft: FollowDraft) -> Webhook:
    """Post from now on what an announcement channel publishes in another channel, too.

    Needs MANAGE_WEBHOOKS in the latter. Who follows already gets the webhook that there is. Emits
    WEBHOOKS_UPDATE, and MESSAGE_CREATE for the notice in the channel.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, MaximumWebhooks.
    """
    await access.hold_guilds(tx, access.guild_ids_of(tx, (channel_id, draft.webhook_channel_id)))
    source = await access.channel(tx, channel_id)
    target = await access.channel(tx, draft.webhook_channel_id)
    if source.channel.type != ChannelType.GUILD_ANNOUNCEMENT or target.channel.type not in _FOLLOWING:
        raise WrongChannelType()
    target.require(Permission.MANAGE_WEBHOOKS)
    there = await queries.webhooks.webhooks_of_channel(tx.conn, channel_id=target.channel.id)
    for row in there:
        if row["source_channel_id"] == channel_id:
            return Webhook.from_row(row)
    if len(there) >= WEBHOOKS_OF_CHANNEL_MAX:
        raise MaximumWebhooks()
    webhook = _follower(tx, source, target)
    await queries.webhooks.insert_webhook(
        tx.conn, id=webhook.id, type=webhook.type, guild_id=webhook.guild_id, channel_id=webhook.channel_id,
        user_id=webhook.user_id, name=webhook.name, avatar=None, token=None, source_channel_id=channel_id,
    )  # fmt: skip
    await webhooks.tell(tx, webhook, AuditAction.WEBHOOK_CREATE)
    await system_messages.create_system_message(
        tx, webhook.channel_id, MessageType.CHANNEL_FOLLOW_ADD, author_id=tx.actor.id, content=webhook.name,
        reference=reference_to(channel_id, source.guild_id),
    )  # fmt: skip
    return webhook


async def crosspost_message(tx: Transaction, channel_id: int, message_id: int) -> Message:
    """Publish a message of an announcement channel: every channel that follows gets a copy.

    Needs SEND_MESSAGES, and MANAGE_MESSAGES for somebody else's. Emits MESSAGE_UPDATE, and MESSAGE_CREATE for
    each copy. Raises UnknownChannel, UnknownMessage, WrongChannelType, MissingPermissions,
    InvalidMessageType, AlreadyCrossposted.
    """
    rows = await queries.webhooks.followers_of(tx.conn, channel_id=channel_id)
    followers = [Webhook.from_row(row) for row in rows]
    own = access.guild_ids_of(tx, (channel_id,))
    await access.hold_guilds(tx, [*own, *(each.guild_id for each in followers)])
    place = await access.channel(tx, channel_id)
    if place.channel.type != ChannelType.GUILD_ANNOUNCEMENT:
        raise WrongChannelType()
    place.require(Permission.SEND_MESSAGES)
    message = await message_rows.find(tx, channel_id, message_id)
    if message.author.id != tx.actor.id:
        place.require(Permission.MANAGE_MESSAGES)
    if message.type not in _PUBLISHED:
        raise InvalidMessageType()
    if message.flags & CROSSPOSTED:
        raise AlreadyCrossposted()
    published = await message_rows.change(tx, channel_id, message_id, _marked, place.guild)
    for webhook in followers:
        await _post_copy(tx, published, place, webhook)
    (published,) = await message_rows.view(tx, [published])
    return published


def _marked(message: Message) -> Message:
    if message.flags & CROSSPOSTED:  # somebody else was faster
        raise AlreadyCrossposted()
    return replace(message, flags=message.flags | CROSSPOSTED)


async def _post_copy(tx: Transaction, message: Message, place: ChannelAccess, webhook: Webhook) -> None:
    """Whom the message mentions where it was written, is nobody's business where it is copied to."""
    guild = tx.directory.guilds.get(webhook.guild_id)
    if guild is None or webhook.channel_id not in guild.channel_ids:
        return
    told = {name: value for name, value in (message.details or {}).items() if name in _PUBLISHED_DETAILS}
    details, files = await attachments.copied(tx, told)
    details = {
        **details,
        **webhook.message_details(),
        "message_reference": reference_to(message.channel_id, place.guild_id, message.id),
    }
    copy = Message(
        id=tx.next_id(),
        channel_id=webhook.channel_id,
        author=webhook.author(),
        content=message.content,
        flags=IS_CROSSPOST | message.flags & SUPPRESS_EMBEDS,
        details=details,
        files=files,
        links=tx.links,
    )
    written = await message_rows.insert(tx, copy, guild, known=None)
    assert written, "nothing refuses what needs no permission"


def _follower(tx: Transaction, source: ChannelAccess, target: ChannelAccess) -> Webhook:
    """It is called after what it follows, and its messages are by that name."""
    assert source.guild is not None and target.guild is not None, "both are channels of guilds"
    name = f"{source.guild.name} #{source.channel.name}"
    return Webhook(
        tx.next_id(), WebhookType.CHANNEL_FOLLOWER, target.guild.id, target.channel.id, tx.actor.id, name,
        source_channel_id=source.channel.id,
    )  # fmt: skip
