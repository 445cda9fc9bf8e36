"""Invites in the web client: made, listed, ended, and the page where one is accepted."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.end_to_end.clients import until_answer
from tests.end_to_end.pages import Place, live, member, opened, sign_in, violations_by_day_and_night, visit
from tests.end_to_end.test_page_making import ask, from_guild_menu, guild_of


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def code_of(place: Place, channel: str, token: str, **terms: Any) -> str:
    return str((await ask(place, "POST", f"/channels/{channel}/invites", terms, token))["code"])


async def test_an_invite_is_made_and_accepted_and_those_who_are_there_see_who_comes(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada)
    async with visit(browser, place, ada, f"/channels/{guild}/{text}") as page:
        await from_guild_menu(page, "Invite people")
        await page.select_option("#invite-people [name=max_age]", label="30 minutes")
        await page.select_option("#invite-people [name=max_uses]", "1")
        await page.click("text=Make the link")
        link = page.locator("#invite-people #copy-link")
        await expect(link).to_have_value(re.compile(r"/invite/[\w-]+$"))
        assert await violations_by_day_and_night(page) == []
        url = await link.input_value()
        terms = await ask(place, "GET", f"/channels/{text}/invites", None, ada.token)
        assert [(one["max_age"], one["max_uses"]) for one in terms if one["code"] in url] == [(1800, 1)]
        async with visit(browser, place, bob, "/channels/@me") as other:
            await other.click("[data-door=join-guild]")
            await other.fill("#join-guild [name=link]", "not one!")
            await other.click("#join-guild [type=submit]")
            await expect(other.locator("#join-guild .field-error")).to_have_text("That is no invite link.")
            await other.fill("#join-guild [name=link]", url)
            await other.click("#join-guild [type=submit]")
            await expect(other.locator(".invite h1")).to_have_text("Harbour")
            await other.click(".invite .primary")
            await expect(other).to_have_url(f"{place.url}/channels/{guild}/{text}")
            await expect(other.locator(".brand")).to_contain_text("Harbour")
        await page.keyboard.press("Escape")
        await expect(member(page, bob)).to_be_visible()
    # It was good for one.
    async with visit(browser, place, await place.person("cleo"), refusals=True) as page:
        await page.goto(url)
        await expect(page.locator("h1")).to_have_text("This invite has ended")
        # This has run out, and that was never one.
        short = await code_of(place, text, ada.token, max_age=1)
        await until_answer(lambda: place.ask("GET", f"/api/v10/invites/{short}"), 404)
        await page.goto(f"/invite/{short}")
        await expect(page.locator("h1")).to_have_text("This invite has ended")
        await page.goto("/invite/never.was")
        await expect(page.locator("h1")).to_have_text("This invite has ended")
        assert await violations_by_day_and_night(page) == []


async def test_who_is_signed_out_is_led_through_the_door_and_back(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, name="Behind the door")
    code = await code_of(place, text, ada.token)
    async with visit(browser, place, refusals=True) as page:
        await page.goto(f"/invite/{code}")
        await expect(page.locator("h1")).to_have_text("Behind the door")
        assert await violations_by_day_and_night(page) == []
        await page.click("text=Sign in to join")
        await expect(page).to_have_url(f"{place.url}/login?next={quote(f'/invite/{code}', safe='')}")
        await sign_in(page, bob)
        await page.click("text=Join")
        await live(page)
        await expect(page).to_have_url(f"{place.url}/channels/{guild}/{text}")
        await page.goto(f"/invite/{code}")
        await expect(page.locator(".server-name")).to_have_text("You are a member of")


async def test_who_has_no_account_yet_makes_one_and_is_in(browser, place):
    ada = await place.person("ada")
    guild, text = await guild_of(place, ada, name="Newcomers")
    code = await code_of(place, text, ada.token)
    async with visit(browser, place, refusals=True) as page:
        await page.goto(f"/invite/{code}")
        await page.click("text=Create an account")
        await page.fill("[name=username]", "fresh.face")
        await page.fill("[name=password]", "correct horse battery")
        await page.click("[type=submit]")
        await page.click(".invite .primary")
        await expect(page).to_have_url(f"{place.url}/channels/{guild}/{text}")


async def test_the_invites_of_a_guild_are_listed_as_they_come_and_ended(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    async with visit(browser, place, ada, f"/guild/{guild}/invites") as page:
        cards = page.locator("[data-code]")
        await expect(cards).to_have_count(1)
        code = await code_of(place, text, bob.token, max_uses=5)
        await expect(cards).to_have_count(2)
        mine = page.locator(f"[data-code='{code}']")
        await expect(mine).to_contain_text("Used 0 of 5 times.")
        await ask(place, "POST", f"/invites/{code}", {}, (await place.person("cleo")).token)
        await expect(mine).to_contain_text("Used 1 of 5 times.")
        assert await violations_by_day_and_night(page) == []
        await mine.get_by_role("button", name="End the invite").click()
        await page.click("#end-invite button.danger")
        await expect(cards).to_have_count(1)
    reply = await place.ask("GET", f"/api/v10/invites/{code}")
    assert reply.status == 404
