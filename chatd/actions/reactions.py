"""Reactions: put an emoji under a message, take it back, see who did, clear them away.

Adding and taking back are hot and queued (sql/reactions.sql); what was refused is looked at again, and
either has a reason that its asker is told, or is tried anew.
"""

from __future__ import annotations

from typing import Any

from asyncpg import ForeignKeyViolationError

from chatd.actions import access, message_rows
from chatd.actions.access import ChannelAccess
from chatd.actions.relationships import has_blocked
from chatd.model import events
from chatd.model.emojis import Emoji
from chatd.model.errors import MaximumReactions, ReactionBlocked, Unavailable, UnknownReactionEmoji
from chatd.model.messages import Message
from chatd.model.permissions import Permission
from chatd.model.reactions import BURST, EMOJIS_MAX, EmojiKey, ReactionPage, emoji_payload
from chatd.model.users import User
from chatd.store.queries import reactions
from chatd.store.transaction import Queued, Reading, Transaction

# A refused write is decided anew this often; more would mean that the place changes with every look.
ATTEMPTS_MAX = 5


async def add_reaction(tx: Queued, channel_id: int, message_id: int, emoji: EmojiKey) -> None:
    """React to a message, unless the actor already has with this emoji.

    Needs READ_MESSAGE_HISTORY; who is the first with an emoji also ADD_REACTIONS, and the use of it here.
    Emits MESSAGE_REACTION_ADD to everyone who can see the channel.
    Raises UnknownChannel, ThreadArchived, UnknownMessage, MissingPermissions, ReactionBlocked,
    UnknownReactionEmoji, MaximumReactions.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_active()
        place.require(Permission.READ_MESSAGE_HISTORY)
        place.require_not_timed_out(tx.now())
        message = await message_rows.find(tx, channel_id, message_id)
        if has_blocked(tx.directory, message.author.id, tx.actor.id):
            raise ReactionBlocked()
        state = await _state(tx, message_id, emoji, tx.actor.id)
        if state["is_theirs"]:
            return
        if not state["is_there"]:
            _require_beginning(tx, place, emoji)
            if state["emojis"] >= EMOJIS_MAX:
                raise MaximumReactions()
        if await _add(tx, place, message, emoji, begins=not state["is_there"]):
            return
        await tx.catch_up()
    raise Unavailable()


async def remove_reaction(
    tx: Queued, channel_id: int, message_id: int, emoji: EmojiKey, user_id: int
) -> None:
    """Take back a reaction, or with MANAGE_MESSAGES take away somebody else's; there may be none.

    Emits MESSAGE_REACTION_REMOVE to everyone who can see the channel.
    Raises UnknownChannel, ThreadArchived, UnknownMessage, MissingPermissions.
    """
    for _ in range(ATTEMPTS_MAX):
        place = await access.channel(tx, channel_id)
        place.require_active()
        if user_id != tx.actor.id:
            place.require(Permission.MANAGE_MESSAGES)
        await message_rows.find(tx, channel_id, message_id)
        if not (await _state(tx, message_id, emoji, user_id))["is_theirs"]:
            return
        if await _remove(tx, place, message_id, emoji, user_id):
            return
        await tx.catch_up()
    raise Unavailable()


async def list_users(
    tx: Reading, channel_id: int, message_id: int, emoji: EmojiKey, page: ReactionPage
) -> list[User]:
    """Who has reacted with an emoji, by id.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions, UnknownMessage.
    """
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    await message_rows.find(tx, channel_id, message_id)
    if page.type == BURST:
        return []
    async with tx.connection() as conn:
        rows = await reactions.users_after(
            conn, message_id=message_id, emoji=emoji.text, after=page.after, limit=page.limit
        )
    return [tx.directory.users[row["user_id"]] for row in rows]


async def remove_all(tx: Transaction, channel_id: int, message_id: int) -> None:
    """Take every reaction from a message.

    Needs MANAGE_MESSAGES. Emits MESSAGE_REACTION_REMOVE_ALL to everyone who can see the channel.
    Raises UnknownChannel, ThreadArchived, UnknownMessage, MissingPermissions.
    """
    place = await _managed(tx, channel_id, message_id)
    if await reactions.delete_all(tx.conn, message_id=message_id):
        tx.emit(events.reactions_remove_all(channel_id, message_id, place.guild_id), to=place.audience)


async def remove_emoji(tx: Transaction, channel_id: int, message_id: int, emoji: EmojiKey) -> None:
    """Take every reaction with one emoji from a message.

    Needs MANAGE_MESSAGES. Emits MESSAGE_REACTION_REMOVE_EMOJI to everyone who can see the channel.
    Raises UnknownChannel, ThreadArchived, UnknownMessage, MissingPermissions.
    """
    place = await _managed(tx, channel_id, message_id)
    if await reactions.delete_emoji(tx.conn, message_id=message_id, emoji=emoji.text):
        shown = emoji_payload(emoji, tx.directory.emojis)
        event = events.reactions_remove_emoji(channel_id, message_id, place.guild_id, shown)
        tx.emit(event, to=place.audience)


def _require_beginning(tx: Reading, place: ChannelAccess, emoji: EmojiKey) -> None:
    """Whether the actor may put an emoji under a message where it is not yet."""
    place.require(Permission.ADD_REACTIONS)
    if emoji.id is not None:
        custom = usable_emoji(tx, emoji.id)
        if custom is None:
            raise UnknownReactionEmoji()
        if custom.guild_id is not None and custom.guild_id != place.guild_id:
            place.require(Permission.USE_EXTERNAL_EMOJIS)


def usable_emoji(tx: Reading, emoji_id: int) -> Emoji | None:
    """A custom emoji that the actor may use somewhere: of their application, or of a guild of theirs.

    None alike for one that does not exist, and one that only some roles may use. To a webhook its guild's
    are open, as far as they are to everybody.
    """
    emoji = tx.directory.emoji(emoji_id)
    if emoji is None or emoji.guild_id is None:
        return emoji if emoji is not None and emoji.application_id == tx.actor.id else None
    if tx.actor.posts_in is not None and tx.actor.id not in tx.directory.users:
        is_ours = emoji.guild_id == tx.directory.channels[tx.actor.posts_in].guild_id
        return emoji if is_ours and emoji.is_for(()) else None
    member = tx.directory.guilds[emoji.guild_id].members.get(tx.actor.id)
    if member is None or not emoji.is_for(member.role_ids):
        return None
    return emoji


async def _managed(tx: Transaction, channel_id: int, message_id: int) -> ChannelAccess:
    place = await access.channel(tx, channel_id)
    place.require_active()
    place.require(Permission.MANAGE_MESSAGES)
    await message_rows.find(tx, channel_id, message_id)
    return place


async def _add(tx: Queued, place: ChannelAccess, message: Message, emoji: EmojiKey, *, begins: bool) -> bool:
    user = tx.directory.users[tx.actor.id]
    event = events.reaction_add(
        message, place.guild, user, place.member, emoji_payload(emoji, tx.directory.emojis)
    )
    row = _row(place, message.id, emoji, tx.actor.id) | {"begins": begins, "emojis_max": EMOJIS_MAX}
    try:
        return await tx.write(reactions.add_reactions, row, event, to=place.audience)
    except ForeignKeyViolationError:
        return False  # The message was deleted while the statement waited for whoever did it.


async def _remove(tx: Queued, place: ChannelAccess, message_id: int, emoji: EmojiKey, user_id: int) -> bool:
    shown = emoji_payload(emoji, tx.directory.emojis)
    event = events.reaction_remove(place.channel.id, message_id, place.guild_id, user_id, shown)
    row = _row(place, message_id, emoji, user_id)
    return await tx.write(reactions.remove_reactions, row, event, to=place.audience)


async def _state(tx: Reading, message_id: int, emoji: EmojiKey, user_id: int) -> Any:
    async with tx.connection() as conn:
        return await reactions.find_state(conn, message_id=message_id, emoji=emoji.text, user_id=user_id)


def _row(place: ChannelAccess, message_id: int, emoji: EmojiKey, user_id: int) -> dict[str, object]:
    return {
        "message_ids": message_id,
        "channel_ids": place.channel.id,
        "guild_ids": place.guild_id,
        "user_ids": user_id,
        "emojis": emoji.text,
        "known": place.known,
    }
