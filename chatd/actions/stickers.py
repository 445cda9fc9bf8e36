"""Stickers: a guild's, for its members. Each change tells the complete list, as with emoji (emojis.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log
from chatd.actions.access import GuildAccess
from chatd.actions.expressions import CREATE, require_change, shows_creators, with_creator
from chatd.model import events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.errors import MaximumStickers, UnknownSticker
from chatd.model.stickers import (
    STICKER_BYTES_MAX,
    STICKERS_MAX,
    Sticker,
    StickerDraft,
    StickerEdit,
    refuse_too_long,
)
from chatd.store.queries import stickers
from chatd.store.transaction import Reading, Transaction

# What the audit log tells of a sticker.
_TOLD = ("name", "description", "tags", "format_type", "available")


def get_sticker(tx: Reading, sticker_id: int) -> Sticker:
    """A sticker, for anybody who has seen its id on a message. Raises UnknownSticker."""
    sticker = tx.directory.sticker(sticker_id)
    if sticker is None:
        raise UnknownSticker()
    return sticker


async def list_stickers(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """A guild's stickers, for those who may make some with their makers. Raises UnknownGuild."""
    place = await access.guild(tx, guild_id)
    return [_shown(tx, place, row) for row in await _rows_of(tx, guild_id)]


async def get_guild_sticker(tx: Reading, guild_id: int, sticker_id: int) -> dict[str, Any]:
    """One of them. Raises UnknownGuild, UnknownSticker."""
    place = await access.guild(tx, guild_id)
    return _shown(tx, place, await _row_of(tx, guild_id, sticker_id))


async def require_create(tx: Reading, guild_id: int) -> None:
    """Before its file is read. Raises UnknownGuild, MissingPermissions."""
    place = await access.guild(tx, guild_id)
    place.require(CREATE)


async def look_at(store: Any, draft: StickerDraft) -> None:
    """See that the file, which is stored, is not played for too long.

    Raises TooManyFrames, StickerTooLong.
    """
    refuse_too_long(await store.blobs.beginning(draft.file.blob, STICKER_BYTES_MAX))


async def create_sticker(tx: Transaction, guild_id: int, draft: StickerDraft) -> dict[str, Any]:
    """Add a sticker to a guild; its file is stored already.

    Needs CREATE_GUILD_EXPRESSIONS. Emits GUILD_STICKERS_UPDATE to the guild.
    Raises UnknownGuild, MissingPermissions, MaximumStickers.
    """
    place = await access.guild(tx, guild_id)
    place.require(CREATE)
    if len(await _rows_of(tx, guild_id)) >= STICKERS_MAX:
        raise MaximumStickers()
    sticker = Sticker(tx.next_id(), guild_id, draft.name, draft.description, draft.tags, draft.format_type)
    await stickers.insert_sticker(
        tx.conn, id=sticker.id, guild_id=guild_id, creator_id=tx.actor.id, name=sticker.name,
        description=sticker.description, tags=sticker.tags, format_type=sticker.format_type,
        image=draft.file.blob,
    )  # fmt: skip
    await _tell(tx, place, AuditAction.STICKER_CREATE, None, sticker)
    return with_creator(sticker.payload(), tx.directory.users, tx.actor.id)


async def update_sticker(
    tx: Transaction, guild_id: int, sticker_id: int, edit: StickerEdit
) -> dict[str, Any]:
    """Name a sticker anew, describe it, or say what it is found by.

    Needs CREATE_GUILD_EXPRESSIONS for one's own, else MANAGE_GUILD_EXPRESSIONS. Emits GUILD_STICKERS_UPDATE.
    Raises UnknownGuild, UnknownSticker, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    row = await _row_of(tx, guild_id, sticker_id)
    require_change(place, row["creator_id"])
    before = Sticker.from_row(row)
    after = replace(
        before,
        name=before.name if edit.name is None else edit.name,
        description=edit.description if edit.sets_description else before.description,
        tags=before.tags if edit.tags is None else edit.tags,
    )
    if after != before:
        await stickers.update_sticker(
            tx.conn, id=sticker_id, name=after.name, description=after.description, tags=after.tags
        )
        await _tell(tx, place, AuditAction.STICKER_UPDATE, before, after)
    return with_creator(after.payload(), tx.directory.users, row["creator_id"])


async def delete_sticker(tx: Transaction, guild_id: int, sticker_id: int) -> None:
    """Take a sticker out of its guild. Messages that carry it keep its id and name.

    Needs CREATE_GUILD_EXPRESSIONS for one's own, else MANAGE_GUILD_EXPRESSIONS. Emits GUILD_STICKERS_UPDATE.
    Raises UnknownGuild, UnknownSticker, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    row = await _row_of(tx, guild_id, sticker_id)
    require_change(place, row["creator_id"])
    await stickers.delete_sticker(tx.conn, id=sticker_id)
    await _tell(tx, place, AuditAction.STICKER_DELETE, Sticker.from_row(row), None)


async def _tell(
    tx: Transaction, place: GuildAccess, action: AuditAction, before: Sticker | None, after: Sticker | None
) -> None:
    """The complete list to everybody, and what has changed to the audit log."""
    guild_id = place.guild.id
    now = [Sticker.from_row(row) for row in await _rows_of(tx, guild_id)]
    tx.emit(events.guild_stickers_update(guild_id, now), to=place.audience)
    sticker = after or before
    assert sticker is not None, "one of them is there"
    old = None if before is None else before.payload()
    new = None if after is None else after.payload()
    changes = changes_between(old, new, _TOLD)
    await audit_log.record(tx, guild_id, action, target_id=sticker.id, changes=changes)


async def _rows_of(tx: Reading, guild_id: int) -> list[Any]:
    """From the database, since who made them is nowhere else, and as of this transaction."""
    async with tx.connection() as conn:
        return list(await stickers.list_guild_stickers(conn, guild_id=guild_id))


async def _row_of(tx: Reading, guild_id: int, sticker_id: int) -> Any:
    row = next((row for row in await _rows_of(tx, guild_id) if row["id"] == sticker_id), None)
    if row is None:
        raise UnknownSticker()
    return row


def _shown(tx: Reading, place: GuildAccess, row: Any) -> dict[str, Any]:
    payload = Sticker.from_row(row).payload()
    return with_creator(payload, tx.directory.users, row["creator_id"]) if shows_creators(place) else payload
