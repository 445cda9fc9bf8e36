"""Pins: messages that a channel keeps at hand, the latest pin first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatd.model.messages import Message
from chatd.model.shapes import Form
from chatd.model.times import iso

PINS_MAX = 250
PAGE_MAX = 50

# Later than any pin. PostgreSQL and Python agree about the years up to here.
END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(slots=True, frozen=True)
class PinPage:
    """What was pinned before a moment; the first page is the newest."""

    limit: int = PAGE_MAX
    before: datetime = END_OF_TIME

    @classmethod
    def parse(cls, query: dict[str, str]) -> PinPage:
        form = Form(query)
        page = cls(
            limit=form.integer("limit", default=PAGE_MAX, between=(1, PAGE_MAX)),
            before=form.moment("before", default=END_OF_TIME),
        )
        form.finish()
        return page


def pin_payload(message: Message) -> dict[str, Any]:
    assert message.pinned_at is not None, "only what is pinned is listed"
    return {"pinned_at": iso(message.pinned_at), "message": message.viewed()}
