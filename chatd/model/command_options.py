"""The options of a command as somebody fills them in: read against what the command defines.

    options = read_invocation(form, command)                  # the field `options` of form, as a bot gets it
    mentioned = mentioned_in(options)                         # whose objects go into `resolved`
    check_resolved(form, command, options, resolved)          # that they are what was asked for

All three keep every fault in `form`, by its path. What may be defined is command_definitions.py's.
Source: the Discord documentation, "Application Commands" and "Receiving and Responding to Interactions".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from chatd.model.file_types import is_wanted
from chatd.model.shapes import Form

if TYPE_CHECKING:
    from chatd.model.commands import Command

# "Any integer between -2^53+1 and 2^53-1"; "any double between -2^53 and 2^53".
INTEGER_MAX = (-(2**53) + 1, 2**53 - 1)
NUMBER_MAX = (-(2.0**53), 2.0**53)
STRING_MAX = 6000


class OptionType(IntEnum):
    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


_T = OptionType
SUB_COMMANDS = (_T.SUB_COMMAND, _T.SUB_COMMAND_GROUP)
PARAMETERS = tuple(kind for kind in OptionType if kind not in SUB_COMMANDS)

# Where in `resolved` an option's value is found.
_RESOLVED: dict[int, tuple[str, ...]] = {
    _T.USER: ("users",),
    _T.CHANNEL: ("channels",),
    _T.ROLE: ("roles",),
    _T.MENTIONABLE: ("users", "roles"),
    _T.ATTACHMENT: ("attachments",),
}

_INVALID = "INTERACTION_APPLICATION_COMMAND_OPTIONS_VALUE_INVALID"


@dataclass(slots=True)
class Mentioned:
    """The ids that options have for their values. A mentionable is a user's or a role's."""

    user_ids: list[int] = field(default_factory=list)
    role_ids: list[int] = field(default_factory=list)
    channel_ids: list[int] = field(default_factory=list)
    mentionable_ids: list[int] = field(default_factory=list)
    attachment_ids: list[int] = field(default_factory=list)


def read_invocation(form: Form, command: Command, *, autocomplete: bool = False) -> list[dict[str, Any]]:
    """The field `options` of `form`, in the order in which it was sent.

    With `autocomplete` somebody is still typing: what is required may be missing, texts are as far as they
    have come, and exactly one option is `focused`, whose value stays as it was typed.
    """
    options = _options_of(form, command.options, typing=autocomplete)
    if autocomplete and sum(bool(option.get("focused")) for option in leaves(options)) != 1:
        form.fault("options", _INVALID, "Exactly one option must be focused.")
    return options


def leaves(options: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The parameters that were given, within whatever sub command."""
    for option in options:
        if option["type"] in SUB_COMMANDS:
            yield from leaves(option["options"])
        else:
            yield option


def mentioned_in(options: list[dict[str, Any]]) -> Mentioned:
    """Whom and what the options name."""
    mentioned = Mentioned()
    lists = {
        _T.USER: mentioned.user_ids,
        _T.ROLE: mentioned.role_ids,
        _T.CHANNEL: mentioned.channel_ids,
        _T.MENTIONABLE: mentioned.mentionable_ids,
        _T.ATTACHMENT: mentioned.attachment_ids,
    }
    for option in leaves(options):
        if option["type"] in lists:
            lists[option["type"]].append(int(option["value"]))
    return mentioned


def check_resolved(
    form: Form, command: Command, options: list[dict[str, Any]], resolved: dict[str, Any]
) -> None:
    """Keep a fault for each option whose value is not found in `resolved`, or is of another type than asked.

    `options` are what read_invocation made of `form`, which had no fault.
    """
    _check_resolved(form, command.options, options, resolved)


