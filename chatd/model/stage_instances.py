"""Stage instances: a stage channel that is live, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model.shapes import Form

TOPIC_LENGTH = (1, 120)
# PUBLIC (1) is deprecated, and there is nowhere that it would be shown.
GUILD_ONLY = 2


@dataclass(slots=True, frozen=True)
class StageInstance:
    id: int
    guild_id: int
    channel_id: int
    topic: str
    guild_scheduled_event_id: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> StageInstance:
        return cls(
            row["id"], row["guild_id"], row["channel_id"], row["topic"], row["guild_scheduled_event_id"]
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> StageInstance:
        event_id = d["guild_scheduled_event_id"]
        return cls(
            int(d["id"]), int(d["guild_id"]), int(d["channel_id"]), d["topic"],
            None if event_id is None else int(event_id),
        )  # fmt: skip

    def payload(self) -> dict[str, Any]:
        event_id = self.guild_scheduled_event_id
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": str(self.channel_id),
            "topic": self.topic,
            "privacy_level": GUILD_ONLY,
            "discoverable_disabled": True,
            "guild_scheduled_event_id": None if event_id is None else str(event_id),
        }


@dataclass(slots=True, frozen=True)
class StageInstanceDraft:
    channel_id: int
    topic: str
    send_start_notification: bool
    guild_scheduled_event_id: int | None

    @classmethod
    def parse(cls, body: Any) -> StageInstanceDraft:
        form = Form(body)
        draft = cls(
            channel_id=form.snowflake("channel_id"),
            topic=form.string("topic", length=TOPIC_LENGTH, strip=True),
            send_start_notification=form.boolean("send_start_notification"),
            guild_scheduled_event_id=form.snowflake("guild_scheduled_event_id", default=None),
        )
        form.choice("privacy_level", (GUILD_ONLY,), default=GUILD_ONLY)
        form.finish()
        return draft


def read_topic(body: Any) -> str | None:
    """{topic?, privacy_level?}: what a stage is to be about from now on; None leaves it as it is."""
    form = Form(body)
    topic: str | None = form.string("topic", default=None, length=TOPIC_LENGTH, strip=True)
    form.choice("privacy_level", (GUILD_ONLY,), default=GUILD_ONLY)
    form.finish()
    return topic
