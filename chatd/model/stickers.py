"""Stickers: pictures of a guild that a message may carry.

As with emoji, who uploaded one is in the database only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

# The other type, standard, is for stickers of packs; there are no packs here.
GUILD_STICKER = 2


class StickerFormat(IntEnum):
    PNG = 1
    APNG = 2
    LOTTIE = 3
    GIF = 4


@dataclass(slots=True, frozen=True)
class Sticker:
    """`tags` is what it is found by: the name of a standard emoji, or several words."""

    id: int
    guild_id: int
    name: str
    description: str | None
    tags: str
    format_type: int

    @classmethod
    def from_row(cls, row: Any) -> Sticker:
        return cls(
            row["id"], row["guild_id"], row["name"], row["description"], row["tags"], row["format_type"]
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Sticker:
        return cls(
            int(d["id"]), int(d["guild_id"]), d["name"], d["description"], d["tags"], d["format_type"]
        )

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "description": self.description,
            "tags": self.tags,
            "type": GUILD_STICKER,
            "format_type": self.format_type,
            "available": True,
            "guild_id": str(self.guild_id),
        }

    def item_payload(self) -> dict[str, Any]:
        """As it rides on a message, in `sticker_items`."""
        return {"id": str(self.id), "name": self.name, "format_type": self.format_type}
