"""What somebody must be allowed, beside seeing the place, to be told of an event there.

Source: the Discord documentation, "Gateway events": INVITE_CREATE "requires the MANAGE_CHANNELS permission",
GUILD_AUDIT_LOG_ENTRY_CREATE "VIEW_AUDIT_LOG". What is not here needs nothing more.
"""

from __future__ import annotations

from chatd.model.permissions import Permission

_NEEDED: dict[str, int] = {
    "GUILD_AUDIT_LOG_ENTRY_CREATE": int(Permission.VIEW_AUDIT_LOG),
    "INVITE_CREATE": int(Permission.MANAGE_CHANNELS),
    "INVITE_DELETE": int(Permission.MANAGE_CHANNELS),
    "WEBHOOKS_UPDATE": int(Permission.MANAGE_WEBHOOKS),
}


def permissions_needed(event_name: str) -> int:
    """The permissions that a receiver must have where it happens; 0 for none."""
    return _NEEDED.get(event_name, 0)
