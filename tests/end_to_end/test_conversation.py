"""One conversation of two browsers and an ordinary bot, through everything that can happen to it.

The server is killed in the middle. Afterwards each of the three has seen every message exactly once, in
the same order.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any

from playwright.async_api import expect

from tests.end_to_end.chatd_process import ROOT, running
from tests.end_to_end.conftest import visitor

TEST_SECONDS_MAX = 240
PASSWORD = "correct horse battery"
TEXTS_WITHOUT_MARKS = """contents => contents.map((content) => {
    const text = content.cloneNode(true);
    for (const mark of text.querySelectorAll(".edited")) mark.remove();
    return text.textContent.trim();
})"""


class PingBot:
    """The bot's process, and what it has seen."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    async def start(self, url: str, token: str) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "tests/end_to_end/ping_bot.py"),
            url,
            token,
            stdout=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read())

    async def saw(self, event: str, **fields: Any) -> dict[str, Any]:
        """Wait until the bot has seen such an event."""
        while True:
            for line in self.seen:
                if line["event"] == event and fields.items() <= line.items():
                    return line
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 45)

    def messages(self) -> list[str]:
        return [line["content"] for line in self.seen if line["event"] == "message"]

    async def stop(self) -> None:
        self.process.kill()
        await self.process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.seen.append(json.loads(line))
            self._news.set()


async def sign_up(page: Any, form: str, username: str) -> None:
    await page.fill(f"{form} [name=username]", username)
    await page.fill(f"{form} [name=password]", PASSWORD)
    await page.click(f"{form} [type=submit]")
    await live(page)


async def live(page: Any) -> None:
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=45_000)


async def say(page: Any, text: str) -> None:
    await page.fill("#composer", text)
    await page.press("#composer", "Enter")


async def contents(page: Any) -> list[str]:
    """What people said, as the page shows it from top to bottom, without what is still on its way."""
    contents = page.locator("article.message[data-message-id]:not(.notice) .content")
    return list(await contents.evaluate_all(TEXTS_WITHOUT_MARKS))


def message(page: Any, text: str) -> Any:
    content = page.locator(".content", has_text=re.compile(f"^{re.escape(text)}( edited)?$"))
    return page.locator("article.message[data-message-id]", has=content)


async def test_two_pages_and_a_bot_hold_one_conversation_through_a_kill(browser, fast_path):
    async with (
        running(fast_path / "data", CHATD_GATEWAY_PRESENCE_GRACE_S="1") as server,
        visitor(browser, server.url, network_errors_expected=True) as ada,
        visitor(browser, server.url, network_errors_expected=True) as bob,
    ):
        bot = PingBot()
        made = await server.command("bot", "create", "pinger")
        await bot.start(server.url, made["token"])
        try:
            await bot.saw("ready", guilds=["chatd"])
            await both_arrive(server, ada, bob, bot)
            await they_talk(ada, bob, bot)
            await one_goes_and_comes_back(ada, bob, bot)
            await the_server_is_killed(server, ada, bob, bot)
            assert server.log.count(" resumed ") == 3, server.log
        finally:
            await bot.stop()


async def both_arrive(server: Any, ada: Any, bob: Any, bot: PingBot) -> None:
    """The one-time link makes the owner; somebody with a deep link signs up and lands where it leads."""
    await ada.goto("/")
    assert ada.url.endswith("/login")
    await ada.goto(server.ready["setup"])
    await sign_up(ada, "#setup-form", "ada")
    await expect(ada.locator("#title")).to_contain_text("general")
    await ada.get_by_role("link", name="general").click()
    await ada.wait_for_url(re.compile(r"/channels/\d+/\d+$"))
    general = ada.url

    await bob.goto(general)
    assert "/login?next=" in bob.url
    await bob.get_by_role("link", name="Create an account").click()
    await sign_up(bob, "#register-form", "bob")
    assert bob.url == general
    await bot.saw("join", user="bob")
    await bot.saw("presence", user="bob", status="online")
    for page in (ada, bob):
        for name in ("ada", "bob", "pinger"):
            person = page.locator("#members li", has_text=name)
            await expect(person).to_have_attribute("data-status", "online")
        await expect(page.locator("article.notice .content")).to_have_text(
            [re.compile(rf"^{name} joined\.") for name in ("pinger", "ada", "bob")]  # and then, when
        )


