"""Roles and overwrites in the web client: made, ordered, given, and what they let others see at once."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from chatd.model.permissions import Permission
from tests.end_to_end.pages import member, opened, violations_by_day_and_night, visit
from tests.end_to_end.test_page_making import ask, guild_of


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def role_of(place, guild, token, name, **fields):
    return (await ask(place, "POST", f"/guilds/{guild}/roles", {"name": name, **fields}, token))["id"]


async def test_a_role_is_made_coloured_given_and_deleted_before_the_eyes_of_others(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    async with (
        visit(browser, place, ada, f"/guild/{guild}/roles", refusals=True) as page,
        visit(browser, place, bob, f"/channels/{guild}/{text}") as other,
    ):
        await page.click("text=New role")
        await page.fill("#new-role [name=name]", "Pilots")
        await page.click("#new-role [type=submit]")
        await expect(page.locator(".target-head h3")).to_have_text("Pilots")
        await page.check("[name=colored]")
        await page.fill("[name=color]", "#cc3366")
        await page.check("[name=hoist]")
        await page.click(".saved-form [type=submit]")
        await page.click("role=tab[name=Members]")
        await page.click("text=Give it to members")
        await page.fill("#give-role [type=search]", bob.username)
        await page.keyboard.press("Enter")
        await page.click("#give-role [type=submit]")
        await expect(page.locator(".plain-rows li")).to_have_count(1)
        await expect(other.locator(".people-title", has_text="Pilots")).to_be_visible()
        await expect(member(other, bob).locator(".colored")).to_be_visible()
        assert await violations_by_day_and_night(page) == []
        await page.click("[aria-label='Delete the role']")
        await page.click("#delete-role button.danger")
        await expect(other.locator(".people-title", has_text="Pilots")).to_have_count(0)
        await expect(page.locator("[data-role-id]")).to_have_count(1)


async def test_roles_are_ordered_by_keys_and_by_dragging(browser, place):
    ada = await place.person("ada")
    guild, _ = await guild_of(place, ada)
    for name in ("low", "middle", "high"):
        await role_of(place, guild, ada.token, name)
    names = "[data-role-id] span:last-child"
    async with visit(browser, place, ada, f"/guild/{guild}/roles") as page:
        rows = page.locator(names)
        await expect(rows).to_have_count(4)
        before = await rows.all_text_contents()
        top, second, third = before[:3]
        assert before[3:] == ["Everyone"]
        await page.locator("[data-role-id]", has_text=top).focus()
        await page.keyboard.press("Alt+ArrowDown")
        await expect(rows).to_have_text([second, top, third, "Everyone"])
        await page.locator("[data-role-id]", has_text=third).drag_to(
            page.locator("[data-role-id]", has_text=second), target_position={"x": 20, "y": 3}
        )
        await expect(rows).to_have_text([third, second, top, "Everyone"])
    roles = await ask(place, "GET", f"/guilds/{guild}/roles", None, ada.token)
    ordered = [role["name"] for role in sorted(roles, key=lambda role: -role["position"])]
    assert ordered[:3] == [third, second, top]


async def test_permissions_are_searched_and_only_those_one_has_can_be_given(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    low = await role_of(place, guild, ada.token, "low", permissions="0")
    mods = await role_of(
        place,
        guild,
        ada.token,
        "mods",
        permissions=str(int(Permission.MANAGE_ROLES | Permission.KICK_MEMBERS)),
    )
    moves = [{"id": mods, "position": 2}, {"id": low, "position": 1}]
    await ask(place, "PATCH", f"/guilds/{guild}/roles", moves, ada.token)
    await ask(place, "PUT", f"/guilds/{guild}/members/{bob.id}/roles/{mods}", None, ada.token)
    async with visit(browser, place, bob, f"/guild/{guild}/roles/{low}") as page:
        await page.click("role=tab[name=Permissions]")
        await page.fill("[aria-label='Search permissions']", "put members")
        rows = page.locator(".permission-row:visible")
        await expect(rows).to_have_count(1)
        await page.check("[value=KICK_MEMBERS]")
        await page.fill("[aria-label='Search permissions']", "")
        await expect(page.locator("[value=ADMINISTRATOR]")).to_be_disabled()
        await expect(page.locator("[value=BAN_MEMBERS]")).to_be_disabled()
        assert await violations_by_day_and_night(page) == []
        await page.click(".save-bar .primary")
        await expect(page.locator(".toast")).to_have_text("Saved.")
        # One's own role is not to be changed, and when it is lost one is led away.
        await page.goto(f"/guild/{guild}/roles/{mods}")
        await expect(page.locator(".form-note")).to_be_visible()
        await ask(place, "DELETE", f"/guilds/{guild}/members/{bob.id}/roles/{mods}", None, ada.token)
        await expect(page.locator("#composer")).to_be_visible()
    roles = await ask(place, "GET", f"/guilds/{guild}/roles", None, ada.token)
    given = next(int(role["permissions"]) for role in roles if role["id"] == low)
    assert given == int(Permission.KICK_MEMBERS)


async def test_a_channel_is_closed_to_a_role_and_opened_to_a_member(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    made = await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "vault"}, ada.token)
    async with (
        visit(browser, place, ada, f"/channel/{made['id']}/permissions") as page,
        visit(browser, place, bob, f"/channels/{guild}/{text}") as other,
    ):
        vault = other.locator("#channels a", has_text="vault")
        await expect(vault).to_be_visible()
        await page.check("[data-permission=VIEW_CHANNEL] [value=deny]", force=True)
        await page.click(".save-bar .primary")
        await expect(vault).to_have_count(0)
        await page.click("text=Add a role or member")
        await page.get_by_role("menuitem", name="A member").click()
        await page.locator("#add-overwrite .pick", has_text=bob.username).click()
        await page.click("#add-overwrite [type=submit]")
        await expect(page.locator(".target-head h3")).to_have_text(bob.username)
        await page.check("[data-permission=VIEW_CHANNEL] [value=allow]", force=True)
        await page.click(".save-bar .primary")
        await expect(vault).to_be_visible()
        assert await violations_by_day_and_night(page) == []
        await page.click("text=Take away")
        await expect(vault).to_have_count(0)
