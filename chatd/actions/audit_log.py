"""The audit log: keep what was done, and show it to those who may see it."""

from __future__ import annotations

import json
from typing import Any

from chatd.actions import access
from chatd.model import events
from chatd.model.audience import Guild
from chatd.model.audit_log import AuditAction, AuditEntry, AuditLogPage
from chatd.model.commands import Command
from chatd.model.guilds import Guild as GuildObject
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.model.webhooks import Webhook
from chatd.store.queries import audit_log, commands, webhooks
from chatd.store.transaction import Reading, Transaction

_OF_COMMANDS = AuditAction.APPLICATION_COMMAND_PERMISSION_UPDATE
_OF_WEBHOOKS = (AuditAction.WEBHOOK_CREATE, AuditAction.WEBHOOK_UPDATE, AuditAction.WEBHOOK_DELETE)


async def record(
    tx: Transaction,
    guild_id: int,
    action: AuditAction,
    *,
    target_id: int | None = None,
    changes: list[dict[str, Any]] | None = None,
    options: dict[str, str] | None = None,
) -> None:
    """Keep what the actor has just done, in the transaction that did it, with the reason they gave.

    Emits GUILD_AUDIT_LOG_ENTRY_CREATE to those who may see the log.
    """
    await _keep(
        tx, guild_id,
        AuditEntry(tx.next_id(), tx.actor.user_id, target_id, action, changes or [], options, tx.reason),
    )  # fmt: skip


async def record_rule(
    tx: Transaction, guild_id: int, action: AuditAction, user_id: int, options: dict[str, str]
) -> None:
    """Keep what a rule of automatic moderation has done to a user, whoever's act it was that it judged."""
    await _keep(tx, guild_id, AuditEntry(tx.next_id(), user_id, user_id, action, [], options))


async def _keep(tx: Transaction, guild_id: int, entry: AuditEntry) -> None:
    await audit_log.insert_entry(
        tx.conn, id=entry.id, guild_id=guild_id, user_id=entry.user_id, target_id=entry.target_id,
        action_type=int(entry.action_type), changes=encode_json(entry.changes),
        options=encode_json(entry.options) if entry.options else None, reason=entry.reason,
    )  # fmt: skip
    tx.emit(events.audit_log_entry_create(guild_id, entry), to=Guild(guild_id))


async def list_entries(tx: Reading, guild_id: int, page: AuditLogPage) -> dict[str, Any]:
    """A page of a guild's log, with the users, threads, events, rules and commands that its entries name.

    Needs VIEW_AUDIT_LOG. Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.VIEW_AUDIT_LOG)
    filters = {
        "guild_id": guild_id, "user_id": page.user_id, "target_id": page.target_id,
        "action_type": page.action_type, "limit": page.limit,
    }  # fmt: skip
    async with tx.connection() as conn:
        if page.after is not None and page.before is None:
            rows = await audit_log.entries_after(conn, after=page.after, **filters)
        else:
            before = SNOWFLAKE_MAX if page.before is None else page.before
            rows = await audit_log.entries_before(conn, before=before, **filters)
    found = _with_what_they_name(tx, place.guild, [_from_row(row) for row in rows])
    entries = found["audit_log_entries"]
    return {
        **found,
        "webhooks": await _webhooks_of(tx, guild_id, entries),
        "application_commands": await _commands_of(tx, entries),
    }


async def _webhooks_of(tx: Reading, guild_id: int, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are named and still there, without their tokens: who may read is not who may manage."""
    ids = {int(entry["target_id"]) for entry in entries if entry["action_type"] in _OF_WEBHOOKS}
    if not ids:
        return []
    async with tx.connection() as conn:
        rows = await webhooks.webhooks_of_guild(conn, guild_id=guild_id)
    named = [Webhook.from_row(row) for row in rows if row["id"] in ids]
    return [webhook.payload(maker=tx.directory.users.get(webhook.user_id or 0)) for webhook in named]


async def _commands_of(tx: Reading, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose permissions have been changed, as far as they are still there."""
    ids = {int(entry["target_id"]) for entry in entries if entry["action_type"] == _OF_COMMANDS}
    if not ids:
        return []
    async with tx.connection() as conn:
        rows = await commands.find_commands(conn, ids=sorted(ids))
    return [Command.from_row(row).payload() for row in rows]


def _with_what_they_name(tx: Reading, guild: GuildObject, entries: list[AuditEntry]) -> dict[str, Any]:
    directory, happening, rules = tx.directory, guild.scheduled_events, guild.auto_moderation_rules
    named = dict.fromkeys(
        number for entry in entries for number in (entry.user_id, entry.target_id) if number is not None
    )
    seen = (directory.channels[number] for number in named if directory.can_view(tx.actor.id, number))
    threads = [channel for channel in seen if channel.thread is not None]
    return {
        "audit_log_entries": [entry.payload() for entry in entries],
        "users": [directory.users[number].payload() for number in named if number in directory.users],
        "integrations": [],
        "threads": [thread.payload() for thread in threads],
        "auto_moderation_rules": [rules[number].payload() for number in named if number in rules],
        "guild_scheduled_events": [
            event.payload(directory.users)
            for event in (happening[number] for number in named if number in happening)
            if event.channel_id is None or directory.can_view(tx.actor.id, event.channel_id)
        ],
    }


def _from_row(row: Any) -> AuditEntry:
    return AuditEntry(
        row["id"], row["user_id"], row["target_id"], row["action_type"], json.loads(row["changes"]),
        json.loads(row["options"]) if row["options"] else None, row["reason"],
    )  # fmt: skip
