"""Request target, path and query: every form read one way, and nothing that could be read in two."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.errors import BadRequest
from chatd.wire.url import authority_of, decode_path, parse_query, parse_target, split_path


@pytest.mark.parametrize(
    "target, expected",
    [
        ("/", ("/", "")),
        ("*", ("*", "")),
        ("/a/b?c=d", ("/a/b", "c=d")),
        ("/?", ("/", "")),
        ("/a?b?c/d", ("/a", "b?c/d")),
        ("//a", ("//a", "")),
        ("/a:b@c;d,e!$&'()+=~_-.", ("/a:b@c;d,e!$&'()+=~_-.", "")),
        ("/[1]|^?{`}", ("/[1]|^", "{`}")),
        ("/%2F?%2F", ("/%2F", "%2F")),
        ("http://a/b?c", ("/b", "c")),
        ("HTTPS://a:443/b", ("/b", "")),
        ("http://a", ("/", "")),
        ("http://a?b", ("/", "b")),
        ("http://[::1]:80/", ("/", "")),
    ],
)
def test_a_target_is_split_into_path_and_query(target, expected):
    assert parse_target(target) == expected


OTHER_TARGETS = ["", "a", "?a", "**", "a:80", "http:", "http:///", "ws://a/", "http://a@b/"]


@pytest.mark.parametrize("target", [*OTHER_TARGETS, "/#", "/\\", "/{", "/ ", "/\xe9"])
def test_another_target_is_refused(target):
    with pytest.raises(BadRequest) as refusal:
        parse_target(target)
    assert refusal.value.status == 400


def test_the_authority_is_that_of_absolute_form_alone():
    assert authority_of("http://a:80/b") == "a:80"
    assert authority_of("/http://a") is None
    assert authority_of("*") is None


@pytest.mark.parametrize(
    "raw, path, segments",
    [
        ("/", "/", ("",)),
        ("*", "*", ()),
        ("/a", "/a", ("a",)),
        ("/a/%2Fb/", "/a//b/", ("a", "/b", "")),
        ("//a", "//a", ("", "a")),
        ("/%E2%9C%93/%f0%9f%98%80", "/\u2713/\U0001f600", ("\u2713", "\U0001f600")),
        ("/%25%32%35", "/%25", ("%25",)),  # decoded once, not twice
        ("/a+b", "/a+b", ("a+b",)),
        ("/.../.a", "/.../.a", ("...", ".a")),
    ],
)
def test_a_path_is_split_before_it_is_decoded(raw, path, segments):
    assert decode_path(raw) == path
    assert split_path(raw) == segments


BAD_ESCAPES = ["%", "%1", "%g0", "%0g", "%%30", "%u0041", "%00", "%80", "%C0%AF", "%ED%A0%80"]


@pytest.mark.parametrize("escape", [*BAD_ESCAPES, "%0A", "%1f", "%7F"])
def test_a_bad_escape_in_a_path_is_refused(escape):
    for read in (decode_path, split_path):
        with pytest.raises(BadRequest) as refusal:
            read(f"/a/{escape}")
        assert refusal.value.status == 400


@pytest.mark.parametrize("raw", ["/.", "/..", "/a/../b", "/%2e", "/%2E%2e/", "/a/.%2e"])
def test_dot_segments_are_refused(raw):
    with pytest.raises(BadRequest):
        split_path(raw)


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", []),
        ("&&", []),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("=b", [("", "b")]),
        ("a=b=c", [("a", "b=c")]),
        ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        ("a+b=c+%2B", [("a b", "c +")]),
        ("a=%E2%9C%93%0A", [("a", "\u2713\n")]),
        ("a;b=c", [("a;b", "c")]),
        ("a=%26%3D", [("a", "&=")]),
    ],
)
def test_a_query_is_read_as_a_form(query, expected):
    assert parse_query(query) == expected


@pytest.mark.parametrize("escape", BAD_ESCAPES)
def test_a_bad_escape_in_a_query_is_refused(escape):
    for query in (f"a={escape}", escape, f"a=b&{escape}=c"):
        with pytest.raises(BadRequest) as refusal:
            parse_query(query)
        assert refusal.value.status == 400


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS)))
def test_a_form_that_is_encoded_is_read_back(pairs):
    assert parse_query(urlencode(pairs)) == pairs


PRINTABLE = st.characters(exclude_categories=["Cs", "Cc"])
SEGMENTS = st.text(PRINTABLE).filter(lambda text: text not in (".", ".."))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(SEGMENTS, min_size=1))
def test_a_path_that_is_encoded_is_read_back(segments):
    raw_path, query = parse_target("/" + "/".join(quote(segment, safe="") for segment in segments))
    assert (split_path(raw_path), query) == (tuple(segments), "")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(st.sampled_from("/%.?#*ahtp:@[]0123Ff+&=\xff \0"), max_size=12))
def test_any_target_is_read_or_refused(target):
    try:
        raw_path, query = parse_target(target)
        split_path(raw_path)
        decode_path(raw_path)
        parse_query(query)
    except BadRequest as refusal:
        assert refusal.status == 400
