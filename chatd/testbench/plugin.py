"""The plug-in of pytest: a test that asks for `chat` gets one.

    testbench    the server, started with the first test that needs it; one for each process of xdist
    chat         a clean chat for the test. In an `async def` test its verbs are awaited, in others they block

An `async def` test that asks for `chat` runs by itself, where neither pytest-asyncio nor anyio claims it.
A test that fails shows what happened on the bench.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Generator, Iterator

import pytest

from chatd.testbench.asking import Refused, by_awaiting, by_blocking, exchange, granted
from chatd.testbench.client import Chat
from chatd.testbench.process import BenchProcess, started
from chatd.testbench.waiting import told

SHOWN_MAX = 50
CLAIMED = ("asyncio", "anyio", "trio", "tornado_asyncio")


@pytest.fixture(scope="session")
def testbench() -> Iterator[BenchProcess]:
    """A throw-away server; `testbench.running(command)` runs a bot on it."""
    with started() as bench:
        yield bench


@pytest.fixture
def chat(request: pytest.FixtureRequest, testbench: BenchProcess) -> Chat:
    """A guild of this test's own, with the bot in it."""
    is_async = inspect.iscoroutinefunction(inspect.unwrap(request.function))
    return testbench.chat(by_awaiting if is_async else by_blocking)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an async test that uses the bench and that nobody else runs."""
    is_ours = "chat" in pyfuncitem.fixturenames and inspect.iscoroutinefunction(pyfuncitem.obj)
    if not is_ours or any(pyfuncitem.get_closest_marker(name) for name in CLAIMED):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    chat = getattr(item, "funcargs", {}).get("chat")
    if report.when == "call" and report.failed and isinstance(chat, Chat):
        report.sections.append(("what happened on the bench", story_of(chat)))
    return report


def story_of(chat: Chat) -> str:
    """The end of the log, a line each."""
    try:
        records = granted(exchange(chat.control, chat.log_ask()))
    except (OSError, Refused) as error:
        return f"it cannot be asked any more: {error}"
    return "\n".join(map(told, records[-SHOWN_MAX:]))
