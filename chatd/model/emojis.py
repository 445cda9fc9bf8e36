"""Custom emoji: small pictures with a name, of a guild or of a bot's application.

Who uploaded one is in the database only: an event tells everybody the same, and not everybody is told that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, frozen=True)
class Emoji:
    """`guild_id` is None for an emoji of an application, which its bot may use anywhere.

    `role_ids`, unless empty, says which roles may use it. A role that is deleted stays listed: its emoji
    is not everybody's all of a sudden.
    """

    id: int
    guild_id: int | None
    name: str
    animated: bool = False
    role_ids: tuple[int, ...] = ()
    application_id: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> Emoji:
        return cls(
            row["id"], row["guild_id"], row["name"], row["animated"], tuple(row["role_ids"]),
            row["application_id"],
        )  # fmt: skip

    @classmethod
    def from_payload(
        cls, d: dict[str, Any], *, guild_id: int | None = None, application_id: int | None = None
    ) -> Emoji:
        """Read an emoji back from the list that it is told in, which says whose they are."""
        role_ids = tuple(int(role_id) for role_id in d["roles"])
        return cls(int(d["id"]), guild_id, d["name"], d["animated"], role_ids, application_id)

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "roles": [str(role_id) for role_id in self.role_ids],
            "require_colons": True,
            "managed": False,
            "animated": self.animated,
            "available": True,
        }

    def partial_payload(self) -> dict[str, Any]:
        """As it rides on a reaction, a poll's answer or a component."""
        return {"id": str(self.id), "name": self.name, "animated": self.animated}
