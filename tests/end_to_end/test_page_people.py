"""People: their cards, what one is to others, friends and blocks, as two people see them of each other."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import live, member, message, opened, violations_by_day_and_night, visit


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


def card(page, person):
    return page.get_by_role("dialog", name=person.username)


async def ask(place, method, path, body=None, person=None):
    reply = await place.ask(method, f"/api/v10{path}", body, (person or place.owner).token)
    assert reply.status < 300, reply
    return reply.body


async def choose(page, entry):
    await page.get_by_role("menuitem", name=entry, exact=True).click()


async def choose_of_oneself(page, person, entry):
    await page.get_by_role("button", name=f"{person.username}, your account").click()
    await page.locator(".menu").get_by_text(entry, exact=True).click()


async def test_a_card_says_who_somebody_is_and_is_opened_from_wherever_they_are_shown(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    guild = f"/guilds/{place.guild_id}"
    role = await ask(place, "POST", f"{guild}/roles", {"name": "Programmers", "color": 0x2A7D62})
    await ask(place, "PUT", f"{guild}/members/{bob.id}/roles/{role['id']}")
    said = await place.say(bob, chat, f"hello <@{ada.id}>")
    async with visit(browser, place, ada, chat.path) as page:
        await member(page, bob).get_by_role("button").click()
        await expect(card(page, bob)).to_contain_text(f"@{bob.username}")
        await expect(card(page, bob).locator(".card-roles")).to_have_text("Programmers")
        await expect(card(page, bob)).to_contain_text("A guild in common")
        await expect(card(page, bob).get_by_role("button", name="Message")).to_be_focused()
        assert await violations_by_day_and_night(page) == []
        # It follows what becomes of them while it is open.
        await ask(place, "PATCH", f"{guild}/roles/{role['id']}", {"name": "Mathematicians"})
        await expect(card(page, bob).locator(".card-roles")).to_have_text("Mathematicians")
        await page.keyboard.press("Escape")
        await expect(card(page, bob)).to_have_count(0)
        await expect(member(page, bob).get_by_role("button")).to_be_focused()
        await message(page, said).locator(".author").click()
        await expect(card(page, bob)).to_be_visible()
        await page.keyboard.press("Escape")
        await message(page, said).locator(".avatar").click()
        await expect(card(page, bob)).to_be_visible()
        await page.keyboard.press("Escape")
        await message(page, said).locator(".mention").click()
        await expect(card(page, ada).get_by_role("button", name="Edit profile")).to_be_visible()
        await page.keyboard.press("Escape")
        await member(page, bob).get_by_role("button").click()
        await card(page, bob).get_by_role("button", name="Message").click()
        await expect(page.locator("#title")).to_have_text(bob.username)
    await ask(place, "DELETE", f"{guild}/roles/{role['id']}")


async def test_the_card_of_somebody_who_is_gone_still_opens(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    said = await place.say(bob, chat, "farewell")
    await ask(place, "DELETE", f"/guilds/{place.guild_id}/members/{bob.id}")
    async with visit(browser, place, ada, chat.path) as page:
        await message(page, said).locator(".author").click()
        await expect(card(page, bob)).to_contain_text(f"@{bob.username}")
        await expect(card(page, bob)).not_to_contain_text("in common")


async def test_what_one_chooses_to_be_is_seen_by_others_and_by_ones_other_devices(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with (
        visit(browser, place, ada, chat.path) as hers,
        visit(browser, place, ada, chat.path) as her_other,
        visit(browser, place, bob, chat.path) as his,
    ):
        await expect(member(his, ada)).to_have_attribute("data-status", "online")
        await choose_of_oneself(hers, ada, "Do not disturb")
        await expect(member(his, ada)).to_have_attribute("data-status", "dnd")
        await her_other.get_by_role("button", name=f"{ada.username}, your account").click()
        chosen = her_other.get_by_role("menuitemcheckbox", name="Do not disturb")
        await expect(chosen).to_have_attribute("aria-checked", "true")
        assert await violations_by_day_and_night(her_other) == []
        await her_other.keyboard.press("Escape")
        await choose_of_oneself(her_other, ada, "Invisible")
        await expect(member(his, ada)).to_have_attribute("data-status", "offline")
        await hers.reload()
        await live(hers)
        await expect(member(his, ada)).to_have_attribute("data-status", "offline")
        await choose_of_oneself(hers, ada, "Online")
        await expect(member(his, ada)).to_have_attribute("data-status", "online")


async def test_a_custom_status_is_shown_below_the_name_until_it_is_taken_back(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as hers, visit(browser, place, bob, chat.path) as his:
        await choose_of_oneself(hers, ada, "Custom status")
        dialog = hers.get_by_role("dialog", name="Custom status")
        await expect(dialog.get_by_label("What are you up to?")).to_be_focused()
        assert await violations_by_day_and_night(hers) == []
        await dialog.get_by_label("What are you up to?").fill("at the engine")
        await dialog.get_by_role("button", name="Choose an emoji").click()
        await hers.get_by_label("Search emoji").fill("rocket")
        await hers.keyboard.press("Enter")
        await dialog.get_by_label("Clear after").select_option(label="1 hour")
        await dialog.get_by_role("button", name="Save").click()
        await expect(hers.locator("#me .me-card")).to_contain_text("🚀 at the engine")
        await expect(member(his, ada)).to_contain_text("🚀 at the engine")
        # Another connection tells it again.
        await hers.reload()
        await live(hers)
        await expect(member(his, ada)).to_contain_text("🚀 at the engine")
        await choose_of_oneself(hers, ada, "Custom status")
        await expect(dialog.get_by_label("Clear after")).to_contain_text("As it is")
        await dialog.get_by_label("What are you up to?").fill("")
        await dialog.get_by_role("button", name="Without an emoji").click()
        await dialog.get_by_role("button", name="Save").click()
        await expect(member(his, ada)).not_to_contain_text("at the engine")


async def test_a_custom_status_ends_with_its_time(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada) as hers, visit(browser, place, bob, chat.path) as his:
        await hers.clock.install()
        await hers.goto(chat.path)
        await live(hers)
        end = await hers.evaluate("new Date(Date.now() + 60_000).toISOString()")
        status = {"custom_status": {"text": "back at once", "expires_at": end}}
        await ask(place, "PATCH", "/users/@me/settings", status, ada)
        await hers.clock.run_for(1000)
        await expect(member(his, ada)).to_contain_text("back at once")
        await hers.clock.run_for(61_000)
        await expect(member(his, ada)).not_to_contain_text("back at once")


async def test_a_block_keeps_somebody_away_and_can_be_lifted(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        await member(page, bob).get_by_role("button").click(button="right")
        await choose(page, "Block")
        dialog = page.get_by_role("dialog", name=re.compile("^Block "))
        await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        assert await violations_by_day_and_night(page) == []
        await dialog.get_by_role("button", name="Block").click()
        await expect(dialog).to_have_count(0)
        await member(page, bob).get_by_role("button").click()
        await expect(card(page, bob).get_by_role("button", name="Message")).to_have_count(0)
        to_her = {"recipient_id": str(ada.id)}
        begun = await place.ask("POST", "/api/v10/users/@me/channels", to_her, bob.token)
        assert begun.status == 403, begun
        await card(page, bob).get_by_role("button", name="More").click()
        await choose(page, "Unblock")
        await member(page, bob).get_by_role("button").click()
        await expect(card(page, bob).get_by_role("button", name="Message")).to_be_visible()


async def test_a_nickname_is_ones_name_in_that_guild(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as hers, visit(browser, place, bob, chat.path) as his:
        await member(hers, ada).get_by_role("button").click(button="right")
        await choose(hers, "Change nickname")
        await hers.get_by_label("Nickname").fill("Countess")
        assert await violations_by_day_and_night(hers) == []
        await hers.get_by_role("button", name="Save").click()
        await expect(member(his, ada)).to_contain_text("Countess")
