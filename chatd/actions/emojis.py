"""Emoji: a guild's, for its members, and an application's, for its bot.

Each change tells the complete list, and counts it: access.guild and _own_application keep others from
changing it until the commit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log
from chatd.actions.access import GuildAccess
from chatd.actions.expressions import CREATE, MANAGE, require_change, shows_creators, with_creator
from chatd.model import events
from chatd.model.audience import Nobody
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.emojis import ANIMATED_MAX, OF_APPLICATION_MAX, STILL_MAX, Emoji, EmojiDraft, EmojiEdit
from chatd.model.errors import (
    MaximumAnimatedEmojis,
    MaximumEmojis,
    UnknownApplication,
    UnknownEmoji,
    UnknownRole,
)
from chatd.store.queries import emojis
from chatd.store.transaction import Reading, Transaction

# What the audit log tells of an emoji. That it was created is not told with every default.
_TOLD = ("name", "roles")


async def list_emojis(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """A guild's emoji, for those who may make some with their makers. Raises UnknownGuild."""
    place = await access.guild(tx, guild_id)
    if not shows_creators(place):
        return [emoji.payload() for emoji in place.guild.emojis.values()]
    return [_shown(tx, row) for row in await _rows_of(tx, guild_id)]


async def get_emoji(tx: Reading, guild_id: int, emoji_id: int) -> dict[str, Any]:
    """One of them, with its maker for those who may change it. Raises UnknownGuild, UnknownEmoji."""
    place = await access.guild(tx, guild_id)
    row = _row_in(await _rows_of(tx, guild_id), emoji_id)
    made_it = row["creator_id"] == tx.actor.id and place.may(CREATE)
    return _shown(tx, row) if made_it or place.may(MANAGE) else Emoji.from_row(row).payload()


async def create_emoji(tx: Transaction, guild_id: int, draft: EmojiDraft, image: str) -> dict[str, Any]:
    """Add an emoji to a guild; `image` is the hash of its picture.

    Needs CREATE_GUILD_EXPRESSIONS. Emits GUILD_EMOJIS_UPDATE to the guild.
    Raises UnknownGuild, MissingPermissions, UnknownRole, MaximumEmojis, MaximumAnimatedEmojis.
    """
    place = await access.guild(tx, guild_id)
    place.require(CREATE)
    _require_roles(place, draft.role_ids)
    animated = draft.image.picture.animated
    _require_room([row["animated"] for row in await _rows_of(tx, guild_id)], animated)
    emoji = Emoji(tx.next_id(), guild_id, draft.name, animated, draft.role_ids)
    await _insert(tx, emoji, image)
    await _tell(tx, place)
    changes = changes_between(None, emoji.payload(), _TOLD[:1])
    await audit_log.record(tx, guild_id, AuditAction.EMOJI_CREATE, target_id=emoji.id, changes=changes)
    return with_creator(emoji.payload(), tx.directory.users, tx.actor.id)


async def update_emoji(tx: Transaction, guild_id: int, emoji_id: int, edit: EmojiEdit) -> dict[str, Any]:
    """Name an emoji anew, or say which roles may use it.

    Needs CREATE_GUILD_EXPRESSIONS for one's own, else MANAGE_GUILD_EXPRESSIONS. Emits GUILD_EMOJIS_UPDATE.
    Raises UnknownGuild, UnknownEmoji, MissingPermissions, UnknownRole.
    """
    place = await access.guild(tx, guild_id)
    row = _row_in(await _rows_of(tx, guild_id), emoji_id)
    require_change(place, row["creator_id"])
    before = Emoji.from_row(row)
    _require_roles(place, set(edit.role_ids or ()) - set(before.role_ids))
    after = _edited(before, edit)
    if after != before:
        await emojis.update_emoji(tx.conn, id=emoji_id, name=after.name, role_ids=list(after.role_ids))
        await _tell(tx, place)
        changes = changes_between(before.payload(), after.payload(), _TOLD)
        await audit_log.record(tx, guild_id, AuditAction.EMOJI_UPDATE, target_id=emoji_id, changes=changes)
    return with_creator(after.payload(), tx.directory.users, row["creator_id"])


