"""JSON in and out, with what RFC 8259 leaves open decided once.

Refused on the way in: NaN and Infinity (they are not JSON), numbers beyond a double, nesting too deep to
walk, integers of absurd length, text that is not UTF-8. Lone surrogates written as escapes pass here and
are refused by the field that holds them, which knows its path (model/shapes.py).
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from chatd.model.errors import InvalidJSON

# Deeper than any body of the API by far, and shallow enough that no walker of it can overflow.
DEPTH_MAX = 64


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    """RFC 8259 section 6 lets us bound numbers: 1e999 would be an infinity that no JSON can answer."""
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:40]} is out of range")
    return number


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=False)

encode_json = _encoder.encode


def parse_json(text: bytes | str) -> Any:
    """Read one JSON value. Raises InvalidJSON (50109)."""
    try:
        value = _decoder.decode(text if isinstance(text, str) else text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidJSON() from None
    if _is_deeper_than(value, DEPTH_MAX):
        raise InvalidJSON("The request body is nested too deeply.")
    return value


def _is_deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    if depth == 0:
        return True
    children = value.values() if isinstance(value, dict) else value
    return any(_is_deeper_than(child, depth - 1) for child in children if isinstance(child, (dict, list)))
