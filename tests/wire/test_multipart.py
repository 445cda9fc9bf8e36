"""multipart/form-data: parts as clients write them, in any pieces, and forms that must be refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.errors import BadRequest
from chatd.wire.multipart import (
    MultipartLimits,
    MultipartParser,
    PartBegin,
    PartData,
    PartEnd,
    parse_boundary,
    parse_parameters,
)
from tests.wire.arrivals import arrivals, pieces_of


def form_from(pieces, limits=None, boundary=b"bo"):
    """Parts as (name, filename, content type, content); a refusal is its status, at the end."""
    parser = MultipartParser(boundary, limits or MultipartLimits())
    parts, content = [], None
    try:
        for piece in pieces:
            for event in parser.feed(piece):
                if isinstance(event, PartBegin):
                    assert content is None
                    begin, content = event, b""
                elif isinstance(event, PartData):
                    assert event.data
                    content += event.data
                else:
                    assert event == PartEnd()
                    parts.append((begin.name, begin.filename, begin.content_type, content))
                    content = None
        parser.finish()
    except BadRequest as refusal:
        return [*parts, refusal.status]
    return parts


def part(disposition, content=b"x", more=b""):
    return b"--bo\r\nContent-Disposition: form-data; %b\r\n%b\r\n%b\r\n" % (disposition, more, content)


CLOSE = b"--bo--\r\n"

FORMS = [
    (part(b'name="a"') + CLOSE, [("a", None, "text/plain", b"x")]),
    (part(b'name="a"') + b"--bo--", [("a", None, "text/plain", b"x")]),
    (part(b"name=a", b"") + CLOSE, [("a", None, "text/plain", b"")]),
    (b"--bo\r\nContent-Disposition: form-data; name=a\r\n\r\n--bo--", [("a", None, "text/plain", b"")]),
    (
        part(b'name="payload_json"', b'{"a": 1}', b"Content-Type: application/json\r\n")
        + part(b'name="files[0]"; filename="a.png"', bytes(range(256)), b"content-type:image/png\r\nX: y\r\n")
        + CLOSE,
        [
            ("payload_json", None, "application/json", b'{"a": 1}'),
            ("files[0]", "a.png", "image/png", bytes(range(256))),
        ],
    ),
    (b"preamble\r\n--b\r\n" + part(b"name=a") + CLOSE + b"epilogue\r\n--bo\r\n",
     [("a", None, "text/plain", b"x")]),
    (b"\r\n" + part(b"name=a") + CLOSE, [("a", None, "text/plain", b"x")]),
    (b"--bo \t \r\n" + part(b"name=a")[6:] + b"--bo-- \r\n", [("a", None, "text/plain", b"x")]),
    # What looks like a delimiter and is none
    (part(b"name=a", b"-bo\r\n--b\r\n\r\n-\r\n--\r--bo\n--bo--") + CLOSE,
     [("a", None, "text/plain", b"-bo\r\n--b\r\n\r\n-\r\n--\r--bo\n--bo--")]),
    (part(b"name=a", b"\r\n\r\r\n") + CLOSE, [("a", None, "text/plain", b"\r\n\r\r\n")]),
    (CLOSE, []),
]  # fmt: skip

NAMES = [
    (b'name="a b"', "a b"),
    (b"name=a", "a"),
    (b"NAME=a", "a"),
    (b'name=""', ""),
    (b'name="a;b=\\"c\\"; filename=d"', 'a;b="c"; filename=d'),
    (b'name="files\\[0\\]"', "files[0]"),  # aiohttp escapes so
    (b'name="a\\\\b"', "a\\b"),
    (b'name="a%22b"', 'a"b'),  # browsers escape so
    (b'name="\xe2\x9c\x93"', "\u2713"),
    (b'name="%e2%9c%93"', "\u2713"),
    (b'name="100%"', "100%"),
    (b'name="100%zz"', "100%zz"),
    (b'name="%ff"', "%ff"),  # not UTF-8, so not percent-encoded either
    (b'name="a%0d%0ab"', "a%0d%0ab"),
    (b'name="a%00"', "a%00"),
    (b'name="a\\"', None),
    (b'name="a', None),
    (b'name="a"b', None),
    (b"name=", None),
    (b"name", None),
    (b"name=a; name=b", None),
    (b"name=a, form-data; name=b", None),
    (b"name=a;; x=y", "a"),
    (b"name=a;", "a"),
    (b"x=y", None),
    (b'name="\xff"', None),
    (b'name="a\x00"', None),
    (b'name="a\rb"', None),
]

FILENAMES = [
    (b'filename="a.png"', "a.png"),
    (b"filename=a.png", "a.png"),
    (b'filename=""', ""),
    (b"x=y", None),
    (b'filename="\xf0\x9f\x98\x80.png"', "\U0001f600.png"),
    (b'filename="%F0%9F%98%80%20a.png"', "\U0001f600 a.png"),
    (b'filename="a\\"b.png"', 'a"b.png'),
    (b'filename="/etc/passwd"', "passwd"),
    (b'filename="..%2F..%5ca"', "a"),
    (b'filename="C:\\dir\\a.txt"', "a.txt"),
    (b'filename="C:\\\\dir\\\\a.txt"', "a.txt"),
    (b"filename*=UTF-8''%e2%9c%93.png", None),
    (b"filename=\"a.png\"; filename*=UTF-8''b.png", "a.png"),
]

DISPOSITION = b"Content-Disposition: form-data; name=a\r\n"
LIMITS = MultipartLimits(part_count_max=3, header_bytes_max=200, header_count_max=3)

REFUSED = [
    b"",
    b"preamble",
    b"--bo",
    b"--bo\r\n",
    b"--bo-",
    b"--boo\r\n" + DISPOSITION + b"\r\nx\r\n--boo--\r\n",
    part(b"name=a"),
    part(b"name=a")[:-1],
    part(b"name=a") + b"--bo",
    part(b"name=a") + b"--bo\r\n",
    part(b"name=a") + b"--bo-",
    part(b"name=a") + b"--bo-x",
    part(b"name=a") + b"--box\r\n" + DISPOSITION + b"\r\nx\r\n" + CLOSE,
    part(b"name=a") + b"--bo\n" + DISPOSITION + b"\r\nx\r\n" + CLOSE,
    part(b"name=a") + b"--bo\rx" + CLOSE,
    part(b"name=a") + b"--bo" + b" " * 65 + b"\r\n" + DISPOSITION + b"\r\nx\r\n" + CLOSE,
    part(b"name=a") + b"--bo" + b" " * 900,
    b"--bo\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\nContent-Type: text/plain\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\nContent-Disposition:\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION * 2 + b"\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"A : b\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b" folded\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"A: b\nC: d\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"A: \x00\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"A: \xff\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"Content-Transfer-Encoding: base64\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"A: b\r\n" * 3 + b"\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + DISPOSITION + b"A: " + b"b" * 200 + b"\r\n\r\nx\r\n" + CLOSE,
    b"--bo\r\n" + b"b" * 300,
    part(b"name=a") * 4 + CLOSE,
]


@pytest.mark.parametrize("data, expected", FORMS)
def test_a_form_is_read_the_same_however_it_arrives(data, expected):
    for how, pieces in arrivals(data):
        assert form_from(pieces) == expected, how


@pytest.mark.parametrize("parameter, name", NAMES)
def test_a_name_is_read_as_clients_write_it(parameter, name):
    expected = [400] if name is None else [(name, None, "text/plain", b"x")]
    for how, pieces in arrivals(part(parameter) + CLOSE):
        assert form_from(pieces) == expected, how


@pytest.mark.parametrize("parameter, filename", FILENAMES)
def test_a_filename_is_read_as_clients_write_it(parameter, filename):
    for how, pieces in arrivals(part(b"name=a; " + parameter) + CLOSE):
        assert form_from(pieces) == [("a", filename, "text/plain", b"x")], how


@pytest.mark.parametrize("data", REFUSED)
def test_a_broken_form_is_refused_however_it_arrives(data):
    expected = form_from([data], LIMITS)
    assert expected[-1] == 400
    for how, pieces in arrivals(data):
        assert form_from(pieces, LIMITS) == expected, how


@pytest.mark.parametrize("encoding", [b"7bit", b"8BIT", b"binary"])
def test_an_encoding_that_changes_nothing_is_allowed(encoding):
    more = b"Content-Transfer-Encoding: " + encoding + b"\r\n"
    assert form_from([part(b"name=a", b"x", more) + CLOSE]) == [("a", None, "text/plain", b"x")]


def test_limits_allow_as_much_as_they_say():
    assert len(form_from([part(b"name=a") * 3 + CLOSE], LIMITS)) == 3
    fields = DISPOSITION + b"A: %b\r\n" % (b"b" * (200 - len(DISPOSITION) - 5))
    assert len(fields) == 200
    form = b"--bo\r\n" + fields + b"\r\nx\r\n" + CLOSE
    assert form_from([form], LIMITS) == [("a", None, "text/plain", b"x")]


def test_content_is_passed_on_before_it_is_whole():
    parser = MultipartParser(b"bo")
    begin, data = parser.feed(b"--bo\r\n" + DISPOSITION + b"\r\n" + b"x" * 100)
    assert isinstance(begin, PartBegin)
    assert len(data.data) > 90
    assert sum(len(event.data) for event in parser.feed(b"y" * 50)) == 50


def test_all_headers_of_a_part_are_given():
    (begin, *_) = MultipartParser(b"bo").feed(part(b"name=a", b"x", b"X-Y:  z \r\n"))
    assert begin.headers["x-y"] == "z"


def test_content_of_almost_boundaries_is_read_in_one_pass():
    """Takes minutes where the buffer is searched again from its start."""
    content = b"\r\n--b" * 60_000
    data = part(b"name=a", content) + CLOSE
    pieces = [data[at : at + 37] for at in range(0, len(data), 37)]
    assert form_from(pieces) == [("a", None, "text/plain", content)]


@pytest.mark.parametrize(
    "content_type, expected",
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('Multipart/Form-Data;boundary="a b"', b"a b"),
        ("multipart/form-data; charset=utf-8; BOUNDARY=a", b"a"),
        ("multipart/form-data; boundary=" + "a" * 70, b"a" * 70),
        ("multipart/form-data; boundary=" + "a" * 71, 400),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ('multipart/form-data; boundary=""', 400),
        ('multipart/form-data; boundary="a "', 400),
        ('multipart/form-data; boundary="a\xe9"', 400),
        ('multipart/form-data; boundary="a#"', 400),
        ("multipart/form-data; boundary=a; boundary=b", 400),
        ("multipart/form-data; boundary=a, text/plain", 400),
        ("multipart/form-data, text/plain; boundary=a", 415),
        ("multipart/mixed; boundary=a", 415),
        ("application/json", 415),
        ("", 415),
    ],
)
def test_a_boundary_is_read_from_the_content_type(content_type, expected):
    if isinstance(expected, bytes):
        assert parse_boundary(content_type) == expected
    else:
        with pytest.raises(BadRequest) as refusal:
            parse_boundary(content_type)
        assert refusal.value.status == expected


def test_parameters_are_found_by_lower_cased_name():
    assert parse_parameters('a/b ; C=d;e="f;\\"g"') == ("a/b", {"c": "d", "e": 'f;"g'})


# Properties

NAMES_IN_QUOTES = st.text(st.sampled_from("ab[]\\\" ;=\u2713\U0001f600."), max_size=10)
PARTS = st.lists(st.tuples(NAMES_IN_QUOTES, st.none() | NAMES_IN_QUOTES, st.binary(max_size=50)), max_size=4)


def quoted(text):
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def serialize_form(parts):
    """A form as discord.py's HTTP client writes it."""
    data = b""
    for name, filename, content in parts:
        more = b"" if filename is None else b"; filename=" + quoted(filename)
        data += part(b"name=" + quoted(name) + more, content)
    return data + CLOSE