async def they_talk(ada: Any, bob: Any, bot: PingBot) -> None:
    await say(ada, "!ping one")
    for page in (ada, bob):
        await expect(message(page, "pong one")).to_have_count(1)
    assert await contents(ada) == await contents(bob) == ["!ping one", "pong one"]

    await bob.locator("#composer").press_sequentially("I am wri")
    await expect(ada.locator("#typing")).to_contain_text("bob")
    await bot.saw("typing", user="bob")
    await say(bob, "I am writing")
    await expect(ada.locator("#typing")).not_to_contain_text("bob")

    await say(ada, "helo")
    await expect(message(bob, "helo")).to_have_count(1)
    await ada.press("#composer", "ArrowUp")
    await ada.fill(".edit-box", "hello")
    await ada.press(".edit-box", "Enter")
    await expect(message(bob, "hello")).to_have_count(1)
    await bot.saw("edit", before="helo", after="hello")

    await message(bob, "I am writing").click(button="right")
    await bob.get_by_role("menuitem", name="Delete").click()
    await bob.locator("#confirm").get_by_role("button", name="Delete").click()
    await expect(message(ada, "I am writing")).to_have_count(0)
    await bot.saw("delete", content="I am writing")


async def one_goes_and_comes_back(ada: Any, bob: Any, bot: PingBot) -> None:
    """A reload shows the same history and no flicker; a page that is left is offline after the grace."""
    before = await contents(ada)
    await ada.reload()
    await live(ada)
    await expect(message(ada, "hello")).to_have_count(1)
    assert await contents(ada) == before == ["!ping one", "pong one", "hello"]

    here = bob.url
    await bob.goto("about:blank")
    await expect(ada.locator("#members li", has_text="bob")).to_have_attribute("data-status", "offline")
    await bot.saw("presence", user="bob", status="offline")
    await say(ada, "while you were out")
    await bob.goto(here)
    await live(bob)
    await expect(message(bob, "while you were out")).to_have_count(1)
    await expect(ada.locator("#members li", has_text="bob")).to_have_attribute("data-status", "online")


async def the_server_is_killed(server: Any, ada: Any, bob: Any, bot: PingBot) -> None:
    """Both pages go on writing while the server dies and comes back; all three resume and miss nothing."""
    seen_before = bot.messages()

    async def write(page: Any, name: str) -> None:
        for number in range(12):
            await say(page, f"{name} {number}")

    async def kill_and_start() -> None:
        await expect(message(ada, "bob 3")).to_have_count(1)
        await server.kill()
        await server.start()

    await asyncio.gather(write(ada, "ada"), write(bob, "bob"), kill_and_start())
    await live(ada)
    await live(bob)
    await bot.saw("resumed")
    for page in (ada, bob):
        for name in ("ada", "bob"):
            await expect(message(page, f"{name} 11")).to_have_count(1, timeout=45_000)
    await say(ada, "!ping two")
    for page in (ada, bob):
        await expect(message(page, "pong two")).to_have_count(1)
    await bot.saw("message", content="pong two")

    shown = await contents(ada)
    assert shown == await contents(bob)
    assert shown[-2:] == ["!ping two", "pong two"]
    said = shown[shown.index("while you were out") + 1 : -2]
    assert sorted(said) == sorted(f"{name} {number}" for name in ("ada", "bob") for number in range(12))
    for name in ("ada", "bob"):
        assert [text for text in said if text.startswith(name)] == [
            f"{name} {number}" for number in range(12)
        ]
    assert bot.messages()[len(seen_before) :] == [*said, "!ping two", "pong two"]
