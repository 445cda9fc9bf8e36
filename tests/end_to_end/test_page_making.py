"""Making things in the web client: channels, direct messages, guilds, users."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import Person, Place, live, opened, violations_by_day_and_night, visit


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def ask(place: Place, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    reply = await place.ask(method, f"/api/v10{path}", body, token or place.owner.token)
    assert reply.status < 300, reply
    return reply.body


async def guild_of(place: Place, owner: Person, *others: Person, name: str = "Harbour") -> tuple[str, str]:
    """A guild of somebody's that the others are in too, and its first text channel."""
    guild = (await ask(place, "POST", "/guilds", {"name": name}, owner.token))["id"]
    channels = await ask(place, "GET", f"/guilds/{guild}/channels", None, owner.token)
    text = next(channel["id"] for channel in channels if channel["type"] == 0)
    invite = await ask(place, "POST", f"/channels/{text}/invites", {}, owner.token)
    for other in others:
        await ask(place, "POST", f"/invites/{invite['code']}", {}, other.token)
    return guild, text


async def from_guild_menu(page: Any, entry: str) -> None:
    await page.click(".brand-button")
    await page.get_by_role("menuitem", name=entry, exact=True).click()


async def from_menu(page: Any, of: str, entry: str) -> None:
    await page.locator(of).click(button="right")
    await page.get_by_role("menuitem", name=entry, exact=True).click()


# ── channels ──


