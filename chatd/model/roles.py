"""Roles: named sets of permissions. The one whose id is its guild's is @everyone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chatd.model import permissions
from chatd.model.images import EMOJI_BYTES_MAX, Image, image_of
from chatd.model.shapes import Form, forms_of
from chatd.model.standard_emojis import emoji_of

# The Discord documentation, "Guild": as many as one guild may have.
ROLES_MAX = 250
POSITION_MAX = 2**31 - 1
# The Discord documentation, "Role Colors Object": what a tertiary colour stands for.
HOLOGRAPHIC = (11127295, 16759788, 16761760)

# What the hierarchy of roles compares; the larger stands higher.
Rank = tuple[int, int]


@dataclass(slots=True)
class Role:
    """`color` is the first of up to three, 0 for none; `icon` is a hash, or `unicode_emoji` is there.

    With `bot_id` it is the role that a bot has brought with it, and nobody's to give or to take.
    """

    id: int
    name: str
    permissions: int
    color: int = 0
    secondary_color: int | None = None
    tertiary_color: int | None = None
    hoist: bool = False
    position: int = 0
    managed: bool = False
    mentionable: bool = False
    icon: str | None = None
    unicode_emoji: str | None = None
    flags: int = 0
    bot_id: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> Role:
        return cls(
            row["id"], row["name"], row["permissions"], row["color"], row["secondary_color"],
            row["tertiary_color"], row["hoist"], row["position"], row["managed"], row["mentionable"],
            row["icon"], row["unicode_emoji"], row["flags"], row["bot_id"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Role:
        colors, bot_id = d["colors"], d.get("tags", {}).get("bot_id")
        return cls(
            int(d["id"]), d["name"], int(d["permissions"]), colors["primary_color"],
            colors["secondary_color"], colors["tertiary_color"], d["hoist"], d["position"], d["managed"],
            d["mentionable"], d["icon"], d["unicode_emoji"], d["flags"],
            None if bot_id is None else int(bot_id),
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
            "colors": {
                "primary_color": self.color,
                "secondary_color": self.secondary_color,
                "tertiary_color": self.tertiary_color,
            },
            "hoist": self.hoist,
            "icon": self.icon,
            "unicode_emoji": self.unicode_emoji,
            "position": self.position,
            "permissions": str(self.permissions),
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": self.flags,
            **({} if self.bot_id is None else {"tags": {"bot_id": str(self.bot_id)}}),
        }


@dataclass(slots=True, frozen=True)
class RoleEdit:
    """What a role is to be: `values` by the names of Role's fields, only what was sent.

    `icon` is its image, which `sets_icon` tells from nothing said of one.
    """

    values: dict[str, Any]
    icon: Image | None = None
    sets_icon: bool = False

    @classmethod
    def parse(cls, body: Any) -> RoleEdit:
        form = Form(body)
        edit = cls.read(form)
        form.finish()
        return edit

    @classmethod
    def read(cls, form: Form) -> RoleEdit:
        """`colors` is above the older `color`; null puts a field back to its default."""
        values: dict[str, Any] = {}
        if "name" in form:
            values["name"] = form.string("name", default="new role", length=(1, 100), strip=True)
        if form.raw("permissions") is not None:
            values["permissions"] = permissions.read(form, "permissions")
        if "color" in form:
            values["color"] = _color(form, "color", 0)
        if form.raw("colors") is not None:
            values |= _colors(form.form("colors"))
        for flag in ("hoist", "mentionable"):
            if flag in form:
                values[flag] = form.boolean(flag)
        if "unicode_emoji" in form:
            values["unicode_emoji"] = emoji_of(form, "unicode_emoji")
        return cls(values, image_of(form, "icon", bytes_max=EMOJI_BYTES_MAX), "icon" in form)

    def applied_to(self, role: Role, icon: str | None) -> Role:
        """The role as it is then. `icon` is the hash of the edit's; a role has that or an emoji, not both."""
        after = replace(role, **self.values)
        if self.sets_icon:
            after.icon = icon
        if self.icon is not None:
            after.unicode_emoji = None
        elif after.unicode_emoji is not None:
            after.icon = None
        return after


def read_role_positions(body: Any) -> dict[int, int]:
    """Which roles are to stand where: [{id, position}]. A position of null leaves a role where it is."""
    root, forms = forms_of(body, count=(0, ROLES_MAX))
    moves = [
        (form.snowflake("id"), form.integer("position", default=None, between=(0, POSITION_MAX)))
        for form in forms
    ]
    root.finish()
    return {role_id: position for role_id, position in moves if position is not None}


def placed(roles: list[Role], moves: dict[int, int]) -> dict[int, int]:
    """The position of each role once some have been moved, by id: 1 for the lowest, and no two alike.

    Each of `moves` comes to stand where it says, the lowest first; the others keep their order.
    """
    order = [role.id for role in sorted(roles, key=lambda role: role.rank) if role.id not in moves]
    for role_id, position in sorted(moves.items(), key=lambda move: move[1]):
        order.insert(max(position, 1) - 1, role_id)
    return {role_id: position for position, role_id in enumerate(order, start=1)}


def _color(form: Form, name: str, default: int | None) -> Any:
    return form.integer(name, default=default, between=(0, 0xFFFFFF))


def _colors(form: Form) -> dict[str, Any]:
    """One colour, a gradient of two, or the holographic style, which is the only one of three."""
    colors = (
        _color(form, "primary_color", 0), _color(form, "secondary_color", None),
        _color(form, "tertiary_color", None),
    )  # fmt: skip
    colors = colors if colors[2] is None else HOLOGRAPHIC
    return dict(zip(("color", "secondary_color", "tertiary_color"), colors, strict=True))
