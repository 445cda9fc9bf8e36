"""Purges: what somebody has said in a guild is taken away, from one moment to another, a little at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chatd.model.shapes import Form
from chatd.model.snowflakes import SNOWFLAKE_MAX, at_ms
from chatd.model.times import iso_of_snowflake, iso_or_none

_BEGINNING = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class Purge:
    """Invariant: what is left to do is between `since_id` and `before_id`, which is exclusive."""

    id: int
    guild_id: int
    channel_id: int | None
    author_id: int
    moderator_id: int
    reason: str | None
    since_id: int
    until_id: int
    before_id: int
    counts: dict[int, int] = field(default_factory=dict)  # by channel
    finished_at: datetime | None = None

    @classmethod
    def from_row(cls, row: Any) -> Purge:
        counts = {int(channel_id): count for channel_id, count in json.loads(row["counts"]).items()}
        return cls(
            row["id"], row["guild_id"], row["channel_id"], row["author_id"], row["moderator_id"],
            row["reason"], row["since_id"], row["until_id"], row["before_id"], counts, row["finished_at"],
        )  # fmt: skip

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": None if self.channel_id is None else str(self.channel_id),
            "user_id": str(self.author_id),
            "moderator_id": str(self.moderator_id),
            "reason": self.reason,
            "since": iso_of_snowflake(self.since_id) if self.since_id else None,
            "until": iso_of_snowflake(self.until_id),
            "deleted": sum(self.counts.values()),
            "created_at": iso_of_snowflake(self.id),
            "finished_at": iso_or_none(self.finished_at),
        }


@dataclass(slots=True, frozen=True)
class PurgeDraft:
    """Whose words, where and when: without `channel_id` in the whole guild, without `until_id` up to now."""

    user_id: int
    channel_id: int | None
    since_id: int
    until_id: int | None

    @classmethod
    def parse(cls, body: Any) -> PurgeDraft:
        form = Form(body)
        since = form.moment("since", default=None)
        until = form.moment("until", default=None)
        if since is not None and until is not None and until <= since:
            form.fault("until", "DATE_TIME_TYPE_ORDER", "Must be later than since.")
        draft = cls(
            user_id=form.snowflake("user_id"),
            channel_id=form.snowflake("channel_id", default=None),
            since_id=id_at(since or _BEGINNING),
            until_id=None if until is None else id_at(until),
        )
        form.finish()
        return draft


def id_at(moment: datetime) -> int:
    """The smallest id of that moment."""
    return min(at_ms(int(moment.timestamp() * 1000)), SNOWFLAKE_MAX)


@dataclass(slots=True, frozen=True)
class PurgePage:
    before: int
    limit: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> PurgePage:
        form = Form(query)
        page = cls(
            before=form.snowflake("before", default=SNOWFLAKE_MAX),
            limit=form.integer("limit", default=50, between=(1, 100)),
        )
        form.finish()
        return page
