"""Roles: named sets of permissions. The one whose id is its guild's is @everyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# What the hierarchy of roles compares; the larger stands higher.
Rank = tuple[int, int]


@dataclass(slots=True)
class Role:
    id: int
    name: str
    permissions: int
    color: int = 0
    hoist: bool = False
    position: int = 0
    managed: bool = False
    mentionable: bool = False

    @classmethod
    def from_row(cls, row: Any) -> Role:
        return cls(
            row["id"], row["name"], row["permissions"], row["color"], row["hoist"], row["position"],
            row["managed"], row["mentionable"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Role:
        return cls(
            int(d["id"]), d["name"], int(d["permissions"]), d["color"], d["hoist"], d["position"],
            d["managed"], d["mentionable"],
        )  # fmt: skip

    @property
    def rank(self) -> Rank:
        """Roles that share a position stand in the order of their ids, the oldest highest."""
        return self.position, -self.id

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "color": self.color,
            "colors": {"primary_color": self.color, "secondary_color": None, "tertiary_color": None},
            "hoist": self.hoist,
            "icon": None,
            "unicode_emoji": None,
            "position": self.position,
            "permissions": str(self.permissions),
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": 0,
        }
