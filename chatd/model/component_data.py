"""What somebody has done with a component of a message: pressed a button, chosen from a menu.

It is checked against the component as it stands in the message, and comes out as the `data` that the
application is told. Only what is there to be used is used: a custom_id that the message does not have, a
component that is switched off, another kind than it is, and a value that is none of a menu's are refused, all
at once and by path. Whom and what somebody may choose depends on where they are, so that is asked of a Naming
(actions/resolved.py), which also keeps it, to be shown to the application as objects.

Source: the Discord documentation, "Receiving and Responding", and the interaction response structures of
"Component Reference".
"""

from __future__ import annotations

from typing import Any, Protocol

from chatd.model.components import CHOSEN, ComponentType, walked
from chatd.model.shapes import Form
from chatd.model.snowflakes import parse_snowflake

# What Discord's server says of whatever does not fit a component.
FAILED = "COMPONENT_VALIDATION_FAILED"


class Naming(Protocol):
    """What can be named where the interaction is made, by whom who makes it; it keeps what was."""

    def user(self, user_id: int) -> bool: ...

    def role(self, role_id: int) -> bool: ...

    def channel(self, channel_id: int, types: list[int] | None) -> bool:
        """`types` are those that it may be of; None for any."""

    def file(self, number: int) -> tuple[str, str] | None:
        """The new id, as a text, and the name of a file that came with the request."""


def component_data(form: Form, components: list[dict[str, Any]], naming: Naming) -> dict[str, Any]:
    """Read `data` of an interaction with a component of these."""
    custom_id = form.string("custom_id", length=(1, 100))
    component = next((part for part in walked(components) if part.get("custom_id") == custom_id), None)
    if component is None:
        form.fault("custom_id", FAILED, "The message has no component of this custom_id.")
        return {}
    kind = ComponentType(component["type"])
    if form.integer("component_type", default=int(kind)) != kind:
        form.fault("component_type", FAILED, f"This component is of type {int(kind)}.")
    if component["disabled"]:
        form.fault("custom_id", FAILED, "This component is disabled.")
    data: dict[str, Any] = {"component_type": int(kind), "id": component["id"], "custom_id": custom_id}
    if kind is ComponentType.BUTTON:
        return data
    bounds = component["min_values"], component["max_values"]
    return data | {"values": values_of(form, component, naming, count=bounds)}


def values_of(form: Form, component: dict[str, Any], naming: Naming, *, count: tuple[int, int]) -> list[str]:
    """Read the field `values` of what was chosen from a menu, so many of it."""
    values: list[str] = []
    given = form.items("values", count=count) if count[0] else form.items("values", default=[], count=count)
    for at, value in enumerate(given):
        chosen = _chosen(component, value, naming)
        if chosen is None:
            form.fault_in("values", at, FAILED, "Cannot be chosen here.")
        elif chosen in values:
            form.fault_in("values", at, "SET_TYPE_ALREADY_CONTAINS_VALUE", "Is chosen twice.")
        else:
            values.append(chosen)
    return values


def _chosen(component: dict[str, Any], value: Any, naming: Naming) -> str | None:
    """A value as the application is told it; None for what there is not to choose."""
    if "options" in component:
        return next((each["value"] for each in component["options"] if each["value"] == value), None)
    try:
        number = parse_snowflake(value)
    except ValueError:
        return None
    kind = ComponentType(component["type"])
    if kind is ComponentType.CHANNEL_SELECT:
        there = naming.channel(number, component.get("channel_types"))
    else:
        asked = {"user": naming.user, "role": naming.role}
        there = any(asked[name](number) for name in CHOSEN[kind])
    return str(number) if there else None
