"""A coroutine's first step, taken at once; a Task is made only if that step suspends.

Most messages are handled without waiting for anything, so most need no Task: no allocation of one, no
second loop pass. From Python 3.12 on asyncio does this itself (`eager_start`). On 3.11 the first step
is taken by hand with a stand-in as the current task. The stand-in forwards to the real Task once there
is one, so `asyncio.timeout()` and `asyncio.TaskGroup` work from a handler's first line, and a
cancellation that is asked for during the first step arrives at the first suspension, as it would in a
Task. If a Task is current already, an ordinary Task is made: two cannot be current at once.

One difference remains on 3.11: `asyncio.current_task()` is another object before the first suspension
than after it.

Knows nothing of connections. Nothing here keeps a Task alive: the caller holds what `start` returns.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Callable, Coroutine
from typing import Any

from chatd.log import logger

log = logger.child("net")

# What a coroutine yields to its Task: a future, or None for "let others run first".
NOTHING = object()

# Tasks of run_detached; the loop itself holds Tasks only weakly.
_detached: set[asyncio.Task[Any] | FirstStep] = set()


def start(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | FirstStep | None:
    """Run `coroutine` up to its first suspension.

    Returns None when it has returned (its value is dropped), else something with the interface of a Task:
    running, or done already because the first step raised. Nothing is raised from here; whoever holds the
    outcome looks at failure_of(…) when it is done.
    """
    loop = asyncio.get_running_loop()
    step = FirstStep(loop, coroutine)
    try:
        _enter_task(loop, step)  # type: ignore[arg-type]
    except RuntimeError:
        return loop.create_task(coroutine)
    try:
        waited = step.context.run(coroutine.send, None)
    except StopIteration as stop:
        if step.callbacks:
            step.finish(stop.value, None)
        return None
    except (KeyboardInterrupt, SystemExit) as error:
        step.finish(None, error)
        raise
    except BaseException as error:
        return step.finish(None, error)
    finally:
        _leave_task(loop, step)  # type: ignore[arg-type]
    return step.go_on(waited)


if sys.version_info >= (3, 12):

    def start(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | FirstStep | None:
        loop = asyncio.get_running_loop()
        if asyncio.current_task(loop) is not None:
            return loop.create_task(coroutine)
        task = asyncio.Task(coroutine, loop=loop, eager_start=True)
        returned = task.done() and not task.cancelled() and task.exception() is None
        return None if returned else task


def failure_of(outcome: asyncio.Task[Any] | FirstStep) -> BaseException | None:
    """The exception of something done, or None; a cancelled one has none."""
    return None if outcome.cancelled() else outcome.exception()


def run_detached(coroutine: Coroutine[Any, Any, Any], event: str) -> None:
    """Start a coroutine that nobody waits for. If it fails, that is logged as `event`."""

    def ended(outcome: asyncio.Task[Any] | FirstStep) -> None:
        _detached.discard(outcome)
        failure = failure_of(outcome)
        if failure is not None:
            log.exception(event, failure)

    outcome = start(coroutine)
    if outcome is not None and outcome.done():
        ended(outcome)
    elif outcome is not None:
        _detached.add(outcome)
        outcome.add_done_callback(ended)


class FirstStep:
    """The current task while a coroutine takes its first step on 3.11; afterwards its outcome.

    Has the part of Task's interface that a running coroutine reaches for. `task` is the real Task,
    None unless the coroutine has suspended.
    """

    # Few first steps need more than their loop and context: the rest are attributes of the class until then.
    task: asyncio.Task[Any] | None = None
    callbacks: tuple[tuple[Callable[[Any], object], contextvars.Context | None], ...] = ()
    _cancels: tuple[Any, ...] = ()
    _done = False
    _result: Any = None
    _failure: BaseException | None = None

    def __init__(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._loop = loop
        self._coroutine = coroutine
        self.context = contextvars.copy_context()

    def finish(self, result: Any, failure: BaseException | None) -> FirstStep:
        """The coroutine has ended within its first step."""
        self._done, self._result, self._failure = True, result, failure
        for callback, context in self.callbacks:
            self._loop.call_soon(callback, self, context=context)
        return self

    def go_on(self, waited: Any) -> asyncio.Task[Any]:
        """The coroutine waits for `waited`: from here on it needs a Task."""
        task = asyncio.Task(Continuation(self._coroutine, waited), loop=self._loop, context=self.context)
        self.task = task
        for message in self._cancels:
            task.cancel(message)
        for callback, context in self.callbacks:
            task.add_done_callback(callback, context=context)
        return task

    # ── Task's interface ──

    def cancel(self, msg: Any = None) -> bool:
        if self.task is not None:
            return self.task.cancel(msg)
        if not self._done:
            self._cancels += (msg,)
        return not self._done

    def cancelling(self) -> int:
        return len(self._cancels) if self.task is None else self.task.cancelling()

    def uncancel(self) -> int:
        if self.task is not None:
            return self.task.uncancel()
        self._cancels = self._cancels[:-1]
        return len(self._cancels)

    def done(self) -> bool:
        return self._done if self.task is None else self.task.done()

    def cancelled(self) -> bool:
        if self.task is not None:
            return self.task.cancelled()
        return isinstance(self._failure, asyncio.CancelledError)

    def result(self) -> Any:
        if self.task is not None:
            return self.task.result()
        if self._failure is not None:
            raise self._failure
        if not self._done:
            raise asyncio.InvalidStateError("Result is not set.")
        return self._result

    def exception(self) -> BaseException | None:
        if self.task is not None:
            return self.task.exception()
        if self.cancelled():
            assert self._failure is not None
            raise self._failure
        if not self._done:
            raise asyncio.InvalidStateError("Exception is not set.")
        return self._failure

    def add_done_callback(
        self, callback: Callable[[Any], object], *, context: contextvars.Context | None = None
    ) -> None:
        if self.task is not None:
            self.task.add_done_callback(callback, context=context)
        elif self._done:
            self._loop.call_soon(callback, self, context=context)
        else:
            self.callbacks += ((callback, context),)

    def remove_done_callback(self, callback: Callable[[Any], object]) -> int:
        if self.task is not None:
            return self.task.remove_done_callback(callback)
        kept = tuple(entry for entry in self.callbacks if entry[0] != callback)
        removed = len(self.callbacks) - len(kept)
        self.callbacks = kept
        return removed

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def get_coro(self) -> Coroutine[Any, Any, Any]:
        return self._coroutine

    def get_name(self) -> str:
        return f"FirstStep-{id(self):x}" if self.task is None else self.task.get_name()

    def __repr__(self) -> str:
        return f"<FirstStep coro={self._coroutine!r} task={self.task!r}>"


class Continuation(Coroutine[Any, Any, Any]):
    """What the Task runs: yields first what the coroutine already waits for, then goes on with it."""

    __slots__ = ("_coroutine", "_waited")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], waited: Any) -> None:
        self._coroutine = coroutine
        self._waited = waited

    def send(self, value: Any) -> Any:
        if self._waited is NOTHING:
            return self._coroutine.send(value)
        waited, self._waited = self._waited, NOTHING
        return waited

    def throw(self, error: Any, value: Any = None, traceback: Any = None) -> Any:
        waited, self._waited = self._waited, NOTHING
        # A Task that is cancelled while it waits cancels what it waits for, and hears of it from there.
        # This one is cancelled before its first step: it does the same, late.
        if isinstance(error, asyncio.CancelledError) and isinstance(waited, asyncio.Future):
            if waited.cancel(*error.args):
                return waited
        return self._coroutine.throw(error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Any:
        return self

    def __repr__(self) -> str:
        return f"<Continuation of {self._coroutine!r}>"
