"""Many sessions, one status; a grace before it ends; silence when nobody would see a change."""

from __future__ import annotations

import json

import pytest

from chatd.gateway.drafts import Presence
from chatd.gateway.presence import OFFLINE, combined
from tests.gateway.client import Client, Clock, gateway_on
from tests.gateway.conftest import settled
from tests.people import bot, general, person


async def watched(store, gateway):
    """Somebody who looks on."""
    _, token = await person(store, "watcher")
    client = Client(gateway)
    await client.identify(token)
    await gateway.presences.settle()
    client.forget()
    return client


async def seen(watcher, gateway, actor) -> list[str]:
    """The statuses of somebody as the watcher heard of them, since last asked."""
    await gateway.presences.settle()
    statuses = [
        d["status"] for d in watcher.dispatches("PRESENCE_UPDATE") if d["user"]["id"] == str(actor.id)
    ]
    watcher.forget()
    return statuses


STATUSES = [
    ([], "offline"), (["online"], "online"), (["invisible"], "offline"), (["offline"], "offline"),
    (["idle", "online"], "online"), (["dnd", "idle"], "idle"), (["invisible", "dnd"], "dnd"),
    (["idle", "invisible", "idle"], "idle"), (["invisible", "offline"], "offline"),
]  # fmt: skip


@pytest.mark.parametrize("statuses, status", STATUSES)
def test_the_most_present_session_counts(statuses, status):
    assert combined([(Presence(each), "web") for each in statuses]).status == status


def test_each_platform_has_its_status_and_invisible_ones_show_nothing():
    game, song = {"name": "chess", "type": 0}, {"name": "a song", "type": 2}
    shown = combined([
        (Presence("idle", (game,)), "desktop"), (Presence("dnd", (song, game)), "mobile"),
        (Presence("online"), "mobile"), (Presence("invisible", ({"name": "secret", "type": 0},)), "web"),
    ])  # fmt: skip
    assert shown.client_status == {"desktop": "idle", "mobile": "online"} and shown.status == "online"
    assert shown.activities == (song, game)
    assert combined([(Presence("invisible"), "web")]) == OFFLINE


async def test_coming_online_is_told_to_the_guild(store, gateway):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    await Client(gateway).identify(token, properties={"browser": "Discord Android"})
    await gateway.presences.settle()
    (d,) = [d for d in watcher.dispatches("PRESENCE_UPDATE") if d["user"]["id"] == str(ada.id)]
    assert (d["status"], d["client_status"], d["activities"]) == ("online", {"mobile": "online"}, [])
    assert d["guild_id"]


async def test_a_second_device_changes_nothing_that_others_see(store, gateway):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    first, second = Client(gateway), Client(gateway)
    await first.identify(token)
    assert await seen(watcher, gateway, ada) == ["online"]
    await second.identify(token)
    assert await seen(watcher, gateway, ada) == []


async def test_offline_comes_after_the_grace_of_the_last_device(store, gateway, clock):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    first, second = Client(gateway), Client(gateway)
    await first.identify(token)
    await second.identify(token)
    await seen(watcher, gateway, ada)
    first.vanish()
    clock.pass_by(gateway, 30)
    assert await seen(watcher, gateway, ada) == []
    second.hang_up(1001)
    clock.pass_by(gateway, 9)
    assert await seen(watcher, gateway, ada) == [] and gateway.is_online(ada.id)
    clock.pass_by(gateway, 2)
    assert await seen(watcher, gateway, ada) == ["offline"] and not gateway.is_online(ada.id)


async def test_when_somebody_was_last_online_is_stored(store, gateway, clock):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    client.vanish()
    clock.pass_by(gateway, 11)
    await gateway.presences.settle()
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select last_online_at is not null from users where id = $1", ada.id)


async def test_a_visit_ends_with_the_presence_of_who_came_for_it(store, gateway, clock):
    bob, token = await person(store, "bob")
    guild_id = general(store).guild_id
    async with store.transaction(bob) as tx:
        await tx.conn.execute("update members set temporary = true where user_id = $1", bob.id)
    client = Client(gateway)
    await client.identify(token)
    client.vanish()
    clock.pass_by(gateway, 9)
    await gateway.presences.settle()
    assert bob.id in store.directory.guilds[guild_id].members
    clock.pass_by(gateway, 2)
    await gateway.presences.settle()
    assert bob.id not in store.directory.guilds[guild_id].members


async def test_a_reload_shows_no_flicker(store, gateway, clock):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await seen(watcher, gateway, ada)
    client.hang_up(1001)
    clock.pass_by(gateway, 5)
    await Client(gateway).identify(token)
    clock.pass_by(gateway, 30)
    assert await seen(watcher, gateway, ada) == []


