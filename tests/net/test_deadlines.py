"""One sweep for all time limits, on a clock that the test owns."""

from __future__ import annotations

import gc
import random
import weakref

import pytest

from chatd.net.deadlines import Deadlines
from tests.net.tools import Clock


class Item:
    def __init__(self) -> None:
        self.due: float | None = None
        self.bucket = 0
        self.told: list[float] = []

    def on_due(self, now: float) -> None:
        self.told.append(now)


def made() -> tuple[Deadlines, Clock]:
    clock = Clock()
    return Deadlines(clock=clock), clock


def sweep_to(deadlines: Deadlines, clock: Clock, now: float) -> None:
    clock.now = now
    deadlines.sweep()


def test_an_item_is_told_once_and_not_before_its_time() -> None:
    deadlines, clock = made()
    item = Item()
    deadlines.after(item, 2.5)
    for now in (1001.0, 1002.0):
        sweep_to(deadlines, clock, now)
        assert item.told == []
    sweep_to(deadlines, clock, 1003.0)
    sweep_to(deadlines, clock, 1010.0)
    assert item.told == [1003.0]


def test_moving_a_due_time_back_is_an_assignment_and_forward_a_move() -> None:
    deadlines, clock = made()
    item = Item()
    deadlines.after(item, 5)
    deadlines.after(item, 60)
    sweep_to(deadlines, clock, 1006.0)
    assert item.told == []
    deadlines.after(item, 2)
    sweep_to(deadlines, clock, 1009.0)
    assert item.told == [1009.0]


def test_a_cleared_due_time_tells_nobody() -> None:
    deadlines, clock = made()
    item = Item()
    deadlines.after(item, 2)
    item.due = None
    sweep_to(deadlines, clock, 1100.0)
    assert item.told == [] and item.bucket == 0


def test_a_forgotten_item_is_let_go() -> None:
    deadlines, _ = made()
    item = Item()
    deadlines.after(item, 60)
    deadlines.forget(item)
    alive = weakref.ref(item)
    del item
    gc.collect()
    assert alive() is None


def test_a_due_time_in_the_past_is_told_at_the_next_sweep() -> None:
    deadlines, clock = made()
    sweep_to(deadlines, clock, 1010.0)
    item = Item()
    deadlines.at(item, 1000.0)
    sweep_to(deadlines, clock, 1011.0)
    assert item.told == [1011.0]


def test_an_item_may_forget_another_that_is_due_in_the_same_sweep() -> None:
    deadlines, clock = made()
    items = [Item() for _ in range(10)]
    for item in items:
        item.on_due = lambda now, item=item: (  # type: ignore[method-assign]
            item.told.append(now),
            [deadlines.forget(other) for other in items],
        )
        deadlines.after(item, 1)
    sweep_to(deadlines, clock, 1005.0)
    assert sum(len(item.told) for item in items) == 1


def test_one_failing_item_does_not_keep_the_others_waiting(caplog: pytest.LogCaptureFixture) -> None:
    deadlines, clock = made()
    items = [Item(), Item(), Item()]

    def fail(now: float) -> None:
        raise LookupError("on purpose")

    items[1].on_due = fail  # type: ignore[method-assign]
    for item in items:
        deadlines.after(item, 1)
    with caplog.at_level("ERROR", "chatd"):
        sweep_to(deadlines, clock, 1002.0)
    assert items[0].told and items[2].told
    assert "on purpose" in caplog.text


def test_any_sequence_tells_each_item_within_one_tick_of_its_time(rng: random.Random) -> None:
    deadlines, clock = made()
    items = [Item() for _ in range(30)]
    for _ in range(2000):
        item = rng.choice(items)
        move = rng.random()
        if move < 0.6:
            deadlines.after(item, rng.uniform(0, 20))
        elif move < 0.7:
            deadlines.forget(item)
        due = {id(item): item.due for item in items}
        told = {id(item): len(item.told) for item in items}
        if move > 0.5:
            sweep_to(deadlines, clock, clock.now + rng.uniform(0, 3))
            for item in items:
                was_due = due[id(item)]
                rang = len(item.told) > told[id(item)]
                if was_due is None or was_due > clock.now:
                    assert not rang
                elif was_due <= clock.now - deadlines.tick_s:
                    assert rang
