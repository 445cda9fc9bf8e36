"""Scheduled events: plan them, begin and end them, and say that one wants to come.

One that takes place in a channel is for those who see the channel, one elsewhere for everybody. When it moves
out of somebody's sight it is deleted for them, which is told first: whoever follows the journal takes the
last word of an event for what it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chatd.actions import access, audit_log, stages
from chatd.actions.access import GuildAccess
from chatd.actions.clock import Act
from chatd.model import events
from chatd.model.audience import Audience, Channel, Users
from chatd.model.audience import Guild as GuildAudience
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channels import ChannelType
from chatd.model.errors import (
    FinishedEvent,
    InvalidFormBody,
    MaximumScheduledEvents,
    MissingPermissions,
    UnknownChannel,
    UnknownScheduledEvent,
    WrongChannelType,
)
from chatd.model.guilds import Guild
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission
from chatd.model.scheduled_events import (
    COLUMNS,
    EVENTS_MAX,
    FINISHED,
    EntityType,
    EventStatus,
    ScheduledEvent,
    ScheduledEventDraft,
)
from chatd.model.stage_instances import StageInstance
from chatd.store.queries import scheduled_events
from chatd.store.transaction import Reading, Transaction

_CREATE, _MANAGE = int(Permission.CREATE_EVENTS), int(Permission.MANAGE_EVENTS)
# "Permissions Requirements": beside those, to plan, change or delete an event of this kind.
_NEEDED = {
    EntityType.STAGE_INSTANCE: stages.MODERATE,
    EntityType.VOICE: int(Permission.VIEW_CHANNEL | Permission.CONNECT),
    EntityType.EXTERNAL: 0,
}
_CHANNEL_TYPES = {
    EntityType.STAGE_INSTANCE: ChannelType.GUILD_STAGE_VOICE,
    EntityType.VOICE: ChannelType.GUILD_VOICE,
}

# "Status Update Automation": after a few minutes, and after a few hours.
EMPTY_MAX = timedelta(minutes=5)
LATE_MAX = timedelta(hours=3)


async def list_events(tx: Reading, guild_id: int, *, with_user_count: bool) -> list[dict[str, Any]]:
    """The scheduled and active events of a guild that the actor can see. Raises UnknownGuild."""
    place = await access.guild(tx, guild_id)
    can_view, users = tx.directory.can_view, tx.directory.users
    return [
        event.payload(users, with_user_count=with_user_count)
        for _, event in sorted(place.guild.scheduled_events.items())
        if event.channel_id is None or can_view(tx.actor.id, event.channel_id)
    ]


async def get_event(tx: Reading, guild_id: int, event_id: int, *, with_user_count: bool) -> dict[str, Any]:
    """One of them, or one that is over. Raises UnknownGuild, UnknownScheduledEvent."""
    place = await access.guild(tx, guild_id)
    event = await find(tx, place.guild, event_id)
    return event.payload(tx.directory.users, with_user_count=with_user_count)


async def create_event(
    tx: Transaction, guild_id: int, draft: ScheduledEventDraft, image: str | None
) -> dict[str, Any]:
    """Plan an event; `image` is the hash of its cover.

    Needs CREATE_EVENTS and what the kind of event needs. Emits GUILD_SCHEDULED_EVENT_CREATE.
    Raises UnknownGuild, UnknownChannel, WrongChannelType, MissingPermissions, MaximumScheduledEvents, and
    InvalidFormBody for one that is in the past.
    """
    place = await access.guild(tx, guild_id)
    event = ScheduledEvent(
        id=tx.next_id(), guild_id=guild_id, creator_id=tx.actor.id, image=image, **draft.values
    )
    _require(tx, place, event, _CREATE)
    _refuse_past(event.scheduled_start_time, tx.now())
    if await scheduled_events.count_to_come(tx.conn, guild_id=guild_id) >= EVENTS_MAX:
        raise MaximumScheduledEvents()
    await scheduled_events.insert_event(tx.conn, **_columns(event))
    payload = event.payload(tx.directory.users)
    tx.emit(events.guild_scheduled_event_create(payload), to=audience_of(event))
    changes = changes_between(None, event.told())
    await audit_log.record(
        tx, guild_id, AuditAction.GUILD_SCHEDULED_EVENT_CREATE, target_id=event.id, changes=changes
    )
    return payload


async def update_event(
    tx: Transaction, guild_id: int, event_id: int, draft: ScheduledEventDraft, image: str | None
) -> dict[str, Any]:
    """Change an event, begin it, end it, or cancel it. One on a stage makes the stage live, and ends with it.

    Needs MANAGE_EVENTS, or CREATE_EVENTS for one's own, and what the kind of event needs, before and after.
    Emits GUILD_SCHEDULED_EVENT_UPDATE. Raises UnknownGuild, UnknownScheduledEvent, UnknownChannel,
    WrongChannelType, MissingPermissions, FinishedEvent, StageAlreadyOpen, InvalidFormBody.
    """
    place = await access.guild(tx, guild_id)
    before = await find(tx, place.guild, event_id)
    _require_change(tx, place, before)
    if before.status in FINISHED:
        raise FinishedEvent()
    after = draft.applied(before)
    if draft.sets_image:
        after = replace(after, image=image)
    if (after.entity_type, after.channel_id) != (before.entity_type, before.channel_id):
        _require(tx, place, after, 0)
    if after.scheduled_start_time != before.scheduled_start_time:
        _refuse_past(after.scheduled_start_time, tx.now())
    after = await _change(tx, place.guild, before, after)
    return after.payload(tx.directory.users)


async def delete_event(tx: Transaction, guild_id: int, event_id: int) -> None:
    """Delete an event. One that is live on a stage ends there.

    Needs what changing it needs. Emits GUILD_SCHEDULED_EVENT_DELETE.
    Raises UnknownGuild, UnknownScheduledEvent, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    event = await find(tx, place.guild, event_id)
    _require_change(tx, place, event)
    await _end_stage(tx, event)
    await scheduled_events.delete_event(tx.conn, id=event_id)
    payload = event.payload(tx.directory.users)
    tx.emit(events.guild_scheduled_event_delete(payload), to=audience_of(event))
    changes = changes_between(event.told(), None)
    await audit_log.record(
        tx, guild_id, AuditAction.GUILD_SCHEDULED_EVENT_DELETE, target_id=event_id, changes=changes
    )


