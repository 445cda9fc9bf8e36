"""What goes on in a channel appears with it for those who come to see it, and is gone with it."""

from __future__ import annotations

from typing import Any

from chatd.actions import overwrites, scheduled_events, stage_instances, voice_states
from chatd.model.actor import Actor
from chatd.model.audience import Onlookers
from chatd.model.channel_drafts import OverwriteDraft
from chatd.model.permissions import Permission
from chatd.model.scheduled_events import ScheduledEventDraft
from chatd.model.stage_instances import StageInstanceDraft
from chatd.model.voice_states import VoiceStateDraft
from tests.beats import assert_as_fresh
from tests.gateway.client import Client
from tests.people import person
from tests.places import owner_of
from tests.rooms import only_for, stage

VIEW = int(Permission.VIEW_CHANNEL)
GOINGS_ON = ("CHANNEL", "VOICE_STATE", "STAGE_INSTANCE", "GUILD_SCHEDULED_EVENT")


async def show(store: Any, actor: Actor, channel_id: int, user_id: int, shown: bool) -> None:
    async with store.transaction(actor) as tx:
        if shown:
            draft = OverwriteDraft.parse({"type": 1, "allow": str(VIEW), "deny": "0"})
            await overwrites.put_overwrite(tx, channel_id, user_id, draft)
        else:
            await overwrites.delete_overwrite(tx, channel_id, user_id)


async def busy_stage(store: Any, owner: Actor) -> Any:
    """A hidden stage that is live, with its owner on it and an event to come."""
    hall = await stage(store, overwrites=only_for(store))
    async with store.transaction(owner) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(hall.guild_id, hall.id))
        draft = StageInstanceDraft.parse({"channel_id": str(hall.id), "topic": "chess"})
        await stage_instances.create_stage_instance(tx, draft)
        body = {"name": "match", "privacy_level": 2, "entity_type": 1, "channel_id": str(hall.id),
                "scheduled_start_time": "2035-01-01T00:00:00Z"}  # fmt: skip
        await scheduled_events.create_event(tx, hall.guild_id, ScheduledEventDraft.parse(body), None)
    return hall


def goings_on(client: Client) -> list[str]:
    names = [name for name in client.names() if name.startswith(GOINGS_ON)]
    client.forget()
    return names


async def test_it_appears_with_the_channel_and_is_gone_with_it(store, gateway):
    owner = await owner_of(store)
    bob, token = await person(store, "bob")
    hall = await busy_stage(store, owner)
    client, away = Client(gateway), Client(gateway)
    for each in (client, away):
        await each.identify(token)
        each.forget()
    away.vanish()
    appears = [
        "CHANNEL_CREATE", "VOICE_STATE_UPDATE", "STAGE_INSTANCE_CREATE", "GUILD_SCHEDULED_EVENT_CREATE",
        "CHANNEL_UPDATE",
    ]  # fmt: skip
    await show(store, owner, hall.id, bob.id, True)
    assert goings_on(client) == appears
    await assert_as_fresh(store)
    await show(store, owner, hall.id, bob.id, False)
    heard = client.dispatches("VOICE_STATE_UPDATE")
    assert [(d["user_id"], d["channel_id"]) for d in heard] == [(str(owner.id), None)]
    vanishes = [
        "VOICE_STATE_UPDATE", "STAGE_INSTANCE_DELETE", "GUILD_SCHEDULED_EVENT_DELETE", "CHANNEL_DELETE",
    ]  # fmt: skip
    assert goings_on(client) == vanishes
    assert owner.id in store.directory.guilds[hall.guild_id].voice_states, "for others nothing has changed"
    await assert_as_fresh(store)
    again = Client(gateway)
    await again.resume(token, away.session_id, away.seq)
    assert goings_on(again) == [*appears[:-1], *vanishes], "and so it is in a resume"


async def test_who_is_there_themselves_is_not_told_that_they_have_left(store, gateway):
    owner = await owner_of(store)
    bob, token = await person(store, "bob")
    hall = await stage(store, overwrites=only_for(store, bob.id))
    async with store.transaction(bob) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(hall.guild_id, hall.id))
    client = Client(gateway)
    await client.identify(token)
    client.forget()
    await show(store, owner, hall.id, bob.id, False)
    assert goings_on(client) == ["CHANNEL_DELETE"]
    kept = [entry for entry in await store.journal_after(0, 1000) if isinstance(entry.audience, Onlookers)]
    assert [entry.name for entry in kept] == ["CHANNEL_DELETE"]


async def test_what_is_told_to_almost_everybody_is_not_told_to_who_is_there(store, gateway):
    owner = await owner_of(store)
    bob, token = await person(store, "bob")
    people = [await person(store, name) for name in ("cleo", "dora", "eve")]
    hall = await stage(store)
    async with store.transaction(bob) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(hall.guild_id, hall.id))
    there, elsewhere = Client(gateway), Client(gateway)
    await there.identify(token)
    await elsewhere.identify(people[0][1])
    for client in (there, elsewhere):
        client.forget()
    async with store.transaction(owner) as tx:
        draft = OverwriteDraft.parse({"type": 0, "allow": "0", "deny": str(VIEW)})
        await overwrites.put_overwrite(tx, hall.id, hall.guild_id, draft)
    assert goings_on(there) == ["CHANNEL_DELETE"]
    assert goings_on(elsewhere) == ["VOICE_STATE_UPDATE", "CHANNEL_DELETE"]
    await assert_as_fresh(store)
