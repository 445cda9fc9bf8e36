"""A browser for the run, and pages that fail their test on any error that their console shows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

# Names under which Debian and others install it.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# For how long a page is looked at until it shows what is expected. A busy machine may take long.
EXPECTED_WITHIN_MS = 20_000


@pytest.fixture(scope="session")
def browser(runner: asyncio.Runner) -> Any:
    """A headless Chromium that starts with the first test that asks for it."""
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=EXPECTED_WITHIN_MS)
    executable = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    assert executable, "the browser tests need Chromium: apt-get install chromium"
    playwright = runner.run(async_playwright().start())
    browser = runner.run(
        playwright.chromium.launch(executable_path=executable, args=["--disable-dev-shm-usage"])
    )
    yield browser
    runner.run(browser.close())
    runner.run(playwright.stop())


@asynccontextmanager
async def visitor(browser: Any, url: str, *, network_errors_expected: bool = False) -> AsyncIterator[Any]:
    """Somebody's own browser profile with one page; console errors and broken policies fail the test."""
    context = await browser.new_context(base_url=url)
    page = await context.new_page()
    page.set_default_timeout(30_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    await context.close()
    if network_errors_expected:  # Chromium reports each refused connection while the server is away.
        problems = [problem for problem in problems if "ERR_" not in problem and "WebSocket" not in problem]
    assert not problems, problems
