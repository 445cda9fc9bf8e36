"""Scheduled events: planned where one may, begun and ended, and told to those who see where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd import jobs
from chatd.actions import audit_log, channels, images, scheduled_event_users, scheduled_events, voice_states
from chatd.model.actor import Actor
from chatd.model.audience import Channel, Guild, Users
from chatd.model.audit_log import AuditLogPage
from chatd.model.errors import (
    FinishedEvent,
    InvalidFormBody,
    MaximumScheduledEvents,
    MissingPermissions,
    UnknownChannel,
    UnknownGuild,
    UnknownScheduledEvent,
    UnknownScheduledEventUser,
    WrongChannelType,
)
from chatd.model.permissions import Permission
from chatd.model.scheduled_events import EVENTS_MAX, InterestedPage, ScheduledEventDraft
from chatd.model.voice_states import VoiceStateDraft
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.permitting import allow
from tests.pictures import data_uri, png
from tests.rooms import only_for, stage, voice

CREATE, MANAGE = int(Permission.CREATE_EVENTS), int(Permission.MANAGE_EVENTS)
MODERATE = int(Permission.MANAGE_CHANNELS | Permission.MUTE_MEMBERS | Permission.MOVE_MEMBERS)
EXTERNAL = {
    "name": "party", "privacy_level": 2, "entity_type": 3, "scheduled_start_time": "2035-01-03T20:00:00Z",
    "scheduled_end_time": "2035-01-03T23:00:00Z", "entity_metadata": {"location": "the park"},
}  # fmt: skip


def body(kind: int, room: Any, **fields: Any) -> dict[str, Any]:
    return {"name": "party", "privacy_level": 2, "entity_type": kind, "channel_id": str(room.id),
            "scheduled_start_time": "2035-01-03T20:00:00Z", **fields}  # fmt: skip


async def create(store: Any, actor: Actor, wanted: dict[str, Any] | None = None, **fields: Any) -> Any:
    draft = ScheduledEventDraft.parse({**(EXTERNAL if wanted is None else wanted), **fields})
    image = await images.keep(store, draft.image)
    async with store.transaction(actor) as tx:
        return await scheduled_events.create_event(tx, general(store).guild_id, draft, image)


async def update(store: Any, actor: Actor, event: Any, **fields: Any) -> Any:
    draft = ScheduledEventDraft.parse_edit(fields)
    image = await images.keep(store, draft.image)
    async with store.transaction(actor) as tx:
        return await scheduled_events.update_event(
            tx, general(store).guild_id, int(event["id"]), draft, image
        )


async def delete(store: Any, actor: Actor, event: Any) -> None:
    async with store.transaction(actor) as tx:
        await scheduled_events.delete_event(tx, general(store).guild_id, int(event["id"]))


async def listed(store: Any, actor: Actor, **options: Any) -> Any:
    async with store.reading(actor) as tx:
        return await scheduled_events.list_events(
            tx, general(store).guild_id, with_user_count=options.get("with_user_count", False)
        )


async def logged_events(store: Any, actor: Actor) -> list[str]:
    """The events that the audit log shows."""
    async with store.reading(actor) as tx:
        log = await audit_log.list_entries(tx, general(store).guild_id, AuditLogPage.parse({}))
    return [event["id"] for event in log["guild_scheduled_events"]]


async def want(store: Any, actor: Actor, event: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await scheduled_event_users.add_interest(tx, general(store).guild_id, int(event["id"]))


async def unwant(store: Any, actor: Actor, event: Any) -> None:
    async with store.transaction(actor) as tx:
        await scheduled_event_users.remove_interest(tx, general(store).guild_id, int(event["id"]))


class Later:
    """The store's clock, put forward."""

    def __init__(self, store: Any) -> None:
        self.store, self.clock = store, store.clock

    def go_to(self, moment: datetime) -> None:
        self.store.clock = moment.timestamp

    def pass_by(self, **time: float) -> None:
        now = self.store.clock()
        self.store.clock = lambda: now + timedelta(**time).total_seconds()


