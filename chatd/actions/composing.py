"""From what a client sends to the message that it becomes: what it refers to and whom it mentions.

A draft is already well formed (model/message_drafts.py). Here it meets the world: whether what it names
exists, and whether the author may name it. Nothing is written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from chatd.actions import access, attachments, message_rows
from chatd.actions.access import ChannelAccess
from chatd.actions.reactions import usable_emoji
from chatd.model.attachments import FileRow
from chatd.model.component_media import with_media
from chatd.model.errors import (
    CannotForwardUnread,
    CannotReplyUnread,
    EmptyMessage,
    InvalidFormBody,
    InvalidMessageType,
    InvalidPollEmoji,
    InvalidSticker,
    UnknownChannel,
    UnknownMessage,
)
from chatd.model.mentions import AllowedMentions, Mentions, parse_mentions
from chatd.model.message_drafts import MessageDraft
from chatd.model.messages import HAS_SNAPSHOT, SAID_BY_USERS, Message, MessageType, merged
from chatd.model.permissions import Permission
from chatd.model.polls import PollDraft, PollEmoji, poll_object
from chatd.model.references import FORWARD, ReferenceDraft, reference_to, snapshot_of
from chatd.model.snowflakes import created_at
from chatd.model.standard_emojis import standard_emoji
from chatd.model.stickers import Sticker
from chatd.model.users import User
from chatd.store.directory import Directory
from chatd.store.transaction import Reading


class Referring(NamedTuple):
    """What a reference makes of the message that carries it."""

    type: int = MessageType.DEFAULT
    flags: int = 0
    details: dict[str, Any] | None = None
    referenced: Message | None = None
    files: tuple[FileRow, ...] = ()


PLAIN = Referring()


async def compose(
    tx: Reading, place: ChannelAccess, draft: MessageDraft, author: User | None = None
) -> Message:
    """The message that the draft becomes when the actor posts it there; a webhook is an `author` of its own.

    Raises EmptyMessage, CannotReplyUnread, CannotForwardUnread, InvalidMessageType, InvalidSticker,
    InvalidPollEmoji, MissingPermissions, and InvalidFormBody at `message_reference` or as finish does.
    """
    referring = PLAIN if draft.reference is None else await _referring(tx, place, draft.reference)
    message = Message(
        id=tx.next_id(),
        channel_id=place.channel.id,
        author=author or tx.directory.users[tx.actor.id],
        content=draft.content,
        type=referring.type,
        flags=draft.flags | referring.flags,
        tts=draft.tts,
        nonce=draft.nonce,
        details=merged(draft.details, referring.details) if draft.details else referring.details,
        referenced=referring.referenced,
        links=tx.links,
        files=referring.files,
    )
    if draft.sticker_ids:
        items = [_usable_sticker(tx, place, id).item_payload() for id in draft.sticker_ids]
        message.details = merged(message.details, {"sticker_items": items})
    if draft.poll is not None:
        poll = poll_of(tx, place, draft.poll, created_at(message.id))
        message.details, message.votes = merged(message.details, {"poll": poll}), ()
    if draft.attachments.new:
        attached = attachments.attach(tx, draft.attachments)
        message.details = merged(message.details, attached.details)
        message.files += attached.files
    finish(tx, message)
    mention(tx, place, message, draft.allowed_mentions)
    return message


def poll_of(tx: Reading, place: ChannelAccess, draft: PollDraft, asked_at: datetime) -> dict[str, Any]:
    """The poll that the draft becomes. Raises InvalidPollEmoji."""
    return poll_object(draft, _poll_emojis(tx, place, draft), asked_at)


def finish(tx: Reading, message: Message) -> None:
    """What holds for a message as a whole, new or edited, once all of it is there.

    Raises EmptyMessage, and InvalidFormBody at `components` or where something does not go with them.
    """
    if message.says_nothing:
        raise EmptyMessage()
    if message.is_of_components or (message.details and "components" in message.details):
        if fault := message.layout_fault():
            raise InvalidFormBody.at(*fault)
        message.details = with_media(message.details or {}, tx.next_id)


def mention(tx: Reading, place: ChannelAccess, message: Message, wishes: AllowedMentions) -> None:
    """Let a message mention whom its words do, as its sender wishes and may, and whom it answers."""
    mentions = allowed(tx.directory, place, parse_mentions(message.words), wishes)
    message.mention_everyone = mentions.everyone
    message.mentions = tuple(tx.directory.users[user_id] for user_id in mentions.user_ids)
    message.mention_role_ids = mentions.role_ids
    if message.referenced is not None and wishes.replied_user:
        message.mentions = _with_replied_user(message)


def allowed(
    directory: Directory, place: ChannelAccess, found: Mentions, allowed: AllowedMentions
) -> Mentions:
    """The mentions that count: of who exists, as the sender wishes, as far as the author may."""
    if found == Mentions():
        return found
    may_mention_all = place.may(Permission.MENTION_EVERYONE)
    roles = place.guild.roles if place.guild else {}
    return Mentions(
        tuple(user for user in found.user_ids if user in directory.users and allowed.user(user)),
        tuple(
            role
            for role in found.role_ids
            if role in roles and allowed.role(role) and (roles[role].mentionable or may_mention_all)
        ),
        found.everyone and allowed.everyone and may_mention_all and place.guild is not None,
    )


def _with_replied_user(message: Message) -> tuple[User, ...]:
    """Those whom the message mentions, and whom it answers. A webhook cannot be mentioned."""
    assert message.referenced is not None, "a reply answers somebody"
    replied_user = message.referenced.author
    if message.referenced.is_of_webhook or replied_user in message.mentions:
        return message.mentions
    return (*message.mentions, replied_user)


def _poll_emojis(tx: Reading, place: ChannelAccess, poll: PollDraft) -> list[dict[str, Any] | None]:
    """The emoji of a poll's answers, those that the author may use. Raises InvalidPollEmoji."""
    return [None if each.emoji is None else _poll_emoji(tx, place, each.emoji) for each in poll.answers]


