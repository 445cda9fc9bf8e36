"""What a RequestParser makes of pieces, in a form that is equal however the bytes were cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from chatd.wire.errors import BadRequest
from chatd.wire.http1 import BodyPart, EndOfRequest, HTTPLimits, Request, RequestParser


def events_from(pieces: Iterable[bytes], limits: HTTPLimits | None = None) -> list[Any]:
    """Requests as dictionaries, content joined, trailers as ("end", items), a refusal as its status."""
    parser = RequestParser(limits or HTTPLimits())
    seen: list[Any] = []
    try:
        for piece in pieces:
            for event in parser.feed(piece):
                add_event(seen, event)
    except BadRequest as error:
        seen.append(error.status)
    return seen


def add_event(seen: list[Any], event: Request | BodyPart | EndOfRequest) -> None:
    if isinstance(event, Request):
        seen.append({field.name: getattr(event, field.name) for field in fields(Request)})
    elif isinstance(event, EndOfRequest):
        seen.append(("end", event.trailers.items()))
    elif seen and isinstance(seen[-1], bytes):
        assert event.data
        seen[-1] += event.data
    else:
        assert event.data
        seen.append(event.data)


def request_from(data: bytes) -> Request:
    """The Request that `data` begins with."""
    event = RequestParser().feed(data).__next__()
    assert isinstance(event, Request)
    return event
