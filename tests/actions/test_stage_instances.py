"""Stage instances: made live and ended by the stage's moderators, one for each stage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatd import jobs
from chatd.actions import channels, stage_instances, voice_states
from chatd.model.actor import Actor
from chatd.model.audience import Channel
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    StageAlreadyOpen,
    UnknownChannel,
    UnknownScheduledEvent,
    UnknownStageInstance,
    WrongChannelType,
)
from chatd.model.permissions import Permission
from chatd.model.stage_instances import StageInstanceDraft, read_topic
from chatd.model.voice_states import VoiceStateDraft, VoiceStateEdit
from tests.actions.test_scheduled_events import Later, body
from tests.actions.test_scheduled_events import create as create_event
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.permitting import allow
from tests.rooms import only_for, stage

MODERATE = int(Permission.MANAGE_CHANNELS | Permission.MUTE_MEMBERS | Permission.MOVE_MEMBERS)
QUIET = "GUILD_AUDIT_LOG_ENTRY_CREATE"


async def begin(store: Any, actor: Actor, channel_id: int, **fields: Any) -> Any:
    draft = StageInstanceDraft.parse({"channel_id": str(channel_id), "topic": "chess", **fields})
    async with store.transaction(actor) as tx:
        return await stage_instances.create_stage_instance(tx, draft)


async def change(store: Any, actor: Actor, channel_id: int, topic: str | None) -> Any:
    async with store.transaction(actor) as tx:
        return await stage_instances.update_stage_instance(tx, channel_id, read_topic({"topic": topic}))


async def end(store: Any, actor: Actor, channel_id: int) -> None:
    async with store.transaction(actor) as tx:
        await stage_instances.delete_stage_instance(tx, channel_id)


async def test_a_stage_is_made_live_changed_and_ended(store):
    ada, _ = await person(store, "ada")
    await allow(store, MODERATE)
    hall = await stage(store)
    heard = Heard(store)
    made = await begin(store, ada, hall.id)
    created, said, logged = heard.take()
    assert (created.name, created.audience) == ("STAGE_INSTANCE_CREATE", Channel(hall.id, hall.guild_id))
    assert created.d == {
        "id": str(made.id), "guild_id": str(hall.guild_id), "channel_id": str(hall.id), "topic": "chess",
        "privacy_level": 2, "discoverable_disabled": True, "guild_scheduled_event_id": None,
    }  # fmt: skip
    assert (said.d["type"], said.d["content"], said.d["mention_everyone"]) == (27, "chess", False)
    assert (logged.d["action_type"], logged.d["target_id"]) == (83, str(made.id))
    assert logged.d["options"] == {"channel_id": str(hall.id)}
    await assert_as_fresh(store)
    async with refused(store, StageAlreadyOpen):
        await begin(store, ada, hall.id)
    async with store.reading(ada) as tx:
        assert await stage_instances.get_stage_instance(tx, hall.id) == made
    assert (await change(store, ada, hall.id, "go")).topic == "go"
    updated, said, logged = heard.take()
    assert (updated.name, said.d["type"], said.d["content"]) == ("STAGE_INSTANCE_UPDATE", 31, "go")
    assert logged.d["action_type"] == 84
    await assert_as_fresh(store)
    for topic in (None, "go"):
        await change(store, ada, hall.id, topic)
    assert heard.entries == []
    await end(store, ada, hall.id)
    gone, said, logged = heard.take()
    assert (gone.name, gone.d["topic"], said.d["type"]) == ("STAGE_INSTANCE_DELETE", "go", 28)
    assert logged.d["action_type"] == 85
    await assert_as_fresh(store)
    for act in (lambda: end(store, ada, hall.id), lambda: change(store, ada, hall.id, "x")):
        async with refused(store, UnknownStageInstance):
            await act()
    with pytest.raises(UnknownStageInstance):
        async with store.reading(ada) as tx:
            await stage_instances.get_stage_instance(tx, hall.id)


async def test_only_its_moderators_do_any_of_it(store):
    ada, _ = await person(store, "ada")
    hall = await stage(store)
    await allow(store, MODERATE & ~int(Permission.MOVE_MEMBERS))
    for act in (lambda: begin(store, ada, hall.id), lambda: change(store, ada, hall.id, "x"),
                lambda: end(store, ada, hall.id)):  # fmt: skip
        async with refused(store, MissingPermissions):
            await act()
    await allow(store, MODERATE)
    hidden = await stage(store, overwrites=only_for(store))
    for channel_id, error in ((general(store).id, WrongChannelType), (hidden.id, UnknownChannel)):
        async with refused(store, error):
            await begin(store, ada, channel_id)


async def test_everyone_is_notified_if_the_moderator_may_mention_them(store):
    ada, _ = await person(store, "ada")
    await allow(store, MODERATE)
    heard = Heard(store)
    await begin(store, ada, (await stage(store)).id, send_start_notification=True)
    assert [entry.d["mention_everyone"] for entry in heard.take() if entry.name == "MESSAGE_CREATE"] == [True]


async def test_an_event_begins_with_the_stage_and_ends_with_it(store):
    ada, _ = await person(store, "ada")
    await allow(store, MODERATE, Permission.CREATE_EVENTS)
    hall, other = await stage(store), await stage(store)
    event = await create_event(store, ada, body(1, hall))
    for channel_id, event_id in ((other.id, event["id"]), (hall.id, "5")):
        async with refused(store, UnknownScheduledEvent):
            await begin(store, ada, channel_id, guild_scheduled_event_id=event_id)
    heard = Heard(store)
    made = await begin(store, ada, hall.id, guild_scheduled_event_id=event["id"])
    told = next(entry for entry in heard.take() if entry.name == "GUILD_SCHEDULED_EVENT_UPDATE")
    assert (told.d["status"], told.d["entity_id"]) == (2, str(made.id))
    await assert_as_fresh(store)
    await end(store, ada, hall.id)
    told = next(entry for entry in heard.take() if entry.name == "GUILD_SCHEDULED_EVENT_UPDATE")
    assert (told.d["status"], told.d["entity_id"]) == (3, None)
    await assert_as_fresh(store)


async def test_a_deleted_channel_takes_its_stage_with_it(store):
    ada, _ = await person(store, "ada")
    await allow(store, MODERATE)
    hall = await stage(store)
    await begin(store, ada, hall.id)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await channels.delete_channel(tx, hall.id)
    assert [entry.name for entry in heard.take()][:2] == ["STAGE_INSTANCE_DELETE", "CHANNEL_DELETE"]
    await assert_as_fresh(store)


async def test_a_stage_on_which_nobody_speaks_ends_after_a_while(store):
    ada, _ = await person(store, "ada")
    await allow(store, MODERATE)
    hall = await stage(store)
    await begin(store, ada, hall.id)
    async with store.transaction(ada) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(hall.guild_id, hall.id))
    later = Later(store)
    await jobs.keep_time(store)
    later.pass_by(minutes=4)
    async with store.transaction(ada) as tx:
        edit = VoiceStateEdit.parse({"suppress": False}, own=True)
        await voice_states.update_own(tx, hall.guild_id, edit)
    await jobs.keep_time(store)
    later.pass_by(minutes=6)
    assert await jobs.keep_time(store) == 0, "somebody speaks"
    async with store.transaction(ada) as tx:
        edit = VoiceStateEdit.parse({"suppress": True}, own=True)
        await voice_states.update_own(tx, hall.guild_id, edit)
    await jobs.keep_time(store)
    later.pass_by(minutes=6)
    heard = Heard(store)
    assert await jobs.keep_time(store) == 1
    assert heard.names == ["STAGE_INSTANCE_DELETE", "MESSAGE_CREATE"], "nobody did it, so nobody is named"
    await assert_as_fresh(store)
    assert timedelta(minutes=5) == stage_instances.SILENCE_MAX


@pytest.mark.parametrize(
    "fields, path",
    [({"topic": ""}, "topic"), ({"topic": None}, "topic"), ({"topic": "x" * 121}, "topic"),
     ({"channel_id": "x"}, "channel_id"), ({"privacy_level": 1}, "privacy_level"),
     ({"send_start_notification": "yes"}, "send_start_notification"),
     ({"guild_scheduled_event_id": []}, "guild_scheduled_event_id")],
)  # fmt: skip
def test_a_draft_with_a_fault_is_refused_by_its_path(fields, path):
    with pytest.raises(InvalidFormBody) as caught:
        StageInstanceDraft.parse({"channel_id": "1", "topic": "chess", **fields})
    assert list(caught.value.errors) == [path]
