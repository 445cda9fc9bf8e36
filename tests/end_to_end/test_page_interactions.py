"""The page in front of a bot: what one does with its messages, forms and commands, and what becomes of it.

The bot is tests/end_to_end/robot.py in a process of its own, with an unmodified discord.py.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.async_api import expect

from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.pages import (
    Chat,
    Person,
    Place,
    live,
    messages,
    opened,
    violations_by_day_and_night,
    visit,
)

TEST_SECONDS_MAX = 120.0


class Here(NamedTuple):
    place: Place
    robot: str  # its user's id

    async def show(self, person: Person, chat: Chat, words: str) -> None:
        """Have the bot show what it has."""
        await self.place.say(person, chat, words)


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    for place in opened(runner):

        async def begin(place: Place = place) -> tuple[Any, Here]:
            made = await place.server.command("bot", "create", "robo")
            script = str(ROOT / "tests/end_to_end/robot.py")
            process = await asyncio.create_subprocess_exec(
                sys.executable, script, place.url, made["token"], stdout=asyncio.subprocess.PIPE
            )
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), 45)
            assert json.loads(line) == {"event": "ready"}
            return process, Here(place, str(made["id"]))

        process, here = runner.run(begin())
        yield here
        process.kill()
        runner.run(process.wait())


def from_robot(page: Any) -> Any:
    """The last message of the bot."""
    return page.locator("article.message[data-message-id]", has=page.locator(".components")).last


async def choose(page: Any, menu: str, *names: str) -> None:
    await page.get_by_role("button", name=menu, exact=True).click()
    for name in names:
        await page.get_by_role("option", name=name).click()


# ── components ──────────────────────────────────────────────────────────────────────────────────


async def test_a_button_changes_its_message_and_keeps_the_focus(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!buttons")
        shown = from_robot(page)
        count = shown.get_by_role("button", name="Count")
        await expect(shown.get_by_role("button", name="Sold out")).to_be_disabled()
        rules = shown.get_by_role("link", name="Read the rules")
        await expect(rules).to_have_attribute("href", "https://example.org/rules")
        await expect(rules).to_have_attribute("rel", "noopener noreferrer")
        await count.focus()
        await page.keyboard.press("Enter")
        await expect(shown.locator(".content")).to_contain_text("Counted to 1.")
        await expect(count).to_be_focused()
        await page.keyboard.press("Space")
        await expect(shown.locator(".content")).to_contain_text("Counted to 2.")


async def test_a_button_waits_for_the_bot_and_says_when_it_does_not_answer(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!buttons")
        shown = from_robot(page)
        nothing = shown.get_by_role("button", name="Say nothing")
        await nothing.click()
        await expect(nothing).to_have_attribute("aria-busy", "true")
        await expect(shown.locator(".component-failure")).to_have_text("This application did not respond.")
        await expect(nothing).not_to_have_attribute("aria-busy", "true")
        assert await violations_by_day_and_night(page) == []
        await shown.get_by_role("button", name="Count").click()
        await expect(shown.locator(".content")).to_contain_text("Counted to")


async def test_what_a_bot_tells_one_person_is_seen_by_nobody_else_and_gone_after_a_reload(browser, here):
    ada, bob, chat = await here.place.person("ada"), await here.place.person("bob"), await here.place.chat()
    async with (
        visit(browser, here.place, ada, chat.path) as hers,
        visit(browser, here.place, bob, chat.path) as his,
    ):
        await here.show(ada, chat, "!buttons")
        tell = from_robot(hers).get_by_role("button", name="Tell me")
        await tell.click()
        secret = hers.locator("article.message", has_text="A secret.")
        await expect(secret.locator(".ephemeral")).to_contain_text("Only you can see this")
        await expect(secret.get_by_role("button", name="Add a reaction")).to_have_count(0)
        assert await violations_by_day_and_night(hers) == []
        await secret.get_by_role("button", name="Dismiss").click()
        await expect(secret).to_have_count(0)
        await tell.click()
        await expect(secret).to_have_count(1)
        await here.place.say(bob, chat, "what is it?")
        await expect(messages(his).last).to_have_text("what is it?")
        await expect(his.locator("article.message", has_text="A secret.")).to_have_count(0)
        await hers.reload()
        await live(hers)
        await expect(messages(hers).last).to_have_text("what is it?")
        await expect(secret).to_have_count(0)


async def test_every_menu_can_be_chosen_from(browser, here):
    ada = await here.place.person("ada", display_name="Ada Lovelace")
    await here.place.crowd(12)
    chat = await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!menus")
        await expect(from_robot(page)).to_be_visible()
        await choose(page, "Some fruit", "Apple", "Cherry")
        assert await violations_by_day_and_night(page) == []
        await page.get_by_role("button", name="Choose 2").click()
        answer = page.locator("article.message", has_text="fruit: apple, cherry")
        await expect(answer).to_have_count(1)
        await expect(page.get_by_role("button", name="Some fruit: Apple, Cherry")).to_be_visible()
        # By the keys alone, and found by a part of the name.
        await page.get_by_role("button", name="Somebody", exact=True).press("Enter")
        await expect(page.get_by_role("combobox")).to_be_focused()
        await page.keyboard.type("Lovel")
        await page.keyboard.press("Enter")
        await expect(page.locator("article.message", has_text=f"user: {ada.username}")).to_have_count(1)
        await choose(page, "A role", "@everyone")
        await expect(page.locator("article.message", has_text="role: @everyone")).to_have_count(1)
        await page.get_by_role("button", name="A channel").click()
        await expect(page.get_by_role("option", name=chat.name)).to_be_visible()
        await page.keyboard.type(chat.name)
        await page.keyboard.press("Enter")
        await expect(page.locator("article.message", has_text=f"channel: {chat.name}")).to_have_count(1)
        await choose(page, "Somebody or a role", "Ada Lovelace")
        await page.get_by_role("button", name="Choose 1").click()
        await expect(page.locator("article.message", has_text=f"any: {ada.username}")).to_have_count(1)


async def test_a_menu_that_is_closed_asks_nothing(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!menus")
        menu = page.get_by_role("button", name="Some fruit")
        await menu.press("Enter")
        await expect(page.get_by_role("listbox")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(page.get_by_role("option", name="Apple")).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Escape")
        await expect(page.locator(".picker")).to_have_count(0)
        await expect(menu).to_be_focused()
        await expect(menu).to_have_text("Some fruit")


async def test_a_layout_is_shown_with_its_pictures_and_files(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!layout")
        shown = from_robot(page)
        await expect(shown.locator("h3")).to_have_text("Today")
        await expect(shown.locator("strong")).to_have_text("happens")
        walk = shown.locator(".component-container").first
        assert await walk.evaluate("it => it.style.getPropertyValue('--accent-of')") == "#c0507a"
        await expect(walk.locator(".thumbnail img")).to_have_js_property("naturalWidth", 80)
        await expect(walk.get_by_alt_text("Red")).to_be_visible()
        await expect(walk.locator(".file")).to_contain_text("plan.txt")
        await expect(walk.get_by_role("link", name="Map")).to_have_attribute("href", "https://example.org/map")
        assert await violations_by_day_and_night(page) == []
        await walk.get_by_role("button", name="Spoiler: show").click()
        await expect(walk.get_by_alt_text("Blue")).to_be_visible()
        await shown.get_by_role("button", name="Spoiler: show").click()
        await expect(shown).to_contain_text("It ends well.")
        await walk.get_by_role("button", name="More").click()
        await expect(page.locator("article.message", has_text="There is more.")).to_have_count(1)
