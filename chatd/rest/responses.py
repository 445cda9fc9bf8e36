"""What a handler gives back, and how it becomes the wire's Response.

A handler returns an Answer, whose value is a Python object: over HTTP it is encoded once, here; to the
gateway's REQUEST it travels as it is. As with Discord, JSON goes out as `application/json` with
no charset parameter, and 204 has no body.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chatd.model.json_text import encode_json
from chatd.wire.responses import Response

Fields = list[tuple[str, str]]

CONTENT_TYPE_JSON = ("Content-Type", "application/json")
# What a signed-in user sees is nobody else's, and no browser should guess at its type.
NO_STORE = ("Cache-Control", "no-store")
NO_SNIFF = ("X-Content-Type-Options", "nosniff")

JSON_FIELDS = (CONTENT_TYPE_JSON, NO_STORE, NO_SNIFF)
BARE_FIELDS = (NO_STORE,)


@dataclass(slots=True)
class Answer:
    """A status, the JSON value of the body (None with 204), and fields beyond the usual ones."""

    status: int
    value: Any = None
    headers: Fields = field(default_factory=list)


def json(status: int, value: Any) -> Answer:
    return Answer(status, value)


def no_content() -> Answer:
    return Answer(204)


def response_of(answer: Answer, headers: Fields) -> Response:
    """The answer's bytes, under `headers` (which it may extend) and the answer's own."""
    if answer.headers:
        headers += answer.headers
    if answer.status == 204:
        headers += BARE_FIELDS
        return Response(204, headers)
    headers += JSON_FIELDS
    return Response(answer.status, headers, encode_json(answer.value).encode())
