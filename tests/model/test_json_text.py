"""JSON in and out: what is no JSON, or too much of it, is refused as such and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.model.errors import InvalidJSON
from chatd.model.json_text import DEPTH_MAX, encode_json, parse_json


def nested(depth: int, begin: str = "[", end: str = "]") -> str:
    return begin * depth + end * depth


@pytest.mark.parametrize(
    "text, value",
    [
        ('{"a": [1, 2.5, "b", null, true, false]}', {"a": [1, 2.5, "b", None, True, False]}),
        (b'{"a": "\xc3\xa9"}', {"a": "é"}),
        (" \t\r\n1 ", 1),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\u0000"', "\x00"),
        ("1e308", 1e308),
        ("-0", 0),
        ('{"a": 1, "a": 2}', {"a": 2}),
        (str(2**64), 2**64),
    ],
)
def test_json_is_read(text, value):
    assert parse_json(text) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", b"", "NaN", "Infinity", "-Infinity", '{"a": NaN}', "[Infinity]", "1e999", "[-1e999]", "nul",
     "{", '"',
     "{'a': 1}", "[1,]", '{"a": 1,}', "01", "1 2", "1;", '"\n"', '"\x00"', '"\\x41"', '"\\ud8"', "// 1",
     "9" * 5000, "[" + "9" * 5000 + "]", "\ufeff{}", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'"\xff"',
     b'"\xc3"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b"\x00"],
)  # fmt: skip
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InvalidJSON) as refused:
        parse_json(text)
    assert (refused.value.status, refused.value.code) == (400, 50109)


@pytest.mark.parametrize("begin, end", [("[", "]"), ('{"a":', "}")])
def test_nesting_is_bounded(begin, end):
    inner = "1" if begin != "[" else ""
    parse_json(begin * DEPTH_MAX + inner + end * DEPTH_MAX)
    for depth in (DEPTH_MAX + 1, 1_000, 100_000):
        with pytest.raises(InvalidJSON):
            parse_json(begin * depth + inner + end * depth)
    with pytest.raises(InvalidJSON):  # and it need not even end
        parse_json(begin * 100_000)


def test_a_wide_body_is_not_a_deep_one():
    assert len(parse_json("[" + ",".join(["[]"] * 10_000) + "]")) == 10_000


def test_a_lone_surrogate_is_left_to_the_field_that_holds_it():
    assert parse_json('{"a": "\\ud800"}') == {"a": "\ud800"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


@settings(derandomize=True, max_examples=200)
@given(JSON)
def test_what_is_encoded_reads_back(value):
    text = encode_json(value)
    assert parse_json(text) == value and parse_json(text.encode()) == value


@settings(derandomize=True, max_examples=300)
@given(st.binary() | st.text())
def test_any_garbage_is_a_value_or_refused(text):
    try:
        value = parse_json(text)
    except InvalidJSON:
        return
    json.dumps(value, allow_nan=False)


def test_our_own_json_is_compact_and_readable():
    assert encode_json({"a": [1, "é"], "b": None}) == '{"a":[1,"é"],"b":null}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_we_never_send_what_is_no_json(number):
    with pytest.raises(ValueError):
        encode_json({"a": number})
