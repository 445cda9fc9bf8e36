"""What is told, to whom and when: on the desktop, by guilds and channels, and to administrators."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import live, member, messages, opened, violations_by_day_and_night, visit
from tests.end_to_end.test_page_making import ask, from_guild_menu, from_menu, guild_of

# The desktop of a headless browser shows nothing: what the page gives to it is written down on its way.
WRITE_DOWN = """self.told = []; self.Notification = class extends Notification {
    constructor(title, options) { super(title, options); told.push([title, options.body, this]); } };"""
# Where there is a service worker, it is the one that shows; what is clicked comes to it as an event.
WRITE_DOWN_SHOWN = """self.told = []; ServiceWorkerRegistration.prototype.showNotification =
    async (title, options) => void told.push([title, options]);"""
CLICK = """(data) => self.dispatchEvent(Object.assign(new Event("notificationclick"), {
    notification: { close() {}, data },
    waitUntil(going) { going.catch(() => {}); }, // nobody has clicked: no window may take the focus
}))"""
COUNT_SOUNDS = """self.sounds = 0; self.OscillatorNode = class extends OscillatorNode {
    constructor(...given) { super(...given); sounds++; } };"""
TOLD = "told.map(([title, body]) => [title, body])"


def until(condition: str) -> str:
    """The policy forbids what Playwright waits with."""
    return f"""new Promise(async function look(done) {{
        {condition} ? done() : setTimeout(look, 20, done); }})"""


def tellers(count: int) -> str:
    """So many tabs have got as far as to tell, or to wait for their turn."""
    every = "Object.values(await navigator.locks.query()).flat()"
    return until(f"{every}.filter(({{ name }}) => name == 'chatd.teller').length == {count}")


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_a_mention_elsewhere_is_told_on_the_desktop_once_somebody_has_asked_for_it(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    here, there, silent = [await place.chat(name) for name in ("room", "other", "silent")]
    allowed = {"permissions": ["notifications"]}
    async with visit(browser, place, ada, here.path, **allowed) as page:
        await page.add_init_script(WRITE_DOWN)
        await page.goto("/settings/notifications")
        await page.get_by_role("switch", name="Desktop notifications").check()
        await page.goto(here.path)
        await page.evaluate(tellers(1))
        await place.say(bob, there, "for nobody in particular")
        await place.say(bob, here, f"<@{ada.id}> you are looking")
        nothing = {"channel_overrides": {str(silent.id): {"message_notifications": 2}}}
        await ask(place, "PATCH", f"/users/@me/guilds/{place.guild_id}/settings", nothing, ada.token)
        await place.say(bob, silent, f"<@{ada.id}> of this she wants nothing")
        said = await place.say(bob, there, f"<@{ada.id}> **look** ||here||")
        await page.evaluate(until("told.length"))
        expected = [f"{bob.username} in #{there.name}", f"@{ada.username} look ▮▮▮"]
        assert await page.evaluate(TOLD) == [expected]
        await page.evaluate("told[0][2].onclick()")
        await expect(page).to_have_url(f"{place.url}{there.path}/{said}")
        await expect(messages(page)).to_have_count(2)


async def test_what_the_service_worker_shows_leads_to_its_message(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    here, there = await place.chat(), await place.chat("other")
    allowed = {"permissions": ["notifications"], "service_workers": "allow"}
    async with visit(browser, place, ada, here.path, **allowed) as page:
        await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        await page.add_init_script(WRITE_DOWN_SHOWN)
        await page.goto("/settings/notifications")
        await page.get_by_role("switch", name="Desktop notifications").check()
        await page.goto(here.path)
        await page.evaluate(tellers(1))
        said = await place.say(bob, there, f"<@{ada.id}> look")
        await page.evaluate(until("told.length"))
        title, options = (await page.evaluate("told"))[0]
        assert (title, options["body"]) == (f"{bob.username} in #{there.name}", f"@{ada.username} look")
        [worker] = page.context.service_workers
        await worker.evaluate(CLICK, options["data"])
        await expect(page).to_have_url(f"{place.url}{there.path}/{said}")
        await expect(messages(page)).to_have_count(1)


async def test_of_two_tabs_one_tells_and_both_show_it_and_neither_sounds_unasked(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    here, there = await place.chat(), await place.chat("other")
    async with visit(browser, place, ada, permissions=["notifications"]) as page:
        await page.context.add_init_script(WRITE_DOWN + COUNT_SOUNDS)
        await page.goto("/settings/notifications")
        desktop = page.get_by_role("switch", name="Desktop notifications")
        sound = page.get_by_role("switch", name="Sound")
        await expect(desktop).not_to_be_checked()
        await expect(sound).not_to_be_checked()
        await desktop.check()
        await page.goto(here.path)
        await live(page)
        other = await page.context.new_page()
        await other.goto(here.path)
        await other.evaluate(tellers(2))
        await place.say(bob, there, f"<@{ada.id}> here?")
        icon = "link[rel=icon]"
        for tab in (page, other):
            await expect(tab).to_have_title(re.compile(r"^\(1\) "))
            await expect(tab.locator(icon)).to_have_attribute("href", re.compile("^data:image/svg"))
        await page.evaluate(until("told.length > 0"))
        assert [await tab.evaluate("told.length + sounds") for tab in (page, other)] == [1, 0]
        # What is read in one is read in both; and when one is closed, the other tells.
        await other.locator("#channels a", has_text=there.name).click()
        for tab in (page, other):
            await expect(tab).to_have_title(re.compile(r"^#"))
            await expect(tab.locator(icon)).to_have_attribute("href", re.compile("favicon.svg$"))
        await page.close()
        await other.goto("/settings/notifications")
        await other.get_by_role("switch", name="Sound").check()
        await other.evaluate(until("sounds > 0"))
        await other.evaluate(tellers(1))
        await place.say(bob, there, f"<@{ada.id}> and now?")
        await other.evaluate(until("told.length == 1 && sounds == 4"))


async def test_what_is_muted_is_not_unread_and_mentions_count_as_one_has_chosen(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild, text = await guild_of(place, bob, ada)
    dock = (await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "dock"}, bob.token))["id"]
    settings = f"/users/@me/guilds/{guild}/settings"

    async def say(content: str, channel: str = dock) -> None:
        await ask(place, "POST", f"/channels/{channel}/messages", {"content": content}, bob.token)

    async with visit(browser, place, ada, f"/channels/{guild}/{text}") as page:
        link = page.locator(f"#channels a[data-channel-id='{dock}']")
        guild_link = page.locator(f"#rail li[data-guild-id='{guild}']")
        dialog = page.get_by_role("dialog")
        await say("first")
        await expect(link).to_have_attribute("data-unread", "")
        await expect(guild_link).to_have_attribute("data-unread", "")
        # The channel, until one thinks otherwise.
        await from_menu(page, f"#channels a[data-channel-id='{dock}']", "Notifications")
        await dialog.get_by_role("radio", name="Nothing").check()
        await dialog.get_by_label("Mute", exact=True).select_option(label="Until I turn it on again")
        assert await violations_by_day_and_night(page) == []
        await dialog.get_by_role("button", name="Save").click()
        await expect(link).to_have_attribute("data-muted", "")
        await expect(link).not_to_have_attribute("data-unread", "")
        await expect(guild_link).not_to_have_attribute("data-unread", "")
        await say(f"<@{ada.id}>")
        await expect(link.locator(".badge")).to_have_text("1 mention")
        await expect(guild_link.locator(".badge")).to_have_text("1")
        # The guild: what is for everybody does not count for her.
        await say("@everyone")
        await expect(link.locator(".badge")).to_have_text("2 mentions")
        await from_guild_menu(page, "Notifications")
        await dialog.get_by_role("radio", name="Mentions only").check()
        await dialog.get_by_role("switch", name="Leave out @everyone").check()
        await dialog.get_by_label("Mute", exact=True).select_option(label="For 1 hour")
        assert await violations_by_day_and_night(page) == []
        await dialog.get_by_role("button", name="Save").click()
        first = page.locator(f"#channels a[data-channel-id='{text}']")
        await expect(first).to_have_attribute("data-muted", "")
        await say("@everyone again")
        await say(f"<@{ada.id}> again")
        await expect(link.locator(".badge")).to_have_text("3 mentions")
        await from_guild_menu(page, "Notifications")
        await expect(dialog.get_by_role("radio", name="Mentions only")).to_be_checked()
        await expect(dialog.get_by_label("Mute", exact=True)).to_contain_text("Muted until")
        await page.keyboard.press("Escape")
        # A mute ends by itself, and what it held back is there.
        await link.click()
        await expect(link.locator(".badge")).to_have_count(0)
        await first.click()
        soon = await page.evaluate("new Date(Date.now() + 1500).toISOString()")
        ends = {"muted": True, "mute_config": {"end_time": soon, "selected_time_window": 1}}
        overrides = {dock: {"muted": False}}
        await ask(place, "PATCH", settings, {**ends, "channel_overrides": overrides}, ada.token)
        await say("last")
        await expect(link).to_have_attribute("data-unread", "")
        await expect(page.locator("#channels a[data-muted]")).to_have_count(0)


async def test_a_muted_conversation_has_no_badge(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    direct = (await ask(place, "POST", "/users/@me/channels", {"recipient_id": str(ada.id)}, bob.token))["id"]
    said = f"/channels/{direct}/messages"
    await ask(place, "POST", said, {"content": "psst"}, bob.token)
    async with visit(browser, place, ada, chat.path) as page:
        badge = page.locator("#rail li").first.locator(".badge")
        await expect(badge).to_have_text("1")
        await expect(page).to_have_title(re.compile(r"^\(1\)"))
        mute = {"channel_overrides": {direct: {"muted": True}}}
        await ask(place, "PATCH", "/users/@me/guilds/@me/settings", mute, ada.token)
        await expect(badge).to_have_count(0)
        await expect(page).to_have_title(re.compile(r"^#"))


async def test_administrators_are_told_and_nobody_else_receives_a_frame_of_it(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    frames = []
    async with (
        visit(browser, place, place.owner, "/channels/@me") as page,
        visit(browser, place, ada) as hers,
    ):
        def listen(socket):
            socket.on("framereceived", lambda frame: frames.append(str(frame)))

        hers.on("websocket", listen)
        await page.evaluate(tellers(1))
        await hers.goto(chat.path)
        await live(hers)
        newcomer = await place.person("newcomer")
        await expect(member(hers, newcomer)).to_be_visible()
        await expect(page.locator("#toasts")).to_contain_text(f"@{newcomer.username} has signed up.")
        await expect(hers.locator("#toasts")).to_have_count(0)
        assert any("GUILD_MEMBER_ADD" in frame and newcomer.username in frame for frame in frames)
        assert not any("CHATD_ADMIN_NOTICE" in frame for frame in frames)
