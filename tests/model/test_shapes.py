"""Forms: every reader, every fault by its path, and drafts that survive any JSON at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatd.model.accounts import LoginDraft, RegisterDraft, SetUpDraft
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import InvalidFormBody
from chatd.model.guilds import GuildPage
from chatd.model.json_text import encode_json
from chatd.model.members import MemberPage, MemberSearch
from chatd.model.message_drafts import MessageDraft, MessageEdit, MessagePage
from chatd.model.shapes import FAULTS_MAX, INTEGER_MAX, Form
from chatd.model.users import UserEdit
from tests.faults import faults_in

BAD_TEXT = ["\x00", "a\x00b", "\ud800", "a\udfff"]


def faults_of(form: Form) -> dict[str, list[str]]:
    """The codes of a form's faults by dotted path; {} when there is none."""
    try:
        form.finish()
    except InvalidFormBody as refused:
        return faults_in(refused.errors)
    return {}


def read(reader: str, value: Any, **options: Any) -> tuple[Any, list[str]]:
    """What a reader makes of a value at `x`, and the codes of its faults."""
    form = Form({"x": value})
    answer = getattr(form, reader)("x", **options)
    return answer, faults_of(form).get("x", [])


# Readers one by one


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [
        ("hello", {}, "hello", []),
        ("", {}, "", []),
        ("😀" * 5, {"length": (0, 5)}, "😀" * 5, []),
        ("abcdef", {"length": (0, 5)}, "abcdef", ["BASE_TYPE_MAX_LENGTH"]),
        ("a", {"length": (2, 5)}, "a", ["BASE_TYPE_BAD_LENGTH"]),
        ("", {"length": (1, 5)}, "", ["BASE_TYPE_REQUIRED"]),
        ("   ", {"length": (1, 5), "strip": True}, "", ["BASE_TYPE_REQUIRED"]),
        ("   ", {"length": (1, 5)}, "   ", []),
        (" a ", {"length": (1, 1), "strip": True}, "a", []),
        (None, {}, "", ["BASE_TYPE_REQUIRED"]),
        (None, {"default": None}, None, []),
        (None, {"default": "d"}, "d", []),
        (1, {}, "", ["STRING_TYPE_CONVERT"]),
        (True, {"default": None}, "", ["STRING_TYPE_CONVERT"]),
        (["a"], {}, "", ["STRING_TYPE_CONVERT"]),
        ({}, {}, "", ["STRING_TYPE_CONVERT"]),
        *((text, {}, "", ["STRING_TYPE_REGEX"]) for text in BAD_TEXT),
    ],
)
def test_string(value, options, answer, codes):
    assert read("string", value, **options) == (answer, codes)