# ── with a stage, with a channel, with time ──


async def find_on_stage(tx: Reading, guild: Guild, event_id: int, channel_id: int) -> ScheduledEvent:
    """An event that is scheduled to take place on this stage. Raises UnknownScheduledEvent."""
    event = await find(tx, guild, event_id)
    if event.channel_id != channel_id or event.status != EventStatus.SCHEDULED:
        raise UnknownScheduledEvent()
    return event


async def begin_on_stage(tx: Transaction, guild: Guild, event: ScheduledEvent, stage: StageInstance) -> None:
    """It begins with the stage, which a moderator has just made live."""
    await _write(tx, guild, event, replace(event, status=EventStatus.ACTIVE, entity_id=stage.id))


async def end_with_stage(tx: Transaction, guild: Guild, stage: StageInstance) -> None:
    """The event that took place on a stage has ended with it, if one did."""
    event_id = stage.guild_scheduled_event_id
    row = event_id and await scheduled_events.find_event(tx.conn, guild_id=guild.id, id=event_id)
    if not row:
        return
    event = ScheduledEvent.from_row(row)
    if event.status == EventStatus.ACTIVE:
        await _write(tx, guild, event, _over(event, EventStatus.COMPLETED, tx.now()))


async def clear_channel(tx: Transaction, channel_id: int, to: Audience) -> None:
    """Tell that the events in a channel are deleted: their rows go with it, when it is deleted now."""
    for row in await scheduled_events.list_of_channel(tx.conn, channel_id=channel_id):
        payload = ScheduledEvent.from_row(row).payload(tx.directory.users)
        tx.emit(events.guild_scheduled_event_delete(payload), to=to)


async def due(tx: Transaction) -> list[Act]:
    """What the clock has to do: begin and end what has its times, end where everybody has left."""
    now = tx.now()
    await scheduled_events.note_empty(tx.conn, at=now)
    rows = await scheduled_events.list_due(tx.conn, at=now, late=now - LATE_MAX)
    acts: list[Act] = [partial(_come_to, **row) for row in rows]
    empty = await scheduled_events.list_empty(tx.conn, before=now - EMPTY_MAX)
    return [*acts, *(partial(_come_to, **row, status=EventStatus.COMPLETED) for row in empty)]


async def _come_to(tx: Transaction, *, guild_id: int, id: int, status: int) -> None:
    await tx.hold_permissions(guild_id)
    row = await scheduled_events.find_event(tx.conn, guild_id=guild_id, id=id)
    if row is None or row["status"] in FINISHED:
        return
    event = ScheduledEvent.from_row(row)
    if event.recurrence_rule is not None and status == EventStatus.CANCELED:
        status = EventStatus.COMPLETED  # It has only missed one of its times.
    await _change(tx, tx.directory.guilds[guild_id], event, replace(event, status=status), logged=False)