async def test_a_channel_is_made_and_others_see_it_at_once(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    path = f"/channels/{guild}/{text}"
    async with (
        visit(browser, place, ada, path, refusals=True) as page,
        visit(browser, place, bob, path) as other,
    ):
        assert (
            await other.locator("[data-door=new-channel], .brand-button:has-text('New channel')").count() == 0
        )
        await from_guild_menu(page, "New channel")
        form = page.locator("#new-channel")
        await form.locator("[type=submit]").click()
        await expect(form.locator("[data-name=name] .field-error")).to_have_text("This is needed.")
        assert await violations_by_day_and_night(page) == []
        await form.locator("[name=name]").fill("Front Desk")
        await form.locator("[type=submit]").click()
        await expect(page.locator("#title")).to_have_text("#front-desk")
        await expect(other.locator("#channels a", has_text="front-desk")).to_be_visible()


async def test_a_private_channel_in_a_category_is_seen_by_its_maker_alone(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    path = f"/channels/{guild}/{text}"
    async with visit(browser, place, ada, path) as page, visit(browser, place, bob, path) as other:
        await from_guild_menu(page, "New category")
        await page.fill("#new-category [name=name]", "Engine room")
        await page.click("#new-category [type=submit]")
        category = page.locator(".category-row", has_text="Engine room")
        await category.locator("[data-door=new-channel]").click()
        await page.check("#new-channel [name=type][value='15']")
        await page.fill("#new-channel [name=name]", "plans")
        await page.check("#new-channel [name=private]")
        await page.click("#new-channel [type=submit]")
        await expect(page.locator("#channels a", has_text="plans")).to_be_visible()
        await page.click("[data-guild-id] [aria-current]")
        await from_guild_menu(page, "New channel")
        await page.fill("#new-channel [name=name]", "lobby")
        await page.click("#new-channel [type=submit]")
        await expect(other.locator("#channels a", has_text="lobby")).to_be_visible()
        assert await other.locator("#channels a", has_text="plans").count() == 0
    channels = await ask(place, "GET", f"/guilds/{guild}/channels", None, ada.token)
    (plans,) = [channel for channel in channels if channel["name"] == "plans"]
    (parent,) = [channel for channel in channels if channel["name"] == "Engine room"]
    assert (plans["type"], plans["parent_id"]) == (15, parent["id"])


# ── direct messages ──


async def test_a_direct_message_is_begun_with_somebody_who_is_found_by_name(browser, place):
    ada, bob = await place.person("ada"), await place.person("zelda", display_name="Zelda of Hyrule")
    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.click("#sidebar [data-door=new-direct-message]")
        await page.click("#new-direct-message [type=submit]")
        await expect(page.locator("#new-direct-message .field-error")).to_have_text("Choose somebody.")
        await page.fill("#new-direct-message [type=search]", "nobody is called so")
        await expect(page.locator("#new-direct-message .picker [role=status]")).to_have_text(
            "Nobody of that name."
        )
        await page.fill("#new-direct-message [type=search]", "zelda of")
        await expect(page.locator("#new-direct-message .pick")).to_have_count(1)
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("Enter")
        await expect(page.locator("#new-direct-message .chip")).to_contain_text("Zelda of Hyrule")
        await page.click("#new-direct-message [type=submit]")
        await expect(page.locator("#title")).to_have_text("Zelda of Hyrule")
        [channel] = await ask(place, "GET", "/users/@me/channels", None, ada.token)
        assert channel["recipients"][0]["id"] == str(bob.id)
        # It is closed, and comes back with the next word.
        await from_menu(page, "#channels a", "Close the conversation")
        await expect(page).to_have_url(f"{place.url}/channels/@me")
        await expect(page.locator("#channels a")).to_have_count(0)
        said = {"content": "Hear me"}
        await ask(place, "POST", f"/channels/{channel['id']}/messages", said, bob.token)
        await expect(page.locator("#channels a")).to_contain_text("Zelda of Hyrule")


async def test_a_group_is_made_grows_gets_a_name_and_is_left(browser, place):
    ada, bob, cleo, dan = [await place.person(name) for name in ("ada", "bob", "cleo", "dan")]
    async with (
        visit(browser, place, ada, "/channels/@me") as page,
        visit(browser, place, bob, "/channels/@me") as other,
    ):
        await page.click("#sidebar [data-door=new-direct-message]")
        for person in (bob, cleo):
            await page.fill("#new-direct-message [type=search]", person.username)
            await page.keyboard.press("Enter")
        await page.click("#new-direct-message [type=submit]")
        entry = other.locator("#channels a", has_text="3 people")
        await expect(entry).to_be_visible()
        await page.click("[data-door=add-to-group]")
        await page.fill("#add-people [type=search]", dan.username)
        await page.keyboard.press("Enter")
        await page.click("#add-people [type=submit]")
        await expect(other.locator("#channels a", has_text="4 people")).to_be_visible()
        await from_menu(page, "#channels a", "Name the group")
        await page.fill("#edit-group [name=name]", "The four")
        await page.click("#edit-group [type=submit]")
        await expect(other.locator("#channels a", has_text="The four")).to_be_visible()
        await from_menu(page, "#channels a", "Leave the group")
        await page.click("#leave-group button.danger")
        await expect(page).to_have_url(f"{place.url}/channels/@me")
        await expect(other.locator("#channels a", has_text="3 people")).to_be_visible()


# ── guilds ──


async def test_a_guild_is_made_with_a_picture_that_is_cropped(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.click("[data-door=new-guild]")
        picture = await page.evaluate(
            """() => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 300 });
            canvas.getContext("2d").fillRect(0, 0, 300, 300);
            return canvas.toDataURL("image/png").split(",")[1];
        }"""
        )
        file = {"name": "wide.png", "mimeType": "image/png", "buffer": base64.b64decode(picture)}
        await page.set_input_files("#new-guild [type=file]", files=[file])
        stage = page.locator("#crop canvas")
        await expect(stage).to_be_visible()
        await stage.focus()
        for _ in range(30):
            await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("+")
        assert await violations_by_day_and_night(page) == []
        await page.click("#crop .primary")
        await expect(page.locator("#new-guild .picture-now img")).to_be_visible()
        await page.fill("#new-guild [name=name]", "Lighthouse")
        await page.click("#new-guild [type=submit]")
        await expect(page.locator(".brand")).to_contain_text("Lighthouse")
        await expect(page.locator("#rail [aria-current] img")).to_have_js_property("complete", True)
        assert await page.locator("#rail [aria-current] img").evaluate("(img) => img.naturalWidth") > 0


async def test_a_guild_is_left_by_a_member_and_deleted_by_its_owner(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob, name="Short lived")
    path = f"/channels/{guild}/{text}"
    async with (
        visit(browser, place, ada, path, refusals=True) as page,
        visit(browser, place, bob, path) as other,
    ):
        await from_guild_menu(other, "Leave the guild")
        await other.click("#leave-guild button.danger")
        await expect(other).to_have_url(f"{place.url}/channels/@me")
        await page.goto(f"/guild/{guild}/end")
        await page.click("text=Delete the guild")
        await page.fill("#delete-guild [name=name]", "Long lived")
        await page.click("#delete-guild [type=submit]")
        await expect(page.locator("#delete-guild .field-error")).to_have_text("It is called Short lived.")
        await page.fill("#delete-guild [name=name]", "Short lived")
        await page.click("#delete-guild [type=submit]")
        await expect(page).to_have_url(f"{place.url}/channels/@me")
        await expect(page.locator(f"[data-guild-id='{guild}']")).to_have_count(0)


async def test_a_guild_gets_another_owner(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, _ = await guild_of(place, ada, bob)
    async with visit(browser, place, ada, f"/guild/{guild}/end") as page:
        await page.click("text=Choose another owner")
        await page.locator("#transfer-guild .pick", has_text=bob.username).click()
        await page.click("#transfer-guild [type=submit]")
        # What only an owner sees is gone with it.
        await expect(page).to_have_url(re.compile(r"/channels/"))
    assert (await ask(place, "GET", f"/guilds/{guild}", None, bob.token))["owner_id"] == str(bob.id)


# ── order ──


async def test_channels_are_moved_by_the_menu_and_into_a_category(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "second"}, ada.token)
    await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "Attic", "type": 4}, ada.token)
    path = f"/channels/{guild}/{text}"
    async with visit(browser, place, ada, path) as page, visit(browser, place, bob, path) as other:
        await from_menu(page, "#channels a:has-text('second')", "Move up")
        await expect(other.locator("#channels a").first).to_contain_text("second")
        await from_menu(page, "#channels a:has-text('second')", "Move up")
        await expect(page.locator(".toast").first).to_have_text("It is the first already.")
        await from_menu(page, "#channels a:has-text('second')", "Move to a category")
        await page.select_option("#move-channel [name=parent_id]", label="Attic")
        await page.click("#move-channel [type=submit]")
        await expect(other.locator(".category-row:has-text('Attic') ~ .channel-row a")).to_contain_text(
            ["second"]
        )
        await from_menu(page, "#channels a:has-text('second')", "Delete the channel")
        await page.click("#delete-channel button.danger")
        await expect(other.locator("#channels a", has_text="second")).to_have_count(0)


async def drag(page: Any, what: Any, onto: Any, edge: str) -> None:
    """As a hand does it, which sees where the thing would come to stand before letting go."""
    await what.hover()
    await page.mouse.down()
    box = await onto.bounding_box()
    x, y = box["x"] + 40, box["y"] + (3 if edge == "before" else box["height"] - 3)
    await page.mouse.move(x, y)
    await expect(what).to_have_class(re.compile("dragged"))
    await page.mouse.move(x + 1, y)
    await expect(page.locator(f"#channels [data-drop={edge}]")).to_have_count(1)
    await page.mouse.up()
    await expect(page.locator("#channels [data-drop]")).to_have_count(0)


async def test_channels_and_categories_are_dragged_to_another_place(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    for name, kind in (("second", 0), ("third", 0), ("Attic", 4)):
        await ask(place, "POST", f"/guilds/{guild}/channels", {"name": name, "type": kind}, ada.token)
    path = f"/channels/{guild}/{text}"
    async with visit(browser, place, ada, path) as page, visit(browser, place, bob, path) as other:
        row, category = page.locator("#channels .channel-row"), page.locator("#channels .category-row")
        second, third = row.filter(has_text="second"), row.filter(has_text="third")
        attic, texts = category.filter(has_text="Attic"), category.filter(has_text="Text Channels")
        await drag(page, third, second, "before")
        await expect(other.locator("#channels a").first).to_contain_text("third")
        await expect(other.locator("#channels a").nth(1)).to_contain_text("second")
        await drag(page, second, texts, "after")
        in_category = other.locator(".category-row:has-text('Text Channels') + .channel-row")
        await expect(in_category).to_contain_text("second")
        await drag(page, attic, texts, "before")
        await expect(page.locator("#channels .category").first).to_contain_text("Attic")
        # Who does not manage channels drags a link, and nothing with it.
        await other.locator("#channels a", has_text="third").drag_to(in_category)
    told = await ask(place, "GET", f"/guilds/{guild}/channels", None, ada.token)
    channels = {channel["name"]: channel for channel in told}
    assert channels["third"]["parent_id"] is None
    assert channels["second"]["parent_id"] == channels["Text Channels"]["id"]
    assert channels["Attic"]["position"] < channels["Text Channels"]["position"]


# ── users ──


async def test_a_user_is_made_by_an_administrator_and_by_nobody_else(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/channels/@me") as page:
        await expect(page.locator("#sidebar [data-door=new-direct-message]")).to_be_visible()
        assert await page.locator("[data-door=new-user]").count() == 0
    async with visit(browser, place, place.owner, "/channels/@me") as page:
        await page.click("#sidebar [data-door=new-user]")
        await page.fill("#new-user [name=username]", "newcomer")
        await page.click("#new-user [type=submit]")
        await expect(page.locator("#one-time-link input")).to_have_value(re.compile(r"^http"))
        await live(page)
