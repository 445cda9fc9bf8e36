"""Commands as somebody fills them in: values against the definition, and every fault by its path."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.command_options import check_resolved, leaves, mentioned_in, read_invocation
from chatd.model.commands import Command, CommandDraft
from chatd.model.errors import InvalidFormBody
from chatd.model.shapes import Form


def command(*options: dict[str, Any], **fields: Any) -> Command:
    described = [{"description": "-", **each} for each in options]
    return Command(1, 2, None, 3, CommandDraft.parse({
        "name": "do", "description": "-", "options": described, **fields,
    }))  # fmt: skip


def read(made: Command, *options: Any, autocomplete: bool = False) -> list[dict[str, Any]]:
    form = Form({"options": list(options)})
    given = read_invocation(form, made, autocomplete=autocomplete)
    form.finish()
    return given


def refused(made: Command, *options: Any, autocomplete: bool = False) -> dict[str, Any]:
    with pytest.raises(InvalidFormBody) as refusal:
        read(made, *options, autocomplete=autocomplete)
    errors: dict[str, Any] = refusal.value.errors["options"]
    return errors


EVERY = command(
    {"type": 3, "name": "text", "min_length": 2, "max_length": 4, "required": True},
    {"type": 4, "name": "whole", "min_value": 1, "max_value": 5}, {"type": 5, "name": "flag"},
    {"type": 6, "name": "user"}, {"type": 7, "name": "channel", "channel_types": [0]},
    {"type": 8, "name": "role"}, {"type": 9, "name": "any"}, {"type": 10, "name": "real", "max_value": 0.5},
    {"type": 11, "name": "file", "file_types": ["image"]},
    {"type": 3, "name": "pick", "choices": [{"name": "A", "value": "a"}]},
)  # fmt: skip
FILLED = [
    {"name": "text", "type": 3, "value": "abc"}, {"name": "whole", "type": 4, "value": 5},
    {"name": "flag", "type": 5, "value": False}, {"name": "user", "type": 6, "value": "11"},
    {"name": "channel", "type": 7, "value": "12"}, {"name": "role", "type": 8, "value": "13"},
    {"name": "any", "type": 9, "value": "14"}, {"name": "real", "type": 10, "value": 0.25},
    {"name": "file", "type": 11, "value": "0"}, {"name": "pick", "type": 3, "value": "a"},
]  # fmt: skip

SUBS = command(
    {"type": 1, "name": "plain"},
    {"type": 2, "name": "group", "options": [
        {"type": 1, "name": "sub", "description": "-", "options": [
            {"type": 3, "name": "text", "description": "-", "required": True, "autocomplete": True},
            {"type": 4, "name": "whole", "description": "-", "autocomplete": True},
            {"type": 5, "name": "flag", "description": "-"},
        ]},
    ]},
)  # fmt: skip


def within(*options: Any) -> dict[str, Any]:
    """The options of the sub command in a group."""
    return {"name": "group", "options": [{"name": "sub", "options": list(options)}]}


def test_every_type_is_read_as_it_is_documented():
    assert read(EVERY, *FILLED) == FILLED
    assert read(EVERY, *[{name: each[name] for name in ("name", "value")} for each in FILLED]) == FILLED
    assert read(EVERY, FILLED[7], FILLED[0]) == [FILLED[7], FILLED[0]], "in the order in which they came"


def test_options_of_a_sub_command_are_inside_of_it():
    assert read(SUBS, {"name": "plain"}) == [{"name": "plain", "type": 1, "options": []}]
    (group,) = read(SUBS, within({"name": "text", "value": "x"}))
    assert group == {"name": "group", "type": 2, "options": [
        {"name": "sub", "type": 1, "options": [{"name": "text", "type": 3, "value": "x"}]},
    ]}  # fmt: skip
    assert [leaf["name"] for leaf in leaves([group])] == ["text"]


@pytest.mark.parametrize(
    "at, value, code",
    [
        (0, "a", "BASE_TYPE_BAD_LENGTH"), (0, "abcde", "BASE_TYPE_MAX_LENGTH"), (0, 7, "STRING_TYPE_CONVERT"),
        (0, None, "BASE_TYPE_REQUIRED"), (1, 0, "NUMBER_TYPE_MIN"), (1, 6, "NUMBER_TYPE_MAX"),
        (1, 1.5, "NUMBER_TYPE_COERCE"), (1, True, "NUMBER_TYPE_COERCE"), (2, "yes", "BOOLEAN_TYPE_CONVERT"),
        (2, None, "BASE_TYPE_REQUIRED"), (3, "ada", "NUMBER_TYPE_COERCE"), (4, -1, "NUMBER_TYPE_COERCE"),
        (7, 0.75, "NUMBER_TYPE_MAX"), (7, "0.25", "NUMBER_TYPE_COERCE"), (7, -1e300, "NUMBER_TYPE_MIN"),
        (9, "b", "BASE_TYPE_CHOICES"), (9, {}, "BASE_TYPE_CHOICES"),
    ],
)  # fmt: skip
def test_a_value_that_is_refused(at, value, code):
    options = [dict(each) for each in FILLED]
    options[at]["value"] = value
    assert [error["code"] for error in refused(EVERY, *options)[str(at)]["value"]["_errors"]] == [code]


def test_all_faults_are_told_at_once():
    errors = refused(
        EVERY, {"name": "whole", "type": 3, "value": 1}, {"name": "no", "value": 1}, FILLED[2], FILLED[2], 7
    )
    assert errors["0"]["type"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES"
    assert errors["1"]["name"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES"
    assert errors["3"]["name"]["_errors"][0]["message"] == "An option is given once."
    assert errors["4"]["_errors"][0]["code"] == "DICT_TYPE_CONVERT"
    assert refused(EVERY)["_errors"] == [
        {"code": "BASE_TYPE_REQUIRED", "message": "The option text is required."}
    ]


def test_exactly_one_sub_command_is_chosen():
    for options in [(), ({"name": "plain"}, within({"name": "text", "value": "x"}))]:
        assert refused(SUBS, *options)["_errors"][0]["message"] == "Exactly one sub command must be chosen."
    empty = refused(SUBS, {"name": "group"})
    assert "chosen" in empty["0"]["options"]["_errors"][0]["message"]
    missing = refused(SUBS, within())["0"]["options"]["0"]["options"]["_errors"][0]
    assert missing["code"] == "BASE_TYPE_REQUIRED"


def test_what_takes_no_options_is_given_none():
    assert read(command(), *[]) == []
    assert refused(command(), {"name": "a", "value": 1})["_errors"][0]["code"] == "BASE_TYPE_BAD_LENGTH"
    menu = Command(1, 2, None, 3, CommandDraft.parse({"type": 2, "name": "Wave"}))
    assert refused(menu, {"name": "a", "value": 1})["_errors"][0]["code"] == "BASE_TYPE_BAD_LENGTH"


def test_who_is_typing_has_filled_in_a_part():
    typed = {"name": "whole", "value": "1x", "focused": True}
    (group,) = read(SUBS, within({"name": "flag", "value": True}, typed), autocomplete=True)
    assert group["options"][0]["options"] == [
        {"name": "flag", "type": 5, "value": True},
        {"name": "whole", "type": 4, "value": "1x", "focused": True},
    ]  # fmt: skip
    (group,) = read(SUBS, within({"name": "text", "focused": True}), autocomplete=True)
    assert group["options"][0]["options"] == [{"name": "text", "type": 3, "value": "", "focused": True}]
    made = command(
        {"type": 10, "name": "real", "autocomplete": True}, {"type": 3, "name": "text", "min_length": 5}
    )
    given = read(made, {"name": "real", "value": 1.5, "focused": True}, {"name": "text", "value": "ab"},
                 autocomplete=True)  # fmt: skip
    assert [option["value"] for option in given] == [1.5, "ab"]


@pytest.mark.parametrize(
    "options, path",
    [
        ([{"name": "text", "value": "x"}], None),
        ([{"name": "text", "focused": True}, {"name": "whole", "focused": True}], None),
        ([{"name": "flag", "value": True, "focused": True}], "focused"),
        ([{"name": "text", "value": True, "focused": True}], "value"),
        ([{"name": "text", "value": "x", "focused": "yes"}], "focused"),
        ([{"name": "text", "focused": True}, {"name": "flag", "value": "no"}], "value"),
    ],
)
def test_typing_that_is_refused(options, path):
    errors = refused(SUBS, within(*options), autocomplete=True)
    inside = errors.get("0", {}).get("options", {}).get("0", {}).get("options", {})
    assert "focused" in errors["_errors"][0]["message"] if path is None else path in [*inside.values()][-1]


def test_what_options_name_is_found_and_checked():
    mentioned = mentioned_in(FILLED)
    assert (mentioned.user_ids, mentioned.channel_ids, mentioned.role_ids) == ([11], [12], [13])
    assert (mentioned.mentionable_ids, mentioned.attachment_ids) == ([14], [0])
    resolved: dict[str, Any] = {
        "users": {"11": {}}, "channels": {"12": {"type": 0}}, "roles": {"13": {}, "14": {}},
        "attachments": {"0": {"filename": "Cat.PNG"}},
    }  # fmt: skip
    form = Form({"options": FILLED})
    check_resolved(form, EVERY, FILLED, resolved)
    form.finish()
    resolved["channels"]["12"]["type"] = 2
    resolved["attachments"]["0"]["filename"] = "cat.pdf"
    check_resolved(form, EVERY, FILLED, resolved | {"users": {}, "roles": {}})
    with pytest.raises(InvalidFormBody) as refusal:
        form.finish()
    assert set(refusal.value.errors["options"]) == {"3", "4", "5", "6", "8"}


def test_what_is_named_in_a_sub_command_is_checked_there():
    made = command({"type": 1, "name": "sub", "options": [{"type": 6, "name": "who", "description": "-"}]})
    options = [{"name": "sub", "type": 1, "options": [{"name": "who", "type": 6, "value": "11"}]}]
    form = Form({"options": options})
    check_resolved(form, made, options, {})
    with pytest.raises(InvalidFormBody) as refusal:
        form.finish()
    assert "value" in refusal.value.errors["options"]["0"]["options"]["0"]
