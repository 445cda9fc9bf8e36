"""The developers' pages, and the one that a bot's link leads to: in a browser, against a real server."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from chatd.model.permissions import Permission
from tests.end_to_end.pages import (
    Person,
    Place,
    live,
    opened,
    sign_in,
    violations,
    violations_by_day_and_night,
    visit,
)

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def application(place: Place, owner: Person, name: str, **settings: Any) -> str:
    """The id of an application of somebody's."""
    made = await place.ask("POST", "/api/v10/applications", {"name": name}, owner.token)
    assert made.status == 201, made
    path = f"/api/v10/applications/{made.body['id']}"
    assert (await place.ask("PATCH", path, settings, owner.token)).status == 200
    return str(made.body["id"])


async def me(place: Place, token: str) -> int:
    return (await place.ask("GET", "/api/v10/users/@me", None, f"Bot {token}")).status


def link(id: str, permissions: int = 0, more: str = "") -> str:
    return f"/oauth2/authorize?client_id={id}&scope=bot+applications.commands&permissions={permissions}{more}"


async def test_an_application_is_made_and_its_token_is_shown_once(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/developers", refusals=True) as page:
        await expect(page.locator(".nothing-yet")).to_be_visible()
        await page.click("text=New application")
        await page.fill("[name=name]", ada.username)
        await page.click("#new-application [type=submit]")
        await expect(page.locator(".field-error")).to_contain_text("name already")
        await page.fill("[name=name]", "Gizmo")
        await page.click("#new-application [type=submit]")
        await expect(page).to_have_url(re.compile(r"/developers/\d+/bot$"))
        await page.click("text=Make a new token")
        await page.click("#reset-token button.danger")
        token = await page.locator("#copy-token").input_value()
        assert await me(place, token) == 200
        await page.click("text=Make a new token")
        await page.keyboard.press("Escape")
        assert await me(place, token) == 200
        await page.click("text=Make a new token")
        await page.click("#reset-token button.danger")
        await expect(page.locator("#copy-token")).not_to_have_value(token)
        assert await me(place, token) == 401
        await page.reload()
        await expect(page.locator("h3", has_text="Token")).to_be_visible()
        assert await page.locator("#copy-token").count() == 0


def patched(response: Any) -> bool:
    return bool(response.request.method == "PATCH")


async def test_intents_are_switched_and_the_words_changed(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Switchy")
    async with visit(browser, place, ada, f"/developers/{id}/bot", refusals=True) as page:
        for name, flag in (("presences", 1 << 13), ("content", 1 << 19)):
            async with page.expect_response(patched) as answer:
                await page.locator(f"[name={name}]").click()
            assert (await (await answer.value).json())["flags"] & flag
        async with page.expect_response(patched) as answer:
            await page.locator("[name=content]").click()
        assert (await (await answer.value).json())["flags"] == 1 << 13
        await page.click("nav >> text=General")
        await page.fill("textarea[name=description]", "does things")
        await page.fill("[name=tags]", "fun, " + "x" * 21)
        await page.click("text=Save")
        await expect(page.locator(".field[data-name=tags] .field-error")).to_be_visible()
        await page.fill("[name=tags]", "fun, small")
        await page.click("text=Save")
        await expect(page.locator(".toast")).to_have_text("Saved.")
        await page.goto("/developers")
        await expect(page.locator(".applications li")).to_contain_text("does things")


async def test_the_link_asks_for_what_is_ticked(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Linky")
    async with visit(browser, place, ada, f"/developers/{id}/install") as page:
        await page.check("[value=KICK_MEMBERS]")
        await page.check("[value=PIN_MESSAGES]")
        wanted = Permission.KICK_MEMBERS | Permission.PIN_MESSAGES
        await expect(page.locator("#copy-link")).to_have_value(re.compile(f"permissions={wanted}$"))
        await page.uncheck("[value=PIN_MESSAGES]")
        await expect(page.locator("#copy-link")).to_have_value(
            re.compile(f"client_id={id}&.*permissions={int(Permission.KICK_MEMBERS)}$")
        )


async def test_an_application_is_deleted_after_a_question(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Doomed")
    async with visit(browser, place, ada, f"/developers/{id}/delete") as page:
        await page.click("text=Delete the application")
        await page.click("#delete-application >> text=Cancel")
        await page.click("text=Delete the application")
        await page.click("#delete-application button.danger")
        await expect(page).to_have_url(f"{place.url}/developers")
        await expect(page.locator(".nothing-yet")).to_be_visible()


async def test_somebody_elses_application_is_not_shown(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    id = await application(place, ada, "Hidden")
    async with visit(browser, place, bob, f"/developers/{id}/bot", refusals=True) as page:
        await expect(page.locator("#page main")).to_contain_text("Unknown Application")


# ── letting a bot in ──


async def test_a_bot_is_let_in_after_signing_in_on_the_way(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Helper")
    asked = link(id, Permission.KICK_MEMBERS | Permission.ADMINISTRATOR)
    async with visit(browser, place, path=asked) as page:
        await expect(page).to_have_url(f"{place.url}/login?next={quote(asked, safe='/@')}")
        await sign_in(page, place.owner)
        await live(page)
        await expect(page).to_have_url(place.url + asked)
        await expect(page.locator("#page h1")).to_have_text("Add Helper?")
        await expect(page.locator("[data-permission]")).to_have_text(
            ["Do everything (administrator)", "Put members out"]
        )
        await page.click("text=Authorise")
        await expect(page.locator("#page h1")).to_contain_text("Helper is in")
        await page.click("a.primary")
        await expect(page).to_have_url(re.compile(rf"/channels/{place.guild_id}(/\d+)?$"))
    members = f"/api/v10/guilds/{place.guild_id}/members/{id}"
    member = (await place.ask("GET", members, None, place.owner.token)).body
    roles = (await place.ask("GET", f"/api/v10/guilds/{place.guild_id}/roles", None, place.owner.token)).body
    (role,) = [role for role in roles if role["id"] in member["roles"]]
    assert role["managed"] and role["tags"] == {"bot_id": id} and role["name"] == "Helper"
    assert int(role["permissions"]) == Permission.KICK_MEMBERS | Permission.ADMINISTRATOR


async def test_who_manages_no_guild_is_told_so_and_cancel_lets_nobody_in(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Sorry")
    async with visit(browser, place, ada, link(id)) as page:
        await expect(page.locator(".form-note")).to_contain_text("You manage no guild")
        await expect(page.locator("#page [type=submit]")).to_have_count(0)
    async with visit(browser, place, place.owner, link(id)) as page:
        await page.click("text=Cancel")
        await expect(page.locator("#title")).to_be_visible()
    members = f"/api/v10/guilds/{place.guild_id}/members/{id}"
    assert (await place.ask("GET", members, None, place.owner.token)).status == 404


async def test_the_link_chooses_a_guild_and_says_what_one_cannot_give(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Chooser")
    made = await place.ask("POST", "/api/v10/guilds", {"name": "Ada's"}, ada.token)
    fixed = link(id, Permission.BAN_MEMBERS, f"&guild_id={made.body['id']}&disable_guild_select=true")
    async with visit(browser, place, ada, fixed) as page:
        await expect(page.locator("#authorize-guild")).to_be_disabled()
        await expect(page.locator("#authorize-guild")).to_have_value(made.body["id"])
        await page.click("text=Authorise")
        await expect(page.locator("#page h1")).to_have_text("Chooser is in Ada's")


@pytest.mark.parametrize(
    "query, title",
    [("client_id=1&scope=bot", "There is no such bot"), ("scope=bot", "This link does not work"),
     ("client_id=1&scope=identify", "This link does not work"), ("PRIVATE", "This bot is not public")],
)  # fmt: skip
async def test_a_link_that_leads_nowhere_says_so(browser, place, query, title):
    if query == "PRIVATE":
        ada = await place.person("ada")
        query = "client_id=" + await application(place, ada, "Private", bot_public=False)
    async with visit(browser, place, place.owner, f"/oauth2/authorize?{query}", refusals=True) as page:
        await expect(page.locator("#page h1")).to_have_text(title)
        assert await violations(page) == []


async def test_axe_finds_nothing_wrong(browser, place):
    ada = await place.person("ada")
    id = await application(place, ada, "Axe", description="for all", tags=["fun"])
    asked = link(id, Permission.ADMINISTRATOR | Permission.KICK_MEMBERS)
    await place.ask("POST", "/api/v10/guilds", {"name": "Ada's"}, ada.token)
    async with visit(browser, place, ada, "/developers", viewport=WIDE) as page:
        for path, ready in (
            ("/developers", ".applications"), (f"/developers/{id}/general", "textarea[name=description]"),
            (f"/developers/{id}/bot", "[name=content]"), (f"/developers/{id}/install", "#copy-link"),
            (f"/developers/{id}/delete", "button.danger"), (asked, ".granted li"),
        ):  # fmt: skip
            await page.goto(path)
            for viewport in (WIDE, NARROW):
                await page.set_viewport_size(viewport)
                await expect(page.locator(ready).first).to_be_visible()
                assert await violations_by_day_and_night(page) == [], (path, viewport)
                fits = "document.documentElement.scrollWidth <= innerWidth"
                assert await page.evaluate(fits), (path, viewport)
        await page.goto(f"/developers/{id}/bot")
        await page.click("text=Make a new token")
        await page.click("#reset-token button.danger")
        await expect(page.locator("#copy-token")).to_be_visible()
        assert await violations_by_day_and_night(page) == []
