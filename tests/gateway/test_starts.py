"""How often a bot may begin a session: by the day, and shard by shard."""

from __future__ import annotations

from chatd.gateway.opcodes import Opcode
from chatd.gateway.settings import GatewaySettings
from chatd.gateway.starts import DAY_S, SessionStarts
from tests.gateway.client import Client, Clock, gateway_on
from tests.people import bot, person

ADA, BOB = 1, 2


def starts(per_day: int = 1000, max_concurrency: int = 1) -> SessionStarts:
    return SessionStarts(
        GatewaySettings(session_starts_per_day=per_day, max_concurrency=max_concurrency)
    )  # fmt: skip


def test_one_session_of_a_bot_begins_in_five_seconds():
    counted = starts()
    assert counted.wait_s(ADA, 0, 100.0) == 0
    assert counted.wait_s(ADA, 0, 102.0) == 3
    assert counted.wait_s(BOB, 0, 102.0) == 0
    assert counted.wait_s(ADA, 0, 105.0) == 0


def test_shards_wait_for_those_of_the_same_remainder():
    counted = starts(max_concurrency=2)
    assert [counted.wait_s(ADA, shard, 100.0) for shard in range(4)] == [0, 0, 5, 5]
    assert [counted.wait_s(ADA, shard, 105.0) for shard in (2, 3)] == [0, 0]


def test_a_day_has_an_end():
    counted = starts(per_day=2)
    assert [counted.wait_s(ADA, 0, 5.0 * number) for number in range(3)] == [0, 0, 5]
    assert counted.left(ADA, 20.0) == {
        "total": 2, "remaining": 0, "reset_after": int((DAY_S - 20) * 1000), "max_concurrency": 1
    }  # fmt: skip
    assert counted.left(ADA, DAY_S)["remaining"] == 2
    assert counted.wait_s(ADA, 0, DAY_S) == 0


def test_without_a_limit_all_remain():
    counted = starts(per_day=0)
    assert [counted.wait_s(ADA, 0, 0.0) for _ in range(3)] == [0, 0, 0]
    assert counted.left(ADA, 0.0) == {
        "total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1
    }  # fmt: skip


async def test_who_is_too_early_is_told_when_it_may_try_again(store):
    clock = Clock()
    gateway = gateway_on(store, clock, session_starts_per_day=1000)
    _, token = await bot(store, "robo")
    began = clock.now
    await Client(gateway).identify(token)
    early = Client(gateway)
    await early.send(Opcode.IDENTIFY, {"token": token, "intents": 0, "properties": {}})
    assert clock.now == began + 5
    assert early.ops()[-1] == Opcode.INVALID_SESSION and early.payloads[-1]["d"] is False
    assert early.closed_with is None
    ready = await early.identify(token)
    assert ready["user"]["username"] == "robo"
    assert gateway.session_start_limit(int(ready["user"]["id"]))["remaining"] == 998


async def test_people_are_not_counted(store):
    gateway = gateway_on(store, Clock(), session_starts_per_day=1)
    ada, token = await person(store, "ada")
    for _ in range(3):
        await Client(gateway).identify(token)
    assert gateway.session_start_limit(ada.id)["remaining"] == 1
