"""Incident actions: stop invites, or direct messages between members, for up to a day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log
from chatd.model import audience, events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.errors import InvalidFormBody
from chatd.model.incidents import UNTIL_MAX, IncidentActions
from chatd.model.permissions import Permission
from chatd.store.queries import guilds
from chatd.store.transaction import Transaction


async def set_incident_actions(tx: Transaction, guild_id: int, draft: IncidentActions) -> dict[str, Any]:
    """Until when nobody joins by an invite, or writes to another member who is no friend.

    Needs MANAGE_GUILD. Emits GUILD_UPDATE. Raises UnknownGuild, MissingPermissions, InvalidFormBody.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_GUILD)
    for name, until in draft.values.items():
        if until is not None and until > tx.now() + UNTIL_MAX:
            raise InvalidFormBody.at(name, "DATE_TIME_TYPE_MAX", "Must be within the next 24 hours.")
    before = place.guild
    changed: dict[str, Any] = {**draft.values}
    after = replace(before, **changed)
    if after != before:
        await guilds.set_incident_actions(
            tx.conn, id=guild_id, invites_disabled_until=after.invites_disabled_until,
            dms_disabled_until=after.dms_disabled_until,
        )  # fmt: skip
        tx.emit(events.guild_update(after), to=audience.Guild(guild_id))
        changes = changes_between(before.incidents_data or {}, after.incidents_data or {})
        await audit_log.record(tx, guild_id, AuditAction.GUILD_UPDATE, target_id=guild_id, changes=changes)
    return after.incidents_payload()