@pytest.mark.parametrize(
    "value, codes",
    [("ab1", []), ("AB", ["STRING_TYPE_REGEX"]), ("ab\n", ["STRING_TYPE_REGEX"]),
     (5, ["STRING_TYPE_CONVERT"]), (None, ["BASE_TYPE_REQUIRED"]),
     ("a" * 9, ["BASE_TYPE_MAX_LENGTH"]), ("\x00", ["STRING_TYPE_REGEX"])],
)  # fmt: skip
def test_pattern_matches_whole_and_has_one_fault(value, codes):
    assert read("pattern", value, rule=re.compile("[a-z0-9]+"), message="No.", length=(1, 8))[1] == codes


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [
        (5, {}, 5, []),
        ("5", {}, 5, []),
        (5.0, {}, 5, []),
        ("-3", {"between": (-5, 5)}, -3, []),
        (0, {}, 0, []),
        (INTEGER_MAX, {}, INTEGER_MAX, []),
        (None, {"default": 7}, 7, []),
        (None, {}, 0, ["BASE_TYPE_REQUIRED"]),
        (-1, {}, 0, ["NUMBER_TYPE_MIN"]),
        (101, {"between": (1, 100)}, 100, ["NUMBER_TYPE_MAX"]),
        (0, {"between": (1, 100)}, 1, ["NUMBER_TYPE_MIN"]),
        (10**400, {}, INTEGER_MAX, ["NUMBER_TYPE_MAX"]),
        *((value, {"between": (1, 9)}, 1, ["NUMBER_TYPE_COERCE"]) for value in (
            "", " 5", "5 ", "5\n", "+5", "5.0", "1_0", "\u0665", "\xb2", "1" * 30, 5.5, 1e300, float("nan"),
            float("inf"), True, False, [], {}, "abc", "\x00")),
    ],
)  # fmt: skip
def test_integer(value, options, answer, codes):
    assert read("integer", value, **options) == (answer, codes)


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [(True, {}, True, []), (False, {}, False, []), (None, {}, False, []), (None, {"default": True}, True, []),
     *((value, {}, False, ["BOOLEAN_TYPE_CONVERT"]) for value in (0, 1, "true", "", [], {}))],
)  # fmt: skip
def test_boolean(value, options, answer, codes):
    assert read("boolean", value, **options) == (answer, codes)


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [(5, {}, 5, []), ("5", {}, 5, []), (None, {"default": None}, None, []),
     (None, {}, 0, ["BASE_TYPE_REQUIRED"]),
     *((value, {"default": None}, 0, ["NUMBER_TYPE_COERCE"]) for value in (
         "", "-1", -1, 2**63, "9" * 30, "\u0661", True, 1.0, [], {}, "\ud800", "x" * 10_000))],
)  # fmt: skip
def test_snowflake(value, options, answer, codes):
    assert read("snowflake", value, **options) == (answer, codes)


@pytest.mark.parametrize(
    "value, answer, codes",
    [("1", True, []), ("TRUE", True, []), ("0", False, []), ("false", False, []), (None, False, []),
     ("yes", False, ["BASE_TYPE_CHOICES"]), ("", False, ["BASE_TYPE_CHOICES"]),
     (["1"], False, ["BASE_TYPE_CHOICES"])],
)  # fmt: skip
def test_flag(value, answer, codes):
    assert read("flag", value) == (answer, codes)


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [("2026-01-31T12:00:00Z", {}, NOON, []), ("2026-01-31T14:00:00.000000+02:00", {}, NOON, []),
     ("2026-01-31T12:00:00", {}, NOON, []), (None, {"default": None}, None, []),
     (None, {}, EPOCH, ["BASE_TYPE_REQUIRED"]), ("yesterday", {}, EPOCH, ["DATE_TIME_TYPE_PARSE"]),
     (7, {}, EPOCH, ["DATE_TIME_TYPE_PARSE"]), ([], {}, EPOCH, ["DATE_TIME_TYPE_PARSE"]),
     ("0001-01-01T00:00:00+14:00", {}, EPOCH, ["DATE_TIME_TYPE_PARSE"])],
)  # fmt: skip
def test_moment(value, options, answer, codes):
    assert read("moment", value, **options) == (answer, codes)


def test_a_fault_that_repeats_a_value_is_short_and_can_be_sent():
    for value in ("x" * 10_000, "\ud800" * 5, ["y"] * 1_000, {"z": "\udfff"}, "\x00"):
        form = Form({"x": value})
        form.snowflake("x")
        with pytest.raises(InvalidFormBody) as refused:
            form.finish()
        assert len(encode_json(refused.value.body()).encode("utf-8")) < 300


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [("a", {}, "a", []), (None, {"default": "b"}, "b", []), (None, {}, "a", ["BASE_TYPE_REQUIRED"]),
     *((value, {}, "a", ["BASE_TYPE_CHOICES"]) for value in ("c", "", 0, 1, True, [], {}, ["a"], 1.5))],
)  # fmt: skip
def test_choice(value, options, answer, codes):
    assert read("choice", value, choices=("a", "b"), **options) == (answer, codes)


def test_a_choice_comes_as_the_list_has_it():
    answer, codes = read("choice", 1.0, choices=(0, 1))
    assert (answer, type(answer), codes) == (1, int, [])


