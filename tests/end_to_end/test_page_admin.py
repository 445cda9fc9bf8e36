"""The administrators' pages: who sees them, and what comes of each control, for the server and others."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import (
    live,
    opened,
    sign_in,
    violations,
    violations_by_day_and_night,
    visit,
)  # fmt: skip

SECTIONS = ["users", "reports", "bots", "general", "announce", "connections", "about"]


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


def row(page, person):
    return page.locator(f'tr[data-user-id="{person.id}"]')


async def choose(page, person, entry):
    await row(page, person).get_by_role("button", name="More about").click()
    await page.get_by_role("menuitem", name=entry).click()


async def test_nobody_else_gets_in(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.goto("/admin")
        await expect(page.get_by_role("heading", name="This page is for administrators")).to_be_visible()
        assert (await place.ask("GET", "/api/v10/admin/users", None, ada.token)).status == 403


async def test_every_section_is_there_and_accessible_in_both_themes(browser, place):
    async with visit(browser, place, place.owner, "/channels/@me") as page:
        await page.goto("/admin")
        for section in SECTIONS:
            await page.locator(f'.sections-nav a[href="/admin/{section}"]').click()
            current = page.locator('.sections-nav [aria-current="page"]')
            await expect(current).to_have_attribute("href", f"/admin/{section}")
            await expect(page.locator(".sections-content [aria-busy=true]")).to_have_count(0)
            assert await violations_by_day_and_night(page) == [], section


async def test_a_new_user_comes_in_by_the_link(browser, place):
    async with visit(browser, place, place.owner, "/channels/@me", refusals=True) as page:
        await page.goto("/admin/users")
        await page.click(".admin-bar [data-door=new-user]")
        await page.fill("#new-user [name=username]", "No Such Name")
        await page.click("#new-user [type=submit]")
        await expect(page.locator("#new-user .field-error")).to_be_visible()  # It stands beside the field.
        await page.fill("#new-user [name=username]", "newcomer")
        await page.click("#new-user [type=submit]")
        link = page.locator("#one-time-link input")
        await expect(link).to_have_value(re.compile(r"^http.*/reset#k=.+"))
        token = (await link.input_value()).split("#k=")[1]
        await page.get_by_role("button", name="Done").click()
        await expect(page.locator("tbody")).to_contain_text("@newcomer")
    form = {"token": token, "password": "a new and long password"}
    assert (await place.ask("POST", "/api/v10/auth/reset-password", form)).status in (200, 204)
    login = {"login": "newcomer", "password": form["password"]}
    assert (await place.ask("POST", "/api/v10/auth/login", login)).status == 200


async def test_who_is_kept_out_is_out_at_once_and_can_be_let_in_again(browser, place):
    bob = await place.person("bob")
    async with (
        visit(browser, place, bob, "/channels/@me", refusals=True) as his,
        visit(browser, place, place.owner, "/channels/@me") as page,
    ):
        await page.goto("/admin/users")
        await page.get_by_role("searchbox").fill(bob.username)
        await expect(page.locator("tbody tr")).to_have_count(1)
        await choose(page, bob, "Keep out")
        await page.get_by_role("button", name="Keep out").click()
        await expect(row(page, bob)).to_contain_text("disabled")
        await expect(his).to_have_url(re.compile("/login"))
        await sign_in(his, bob)
        await expect(his.locator(".form-error")).to_be_visible()
        await choose(page, bob, "Let in again")
        await expect(row(page, bob)).not_to_contain_text("disabled")
        await sign_in(his, bob)
        await expect(his).to_have_url(re.compile("/channels/"))


async def test_an_administrator_is_made_and_finds_the_door(browser, place):
    cleo = await place.person("cleo")
    async with (
        visit(browser, place, cleo, "/channels/@me") as hers,
        visit(browser, place, place.owner, "/channels/@me") as page,
    ):
        await page.goto("/admin/users")
        await choose(page, cleo, "Make administrator")
        await expect(row(page, cleo)).to_contain_text("administrator")
        await hers.goto("/admin/about")
        facts = hers.locator(".admin-facts")
        await expect(facts.first).to_contain_text("Database")
        await expect(facts.last).to_contain_text(re.compile(r"Python.*\d+\.\d+"))


async def test_the_name_of_the_server_is_changed_and_refused_beside_its_field(browser, place):
    async with visit(browser, place, place.owner, "/channels/@me", refusals=True) as page:
        await page.goto("/admin/general")
        await page.fill("[name=server_name]", "x" * 100)
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator(".toast, .field-error").first).to_be_visible()
        await page.fill("[name=server_name]", "Our place")
        await page.get_by_label("Nobody").check()
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator(".toast").last).to_have_text("Saved.")
    policy = (await place.ask("GET", "/api/v10/auth/policy")).body
    assert (policy["server_name"], policy["registration"]) == ("Our place", "closed")
    await place.ask("PATCH", "/api/v10/admin/settings", {"registration": "open"}, place.owner.token)


async def test_a_link_lets_somebody_choose_another_password_and_ends_their_sessions_on_demand(browser, place):
    bob = await place.person("bob")
    async with (
        visit(browser, place, place.owner, "/channels/@me") as page,
        visit(browser, place, bob, "/channels/@me", refusals=True) as his,
    ):
        await page.goto("/admin/users")
        await choose(page, bob, "Link for another password")
        await expect(page.locator("#one-time-link input")).to_have_value(re.compile(r"^http.*/reset#k=.+"))
        assert await violations(page) == []
        await page.get_by_role("button", name="Done").click()
        await choose(page, bob, "Sign out everywhere")
        await page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
        await expect(his).to_have_url(re.compile("/login"))
        await choose(page, bob, "Change email")
        await page.get_by_role("dialog").get_by_label("Email").fill("bob@example.org")
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(row(page, bob)).to_contain_text("bob@example.org")
        await choose(page, bob, "Delete…")
        await page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
        await expect(row(page, bob)).to_have_count(0)


async def test_a_bot_of_anybody_gets_another_token_and_is_deleted(browser, place):
    ada = await place.person("ada")
    await place.ask("POST", "/api/v10/applications", {"name": "Gizmo"}, ada.token)
    async with visit(browser, place, place.owner, "/channels/@me") as page:
        await page.goto("/admin/bots")
        await expect(page.locator("tbody")).to_contain_text(f"@{ada.username}")
        await page.locator("tbody tr", has_text="Gizmo").get_by_role("button", name="Reset token").click()
        await page.get_by_role("dialog").get_by_role("button", name="Reset token").click()
        shown = page.get_by_role("dialog", name="Token of Gizmo").locator("input")
        token = f"Bot {await shown.input_value()}"
        assert (await place.ask("GET", "/api/v10/users/@me", None, token)).body["username"] == "Gizmo"
        assert await violations(page) == []
        await page.get_by_role("button", name="Done").click()
        await page.locator("tbody tr", has_text="Gizmo").get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
        await expect(page.locator("tbody tr", has_text="Gizmo")).to_have_count(0)
        assert (await place.ask("GET", "/api/v10/users/@me", None, token)).status == 401


async def test_an_announcement_reaches_everybody(browser, place):
    async with visit(browser, place, place.owner, "/channels/@me") as page:
        await page.goto("/admin/announce")
        await page.fill("[name=content]", "There will be cake.")
        await page.get_by_role("button", name="Announce").click()
        await expect(page.locator(".toast").last).to_have_text("Said in one guild.")
        await page.goto("/")
        await expect(page.locator("#messages")).to_contain_text("There will be cake.")


async def test_a_connection_is_closed_and_comes_back(browser, place):
    async with visit(browser, place, place.owner, "/admin/connections") as page:
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.locator("tbody").get_by_role("button", name="Close").click()
        await live(page)
        await page.get_by_role("link", name="Users").click()
        await page.get_by_role("link", name="Connections").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
