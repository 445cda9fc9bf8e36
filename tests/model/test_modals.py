"""Modals: what an application may ask for, and what somebody fills in, every fault by its path."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.modals import Modal
from chatd.model.shapes import Form
from tests.faults import faults_in
from tests.model.test_component_data import Place

INPUT = {"type": 4, "custom_id": "text", "style": 1}
OPTIONS = [{"label": each.upper(), "value": each} for each in "abc"]


def label(component: Any, **fields: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Well?", "component": component, **fields}


def row(**fields: Any) -> dict[str, Any]:
    return {"type": 1, "components": [{**INPUT, "label": "Well?", **fields}]}


def modal(*components: Any, **fields: Any) -> Modal:
    form = Form({"custom_id": "m", "title": "Title", "components": list(components), **fields})
    made = Modal.of(form)
    form.finish()
    return made


def faults_of(*components: Any, **fields: Any) -> set[str]:
    with pytest.raises(InvalidFormBody) as refused:
        modal(*components, **fields)
    return set(faults_in(refused.value.errors))


def test_a_modal_comes_out_with_numbers_and_defaults():
    made = modal(
        {"type": 10, "content": "Read this"},
        label({**INPUT, "min_length": 2, "max_length": 5, "value": "abc", "placeholder": "p",
               "required": False}),
        row(style=2, custom_id="old"),
    )  # fmt: skip
    assert made.payload() == {
        "custom_id": "m", "title": "Title", "components": [
            {"type": 10, "id": 1, "content": "Read this"},
            {"type": 18, "id": 2, "label": "Well?", "component": {
                "type": 4, "id": 3, "custom_id": "text", "style": 1, "min_length": 2, "max_length": 5,
                "required": False, "value": "abc", "placeholder": "p"}},
            {"type": 1, "id": 4, "components": [
                {"type": 4, "id": 5, "custom_id": "old", "style": 2, "required": True, "label": "Well?"}]},
        ],
    }  # fmt: skip
    assert Modal.from_payload(made.payload()) == made


@pytest.mark.parametrize(
    "component, made",
    [
        ({"type": 3, "options": OPTIONS},
         {"min_values": 1, "max_values": 1, "required": True,
          "options": [{**each, "default": False} for each in OPTIONS]}),
        ({"type": 5, "required": False, "min_values": 0, "disabled": False, "default_values": [
            {"id": "7", "type": "user"}]},
         {"min_values": 0, "max_values": 1, "required": False, "default_values": [
            {"id": "7", "type": "user"}]}),
        ({"type": 6}, {"min_values": 1, "max_values": 1, "required": True}),
        ({"type": 7, "max_values": 25}, {"min_values": 1, "max_values": 25, "required": True}),
        ({"type": 8, "channel_types": [0]},
         {"min_values": 1, "max_values": 1, "required": True, "channel_types": [0]}),
        ({"type": 19, "max_values": 10, "file_types": ["image", ".PDF"]},
         {"min_values": 1, "max_values": 10, "required": True, "file_types": ["image", ".pdf"]}),
        ({"type": 21, "options": OPTIONS},
         {"required": True, "options": [{**each, "default": False} for each in OPTIONS]}),
        ({"type": 22, "options": OPTIONS, "required": False},
         {"required": False, "min_values": 1, "max_values": 3,
          "options": [{**each, "default": False} for each in OPTIONS]}),
        ({"type": 23, "default": True}, {"default": True}),
    ],
)  # fmt: skip
def test_a_label_holds_any_component_that_can_be_answered(component, made):
    (told,) = modal(label({"custom_id": "x", **component}, description="d")).components
    assert told["description"] == "d"
    assert told["component"] == {"type": component["type"], "id": 2, "custom_id": "x", **made}


@pytest.mark.parametrize(
    "component, fault",
    [
        ({"type": 2, "style": 1, "label": "Go"}, "type"),
        ({"type": 10, "content": "x"}, "type"),
        ({**INPUT, "style": 3}, "style"),
        ({"type": 4, "style": 1, "custom_id": None}, "custom_id"),
        ({**INPUT, "min_length": 4001}, "min_length"),
        ({**INPUT, "max_length": 0}, "max_length"),
        ({**INPUT, "min_length": 5, "max_length": 4}, "min_length"),
        ({**INPUT, "value": "x" * 4001}, "value"),
        ({**INPUT, "placeholder": "x" * 101}, "placeholder"),
        ({**INPUT, "required": 1}, "required"),
        ({**INPUT, "id": -1}, "id"),
        ({"type": 3, "options": []}, "options"),
        ({"type": 3, "options": OPTIONS, "min_values": 0}, "min_values"),
        ({"type": 5, "disabled": True}, "disabled"),
        ({"type": 6, "default_values": [{"id": "7", "type": "user"}]}, "default_values.0.type"),
        ({"type": 19, "max_values": 11}, "max_values"),
        ({"type": 19, "min_values": 2}, "min_values"),
        ({"type": 19, "file_types": ["image", "pdf"]}, "file_types.1"),
        ({"type": 19, "file_types": [".a"] * 11}, "file_types"),
        ({"type": 21, "options": OPTIONS[:1]}, "options"),
        ({"type": 21, "options": [{**each, "default": True} for each in OPTIONS]}, "options"),
        ({"type": 22, "options": []}, "options"),
        ({"type": 22, "options": OPTIONS[:1] * 2}, "options.1.value"),
        ({"type": 22, "options": [{"label": str(n), "value": str(n)} for n in range(11)]}, "options"),
        ({"type": 22, "options": OPTIONS, "min_values": 0}, "min_values"),
        ({"type": 23, "default": "yes"}, "default"),
        (None, ""),
    ],
)
def test_other_components_are_refused_where_they_are_at_fault(component, fault):
    held = None if component is None else {"custom_id": "x", **component}
    assert f"components.0.component.{fault}".rstrip(".") in faults_of(label(held))


@pytest.mark.parametrize(
    "components, fields, fault",
    [
        ([], {}, "components"),
        ([{"type": 10, "content": "x"}] * 6, {}, "components"),
        ([label(INPUT), row()], {}, "components"),
        ([label({**INPUT, "id": 5}), {"type": 10, "id": 5, "content": "x"}], {}, "components"),
        ([INPUT], {}, "components.0.type"),
        ([label(INPUT, label="x" * 46)], {}, "components.0.label"),
        ([label(INPUT, label="")], {}, "components.0.label"),
        ([label(INPUT, description="x" * 101)], {}, "components.0.description"),
        ([{"type": 1, "components": [INPUT]}], {}, "components.0.components.0.label"),
        ([{"type": 1, "components": [INPUT, INPUT]}], {}, "components.0.components"),
        ([{"type": 1, "components": [{"type": 6, "custom_id": "r"}]}], {}, "components.0.components.0.type"),
        ([label(INPUT)], {"title": ""}, "title"),
        ([label(INPUT)], {"title": "x" * 46}, "title"),
        ([label(INPUT)], {"custom_id": "x" * 101}, "custom_id"),
    ],
)
def test_a_modal_is_held_to_its_limits(components, fields, fault):
    assert fault in faults_of(*components, **fields)


def test_all_faults_of_a_modal_are_said_at_once():
    faults = faults_of(label({"type": 99}), row(style=9), title=None, custom_id=None)
    assert {"title", "custom_id", "components.0.component.type", "components.1.components.0.style"} <= faults


# ── filling it in ──


def filled(made: Modal, *components: Any, place: Place | None = None, custom_id: str = "m") -> Any:
    form = Form({"custom_id": custom_id, "components": list(components)})
    data = made.submitted(form, place or Place())
    form.finish()
    assert data["custom_id"] == custom_id
    return data["components"]


def refused(made: Modal, *components: Any, **fields: Any) -> set[str]:
    with pytest.raises(InvalidFormBody) as caught:
        filled(made, *components, **fields)
    return set(faults_in(caught.value.errors))


def given(custom_id: str = "x", **fields: Any) -> dict[str, Any]:
    return {"type": 18, "component": {"custom_id": custom_id, **fields}}


def test_the_application_is_told_every_component_with_its_number():
    made = modal({"type": 10, "content": "Read this"}, label(INPUT), row(custom_id="old", required=False))
    old = {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "b"}]}
    assert filled(made, given("text", type=4, value="a"), old) == [
        {"type": 10, "id": 1},
        {"type": 18, "id": 2, "component": {"type": 4, "id": 3, "custom_id": "text", "value": "a"}},
        {"type": 1, "id": 4, "components": [{"type": 4, "id": 5, "custom_id": "old", "value": "b"}]},
    ]
    assert filled(made, given("text", value="a"))[2]["components"][0]["value"] == ""


ANSWERS = [
    ({"type": 4, "style": 1}, {"value": "hello"}),
    ({"type": 4, "style": 2, "min_length": 2, "required": False}, {"value": ""}),
    ({"type": 3, "options": OPTIONS, "max_values": 2}, {"values": ["b", "a"]}),
    ({"type": 3, "options": OPTIONS, "required": False}, {"values": []}),
    ({"type": 5}, {"values": ["11"]}),
    ({"type": 6}, {"values": ["22"]}),
    ({"type": 7, "max_values": 2}, {"values": ["22", "11"]}),
    ({"type": 8}, {"values": ["33"]}),
    ({"type": 21, "options": OPTIONS}, {"value": "c"}),
    ({"type": 21, "options": OPTIONS, "required": False}, {"value": None}),
    ({"type": 22, "options": OPTIONS}, {"values": ["c", "a"]}),
    ({"type": 22, "options": OPTIONS, "required": False}, {"values": []}),
    ({"type": 23}, {"value": True}),
    ({"type": 23}, {"value": False}),
    ({"type": 19, "required": False}, {"values": []}),
]


@pytest.mark.parametrize("component, answer", ANSWERS)
def test_each_component_has_its_kind_of_answer(component, answer):
    made = modal(label({"custom_id": "x", **component}))
    (told,) = filled(made, given(type=component["type"], **answer))
    assert told["component"] == {"type": component["type"], "id": 2, "custom_id": "x", **answer}


def test_files_are_told_by_the_ids_that_they_get():
    made = modal(label({"type": 19, "custom_id": "x", "max_values": 2, "file_types": ["image", ".pdf"]}))
    (told,) = filled(made, given(values=["0", 1]))
    assert told["component"]["values"] == ["100", "101"]
    assert refused(made, given(values=["0", "0", "2"])) == {"components.0.component.values"}
    assert refused(made, given(values=["0", "0"])) == {"components.0.component.values.1"}
    assert refused(made, given(values=["7"])) == {"components.0.component.values.0"}
    pictures = modal(label({"type": 19, "custom_id": "x", "max_values": 2, "file_types": ["image"]}))
    assert refused(pictures, given(values=["0", "1"])) == {"components.0.component.values.1"}


@pytest.mark.parametrize(
    "component, answer, fault",
    [
        ({"type": 4, "style": 1}, {}, "value"),
        ({"type": 4, "style": 1}, {"value": ""}, "value"),
        ({"type": 4, "style": 1, "min_length": 3}, {"value": "ab"}, "value"),
        ({"type": 4, "style": 1, "min_length": 3, "required": False}, {"value": "ab"}, "value"),
        ({"type": 4, "style": 1, "max_length": 3}, {"value": "abcd"}, "value"),
        ({"type": 4, "style": 1}, {"value": "x" * 4001}, "value"),
        ({"type": 4, "style": 1}, {"value": 1}, "value"),
        ({"type": 4, "style": 1}, {"value": "a", "type": 3}, "type"),
        ({"type": 3, "options": OPTIONS}, {"values": []}, "values"),
        ({"type": 3, "options": OPTIONS}, {"values": ["d"]}, "values.0"),
        ({"type": 3, "options": OPTIONS, "min_values": 2, "max_values": 3, "required": False},
         {"values": ["a"]}, "values"),
        ({"type": 5}, {"values": ["22"]}, "values.0"),
        ({"type": 6}, {"values": ["11"]}, "values.0"),
        ({"type": 7}, {"values": ["33"]}, "values.0"),
        ({"type": 8, "channel_types": [2]}, {"values": ["33"]}, "values.0"),
        ({"type": 19}, {}, "values"),
        ({"type": 19}, {"values": ["x"]}, "values.0"),
        ({"type": 21, "options": OPTIONS}, {}, "value"),
        ({"type": 21, "options": OPTIONS}, {"value": "d"}, "value"),
        ({"type": 22, "options": OPTIONS, "max_values": 1}, {"values": ["a", "b"]}, "values"),
        ({"type": 22, "options": OPTIONS}, {"values": ["a", "a"]}, "values.1"),
        ({"type": 23}, {"value": "on"}, "value"),
    ],
)  # fmt: skip
def test_other_answers_are_refused_where_they_are_at_fault(component, answer, fault):
    made = modal(label({"custom_id": "x", **component}))
    assert f"components.0.component.{fault}" in refused(made, given(**answer))


def test_what_is_required_must_come_and_what_is_not_asked_for_must_not():
    made = modal(label(INPUT), label({"type": 21, "custom_id": "radio", "options": OPTIONS}))
    assert refused(made, given("text", value="a")) == {"components"}
    assert refused(made, given("radio", value="a"), given("text", value="a"), given("text", value="b")) == {
        "components.2.component.custom_id"
    }
    assert refused(made, given("radio", value="a"), given("text", value="a"), given("other", value=1)) == {
        "components.2.component.custom_id"
    }
    assert refused(made, given("radio", value="a"), given("text", value="a"), custom_id="n") == {"custom_id"}
    assert refused(made, {"type": 4}, given("radio", value="z")) >= {
        "components", "components.0.type", "components.1.component.value",
    }  # fmt: skip


FEW = ANSWERS[::3]


def test_garbage_is_refused_and_nothing_else(rng):
    made = modal(*(label({**component, "custom_id": str(n)}) for n, (component, _) in enumerate(FEW)))
    pieces = [None, True, -1, 2**70, "", "a", "11", [], {}, ["a"], [{}], [["a"]], ["0"], 1.5]
    for _ in range(300):
        parts = [
            {"type": rng.choice([1, 18, 10, *pieces]), "component": rng.choice([*pieces, {
                "custom_id": rng.choice(["0", "1", *pieces]), "value": rng.choice(pieces),
                "values": rng.choice(pieces), "type": rng.choice([3, 4, *pieces])}]),
             "components": rng.choice([*pieces, [{"custom_id": "1"}]])}
            for _ in range(rng.randrange(7))
        ]  # fmt: skip
        form = Form({"custom_id": "m", "components": rng.choice([parts, parts, parts, *pieces])})
        made.submitted(form, Place())
        Modal.of(Form({"custom_id": rng.choice(pieces), "title": rng.choice(pieces), "components": parts}))


def test_a_filled_in_modal_of_every_component_is_told_whole():
    parts = [label({"custom_id": str(n), **component}) for n, (component, _) in enumerate(ANSWERS)]
    for at in range(0, len(parts), 5):
        made = modal(*parts[at : at + 5])
        answers = [given(str(n), **ANSWERS[n][1]) for n in range(at, min(at + 5, len(parts)))]
        told = filled(made, *answers)
        assert [int(each["component"]["custom_id"]) for each in told] == list(range(at, at + len(told)))
