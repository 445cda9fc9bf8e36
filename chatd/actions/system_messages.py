"""What the server says of itself in a channel: somebody has joined, a thread was made, a message pinned.

Every feature may say such a thing in the transaction of what it tells of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chatd.actions import message_rows
from chatd.model.members import Member
from chatd.model.messages import Message, MessageType
from chatd.model.users import User
from chatd.store.transaction import Queued


async def create_system_message(
    tx: Queued,
    channel_id: int,
    type: MessageType,
    *,
    author_id: int,
    content: str = "",
    mention_ids: Iterable[int] = (),
    reference: dict[str, Any] | None = None,
    referenced: Message | None = None,
    details: dict[str, Any] | None = None,
    mention_everyone: bool = False,
    author: User | None = None,
    author_member: Member | None = None,
    guild_id: int | None = None,
) -> Message:
    """Tell a channel that something has happened there. Asks nobody's permission: that is the caller's.

    `reference` is what `reference_to` makes, `referenced` the message that goes with it; `details` are
    others of Message. The directory does not know yet what was only made in this same transaction: then
    `author` is the user of author_id and `author_member` their membership, and `guild_id` is that of the
    channel. Emits MESSAGE_CREATE.
    """
    users, channel = tx.directory.users, tx.directory.channels.get(channel_id)
    guild_id = channel.guild_id if channel is not None else guild_id
    if reference is not None:
        details = {**(details or {}), "message_reference": reference}
    message = Message(
        id=tx.next_id(),
        channel_id=channel_id,
        author=author or users[author_id],
        content=content,
        type=type,
        mention_everyone=mention_everyone,
        mentions=tuple(users[user_id] for user_id in mention_ids),
        details=details,
        referenced=referenced,
    )
    guild = None if guild_id is None else tx.directory.guilds[guild_id]
    written = await message_rows.insert(tx, message, guild, known=None, author_member=author_member)
    assert written, "nothing refuses what needs no permission"
    return message
