"""The page for those who cannot see it, or have no mouse: axe-core's rules, and the keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import (
    live,
    member,
    messages,
    opened,
    say,
    violations_by_day_and_night,
    visit,
)

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_axe_finds_nothing_wrong_at_the_doors(browser, place):
    async with visit(browser, place, refusals=True) as page:
        for path in ("/login", "/register", "/setup"):
            await page.goto(path)
            await expect(page.locator("form")).to_be_visible()
            assert await violations_by_day_and_night(page) == [], path
        await page.goto("/register")
        await page.fill("[name=username]", "Not A Name")
        await page.fill("[name=password]", "short")
        await page.click("[type=submit]")
        await expect(page.locator(".field-error")).to_have_count(2)
        assert await violations_by_day_and_night(page) == []


async def test_axe_finds_nothing_wrong_in_a_chat(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    await place.say(bob, chat, f"look: https://example.org/ and <@{ada.id}>")
    async with visit(browser, place, ada, chat.path, viewport=WIDE) as page:
        await say(page, "mine")
        await expect(messages(page)).to_have_count(2)
        await place.ask("POST", f"/api/v10/channels/{chat.id}/typing", {}, bob.token)
        await expect(page.locator("#typing")).not_to_be_empty()
        assert await violations_by_day_and_night(page) == []
        await page.press("#composer", "ArrowUp")
        await expect(page.locator(".edit-box")).to_be_focused()
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("Escape")
        await page.set_viewport_size(NARROW)
        for button, drawer in (("#show-channels", "#left"), ("#show-members", "#people")):
            await page.click(button)
            await expect(page.locator(drawer)).to_be_visible()
            assert await violations_by_day_and_night(page) == [], drawer
            await page.keyboard.press("Escape")
            await expect(page.locator(drawer)).to_be_hidden()
            await expect(page.locator(button)).to_be_focused()


async def test_the_keyboard_is_enough(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, path=f"/login?next={chat.path}") as page:
        await expect(page.locator("[name=login]")).to_be_focused()
        await page.keyboard.type(ada.username)
        await page.keyboard.press("Tab")
        await page.keyboard.type("correct horse battery")
        await page.keyboard.press("Enter")
        await live(page)
        await expect(page.locator("#composer")).to_be_focused()
        await page.keyboard.type("one")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("two")
        await page.keyboard.press("Enter")
        await expect(messages(page)).to_have_text(["one\ntwo"])
        await expect(page.locator("article.message[data-message-id]")).to_have_count(1)
        await page.keyboard.press("Shift+Tab")
        await expect(page.get_by_role("button", name="Attach files")).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await expect(page.locator("#messages")).to_be_focused()
        await page.keyboard.press("ArrowUp")
        await expect(page.get_by_role("group", name="Message actions")).to_be_visible()
        for name in ("Add a reaction", "Reply", "Edit", "More"):
            await page.keyboard.press("Tab")
            await expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("menuitem").first).to_be_focused()
        await page.keyboard.press("End")
        await expect(page.get_by_role("menuitem", name="Delete")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(messages(page)).to_have_count(0)
        await member(page, bob).get_by_role("button").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Message", exact=True)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#title")).to_have_text(bob.username)
        await expect(page.locator("#composer")).to_be_focused()
