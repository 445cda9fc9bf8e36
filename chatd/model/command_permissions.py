"""Who may use a command in a guild, and where: what its application says, and what the guild says of it.

There are two lists of exceptions, the command's own and the one for all of its application's commands, each
for roles, users and channels. The command's own come first. Where only the application's allow somebody,
`default_member_permissions` still counts; where the command's own do, it does not. Source: the Discord
documentation, "Application Commands", "Permissions", and the change log of 17 November 2022.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from chatd.model.shapes import Form

PERMISSIONS_MAX = 100
_TWICE = "There is one permission for each role, user or channel."


class TargetType(IntEnum):
    ROLE = 1
    USER = 2
    CHANNEL = 3


@dataclass(slots=True, frozen=True)
class Exceptions:
    """What a guild allows and denies, by the type and the id of whom or what it is about."""

    said: dict[tuple[int, int], bool] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: Any) -> Exceptions:
        form = Form(body)
        said: dict[tuple[int, int], bool] = {}
        for each in form.forms("permissions", count=(0, PERMISSIONS_MAX)):
            target = (each.choice("type", tuple(map(int, TargetType))), each.snowflake("id"))
            if target in said:
                each.fault("id", "BASE_TYPE_DUPLICATE", _TWICE)
            if each.raw("permission") is None:
                each.fault("permission", "BASE_TYPE_REQUIRED", "This field is required")
            said[target] = each.boolean("permission")
        form.finish()
        return cls(said)

    @classmethod
    def from_json(cls, text: str) -> Exceptions:
        return cls({(each["type"], int(each["id"])): each["permission"] for each in json.loads(text)})

    def payload(self) -> list[dict[str, Any]]:
        return [permission_payload(*target, permission) for target, permission in self.said.items()]

    def differing(self, other: Exceptions) -> list[tuple[int, int]]:
        """Of what the two say something else, or only one says anything."""
        return [target for target in {**self.said, **other.said}
                if self.said.get(target) is not other.said.get(target)]  # fmt: skip

    def of_channel(self, guild_id: int, channel_id: int) -> bool | None:
        """What is said of a channel, or of all channels; None for nothing."""
        of_all = self.said.get((TargetType.CHANNEL, all_channels(guild_id)))
        return self.said.get((TargetType.CHANNEL, channel_id), of_all)

    def of_member(self, guild_id: int, user_id: int, role_ids: Iterable[int]) -> bool | None:
        """What is said of a member: of themselves, of a role of theirs, of everyone; None for nothing.

        A role that is allowed comes before one that is not.
        """
        if (own := self.said.get((TargetType.USER, user_id))) is not None:
            return own
        of_roles = [self.said.get((TargetType.ROLE, role_id)) for role_id in role_ids]
        for verdict in (True, False):
            if verdict in of_roles:
                return verdict
        return self.said.get((TargetType.ROLE, guild_id))


@dataclass(slots=True, frozen=True)
class Rules:
    """The two lists that count for one command in a guild."""

    guild_id: int
    own: Exceptions
    of_application: Exceptions

    def allow_in(self, channel_id: int) -> bool:
        """Whether the command is used in a channel; threads are as their parent."""
        said = [rules.of_channel(self.guild_id, channel_id) for rules in (self.own, self.of_application)]
        return next((verdict for verdict in said if verdict is not None), True)

    def allow_member(self, user_id: int, role_ids: Iterable[int], *, by_default: bool) -> bool:
        """Whether a member uses the command; `by_default`: they have the permissions that it wants."""
        own = self.own.of_member(self.guild_id, user_id, role_ids)
        if own is not None:
            return own
        return by_default and self.of_application.of_member(self.guild_id, user_id, role_ids) is not False


def all_channels(guild_id: int) -> int:
    """The id that stands for every channel of a guild."""
    return guild_id - 1


def permission_payload(kind: int, target_id: int, permission: bool) -> dict[str, Any]:
    return {"id": str(target_id), "type": kind, "permission": permission}


def permissions_payload(
    guild_id: int, application_id: int, command_id: int, exceptions: Exceptions
) -> dict[str, Any]:
    """`command_id` is the application's for those of all its commands."""
    return {
        "id": str(command_id),
        "application_id": str(application_id),
        "guild_id": str(guild_id),
        "permissions": exceptions.payload(),
    }
