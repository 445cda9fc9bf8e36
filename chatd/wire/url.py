"""Request target, percent-decoding and query. RFC 9112 section 3.2, RFC 3986, WHATWG URL for forms.

Whatever could be read in two ways is refused: a broken escape, octets that are not UTF-8, a control
character, a dot segment (which a proxy may have resolved, or not, before it checked the path). What
a path means is for the router.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from chatd.wire.errors import BadRequest
from chatd.wire.grammar import ABSOLUTE_FORM, BAD_ESCAPE, CONTROL, ORIGIN_FORM

DOT_SEGMENTS = {".", ".."}


def parse_target(target: str) -> tuple[str, str]:
    """Split a request target into its raw path and its query, without the "?".

    Reads origin-form, absolute-form (http and https) and asterisk-form; the last gives ("*", "").
    Raises BadRequest(400), also for authority-form. RFC 9112 section 3.2.
    """
    if target == "*":
        return "*", ""
    if not target.startswith("/"):
        target = _origin_form_of(target)
    match = ORIGIN_FORM.fullmatch(target)
    if match is None:
        raise BadRequest(400, "The request target holds a character that it must not.")
    return match[1], match[2] or ""


def _origin_form_of(target: str) -> str:
    match = ABSOLUTE_FORM.fullmatch(target)
    if match is None:
        raise BadRequest(400, "The request target has no form that this server reads.")
    rest = match[2] or "/"
    # RFC 3986 section 6.2.3: with an authority, an empty path is "/".
    return "/" + rest if rest.startswith("?") else rest


def authority_of(target: str) -> str | None:
    """The authority of a target in absolute-form, else None. RFC 9112 section 3.2.2."""
    match = None if target.startswith("/") else ABSOLUTE_FORM.fullmatch(target)
    return match[1] if match else None


def decode_path(raw_path: str) -> str:
    """Decode a raw path whole; an encoded "/" can no longer be told from a plain one.

    Raises BadRequest(400) for a broken escape, a control character, or what is not UTF-8.
    """
    if "%" not in raw_path:
        return raw_path
    path = _decode(raw_path)
    if CONTROL.search(path):
        raise BadRequest(400, "The path holds a control character.")
    return path


def split_path(raw_path: str) -> tuple[str, ...]:
    """Split a raw path on "/", then decode each segment: "/a/%2Fb/" is ("a", "/b", "").

    "*" has no segments. Raises BadRequest(400) as decode_path does, and for "." and "..".
    """
    segments = tuple(raw_path.split("/")[1:])
    if "%" in raw_path:
        segments = tuple([decode_path(segment) for segment in segments])
    if not DOT_SEGMENTS.isdisjoint(segments):
        raise BadRequest(400, "The path holds a dot segment.")
    return segments


def parse_query(query: str) -> list[tuple[str, str]]:
    """Read a query (or a form's body) as names and values, in order, repeated names kept.

    A name without "=" has the value "". Raises BadRequest(400) for a broken escape, an encoded NUL, or
    what is not UTF-8. WHATWG URL, "application/x-www-form-urlencoded parsing".
    """
    pairs = (piece.partition("=") for piece in query.split("&") if piece)
    return [(_decode_form(name), _decode_form(value)) for name, _, value in pairs]


def _decode_form(text: str) -> str:
    decoded = _decode(text.replace("+", " "))
    # NUL is no text in PostgreSQL either.
    if "\0" in decoded:
        raise BadRequest(400, "The query holds a NUL.")
    return decoded


def _decode(text: str) -> str:
    if "%" not in text and text.isascii():
        return text
    if BAD_ESCAPE.search(text):
        raise BadRequest(400, "A percent sign is not followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        raise BadRequest(400, "A percent-encoded text is not UTF-8.") from None
