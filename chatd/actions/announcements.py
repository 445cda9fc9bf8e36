"""Announcements: let a channel follow another, and publish a message to all that follow.

Both concern several guilds, which are held together (access.hold_guilds): two may publish to each other. What
becomes of a published message later comes to its copies by a job: nobody who edits or deletes waits for other
guilds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, attachments, message_rows, system_messages, webhooks
from chatd.actions.access import ChannelAccess
from chatd.model.actor import ANYONE
from chatd.model.audit_log import AuditAction
from chatd.model.channels import ChannelType
from chatd.model.errors import (
    AlreadyCrossposted,
    InvalidMessageType,
    MaximumWebhooks,
    WrongChannelType,
)
from chatd.model.messages import (
    CROSSPOSTED,
    IS_CROSSPOST,
    SOURCE_MESSAGE_DELETED,
    SUPPRESS_EMBEDS,
    Message,
    MessageType,
)
from chatd.model.permissions import Permission
from chatd.model.references import reference_to
from chatd.model.webhooks import WEBHOOKS_OF_CHANNEL_MAX, FollowDraft, Webhook, WebhookType
from chatd.store import queries
from chatd.store.store import Store
from chatd.store.transaction import Transaction

# Where published messages can be posted.
_FOLLOWING = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT)
# What can be published, and what of its details is.
_PUBLISHED = (MessageType.DEFAULT, MessageType.REPLY)
_PUBLISHED_DETAILS = ("embeds", "attachments", "components", "sticker_items")
SOURCE_DELETED = "[Original Message Deleted]"


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


async def update_next_copy(store: Store) -> bool:
    """Make one copy what has become of the message that was published; False when all of them are.

    Of a message that is deleted its copies say so. The server does this by itself, soon after (jobs.py).
    Emits MESSAGE_UPDATE.
    """
    async with store.transaction(ANYONE) as tx:
        row = await queries.crossposts.take_outdated(tx.conn)
        if row is None:
            return False
        found = await queries.messages.find_messages(tx.conn, ids=[row["source_id"]])
        channel = tx.directory.channels.get(row["channel_id"])
        is_current = True
        if channel is not None and channel.guild_id is not None:
            copy = await message_rows.find(tx, channel.id, row["copy_id"])
            source = (await message_rows.complete(tx, found))[0] if found else None
            after = _without_source(copy) if source is None else await _brought_up_to(tx, copy, source)
            if after != copy:
                guild = tx.directory.guilds[channel.guild_id]
                is_current = await message_rows.rewrite(tx, copy, after, guild, known=None)
        if is_current:  # else somebody has changed the copy meanwhile, and its turn comes again
            await queries.crossposts.mark_current(tx.conn, copy_id=row["copy_id"])
    return True


def _without_source(copy: Message) -> Message:
    """Discord's clients show it so."""
    details = {name: each for name, each in (copy.details or {}).items() if name not in _PUBLISHED_DETAILS}
    flags = copy.flags | SOURCE_MESSAGE_DELETED
    return replace(copy, content=SOURCE_DELETED, flags=flags, details=details)


async def _brought_up_to(tx: Transaction, copy: Message, source: Message) -> Message:
    """The copy with the words and all else of its source. Files are attached anew where they are others."""
    old, told = copy.details or {}, source.details or {}
    details = {name: value for name, value in old.items() if name not in _PUBLISHED_DETAILS}
    details |= {name: told[name] for name in _PUBLISHED_DETAILS if name in told}
    files = copy.files
    if _files_of(old) == _files_of(told):
        if "attachments" in old:
            details["attachments"] = old["attachments"]
    else:
        details, files = await attachments.copied(tx, details)
    flags = copy.flags & ~SUPPRESS_EMBEDS | source.flags & SUPPRESS_EMBEDS
    return replace(
        copy, content=source.content, flags=flags, details=details, files=files, edited_at=source.edited_at
    )


def _files_of(details: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What tells one file from another, whichever message it is attached to."""
    records = details.get("attachments", ())
    return [(record["filename"], record["size"], record.get("description")) for record in records]


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
    await queries.crossposts.insert_crosspost(tx.conn, copy_id=copy.id, source_id=message.id)


def _follower(tx: Transaction, source: ChannelAccess, target: ChannelAccess) -> Webhook:
    """It is called after what it follows, and its messages are by that name."""
    assert source.guild is not None and target.guild is not None, "both are channels of guilds"
    name = f"{source.guild.name} #{source.channel.name}"
    return Webhook(
        tx.next_id(), WebhookType.CHANNEL_FOLLOWER, target.guild.id, target.channel.id, tx.actor.id, name,
        source_channel_id=source.channel.id,
    )  # fmt: skip
