"""Stage instances: make a stage live, say what it is about, end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from chatd.actions import access, scheduled_events, stages
from chatd.actions.access import ChannelAccess
from chatd.actions.clock import Act
from chatd.model import events
from chatd.model.audience import Audience
from chatd.model.channels import ChannelType
from chatd.model.errors import UnknownChannel, UnknownStageInstance, WrongChannelType
from chatd.model.guilds import Guild
from chatd.model.permissions import Permission
from chatd.model.stage_instances import StageInstance, StageInstanceDraft
from chatd.store.queries import stage_instances
from chatd.store.transaction import Reading, Transaction

# "When a Stage channel has no speakers for a certain period of time (on the order of minutes)", it ends.
SILENCE_MAX = timedelta(minutes=5)


async def get_stage_instance(tx: Reading, channel_id: int) -> StageInstance:
    """Raises UnknownChannel, UnknownStageInstance."""
    place = await access.channel(tx, channel_id)
    stage = place.guild.stage_instances.get(channel_id) if place.guild is not None else None
    if stage is None:
        raise UnknownStageInstance()
    return stage


async def create_stage_instance(tx: Transaction, draft: StageInstanceDraft) -> StageInstance:
    """Make a stage channel live.

    Needs to be its moderator, and MENTION_EVERYONE for the notification, which is else left out. An event
    that is named begins with it. Emits STAGE_INSTANCE_CREATE.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, StageAlreadyOpen, UnknownScheduledEvent.
    """
    place, guild = await _moderated(tx, draft.channel_id)
    notify = draft.send_start_notification and place.may(Permission.MENTION_EVERYONE)
    event_id = draft.guild_scheduled_event_id
    event = event_id and await scheduled_events.find_on_stage(tx, guild, event_id, draft.channel_id)
    stage = await stages.begin(tx, guild.id, draft.channel_id, draft.topic, event_id=event_id, notify=notify)
    if event:
        await scheduled_events.begin_on_stage(tx, guild, event, stage)
    return stage


async def update_stage_instance(tx: Transaction, channel_id: int, topic: str | None) -> StageInstance:
    """Let a stage be about something else.

    Needs to be its moderator. Emits STAGE_INSTANCE_UPDATE.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, UnknownStageInstance.
    """
    await _moderated(tx, channel_id)
    before = await _find(tx, channel_id)
    if topic is None or topic == before.topic:
        return before
    after = replace(before, topic=topic)
    await stages.change(tx, before, after)
    return after


async def delete_stage_instance(tx: Transaction, channel_id: int) -> None:
    """End a stage, and the event that takes place on it.

    Needs to be its moderator. Emits STAGE_INSTANCE_DELETE, and GUILD_SCHEDULED_EVENT_UPDATE of the event.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, UnknownStageInstance.
    """
    _, guild = await _moderated(tx, channel_id)
    stage = await _find(tx, channel_id)
    await stages.end(tx, stage)
    await scheduled_events.end_with_stage(tx, guild, stage)


async def silent(tx: Transaction) -> list[Act]:
    """What the clock has to do: end the stages on which nobody has spoken for a while."""
    await stage_instances.note_silence(tx.conn, at=tx.now())
    rows = await stage_instances.list_silent(tx.conn, before=tx.now() - SILENCE_MAX)
    return [partial(_end_silent, **row) for row in rows]


async def _end_silent(tx: Transaction, *, guild_id: int, channel_id: int) -> None:
    await tx.hold_permissions(guild_id)
    stage = await stages.find(tx, channel_id)
    if stage is not None:
        await stages.end(tx, stage, logged=False)
        await scheduled_events.end_with_stage(tx, tx.directory.guilds[guild_id], stage)


async def clear_channel(tx: Transaction, channel_id: int, to: Audience) -> None:
    """Tell that the stage in a channel has ended. Its row goes with the channel, which is deleted now."""
    stage = await stages.find(tx, channel_id)
    if stage is not None:
        tx.emit(events.stage_instance_delete(stage), to=to)


async def _find(tx: Transaction, channel_id: int) -> StageInstance:
    stage = await stages.find(tx, channel_id)
    if stage is None:
        raise UnknownStageInstance()
    return stage


async def _moderated(tx: Transaction, channel_id: int) -> tuple[ChannelAccess, Guild]:
    """A stage that the actor moderates."""
    place = await access.channel(tx, channel_id)
    if place.guild is None:
        raise UnknownChannel()
    if place.channel.type != ChannelType.GUILD_STAGE_VOICE:
        raise WrongChannelType()
    place.require(stages.MODERATE)
    return place, place.guild
