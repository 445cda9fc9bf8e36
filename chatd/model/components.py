"""Message components: rows of buttons, or of one select menu, below what a message says.

What a client sends comes out as the component object that is stored and shown, each with a number by which
an interaction will name it: its own, or the lowest that is free, in the order of the message.
Source: the Discord documentation, "Component Reference".
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from chatd.model.channels import ChannelType
from chatd.model.shapes import Form

ROWS_MAX, BUTTONS_MAX, OPTIONS_MAX = 5, 5, 25
CUSTOM_ID_MAX, LABEL_MAX, URL_MAX, PLACEHOLDER_MAX, OPTION_MAX = 100, 80, 512, 150, 100
EMOJI_NAME_MAX = 32
NUMBER_MAX = 2**31 - 1


class ComponentType(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8


# Styles of a button: those that tell the application, and the one that opens a page.
_TELLING, LINK = (1, 2, 3, 4), 5

# Of what a menu that fills itself may have been filled beforehand.
_CHOSEN = {
    ComponentType.USER_SELECT: ("user",),
    ComponentType.ROLE_SELECT: ("role",),
    ComponentType.MENTIONABLE_SELECT: ("user", "role"),
    ComponentType.CHANNEL_SELECT: ("channel",),
}
_IN_A_ROW = (ComponentType.BUTTON, ComponentType.STRING_SELECT, *_CHOSEN)


def components_of(form: Form) -> list[dict[str, Any]]:
    """Read the field `components` of a message's form."""
    rows = [_row_of(inside) for inside in form.forms("components", default=[], count=(0, ROWS_MAX))]
    parts = [part for row in rows for part in (row, *row["components"])]
    for name, code in (("id", "COMPONENT_ID_DUPLICATED"), ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED")):
        given = [part[name] for part in parts if part.get(name)]
        if len(set(given)) < len(given):
            form.fault("components", code, f"No two components of a message may have the same {name}.")
    _number(parts)
    return rows


def _number(parts: list[dict[str, Any]]) -> None:
    taken = {part["id"] for part in parts}
    free = (number for number in range(1, NUMBER_MAX) if number not in taken)
    for part in parts:
        part["id"] = part["id"] or next(free)


def _row_of(form: Form) -> dict[str, Any]:
    form.choice("type", (ComponentType.ACTION_ROW,))
    row = _numbered(form, ComponentType.ACTION_ROW)
    row["components"] = [_part_of(part) for part in form.forms("components", count=(1, BUTTONS_MAX))]
    if len(row["components"]) > 1 and any(part["type"] != ComponentType.BUTTON for part in row["components"]):
        message = f"A row is up to {BUTTONS_MAX} buttons, or one select menu."
        form.fault("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    return row


def _part_of(form: Form) -> dict[str, Any]:
    kind = ComponentType(form.choice("type", _IN_A_ROW))
    part = _numbered(form, kind)
    if kind is ComponentType.BUTTON:
        part |= _button_of(form)
    else:
        part |= _menu_of(form, kind)
    return {name: value for name, value in part.items() if value is not None}


def _numbered(form: Form, kind: ComponentType) -> dict[str, Any]:
    """The beginning of every component. A number of 0 is as good as none."""
    return {"type": int(kind), "id": form.integer("id", default=0, between=(0, NUMBER_MAX))}


def _button_of(form: Form) -> dict[str, Any]:
    style = form.choice("style", (*_TELLING, LINK))
    button = {
        "style": style,
        "label": form.string("label", default=None, length=(0, LABEL_MAX)) or None,
        "emoji": _emoji_of(form),
        "disabled": form.boolean("disabled"),
    }
    if not button["label"] and not button["emoji"]:
        form.fault("label", "BASE_TYPE_REQUIRED", "A button has a label or an emoji.")
    wanted, other = ("url", "custom_id") if style == LINK else ("custom_id", "url")
    if form.raw(other) is not None:
        form.fault(other, "BUTTON_COMPONENT_FIELD_FORBIDDEN", f"A button of this style has no {other}.")
    if wanted == "url":
        return button | {"url": form.url("url", ("http", "https"), length=(1, URL_MAX))}
    return button | {"custom_id": _custom_id_of(form)}


def _menu_of(form: Form, kind: ComponentType) -> dict[str, Any]:
    least = form.integer("min_values", default=1, between=(0, OPTIONS_MAX))
    most = form.integer("max_values", default=1, between=(1, OPTIONS_MAX))
    if least > most:
        form.fault("min_values", "BASE_TYPE_MAX", "Must be no greater than max_values.")
    menu = {
        "custom_id": _custom_id_of(form),
        "placeholder": form.string("placeholder", default=None, length=(0, PLACEHOLDER_MAX)) or None,
        "min_values": least,
        "max_values": most,
        "disabled": form.boolean("disabled"),
    }
    if kind is ComponentType.STRING_SELECT:
        return menu | {"options": list(_options_of(form))}
    if kind is ComponentType.CHANNEL_SELECT:
        menu["channel_types"] = _channel_types_of(form)
    return menu | {"default_values": _default_values_of(form, _CHOSEN[kind])}


def _options_of(form: Form) -> Iterator[dict[str, Any]]:
    values = set()
    for inside in form.forms("options", count=(1, OPTIONS_MAX)):
        option = {
            "label": inside.string("label", length=(1, OPTION_MAX)),
            "value": inside.string("value", length=(1, OPTION_MAX)),
            "description": inside.string("description", default=None, length=(0, OPTION_MAX)) or None,
            "emoji": _emoji_of(inside),
            "default": inside.boolean("default"),
        }
        if option["value"] in values:
            inside.fault("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Is the value of another one.")
        values.add(option["value"])
        yield {name: value for name, value in option.items() if value is not None}


def _default_values_of(form: Form, kinds: tuple[str, ...]) -> list[dict[str, str]] | None:
    inside = form.forms("default_values", default=[], count=(0, OPTIONS_MAX))
    return [{"id": str(each.snowflake("id")), "type": each.choice("type", kinds)} for each in inside] or None


def _channel_types_of(form: Form) -> list[int] | None:
    types = form.items("channel_types", default=[])
    known = set(ChannelType)
    if not all(isinstance(kind, int) and not isinstance(kind, bool) and kind in known for kind in types):
        form.fault("channel_types", "BASE_TYPE_CHOICES", f"Values must be of {tuple(map(int, ChannelType))}.")
    return list(dict.fromkeys(types)) or None


def _custom_id_of(form: Form) -> str:
    text: str = form.string("custom_id", length=(1, CUSTOM_ID_MAX))
    return text


def _emoji_of(form: Form) -> dict[str, Any] | None:
    """A custom emoji by its id, or a standard one by its characters."""
    emoji = form.form("emoji", default=None)
    if emoji is None:
        return None
    number = emoji.snowflake("id", default=None)
    name = emoji.string("name", default="" if number is not None else None, length=(0, EMOJI_NAME_MAX))
    if number is None:
        if not name:
            emoji.fault("name", "BASE_TYPE_REQUIRED", "This field is required")
        return {"name": name}
    return {"id": str(number), "name": name, "animated": emoji.boolean("animated")}
