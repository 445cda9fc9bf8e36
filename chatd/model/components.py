"""Message components: rows of buttons or of one select menu, and the layouts that a message may consist of.

What a client sends comes out as the component object that is stored and shown, each with a number by which
an interaction will name it: its own, or the lowest that is free, in the order of the message. A message with
IS_COMPONENTS_V2 is made of components alone; without it they are rows below what it says. Which of the two it
is, an edit learns only from the message, so that is checked apart (`layout_fault`). Those of a modal are read
by the same means (modals.py); what somebody does with a component is for component_data.py.
Source: the Discord documentation, "Component Reference".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from chatd.model.channels import ChannelType
from chatd.model.shapes import Form

ROWS_MAX, BUTTONS_MAX, OPTIONS_MAX = 5, 5, 25
# Of a message that is made of components: all of them, and the characters of their texts together.
COMPONENTS_MAX, TEXT_MAX = 40, 4000
SECTION_TEXTS_MAX, GALLERY_MAX, ALT_TEXT_MAX, MEDIA_URL_MAX = 3, 10, 1024, 2048
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
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    # Of modals.
    TEXT_INPUT = 4
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


# Styles of a button: those that tell the application, the one that opens a page, and the one that sells.
_TELLING, LINK, PREMIUM = (1, 2, 3, 4), 5, 6

# Of what a menu that fills itself may have been filled beforehand.
CHOSEN = {
    ComponentType.USER_SELECT: ("user",),
    ComponentType.ROLE_SELECT: ("role",),
    ComponentType.MENTIONABLE_SELECT: ("user", "role"),
    ComponentType.CHANNEL_SELECT: ("channel",),
}
_T = ComponentType
MENUS = (_T.STRING_SELECT, *CHOSEN)
_IN_A_ROW = (_T.BUTTON, *MENUS)
_IN_A_CONTAINER = (_T.ACTION_ROW, _T.SECTION, _T.TEXT_DISPLAY, _T.MEDIA_GALLERY, _T.FILE, _T.SEPARATOR)
_IN_A_MESSAGE = (*_IN_A_CONTAINER, _T.CONTAINER)
# A component that holds others, by the name of where.
_HOLDING = ("components", "accessory", "component")

Reader = Callable[[Form, ComponentType], dict[str, Any]]


def components_of(form: Form) -> list[dict[str, Any]]:
    """Read the field `components` of a message's form."""
    inside = form.forms("components", default=[], count=(0, COMPONENTS_MAX))
    return numbered(form, [_component_of(each, _IN_A_MESSAGE) for each in inside])


