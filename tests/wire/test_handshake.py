"""chatd.wire.handshake: RFC 6455 section 4.2, by requests as they come off the wire."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.errors import BadRequest
from chatd.wire.handshake import Extension, Upgrade, accept_upgrade, parse_extensions, parse_upgrade
from chatd.wire.headers import Headers
from chatd.wire.http1 import Request, RequestParser

# The example of RFC 6455 section 1.2
FIELDS = {
    "Host": "server.example.com",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Origin": "http://example.com",
    "Sec-WebSocket-Protocol": "chat, superchat",
    "Sec-WebSocket-Version": "13",
}


def request(*, without: str = "", more: tuple[tuple[str, str], ...] = (), **changes) -> Request:
    """The example's request, with fields replaced, left out or added, and attributes changed."""
    replaced = {name.replace("_", "-").lower(): value for name, value in changes.items()}
    fields = [(n, replaced.pop(n.lower(), v)) for n, v in FIELDS.items() if n.lower() != without]
    lines = "".join(f"{name}: {value}\r\n" for name, value in [*fields, *replaced.items(), *more])
    head = f"GET /chat HTTP/1.1\r\n{lines}\r\n"
    parsed = next(RequestParser().feed(head.encode("latin-1")))
    assert isinstance(parsed, Request)
    return parsed


def refusal_of(a_request: Request) -> BadRequest:
    with pytest.raises(BadRequest) as refusal:
        parse_upgrade(a_request)
    return refusal.value


def test_the_example_of_section_1_2_is_accepted():
    upgrade = parse_upgrade(request())
    assert upgrade == Upgrade("dGhlIHNhbXBsZSBub25jZQ==", ["chat", "superchat"], "")
    assert accept_upgrade(upgrade, protocol="chat") == (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        b"Sec-WebSocket-Protocol: chat\r\n"
        b"\r\n"
    )


def test_the_101_names_no_protocol_and_no_extension_unless_told():
    lines = accept_upgrade(parse_upgrade(request())).decode().split("\r\n")
    assert [line.split(":")[0] for line in lines[1:-2]] == ["Upgrade", "Connection", "Sec-WebSocket-Accept"]


def test_the_101_carries_the_agreed_extension():
    response = accept_upgrade(parse_upgrade(request()), extensions="permessage-deflate")
    assert b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n" in response


def test_a_protocol_that_was_not_offered_cannot_be_chosen():
    with pytest.raises(AssertionError):
        accept_upgrade(parse_upgrade(request()), protocol="other")


@pytest.mark.parametrize(
    "changes",
    [
        dict(upgrade="WebSocket"),
        dict(upgrade="h2c, websocket"),
        dict(connection="keep-alive, Upgrade"),
        dict(connection="UPGRADE"),
    ],
)
def test_upgrade_and_connection_are_lists_in_any_case(changes):
    assert parse_upgrade(request(**changes)).key == FIELDS["Sec-WebSocket-Key"]


def test_another_method_is_refused():
    post = request()
    post.method = "POST"
    assert refusal_of(post).status == 400


def test_http_1_0_is_refused():
    old = request()
    old.version = (1, 0)
    assert refusal_of(old).status == 400


def test_a_request_without_host_is_refused():
    a_request = request()
    a_request.headers = Headers([item for item in a_request.headers.items() if item[0] != "host"])
    assert refusal_of(a_request).status == 400


@pytest.mark.parametrize("name, value", [("content_length", 3), ("chunked", True)])
def test_a_request_with_content_is_refused(name, value):
    a_request = request()
    setattr(a_request, name, value)
    assert refusal_of(a_request).status == 400


def test_a_request_with_content_of_no_length_is_accepted():
    assert parse_upgrade(request(content_length="0")).protocols == ["chat", "superchat"]


@pytest.mark.parametrize(
    "changes",
    [
        dict(without="upgrade"),
        dict(without="connection"),
        dict(upgrade="h2c"),
        dict(connection="keep-alive"),
        dict(upgrade="websockets"),
        dict(without="sec-websocket-version"),
        dict(sec_websocket_version="8"),
        dict(sec_websocket_version="013"),
        dict(sec_websocket_version="14"),
        dict(more=(("Sec-WebSocket-Version", "13"),)),
    ],
)
def test_another_protocol_or_version_gets_426_and_the_one_spoken_here(changes):
    refusal = refusal_of(request(**changes))
    assert refusal.status == 426
    assert ("Sec-WebSocket-Version", "13") in refusal.headers
    assert ("Upgrade", "websocket") in refusal.headers


