"""multipart/form-data: content to parts, as it arrives. RFC 7578, on the body parts of RFC 2046 section 5.1.

A part's content is passed on in the pieces it came in; only what may be the beginning of a delimiter is
held back. Preamble and epilogue are dropped. How large the whole may be is for the request's limit; what
the parts mean is for their handler.

Names of fields and files may hold raw UTF-8, or percent-encoded octets (RFC 7578 section 2), and backslash
escapes. `filename*` is ignored: RFC 7578 section 4.2 forbids to send it, and beside `filename` it would be
a second name for the same file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from chatd.wire.buffer import ReceiveBuffer
from chatd.wire.errors import BadRequest
from chatd.wire.grammar import BAD_ESCAPE, BOUNDARY, CONTROL, FIELD_LINE, PARAMETER
from chatd.wire.headers import Headers

# RFC 2045 section 6.1: encodings that leave the content as it is.
IDENTITY_ENCODINGS = {"7bit", "8bit", "binary"}

# RFC 2046 section 5.1.1: transport padding after a boundary is white space that some relay added.
PADDING_BYTES_MAX = 64

# A quoted pair, save before a letter or digit: there a backslash is one that a browser sent as it is.
QUOTED_PAIR = re.compile(r"\\([^0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class MultipartLimits:
    """What one form may cost."""

    part_count_max: int = 64
    # The fields of one part, line ends included: a file name of 255 characters, each percent-encoded, fits.
    header_bytes_max: int = 8192
    header_count_max: int = 16


class PartBegin(NamedTuple):
    """A part's fields. `filename` is None for a field that is no file, and without directories for a file."""

    headers: Headers
    name: str
    filename: str | None
    content_type: str  # as sent; "text/plain" where absent


class PartData(NamedTuple):
    """Some octets of the part's content, at least one."""

    data: bytes


class PartEnd(NamedTuple):
    """The part is whole."""


Event = PartBegin | PartData | PartEnd
DEFAULT_LIMITS = MultipartLimits()


class State(IntEnum):
    """What is read next, and what follows it."""

    PREAMBLE = 0  # -> DELIMITER
    DELIMITER = 1  # -> HEADERS, or EPILOGUE after "--"
    HEADERS = 2  # -> EMPTY_LINE
    EMPTY_LINE = 3  # -> CONTENT, or DELIMITER where it belongs to one
    CONTENT = 4  # -> DELIMITER
    EPILOGUE = 5  # dropped


class MultipartParser:
    """The parts of one form, in order."""

    __slots__ = ("_delimiter", "_limits", "_buffer", "_state", "_parts")

    def __init__(self, boundary: bytes, limits: MultipartLimits = DEFAULT_LIMITS) -> None:
        # RFC 2046 section 5.1.1: the CRLF before a boundary belongs to the delimiter, not to the content.
        self._delimiter = b"\r\n--" + boundary
        self._limits = limits
        self._buffer = ReceiveBuffer()
        # The first delimiter needs no CRLF before it; with one it is found like any other.
        self._buffer.append(b"\r\n")
        self._state = State.PREAMBLE
        self._parts = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """Append `data` at once, then yield events as they are asked for. Raises BadRequest(400)."""
        if self._state is not State.EPILOGUE and data:
            self._buffer.append(bytes(data))
        return self._events()

    def finish(self) -> None:
        """Say that no more will come. Raises BadRequest(400) unless the last part was closed."""
        if self._state is not State.EPILOGUE:
            raise BadRequest(400, "The form ends before its closing delimiter.")

    def _events(self) -> Iterator[Event]:
        while (event := self._next_event()) is not None:
            yield event

    def _next_event(self) -> Event | None:
        return READ[self._state](self)

    def _read_preamble(self) -> Event | None:
        found = self._find_delimiter()
        if found < 0:
            self._buffer.skip(self._content_bytes())
            return None
        self._buffer.skip(found + len(self._delimiter))
        self._state = State.DELIMITER
        return self._read_delimiter()

    def _find_delimiter(self) -> int:
        return self._buffer.find(self._delimiter, len(self._buffer))

    def _content_bytes(self) -> int:
        """How many of the octets, none of which ends a delimiter, can be the beginning of none either."""
        return max(0, len(self._buffer) - len(self._delimiter) + 1)

    def _read_delimiter(self) -> Event | None:
        """Read what follows a boundary: "--" and the epilogue, or padding, CRLF and the next part.

        A boundary with anything else behind it is refused: readers disagree whether it is one.
        """
        rest = self._buffer.peek(PADDING_BYTES_MAX + 3)
        if rest.startswith(b"--"):
            self._state = State.EPILOGUE
            return self._read_epilogue()
        padded = rest.lstrip(b" \t")
        padding_bytes = len(rest) - len(padded)
        if padded[:2] != b"\r\n" or padding_bytes > PADDING_BYTES_MAX:
            # Not there yet?
            if rest == b"-" or (padded in (b"", b"\r") and padding_bytes <= PADDING_BYTES_MAX):
                return None
            raise BadRequest(400, "A boundary is followed by what is no part.")
        self._buffer.skip(padding_bytes + 2)
        self._state = State.HEADERS
        return self._begin_part()

    def _begin_part(self) -> Event | None:
        self._parts += 1
        if self._parts > self._limits.part_count_max:
            raise BadRequest(400, "The form has too many parts.")
        return self._read_headers()

    def _read_headers(self) -> Event | None:
        if self._buffer.starts_with(b"\r\n"):
            raise BadRequest(400, "A part has no fields.")
        end = self._buffer.find(b"\r\n\r\n", self._limits.header_bytes_max + 2)
        if end < 0:
            if len(self._buffer) >= self._limits.header_bytes_max + 2:
                raise BadRequest(400, "The fields of a part are too large.")
            return None
        part = self._parse_part(self._buffer.peek(end + 2))
        # The empty line stays: where a part has no content at all, it begins the delimiter.
        self._buffer.skip(end + 2)
        self._state = State.EMPTY_LINE
        return part

    def _parse_part(self, lines: bytes) -> PartBegin:
        try:
            # RFC 7578 section 5.1: names are UTF-8 where nothing else was agreed.
            text = lines.decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest(400, "A field of a part is not UTF-8.") from None
        fields = FIELD_LINE.findall(text)
        if len(fields) != text.count("\n") or len(fields) > self._limits.header_count_max:
            raise BadRequest(400, "A part has malformed fields, or too many.")
        return _describe_part(Headers(fields))

    def _read_empty_line(self) -> Event | None:
        # RFC 2046 section 5.1.1: body-part = MIME-part-headers [CRLF *OCTET], delimiter = CRLF "--" boundary
        start = self._buffer.peek(len(self._delimiter))
        if start == self._delimiter:
            return self._end_part()
        if self._delimiter.startswith(start):
            return None
        self._buffer.skip(2)
        self._state = State.CONTENT
        return self._read_content()

    def _read_content(self) -> Event | None:
        found = self._find_delimiter()
        if found == 0:
            return self._end_part()
        content_bytes = found if found > 0 else self._content_bytes()
        return PartData(self._buffer.take(content_bytes)) if content_bytes else None

    def _end_part(self) -> Event | None:
        self._buffer.skip(len(self._delimiter))
        self._state = State.DELIMITER
        return PartEnd()

    def _read_epilogue(self) -> Event | None:
        self._buffer.take_all()
        return None


