"""Modals: the form that an application answers with, and what somebody fills in.

A modal is read like a message's components, by readers of its own, and kept with the interaction that it
answers. What is submitted is checked against it: what is required is there, texts are as long as they may be,
what is chosen can be. A component is known by its custom_id; how a client nests what it submits is the
modal's business, so a text display need not come back. The answer tells the application every component.

Source: the Discord documentation, "Component Reference" and "Using Modal Components".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatd.model.component_data import FAILED, Naming, values_of
from chatd.model.components import (
    CUSTOM_ID_MAX,
    MENUS,
    ComponentType,
    Reader,
    bounds_of,
    custom_id_of,
    menu_of,
    numbered,
    options_of,
    read_component,
    text_of,
    walked,
)
from chatd.model.file_types import file_types_of, is_wanted
from chatd.model.shapes import Form

TITLE_MAX, COMPONENTS_MAX = 45, 5
LABEL_MAX, DESCRIPTION_MAX = 45, 100
INPUT_MAX, PLACEHOLDER_MAX = 4000, 100
# Of files, and of options that are all in sight.
FILES_MAX, GROUP_MAX = 10, 10
SHORT, PARAGRAPH = 1, 2

_T = ComponentType
_IN_A_MODAL = (_T.LABEL, _T.TEXT_DISPLAY, _T.ACTION_ROW)
_IN_A_LABEL = (
    _T.TEXT_INPUT, *MENUS, _T.FILE_UPLOAD, _T.RADIO_GROUP, _T.CHECKBOX_GROUP, _T.CHECKBOX,
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class Modal:
    """A form with a title and up to five components, each with its number, as it is kept and shown."""

    custom_id: str
    title: str
    components: list[dict[str, Any]]

    @classmethod
    def of(cls, form: Form) -> Modal:
        """Read the `data` of a callback."""
        inside = form.forms("components", count=(1, COMPONENTS_MAX))
        return cls(
            custom_id=custom_id_of(form),
            title=form.string("title", length=(1, TITLE_MAX)),
            components=numbered(form, [read_component(each, _IN_A_MODAL, _READERS) for each in inside]),
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Modal:
        return cls(d["custom_id"], d["title"], d["components"])

    def payload(self) -> dict[str, Any]:
        return {"custom_id": self.custom_id, "title": self.title, "components": self.components}

    def submitted(self, form: Form, naming: Naming) -> dict[str, Any]:
        """Read the `data` of an interaction that submits this modal."""
        if form.string("custom_id", length=(1, CUSTOM_ID_MAX)) != self.custom_id:
            form.fault("custom_id", FAILED, "This is not the custom_id of the modal.")
        given = self._given(form)
        for part in walked(self.components):
            if part.get("required") and part["custom_id"] not in given:
                message = f"The component {part['custom_id']} is required."
                form.fault("components", "BASE_TYPE_REQUIRED", message)
        answers = [_answer(component, given, naming) for component in self.components]
        return {"custom_id": self.custom_id, "components": answers}

    def _given(self, form: Form) -> dict[str, Form]:
        """What was filled in, by the custom_id of each component."""
        there = {part["custom_id"] for part in walked(self.components) if "custom_id" in part}
        given: dict[str, Form] = {}
        for outer in form.forms("components", count=(0, COMPONENTS_MAX)):
            for inside in _inside(outer):
                custom_id = inside.string("custom_id", length=(1, CUSTOM_ID_MAX))
                if custom_id and (custom_id not in there or custom_id in given):
                    inside.fault("custom_id", FAILED, "The modal has no other component of this custom_id.")
                given[custom_id] = inside
        return given


# ── what an application may send ──


def _label_of(form: Form, _: ComponentType) -> dict[str, Any]:
    inside = form.form("component")
    return {
        "label": form.string("label", length=(1, LABEL_MAX)),
        "description": form.string("description", default=None, length=(0, DESCRIPTION_MAX)) or None,
        "component": read_component(inside, _IN_A_LABEL, _READERS),
    }


def _row_of(form: Form, _: ComponentType) -> dict[str, Any]:
    """The older form of a label: a row of one text input, which has its label itself."""
    inside = form.forms("components", count=(1, 1))
    parts = [read_component(each, (_T.TEXT_INPUT,), _READERS) for each in inside]
    for part, each in zip(parts, inside, strict=True):
        part["label"] = each.string("label", length=(1, LABEL_MAX))
    return {"components": parts}


def _input_of(form: Form, _: ComponentType) -> dict[str, Any]:
    least = form.integer("min_length", default=None, between=(0, INPUT_MAX))
    most = form.integer("max_length", default=None, between=(1, INPUT_MAX))
    if least is not None and most is not None and least > most:
        form.fault("min_length", "BASE_TYPE_MAX", "Must be no greater than max_length.")
    return {
        "custom_id": custom_id_of(form),
        "style": form.choice("style", (SHORT, PARAGRAPH)),
        "min_length": least,
        "max_length": most,
        "required": form.boolean("required", default=True),
        "value": form.string("value", default=None, length=(0, INPUT_MAX)) or None,
        "placeholder": form.string("placeholder", default=None, length=(0, PLACEHOLDER_MAX)) or None,
    }


def _menu_of(form: Form, kind: ComponentType) -> dict[str, Any]:
    menu = menu_of(form, kind)
    if menu.pop("disabled"):
        form.fault("disabled", "COMPONENT_DISABLED_IN_MODAL", "What is in a modal cannot be disabled.")
    return menu | _required_of(form, menu["min_values"])


def _upload_of(form: Form, _: ComponentType) -> dict[str, Any]:
    least, most = bounds_of(form, FILES_MAX)
    upload = {"custom_id": custom_id_of(form), "min_values": least, "max_values": most}
    return upload | {"file_types": file_types_of(form) or None} | _required_of(form, least)


def _radio_of(form: Form, _: ComponentType) -> dict[str, Any]:
    return {
        "custom_id": custom_id_of(form),
        "options": options_of(form, count=(2, GROUP_MAX), at_once=1, emojis=False),
        "required": form.boolean("required", default=True),
    }


def _checkboxes_of(form: Form, _: ComponentType) -> dict[str, Any]:
    listed = form.raw("options")
    all_of_them = len(listed) if isinstance(listed, list) else 1
    least, most = bounds_of(form, GROUP_MAX, most=min(max(all_of_them, 1), GROUP_MAX))
    options = options_of(form, count=(max(least, 1), GROUP_MAX), at_once=most, emojis=False)
    group = {"custom_id": custom_id_of(form), "options": options, "min_values": least, "max_values": most}
    return group | _required_of(form, least)


def _checkbox_of(form: Form, _: ComponentType) -> dict[str, Any]:
    return {"custom_id": custom_id_of(form), "default": form.boolean("default")}


def _required_of(form: Form, least: int) -> dict[str, Any]:
    required = form.boolean("required", default=True)
    if required and least == 0:
        form.fault("min_values", "NUMBER_TYPE_MIN", "Must be at least 1 where something is required.")
    return {"required": required}


_READERS: dict[ComponentType, Reader] = {
    _T.LABEL: _label_of,
    _T.ACTION_ROW: _row_of,
    _T.TEXT_DISPLAY: text_of,
    _T.TEXT_INPUT: _input_of,
    **dict.fromkeys(MENUS, _menu_of),
    _T.FILE_UPLOAD: _upload_of,
    _T.RADIO_GROUP: _radio_of,
    _T.CHECKBOX_GROUP: _checkboxes_of,
    _T.CHECKBOX: _checkbox_of,
}


# ── what somebody may fill in ──


def _inside(outer: Form) -> list[Form]:
    kind = outer.choice("type", _IN_A_MODAL)
    if kind == _T.LABEL:
        return [outer.form("component")]
    return list(outer.forms("components", count=(0, 1))) if kind == _T.ACTION_ROW else []


def _answer(component: dict[str, Any], given: dict[str, Form], naming: Naming) -> dict[str, Any]:
    """A component as the application is told it, with what it holds or what was filled in."""
    kind = ComponentType(component["type"])
    told = {"type": component["type"], "id": component["id"]}
    if kind is _T.LABEL:
        return told | {"component": _answer(component["component"], given, naming)}
    if kind is _T.ACTION_ROW:
        return told | {"components": [_answer(part, given, naming) for part in component["components"]]}
    if kind is _T.TEXT_DISPLAY:
        return told
    told["custom_id"] = component["custom_id"]
    filled = given.get(component["custom_id"])
    if filled is None:
        # Of what is required it has been said already that it is not there.
        component, filled = component | {"required": False}, Form({})
    filled.choice("type", (int(kind),), default=int(kind))
    return told | _FILLED[kind](filled, component, naming)


def _text_in(form: Form, component: dict[str, Any], _: Naming) -> dict[str, Any]:
    if _is_left_out(form, component, "value"):
        return {"value": ""}
    least = max(component.get("min_length", 0), int(component["required"]))
    return {"value": form.string("value", length=(least, component.get("max_length", INPUT_MAX)))}


def _chosen_in(form: Form, component: dict[str, Any], naming: Naming) -> dict[str, Any]:
    if _is_left_out(form, component, "values"):
        return {"values": []}
    return {"values": values_of(form, component, naming, count=_bounds(component))}


def _files_in(form: Form, component: dict[str, Any], naming: Naming) -> dict[str, Any]:
    """Each by its number among the files of the request; the application is told its id."""
    if _is_left_out(form, component, "values"):
        return {"values": []}
    ids: list[str] = []
    wanted = component.get("file_types", ())
    for at, number in enumerate(form.integers("values", count=_bounds(component))):
        file = naming.file(number)
        if file is None or file[0] in ids:
            form.fault_in("values", at, "ATTACHMENT_NOT_FOUND", "There is no other file of this number.")
        elif not is_wanted(file[1], wanted):
            form.fault_in("values", at, FAILED, f"Must be a file of ({', '.join(wanted)}).")
        else:
            ids.append(file[0])
    return {"values": ids}


def _picked_in(form: Form, component: dict[str, Any], _: Naming) -> dict[str, Any]:
    if _is_left_out(form, component, "value"):
        return {"value": None}
    return {"value": form.choice("value", [option["value"] for option in component["options"]])}


def _checked_in(form: Form, _component: dict[str, Any], _: Naming) -> dict[str, Any]:
    return {"value": form.boolean("value")}


def _is_left_out(form: Form, component: dict[str, Any], name: str) -> bool:
    """Nothing at all is as good as any answer, where it is not required."""
    return not component["required"] and form.raw(name) in (None, "", [])


def _bounds(component: dict[str, Any]) -> tuple[int, int]:
    return component["min_values"], component["max_values"]


_FILLED: dict[ComponentType, Callable[[Form, dict[str, Any], Naming], dict[str, Any]]] = {
    _T.TEXT_INPUT: _text_in,
    **dict.fromkeys(MENUS, _chosen_in),
    _T.FILE_UPLOAD: _files_in,
    _T.RADIO_GROUP: _picked_in,
    _T.CHECKBOX_GROUP: _chosen_in,
    _T.CHECKBOX: _checked_in,
}
