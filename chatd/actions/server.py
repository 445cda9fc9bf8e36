"""The server itself, for its administrators: its settings, what it says to everybody, what it takes up."""

from __future__ import annotations

import platform
from typing import Any

from chatd.actions import administrators
from chatd.actions.system_messages import create_system_message
from chatd.model.administration import SETTINGS_CHANGED, Announcement, ServerSettings
from chatd.model.channels import ChannelType
from chatd.model.errors import UnknownChannel
from chatd.model.guilds import Guild
from chatd.model.messages import Message, MessageType
from chatd.model.times import iso_or_none
from chatd.store.blobs import Blobs
from chatd.store.queries import administration, settings
from chatd.store.transaction import Reading, Transaction

# Where the planner thinks that there are fewer rows than this, they are counted.
COUNTED_ROWS_MAX = 100_000
WHERE_PEOPLE_ARE_TOLD = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT)


async def get_settings(tx: Reading) -> dict[str, Any]:
    """What an administrator may change, and the guild that everybody joins."""
    async with tx.connection() as conn:
        return _payload(await settings.find_settings(conn))


async def update_settings(tx: Transaction, edit: ServerSettings) -> dict[str, Any]:
    """Change some of them. Emits CHATD_ADMIN_NOTICE."""
    await settings.lock_settings(tx.conn)
    before = _payload(await settings.find_settings(tx.conn))
    sent = {"server_name": edit.server_name, "registration": edit.registration, "welcome": edit.welcome}
    after = before | {name: value for name, value in sent.items() if value is not None}
    if after != before:
        await administration.update_settings(
            tx.conn, name=after["server_name"], registration=after["registration"], welcome=after["welcome"]
        )
        await administrators.tell(tx, SETTINGS_CHANGED, by=tx.actor.id)
    return after


async def announce(tx: Transaction, draft: Announcement) -> list[Message]:
    """Say something to everybody, in the server's own name, as a message that mentions everyone.

    It stands in the system channel of the guild that everybody joins, or of every guild. Emits
    MESSAGE_CREATE. Raises UnknownChannel where there is nowhere to say it.
    """
    rules = await settings.find_settings(tx.conn)
    guilds = tx.directory.guilds
    told = sorted(guilds) if draft.everywhere else [rules["guild_id"]]
    channel_ids = [_channel_of(tx, guilds[guild_id], rules["channel_id"]) for guild_id in told]
    said = [
        await create_system_message(
            tx, channel_id, MessageType.DEFAULT, author_id=rules["system_user_id"], content=draft.content,
            mention_everyone=True,
        )
        for channel_id in channel_ids
        if channel_id is not None
    ]  # fmt: skip
    if not said:
        raise UnknownChannel()
    return said


async def storage(tx: Reading, blobs: Blobs) -> dict[str, Any]:
    """How much there is, in the database and in files."""
    async with tx.connection() as conn:
        row = await administration.storage(conn)
        rows = {name: row[name] for name in ("messages", "journal_entries", "attachments")}
        if max(rows.values()) < COUNTED_ROWS_MAX:
            rows = dict(await administration.counts(conn))
    usage = await blobs.usage()
    return {
        "database": {"bytes": row["database_bytes"]},
        "messages": {"count": rows["messages"], "bytes": row["messages_bytes"]},
        "journal": {
            "count": rows["journal_entries"], "bytes": row["journal_bytes"],
            "since": iso_or_none(row["journal_since"]),
        },
        "attachments": {"count": max(0, rows["attachments"])},
        "files": {"count": usage.number, "bytes": usage.size, "free_bytes": usage.free_bytes},
    }  # fmt: skip


async def versions(tx: Reading) -> dict[str, Any]:
    """Of what the server stands on."""
    async with tx.connection() as conn:
        row = await administration.versions(conn)
    return {
        "schema": row["schema"],
        "postgresql": row["postgresql"].split(" ")[0],
        "python": platform.python_version(),
    }


def counts(tx: Reading) -> dict[str, int]:
    """Of what it has in memory."""
    directory = tx.directory
    bots = sum(user.bot for user in directory.users.values())
    return {
        "users": len(directory.users) - bots, "bots": bots, "guilds": len(directory.guilds),
        "channels": len(directory.channels),
    }  # fmt: skip


def _channel_of(tx: Reading, guild: Guild, home_channel_id: int | None) -> int | None:
    """Where a guild is told things: its system channel, else the one of the first run, else its first one."""
    named = (guild.system_channel_id, home_channel_id if home_channel_id in guild.channel_ids else None)
    first = (c.id for c in tx.directory.channels_of(guild) if c.type in WHERE_PEOPLE_ARE_TOLD)
    return next((channel_id for channel_id in (*named, *first) if channel_id is not None), None)


def _payload(row: Any) -> dict[str, Any]:
    return {
        "server_name": row["name"],
        "registration": row["registration"],
        "welcome": row["welcome"],
        "guild_id": str(row["guild_id"]),
    }
