"""The options of a command as its application defines them: parameters, and sub commands in up to two levels.

What comes out is the list that is stored and shown, in its normal form: what says nothing is left out.
Source: the Discord documentation, "Application Commands", "Option Structure" and "Subcommands".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chatd.model.channels import ChannelType
from chatd.model.command_names import description_of, localizations_of, longest, slash_name_of, with_localized
from chatd.model.command_options import (
    INTEGER_MAX,
    NUMBER_MAX,
    PARAMETERS,
    STRING_MAX,
    SUB_COMMANDS,
    OptionType,
)
from chatd.model.file_types import file_types_of
from chatd.model.shapes import Form

OPTIONS_MAX, CHOICES_MAX, CHOICE_MAX = 25, 25, 100
# "a maximum of 8000 characters for combined name, description, and value properties for each command"
COMMAND_MAX = 8000

# All options and choices of a body, however many commands it has; reading each of them takes its time.
PARTS_MAX = 20_000

_T = OptionType
# What may be inside of what: the documentation draws it, "VALID" and "INVALID".
_INSIDE: dict[OptionType, tuple[OptionType, ...]] = {
    _T.SUB_COMMAND: PARAMETERS,
    _T.SUB_COMMAND_GROUP: (_T.SUB_COMMAND,),
}

TOO_LARGE = ("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({COMMAND_MAX})")
TOO_MANY = ("APPLICATION_COMMAND_TOO_LARGE", f"There are {PARTS_MAX} options and choices at most")
_MIXED = (
    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    "Sub-command and sub-command group option types are mutually exclusive to all other types",
)
_OUT_OF_ORDER = (
    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    "Required options must be placed before non-required options",
)
_NAME_TWICE = ("APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME", "Option names must be unique")
_CHOICES_AND_MORE = (
    "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_INVALID",
    "autocomplete may not be set to true if choices are present",
)
_UPSIDE_DOWN = "Must not be below the least that is allowed."


def options_of(form: Form, kinds: tuple[OptionType, ...] = tuple(OptionType)) -> list[dict[str, Any]]:
    """Read the field `options` of a command, or of a sub command or a group of them."""
    inside = form.forms("options", default=[], count=(0, OPTIONS_MAX))
    options = [_option_of(each, kinds) for each in inside]
    if len({option["type"] in SUB_COMMANDS for option in options}) > 1:
        form.fault("options", *_MIXED)
    _check_order(inside, options)
    _check_names(inside, options)
    return options


def has_too_many_parts(commands: list[Any]) -> bool:
    """Whether so much has come, of whatever kind, that it is not read at all."""
    count, waiting = 0, list(commands)
    while waiting:
        part = waiting.pop()
        for name in ("options", "choices"):
            inside = part.get(name) if isinstance(part, dict) else None
            if isinstance(inside, list):
                count += len(inside)
                if count > PARTS_MAX:
                    return True
                waiting += inside
    return False


def size_of(d: dict[str, Any]) -> int:
    """The characters of a command, or of an option with all that is in it, that count for COMMAND_MAX."""
    size = longest(d["name"], d.get("name_localizations"))
    size += longest(d.get("description", ""), d.get("description_localizations"))
    size += sum(map(size_of, d.get("options", ())))
    for choice in d.get("choices", ()):
        size += longest(choice["name"], choice.get("name_localizations")) + len(str(choice["value"]))
    return size


def localized_options(options: list[dict[str, Any]], locale: str | None) -> list[dict[str, Any]]:
    """Options as they are listed to whoever asks for no localizations but their own."""
    shown = []
    for option in options:
        one = with_localized(option, locale, ("name", "description"))
        if "options" in option:
            one["options"] = localized_options(option["options"], locale)
        if "choices" in option:
            one["choices"] = [with_localized(choice, locale, ("name",)) for choice in option["choices"]]
        shown.append(one)
    return shown


def _option_of(form: Form, kinds: tuple[OptionType, ...]) -> dict[str, Any]:
    kind = OptionType(form.choice("type", kinds))
    option = {
        "type": int(kind),
        "name": slash_name_of(form),
        "name_localizations": localizations_of(form, "name_localizations", slash_name_of),
        "description": description_of(form),
        "description_localizations": localizations_of(form, "description_localizations", description_of),
        "required": kind not in SUB_COMMANDS and form.boolean("required"),
        **_READERS.get(kind, _nothing_of)(form, kind),
    }
    return {name: value for name, value in option.items() if value is not None and value is not False}


# ── what only some types have ──


def _nothing_of(form: Form, _: OptionType) -> dict[str, Any]:
    return {}


def _sub_of(form: Form, kind: OptionType) -> dict[str, Any]:
    return {"options": options_of(form, _INSIDE[kind]) or None}


def _string_of(form: Form, _: OptionType) -> dict[str, Any]:
    least = form.integer("min_length", default=None, between=(0, STRING_MAX))
    most = form.integer("max_length", default=None, between=(1, STRING_MAX))
    if least is not None and most is not None and least > most:
        form.fault("max_length", "NUMBER_TYPE_MIN", _UPSIDE_DOWN)
    return {
        "min_length": least,
        "max_length": most,
        **_proposals_of(form, lambda choice: choice.string("value", length=(1, CHOICE_MAX))),
    }


def _integer_of(form: Form, _: OptionType) -> dict[str, Any]:
    return _amount_of(form, partial(Form.integer, between=INTEGER_MAX))


def _number_of(form: Form, _: OptionType) -> dict[str, Any]:
    return _amount_of(form, partial(Form.number, between=NUMBER_MAX))


def _amount_of(form: Form, read: Callable[..., Any]) -> dict[str, Any]:
    least, most = read(form, "min_value", default=None), read(form, "max_value", default=None)
    if least is not None and most is not None and least > most:
        form.fault("max_value", "NUMBER_TYPE_MIN", _UPSIDE_DOWN)
    choices = _proposals_of(form, lambda choice: read(choice, "value"))
    return {"min_value": least, "max_value": most, **choices}


def _channel_of(form: Form, _: OptionType) -> dict[str, Any]:
    kinds = form.choices("channel_types", tuple(map(int, ChannelType)), default=[])
    return {"channel_types": list(dict.fromkeys(kinds)) or None}


def _attachment_of(form: Form, _: OptionType) -> dict[str, Any]:
    return {"file_types": file_types_of(form) or None}


def _proposals_of(form: Form, read: Callable[[Form], Any]) -> dict[str, Any]:
    """The values from which one is chosen, or that the application proposes some."""
    choices = [
        {
            "name": choice.string("name", length=(1, CHOICE_MAX)),
            "name_localizations": localizations_of(choice, "name_localizations", _choice_name_of),
            "value": read(choice),
        }
        for choice in form.forms("choices", default=[], count=(0, CHOICES_MAX))
    ]
    autocomplete = form.boolean("autocomplete")
    if autocomplete and choices:
        form.fault("autocomplete", *_CHOICES_AND_MORE)
    shown = [{name: value for name, value in choice.items() if value is not None} for choice in choices]
    return {"choices": shown or None, "autocomplete": autocomplete}


def _choice_name_of(form: Form, name: str) -> str:
    value: str = form.string(name, length=(1, CHOICE_MAX))
    return value


_READERS: dict[OptionType, Callable[[Form, OptionType], dict[str, Any]]] = {
    _T.SUB_COMMAND: _sub_of,
    _T.SUB_COMMAND_GROUP: _sub_of,
    _T.STRING: _string_of,
    _T.INTEGER: _integer_of,
    _T.NUMBER: _number_of,
    _T.CHANNEL: _channel_of,
    _T.ATTACHMENT: _attachment_of,
}


# ── what they are together ──


def _check_order(forms: list[Form], options: list[dict[str, Any]]) -> None:
    optional_seen = False
    for form, option in zip(forms, options, strict=True):
        if option.get("required") and optional_seen:
            form.fault_whole(*_OUT_OF_ORDER)
        optional_seen = optional_seen or not option.get("required")


def _check_names(forms: list[Form], options: list[dict[str, Any]]) -> None:
    """No two with one name; in a locale none is called as another is there, or by default anywhere."""
    defaults: set[str] = set()
    for form, option in zip(forms, options, strict=True):
        if option["name"] in defaults:
            form.fault("name", *_NAME_TWICE)
        defaults.add(option["name"])
    taken: set[tuple[str, str]] = set()
    for form, option in zip(forms, options, strict=True):
        for locale, name in option.get("name_localizations", {}).items():
            if (locale, name) in taken or name in defaults - {option["name"]}:
                form.form("name_localizations").fault(locale, *_NAME_TWICE)
            taken.add((locale, name))
