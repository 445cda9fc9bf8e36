"""A coroutine's first step without a Task, and with everything that a Task would give it."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import pytest

from chatd.net import eager


async def in_callback(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Start a coroutine where no Task is current, as a transport's callback does."""
    loop = asyncio.get_running_loop()
    outcome = loop.create_future()
    loop.call_soon(lambda: outcome.set_result(eager.start(coroutine)))
    return await outcome


async def ended(outcome: Any) -> Any:
    await asyncio.wait([outcome])
    return outcome


async def test_a_coroutine_that_never_suspends_is_over_at_once() -> None:
    done = []

    async def work() -> str:
        done.append(1)
        return "dropped"

    assert await in_callback(work()) is None
    assert done == [1]


async def test_an_exception_of_the_first_step_is_kept_not_raised() -> None:
    async def work() -> None:
        raise LookupError("first step")

    outcome = await in_callback(work())
    assert outcome.done()
    assert isinstance(eager.failure_of(outcome), LookupError)


async def test_a_coroutine_that_suspends_becomes_a_task_and_goes_on() -> None:
    gate = asyncio.get_running_loop().create_future()
    steps = []

    async def work() -> int:
        steps.append("first")
        steps.append(await gate)
        await asyncio.sleep(0)
        return 7

    outcome = await in_callback(work())
    assert isinstance(outcome, asyncio.Task) and not outcome.done() and steps == ["first"]
    gate.set_result("second")
    assert await outcome == 7
    assert steps == ["first", "second"]


async def test_a_future_that_fails_raises_where_the_coroutine_waits() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> str:
        try:
            await gate
        except LookupError:
            return "caught"
        return "missed"

    outcome = await in_callback(work())
    gate.set_exception(LookupError())
    assert await outcome == "caught"


async def test_sleeping_zero_seconds_first_is_a_suspension() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 1

    assert await (await in_callback(work())) == 1


async def test_asyncio_timeout_works_from_the_first_line() -> None:
    async def work() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            return "timed out"
        return "not"

    assert await (await in_callback(work())) == "timed out"


async def test_a_timeout_that_is_already_over_works_too() -> None:
    async def work() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            return "timed out"
        return "not"

    assert await (await in_callback(work())) == "timed out"


async def test_a_task_group_works_from_the_first_line() -> None:
    async def part(value: int) -> int:
        await asyncio.sleep(0)
        return value

    async def work() -> list[int]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part(value)) for value in range(3)]
        return [task.result() for task in tasks]

    assert await (await in_callback(work())) == [0, 1, 2]


async def test_a_failing_child_cancels_the_group_and_its_parent() -> None:
    async def fail() -> None:
        raise LookupError

    async def work() -> str:
        end = "not"
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                await asyncio.get_running_loop().create_future()
        except* LookupError:
            end = "cancelled by the child"
        return end

    outcome = await in_callback(work())
    assert await outcome == "cancelled by the child"
    assert outcome.cancelling() == 0


async def test_cancelling_before_the_task_ran_cancels_what_is_waited_for() -> None:
    loop = asyncio.get_running_loop()
    gate = loop.create_future()
    seen = []

    async def work() -> None:
        try:
            await gate
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    started = loop.create_future()

    def start_and_cancel() -> None:
        outcome = eager.start(work())
        assert outcome is not None
        outcome.cancel()
        started.set_result(outcome)

    loop.call_soon(start_and_cancel)
    outcome = await ended(await started)
    assert outcome.cancelled() and gate.cancelled() and seen == ["cancelled"]
    assert eager.failure_of(outcome) is None


async def test_cancelling_itself_in_the_first_step_arrives_at_the_first_suspension() -> None:
    steps = []

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        steps.append(task.cancelling())
        await asyncio.sleep(0)
        steps.append("too far")

    outcome = await ended(await in_callback(work()))
    assert outcome.cancelled() and steps == [1]


async def test_cancellations_of_the_first_step_can_be_counted_and_taken_back() -> None:
    counts = []

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        for change in (task.cancel, task.cancel, task.uncancel, task.uncancel, task.uncancel):
            change()
            counts.append(task.cancelling())

    await in_callback(work())
    assert counts == [1, 2, 1, 0, 0]


async def test_a_done_callback_set_in_the_first_step_is_called_after_the_last() -> None:
    loop = asyncio.get_running_loop()
    called = loop.create_future()

    async def work() -> str:
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(called.set_result)
        await asyncio.sleep(0)
        return "result"

    await in_callback(work())
    assert (await called).result() == "result"


async def test_a_done_callback_is_called_when_there_was_only_a_first_step() -> None:
    called = asyncio.get_running_loop().create_future()

    async def work() -> str:
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(called.set_result)
        return "result"

    assert await in_callback(work()) is None
    assert (await called).result() == "result"


async def test_context_variables_do_not_leak_and_last_through_the_suspension() -> None:
    variable = contextvars.ContextVar("variable", default="outer")
    seen = []

    async def work() -> None:
        variable.set("inner")
        await asyncio.sleep(0)
        seen.append(variable.get())

    loop = asyncio.get_running_loop()
    started = loop.create_future()

    def start_and_look() -> None:
        started.set_result(eager.start(work()))
        seen.append(variable.get())

    loop.call_soon(start_and_look)
    await (await started)
    assert seen == ["outer", "inner"]


async def test_inside_a_task_an_ordinary_task_is_made() -> None:
    steps = []

    async def work() -> None:
        steps.append(asyncio.current_task())

    outcome = eager.start(work())
    assert isinstance(outcome, asyncio.Task) and steps == []
    await outcome
    assert steps == [outcome]


async def test_no_task_is_current_afterwards() -> None:
    async def suspends() -> None:
        await asyncio.sleep(0)

    async def fails() -> None:
        raise LookupError

    current = []
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def run() -> None:
        for coroutine in (suspends(), fails()):
            eager.start(coroutine)
            current.append(asyncio.current_task(loop))
        done.set_result(None)

    loop.call_soon(run)
    await done
    await asyncio.sleep(0)
    assert current == [None, None]


async def test_a_failure_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fails_at_once() -> None:
        raise LookupError("at once")

    async def fails_later() -> None:
        await asyncio.sleep(0)
        raise LookupError("later")

    with caplog.at_level("ERROR", "chatd"):
        eager.run_detached(fails_at_once(), "background work failed")
        eager.run_detached(fails_later(), "background work failed")
        for _ in range(4):
            await asyncio.sleep(0)
    assert "at once" in caplog.text and "later" in caplog.text