READ: dict[State, Callable[[MultipartParser], Event | None]] = {
    State.PREAMBLE: MultipartParser._read_preamble,
    State.DELIMITER: MultipartParser._read_delimiter,
    State.HEADERS: MultipartParser._read_headers,
    State.EMPTY_LINE: MultipartParser._read_empty_line,
    State.CONTENT: MultipartParser._read_content,
    State.EPILOGUE: MultipartParser._read_epilogue,
}


def parse_boundary(content_type: str) -> bytes:
    """The boundary of a form from its Content-Type. RFC 7578 section 4.1, RFC 2046 section 5.1.1.

    Raises BadRequest(415) for another media type, (400) without a sound boundary.
    """
    media_type, parameters = parse_parameters(content_type)
    if media_type.lower() != "multipart/form-data":
        raise BadRequest(415, "The content is not multipart/form-data.")
    boundary = parameters.get("boundary", "")
    if BOUNDARY.fullmatch(boundary) is None:
        raise BadRequest(400, "The boundary is missing or malformed.")
    return boundary.encode("ascii")


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split a value such as `form-data; name="x"` into what it is and its parameters, by lower-cased name.

    Raises BadRequest(400) for a malformed or repeated parameter. RFC 9110 section 5.6.6.
    """
    kind = value.partition(";")[0]
    parameters: dict[str, str] = {}
    at = len(kind)
    while at < len(value):
        match = PARAMETER.match(value, at)
        if match is None or (match[1] and match[1].lower() in parameters):
            raise BadRequest(400, "A parameter is repeated or malformed.")
        if match[1]:
            parameters[match[1].lower()] = match[2] or QUOTED_PAIR.sub(r"\1", match[3][1:-1])
        at = match.end()
    return kind.strip(" \t"), parameters


def _describe_part(headers: Headers) -> PartBegin:
    """What a part is. Raises BadRequest(400) where that is not clear. RFC 7578 section 4."""
    kind, parameters = parse_parameters(headers.get("content-disposition") or "")
    # 4.2: each part MUST contain a Content-Disposition of type "form-data" with a parameter "name".
    if kind.lower() != "form-data" or "name" not in parameters:
        raise BadRequest(400, "A part has no Content-Disposition with a name.")
    # 4.7: senders SHOULD NOT encode the content; nobody does, and so nobody decodes.
    if (headers.get("content-transfer-encoding") or "binary").lower() not in IDENTITY_ENCODINGS:
        raise BadRequest(400, "A part has an encoding that is not known here.")
    filename = parameters.get("filename")
    if filename is not None:
        # 4.2: a receiver must not use directory path information; only what follows the last is kept.
        filename = re.split(r"[/\\]", _decode_name(filename))[-1]
    content_type = headers.get("content-type") or "text/plain"
    return PartBegin(headers, _decode_name(parameters["name"]), filename, content_type)


def _decode_name(text: str) -> str:
    """Decode the percent-encoding of a name, if it can be one. RFC 7578 section 2, WHATWG HTML forms.

    Not every sender encodes "%" itself, so a text that does not decode to UTF-8 is taken as it is. So is
    one with encoded control characters, which stay harmless that way.
    """
    if "%" not in text or BAD_ESCAPE.search(text):
        return text
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text
    return text if CONTROL.search(decoded) else decoded