def numbered(form: Form, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The components of a form, each told from the others by its number and by its custom_id."""
    parts = list(walked(made))
    for name, code in (("id", "COMPONENT_ID_DUPLICATED"), ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED")):
        given = [part[name] for part in parts if part.get(name)]
        if len(set(given)) < len(given):
            form.fault("components", code, f"No two components may have the same {name}.")
    _number(parts)
    return made


def walked(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component of a message or a modal, in its order, those that hold others before these."""
    for component in components:
        yield component
        for name in _HOLDING:
            inside = component.get(name, [])
            yield from walked(inside if isinstance(inside, list) else [inside])


def texts_in(components: list[dict[str, Any]]) -> str:
    """What the components say, for whom it mentions."""
    return "\n".join(part["content"] for part in walked(components) if part["type"] == _T.TEXT_DISPLAY)


def layout_fault(components: list[dict[str, Any]], *, alone: bool) -> tuple[str, str] | None:
    """What is wrong with them as a whole, as a code and a message; `alone`: the message is made of them."""
    if not alone:
        if len(components) > ROWS_MAX:
            return "BASE_TYPE_BAD_LENGTH", f"Must be between 0 and {ROWS_MAX} in length."
        if any(component["type"] != _T.ACTION_ROW for component in components):
            return "COMPONENT_REQUIRES_V2", "Only rows, without the flag IS_COMPONENTS_V2."
        return None
    if sum(1 for _ in walked(components)) > COMPONENTS_MAX:
        return "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"There are {COMPONENTS_MAX} components at most."
    said = sum(len(part["content"]) for part in walked(components) if part["type"] == _T.TEXT_DISPLAY)
    if said > TEXT_MAX:
        return "COMPONENT_MAX_TOTAL_TEXT_EXCEEDED", f"Their texts have {TEXT_MAX} characters at most."
    return None


def _number(parts: list[dict[str, Any]]) -> None:
    taken = {part["id"] for part in parts}
    free = (number for number in range(1, NUMBER_MAX) if number not in taken)
    for part in parts:
        part["id"] = part["id"] or next(free)


def read_component(
    form: Form, kinds: tuple[ComponentType, ...], readers: Mapping[ComponentType, Reader]
) -> dict[str, Any]:
    """A component of one of these kinds, with what it holds. A number of 0 is as good as none."""
    kind = ComponentType(form.choice("type", kinds))
    begun = {"type": int(kind), "id": form.integer("id", default=0, between=(0, NUMBER_MAX))}
    made = begun | readers[kind](form, kind)
    absent = () if kind in _WITH_NULLS else (None,)
    return {name: value for name, value in made.items() if value not in absent}


def _component_of(form: Form, kinds: tuple[ComponentType, ...]) -> dict[str, Any]:
    return read_component(form, kinds, _READERS)


def _row_of(form: Form, _: ComponentType) -> dict[str, Any]:
    inside = form.forms("components", count=(1, BUTTONS_MAX))
    parts = [_component_of(each, _IN_A_ROW) for each in inside]
    if len(parts) > 1 and any(part["type"] != _T.BUTTON for part in parts):
        message = f"A row is up to {BUTTONS_MAX} buttons, or one select menu."
        form.fault("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    return {"components": parts}


def _section_of(form: Form, _: ComponentType) -> dict[str, Any]:
    texts = form.forms("components", count=(1, SECTION_TEXTS_MAX))
    return {
        "components": [_component_of(each, (_T.TEXT_DISPLAY,)) for each in texts],
        "accessory": _component_of(form.form("accessory"), (_T.BUTTON, _T.THUMBNAIL)),
    }


def text_of(form: Form, _: ComponentType) -> dict[str, Any]:
    return {"content": form.string("content", length=(1, TEXT_MAX))}


def _picture_of(form: Form, _: ComponentType | None = None) -> dict[str, Any]:
    return {
        "media": _media_of(form, "media", ("http", "https", "attachment")),
        "description": form.string("description", default=None, length=(0, ALT_TEXT_MAX)) or None,
        "spoiler": form.boolean("spoiler"),
    }


def _gallery_of(form: Form, _: ComponentType) -> dict[str, Any]:
    return {"items": [_picture_of(each) for each in form.forms("items", count=(1, GALLERY_MAX))]}


def _file_of(form: Form, _: ComponentType) -> dict[str, Any]:
    """Its name and size are those of the attachment; see component_media.py."""
    file = _media_of(form, "file", ("attachment",))
    return {"file": file, "name": None, "size": None, "spoiler": form.boolean("spoiler")}


def _separator_of(form: Form, _: ComponentType) -> dict[str, Any]:
    return {
        "divider": form.boolean("divider", default=True),
        "spacing": form.choice("spacing", (1, 2), default=1),
    }


def _container_of(form: Form, _: ComponentType) -> dict[str, Any]:
    inside = form.forms("components", count=(1, COMPONENTS_MAX))
    return {
        "components": [_component_of(each, _IN_A_CONTAINER) for each in inside],
        "accent_color": form.integer("accent_color", default=None, between=(0, 0xFFFFFF)),
        "spoiler": form.boolean("spoiler"),
    }


def _media_of(form: Form, name: str, schemes: tuple[str, ...]) -> dict[str, Any]:
    url = form.form(name).url("url", schemes, length=(1, MEDIA_URL_MAX))
    return {"url": url, "proxy_url": url}


def _button_of(form: Form, _: ComponentType) -> dict[str, Any]:
    if form.raw("style") == PREMIUM:
        form.fault("style", "BUTTON_PREMIUM_NOT_SUPPORTED", "Nothing is sold on this server.")
        return {}
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
    for forbidden in (other, "sku_id"):
        if form.raw(forbidden) is not None:
            message = f"A button of this style has no {forbidden}."
            form.fault(forbidden, "BUTTON_COMPONENT_FIELD_FORBIDDEN", message)
    if wanted == "url":
        return button | {"url": form.url("url", ("http", "https"), length=(1, URL_MAX))}
    return button | {"custom_id": custom_id_of(form)}


def menu_of(form: Form, kind: ComponentType) -> dict[str, Any]:
    least, most = bounds_of(form, OPTIONS_MAX)
    menu = {
        "custom_id": custom_id_of(form),
        "placeholder": form.string("placeholder", default=None, length=(0, PLACEHOLDER_MAX)) or None,
        "min_values": least,
        "max_values": most,
        "disabled": form.boolean("disabled"),
    }
    if kind is ComponentType.STRING_SELECT:
        # As many as may be chosen there must be to choose from.
        return menu | {"options": options_of(form, count=(most, OPTIONS_MAX), at_once=most)}
    if kind is ComponentType.CHANNEL_SELECT:
        menu["channel_types"] = _channel_types_of(form)
    return menu | {"default_values": _default_values_of(form, CHOSEN[kind], (least, most))}


def bounds_of(form: Form, highest: int, *, most: int = 1) -> tuple[int, int]:
    """How many are to be chosen at least and at most; `most` is the default of the latter."""
    least = form.integer("min_values", default=1, between=(0, highest))
    most = form.integer("max_values", default=most, between=(1, highest))
    if least > most:
        form.fault("min_values", "BASE_TYPE_MAX", "Must be no greater than max_values.")
    return least, most


def options_of(
    form: Form, *, count: tuple[int, int], at_once: int, emojis: bool = True
) -> list[dict[str, Any]]:
    """What there is to choose from; `at_once` is how many of it may be chosen beforehand."""
    options: list[dict[str, Any]] = []
    for inside in form.forms("options", count=count):
        option = {
            "label": inside.string("label", length=(1, OPTION_MAX)),
            "value": inside.string("value", length=(1, OPTION_MAX)),
            "description": inside.string("description", default=None, length=(0, OPTION_MAX)) or None,
            "emoji": _emoji_of(inside) if emojis else None,
            "default": inside.boolean("default"),
        }
        if any(option["value"] == other["value"] for other in options):
            inside.fault("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Is the value of another one.")
        options.append({name: value for name, value in option.items() if value is not None})
    if sum(option["default"] for option in options) > at_once:
        form.fault("options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", f"{at_once} can be chosen at most.")
    return options


def _default_values_of(
    form: Form, kinds: tuple[str, ...], bounds: tuple[int, int]
) -> list[dict[str, str]] | None:
    """Nothing, or as many as can be chosen."""
    if not form.raw("default_values"):
        bounds = (0, 0)
    inside = form.forms("default_values", default=[], count=bounds)
    return [{"id": str(each.snowflake("id")), "type": each.choice("type", kinds)} for each in inside] or None


def _channel_types_of(form: Form) -> list[int] | None:
    known = set(map(int, ChannelType))
    types = form.items("channel_types", default=[])
    if any(not isinstance(kind, int) or isinstance(kind, bool) or kind not in known for kind in types):
        form.fault("channel_types", "BASE_TYPE_CHOICES", f"Values must be of {tuple(sorted(known))}.")
        return None
    return list(dict.fromkeys(types)) or None


def custom_id_of(form: Form) -> str:
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


_READERS: dict[ComponentType, Reader] = {
    _T.ACTION_ROW: _row_of,
    _T.BUTTON: _button_of,
    _T.STRING_SELECT: menu_of,
    **dict.fromkeys(CHOSEN, menu_of),
    _T.SECTION: _section_of,
    _T.TEXT_DISPLAY: text_of,
    _T.THUMBNAIL: _picture_of,
    _T.MEDIA_GALLERY: _gallery_of,
    _T.FILE: _file_of,
    _T.SEPARATOR: _separator_of,
    _T.CONTAINER: _container_of,
}
# Those whose objects say null where the others leave out.
_WITH_NULLS = frozenset({_T.THUMBNAIL, _T.FILE, _T.CONTAINER})
