"""Reports: what somebody finds wrong with a message, a user or a guild, and what comes of it.

    open ──claim──> claimed ──> resolved, dismissed
      <──release──┘                  │
      <───────────reopen─────────────┘
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatd.model.attachment_links import AttachmentLinks, addressed
from chatd.model.shapes import Form
from chatd.model.snowflakes import SNOWFLAKE_MAX
from chatd.model.times import iso, iso_of_snowflake
from chatd.model.users import User

MESSAGE, USER, GUILD = "message", "user", "guild"
CATEGORIES = (
    "spam", "harassment", "hate", "violence", "sexual", "self_harm", "illegal", "impersonation", "raid",
    "other",
)  # fmt: skip
WORDS_CHARACTERS_MAX = 1000
NOTE_CHARACTERS_MAX = 1000

OPEN, CLAIMED, RESOLVED, DISMISSED = "open", "claimed", "resolved", "dismissed"
NEXT = {
    OPEN: (CLAIMED, RESOLVED, DISMISSED),
    CLAIMED: (OPEN, RESOLVED, DISMISSED),
    RESOLVED: (OPEN,),
    DISMISSED: (OPEN,),
}


@dataclass(slots=True)
class Report:
    """`evidence` is a message whose files have ids of their own, and no addresses.

    `guild_id` is where it is, or which it is about. `user_id` is who is reported, None for a webhook.
    """

    id: int
    kind: str
    reporter_id: int
    guild_id: int | None
    channel_id: int | None
    message_id: int | None
    user_id: int | None
    category: str
    words: str
    evidence: dict[str, Any] | None
    state: str
    handler_id: int | None
    note: str
    updated_at: datetime

    @classmethod
    def from_row(cls, row: Any) -> Report:
        evidence = json.loads(row["evidence"]) if row["evidence"] else None
        return cls(**{**row, "evidence": evidence})

    def payload(self, users: dict[int, User], links: AttachmentLinks) -> dict[str, Any]:
        """As those see it who look after it."""
        message = self.evidence
        if message is not None:
            files = [addressed(each, int(message["channel_id"]), links) for each in message["attachments"]]
            message = {**message, "attachments": files}
        return {
            "id": str(self.id),
            "kind": self.kind,
            "state": self.state,
            "category": self.category,
            "text": self.words,
            "guild_id": _text(self.guild_id),
            "channel_id": _text(self.channel_id),
            "message_id": _text(self.message_id),
            "message": message,
            "user": _user(users, self.user_id),
            "reporter": _user(users, self.reporter_id),
            "handler": _user(users, self.handler_id),
            "note": self.note,
            "created_at": iso_of_snowflake(self.id),
            "updated_at": iso(self.updated_at),
        }

    def receipt(self) -> dict[str, Any]:
        """As the reporter sees it, who is not told what comes of it."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "category": self.category,
            "created_at": iso_of_snowflake(self.id),
        }


@dataclass(slots=True, frozen=True)
class ReportDraft:
    """What is reported: a message of a channel, else a user (of a guild), else a guild."""

    channel_id: int | None
    message_id: int | None
    user_id: int | None
    guild_id: int | None
    category: str
    words: str

    @classmethod
    def parse(cls, body: Any) -> ReportDraft:
        form = Form(body)
        draft = cls(
            channel_id=form.snowflake("channel_id", default=None),
            message_id=form.snowflake("message_id", default=None),
            user_id=form.snowflake("user_id", default=None),
            guild_id=form.snowflake("guild_id", default=None),
            category=form.choice("category", CATEGORIES),
            words=form.string("text", default="", length=(0, WORDS_CHARACTERS_MAX), strip=True),
        )
        if (draft.channel_id is None) != (draft.message_id is None):
            name = "channel_id" if draft.channel_id is None else "message_id"
            form.fault(name, "BASE_TYPE_REQUIRED", "This field is required")
        if draft.message_id is None and draft.user_id is None and draft.guild_id is None:
            message = "Say what it is about: a message, a user or a guild."
            form.fault("message_id", "BASE_TYPE_REQUIRED", message)
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class ReportPage:
    before: int
    limit: int
    state: str | None
    category: str | None
    user_id: int | None

    @classmethod
    def parse(cls, query: dict[str, str]) -> ReportPage:
        form = Form(query)
        page = cls(
            before=form.snowflake("before", default=SNOWFLAKE_MAX),
            limit=form.integer("limit", default=50, between=(1, 100)),
            state=form.choice("state", tuple(NEXT), default=None),
            category=form.choice("category", CATEGORIES, default=None),
            user_id=form.snowflake("user_id", default=None),
        )
        form.finish()
        return page


@dataclass(slots=True, frozen=True)
class ReportEdit:
    """None leaves the state, or the note, as it is."""

    state: str | None
    note: str | None

    @classmethod
    def parse(cls, body: Any) -> ReportEdit:
        form = Form(body)
        edit = cls(
            state=form.choice("state", tuple(NEXT), default=None),
            note=form.string("note", default=None, length=(0, NOTE_CHARACTERS_MAX), strip=True),
        )
        form.finish()
        return edit


def _user(users: dict[int, User], user_id: int | None) -> dict[str, Any] | None:
    user = None if user_id is None else users.get(user_id)
    return None if user is None else user.payload()


def _text(id: int | None) -> str | None:
    return None if id is None else str(id)
