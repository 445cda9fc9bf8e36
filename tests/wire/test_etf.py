"""chatd.wire.etf: written as Erlang's own library would read it, read from whatever clients write."""

from __future__ import annotations

import json
import random

import erlang
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.wire.etf import DEPTH_MAX, TermError, decode_term, encode_term

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=30,
)  # fmt: skip


@pytest.mark.parametrize(
    "value, octets",
    [
        (None, b"s\x03nil"), (True, b"s\x04true"), (False, b"s\x05false"),
        (0, b"a\x00"), (255, b"a\xff"), (256, b"b\x00\x00\x01\x00"), (-1, b"b\xff\xff\xff\xff"),
        (2**31, b"n\x04\x00\x00\x00\x00\x80"), (-(2**31) - 1, b"n\x04\x01\x01\x00\x00\x80"),
        (1.5, b"F\x3f\xf8\x00\x00\x00\x00\x00\x00"),
        ("é", b"m\x00\x00\x00\x02\xc3\xa9"), ("", b"m\x00\x00\x00\x00"),
        ([], b"j"), ([1], b"l\x00\x00\x00\x01a\x01j"), ({}, b"t\x00\x00\x00\x00"),
        ({"op": 1}, b"t\x00\x00\x00\x01m\x00\x00\x00\x02opa\x01"),
    ],
)  # fmt: skip
def test_each_kind_is_written_as_the_documentation_says(value, octets):
    assert encode_term(value) == b"\x83" + octets
    assert decode_term(b"\x83" + octets) == value


@given(JSON)
def test_what_is_written_reads_back(value):
    assert decode_term(encode_term(value)) == json.loads(json.dumps(value))


def erlang_says(term):
    """A term of the reference library as the JSON value that it stands for."""
    if isinstance(term, erlang.OtpErlangAtom):
        return {b"nil": None}[term.value]
    if isinstance(term, erlang.OtpErlangBinary):
        return term.value.decode()
    if isinstance(term, erlang.OtpErlangList):
        return [erlang_says(inner) for inner in term.value]
    if isinstance(term, list):
        return [erlang_says(inner) for inner in term]
    if isinstance(term, dict):
        return {erlang_says(key): erlang_says(inner) for key, inner in term.items()}
    return term.decode() if isinstance(term, bytes) else term


@given(JSON)
def test_another_library_reads_the_same(value):
    assert erlang_says(erlang.binary_to_term(encode_term(value))) == value


@pytest.mark.parametrize(
    "octets, value",
    [
        (b"d\x00\x03nil", None), (b"v\x00\x04true", True), (b"w\x04null", None), (b"w\x06online", "online"),
        (b"h\x02a\x01a\x02", [1, 2]), (b"i\x00\x00\x00\x01a\x01", [1]), (b"k\x00\x02\x01\x02", [1, 2]),
        (b"c" + b"1.5".ljust(31, b"\0"), 1.5), (b"n\x08\x00" + b"\xff" * 8, 2**64 - 1),
        (b"n\x01\x01\x05", -5),
    ],
)  # fmt: skip
def test_what_libraries_write_besides_is_read(octets, value):
    assert decode_term(b"\x83" + octets) == value


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x82a\x01", b"\x83", b"\x83a", b"\x83a\x01\x00", b"\x83b\x00", b"\x83m\xff\xff\xff\xffabc",
        b"\x83l\xff\xff\xff\xffa\x01j", b"\x83l\x00\x00\x00\x01a\x01a\x02", b"\x83t\xff\xff\xff\xff",
        b"\x83t\x00\x00\x00\x01s\x02opa\x01", b"\x83t\x00\x00\x00\x01d\x00\x02opa\x01",
        b"\x83m\x00\x00\x00\x01\xff", b"\x83s\x01\xff", b"\x83n\x09\x00" + b"\1" * 9, b"\x83n\x08\x00",
        b"\x83F\x7f\xf0\x00\x00\x00\x00\x00\x00", b"\x83F\x7f\xf8\x00\x00\x00\x00\x00\x01",
        b"\x83c" + b"one".ljust(31, b"\0"), b"\x83c" + b"1e999".ljust(31, b"\0"), b"\x83c1.5",
        b"\x83P\x00\x00\x00\x02x\x9cKd\x04\x00\x00\xc4\x00c", b"\x83" + b"h\x01" * (DEPTH_MAX + 1) + b"j",
        b"\x83p\x00", b"\x83\x00",
    ],
)  # fmt: skip
def test_what_is_no_term_or_none_of_ours_is_refused(data):
    with pytest.raises(TermError):
        decode_term(data)


def test_every_cut_of_a_term_breaks_off():
    whole = encode_term({"op": 2, "d": {"token": "é", "i": 2**40, "shard": [0, 1], "x": None, "f": 0.5}})
    for cut in range(len(whole)):
        with pytest.raises(TermError):
            decode_term(whole[:cut])


def test_any_garbage_is_a_term_or_refused(rng: random.Random):
    """Seeded: nothing else is ever raised, whatever bytes stand in a term's place."""
    whole = encode_term({"op": 2, "d": {"token": "secret", "list": [1, 2.5, None, True, 2**40]}})
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(1, len(data))] = rng.randrange(256)
        try:
            decode_term(bytes(data))
        except TermError:
            pass


def test_a_claimed_size_allocates_nothing():
    with pytest.raises(TermError):
        decode_term(b"\x83l\x7f\xff\xff\xffa\x01")