def test_a_boolean_is_no_choice_of_numbers():
    assert read("choice", True, choices=(0, 1)) == (0, ["BASE_TYPE_CHOICES"])


@pytest.mark.parametrize(
    "value, options, answer, codes",
    [([1, "a", None], {}, [1, "a", None], []), ([], {}, [], []), (None, {"default": None}, None, []),
     (None, {}, [], ["BASE_TYPE_REQUIRED"]), ([1] * 3, {"count": (0, 2)}, [], ["BASE_TYPE_BAD_LENGTH"]),
     ([], {"count": (1, 2)}, [], ["BASE_TYPE_BAD_LENGTH"]),
     *((value, {}, [], ["LIST_TYPE_CONVERT"]) for value in ("ab", 1, {}, {"0": 1}, True))],
)  # fmt: skip
def test_items(value, options, answer, codes):
    assert read("items", value, **options) == (answer, codes)


def test_snowflakes_have_their_faults_by_place():
    form = Form({"x": ["1", 2, "no", None, True]})
    assert form.snowflakes("x")[:2] == [1, 2]
    assert faults_of(form) == {
        "x.2": ["NUMBER_TYPE_COERCE"], "x.3": ["BASE_TYPE_REQUIRED"], "x.4": ["NUMBER_TYPE_COERCE"]
    }  # fmt: skip
    assert Form({}).snowflakes("x", default=None) is None
    assert read("snowflakes", [1] * 101)[1] == ["BASE_TYPE_BAD_LENGTH"]


# Forms as a whole


def test_a_form_inside_a_form_keeps_its_faults_with_the_outer_one():
    form = Form({"embed": {"footer": {"text": 5}}, "fields": [{"name": "ok"}, {"name": ""}, 7]})
    assert form.form("embed").form("footer").string("text") == ""
    names = [inside.string("name", length=(1, 5)) for inside in form.forms("fields")]
    assert names == ["ok", "", ""]
    assert faults_of(form) == {
        "embed.footer.text": ["STRING_TYPE_CONVERT"],
        "fields.1.name": ["BASE_TYPE_REQUIRED"],
        "fields.2": ["DICT_TYPE_CONVERT"],
        "fields.2.name": ["BASE_TYPE_REQUIRED"],
    }


def test_an_object_by_ids_has_its_faults_by_id():
    form = Form({"them": {"1": {"n": 5}, "x": {"n": "five"}, "2": 3}})
    found = form.forms_by_id("them")
    assert list(found) == [1, 0, 2] and found[1].integer("n") == 5 and found[0].integer("n") == 0
    with pytest.raises(InvalidFormBody) as caught:
        form.finish()
    assert {id: list(faults) for id, faults in caught.value.errors["them"].items()} == {
        "x": ["_errors", "n"], "2": ["_errors"]
    }  # fmt: skip
    for wrong in ({}, {"them": []}, {"them": {str(n): {} for n in range(101)}}, {"them": {}}):
        form = Form(wrong)
        assert form.forms_by_id("them", count=(1, 100)) == {}
        with pytest.raises(InvalidFormBody):
            form.finish()


def test_a_missing_form_is_one_fault_and_can_be_read_on():
    form = Form({})
    assert form.form("author").string("name") == ""
    assert faults_of(form) == {"author": ["BASE_TYPE_REQUIRED"]}
    assert Form({}).form("author", default=None) is None
    assert Form({}).forms("fields", default=[]) == []


@pytest.mark.parametrize("body", [None, [], [{}], "text", 5, True, 1.5])
def test_a_body_that_is_no_object_is_a_fault_at_the_root(body):
    form = Form(body)
    assert form.string("x", default="d") == "d" and "x" not in form
    assert faults_of(form) == {"": ["DICT_TYPE_CONVERT"]}


def test_a_field_that_was_sent_as_null_was_sent():
    form = Form({"a": None})
    assert "a" in form and "b" not in form and form.raw("a") is None


