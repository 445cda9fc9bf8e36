"""Components: rows of buttons and menus, and layouts, each with its number, every fault by its path."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.component_media import media_in, with_media
from chatd.model.components import COMPONENTS_MAX, TEXT_MAX, layout_fault, texts_in
from chatd.model.errors import InvalidFormBody
from chatd.model.message_drafts import MessageDraft, MessageEdit
from tests.faults import faults_in

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
    with pytest.raises(InvalidFormBody) as refused:
        components(*rows)
    return set(faults_in(refused.value.errors["components"]))


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
        (button(sku_id="7"), "sku_id"),
        ({"type": 2, "style": 6, "sku_id": "7"}, "style"),
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
        ({**MENU, "max_values": 2}, "options"),
        ({**MENU, "options": [{"label": n, "value": n, "default": True} for n in "ab"]}, "options"),
        ({**MENU, "placeholder": "x" * 151}, "placeholder"),
        ({"type": 5, "custom_id": "m", "default_values": [{"type": "user"}]}, "default_values.0.id"),
        ({"type": 6, "custom_id": "m", "default_values": [{"id": n, "type": "role"} for n in "78"]},
         "default_values"),
        ({"type": 6, "custom_id": "m", "max_values": 3, "min_values": 2,
          "default_values": [{"id": 7, "type": "role"}]}, "default_values"),
        ({"type": 8, "custom_id": "m", "channel_types": [99]}, "channel_types"),
        ({"type": 8, "custom_id": "m", "channel_types": [True]}, "channel_types"),
    ],
)
def test_other_components_are_refused_where_they_are_at_fault(part, fault):
    assert f"0.components.0.{fault}" in faults_of(row(part))


def test_a_message_has_5_rows_of_5_buttons_or_one_menu():
    rows = [row(*(button(custom_id=f"{y}{x}") for x in range(5))) for y in range(5)]
    assert components(*rows)[4]["components"][4]["id"] == 30
    assert layout_fault(components(*rows), alone=False) is None
    too_many = components(*rows, row(button(custom_id="more")))
    code, _ = layout_fault(too_many, alone=False)
    assert code == "BASE_TYPE_BAD_LENGTH"
    assert faults_of(row(*(button(custom_id=str(n)) for n in range(6)))) == {"0.components"}
    assert faults_of(row()) == {"0.components"}
    for parts in ((BUTTON, MENU), (MENU, {**MENU, "custom_id": "b"})):
        assert faults_of(row(*parts)) == {"0.components"}
    assert faults_of(BUTTON) == {"0.type", "0.components"}


def test_no_two_components_are_called_the_same():
    assert faults_of(row(BUTTON), row(BUTTON)) == {""}
    assert faults_of(row(button(id=5)), row(button(id=5, custom_id="b"))) == {""}


TEXT = {"type": 10, "content": "hello"}
PICTURE = {"url": "https://chat.example/a.png"}
MEDIA = {"url": "https://chat.example/a.png", "proxy_url": "https://chat.example/a.png"}


def test_layouts_come_out_as_the_official_description_has_them():
    section = {"type": 9, "components": [TEXT, TEXT], "accessory": {"type": 11, "media": PICTURE}}
    gallery = {"type": 12, "items": [{"media": PICTURE, "description": "a", "spoiler": True}]}
    file, line = {"type": 13, "file": {"url": "attachment://a.txt"}, "name": "x", "size": 5}, {"type": 14}
    (made,) = components({"type": 17, "accent_color": 0xFF, "components": [section, gallery, file, line]})
    assert {name: made[name] for name in ("type", "id", "accent_color", "spoiler")} == {
        "type": 17, "id": 1, "accent_color": 0xFF, "spoiler": False
    }  # fmt: skip
    assert made["components"] == [
        {"type": 9, "id": 2,
         "components": [{**TEXT, "id": 3}, {**TEXT, "id": 4}],
         "accessory": {"type": 11, "id": 5, "media": MEDIA, "description": None, "spoiler": False}},
        {"type": 12, "id": 6, "items": [{"media": MEDIA, "description": "a", "spoiler": True}]},
        {"type": 13, "id": 7, "name": None, "size": None, "spoiler": False,
         "file": {"url": "attachment://a.txt", "proxy_url": "attachment://a.txt"}},
        {"type": 14, "id": 8, "divider": True, "spacing": 1},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "component, fault",
    [
        ({"type": 10}, "content"),
        ({"type": 10, "content": "x" * 4001}, "content"),
        ({"type": 9, "components": [], "accessory": BUTTON}, "components"),
        ({"type": 9, "components": [TEXT] * 4, "accessory": BUTTON}, "components"),
        ({"type": 9, "components": [BUTTON], "accessory": BUTTON}, "components.0.type"),
        ({"type": 9, "components": [TEXT]}, "accessory"),
        ({"type": 9, "components": [TEXT], "accessory": TEXT}, "accessory.type"),
        ({"type": 11, "media": PICTURE}, "type"),
        ({"type": 12, "items": []}, "items"),
        ({"type": 12, "items": [{"media": PICTURE}] * 11}, "items"),
        ({"type": 12, "items": [{"media": {"url": "data:x"}}]}, "items.0.media.url"),
        ({"type": 12, "items": [{"media": PICTURE, "description": "x" * 1025}]}, "items.0.description"),
        ({"type": 13, "file": PICTURE}, "file.url"),
        ({"type": 14, "spacing": 3}, "spacing"),
        ({"type": 14, "divider": 1}, "divider"),
        ({"type": 17, "components": []}, "components"),
        ({"type": 17, "components": [{"type": 17, "components": [TEXT]}]}, "components.0.type"),
        ({"type": 17, "components": [TEXT], "accent_color": -1}, "accent_color"),
    ],
)
def test_other_layouts_are_refused_where_they_are_at_fault(component, fault):
    assert f"0.{fault}" in faults_of(component)


def test_layouts_are_for_messages_that_are_made_of_them():
    assert layout_fault(components(TEXT), alone=True) is None
    code, _ = layout_fault(components(row(BUTTON), TEXT), alone=False)
    assert code == "COMPONENT_REQUIRES_V2"


def test_a_layout_has_so_many_components_and_so_much_text():
    boxes = [{"type": 17, "components": [TEXT] * (COMPONENTS_MAX // 2 - 1)} for _ in range(2)]
    assert layout_fault(components(*boxes), alone=True) is None
    code, _ = layout_fault(components(*boxes, TEXT), alone=True)
    assert code == "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"
    full = {"type": 10, "content": "x" * (TEXT_MAX - 5)}
    assert layout_fault(components(full, TEXT), alone=True) is None
    code, _ = layout_fault(components(full, TEXT, TEXT), alone=True)
    assert code == "COMPONENT_MAX_TOTAL_TEXT_EXCEEDED"
    assert texts_in(components(TEXT, {"type": 17, "components": [TEXT]})) == "hello\nhello"


def test_what_components_show_is_known_by_an_id_and_its_attachment():
    file = {"type": 13, "file": {"url": "attachment://a.txt"}}
    made = components({"type": 12, "items": [{"media": PICTURE}]}, file)
    details = {"components": made, "attachments": [{"id": "7", "filename": "a.txt", "size": 5}]}
    ids = iter((50, 51))
    known = with_media(details, lambda: next(ids))
    assert [media["id"] for media in media_in(known["components"])] == ["50", "51"]
    assert (known["components"][1]["name"], known["components"][1]["size"]) == ("a.txt", 5)
    assert known["components"][1]["file"]["attachment_id"] == "7"
    assert with_media(known, lambda: next(ids)) is known and "id" not in next(media_in(made))
    with pytest.raises(InvalidFormBody):
        with_media({"components": made}, lambda: 60)


def test_an_edit_takes_components_away_with_an_empty_list():
    assert MessageEdit.parse({"components": []}).details == {"components": []}
    assert MessageEdit.parse({"content": "x"}).details is None