def _poll_emoji(tx: Reading, place: ChannelAccess, emoji: PollEmoji) -> dict[str, Any]:
    if emoji.id is None:
        standard = standard_emoji(emoji.name or "")
        if standard is None:
            raise InvalidPollEmoji()
        return {"id": None, "name": standard}
    custom = usable_emoji(tx, emoji.id)
    external = custom is not None and custom.guild_id not in (None, place.guild_id)
    if custom is None or (external and not place.may(Permission.USE_EXTERNAL_EMOJIS)):
        raise InvalidPollEmoji()
    return custom.partial_payload()


def _usable_sticker(tx: Reading, place: ChannelAccess, sticker_id: int) -> Sticker:
    """A sticker of this guild, or with USE_EXTERNAL_STICKERS of another one of the actor's."""
    sticker = tx.directory.sticker(sticker_id)
    if sticker is None or tx.actor.id not in tx.directory.guilds[sticker.guild_id].members:
        raise InvalidSticker()
    if sticker.guild_id != place.guild_id:
        place.require(Permission.USE_EXTERNAL_STICKERS)
    return sticker


async def _referring(tx: Reading, place: ChannelAccess, reference: ReferenceDraft) -> Referring:
    if reference.forward:
        return await _forwarding(tx, place, reference)
    if not place.may(Permission.READ_MESSAGE_HISTORY):
        raise CannotReplyUnread()
    elsewhere = reference.channel_id not in (None, place.channel.id)
    replied = None if elsewhere else await _find_or_none(tx, place.channel.id, reference.message_id)
    if replied is None:
        if reference.fail_if_not_exists:
            raise _unknown()
        return PLAIN
    if replied.type not in SAID_BY_USERS:
        raise InvalidFormBody.at(
            "message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message"
        )
    details = {"message_reference": reference_to(place.channel.id, place.guild_id, replied.id)}
    return Referring(MessageType.REPLY, details=details, referenced=replied)


async def _forwarding(tx: Reading, place: ChannelAccess, reference: ReferenceDraft) -> Referring:
    """A copy of a message from anywhere that the actor can read."""
    assert reference.channel_id is not None, "a forward says where from"
    try:
        source = await access.channel(tx, reference.channel_id)
    except UnknownChannel:
        raise _unknown() from None
    if not source.may(Permission.READ_MESSAGE_HISTORY):
        raise CannotForwardUnread()
    original = await _find_or_none(tx, source.channel.id, reference.message_id)
    if original is None:
        raise _unknown()
    details = original.details or {}
    if original.type not in SAID_BY_USERS or "poll" in details:
        raise InvalidMessageType()
    # A forward of a forward passes on what that one did, which has no words of its own.
    snapshots = details.get("message_snapshots")
    if not snapshots:
        snapshots = [snapshot_of(replace(original, links=None).basic_payload())]
    origin = reference_to(source.channel.id, source.guild_id, original.id, type=FORWARD)
    made, files = await attachments.copied(tx, {"message_reference": origin, "message_snapshots": snapshots})
    return Referring(flags=HAS_SNAPSHOT, details=made, files=files)


async def _find_or_none(tx: Reading, channel_id: int, message_id: int) -> Message | None:
    try:
        return await message_rows.find(tx, channel_id, message_id)
    except UnknownMessage:
        return None


def _unknown() -> InvalidFormBody:
    return InvalidFormBody.at("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
