"""The settings of guilds and channels in the web client, with somebody else looking on."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests import pictures
from tests.end_to_end.pages import member, message, opened, violations_by_day_and_night, visit
from tests.end_to_end.test_page_making import ask, from_menu, guild_of


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_a_guild_and_a_channel_are_called_otherwise(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    async with (
        visit(browser, place, ada, f"/guild/{guild}/overview", refusals=True) as page,
        visit(browser, place, bob, f"/channels/{guild}/{text}") as other,
    ):
        await page.fill("[name=name]", "x")
        await page.click(".saved-form [type=submit]")
        await expect(page.locator("[data-name=name] .field-error")).to_be_visible()
        await page.fill("[name=name]", "Open sea")
        await page.fill("textarea[name=description]", "Where it is wide.")
        await page.select_option("[name=system_channel_id]", "")
        await page.click(".saved-form [type=submit]")
        await expect(other.locator(".brand")).to_contain_text("Open sea")
        await expect(page.locator("#page h1")).to_have_text("Open sea")
        assert await violations_by_day_and_night(page) == []
        await page.goto(f"/channel/{text}/overview")
        await page.fill("[name=topic]", "All about boats")
        await page.select_option("[name=rate_limit_per_user]", "30")
        await page.click(".saved-form [type=submit]")
        await expect(other.locator("#topic")).to_have_text("All about boats")
        assert await violations_by_day_and_night(page) == []
    channel = await ask(place, "GET", f"/channels/{text}", None, ada.token)
    assert channel["rate_limit_per_user"] == 30
    told = await ask(place, "GET", f"/guilds/{guild}", None, ada.token)
    assert (told["description"], told["system_channel_id"]) == ("Where it is wide.", None)


async def test_members_are_found_named_timed_out_and_put_out(browser, place):
    ada, bob, cleo = [await place.person(name) for name in ("ada", "bob", "cleo")]
    guild, text = await guild_of(place, ada, bob, cleo)
    pilots = {"name": "Pilots", "hoist": True}
    await ask(place, "POST", f"/guilds/{guild}/roles", pilots, ada.token)
    async with (
        visit(browser, place, ada, f"/guild/{guild}/members") as page,
        visit(browser, place, cleo, f"/channels/{guild}/{text}") as other,
    ):
        await expect(page.locator(".row-card")).to_have_count(3)
        await page.fill("[aria-label='Search members']", "bob")
        row = page.locator(".row-card")
        await expect(row).to_have_count(1)
        act = row.get_by_role("button")

        async def choose(entry: str) -> None:
            await act.click()
            await page.get_by_role("menuitem", name=entry, exact=True).click()

        await choose("Change the nickname")
        await page.fill("#nickname [name=nick]", "Bobby")
        await page.click("#nickname [type=submit]")
        await expect(member(other, bob)).to_contain_text("Bobby")
        await choose("Roles")
        await page.locator("#member-roles").get_by_label("Pilots").check()
        await page.click("#member-roles [type=submit]")
        await expect(row.locator(".role-chips")).to_have_text("Pilots")
        await choose("Time out")
        await page.fill("#time-out [name=reason]", "too loud")
        await page.click("#time-out [type=submit]")
        await expect(row.locator(".warn")).to_have_text("timed out")
        said = {"content": "But!"}
        assert (
            await place.ask("POST", f"/api/v10/channels/{text}/messages", said, bob.token)
        ).status == 403
        assert await violations_by_day_and_night(page) == []
        await choose("End the time-out")
        await expect(row.locator(".warn")).to_have_count(0)
        await choose("Put out of the guild")
        await page.click("#kick [type=submit]")
        await expect(member(other, bob)).to_have_count(0)
        await expect(row).to_have_count(0)
        # Who may do none of it is offered none of it.
        await member(other, ada).click(button="right")
        assert await other.get_by_role("menuitem", name="Ban").count() == 0


async def test_somebody_is_banned_with_what_they_said_and_let_in_again(browser, place):
    ada, bob, cleo = [await place.person(name) for name in ("ada", "bob", "cleo")]
    guild, text = await guild_of(place, ada, bob, cleo)
    said = await ask(place, "POST", f"/channels/{text}/messages", {"content": "buy this"}, bob.token)
    path = f"/channels/{guild}/{text}"
    async with visit(browser, place, ada, path) as page, visit(browser, place, cleo, path) as other:
        await expect(message(other, said["id"])).to_be_visible()
        await from_menu(page, f"#members li[data-user-id='{bob.id}']", "Ban")
        await page.select_option("#ban [name=delete_message_seconds]", "3600")
        await page.fill("#ban [name=reason]", "Spam: ünd so weiter")
        await page.click("#ban [type=submit]")
        await expect(message(other, said["id"])).to_have_count(0)
        await expect(member(other, bob)).to_have_count(0)
        await page.goto(f"/guild/{guild}/bans")
        await expect(page.locator(".row-card")).to_contain_text("Spam: ünd so weiter")
        assert await violations_by_day_and_night(page) == []
        await page.click("text=Lift the ban")
        await page.click("#unban .primary")
        await expect(page.locator(".nothing-yet")).to_be_visible()


async def test_emoji_and_stickers_are_put_up_renamed_and_deleted(browser, place):
    ada = await place.person("ada")
    guild, _ = await guild_of(place, ada)
    file = {"name": "a.png", "mimeType": "image/png", "buffer": pictures.png(64, 64)}
    async with visit(browser, place, ada, f"/guild/{guild}/emoji", refusals=True) as page:
        await page.click("text=New emoji")
        await page.fill("#new-emoji [name=name]", "a b")
        await page.click("#new-emoji [type=submit]")
        await expect(page.locator("#new-emoji [data-name=image] .field-error")).to_be_visible()
        await page.set_input_files("#new-emoji [type=file]", files=[file])
        await page.click("#crop .primary")
        await page.click("#new-emoji [type=submit]")
        await expect(page.locator("#new-emoji [data-name=name] .field-error")).to_be_visible()
        await page.fill("#new-emoji [name=name]", "wave")
        await page.click("#new-emoji [type=submit]")
        await expect(page.locator(".expressions code")).to_have_text(":wave:")
        await page.click("[aria-label='Rename wave']")
        await page.fill("#rename-emoji [name=name]", "surge")
        await page.click("#rename-emoji [type=submit]")
        await expect(page.locator(".expressions code")).to_have_text(":surge:")
        assert await violations_by_day_and_night(page) == []
        await page.click("[aria-label='Delete surge']")
        await page.click("#delete-emoji button.danger")
        await expect(page.locator(".expressions li")).to_have_count(0)

        await page.goto(f"/guild/{guild}/stickers")
        await page.click("text=New sticker")
        await page.set_input_files("#new-sticker [type=file]", files=[file])
        await page.fill("#new-sticker [name=name]", "Boat")
        await page.fill("#new-sticker [name=tags]", "⛵")
        await page.click("#new-sticker [type=submit]")
        await expect(page.locator(".expressions b")).to_have_text("Boat")
        await page.click("[aria-label='Delete Boat']")
        await page.click("#delete-sticker button.danger")
        await expect(page.locator(".expressions li")).to_have_count(0)


async def test_a_webhook_is_made_edited_and_deleted(browser, place):
    ada = await place.person("ada")
    guild, text = await guild_of(place, ada)
    async with visit(browser, place, ada, f"/channel/{text}/webhooks", refusals=True) as page:
        await page.click("text=New webhook")
        await page.fill("#new-webhook [name=name]", "discord")
        await page.click("#new-webhook [type=submit]")
        await expect(page.locator("#new-webhook [data-name=name] .field-error")).to_be_visible()
        await page.fill("#new-webhook [name=name]", "Weather")
        await page.click("#new-webhook [type=submit]")
        await expect(page.locator(".row-card b")).to_have_text("Weather")
        assert await violations_by_day_and_night(page) == []
        await page.goto(f"/guild/{guild}/webhooks")
        await page.click("[aria-label='Edit Weather']")
        await page.fill("#edit-webhook [name=name]", "Tides")
        await page.click("#edit-webhook [type=submit]")
        await expect(page.locator(".row-card b")).to_have_text("Tides")
        await page.click("[aria-label='Delete Tides']")
        await page.click("#delete-webhook button.danger")
        await expect(page.locator(".nothing-yet")).to_be_visible()


async def test_the_tags_of_a_forum_are_made_and_ordered(browser, place):
    ada = await place.person("ada")
    guild, _ = await guild_of(place, ada)
    forum = await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "ideas", "type": 15}, ada.token)
    async with visit(browser, place, ada, f"/channel/{forum['id']}/tags") as page:
        for name in ("done", "open"):
            await page.click("text=New tag")
            await page.fill("#tag [name=name]", name)
            await page.click("#tag [type=submit]")
            await expect(page.locator(".row-card b", has_text=name)).to_be_visible()
        await page.click("[aria-label='Move open up']")
        await expect(page.locator(".row-card b")).to_have_text(["open", "done"])
        await page.click("[aria-label='Delete done']")
        await expect(page.locator(".row-card b")).to_have_text(["open"])
        assert await violations_by_day_and_night(page) == []


async def test_who_may_not_change_a_guild_is_not_shown_how_and_refused_anyway(browser, place):
    ada, bob, cleo = [await place.person(name) for name in ("ada", "bob", "cleo")]
    guild, text = await guild_of(place, ada, bob, cleo)
    said = await ask(place, "POST", f"/channels/{text}/messages", {"content": "mine"}, ada.token)
    async with visit(browser, place, bob, f"/guild/{guild}") as page:
        await expect(page.locator("#page h1")).to_have_text("Not to be seen")
        await page.goto(f"/channel/{text}")
        await expect(page.locator("#page h1")).to_have_text("Not to be seen")
        await page.goto(f"/channels/{guild}/{text}")

        async def offered(thing: str) -> set[str]:
            await page.locator(thing).click(button="right")
            await expect(page.get_by_role("menuitem").first).to_be_visible()
            entries = await page.get_by_role("menuitem").all_text_contents()
            await page.keyboard.press("Escape")
            return set(entries)

        assert await offered(f"#rail li[data-guild-id='{guild}'] a") == {
            "Change nickname", "Notifications", "Invite people", "Leave the guild",
        }  # fmt: skip
        channel = await offered(f"#channels a[data-channel-id='{text}']")
        assert channel == {"Notifications", "Invite people"}
        assert await offered("#channels .category >> nth=0") == {"Notifications"}
        somebody = await offered(f"#members li[data-user-id='{cleo.id}']")
        assert somebody == {"Profile", "Message", "Add friend", "Copy ID", "Block"}
        words = await offered(f"article[data-message-id='{said['id']}']")
        assert not words & {"Edit", "Delete", "Pin"}
        assert await page.locator("#sidebar [data-door=new-channel], .member [data-door=ban]").count() == 0
    overwrite = {"type": 0, "allow": "0", "deny": "1024"}
    for method, path, body in (
        ("PATCH", f"/guilds/{guild}", {"name": "Mine now"}),
        ("DELETE", f"/guilds/{guild}", None),
        ("POST", f"/guilds/{guild}/channels", {"name": "mine"}),
        ("PATCH", f"/guilds/{guild}/channels", [{"id": text, "position": 3}]),
        ("PATCH", f"/channels/{text}", {"topic": "mine"}),
        ("DELETE", f"/channels/{text}", None),
        ("PUT", f"/channels/{text}/permissions/{guild}", overwrite),
        ("POST", f"/guilds/{guild}/roles", {"name": "mine"}),
        ("PATCH", f"/guilds/{guild}/members/{cleo.id}", {"nick": "Cleopatra"}),
        ("DELETE", f"/guilds/{guild}/members/{cleo.id}", None),
        ("PUT", f"/guilds/{guild}/bans/{cleo.id}", {}),
        ("GET", f"/guilds/{guild}/audit-logs", None),
        ("GET", f"/guilds/{guild}/invites", None),
        ("POST", f"/channels/{text}/webhooks", {"name": "mine"}),
        ("DELETE", f"/channels/{text}/messages/{said['id']}", None),
    ):
        reply = await place.ask(method, f"/api/v10{path}", body, bob.token)
        assert reply.status == 403, (method, path, reply)
