"""References from one message to another: what a reply answers, what a forward passes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model.shapes import Form

DEFAULT, FORWARD = 0, 1

# What of a message rides on a forward of it. The Discord documentation, "Message Snapshot Object".
SNAPSHOT_KEYS = (
    "type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions",
    "mention_roles", "sticker_items", "components",
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class ReferenceDraft:
    """What a client may send as `message_reference`.

    A reply that may fail to find its message is then sent as an ordinary one, unless `fail_if_not_exists`.
    """

    message_id: int
    channel_id: int | None = None
    guild_id: int | None = None
    fail_if_not_exists: bool = True
    forward: bool = False

    @classmethod
    def of(cls, form: Form) -> ReferenceDraft | None:
        """Read the field `message_reference` of a message's form."""
        inside = form.form("message_reference", default=None)
        if inside is None:
            return None
        draft = cls(
            message_id=inside.snowflake("message_id"),
            channel_id=inside.snowflake("channel_id", default=None),
            guild_id=inside.snowflake("guild_id", default=None),
            fail_if_not_exists=inside.boolean("fail_if_not_exists", default=True),
            forward=inside.choice("type", (DEFAULT, FORWARD), default=DEFAULT) == FORWARD,
        )
        if draft.forward and draft.channel_id is None:
            inside.fault("channel_id", "BASE_TYPE_REQUIRED", "This field is required")
        return draft


def reference_to(
    channel_id: int, guild_id: int | None, message_id: int | None = None, *, type: int = DEFAULT
) -> dict[str, Any]:
    """A message_reference: to a message, or to a channel alone as some system messages have it."""
    reference: dict[str, Any] = {"type": type, "channel_id": str(channel_id)}
    if message_id is not None:
        reference["message_id"] = str(message_id)
    if guild_id is not None:
        reference["guild_id"] = str(guild_id)
    return reference


def snapshot_of(payload: dict[str, Any]) -> dict[str, Any]:
    """A message as a forward keeps it: what was said, without who said it."""
    return {"message": {key: payload[key] for key in SNAPSHOT_KEYS if key in payload}}
