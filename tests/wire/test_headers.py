"""Headers: lookup without regard to case, lines of one name joined and never chosen between."""

from __future__ import annotations

import pytest

from chatd.wire.headers import Headers

HEADERS = Headers(
    [
        ("Host", "a"),
        ("Accept", "text/html "),
        ("COOKIE", "a=1"),
        ("accept", "\t*/*"),
        ("Cookie", "b=2"),
        ("Connection", "Keep-Alive, ,UPGRADE"),
        ("Empty", ""),
    ]
)


def test_names_are_found_in_any_case():
    assert HEADERS.get("host") == HEADERS.get("HOST") == HEADERS["Host"] == "a"
    assert "hOSt" in HEADERS
    assert "absent" not in HEADERS


def test_an_absent_field_gives_the_default_or_a_key_error():
    assert HEADERS.get("absent") is None
    assert HEADERS.get("absent", "x") == "x"
    assert HEADERS.tokens("absent") == []
    assert HEADERS.cookie("absent") is None and Headers().cookie("a") is None
    with pytest.raises(KeyError):
        HEADERS["absent"]


def test_an_empty_value_is_not_an_absent_one():
    assert HEADERS.get("empty", "x") == HEADERS["empty"] == ""
    assert HEADERS.tokens("empty") == []


def test_lines_of_one_name_are_joined_in_order():
    assert HEADERS.get("accept") == "text/html, */*"


def test_lines_of_cookie_are_joined_as_one_cookie_string():
    assert HEADERS.get("cookie") == "a=1; b=2"


@pytest.mark.parametrize(
    "field, value",
    [
        ("a=1", "1"), ("b=2; a=1", "1"), ("b=2;a=1;a=3", "1"), ('a="1"', "1"), ("a=", ""), ("a=x=y", "x=y"),
        ("ba=1", None), ("a", None), ("A=1", None), ("", None), (";;", None),
    ],
)  # fmt: skip
def test_a_cookie_is_found_by_its_exact_name(field, value):
    assert Headers([("Cookie", field)]).cookie("a") == value


def test_tokens_are_lower_cased_and_empty_ones_dropped():
    assert HEADERS.tokens("connection") == ["keep-alive", "upgrade"]


def test_items_keep_every_line_and_names_come_once():
    assert [name for name, _ in HEADERS.items()] == [
        "host", "accept", "cookie", "accept", "cookie", "connection", "empty",
    ]  # fmt: skip
    assert len(HEADERS) == 7
    assert list(HEADERS) == ["host", "accept", "cookie", "connection", "empty"]


def test_what_items_returns_is_a_copy():
    HEADERS.items().clear()
    assert len(HEADERS) == 7


def test_white_space_beyond_ascii_belongs_to_the_value():
    assert Headers([("A", "\xa0b\x85")])["a"] == "\xa0b\x85"


def test_equality_is_by_lines_and_repr_shows_no_value():
    assert Headers([("A", "b")]) == Headers([("a", "b ")]) != Headers([("a", "c")])
    assert "secret" not in repr(Headers([("Authorization", "secret")]))
