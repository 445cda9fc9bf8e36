"""Slow mode: a pause between what one member says and what they say next."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chatd.model.errors import SlowModeActive
from chatd.model.permissions import Permission
from tests.beats import refused
from tests.conftest import opened_store
from tests.people import general, person
from tests.places import edit_channel, manager, owner_of
from tests.talk import say


class Clock:
    """Unix seconds that only a test moves."""

    def __init__(self) -> None:
        self.now_s = float(int(time.time()))

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(store: Any) -> Clock:
    store.clock = store.mint._clock = Clock()
    return store.clock


async def slow(store: Any, seconds: int) -> Any:
    owner = await owner_of(store)
    await edit_channel(store, owner, general(store).id, rate_limit_per_user=seconds)
    return owner


async def test_one_waits_between_two_messages_and_others_do_not(store, clock):
    await slow(store, 10)
    (ada, _), (bob, _) = await person(store, "ada"), await person(store, "bob")
    await say(store, ada)
    await say(store, bob)
    clock.now_s += 4
    async with refused(store, SlowModeActive) as caught:
        await say(store, ada)
    assert caught.value.body() == {
        "message": "This action cannot be performed due to slowmode rate limit", "code": 20016,
        "retry_after": 6.0, "global": False,
    }  # fmt: skip
    clock.now_s += 6
    await say(store, ada)


@pytest.mark.parametrize("exempt", ["MANAGE_MESSAGES", "MANAGE_CHANNELS", "BYPASS_SLOWMODE"])
async def test_some_need_not_wait(store, clock, exempt):
    owner = await slow(store, 10)
    keeper = await manager(store, owner, "keeper", Permission[exempt])
    for actor in (keeper, keeper, owner, owner):
        await say(store, actor)


async def test_without_it_nobody_waits_and_what_was_said_before_it_does_not_count(store, clock):
    ada, _ = await person(store, "ada")
    await say(store, ada)
    await say(store, ada)
    owner = await slow(store, 10)
    await say(store, ada)
    async with refused(store, SlowModeActive):
        await say(store, ada)
    await edit_channel(store, owner, general(store).id, rate_limit_per_user=0)
    await say(store, ada)


async def test_a_message_that_fails_uses_no_turn(store, clock):
    await slow(store, 10)
    ada, _ = await person(store, "ada")
    with pytest.raises(Exception, match="empty message"):
        await say(store, ada, content=" ")
    await say(store, ada)


async def test_of_two_at_once_one_is_too_early(store, clock):
    import asyncio

    await slow(store, 10)
    ada, _ = await person(store, "ada")
    answers = await asyncio.gather(say(store, ada), say(store, ada), return_exceptions=True)
    assert [isinstance(answer, SlowModeActive) for answer in answers].count(True) == 1


async def test_who_lost_the_answer_gets_it_and_not_a_refusal(store, clock):
    await slow(store, 10)
    ada, _ = await person(store, "ada")
    sent = await say(store, ada, nonce="n", enforce_nonce=True)
    assert (await say(store, ada, nonce="n", enforce_nonce=True)).id == sent.id
    async with refused(store, SlowModeActive):
        await say(store, ada, nonce="other", enforce_nonce=True)


async def test_a_restart_lets_nobody_speak_earlier(store, pool):
    await slow(store, 1000)
    (ada, _), (bob, _) = await person(store, "ada"), await person(store, "bob")
    await say(store, ada)
    again = await opened_store(pool, process=1)
    try:
        await say(again, bob)
        async with refused(again, SlowModeActive):
            await say(again, ada)
    finally:
        await again.close()
