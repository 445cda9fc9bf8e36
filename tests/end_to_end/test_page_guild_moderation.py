"""Rules, reports, lockdowns and the audit log in the web client."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import opened, violations_by_day_and_night, visit
from tests.end_to_end.test_page_making import ask, guild_of


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_a_rule_is_made_blocks_a_message_and_is_switched_off(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    said = f"/api/v10/channels/{text}/messages"
    async with visit(browser, place, ada, f"/guild/{guild}/rules", refusals=True) as page:
        await page.click("text=New rule")
        await page.click("#new-rule [type=submit]")
        words = page.locator("#rule [data-name='trigger_metadata.regex_patterns'] textarea")
        await words.fill("(unclosed")
        await page.click("#rule [type=submit]")
        await expect(page.locator("#rule .field-error")).to_be_visible()
        await words.fill("")
        await page.locator("#rule [data-name='trigger_metadata.keyword_filter'] textarea").fill("darn*\nheck")
        await page.fill("#rule [name=custom_message]", "Be nice.")
        assert await violations_by_day_and_night(page) == []
        await page.click("#rule [type=submit]")
        await expect(page.locator(".row-card")).to_contain_text("Words: blocks the message.")
        refused = await place.ask("POST", said, {"content": "darned"}, bob.token)
        assert refused.body["code"] == 200000
        async with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            await page.click(".row-card [role=switch]")
        assert (await place.ask("POST", said, {"content": "darned"}, bob.token)).status == 200
        assert await violations_by_day_and_night(page) == []
        await page.get_by_role("button", name="Delete Words").click()
        await page.click("#delete-rule button.danger")
        await expect(page.locator(".nothing-yet")).to_be_visible()


async def test_a_report_comes_in_is_looked_after_and_resolved(browser, place):
    ada, bob, cleo = [await place.person(name) for name in ("ada", "bob", "cleo")]
    guild, text = await guild_of(place, ada, bob, cleo)
    said = await ask(place, "POST", f"/channels/{text}/messages", {"content": "rude words"}, bob.token)
    async with visit(browser, place, ada, f"/guild/{guild}/reports") as page:
        await expect(page.locator(".nothing-yet")).to_be_visible()
        about = {"channel_id": text, "message_id": said["id"]}
        await ask(
            place, "POST", "/reports", {"category": "harassment", "text": "He is rude.", **about}, cleo.token
        )
        card = page.locator("[data-report-id]")
        await expect(card.locator("blockquote")).to_have_text("rude words")
        assert await violations_by_day_and_night(page) == []
        await card.get_by_role("button", name="Note").click()
        await page.fill("#report-note textarea", "Talked to him.")
        await page.click("#report-note [type=submit]")
        await expect(card).to_contain_text("Note: Talked to him.")
        await page.select_option("[aria-label=State]", "")
        await card.get_by_role("button", name="Look after it").click()
        await expect(card.locator(".tag")).to_have_text("Looked after")
        await card.get_by_role("button", name="Resolve").click()
        await expect(card.locator(".tag")).to_have_text("Resolved")


async def test_channels_are_closed_and_opened_and_invites_paused(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    async with (
        visit(browser, place, ada, f"/guild/{guild}/lockdown") as page,
        visit(browser, place, bob, f"/channels/{guild}/{text}") as other,
    ):
        await expect(other.locator("#composer")).to_be_enabled()
        await page.click("text=Close all channels")
        await page.fill("#close-channels [name=reason]", "raid")
        await page.click("#close-channels [type=submit]")
        await expect(page.locator(".form-note")).to_contain_text("raid")
        body = {"content": "may I?"}
        refused = await place.ask("POST", f"/api/v10/channels/{text}/messages", body, bob.token)
        assert refused.status == 403
        assert await violations_by_day_and_night(page) == []
        await page.click("text=Open all channels")
        await page.click("#open-channels .primary")
        await expect(page.locator(".form-note")).to_have_count(0)
        await ask(place, "POST", f"/channels/{text}/messages", body, bob.token)
        await page.locator("[data-pause=invites_disabled_until]").get_by_role("button", name="Pause").click()
        await expect(page.locator("[data-pause=invites_disabled_until]")).to_contain_text("Paused until")
        await page.locator("[data-pause=invites_disabled_until]").get_by_role("button", name="Go on").click()
        await expect(page.locator("[data-pause=invites_disabled_until]")).not_to_contain_text("Paused until")


async def test_the_audit_log_says_in_words_who_did_what_and_is_filtered(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, ada, bob)
    role = await ask(
        place, "POST", f"/guilds/{guild}/roles", {"name": "Pilots", "permissions": "0"}, ada.token
    )
    async with visit(browser, place, ada, f"/guild/{guild}/audit-log") as page:
        entries = page.locator(".log > li")
        await expect(entries.first).to_contain_text("made the role Pilots")
        await ask(place, "PATCH", f"/guilds/{guild}/roles/{role['id']}", {"permissions": "2"}, ada.token)
        await expect(entries.first).to_contain_text("changed the role Pilots")
        await entries.first.locator("summary").click()
        await expect(entries.first.locator("details li")).to_have_text("permissions now: Put members out")
        await ask(place, "PUT", f"/guilds/{guild}/members/{bob.id}/roles/{role['id']}", None, ada.token)
        await expect(entries.first).to_contain_text(f"changed the roles of {bob.username}")
        assert await violations_by_day_and_night(page) == []
        await page.select_option("[aria-label='What was done']", "30")
        await expect(entries).to_have_count(1)
        await page.select_option("[aria-label='By whom']", label=ada.username)
        await expect(entries).to_have_count(1)
        await page.select_option("[aria-label='What was done']", "20")
        await expect(page.locator(".nothing-yet")).to_be_visible()


async def test_a_bot_is_listed_and_sent_away(browser, place):
    ada = await place.person("ada")
    guild, _ = await guild_of(place, ada)
    made = await ask(place, "POST", "/applications", {"name": "Gizmo"}, ada.token)
    query = f"client_id={made['id']}&scope=bot&permissions=0"
    await ask(place, "POST", f"/oauth2/authorize?{query}", {"guild_id": guild, "authorize": True}, ada.token)
    async with visit(browser, place, ada, f"/guild/{guild}/bots") as page:
        await expect(page.locator(".row-card")).to_contain_text("Gizmo")
        assert await violations_by_day_and_night(page) == []
        await page.click("text=Send away")
        await page.click("#remove-bot button.danger")
        await expect(page.locator(".nothing-yet")).to_be_visible()
