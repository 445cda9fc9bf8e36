"""Times as the API writes them: ISO 8601 with microseconds and an offset. RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime

from chatd.model.snowflakes import created_at


def iso(moment: datetime) -> str:
    """`2026-01-31T12:00:00.123000+00:00`, always in UTC and always with six digits."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def moment_or_none(text: str | None) -> datetime | None:
    """Of what `iso_or_none` has written."""
    return None if text is None else datetime.fromisoformat(text)


def iso_of_snowflake(snowflake: int) -> str:
    """The moment inside an id; every message's `timestamp`."""
    return iso(created_at(snowflake))
