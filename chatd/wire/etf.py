"""JSON's values as Erlang writes terms: the External Term Format, in Erlang's documentation of that name.

What the gateway calls `encoding=etf`. A value is a tag octet and what the tag says; numbers are big-endian:

    131                         once, before a whole term: the version
    97  n                       an integer of one octet            98  n:4   a signed one of four
    110 size sign digits        a larger one, digits least first   70  f:8   a float, IEEE 754
    115 size text               an atom: true, false, nil
    109 size:4 bytes            a binary: all text, and every key
    106                         the empty list                     108 n:4 elements 106   any other
    116 n:4 (key value) * n     a map

Writes these and no others. Reads what client libraries send besides: tuples, the older and newer atoms,
strings of octets, floats as text. Does not read compressed terms, nor keys that are atoms: Discord's
documentation forbids both.
"""

from __future__ import annotations

import math
import struct
from typing import Any

VERSION = 131

NEW_FLOAT, SMALL_INTEGER, INTEGER, FLOAT = 70, 97, 98, 99
ATOM, SMALL_TUPLE, LARGE_TUPLE, NIL, STRING, LIST, BINARY, SMALL_BIG = 100, 104, 105, 106, 107, 108, 109, 110
SMALL_ATOM, MAP, ATOM_UTF8, SMALL_ATOM_UTF8 = 115, 116, 118, 119

# Deeper than any payload by far, and shallow enough that no walker of it can overflow.
DEPTH_MAX = 64
# An id needs eight octets, and no number of the gateway more.
BIG_OCTETS_MAX = 8
# FLOAT is text of this length, filled up with zeros.
FLOAT_OCTETS = 31

_EMPTY_LIST = bytes([NIL])
_LITERALS = {None: b"s\x03nil", True: b"s\x04true", False: b"s\x05false"}
# Two names of nothing: Erlang has undefined and Elixir nil, JavaScript's libraries write null.
_ATOMS = {b"nil": None, b"null": None, b"undefined": None, b"true": True, b"false": False}


class TermError(ValueError):
    """The bytes are no term, or one that is not read here."""


def encode_term(value: Any) -> bytes:
    """A whole term, with its version. `value` is what json.loads may give; keys are strings."""
    pieces = [b"\x83"]
    _write(value, pieces)
    return b"".join(pieces)


def _write(value: Any, pieces: list[bytes]) -> None:
    if value is None or value is True or value is False:
        pieces.append(_LITERALS[value])
    elif isinstance(value, str):
        text = value.encode()
        pieces += (b"m", len(text).to_bytes(4, "big"), text)
    elif isinstance(value, dict):
        pieces += (b"t", len(value).to_bytes(4, "big"))
        for key, inner in value.items():
            _write(key, pieces)
            _write(inner, pieces)
    elif isinstance(value, (list, tuple)):
        if value:
            pieces += (b"l", len(value).to_bytes(4, "big"))
            for inner in value:
                _write(inner, pieces)
        pieces.append(_EMPTY_LIST)
    elif isinstance(value, int):
        pieces.append(_integer(value))
    else:
        assert isinstance(value, float), type(value)
        pieces.append(b"F" + struct.pack(">d", value))


