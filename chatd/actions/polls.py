"""Polls: vote, take a vote back, see who voted, and end a poll, early or when its time has come.

A poll is made with its message (composing.py). Who votes holds the poll open until the commit, and who ends
it waits for them, so a result counts every vote that was ever answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chatd.actions import access, message_rows
from chatd.actions.access import ChannelAccess
from chatd.actions.relationships import has_blocked
from chatd.actions.system_messages import create_system_message
from chatd.model import events
from chatd.model.errors import (
    CannotEditOther,
    NotAPoll,
    PollExpired,
    PollVotingBlocked,
    UnknownAnswer,
    UnknownMessage,
)
from chatd.model.messages import Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.polls import AnswerCount, VoterPage, ended, has_answer, result_embed
from chatd.model.references import reference_to
from chatd.model.users import User
from chatd.store.queries import polls
from chatd.store.transaction import Reading, Transaction

# Polls that one round of the clock ends; more wait for the next.
DUE_MAX = 100


async def vote(tx: Transaction, channel_id: int, message_id: int, answer_id: int) -> None:
    """Vote for an answer; where there is room for one only, in the place of another.

    Needs READ_MESSAGE_HISTORY. Emits MESSAGE_POLL_VOTE_ADD, and MESSAGE_POLL_VOTE_REMOVE for what it
    replaces, to everyone who can see the channel. Raises what _open_poll raises.
    """
    place, message = await _open_poll(tx, channel_id, message_id, answer_id)
    mine = {"message_id": message_id, "answer_id": answer_id, "user_id": tx.actor.id}
    if not _poll_of(message)["allow_multiselect"]:
        for row in await polls.delete_other_votes(tx.conn, **mine):
            _emit(tx, place, "MESSAGE_POLL_VOTE_REMOVE", message_id, row["answer_id"])
    if await polls.insert_vote(tx.conn, **mine):
        _emit(tx, place, "MESSAGE_POLL_VOTE_ADD", message_id, answer_id)


async def take_back_vote(tx: Transaction, channel_id: int, message_id: int, answer_id: int) -> None:
    """Vote for an answer no more.

    Needs READ_MESSAGE_HISTORY. Emits MESSAGE_POLL_VOTE_REMOVE to everyone who can see the channel.
    Raises what _open_poll raises.
    """
    place, _ = await _open_poll(tx, channel_id, message_id, answer_id)
    if await polls.delete_vote(
        tx.conn, message_id=message_id, answer_id=answer_id, user_id=tx.actor.id
    ):
        _emit(tx, place, "MESSAGE_POLL_VOTE_REMOVE", message_id, answer_id)


async def list_voters(
    tx: Reading, channel_id: int, message_id: int, answer_id: int, page: VoterPage
) -> list[User]:
    """Who has voted for an answer, by id.

    Needs READ_MESSAGE_HISTORY. Raises UnknownChannel, MissingPermissions, UnknownMessage, NotAPoll,
    UnknownAnswer.
    """
    await _seen_poll(tx, channel_id, message_id, answer_id)
    async with tx.connection() as conn:
        rows = await polls.voters_after(
            conn, message_id=message_id, answer_id=answer_id, after=page.after, limit=page.limit
        )
    return [tx.directory.users[row["user_id"]] for row in rows]


async def end_poll(tx: Transaction, channel_id: int, message_id: int) -> Message:
    """End one's own poll early.

    Emits MESSAGE_UPDATE with the result, and the MESSAGE_CREATE that tells of it, to everyone who can see the
    channel. Raises UnknownChannel, ThreadArchived, UnknownMessage, NotAPoll, CannotEditOther, PollExpired.
    """
    place = await access.channel(tx, channel_id)
    place.require_active()
    message = await message_rows.find(tx, channel_id, message_id)
    _poll_of(message)
    if message.author.id != tx.actor.id:
        raise CannotEditOther()
    finished = await _close(tx, message)
    if finished is None:
        raise PollExpired()
    (viewed,) = await message_rows.view(tx, [finished])
    return viewed


async def due(tx: Reading) -> Sequence[tuple[int, int]]:
    """Polls whose time has come, as channel and message."""
    async with tx.connection() as conn:
        rows = await polls.due_polls(conn, now=tx.now(), limit=DUE_MAX)
    return [(row["channel_id"], row["message_id"]) for row in rows]


async def end_due_poll(tx: Transaction, channel_id: int, message_id: int) -> None:
    """End a poll because its time has come, unless somebody was faster. Emits as end_poll does.

    Of a channel that is gone nobody is told anything.
    """
    channel = tx.directory.channels.get(channel_id)
    if channel is not None and channel.guild_id is not None:
        await tx.hold_permissions(channel.guild_id)  # and with it the channel, until the result is in it
    if channel_id not in tx.directory.channels:
        await polls.close_poll(tx.conn, message_id=message_id)
        return
    try:
        message = await message_rows.find(tx, channel_id, message_id)
    except UnknownMessage:
        return
    await _close(tx, message)


async def _seen_poll(
    tx: Reading, channel_id: int, message_id: int, answer_id: int
) -> tuple[ChannelAccess, Message]:
    place = await access.channel(tx, channel_id)
    place.require(Permission.READ_MESSAGE_HISTORY)
    message = await message_rows.find(tx, channel_id, message_id)
    if not has_answer(_poll_of(message), answer_id):
        raise UnknownAnswer()
    return place, message


async def _open_poll(
    tx: Transaction, channel_id: int, message_id: int, answer_id: int
) -> tuple[ChannelAccess, Message]:
    """A poll that stays open until the commit.

    Raises UnknownChannel, MissingPermissions, UnknownMessage, NotAPoll, UnknownAnswer, ThreadArchived,
    PollVotingBlocked, PollExpired.
    """
    place, message = await _seen_poll(tx, channel_id, message_id, answer_id)
    place.require_active()
    place.require_not_timed_out(tx.now())
    if has_blocked(tx.directory, message.author.id, tx.actor.id):
        raise PollVotingBlocked()
    expires_at = await polls.hold_poll(tx.conn, message_id=message_id)
    if expires_at is None or expires_at <= tx.now():
        raise PollExpired()
    return place, message


async def _close(tx: Transaction, message: Message) -> Message | None:
    """Count, write the result into the poll, and say so; None for one that has ended already."""
    if not await polls.close_poll(tx.conn, message_id=message.id):
        return None
    rows = await polls.count_votes(tx.conn, message_ids=[message.id], user_id=tx.actor.id)
    counts = [AnswerCount(row["answer_id"], row["count"]) for row in rows]
    now = tx.now()

    def with_result(before: Message) -> Message:
        details = before.details or {}
        return replace(before, details={**details, "poll": ended(details["poll"], counts, now)})

    channel = tx.directory.channels[message.channel_id]
    guild = None if channel.guild_id is None else tx.directory.guilds[channel.guild_id]
    finished = await message_rows.change(tx, message.channel_id, message.id, with_result, guild)
    await create_system_message(
        tx, message.channel_id, MessageType.POLL_RESULT, author_id=message.author.id, author=message.author,
        mention_ids=[] if message.is_of_webhook else [message.author.id],
        reference=reference_to(message.channel_id, None, message.id),
        details={**message.webhook_details, "embeds": [result_embed(_poll_of(message), counts)]},
    )  # fmt: skip
    return finished


def _poll_of(message: Message) -> dict[str, Any]:
    poll: dict[str, Any] | None = (message.details or {}).get("poll")
    if poll is None:
        raise NotAPoll()
    return poll


def _emit(tx: Transaction, place: ChannelAccess, name: str, message_id: int, answer_id: int) -> None:
    event = events.poll_vote(name, place.channel.id, message_id, place.guild_id, tx.actor.id, answer_id)
    tx.emit(event, to=place.audience)