async def test_a_resume_shows_no_flicker(store, gateway, clock):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token, presence={"status": "idle", "activities": [], "afk": True, "since": 5})
    assert await seen(watcher, gateway, ada) == ["idle"]
    client.read()
    client.vanish()
    clock.pass_by(gateway, 9)
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq)
    clock.pass_by(gateway, 30)
    assert await seen(watcher, gateway, ada) == []


async def test_op_3_is_told_once_and_the_same_again_is_silent(store, gateway):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await seen(watcher, gateway, ada)
    for _ in range(2):
        await client.send(3, {"since": None, "activities": [], "status": "dnd", "afk": False})
    assert await seen(watcher, gateway, ada) == ["dnd"]
    await client.send(3, {"since": None, "activities": [], "status": "invisible", "afk": False})
    assert await seen(watcher, gateway, ada) == ["offline"]


async def test_an_activity_comes_with_its_time_and_an_old_game_counts(store, gateway):
    watcher = await watched(store, gateway)
    robot, token = await bot(store, "robot")
    client = Client(gateway)
    await client.identify(token, presence={"status": "online", "game": {"name": "chess", "type": 0}})
    await gateway.presences.settle()
    (activity,) = watcher.dispatches("PRESENCE_UPDATE")[-1]["activities"]
    assert (activity["name"], activity["type"]) == ("chess", 0) and activity["created_at"] > 1_600_000_000_000


async def test_the_same_activity_again_goes_on_and_is_silent(store, gateway):
    watcher = await watched(store, gateway)
    robot, token = await bot(store, "robot")
    client = Client(gateway)
    await client.identify(token)
    await seen(watcher, gateway, robot)
    chess, tea = {"name": "chess", "type": 0}, {"name": "tea", "type": 0}
    await client.send(3, {"status": "online", "activities": [chess]})
    began = gateway.presences.of_user(robot.id).activities[0]["created_at"]
    assert await seen(watcher, gateway, robot) == ["online"]
    store.clock = lambda real=store.clock: real() + 60
    await client.send(3, {"status": "online", "activities": [chess]})
    assert await seen(watcher, gateway, robot) == []
    await client.send(3, {"status": "online", "activities": [tea, chess]})
    tea_shown, chess_shown = gateway.presences.of_user(robot.id).activities
    assert chess_shown["created_at"] == began and tea_shown["created_at"] >= began + 60_000
    assert await seen(watcher, gateway, robot) == ["online"]


async def test_the_status_that_a_person_chose_is_not_overwritten_by_a_reconnect(store, gateway, clock):
    watcher = await watched(store, gateway)
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await client.send(3, {"status": "dnd", "activities": []})
    client.hang_up(1000)
    clock.pass_by(gateway, 20)
    await seen(watcher, gateway, ada)
    await Client(gateway).identify(token)
    assert await seen(watcher, gateway, ada) == ["dnd"]


async def test_after_a_kill_people_are_expected_back_before_they_count_as_gone(store, another_store, gateway):
    ada, ada_token = await person(store, "ada")
    bob, bob_token = await person(store, "bob")
    clients = [Client(gateway), Client(gateway)]
    await clients[0].identify(ada_token)
    await clients[1].identify(bob_token)
    await gateway.rows.settle()
    later = await another_store()
    clock = Clock()
    reborn = gateway_on(later, clock)
    await reborn.start()
    assert reborn.is_online(ada.id) and reborn.is_online(bob.id)
    back = Client(reborn)
    clients[0].read()
    await back.resume(ada_token, clients[0].session_id, clients[0].seq)
    clock.pass_by(reborn, 61)
    await reborn.presences.settle()
    assert reborn.is_online(ada.id) and not reborn.is_online(bob.id)
    assert [(d["user"]["id"], d["status"]) for d in back.dispatches("PRESENCE_UPDATE")] == [
        (str(bob.id), "offline")
    ]
    await settled(reborn)


async def test_a_resumed_session_has_the_presence_it_had(store, gateway):
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    await client.send(3, {"status": "idle", "activities": [{"name": "tea", "type": 0}]})
    await gateway.rows.settle()
    row = await gateway.rows.find(client.session_id)
    assert json.loads(row.presence)["status"] == "idle"
    reborn = gateway_on(store, Clock())
    await reborn.start()
    shown = reborn.presences.of_user(ada.id)
    assert shown.status == "idle" and shown.activities[0]["name"] == "tea"


async def test_presence_grace_is_a_setting(store, clock):
    gateway = gateway_on(store, clock, presence_grace_s=2.0)
    ada, token = await person(store, "ada")
    client = Client(gateway)
    await client.identify(token)
    client.vanish()
    clock.pass_by(gateway, 1)
    assert gateway.is_online(ada.id)
    clock.pass_by(gateway, 2)
    assert not gateway.is_online(ada.id)
    await settled(gateway)