async def test_an_event_is_planned_changed_and_deleted(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    heard = Heard(store)
    made = await create(store, ada, image=data_uri(png()), description="bring cake")
    created, logged = heard.take()
    assert (created.name, created.audience) == ("GUILD_SCHEDULED_EVENT_CREATE", Guild(guild_id))
    assert created.d == made == {
        "id": made["id"], "guild_id": str(guild_id), "channel_id": None, "creator_id": str(ada.id),
        "creator": store.directory.users[ada.id].payload(), "name": "party", "description": "bring cake",
        "image": made["image"], "scheduled_start_time": "2035-01-03T20:00:00.000000+00:00",
        "scheduled_end_time": "2035-01-03T23:00:00.000000+00:00", "privacy_level": 2, "status": 1,
        "entity_type": 3, "entity_id": None, "entity_metadata": {"location": "the park"},
        "recurrence_rule": None, "guild_scheduled_event_exceptions": [], "user_count": 0,
    }  # fmt: skip
    assert len(made["image"]) == 32
    assert (logged.d["action_type"], logged.d["target_id"]) == (100, made["id"])
    await assert_as_fresh(store)
    await allow(store, CREATE, Permission.VIEW_AUDIT_LOG)
    async with store.reading(ada) as tx:
        log = await audit_log.list_entries(tx, guild_id, AuditLogPage.parse({}))
    assert log["guild_scheduled_events"] == [made]
    await allow(store, CREATE)
    changed = await update(store, ada, made, name="feast", description=None, image=None,
                           entity_metadata={"location": "home"})  # fmt: skip
    updated, logged = heard.take()
    assert (changed["name"], changed["description"], changed["image"]) == ("feast", None, None)
    assert updated.name == "GUILD_SCHEDULED_EVENT_UPDATE" and updated.d == changed
    assert {"key": "location", "old_value": "the park", "new_value": "home"} in logged.d["changes"]
    await assert_as_fresh(store)
    assert await update(store, ada, made, name="feast") == changed and heard.entries == []
    assert await listed(store, ada, with_user_count=True) == [changed]
    await delete(store, ada, made)
    gone, logged = heard.take()
    assert (gone.name, gone.d, logged.d["action_type"]) == ("GUILD_SCHEDULED_EVENT_DELETE", changed, 102)
    await assert_as_fresh(store)
    async with refused(store, UnknownScheduledEvent):
        await update(store, ada, made, name="again")
    assert await listed(store, ada) == []


async def test_who_may_plan_and_change_one(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    await allow(store, MANAGE)
    async with refused(store, MissingPermissions):
        await create(store, ada)
    await allow(store, CREATE)
    made = await create(store, ada)
    for act in (lambda: update(store, bob, made, name="mine"), lambda: delete(store, bob, made)):
        async with refused(store, MissingPermissions):
            await act()
    await allow(store)
    async with refused(store, MissingPermissions):
        await update(store, ada, made, name="mine")
    await allow(store, MANAGE)
    await update(store, bob, made, name="ours")
    await delete(store, bob, made)
    async with refused(store, UnknownGuild):
        await create(store, Actor(12345))


async def test_in_a_channel_one_needs_what_the_kind_of_event_needs(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    room, hall = await voice(store), await stage(store)
    hidden = await voice(store, overwrites=only_for(store))
    for wanted, error in (
        (body(2, hidden), UnknownChannel), (body(2, general(store)), WrongChannelType),
        (body(2, hall), WrongChannelType), (body(1, room), WrongChannelType),
        (body(1, hall), MissingPermissions),
    ):  # fmt: skip
        async with refused(store, error):
            await create(store, ada, wanted)
    heard = Heard(store)
    await create(store, ada, body(2, room))
    assert heard.take()[0].audience == Channel(room.id, room.guild_id)
    await allow(store, CREATE, MODERATE)
    await create(store, ada, body(1, hall))
    await assert_as_fresh(store)


async def test_an_event_in_a_channel_is_for_those_who_see_it(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    await allow(store, CREATE, int(Permission.VIEW_AUDIT_LOG))
    room, hidden = await voice(store), await voice(store, overwrites=only_for(store, ada.id))
    made = await create(store, ada, body(2, room))
    assert len(await listed(store, bob)) == 1
    heard = Heard(store)
    await update(store, ada, made, channel_id=str(hidden.id))
    assert await logged_events(store, ada) == [made["id"]] and await logged_events(store, bob) == []
    lost = tuple(sorted(user_id for user_id in store.directory.guilds[room.guild_id].members
                        if not store.directory.can_view(user_id, hidden.id)))  # fmt: skip
    assert [(entry.name, entry.audience) for entry in heard.take()[:2]] == [
        ("GUILD_SCHEDULED_EVENT_DELETE", Users(lost, room.guild_id)),
        ("GUILD_SCHEDULED_EVENT_UPDATE", Channel(hidden.id, room.guild_id)),
    ]
    assert bob.id in lost and await listed(store, bob) == []
    await assert_as_fresh(store)
    for act in (lambda: update(store, bob, made, name="x"), lambda: want(store, bob, made)):
        async with refused(store, UnknownScheduledEvent):
            await act()
    moved = await update(store, ada, made, entity_type=3, channel_id=None,
                         entity_metadata={"location": "home"},
                         scheduled_end_time="2035-01-03T23:00:00Z")  # fmt: skip
    assert moved["channel_id"] is None and heard.take()[0].audience == Guild(room.guild_id)
    await assert_as_fresh(store)


@pytest.mark.parametrize(
    "fields, path",
    [
        ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": "x" * 101}, "name"),
        ({"privacy_level": 1}, "privacy_level"), ({"privacy_level": None}, "privacy_level"),
        ({"entity_type": 4}, "entity_type"), ({"entity_type": None}, "entity_type"),
        ({"scheduled_start_time": None}, "scheduled_start_time"),
        ({"scheduled_start_time": "tomorrow"}, "scheduled_start_time"),
        ({"scheduled_end_time": None}, "scheduled_end_time"),
        ({"scheduled_end_time": "2035-01-03T19:00:00Z"}, "scheduled_end_time"),
        ({"entity_metadata": None}, "entity_metadata"), ({"entity_metadata": {}}, "entity_metadata"),
        ({"entity_metadata": {"location": "x" * 101}}, "entity_metadata"),
        ({"channel_id": "5"}, "channel_id"), ({"entity_type": 2}, "channel_id"),
        ({"description": "x" * 1001}, "description"), ({"image": "cake"}, "image"),
        ({"recurrence_rule": {"frequency": 9}}, "recurrence_rule"),
    ],
)  # fmt: skip
def test_a_draft_with_a_fault_is_refused_by_its_path(fields, path):
    with pytest.raises(InvalidFormBody) as caught:
        ScheduledEventDraft.parse({**EXTERNAL, **fields})
    assert path in caught.value.errors


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidFormBody) as caught:
        ScheduledEventDraft.parse({"entity_type": 3, "scheduled_start_time": "2035-01-01T00:00:00Z"})
    assert caught.value.errors.keys() == {"name", "privacy_level", "entity_metadata", "scheduled_end_time"}


async def test_what_does_not_go_together_is_refused_in_an_edit_too(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    made = await create(store, ada)
    for fields, path in (
        ({"scheduled_end_time": None}, "scheduled_end_time"), ({"status": 3}, "status"),
        ({"entity_type": 2}, "channel_id"), ({"scheduled_start_time": "2035-01-04T00:00:00Z"},
                                             "scheduled_end_time"),
        ({"scheduled_start_time": "2020-01-04T00:00:00Z"}, "scheduled_start_time"),
        ({"status": 9}, "status"), ({"entity_metadata": None}, "entity_metadata"),
    ):  # fmt: skip
        with pytest.raises(InvalidFormBody) as caught:
            await update(store, ada, made, **fields)
        assert path in caught.value.errors, fields
    async with refused(store, InvalidFormBody):
        await create(store, ada, scheduled_start_time="2020-01-01T00:00:00Z")


async def test_an_event_begins_and_ends_and_is_over(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    room = await voice(store)
    made = await create(store, ada, body(2, room))
    assert (await update(store, ada, made, status=2))["status"] == 2
    with pytest.raises(InvalidFormBody):
        await update(store, ada, made, entity_type=3, channel_id=None)
    heard = Heard(store)
    assert (await update(store, ada, made, status=3))["status"] == 3
    assert heard.entries[0].d["status"] == 3
    await assert_as_fresh(store)
    assert await listed(store, ada) == []
    async with store.reading(ada) as tx:
        found = await scheduled_events.get_event(tx, room.guild_id, int(made["id"]), with_user_count=False)
    assert found["status"] == 3 and "user_count" not in found
    for act in (lambda: update(store, ada, made, name="x"), lambda: want(store, ada, made)):
        async with refused(store, FinishedEvent):
            await act()
    other = await create(store, ada)
    assert (await update(store, ada, other, status=4))["status"] == 4
    await assert_as_fresh(store)


async def test_an_event_on_a_stage_makes_it_live_and_ends_with_it(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE, MODERATE)
    hall = await stage(store)
    made = await create(store, ada, body(1, hall))
    heard = Heard(store)
    begun = await update(store, ada, made, status=2)
    names = [entry.name for entry in heard.take() if entry.name != "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert names == ["STAGE_INSTANCE_CREATE", "MESSAGE_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE"]
    live = store.directory.guilds[hall.guild_id].stage_instances[hall.id]
    assert (begun["entity_id"], live.topic) == (str(live.id), "party")
    assert live.guild_scheduled_event_id == int(made["id"])
    await assert_as_fresh(store)
    ended = await update(store, ada, made, status=3)
    assert ended["entity_id"] is None and store.directory.guilds[hall.guild_id].stage_instances == {}
    await assert_as_fresh(store)
    again = await create(store, ada, body(1, hall))
    await update(store, ada, again, status=2)
    await delete(store, ada, again)
    assert store.directory.guilds[hall.guild_id].stage_instances == {}
    await assert_as_fresh(store)


async def test_an_event_that_happens_again_is_scheduled_for_its_next_time(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    weekly = {"start": "2035-01-03T20:00:00Z", "frequency": 2, "interval": 1, "by_weekday": [2]}
    made = await create(store, ada, recurrence_rule=weekly)
    assert made["recurrence_rule"]["by_weekday"] == [2]
    await update(store, ada, made, status=2)
    after = await update(store, ada, made, status=3)
    assert (after["status"], after["scheduled_start_time"], after["scheduled_end_time"]) == (
        1, "2035-01-10T20:00:00.000000+00:00", "2035-01-10T23:00:00.000000+00:00",
    )  # fmt: skip
    await assert_as_fresh(store)
    once = await update(store, ada, made, recurrence_rule=None)
    assert once["recurrence_rule"] is None


async def test_a_guild_has_so_many_to_come(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    async with store.pool.acquire() as conn:
        await conn.execute(
            "insert into scheduled_events (id, guild_id, name, scheduled_start_time, status, entity_type)"
            " select n, $1, 'x', now(), case n when 1 then 3 else 1 end, 3 from generate_series(1, $2) n",
            guild_id, EVENTS_MAX + 1,
        )  # fmt: skip
    async with refused(store, MaximumScheduledEvents):
        await create(store, ada)


async def test_people_say_that_they_want_to_come(store):
    people = [(await person(store, name))[0] for name in ("ada", "bob", "cleo")]
    ada, bob, cleo = people
    guild_id = await allow(store, CREATE)
    made = await create(store, ada)
    heard = Heard(store)
    answer = await want(store, bob, made)
    assert answer == {"guild_scheduled_event_id": made["id"], "user_id": str(bob.id), "response": 1}
    (added,) = heard.take()
    assert (added.name, added.audience) == ("GUILD_SCHEDULED_EVENT_USER_ADD", Guild(guild_id))
    assert added.d == {
        "guild_scheduled_event_id": made["id"], "user_id": str(bob.id), "guild_id": str(guild_id)
    }  # fmt: skip
    assert await want(store, bob, made) == answer and heard.entries == []
    for actor in (ada, cleo):
        await want(store, actor, made)
    await assert_as_fresh(store)
    assert [event["user_count"] for event in await listed(store, bob, with_user_count=True)] == [3]

    async def page(**query: Any) -> list[Any]:
        async with store.reading(ada) as tx:
            parsed = InterestedPage.parse({name: str(value) for name, value in query.items()})
            return await scheduled_event_users.list_users(tx, guild_id, int(made["id"]), parsed)

    async with store.reading(ada) as tx:
        counts = await scheduled_event_users.count_users(tx, guild_id, int(made["id"]))
    assert counts["guild_scheduled_event_count"] == 3
    everybody = await page(with_member="true")
    assert [each["user"]["username"] for each in everybody] == ["ada", "bob", "cleo"]
    assert everybody[0]["member"]["user"] == everybody[0]["user"]
    found = [each["user_id"] for each in everybody]
    assert [each["user_id"] for each in await page(limit=2)] == found[:2]
    assert [each["user_id"] for each in await page(after=found[0], limit=1)] == found[1:2]
    assert [each["user_id"] for each in await page(before=found[2], after=found[2], limit=1)] == found[1:2]
    assert await page(after=found[2]) == await page(before=found[0]) == []
    heard.take()
    await unwant(store, bob, made)
    assert heard.take()[0].name == "GUILD_SCHEDULED_EVENT_USER_REMOVE"
    await assert_as_fresh(store)
    async with refused(store, UnknownScheduledEventUser):
        await unwant(store, bob, made)


async def test_a_deleted_channel_takes_its_events_with_it(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE, Permission.MANAGE_CHANNELS)
    room = await voice(store)
    made = await create(store, ada, body(2, room))
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await channels.delete_channel(tx, room.id)
    assert [(entry.name, entry.d["id"]) for entry in heard.take()[:2]] == [
        ("GUILD_SCHEDULED_EVENT_DELETE", made["id"]), ("CHANNEL_DELETE", str(room.id)),
    ]  # fmt: skip
    await assert_as_fresh(store)


# ── what the clock does ──


async def test_external_events_begin_and_end_at_their_times(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    made = await create(store, ada)
    heard, later = Heard(store), Later(store)
    assert await jobs.keep_time(store) == 0 and heard.entries == []
    later.go_to(datetime(2035, 1, 3, 20, tzinfo=UTC))
    assert await jobs.keep_time(store) == 1
    (begun,) = heard.take()
    assert (begun.name, begun.d["status"]) == ("GUILD_SCHEDULED_EVENT_UPDATE", 2)
    assert await jobs.keep_time(store) == 0
    later.go_to(datetime(2035, 1, 3, 23, tzinfo=UTC))
    await jobs.keep_time(store)
    assert [entry.d["status"] for entry in heard.take()] == [3]
    await assert_as_fresh(store)
    async with refused(store, FinishedEvent):
        await update(store, ada, made, name="x")


async def test_an_event_that_nobody_begins_is_canceled_or_waits_for_its_next_time(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    room = await voice(store)
    once = await create(store, ada, body(2, room))
    daily = {"start": "2035-01-03T20:00:00Z", "frequency": 3}
    again = await create(store, ada, body(2, room, recurrence_rule=daily))
    heard, later = Heard(store), Later(store)
    later.go_to(datetime(2035, 1, 3, 22, 59, tzinfo=UTC))
    assert await jobs.keep_time(store) == 0
    later.go_to(datetime(2035, 1, 3, 23, tzinfo=UTC))
    assert await jobs.keep_time(store) == 2
    told = [(each.d["id"], each.d["status"], each.d["scheduled_start_time"]) for each in heard.take()]
    assert told == [
        (once["id"], 4, once["scheduled_start_time"]),
        (again["id"], 1, "2035-01-04T20:00:00.000000+00:00"),
    ]
    await assert_as_fresh(store)


async def test_an_active_event_ends_when_everybody_has_been_gone_for_a_while(store):
    ada, _ = await person(store, "ada")
    await allow(store, CREATE)
    room = await voice(store)
    made = await create(store, ada, body(2, room))
    await update(store, ada, made, status=2)
    later = Later(store)
    await jobs.keep_time(store)
    later.pass_by(minutes=4)
    async with store.transaction(ada) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(room.guild_id, room.id))
    await jobs.keep_time(store)
    later.pass_by(minutes=10)
    assert await jobs.keep_time(store) == 0, "somebody is there"
    async with store.transaction(ada) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(room.guild_id, None))
    await jobs.keep_time(store)
    later.pass_by(minutes=6)
    heard = Heard(store)
    assert await jobs.keep_time(store) == 1
    assert [entry.d["status"] for entry in heard.take()] == [3]
    await assert_as_fresh(store)
