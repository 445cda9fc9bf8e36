"""What is told, to whom and when: on the desktop, by guilds and channels, and to administrators."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import live, member, messages, opened, violations_by_day_and_night, visit

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
# The policy forbids what Playwright waits with.
UNTIL_TOLD = "new Promise(function look(done) { told.length ? done() : setTimeout(look, 20, done); })"
TOLD = "told.map(([title, body]) => [title, body])"


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_a_mention_elsewhere_is_told_on_the_desktop_once_somebody_has_asked_for_it(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    here, there = await place.chat(), await place.chat("other")
    allowed = {"permissions": ["notifications"]}
    async with visit(browser, place, ada, here.path, **allowed) as page:
        await page.add_init_script(WRITE_DOWN)
        await page.goto("/settings/notifications")
        await page.get_by_role("switch", name="Desktop notifications").check()
        await page.goto(here.path)
        await live(page)
        await place.say(bob, there, "for nobody in particular")
        await place.say(bob, here, f"<@{ada.id}> you are looking")
        said = await place.say(bob, there, f"<@{ada.id}> **look** ||here||")
        await page.evaluate(UNTIL_TOLD)
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
        await live(page)
        said = await place.say(bob, there, f"<@{ada.id}> look")
        await page.evaluate(UNTIL_TOLD)
        title, options = (await page.evaluate("told"))[0]
        assert (title, options["body"]) == (f"{bob.username} in #{there.name}", f"@{ada.username} look")
        [worker] = page.context.service_workers
        await worker.evaluate(CLICK, options["data"])
        await expect(page).to_have_url(f"{place.url}{there.path}/{said}")
        await expect(messages(page)).to_have_count(1)


async def test_a_guild_is_muted_in_its_menu(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        await page.locator("#rail li[data-guild-id] a").last.click(button="right")
        await page.get_by_role("menuitem", name="Notifications").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("radio", name="Mentions only").check()
        await dialog.get_by_label("Mute", exact=True).select_option(label="For 1 hour")
        assert await violations_by_day_and_night(page) == []
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_have_count(0)
        await place.say(place.owner, await place.chat("quiet"), "unheard")
        await expect(page.locator("#channels a[data-muted]").first).to_be_visible()


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
        await hers.goto(chat.path)
        await live(hers)
        newcomer = await place.person("newcomer")
        await expect(member(hers, newcomer)).to_be_visible()
        await expect(page.locator("#toasts")).to_contain_text(f"@{newcomer.username} has signed up.")
        await expect(hers.locator("#toasts")).to_have_count(0)
        assert any("GUILD_MEMBER_ADD" in frame and newcomer.username in frame for frame in frames)
        assert not any("CHATD_ADMIN_NOTICE" in frame for frame in frames)
