"""Components: rows of buttons and menus, each with its number, every fault by its path."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.messages import MessageDraft, MessageEdit

BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
OPTION = {"label": "One", "value": "1"}
MENU = {"type": 3, "custom_id": "menu", "options": [OPTION]}


def row(*parts: Any, **fields: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(parts), **fields}


def button(**fields: Any) -> dict[str, Any]:
    return {**BUTTON, **fields}


def components(*rows: Any) -> list[dict[str, Any]]:
    details = MessageDraft.parse({"components": list(rows)}).details
    assert details is not None
    return list(details["components"])


def faults_of(*rows: Any) -> set[str]:
    """The dotted paths of the faults below `components`."""

    def walk(tree: Any, path: str) -> Any:
        if "_errors" in tree:
            yield path
        for name in tree.keys() - {"_errors"}:
            yield from walk(tree[name], f"{path}.{name}" if path else name)

    with pytest.raises(InvalidFormBody) as refused:
        components(*rows)
    return set(walk(refused.value.errors["components"], ""))


def test_buttons_come_out_with_numbers_in_the_order_of_the_message():
    link = {"type": 2, "style": 5, "label": "Page", "url": "https://a.example", "disabled": True}
    assert components(row(BUTTON, link), row(button(custom_id="b", emoji={"name": "🔥"}, label=None))) == [
        {"type": 1, "id": 1, "components": [
            {"type": 2, "id": 2, "style": 1, "label": "Go", "custom_id": "go", "disabled": False},
            {"type": 2, "id": 3, "style": 5, "label": "Page", "url": "https://a.example", "disabled": True},
        ]},
        {"type": 1, "id": 4, "components": [
            {"type": 2, "id": 5, "style": 1, "custom_id": "b", "emoji": {"name": "🔥"}, "disabled": False},
        ]},
    ]  # fmt: skip


def test_a_number_of_ones_own_is_kept_and_the_others_go_around_it():
    (made,) = components(row(button(id=1), button(id=0, custom_id="b"), button(custom_id="c"), id=3))
    assert (made["id"], [part["id"] for part in made["components"]]) == (3, [1, 2, 4])


def test_a_menu_of_options():
    option = {**OPTION, "description": "first", "emoji": {"id": "5", "name": "x"}, "default": True}
    ((menu,),) = (made["components"] for made in components(row({**MENU, "options": [option]})))
    assert menu == {
        "type": 3, "id": 2, "custom_id": "menu", "min_values": 1, "max_values": 1, "disabled": False,
        "options": [
            {"label": "One", "value": "1", "description": "first", "default": True,
             "emoji": {"id": "5", "name": "x", "animated": False}},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "kind, fields",
    [
        (5, {"default_values": [{"id": 7, "type": "user"}]}),
        (6, {"default_values": [{"id": 7, "type": "role"}]}),
        (7, {"default_values": [{"id": 7, "type": "user"}, {"id": "8", "type": "role"}]}),
        (8, {"default_values": [{"id": 7, "type": "channel"}], "channel_types": [0, 5, 0]}),
    ],
)
def test_menus_that_fill_themselves(kind, fields):
    menu = {"type": kind, "custom_id": "m", "min_values": 0, "max_values": 25, "placeholder": "p", **fields}
    ((made,),) = (each["components"] for each in components(row(menu)))
    assert (made["min_values"], made["max_values"], made["placeholder"]) == (0, 25, "p")
    assert [value["id"] for value in made["default_values"]][0] == "7"
    assert made.get("channel_types") == ([0, 5] if kind == 8 else None)


@pytest.mark.parametrize(
    "part, fault",
    [
        ({"type": 4}, "type"),
        ({"type": 1, "components": []}, "type"),
        ({}, "type"),
        (button(style=6), "style"),
        (button(label=None), "label"),
        (button(label="x" * 81), "label"),
        (button(custom_id=None), "custom_id"),
        (button(custom_id="x" * 101), "custom_id"),
        (button(url="https://chat.example"), "url"),
        (button(style=5), "custom_id"),
        ({"type": 2, "style": 5, "label": "x"}, "url"),
        ({"type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"}, "url"),
        ({"type": 2, "style": 5, "label": "x", "url": "https://chat.example/" + "x" * 512}, "url"),
        (button(disabled=1), "disabled"),
        (button(emoji={}), "emoji.name"),
        (button(emoji={"id": "x", "name": "x"}), "emoji.id"),
        (button(id=-1), "id"),
        (button(id=2**31), "id"),
        ({**MENU, "options": []}, "options"),
        ({**MENU, "options": [{"label": str(n), "value": str(n)} for n in range(26)]}, "options"),
        ({**MENU, "options": [OPTION, OPTION]}, "options.1.value"),
        ({**MENU, "options": [{"label": "", "value": "x"}]}, "options.0.label"),
        ({**MENU, "min_values": 2}, "min_values"),
        ({**MENU, "max_values": 0}, "max_values"),
        ({**MENU, "placeholder": "x" * 151}, "placeholder"),
        ({"type": 5, "custom_id": "m", "default_values": [{"type": "user"}]}, "default_values.0.id"),
        ({"type": 8, "custom_id": "m", "channel_types": [99]}, "channel_types"),
        ({"type": 8, "custom_id": "m", "channel_types": [True]}, "channel_types"),
    ],
)
def test_other_components_are_refused_where_they_are_at_fault(part, fault):
    assert f"0.components.0.{fault}" in faults_of(row(part))


def test_a_message_has_5_rows_of_5_buttons_or_one_menu():
    rows = [row(*(button(custom_id=f"{y}{x}") for x in range(5))) for y in range(5)]
    assert components(*rows)[4]["components"][4]["id"] == 30
    assert faults_of(*rows, row(button(custom_id="more"))) == {""}
    assert faults_of(row(*(button(custom_id=str(n)) for n in range(6)))) == {"0.components"}
    assert faults_of(row()) == {"0.components"}
    for parts in ((BUTTON, MENU), (MENU, {**MENU, "custom_id": "b"})):
        assert faults_of(row(*parts)) == {"0.components"}
    assert faults_of(BUTTON) == {"0.type", "0.components"}


def test_no_two_components_are_called_the_same():
    assert faults_of(row(BUTTON), row(BUTTON)) == {""}
    assert faults_of(row(button(id=5)), row(button(id=5, custom_id="b"))) == {""}


def test_an_edit_takes_components_away_with_an_empty_list():
    assert MessageEdit.parse({"components": []}).details == {"components": []}
    assert MessageEdit.parse({"content": "x"}).details is None
