"""What emoji, stickers and sounds have in common: who may make and change them, and who made them.

The Discord documentation, "Permissions": CREATE_GUILD_EXPRESSIONS is for making them and for changing one's
own, MANAGE_GUILD_EXPRESSIONS for changing everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatd.actions.access import GuildAccess
from chatd.model.permissions import Permission
from chatd.model.users import User

CREATE = int(Permission.CREATE_GUILD_EXPRESSIONS)
MANAGE = int(Permission.MANAGE_GUILD_EXPRESSIONS)


def require_change(place: GuildAccess, creator_id: int | None) -> None:
    """Raises MissingPermissions unless the actor may change what `creator_id` has made."""
    if creator_id != place.member.user_id or not place.may(CREATE):
        place.require(MANAGE)


def shows_creators(place: GuildAccess) -> bool:
    return place.may(CREATE) or place.may(MANAGE)


def with_creator(
    payload: dict[str, Any], users: Mapping[int, User], creator_id: int | None
) -> dict[str, Any]:
    """The payload with the `user` who made it, as far as that is known."""
    creator = None if creator_id is None else users.get(creator_id)
    return payload if creator is None else {**payload, "user": creator.payload()}
