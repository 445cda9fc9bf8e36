"""What somebody does with a component of a message: what is there is used as it can be, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.component_data import component_data
from chatd.model.components import components_of
from chatd.model.errors import InvalidFormBody
from chatd.model.shapes import Form
from tests.faults import faults_in

USER, ROLE, CHANNEL = 11, 22, 33


class Place:
    """A Naming of a place with one user, one role, one text channel and two files; it keeps what is named."""

    def __init__(self) -> None:
        self.named: list[tuple[str, int]] = []

    def user(self, user_id: int) -> bool:
        return self._keep("user", user_id, user_id == USER)

    def role(self, role_id: int) -> bool:
        return self._keep("role", role_id, role_id == ROLE)

    def channel(self, channel_id: int, types: list[int] | None) -> bool:
        return self._keep("channel", channel_id, channel_id == CHANNEL and (types is None or 0 in types))

    def file(self, number: int) -> tuple[str, str] | None:
        names = ("a.PNG", "b.pdf")
        return (str(100 + number), names[number]) if number < len(names) else None

    def _keep(self, kind: str, number: int, there: bool) -> bool:
        if there:
            self.named.append((kind, number))
        return there


def components(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"type": 1, "components": [part]} for part in parts]
    form = Form({"components": rows})
    made = components_of(form)
    form.finish()
    return made


BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
MESSAGE = components(
    BUTTON,
    {**BUTTON, "custom_id": "off", "disabled": True},
    {"type": 2, "style": 5, "label": "Page", "url": "https://a.example"},
    {"type": 3, "custom_id": "text", "min_values": 1, "max_values": 2,
     "options": [{"label": each, "value": each} for each in "abc"]},
    {"type": 5, "custom_id": "user"},
) + components(
    {"type": 6, "custom_id": "role"},
    {"type": 7, "custom_id": "any", "min_values": 0, "max_values": 2},
    {"type": 8, "custom_id": "channel"},
    {"type": 8, "custom_id": "voice", "channel_types": [2]},
)  # fmt: skip


def used(place: Place | None = None, **data: Any) -> dict[str, Any]:
    form = Form(data)
    made = component_data(form, MESSAGE, place or Place())
    form.finish()
    return made


def faults_of(**data: Any) -> set[str]:
    with pytest.raises(InvalidFormBody) as refused:
        used(**data)
    return set(faults_in(refused.value.errors))


def test_a_button_that_is_pressed_names_itself():
    assert used(custom_id="go") == {"component_type": 2, "id": 2, "custom_id": "go"}
    assert used(custom_id="go", component_type=2) == used(custom_id="go")


def test_a_button_within_a_layout_is_as_good_as_any():
    section = {"type": 9, "components": [{"type": 10, "content": "x"}], "accessory": BUTTON}
    form = Form({"components": [{"type": 17, "components": [section]}]})
    made = components_of(form)
    assert component_data(Form({"custom_id": "go"}), made, Place())["id"] == 4


@pytest.mark.parametrize(
    "custom_id, kind, values, named",
    [
        ("text", 3, ["c", "a"], []),
        ("user", 5, ["11"], [("user", 11)]),
        ("role", 6, ["22"], [("role", 22)]),
        ("any", 7, ["22", "11"], [("role", 22), ("user", 11)]),
        ("any", 7, [], []),
        ("channel", 8, ["33"], [("channel", 33)]),
    ],
)
def test_what_was_chosen_comes_out_in_its_order_and_is_kept(custom_id, kind, values, named):
    place = Place()
    data = used(place, custom_id=custom_id, component_type=kind, values=values)
    assert (data["component_type"], data["custom_id"], data["values"]) == (kind, custom_id, values)
    assert place.named == named


@pytest.mark.parametrize(
    "data, faults",
    [
        ({}, {"custom_id"}),
        ({"custom_id": "gone"}, {"custom_id"}),
        ({"custom_id": "off"}, {"custom_id"}),
        ({"custom_id": "x" * 101}, {"custom_id"}),
        ({"custom_id": "off", "component_type": 3}, {"custom_id", "component_type"}),
        ({"custom_id": "go", "component_type": "x"}, {"component_type"}),
        ({"custom_id": "text"}, {"values"}),
        ({"custom_id": "text", "values": []}, {"values"}),
        ({"custom_id": "text", "values": "a"}, {"values"}),
        ({"custom_id": "text", "values": ["a", "b", "c"]}, {"values"}),
        ({"custom_id": "text", "values": ["a", "a"]}, {"values.1"}),
        ({"custom_id": "text", "values": ["A", {}]}, {"values.0", "values.1"}),
        ({"custom_id": "user", "values": ["12"]}, {"values.0"}),
        ({"custom_id": "user", "values": ["22"]}, {"values.0"}),
        ({"custom_id": "user", "values": ["somebody"]}, {"values.0"}),
        ({"custom_id": "role", "values": ["11"]}, {"values.0"}),
        ({"custom_id": "any", "values": ["33", "1"]}, {"values.0", "values.1"}),
        ({"custom_id": "any", "values": ["11", "011"]}, {"values.1"}),
        ({"custom_id": "channel", "values": [None]}, {"values.0"}),
        ({"custom_id": "voice", "values": ["33"]}, {"values.0"}),
    ],
)
def test_what_is_not_there_or_cannot_be_chosen_is_refused_by_path(data, faults):
    assert faults_of(**data) == faults


def test_garbage_is_refused_and_nothing_else(rng):
    pieces = [None, True, -1, 2**70, "", "go", "text", "a", "11", [], {}, ["a"], [{}], [["a"]], {"a": 1}, 1.5]
    for _ in range(300):
        body = {name: rng.choice(pieces) for name in ("custom_id", "component_type", "values", "id")}
        try:
            data = used(**body)
        except InvalidFormBody:
            continue
        assert data["custom_id"] in ("go", "text", "11")
