"""Stages: how one becomes live and ends, whoever decides that it does.

The actions of stage_instances.py ask for permission; a scheduled event that begins or ends on a stage
(scheduled_events.py) has asked for its own.
"""

from __future__ import annotations

from chatd.actions import audit_log
from chatd.actions.system_messages import create_system_message
from chatd.model import events
from chatd.model.audience import Channel
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.errors import StageAlreadyOpen
from chatd.model.messages import MessageType
from chatd.model.permissions import Permission
from chatd.model.stage_instances import StageInstance
from chatd.store.queries import stage_instances
from chatd.store.transaction import Transaction

# Whoever may do all of this moderates a stage. The Discord documentation, "Stage Instance", Definitions.
MODERATE = int(Permission.MANAGE_CHANNELS | Permission.MUTE_MEMBERS | Permission.MOVE_MEMBERS)
# What the audit log tells of a stage.
TOLD = ("topic", "privacy_level")


async def find(tx: Transaction, channel_id: int) -> StageInstance | None:
    row = await stage_instances.find_stage_instance(tx.conn, channel_id=channel_id)
    return None if row is None else StageInstance.from_row(row)


async def begin(
    tx: Transaction, guild_id: int, channel_id: int, topic: str, *, event_id: int | None = None,
    notify: bool = False,
) -> StageInstance:  # fmt: skip
    """Make a stage channel live, and say so in it; `notify`: to everyone.

    Emits STAGE_INSTANCE_CREATE to those who see the channel. Raises StageAlreadyOpen.
    """
    if await find(tx, channel_id) is not None:
        raise StageAlreadyOpen()
    stage = StageInstance(tx.next_id(), guild_id, channel_id, topic, event_id)
    await stage_instances.insert_stage_instance(
        tx.conn, id=stage.id, guild_id=guild_id, channel_id=channel_id, topic=topic,
        guild_scheduled_event_id=event_id,
    )  # fmt: skip
    tx.emit(events.stage_instance_create(stage), to=Channel(channel_id, guild_id))
    await create_system_message(
        tx, channel_id, MessageType.STAGE_START, author_id=tx.actor.id, content=topic,
        mention_everyone=notify,
    )  # fmt: skip
    await _record(tx, AuditAction.STAGE_INSTANCE_CREATE, None, stage)
    return stage


async def change(tx: Transaction, before: StageInstance, after: StageInstance) -> None:
    """Let a stage be about something else. Emits STAGE_INSTANCE_UPDATE, and says it in the channel."""
    await stage_instances.update_topic(tx.conn, id=after.id, topic=after.topic)
    tx.emit(events.stage_instance_update(after), to=Channel(after.channel_id, after.guild_id))
    await create_system_message(
        tx, after.channel_id, MessageType.STAGE_TOPIC, author_id=tx.actor.id, content=after.topic
    )
    await _record(tx, AuditAction.STAGE_INSTANCE_UPDATE, before, after)


async def end(tx: Transaction, stage: StageInstance, *, logged: bool = True) -> None:
    """Let a stage be live no more. Emits STAGE_INSTANCE_DELETE, and says it in the channel.

    What the clock does (not `logged`) is nobody's act.
    """
    await stage_instances.delete_stage_instance(tx.conn, id=stage.id)
    tx.emit(events.stage_instance_delete(stage), to=Channel(stage.channel_id, stage.guild_id))
    await create_system_message(
        tx, stage.channel_id, MessageType.STAGE_END, author_id=tx.actor.id, content=stage.topic
    )
    if logged:
        await _record(tx, AuditAction.STAGE_INSTANCE_DELETE, stage, None)


async def _record(
    tx: Transaction, action: AuditAction, before: StageInstance | None, after: StageInstance | None
) -> None:
    stage = after or before
    assert stage is not None, "there is a stage"
    old = None if before is None else before.payload()
    new = None if after is None else after.payload()
    await audit_log.record(
        tx, stage.guild_id, action, target_id=stage.id, changes=changes_between(old, new, TOLD),
        options={"channel_id": str(stage.channel_id)},
    )  # fmt: skip