async def delete_emoji(tx: Transaction, guild_id: int, emoji_id: int) -> None:
    """Take an emoji out of its guild. What was said with it keeps its id.

    Needs CREATE_GUILD_EXPRESSIONS for one's own, else MANAGE_GUILD_EXPRESSIONS. Emits GUILD_EMOJIS_UPDATE.
    Raises UnknownGuild, UnknownEmoji, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    row = _row_in(await _rows_of(tx, guild_id), emoji_id)
    require_change(place, row["creator_id"])
    await emojis.delete_emoji(tx.conn, id=emoji_id)
    await _tell(tx, place)
    changes = changes_between(Emoji.from_row(row).payload(), None, _TOLD[:1])
    await audit_log.record(tx, guild_id, AuditAction.EMOJI_DELETE, target_id=emoji_id, changes=changes)


# ── an application's ──


async def list_application_emojis(tx: Reading, application_id: int) -> dict[str, Any]:
    """The emoji of the bot that asks. Raises UnknownApplication."""
    _require_own(tx, application_id)
    return {"items": [_shown(tx, row) for row in await _application_rows(tx, application_id)]}


async def get_application_emoji(tx: Reading, application_id: int, emoji_id: int) -> dict[str, Any]:
    """Raises UnknownApplication, UnknownEmoji."""
    _require_own(tx, application_id)
    return _shown(tx, _row_in(await _application_rows(tx, application_id), emoji_id))


async def create_application_emoji(
    tx: Transaction, application_id: int, draft: EmojiDraft, image: str
) -> dict[str, Any]:
    """Add an emoji that the bot may use everywhere. No client is told, its servers are.

    Raises UnknownApplication, MaximumEmojis.
    """
    await _hold_own(tx, application_id)
    if len(await _application_rows(tx, application_id)) >= OF_APPLICATION_MAX:
        raise MaximumEmojis()
    animated = draft.image.picture.animated
    emoji = Emoji(tx.next_id(), None, draft.name, animated, application_id=application_id)
    await _insert(tx, emoji, image)
    await _tell_servers(tx, application_id)
    return with_creator(emoji.payload(), tx.directory.users, tx.actor.id)


async def update_application_emoji(
    tx: Transaction, application_id: int, emoji_id: int, edit: EmojiEdit
) -> dict[str, Any]:
    """Name it anew. Raises UnknownApplication, UnknownEmoji."""
    await _hold_own(tx, application_id)
    row = _row_in(await _application_rows(tx, application_id), emoji_id)
    after = _edited(Emoji.from_row(row), replace(edit, role_ids=None))
    await emojis.update_emoji(tx.conn, id=emoji_id, name=after.name, role_ids=[])
    await _tell_servers(tx, application_id)
    return with_creator(after.payload(), tx.directory.users, row["creator_id"])


async def delete_application_emoji(tx: Transaction, application_id: int, emoji_id: int) -> None:
    """Raises UnknownApplication, UnknownEmoji."""
    await _hold_own(tx, application_id)
    _row_in(await _application_rows(tx, application_id), emoji_id)
    await emojis.delete_emoji(tx.conn, id=emoji_id)
    await _tell_servers(tx, application_id)


# ── in common ──


def _require_roles(place: GuildAccess, role_ids: Any) -> None:
    if not place.guild.roles.keys() >= set(role_ids):
        raise UnknownRole()


def _require_room(are_animated: list[bool], animated: bool) -> None:
    if are_animated.count(animated) >= (ANIMATED_MAX if animated else STILL_MAX):
        raise MaximumAnimatedEmojis() if animated else MaximumEmojis()


def _edited(before: Emoji, edit: EmojiEdit) -> Emoji:
    return replace(
        before,
        name=before.name if edit.name is None else edit.name,
        role_ids=before.role_ids if edit.role_ids is None else edit.role_ids,
    )


async def _insert(tx: Transaction, emoji: Emoji, image: str) -> None:
    await emojis.insert_emoji(
        tx.conn, id=emoji.id, guild_id=emoji.guild_id, application_id=emoji.application_id,
        creator_id=tx.actor.id, name=emoji.name, animated=emoji.animated, role_ids=list(emoji.role_ids),
        image=image,
    )  # fmt: skip


async def _rows_of(tx: Reading, guild_id: int) -> list[Any]:
    """From the database, since who made them is nowhere else, and as of this transaction."""
    async with tx.connection() as conn:
        return list(await emojis.list_guild_emojis(conn, guild_id=guild_id))


async def _application_rows(tx: Reading, application_id: int) -> list[Any]:
    async with tx.connection() as conn:
        return list(await emojis.list_application_emojis(conn, application_id=application_id))


def _row_in(rows: list[Any], emoji_id: int) -> Any:
    row = next((row for row in rows if row["id"] == emoji_id), None)
    if row is None:
        raise UnknownEmoji()
    return row


def _shown(tx: Reading, row: Any) -> dict[str, Any]:
    return with_creator(Emoji.from_row(row).payload(), tx.directory.users, row["creator_id"])


async def _tell(tx: Transaction, place: GuildAccess) -> None:
    now = [Emoji.from_row(row) for row in await _rows_of(tx, place.guild.id)]
    tx.emit(events.guild_emojis_update(place.guild.id, now), to=place.audience)


async def _tell_servers(tx: Transaction, application_id: int) -> None:
    now = [Emoji.from_row(row) for row in await _application_rows(tx, application_id)]
    tx.emit(events.application_emojis_update(application_id, now), to=Nobody())


def _require_own(tx: Reading, application_id: int) -> None:
    """An application's id is that of its bot, and nobody else asks for its emoji."""
    if application_id != tx.actor.id:
        raise UnknownApplication()


async def _hold_own(tx: Transaction, application_id: int) -> None:
    _require_own(tx, application_id)
    if await emojis.hold_application(tx.conn, id=application_id) is None:
        raise UnknownApplication()