@settings(max_examples=150, derandomize=True, deadline=None)
@given(PARTS, st.randoms(use_true_random=False))
def test_a_form_that_is_serialized_parses_back(parts, rng):
    parts = [(name, filename, content) for name, filename, content in parts if b"--bo" not in content]
    expected = [
        (name, filename and filename.rpartition("\\")[2], "text/plain", content)
        for name, filename, content in parts
    ]
    assert form_from(pieces_of(serialize_form(parts), rng)) == expected


PHRASES = st.sampled_from(
    [
        b"--bo", b"--", b"\r\n", b"\r", b"\n", b" ", b"-", b"b", CLOSE, part(b"name=a"),
        b"--bo\r\n" + DISPOSITION, b"A: b\r\n", DISPOSITION, b'"', b"filename", b"\r\n--bo\r\n",
    ]
)  # fmt: skip
GARBAGE = st.lists(PHRASES | st.binary(max_size=5), max_size=12).map(b"".join)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(GARBAGE, st.randoms(use_true_random=False))
def test_garbage_gives_parts_or_a_refusal_and_cuts_change_nothing(data, rng):
    expected = form_from([data], LIMITS)
    assert form_from(pieces_of(data, rng), LIMITS) == expected
    assert form_from([data[i : i + 1] for i in range(len(data))], LIMITS) == expected


def test_random_forms_in_random_pieces():
    rng = random.Random(7578)
    for _ in range(30):
        parts = [(f"f{i}", None, rng.randbytes(rng.randint(0, 400))) for i in range(rng.randint(0, 6))]
        expected = [(name, None, "text/plain", content) for name, _, content in parts]
        assert form_from(pieces_of(serialize_form(parts), rng)) == expected
