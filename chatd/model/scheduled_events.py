"""Scheduled events: something will happen, on a stage, in a voice channel, or anywhere else.

Source: the Discord documentation, "Guild Scheduled Event". Who created one is told of to everybody, unlike
who uploaded an emoji.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from chatd.model.images import Image, image_of
from chatd.model.json_text import parse_json
from chatd.model.recurrence import RecurrenceRule
from chatd.model.shapes import Form
from chatd.model.times import iso, iso_or_none
from chatd.model.users import User

NAME_LENGTH, DESCRIPTION_LENGTH, LOCATION_LENGTH = (1, 100), (0, 1000), (1, 100)
# Scheduled or active ones of a guild.
EVENTS_MAX = 100
GUILD_ONLY = 2
REQUIRED = "This field is required"
# What somebody who wants to come has answered.
INTERESTED = 1


class EntityType(IntEnum):
    """Where it happens."""

    STAGE_INSTANCE = 1
    VOICE = 2
    EXTERNAL = 3


class EventStatus(IntEnum):
    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELED = 4


FINISHED = frozenset({EventStatus.COMPLETED, EventStatus.CANCELED})
# "Valid Guild Scheduled Event Status Transitions".
NEXT = {
    EventStatus.SCHEDULED: (EventStatus.ACTIVE, EventStatus.CANCELED),
    EventStatus.ACTIVE: (EventStatus.COMPLETED,),
}


@dataclass(slots=True, frozen=True)
class ScheduledEvent:
    """`channel_id` is None for one that happens elsewhere, and then there is a `location`.

    `entity_id` is the stage instance of one that is live on a stage. `user_count` is how many want to come.
    """

    id: int
    guild_id: int
    creator_id: int | None
    name: str
    scheduled_start_time: datetime
    entity_type: int
    channel_id: int | None = None
    location: str | None = None
    scheduled_end_time: datetime | None = None
    description: str | None = None
    image: str | None = None
    recurrence_rule: RecurrenceRule | None = None
    status: int = EventStatus.SCHEDULED
    entity_id: int | None = None
    user_count: int = 0

    @classmethod
    def from_row(cls, row: Any) -> ScheduledEvent:
        rule = row["recurrence_rule"]
        return cls(
            **{name: row[name] for name in COLUMNS},
            recurrence_rule=None if rule is None else RecurrenceRule.from_payload(parse_json(rule)),
            user_count=row["user_count"],
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> ScheduledEvent:
        end, rule, place = d["scheduled_end_time"], d["recurrence_rule"], d["entity_metadata"]
        return cls(
            int(d["id"]), int(d["guild_id"]), _id(d["creator_id"]), d["name"],
            datetime.fromisoformat(d["scheduled_start_time"]), d["entity_type"], _id(d["channel_id"]),
            None if place is None else place["location"],
            None if end is None else datetime.fromisoformat(end), d["description"], d["image"],
            None if rule is None else RecurrenceRule.from_payload(rule), d["status"], _id(d["entity_id"]),
            d["user_count"],
        )  # fmt: skip

    def payload(self, users: Mapping[int, User], *, with_user_count: bool = True) -> dict[str, Any]:
        """With its `creator`, if `users` still has them."""
        creator = None if self.creator_id is None else users.get(self.creator_id)
        d: dict[str, Any] = {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": _id_text(self.channel_id),
            "creator_id": _id_text(self.creator_id),
            "name": self.name,
            "description": self.description,
            "image": self.image,
            "scheduled_start_time": iso(self.scheduled_start_time),
            "scheduled_end_time": iso_or_none(self.scheduled_end_time),
            "privacy_level": GUILD_ONLY,
            "status": int(self.status),
            "entity_type": int(self.entity_type),
            "entity_id": _id_text(self.entity_id),
            "entity_metadata": None if self.location is None else {"location": self.location},
            "recurrence_rule": None if self.recurrence_rule is None else self.recurrence_rule.payload(),
            "guild_scheduled_event_exceptions": [],
        }
        if creator is not None:
            d["creator"] = creator.payload()
        if with_user_count:
            d["user_count"] = self.user_count
        return d

    def told(self) -> dict[str, Any]:
        """What the audit log compares."""
        d = self.payload({}, with_user_count=False)
        keys = ("name", "description", "channel_id", "privacy_level", "status", "entity_type",
                "scheduled_start_time", "scheduled_end_time", "recurrence_rule")  # fmt: skip
        return {**{key: d[key] for key in keys}, "location": self.location, "image_hash": self.image}

    def next_occurrence(self, now: datetime) -> ScheduledEvent | None:
        """The same event at its next time; None for one that does not happen again."""
        if self.recurrence_rule is None:
            return None
        start = self.recurrence_rule.next_after(max(now, self.scheduled_start_time))
        if start is None:
            return None
        later, end = start - self.scheduled_start_time, self.scheduled_end_time
        return replace(
            self, scheduled_start_time=start, scheduled_end_time=None if end is None else end + later,
            status=EventStatus.SCHEDULED, entity_id=None,
        )  # fmt: skip


# Columns of its row that are fields of the same name.
COLUMNS = (
    "id", "guild_id", "creator_id", "name", "scheduled_start_time", "entity_type", "channel_id", "location",
    "scheduled_end_time", "description", "image", "status", "entity_id",
)  # fmt: skip


def _id(text: str | None) -> int | None:
    return None if text is None else int(text)


def _id_text(id: int | None) -> str | None:
    return None if id is None else str(id)


# ── what a client may send ──


@dataclass(slots=True, frozen=True)
class ScheduledEventDraft:
    """A new event, or what is to change of one: `values` by the names of ScheduledEvent's fields.

    `sets_image`: there is an image to keep, or null to take it away.
    """

    values: dict[str, Any]
    image: Image | None
    sets_image: bool

    @classmethod
    def parse(cls, body: Any) -> ScheduledEventDraft:
        """A new one. What its entity type asks for is among the faults."""
        form = Form(body)
        for name in ("name", "privacy_level", "entity_type", "scheduled_start_time"):
            if form.raw(name) is None:
                form.fault(name, "BASE_TYPE_REQUIRED", REQUIRED)
        draft = cls._read(form)
        values = draft.values
        if "entity_type" in values and "scheduled_start_time" in values:
            find_faults(
                form, values["entity_type"], values.get("channel_id"), values.get("location"),
                values["scheduled_start_time"], values.get("scheduled_end_time"),
            )  # fmt: skip
        form.finish()
        return draft

    @classmethod
    def parse_edit(cls, body: Any) -> ScheduledEventDraft:
        """Changes to one; `applied` finds the faults of what comes of them."""
        form = Form(body)
        draft = cls._read(form)
        if form.raw("status") is not None:
            draft.values["status"] = form.choice("status", tuple(map(int, EventStatus)))
        form.finish()
        return draft

    @classmethod
    def _read(cls, form: Form) -> ScheduledEventDraft:
        """What was sent, whichever it is. Null clears what can be empty, and else says nothing."""
        values: dict[str, Any] = {}
        form.choice("privacy_level", (GUILD_ONLY,), default=GUILD_ONLY)
        if form.raw("name") is not None:
            values["name"] = form.string("name", length=NAME_LENGTH, strip=True)
        if form.raw("scheduled_start_time") is not None:
            values["scheduled_start_time"] = form.moment("scheduled_start_time")
        if form.raw("entity_type") is not None:
            values["entity_type"] = form.choice("entity_type", tuple(map(int, EntityType)))
        if "description" in form:
            description = form.string("description", default=None, length=DESCRIPTION_LENGTH)
            values["description"] = description or None
        if "scheduled_end_time" in form:
            values["scheduled_end_time"] = form.moment("scheduled_end_time", default=None)
        if "channel_id" in form:
            values["channel_id"] = form.snowflake("channel_id", default=None)
        if "entity_metadata" in form:
            place = form.form("entity_metadata", default=None)
            values["location"] = place and place.string("location", default=None, length=LOCATION_LENGTH)
        if "recurrence_rule" in form:
            values["recurrence_rule"] = RecurrenceRule.of(form, "recurrence_rule")
        return cls(values, image_of(form, "image"), "image" in form)

    def applied(self, before: ScheduledEvent) -> ScheduledEvent:
        """The event with these changes. Raises InvalidFormBody for what does not go together."""
        after = replace(before, **self.values)
        if after.entity_type != EntityType.EXTERNAL:
            after = replace(after, location=None)  # "silently discards"
        form = Form({})
        find_faults(
            form, after.entity_type, after.channel_id, after.location, after.scheduled_start_time,
            after.scheduled_end_time,
        )  # fmt: skip
        moved = (after.entity_type, after.channel_id) != (before.entity_type, before.channel_id)
        if moved and before.status == EventStatus.ACTIVE:
            form.fault("entity_type", "GUILD_SCHEDULED_EVENT_ACTIVE", "Cannot move an event that is active.")
        if after.status != before.status and after.status not in NEXT.get(EventStatus(before.status), ()):
            form.fault("status", "BASE_TYPE_CHOICES", "Invalid status transition.")
        form.finish()
        return after


def find_faults(
    form: Form, entity_type: int, channel_id: int | None, location: str | None, start: datetime,
    end: datetime | None,
) -> None:  # fmt: skip
    """The documentation's "Field Requirements By Entity Type"."""
    if entity_type == EntityType.EXTERNAL:
        if channel_id is not None:
            form.fault("channel_id", "GUILD_SCHEDULED_EVENT_CHANNEL", "Must be null for an external event.")
        if location is None:
            form.fault("entity_metadata", "BASE_TYPE_REQUIRED", REQUIRED)
        if end is None:
            form.fault("scheduled_end_time", "BASE_TYPE_REQUIRED", REQUIRED)
    elif channel_id is None:
        form.fault("channel_id", "BASE_TYPE_REQUIRED", REQUIRED)
    if end is not None and end <= start:
        message = "Must be after the start."
        form.fault("scheduled_end_time", "GUILD_SCHEDULED_EVENT_END_BEFORE_START", message)


@dataclass(slots=True, frozen=True)
class InterestedPage:
    """Users who want to come, by id; of `before` and `after` the former counts."""

    limit: int
    before: int | None
    after: int
    with_member: bool

    @classmethod
    def parse(cls, query: dict[str, str]) -> InterestedPage:
        form = Form(query)
        page = cls(
            limit=form.integer("limit", default=100, between=(1, 100)),
            before=form.snowflake("before", default=None),
            after=form.snowflake("after", default=0),
            with_member=form.flag("with_member"),
        )
        form.finish()
        return page
