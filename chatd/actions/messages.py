"""Messages: say, read, edit. Deleting is in deletions.py.

The writes are hot: their statements are batch queries (sql/messages.sql), which a queued
transaction commits together with its neighbours'. A batch refuses a row that was allowed by old
knowledge, or that somebody else changed first; the action then looks again and decides anew.
"""

from __future__ import annotations

from dataclasses import replace

from asyncpg import ForeignKeyViolationError

from chatd.actions import (
    access,
    attachments,
    composing,
    dms,
    message_rows,
    previews,
    screening,
    slow_mode,
    thread_members,
)
from chatd.actions.access import ChannelAccess
from chatd.actions.screening import Verdict
from chatd.actions.system_messages import create_system_message as create_system_message
from chatd.model.errors import (
    CannotEditOther,
    CannotEditPoll,
    SlowModeActive,
    SystemMessage,
    Unavailable,
    UnknownChannel,
)
from chatd.model.mentions import AllowedMentions
from chatd.model.message_drafts import (
    EDITABLE_FLAGS,
    MessageDraft,
    MessageEdit,
    MessagePage,
    permissions_used_by,
    permissions_used_in,
)
from chatd.model.messages import IS_COMPONENTS_V2, SAID_BY_USERS, Message, merged
from chatd.model.permissions import Permission
from chatd.model.previews import without_previews
from chatd.model.users import User
from chatd.store.queries import messages
from chatd.store.transaction import Queued, Reading, Transaction

# A refused write is decided anew this often; more would mean that the place changes with every look.
ATTEMPTS_MAX = 5


async def create_message(
    tx: Queued, channel_id: int, draft: MessageDraft, author: User | None = None
) -> Message:
    """Post a message in a channel; `author` is for a webhook (webhook_messages.py).

    Needs SEND_MESSAGES and whatever the draft uses; a mention that the author may not make is plain text.
    With `enforce_nonce`, a nonce that this author has used here before answers the message that was sent
    then. In a thread the author and whom they mention become members, and an archived one is active again.
    Emits MESSAGE_CREATE to everyone who can see the channel, and what screening.carry_out does.
    Raises UnknownChannel, MissingPermissions, CannotMessageUser, ThreadLocked, SlowModeActive,
    MessageBlocked, and what composing.compose raises.
    """
    if draft.reference is not None and draft.reference.forward:
        assert draft.reference.channel_id is not None, "a forward says where from"
        await access.hold_guilds(tx, access.guild_ids_of(tx, (channel_id, draft.reference.channel_id)))
    message_id = None
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_text()
        place.require(permissions_used_by(draft))
        place.require_unlocked()
        message = await composing.compose(tx, place, draft, author)
        message.id = message_id = message_id or message.id  # tried again, it is the same message
        if place.guild is None:
            await dms.prepare(tx, place.channel)
        try:
            with slow_mode.turn(tx, place):
                if (verdict := screening.screen_message(tx, place, message)) is not None:
                    verdict.refuse(tx)
                if place.channel.thread is not None and await thread_members.enter(tx, place, message):
                    if not isinstance(tx, Transaction):
                        continue  # by its own commit the place is no longer what it was
                    place = replace(place, known=None)
                if await _insert(tx, place, message, draft.enforce_nonce, verdict):
                    previews.look_up(tx, place, message)
                    return message
        except SlowModeActive:
            if draft.enforce_nonce and (sent := await _sent_before(tx, channel_id, draft)):
                return sent
            raise
        if draft.enforce_nonce and (sent := await _sent_before(tx, channel_id, draft)):
            return sent
        await tx.catch_up()
    raise Unavailable()


async def list_messages(tx: Reading, channel_id: int, page: MessagePage) -> list[Message]:
    """A page of history, newest first; empty without READ_MESSAGE_HISTORY, as the documentation has it.

    Raises UnknownChannel.
    """
    place = await access.channel(tx, channel_id)
    place.require_text()
    if not place.may(Permission.READ_MESSAGE_HISTORY):
        return []
    return await message_rows.view(tx, await message_rows.page_of(tx, channel_id, page))


async def get_message(tx: Reading, channel_id: int, message_id: int) -> Message:
    """Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions, UnknownMessage."""
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    (message,) = await message_rows.view(tx, [await message_rows.find(tx, channel_id, message_id)])
    return message


