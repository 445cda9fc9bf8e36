"""What somebody must be allowed, beside seeing the place, to be told of an event there.

Source: the Discord documentation, "Gateway events": INVITE_CREATE "requires the MANAGE_CHANNELS permission",
GUILD_AUDIT_LOG_ENTRY_CREATE "VIEW_AUDIT_LOG", and those of automatic moderation "MANAGE_GUILD". What is not
here needs nothing more.
"""

from __future__ import annotations

from chatd.model.permissions import Permission

_NEEDED: dict[str, int] = {
    **dict.fromkeys(
        ("AUTO_MODERATION_RULE_CREATE", "AUTO_MODERATION_RULE_UPDATE", "AUTO_MODERATION_RULE_DELETE",
         "AUTO_MODERATION_ACTION_EXECUTION"),
        int(Permission.MANAGE_GUILD),
    ),
    "GUILD_AUDIT_LOG_ENTRY_CREATE": int(Permission.VIEW_AUDIT_LOG),
    "INVITE_CREATE": int(Permission.MANAGE_CHANNELS),
    "INVITE_DELETE": int(Permission.MANAGE_CHANNELS),
    "WEBHOOKS_UPDATE": int(Permission.MANAGE_WEBHOOKS),
}  # fmt: skip


def permissions_needed(event_name: str) -> int:
    """The permissions that a receiver must have where it happens; 0 for none."""
    return _NEEDED.get(event_name, 0)
