"""Read states: up to where somebody has read a channel, and how often it has called for them since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso_or_none

# Of what is unread, so much is counted; who comes back after a year wants no longer an answer.
MENTIONS_MAX = 1000
ACKS_MAX = 100

# The only kind of read state there is here, of the documentation's several: a channel's.
CHANNEL = 0


@dataclass(slots=True, frozen=True)
class Ack:
    """A channel has been read up to a message. By hand it may be one before what had been read."""

    channel_id: int
    message_id: int
    by_hand: bool = False

    @classmethod
    def parse(cls, channel_id: int, message_id: int, body: Any) -> Ack:
        """How many mentions are left is counted here, whatever the client says of it."""
        form = Form(body)
        ack = cls(channel_id, message_id, form.boolean("manual"))
        form.integer("mention_count", default=None)
        form.integer("last_viewed", default=None)
        form.integer("flags", default=None)
        form.string("token", default=None)
        form.finish()
        return ack


def read_acks(body: Any) -> list[Ack]:
    """{read_states: [{channel_id, message_id}]}; of several for one channel the last counts."""
    form = Form(body)
    acks = {}
    for inside in form.forms("read_states", count=(1, ACKS_MAX)):
        inside.choice("read_state_type", (CHANNEL,), default=CHANNEL)
        channel_id = inside.snowflake("channel_id")
        acks[channel_id] = Ack(channel_id, inside.snowflake("message_id"))
    form.finish()
    return list(acks.values())


@dataclass(slots=True, frozen=True)
class ReadState:
    """One of READY's. What was never read begins with `last_message_id` as it was when one came."""

    channel_id: int
    last_message_id: int
    mention_count: int
    last_pin_at: datetime | None

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.channel_id),
            "last_message_id": str(self.last_message_id),
            "mention_count": self.mention_count,
            "last_pin_timestamp": iso_or_none(self.last_pin_at),
        }