async def update_message(tx: Queued, channel_id: int, message_id: int, edit: MessageEdit) -> Message:
    """Edit one's own message; with MANAGE_MESSAGES, hide or show the embeds of somebody else's.

    What changes nothing is not announced. Emits MESSAGE_UPDATE to everyone who can see the channel.
    Raises UnknownChannel, ThreadArchived, ThreadLocked, UnknownMessage, CannotEditOther, MissingPermissions,
    SystemMessage, CannotEditPoll, EmptyMessage, MessageBlocked.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_open()
        (before,) = await message_rows.view(tx, [await message_rows.find(tx, channel_id, message_id)])
        _require_edit(tx, place, before, edit)
        after = edited(tx, place, before, edit)
        if after == before:
            return after
        verdict = None
        if not edit.is_of_flags_alone:
            verdict = screening.screen_message(tx, place, after, edited=True)
        if verdict is not None:
            verdict.refuse(tx)
        if await _rewrite(tx, place, before, after, verdict):
            previews.look_up(tx, place, after)
            return after
        await tx.catch_up()
    raise Unavailable()


async def _insert(
    tx: Queued, place: ChannelAccess, message: Message, enforce_nonce: bool, verdict: Verdict | None
) -> bool:
    """With what rules have found in it, if they let it through: then both are one commit."""
    nonce = str(message.nonce) if enforce_nonce and message.nonce is not None else None
    try:
        if verdict is None:
            return await message_rows.insert(tx, message, place.guild, known=place.known, nonce=nonce)
        async with tx.transaction() as inner:
            await inner.hold_permissions(verdict.guild_id)
            if not await message_rows.insert(inner, message, place.guild, known=place.known, nonce=nonce):
                return False
            await screening.carry_out(inner, verdict, message.id)
            return True
    except ForeignKeyViolationError:
        raise UnknownChannel() from None  # It was deleted between our look and our write.


async def _rewrite(
    tx: Queued, place: ChannelAccess, before: Message, after: Message, verdict: Verdict | None
) -> bool:
    if verdict is None:
        return await message_rows.rewrite(tx, before, after, place.guild, known=place.known)
    async with tx.transaction() as inner:
        await inner.hold_permissions(verdict.guild_id)
        if not await message_rows.rewrite(inner, before, after, place.guild, known=place.known):
            return False
        await screening.carry_out(inner, verdict, after.id)
        return True


async def _sent_before(tx: Reading, channel_id: int, draft: MessageDraft) -> Message | None:
    """The message that the actor has already sent here with the draft's nonce."""
    async with tx.connection() as conn:
        row = await messages.find_message_of_nonce(
            conn, author_id=tx.actor.id, channel_id=channel_id, nonce=str(draft.nonce)
        )
    if row is None:
        return None
    (sent,) = await message_rows.complete(tx, [row])
    return replace(sent, nonce=draft.nonce)


def _require_edit(tx: Reading, place: ChannelAccess, message: Message, edit: MessageEdit) -> None:
    if message.author.id != tx.actor.id:
        if edit.flags is None or not edit.is_of_flags_alone:
            raise CannotEditOther()
        place.require(Permission.MANAGE_MESSAGES)
    if message.type not in SAID_BY_USERS:
        raise SystemMessage()
    if message.details and "poll" in message.details and not edit.is_of_flags_alone:
        raise CannotEditPoll()
    if edit.details:
        place.require(permissions_used_in(edit.details))
    if edit.attachments is not None and edit.attachments.new:
        place.require(Permission.ATTACH_FILES)


def edited(tx: Reading, place: ChannelAccess, before: Message, edit: MessageEdit) -> Message:
    """The message after the edit. Hiding its embeds, or showing them again, does not count as one."""
    after = replace(before, flags=_flags_after(before, edit, own=before.author.id == tx.actor.id))
    if not edit.is_of_flags_alone:
        after.edited_at = tx.now()
        after.details = merged(before.details, edit.details)
    if edit.attachments is not None:
        attached = attachments.attach(tx, edit.attachments, before.details)
        after.details, after.files = merged(after.details, attached.details), attached.files
    if edit.content is not None:
        if edit.content != before.content:
            after.details = without_previews(after.details)
        after.content = edit.content
    composing.finish(tx, after)
    if edit.content is not None or after.words != before.words:
        # Whether a reply mentions whom it answers stays as it is, unless the edit says something of it.
        wishes = edit.allowed_mentions or AllowedMentions(replied_user=_mentions_replied_user(before))
        composing.mention(tx, place, after, wishes)
    return after


def _flags_after(before: Message, edit: MessageEdit, *, own: bool) -> int:
    """Made of components is what a message may become, by its author, and not cease to be."""
    if edit.flags is None:
        return before.flags
    changed = EDITABLE_FLAGS | IS_COMPONENTS_V2 if own else EDITABLE_FLAGS
    return before.flags & ~EDITABLE_FLAGS | edit.flags & changed


def _mentions_replied_user(message: Message) -> bool:
    return message.referenced is not None and message.referenced.author in message.mentions