@pytest.mark.parametrize(
    "changes",
    [
        dict(without="sec-websocket-key"),
        dict(sec_websocket_key=""),
        dict(sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ"),  # no padding
        dict(sec_websocket_key="dGhlIHNhbXBsZSBub25j"),  # 15 bytes
        dict(sec_websocket_key="dGhlIHNhbXBsZSBub25jZTE="),  # 17 bytes
        dict(sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==="),
        dict(sec_websocket_key="dGhlIHNhbXBsZSBub25j!Q=="),
        dict(sec_websocket_key="dGhlIHNhbXBsZSBub25jZ\xb2=="),
        dict(more=(("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),)),
    ],
)
def test_a_key_that_is_not_16_bytes_in_base64_once_is_refused(changes):
    assert refusal_of(request(**changes)).status == 400


def test_protocols_may_come_in_several_lines():
    upgrade = parse_upgrade(request(more=(("Sec-WebSocket-Protocol", "third,,Fourth"),)))
    assert upgrade.protocols == ["chat", "superchat", "third", "Fourth"]


@pytest.mark.parametrize("value", ["chat, chat", "a b", "cha/t", 'chat, "quoted"'])
def test_malformed_protocols_are_refused(value):
    assert refusal_of(request(sec_websocket_protocol=value)).status == 400


def test_extensions_are_handed_on_as_sent():
    more = (("Sec-WebSocket-Extensions", "foo"), ("Sec-WebSocket-Extensions", 'bar; baz="2"'))
    assert parse_upgrade(request(more=more)).extensions == 'foo, bar; baz="2"'


@pytest.mark.parametrize(
    "value, expected",
    [
        ("", ()),
        (" , ,", ()),
        ("foo", (Extension("foo", ()),)),
        # The examples of section 9.1
        ("foo, bar; baz=2", (Extension("foo", ()), Extension("bar", (("baz", "2"),)))),
        ("deflate-stream", (Extension("deflate-stream", ()),)),
        (
            "mux; max-channels=4; flow-control, deflate-stream",
            (
                Extension("mux", (("max-channels", "4"), ("flow-control", None))),
                Extension("deflate-stream", ()),
            ),
        ),
        ("private-extension", (Extension("private-extension", ()),)),
        # Quoted values, blanks, empty elements, repeated names
        ('a; b="c"', (Extension("a", (("b", "c"),)),)),
        (r'a; b="c\d"', (Extension("a", (("b", "cd"),)),)),
        ('a;b = "10" ;c', (Extension("a", (("b", "10"), ("c", None))),)),
        ("\ta\t;\tb=c\t,, d ,", (Extension("a", (("b", "c"),)), Extension("d", ()))),
        ("a; b=1; b=2, a", (Extension("a", (("b", "1"), ("b", "2"))), Extension("a", ()))),
    ],
)
def test_extensions_are_read_as_section_9_1_writes_them(value, expected):
    assert parse_extensions(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        ";", "=", "a b", "a;", "a; ", "a;;b", "a; =b", "a; b=", 'a; b="', 'a; b="c', 'a; b=""',
        'a; b="c d"', 'a; b="c,d"', 'a; b="c"d', r'a; b="c\"', "a; b=c d", '"a"', "a=b", "a, ;b", "a; b==c",
    ],
)  # fmt: skip
def test_malformed_extensions_are_refused(value):
    with pytest.raises(BadRequest) as refusal:
        parse_extensions(value)
    assert refusal.value.status == 400
    assert refusal_of(request(more=(("Sec-WebSocket-Extensions", value),))).status == 400


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet='ab;=," \t\\\xe9', max_size=30))
def test_any_extensions_are_parsed_or_refused(value):
    try:
        extensions = parse_extensions(value)
    except BadRequest as error:
        assert error.status == 400
    else:
        again = ", ".join(
            "; ".join([name, *(p if v is None else f'{p}="{v}"' for p, v in parameters)])
            for name, parameters in extensions
        )
        assert parse_extensions(again) == extensions
