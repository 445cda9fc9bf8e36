"""The friends page: asking, agreeing, ending and blocking, as both sides see it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import opened, violations_by_day_and_night, visit


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


def row(page, person):
    return page.locator(f'.friends li[data-user-id="{person.id}"]')


async def test_two_become_friends_and_are_told_of_each_other(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    async with (
        visit(browser, place, ada, "/channels/@me", refusals=True) as hers,
        visit(browser, place, bob, "/channels/@me") as his,
    ):
        name = hers.get_by_label("Add a friend by username")
        await name.fill("nobody.at.all")
        await name.press("Enter")
        await expect(hers.locator(".friends .field-error, .friends .form-error").first).to_be_visible()
        await name.fill(f"@{bob.username}")
        await name.press("Enter")
        await hers.get_by_role("tab", name="Pending 1").click()
        await expect(row(hers, bob)).to_contain_text("was asked by you")
        await his.get_by_role("tab", name="Pending 1").click()
        await expect(row(his, ada)).to_contain_text("asks to be friends")
        assert await violations_by_day_and_night(his) == []
        await row(his, ada).get_by_role("button", name="Accept request").click()
        for page, other in ((hers, bob), (his, ada)):
            await page.get_by_role("tab", name="Online 1").click()
            await expect(row(page, other)).to_contain_text("online")
            assert await violations_by_day_and_night(page) == []
        await row(hers, bob).get_by_role("button", name="More about").click()
        await hers.get_by_role("menuitem", name="Remove friend").click()
        await hers.get_by_role("dialog").get_by_role("button", name="Remove").click()
        await expect(row(hers, bob)).to_have_count(0)
        await expect(row(his, ada)).to_have_count(0)


async def test_who_is_blocked_is_listed_and_let_go_there(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    path = f"/api/v10/users/@me/relationships/{bob.id}"
    assert (await place.ask("PUT", path, {"type": 2}, ada.token)).status == 204
    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.get_by_role("tab", name="Blocked").click()
        await expect(row(page, bob)).to_be_visible()
        await row(page, bob).get_by_role("button", name="Unblock").click()
        await expect(row(page, bob)).to_have_count(0)
        await expect(page.locator(".friends [role=tabpanel]:visible")).to_contain_text("blocked nobody")