def _integer(value: int) -> bytes:
    if 0 <= value <= 0xFF:
        return bytes((SMALL_INTEGER, value))
    if -(2**31) <= value < 2**31:
        return b"b" + value.to_bytes(4, "big", signed=True)
    digits = abs(value).to_bytes((abs(value).bit_length() + 7) // 8, "little")
    return bytes((SMALL_BIG, len(digits), value < 0)) + digits


def decode_term(data: bytes) -> Any:
    """Read a whole term as json.loads would give it. Raises TermError."""
    if not data or data[0] != VERSION:
        raise TermError("not of version 131")
    try:
        value, end = _read(data, 1, DEPTH_MAX)
    except (struct.error, IndexError, OverflowError) as error:
        raise TermError("breaks off") from error
    if end != len(data):
        raise TermError("something follows the term")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """The value at offset `at`, and the offset after it."""
    if depth == 0:
        raise TermError("nested too deeply")
    reader = _READERS.get(data[at])
    if reader is None:
        raise TermError(f"tag {data[at]} is not read here")
    return reader(data, at + 1, depth)


def _take(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    """So many octets. The size that a term claims is checked before anything of that size is made."""
    if size > len(data) - at:
        raise TermError("breaks off")
    return data[at : at + size], at + size


def _small_integer(data: bytes, at: int, depth: int) -> tuple[int, int]:
    return data[at], at + 1


def _four_octets(data: bytes, at: int, depth: int) -> tuple[int, int]:
    (value,) = struct.unpack_from(">i", data, at)
    return value, at + 4


def _small_big(data: bytes, at: int, depth: int) -> tuple[int, int]:
    size, sign = data[at], data[at + 1]
    if size > BIG_OCTETS_MAX:
        raise TermError("an integer is too large")
    digits, end = _take(data, at + 2, size)
    value = int.from_bytes(digits, "little")
    return (-value if sign else value), end


def _new_float(data: bytes, at: int, depth: int) -> tuple[float, int]:
    (value,) = struct.unpack_from(">d", data, at)
    return _finite(value), at + 8


def _text_float(data: bytes, at: int, depth: int) -> tuple[float, int]:
    text, end = _take(data, at, FLOAT_OCTETS)
    try:
        return _finite(float(text.rstrip(b"\0"))), end
    except ValueError:
        raise TermError("a float is no number") from None


def _finite(value: float) -> float:
    """JSON has no infinity, so nothing behind the gateway knows one."""
    if not math.isfinite(value):
        raise TermError("a float is not finite")
    return value


def _atom(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    (size,) = struct.unpack_from(">H", data, at)
    name, end = _take(data, at + 2, size)
    return _named(name), end


def _small_atom(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    name, end = _take(data, at + 1, data[at])
    return _named(name), end


def _named(name: bytes) -> Any:
    return _ATOMS[name] if name in _ATOMS else _text(name)


def _binary(data: bytes, at: int, depth: int) -> tuple[str, int]:
    (size,) = struct.unpack_from(">I", data, at)
    text, end = _take(data, at + 4, size)
    return _text(text), end


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise TermError("text is not UTF-8") from None


def _string(data: bytes, at: int, depth: int) -> tuple[list[int], int]:
    """What Erlang makes of a list whose elements are all octets."""
    (size,) = struct.unpack_from(">H", data, at)
    octets, end = _take(data, at + 2, size)
    return list(octets), end


def _empty(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    return [], at


def _list(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    (count,) = struct.unpack_from(">I", data, at)
    values, at = _elements(data, at + 4, count, depth)
    if data[at] != NIL:  # an improper list, [a | b], is nothing that JSON has
        raise TermError("a list has a tail")
    return values, at + 1


def _small_tuple(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    return _elements(data, at + 1, data[at], depth)


def _large_tuple(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    (count,) = struct.unpack_from(">I", data, at)
    return _elements(data, at + 4, count, depth)


def _elements(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    if count > len(data) - at:  # each takes an octet at least
        raise TermError("breaks off")
    values = []
    for _ in range(count):
        value, at = _read(data, at, depth - 1)
        values.append(value)
    return values, at


def _map(data: bytes, at: int, depth: int) -> tuple[dict[str, Any], int]:
    (count,) = struct.unpack_from(">I", data, at)
    at += 4
    if 2 * count > len(data) - at:
        raise TermError("breaks off")
    found: dict[str, Any] = {}
    for _ in range(count):
        if data[at] != BINARY:
            raise TermError("a key is not a string")
        key, at = _binary(data, at + 1, depth)
        found[key], at = _read(data, at, depth - 1)
    return found, at


_READERS = {
    SMALL_INTEGER: _small_integer,
    INTEGER: _four_octets,
    SMALL_BIG: _small_big,
    NEW_FLOAT: _new_float,
    FLOAT: _text_float,
    ATOM: _atom,
    ATOM_UTF8: _atom,
    SMALL_ATOM: _small_atom,
    SMALL_ATOM_UTF8: _small_atom,
    BINARY: _binary,
    STRING: _string,
    NIL: _empty,
    LIST: _list,
    SMALL_TUPLE: _small_tuple,
    LARGE_TUPLE: _large_tuple,
    MAP: _map,
}