def _options_of(form: Form, definitions: list[dict[str, Any]], *, typing: bool) -> list[dict[str, Any]]:
    defined = {each["name"]: each for each in definitions}
    given = form.forms("options", default=[], count=(0, len(definitions)))
    names = [each.raw("name") for each in given]
    options = []
    for at, each in enumerate(given):
        name = each.choice("name", defined)
        if names[at] in names[:at]:
            each.fault("name", _INVALID, "An option is given once.")
        options.append(_option_of(each, defined[name], typing=typing))
    if any(each["type"] in SUB_COMMANDS for each in definitions):
        if len(options) != 1:
            form.fault("options", _INVALID, "Exactly one sub command must be chosen.")
    elif not typing:
        _check_required(form, definitions, options)
    return options


def _check_required(form: Form, definitions: list[dict[str, Any]], options: list[dict[str, Any]]) -> None:
    given = {option["name"] for option in options}
    for each in definitions:
        if each.get("required") and each["name"] not in given:
            form.fault("options", "BASE_TYPE_REQUIRED", f"The option {each['name']} is required.")


def _option_of(form: Form, definition: dict[str, Any], *, typing: bool) -> dict[str, Any]:
    kind = form.choice("type", (definition["type"],), default=definition["type"])
    option = {"name": definition["name"], "type": kind}
    if kind in SUB_COMMANDS:
        return option | {"options": _options_of(form, definition.get("options", []), typing=typing)}
    if typing and form.boolean("focused"):
        if not definition.get("autocomplete"):
            form.fault("focused", _INVALID, "This option has no autocomplete.")
        return option | {"value": _typed_of(form), "focused": True}
    return option | {"value": _value_of(form, kind, definition, typing=typing)}


def _typed_of(form: Form) -> Any:
    """What somebody has typed so far, which need be no number where one is wanted."""
    value = form.raw("value")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return form.string("value", default="", length=(0, STRING_MAX))


def _value_of(form: Form, kind: int, definition: dict[str, Any], *, typing: bool) -> Any:
    if form.raw("value") is None:
        form.fault("value", "BASE_TYPE_REQUIRED", "This field is required")
        return None
    if typing and kind == _T.STRING:
        return form.string("value", length=(0, STRING_MAX))
    if choices := definition.get("choices"):
        return form.choice("value", [choice["value"] for choice in choices])
    if kind == _T.STRING:
        bounds = definition.get("min_length", 0), definition.get("max_length", STRING_MAX)
        return form.string("value", length=bounds)
    if kind == _T.INTEGER:
        return form.integer("value", between=_bounds(definition, INTEGER_MAX))
    if kind == _T.NUMBER:
        return form.number("value", between=_bounds(definition, NUMBER_MAX))
    if kind == _T.BOOLEAN:
        return form.boolean("value")
    return str(form.snowflake("value"))


def _bounds(definition: dict[str, Any], widest: tuple[Any, Any]) -> tuple[Any, Any]:
    return definition.get("min_value", widest[0]), definition.get("max_value", widest[1])


def _check_resolved(
    form: Form, definitions: list[dict[str, Any]], options: list[dict[str, Any]], resolved: dict[str, Any]
) -> None:
    defined = {each["name"]: each for each in definitions}
    given = form.forms("options", default=[])
    for each, option in zip(given, options, strict=True):
        definition = defined[option["name"]]
        if option["type"] in SUB_COMMANDS:
            _check_resolved(each, definition.get("options", []), option["options"], resolved)
        elif places := _RESOLVED.get(option["type"]):
            found = [resolved[place][option["value"]] for place in places
                     if option["value"] in resolved.get(place, {})]  # fmt: skip
            if not found:
                each.fault("value", _INVALID, f"Is none of the {' and '.join(places)} here.")
            elif not _is_asked_for(definition, found[0]):
                each.fault("value", _INVALID, "Is of another type than the option asks for.")


def _is_asked_for(definition: dict[str, Any], found: dict[str, Any]) -> bool:
    if "channel_types" in definition:
        return found["type"] in definition["channel_types"]
    if "file_types" in definition:
        return is_wanted(found["filename"], definition["file_types"])
    return True
