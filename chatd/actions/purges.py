"""Purges: take away what somebody has said in a guild, however much that is.

Asking for one is a row and is done at once, so that a ban is. The messages go in pages, each a transaction of
its own that holds nothing else of the guild, so posting goes on in between; the row says how far it has come,
so what a crash interrupts is taken up where it was. `take_next_page` does the work, jobs.py calls it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from chatd.actions import access, audit_log
from chatd.model import events
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel, Nobody
from chatd.model.audit_log import AuditAction
from chatd.model.errors import MissingPermissions, UnknownChannel, UnknownPurge, UnknownUser
from chatd.model.json_text import encode_json
from chatd.model.messages import NOT_DELETABLE, MessageType
from chatd.model.permissions import Permission
from chatd.model.purges import Purge, PurgeDraft, PurgePage
from chatd.store.queries import purges
from chatd.store.store import Store
from chatd.store.transaction import Reading, Transaction

# Messages that one transaction takes away.
PAGE_MESSAGES = 500
# One MESSAGE_DELETE_BULK names at most as many as a client may delete at once.
IDS_MAX = 100


async def create_purge(tx: Transaction, guild_id: int, draft: PurgeDraft) -> dict[str, Any]:
    """Take away what a user has said in a guild or a channel, between two moments.

    Needs MANAGE_MESSAGES there, and a role above that of a member who is somebody else. When it is done, the
    audit log has an entry for each channel, with the count and the reason that the request gives. Emits
    CHATD_PURGE_BEGUN; then MESSAGE_DELETE_BULK, up to 100 messages of a channel each.
    Raises UnknownGuild, UnknownChannel, UnknownUser, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    if draft.channel_id is None:
        place.require(Permission.MANAGE_MESSAGES)
    else:
        channel = await access.channel(tx, draft.channel_id)
        if channel.guild_id != guild_id:
            raise UnknownChannel()
        channel.require(Permission.MANAGE_MESSAGES)
    if draft.user_id not in tx.directory.users:
        raise UnknownUser()
    is_member = draft.user_id in place.guild.members
    if is_member and draft.user_id != tx.actor.id and not place.is_above_member(draft.user_id):
        raise MissingPermissions()
    (purge,) = await begin(
        tx, guild_id, [draft.user_id], since_id=draft.since_id, until_id=draft.until_id,
        channel_id=draft.channel_id,
    )  # fmt: skip
    return purge.payload()


async def begin(
    tx: Transaction,
    guild_id: int,
    user_ids: Sequence[int],
    *,
    since_id: int,
    until_id: int | None = None,
    channel_id: int | None = None,
) -> list[Purge]:
    """Begin one for each user, as part of an act of the caller's, whose permission it is.

    It ends with what has been said by now: who is let in again may speak. Emits CHATD_PURGE_BEGUN.
    """
    now_id = tx.next_id()
    until_id = now_id if until_id is None else min(until_id, now_id)
    begun = [
        Purge(
            tx.next_id(), guild_id, channel_id, user_id, tx.actor.id, tx.reason, since_id, until_id, until_id
        )
        for user_id in user_ids
    ]  # fmt: skip
    await purges.insert_purges(
        tx.conn, ids=[purge.id for purge in begun], author_ids=list(user_ids), guild_id=guild_id,
        channel_id=channel_id, moderator_id=tx.actor.id, reason=tx.reason, since_id=since_id,
        until_id=until_id,
    )  # fmt: skip
    tx.emit(events.purge_begun(guild_id), to=Nobody())
    return begun


async def get_purge(tx: Reading, guild_id: int, purge_id: int) -> dict[str, Any]:
    """How far one has come. Needs MANAGE_MESSAGES. Raises UnknownGuild, MissingPermissions, UnknownPurge."""
    (await access.guild(tx, guild_id)).require(Permission.MANAGE_MESSAGES)
    async with tx.connection() as conn:
        row = await purges.find_purge(conn, guild_id=guild_id, id=purge_id)
    if row is None:
        raise UnknownPurge()
    return Purge.from_row(row).payload()


async def list_purges(tx: Reading, guild_id: int, page: PurgePage) -> list[dict[str, Any]]:
    """Those of a guild, newest first. Needs MANAGE_MESSAGES. Raises UnknownGuild, MissingPermissions."""
    (await access.guild(tx, guild_id)).require(Permission.MANAGE_MESSAGES)
    async with tx.connection() as conn:
        rows = await purges.list_purges(conn, guild_id=guild_id, before=page.before, limit=page.limit)
    return [Purge.from_row(row).payload() for row in rows]


async def take_next_page(store: Store) -> bool:
    """Take away one page of the purge that has had the fewest; False when there is none left to do.

    Emits MESSAGE_DELETE_BULK to each channel, and at the end GUILD_AUDIT_LOG_ENTRY_CREATE.
    """
    async with store.transaction(ANYONE) as tx:
        row = await purges.take_unfinished(tx.conn)
        if row is None:
            return False
        purge = Purge.from_row(row)
        page = await purges.page_of_author(
            tx.conn, author_id=purge.author_id, since_id=purge.since_id, before_id=purge.before_id,
            limit=PAGE_MESSAGES,
        )  # fmt: skip
        if page:
            await _delete(tx, purge, [each["id"] for each in page])
            purge.before_id = page[-1]["id"]
        if len(page) < PAGE_MESSAGES:
            purge.finished_at = tx.now()
            await _record(tx, purge)
        await purges.note_progress(
            tx.conn, id=purge.id, before_id=purge.before_id, counts=encode_json(purge.counts),
            finished_at=purge.finished_at,
        )  # fmt: skip
    return True


async def _delete(tx: Transaction, purge: Purge, ids: list[int]) -> None:
    deleted = await purges.delete_in_guild(
        tx.conn, ids=ids, guild_id=purge.guild_id, channel_id=purge.channel_id,
        kept_types=sorted(NOT_DELETABLE | {MessageType.AUTO_MODERATION_ACTION}),
    )  # fmt: skip
    ids_in: defaultdict[int, list[int]] = defaultdict(list)
    for row in deleted:
        ids_in[row["channel_id"]].append(row["id"])
    for channel_id, gone in sorted(ids_in.items()):
        purge.counts[channel_id] = purge.counts.get(channel_id, 0) + len(gone)
        gone.sort()
        for at in range(0, len(gone), IDS_MAX):
            event = events.message_delete_bulk(gone[at : at + IDS_MAX], channel_id, purge.guild_id)
            tx.emit(event, to=Channel(channel_id, purge.guild_id))


async def _record(tx: Transaction, purge: Purge) -> None:
    """What was done, in the name of who asked for it and with their reason."""
    tx.reason = purge.reason
    with tx.acting_as(Actor(purge.moderator_id)):
        for channel_id, count in sorted(purge.counts.items()):
            await audit_log.record(
                tx, purge.guild_id, AuditAction.MESSAGE_DELETE, target_id=purge.author_id,
                options={"channel_id": str(channel_id), "count": str(count)},
            )  # fmt: skip
