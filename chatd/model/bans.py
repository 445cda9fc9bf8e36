"""Bans: who may not come to a guild, and what a client may ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chatd.model.shapes import Form
from chatd.model.users import User

# The Discord documentation, "Create Guild Ban" and "Bulk Guild Ban".
DELETE_SECONDS_MAX = 604_800
DELETE_DAYS_MAX = 7
USERS_AT_ONCE_MAX = 200


def ban_payload(user: User, reason: str | None) -> dict[str, Any]:
    return {"user": user.payload(), "reason": reason}


@dataclass(slots=True, frozen=True)
class BanDraft:
    """Messages of the last `delete_messages` go with the one who said them; of zero time, none."""

    delete_messages: timedelta

    @classmethod
    def parse(cls, body: Any, query: dict[str, str]) -> BanDraft:
        """Some clients say it in the query."""
        form = Form({**query, **body} if isinstance(body, dict) else body)
        draft = cls(_delete_messages_of(form))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class BulkBanDraft:
    user_ids: tuple[int, ...]
    delete_messages: timedelta

    @classmethod
    def parse(cls, body: Any) -> BulkBanDraft:
        form = Form(body)
        user_ids = form.snowflakes("user_ids", count=(1, USERS_AT_ONCE_MAX))
        draft = cls(tuple(dict.fromkeys(user_ids)), _delete_messages_of(form))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class BanPage:
    """Bans by user id, those right before `before`, else those after `after`."""

    limit: int
    before: int | None
    after: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> BanPage:
        form = Form(query)
        page = cls(
            limit=form.integer("limit", default=1000, between=(1, 1000)),
            before=form.snowflake("before", default=None),
            after=form.snowflake("after", default=0),
        )
        form.finish()
        return page


def _delete_messages_of(form: Form) -> timedelta:
    """`delete_message_seconds`, or the older `delete_message_days`."""
    seconds = form.integer("delete_message_seconds", default=None, between=(0, DELETE_SECONDS_MAX))
    days = form.integer("delete_message_days", default=0, between=(0, DELETE_DAYS_MAX))
    return timedelta(days=days) if seconds is None else timedelta(seconds=seconds)
