"""Custom emoji: small pictures with a name, of a guild or of a bot's application.

Who uploaded one is in the database only: an event tells everybody the same, and not everybody is told that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chatd.model.images import EMOJI_BYTES_MAX, Image, image_of
from chatd.model.shapes import Form

NAME = re.compile(r"[A-Za-z0-9_]+")
NAME_RULE = "An emoji's name may only have letters, digits and underscores."
NAME_LENGTH = (2, 32)

# Discord's for a guild without boosts, which is what client libraries reckon with; still and moving
# ones are counted apart. And for an application.
STILL_MAX = 50
ANIMATED_MAX = 50
OF_APPLICATION_MAX = 2000
ROLES_MAX = 250


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

    def is_for(self, role_ids: Iterable[int]) -> bool:
        """Whether a member of its guild with these roles may use it."""
        return not self.role_ids or not {self.guild_id, *role_ids}.isdisjoint(self.role_ids)

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


@dataclass(slots=True, frozen=True)
class EmojiDraft:
    """A new emoji. Its picture is stored, and named, before its row is."""

    name: str
    image: Image
    role_ids: tuple[int, ...]

    @classmethod
    def parse(cls, body: Any) -> EmojiDraft:
        form = Form(body)
        name = form.pattern("name", NAME, NAME_RULE, length=NAME_LENGTH)
        image = image_of(form, "image", required=True, bytes_max=EMOJI_BYTES_MAX)
        role_ids = _role_ids_of(form) or ()
        form.finish()
        assert image is not None, "what is required and not there is a fault"
        return cls(name, image, role_ids)


@dataclass(slots=True, frozen=True)
class EmojiEdit:
    """What is None stays as it is."""

    name: str | None
    role_ids: tuple[int, ...] | None

    @classmethod
    def parse(cls, body: Any) -> EmojiEdit:
        form = Form(body)
        edit = cls(
            name=form.pattern("name", NAME, NAME_RULE, length=NAME_LENGTH, default=None),
            role_ids=_role_ids_of(form),
        )
        form.finish()
        return edit


def _role_ids_of(form: Form) -> tuple[int, ...] | None:
    """The field `roles`: null means everybody, as an empty list does."""
    role_ids = form.snowflakes("roles", default=[], count=(0, ROLES_MAX))
    return tuple(dict.fromkeys(role_ids)) if "roles" in form else None