def test_a_replaced_field_keeps_the_faults_in_one_place():
    form = Form({"x": 5, "y": 6})
    other = form.replaced("x", "five")
    assert other.string("x") == "five" and form.raw("x") == 5
    other.string("y")
    assert faults_of(form) == faults_of(other) == {"y": ["STRING_TYPE_CONVERT"]}


def test_two_faults_of_one_field_are_both_told():
    form = Form({"x": 5})
    form.fault("x", "ONE", "One.")
    form.fault("x", "TWO", "Two.")
    assert faults_of(form) == {"x": ["ONE", "TWO"]}


def test_a_form_without_faults_finishes():
    assert faults_of(Form({"unknown": object()})) == {}


# Drafts


def test_every_fault_of_a_draft_is_told_at_once():
    body = {"username": "A B", "password": "short", "email": "nobody", "display_name": "x" * 33, "invite": 5}
    with pytest.raises(InvalidFormBody) as refused:
        RegisterDraft.parse(body)
    assert faults_in(refused.value.errors) == {
        "username": ["STRING_TYPE_REGEX"],
        "password": ["BASE_TYPE_BAD_LENGTH"],
        "email": ["STRING_TYPE_REGEX"],
        "display_name": ["BASE_TYPE_MAX_LENGTH"],
        "invite": ["STRING_TYPE_CONVERT"],
    }


def test_fields_that_nobody_knows_are_ignored():
    draft = MessageDraft.parse({"content": "hello", "from_the_future": {"deep": [1]}, "components": []})
    assert draft.content == "hello"


def test_no_more_faults_are_told_than_somebody_could_read():
    form = Form({"all": [None] * (FAULTS_MAX + 5)})
    form.integers("all", count=(0, 2 * FAULTS_MAX))
    with pytest.raises(InvalidFormBody) as refusal:
        form.finish()
    assert len(refusal.value.errors["all"]) == FAULTS_MAX


FROM_A_BODY = [
    RegisterDraft, LoginDraft, SetUpDraft, DirectMessageDraft, MessageDraft, MessageEdit, UserEdit
]  # fmt: skip
FROM_A_QUERY = [MessagePage, MemberPage, MemberSearch, GuildPage]
FIELDS = [
    "username", "password", "email", "display_name", "invite", "login", "secret", "recipient_id", "content",
    "nonce", "enforce_nonce", "tts", "flags", "allowed_mentions", "parse", "users", "roles", "replied_user",
    "global_name", "limit", "before", "after", "around", "query", "with_counts",
]  # fmt: skip
NUMBERS = st.integers() | st.integers(-2, 5) | st.sampled_from([2**31, 2**53, 2**63, 2**64, 10**300])
TEXTS = (
    st.text(max_size=40)
    | st.text(alphabet=st.characters(codec=None), max_size=5)  # NUL and lone surrogates among them
    | st.sampled_from(
        ["", "0", "1", "-1", "true", "5" * 25, "ada", "a@b", "users", "x" * 2001, "\ud800", "\x00"]
    )
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | FLOATS | TEXTS,
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | TEXTS, inside, max_size=6)
    ),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8) | JSON
QUERIES = st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=6)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(BODIES)
@example({"nonce": True})
@example({"nonce": 10**300})
@example({"allowed_mentions": {"parse": [[], {}, 1], "users": [None]}})
@example({"username": ["ada"], "email": {}, "invite": []})
def test_any_json_makes_a_draft_or_an_invalid_form(body):
    for draft in FROM_A_BODY:
        is_draft_or_refused(draft, body)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(QUERIES)
def test_any_query_makes_a_page_or_an_invalid_form(query):
    for page in FROM_A_QUERY:
        is_draft_or_refused(page, query)


def is_draft_or_refused(draft: Any, body: Any) -> None:
    try:
        assert isinstance(draft.parse(body), draft)
    except InvalidFormBody as refused:
        assert refused.errors
        encode_json(refused.body()).encode("utf-8")