async def _change(
    tx: Transaction, guild: Guild, before: ScheduledEvent, after: ScheduledEvent, *, logged: bool = True
) -> ScheduledEvent:
    """Write what has become of an event, with the stage that begins or ends. What it is now."""
    if after == before:
        return before
    begins = after.status == EventStatus.ACTIVE and before.status != EventStatus.ACTIVE
    if begins and after.channel_id is not None and after.entity_type == EntityType.STAGE_INSTANCE:
        stage = await stages.begin(tx, guild.id, after.channel_id, after.name, event_id=after.id)
        after = replace(after, entity_id=stage.id)
    elif after.status in FINISHED:
        await _end_stage(tx, before, logged=logged)
        after = _over(after, after.status, tx.now())
    await _write(tx, guild, before, after)
    if logged:
        changes = changes_between(before.told(), after.told())
        await audit_log.record(
            tx, guild.id, AuditAction.GUILD_SCHEDULED_EVENT_UPDATE, target_id=after.id, changes=changes
        )
    return after


def _over(event: ScheduledEvent, status: int, now: datetime) -> ScheduledEvent:
    """The event that is over; or, if it was held and happens again, scheduled for its next time."""
    over = replace(event, status=status, entity_id=None)
    again = over.next_occurrence(now) if status == EventStatus.COMPLETED else None
    return again or over


async def _end_stage(tx: Transaction, event: ScheduledEvent, *, logged: bool = True) -> None:
    if event.entity_id is not None and event.channel_id is not None:
        stage = await stages.find(tx, event.channel_id)
        if stage is not None and stage.id == event.entity_id:
            await stages.end(tx, stage, logged=logged)


async def _write(tx: Transaction, guild: Guild, before: ScheduledEvent, after: ScheduledEvent) -> None:
    columns = _columns(after)
    for fixed in ("guild_id", "creator_id"):
        del columns[fixed]
    await scheduled_events.update_event(tx.conn, **columns)
    payload = after.payload(tx.directory.users)
    if lost := _who_lose_sight(tx, guild, before, after):
        tx.emit(events.guild_scheduled_event_delete(payload), to=Users(lost, guild.id))
    tx.emit(events.guild_scheduled_event_update(payload), to=audience_of(after))


def _who_lose_sight(
    tx: Reading, guild: Guild, before: ScheduledEvent, after: ScheduledEvent
) -> tuple[int, ...]:
    if after.channel_id is None or after.channel_id == before.channel_id:
        return ()
    can_view, channel_id = tx.directory.can_view, after.channel_id
    return tuple(
        user_id for user_id in sorted(guild.members)
        if (before.channel_id is None or can_view(user_id, before.channel_id))
        and not can_view(user_id, channel_id)
    )  # fmt: skip


def audience_of(event: ScheduledEvent) -> Audience:
    if event.channel_id is None:
        return GuildAudience(event.guild_id)
    return Channel(event.channel_id, event.guild_id)


def _columns(event: ScheduledEvent) -> dict[str, Any]:
    rule = event.recurrence_rule
    return {
        **{name: getattr(event, name) for name in COLUMNS},
        "recurrence_rule": None if rule is None else encode_json(rule.payload()),
    }


async def find(tx: Reading, guild: Guild, event_id: int) -> ScheduledEvent:
    """An event that the actor can see."""
    async with tx.connection() as conn:
        row = await scheduled_events.find_event(conn, guild_id=guild.id, id=event_id)
    if row is None:
        raise UnknownScheduledEvent()
    if row["channel_id"] is not None and not tx.directory.can_view(tx.actor.id, row["channel_id"]):
        raise UnknownScheduledEvent()
    return ScheduledEvent.from_row(row)


def _require_change(tx: Reading, place: GuildAccess, event: ScheduledEvent) -> None:
    """Raises MissingPermissions unless the actor may change the event where it takes place."""
    granted = _granted(tx, place, event)
    owns = event.creator_id == tx.actor.id and granted & _CREATE
    needed = _NEEDED[EntityType(event.entity_type)] | (0 if owns else _MANAGE)
    if granted & needed != needed:
        raise MissingPermissions()


def _require(tx: Reading, place: GuildAccess, event: ScheduledEvent, needed: int) -> None:
    """Raises unless the actor may plan such an event where it is to take place."""
    if event.channel_id is not None:
        channel = tx.directory.channels.get(event.channel_id)
        if channel is None or channel.guild_id != place.guild.id:
            raise UnknownChannel()
        if not tx.directory.can_view(tx.actor.id, channel.id):
            raise UnknownChannel()
        if channel.type != _CHANNEL_TYPES[EntityType(event.entity_type)]:
            raise WrongChannelType()
    needed |= _NEEDED[EntityType(event.entity_type)]
    if _granted(tx, place, event) & needed != needed:
        raise MissingPermissions()


def _granted(tx: Reading, place: GuildAccess, event: ScheduledEvent) -> int:
    if event.channel_id is None:
        return place.permissions
    return tx.directory.permissions(tx.actor.id, event.channel_id, tx.now())


def _refuse_past(start: datetime, now: datetime) -> None:
    if start <= now:
        message = "Cannot schedule an event in the past."
        raise InvalidFormBody.at("scheduled_start_time", "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", message)
