"""The frame of the client: where links lead, what the lists show, drawers, theme, keys, the shell offline."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.end_to_end.chatd_process import running
from tests.end_to_end.pages import (
    PASSWORD,
    live,
    member,
    messages,
    opened,
    say,
    violations,
    violations_by_day_and_night,
    visit,
)

KEPT = """async () => {
    const cache = await caches.open((await caches.keys())[0]);
    return (await cache.keys()).map(({ url }) => new URL(url).pathname);
}"""
NARROW, SMALLEST = {"width": 390, "height": 844}, {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def ask(place, method, path, body=None, token=None):
    reply = await place.ask(method, f"/api/v10{path}", body, token or place.owner.token)
    assert reply.status < 300, reply
    return reply.body


async def test_the_start_leads_to_the_last_channel_and_back_and_forward_through_those_before(browser, place):
    ada, one, two = await place.person("ada"), await place.chat("one"), await place.chat("two")
    async with visit(browser, place, ada, "/", refusals=True) as page:
        title = page.locator("#title")
        await expect(title).to_have_text("#general")
        await page.locator("#channels a", has_text=one.name).click()
        await page.locator("#channels a", has_text=two.name).click()
        await expect(title).to_have_text(f"#{two.name}")
        await page.get_by_role("link", name="Direct messages").click()
        await expect(page.get_by_role("tablist", name="Friends")).to_be_visible()
        await page.go_back()
        await page.go_back()
        await expect(title).to_have_text(f"#{one.name}")
        await page.go_forward()
        await expect(title).to_have_text(f"#{two.name}")
        await page.goto("/")
        await expect(page).to_have_url(place.url + two.path)
        await page.goto(f"/channels/{place.guild_id}")
        await expect(page).to_have_url(place.url + two.path)
        # A channel under another guild's name is shown under its own.
        await page.goto(f"/channels/@me/{one.id}")
        await expect(page).to_have_url(place.url + one.path)
        await page.goto("/nothing/here")
        await expect(page.locator("h1")).to_be_visible()


async def test_channels_stand_in_their_categories_which_fold(browser, place):
    ada, guild = await place.person("ada"), (await ask(place, "POST", "/guilds", {"name": "Folding"}))["id"]
    door = await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "door"})
    invite = await ask(place, "POST", f"/channels/{door['id']}/invites", {})
    await ask(place, "POST", f"/invites/{invite['code']}", {}, ada.token)
    engine = await ask(place, "POST", f"/guilds/{guild}/channels", {"name": "Engine room", "type": 4})
    made = {}
    for name, kind in (("gears", 0), ("tea", 2), ("ideas", 15), ("cards", 0)):
        body = {"name": name, "type": kind, "parent_id": engine["id"]}
        made[name] = (await ask(place, "POST", f"/guilds/{guild}/channels", body))["id"]
    async with visit(browser, place, ada, f"/channels/{guild}/{made['gears']}") as page:
        rows = page.locator("#channels .category, #channels a .channel-name")
        await expect(rows.first).to_be_visible()
        names = await rows.all_text_contents()
        assert names[names.index("Engine room") :][:5] == ["Engine room", "gears", "ideas", "cards", "tea"]
        await expect(page.get_by_role("link", name=re.compile("tea.*voice channel"))).to_have_count(1)
        category = page.get_by_role("button", name="Engine room")
        await category.click()
        await expect(category).to_have_attribute("aria-expanded", "false")
        await expect(page.locator("#channels a", has_text="cards")).to_have_count(0)
        await expect(page.locator("#channels a", has_text="gears")).to_have_count(1, timeout=1000)
        await page.reload()
        await live(page)
        await expect(category).to_have_attribute("aria-expanded", "false")
        # What is unread in a folded category comes forth.
        await ask(place, "POST", f"/channels/{made['cards']}/messages", {"content": "news"})
        await expect(page.locator("#channels a", has_text="cards")).to_have_attribute("data-unread", "")
        assert await violations_by_day_and_night(page) == []


async def test_a_thread_stands_below_its_channel_for_who_is_in_it(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as hers, visit(browser, place, bob, chat.path) as his:
        body = {"name": "Carry mechanism", "type": 11}
        thread = await ask(place, "POST", f"/channels/{chat.id}/threads", body, ada.token)
        link = hers.locator(f'#channels .thread a[data-channel-id="{thread["id"]}"]')
        await expect(link).to_have_text(re.compile("Carry mechanism"))
        await link.click()
        await expect(hers.locator("#title")).to_have_text("Carry mechanism")
        await expect(hers.locator(".bar-parent")).to_have_text(f"#{chat.name}")
        await say(hers, "in here")
        await expect(messages(hers)).to_have_text(["in here"])
        await expect(his.locator("#channels .thread")).to_have_count(0)
        await ask(place, "PUT", f"/channels/{thread['id']}/thread-members/{bob.id}", None, ada.token)
        await expect(his.locator("#channels .thread a")).to_have_attribute("data-unread", "")
        await ask(place, "DELETE", f"/channels/{thread['id']}")
        await expect(link).to_have_count(0)


async def test_a_forum_lists_its_posts_the_one_written_in_last_first(browser, place):
    ada, guild = await place.person("ada"), f"/guilds/{place.guild_id}"
    forum = await ask(place, "POST", f"{guild}/channels", {"name": "ideas", "type": 15})
    async with visit(browser, place, ada, f"/channels/{place.guild_id}/{forum['id']}") as page:
        await expect(page.locator("#title")).to_have_text("#ideas")
        await expect(page.get_by_text("Nobody has posted here yet.")).to_be_visible()
        await expect(page.locator("#compose")).to_be_hidden()
        posts = {}
        for name in ("A mill of glass", "Cards with pictures"):
            body = {"name": name, "message": {"content": f"Why not {name}?"}}
            posts[name] = await ask(place, "POST", f"/channels/{forum['id']}/threads", body)
        titles = page.locator(".post b")
        await expect(titles).to_have_text([re.compile("Cards"), re.compile("glass")])
        assert await violations_by_day_and_night(page) == []
        await ask(place, "POST", f"/channels/{posts['A mill of glass']['id']}/messages", {"content": "More"})
        await expect(titles).to_have_text([re.compile("glass"), re.compile("Cards")])
        await ask(place, "PATCH", f"/channels/{posts['Cards with pictures']['id']}", {"archived": True})
        await page.reload()
        await expect(titles).to_have_count(1)
        await page.get_by_role("button", name="Show older posts").click()
        await expect(titles).to_have_count(2)
        await page.locator(".post", has_text="Cards").click()
        await expect(messages(page)).to_have_text(["Why not Cards with pictures?"])
        await page.go_back()
        await expect(titles).to_have_count(2)
    await ask(place, "DELETE", f"/channels/{forum['id']}")


async def test_the_connection_tells_how_fast_the_server_answers(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/") as page:
        line = page.locator("#connection")
        await expect(line).to_have_attribute("data-tip", re.compile(r"^Connected, answers in \d+ ms$"))
        await line.hover()
        await expect(page.locator(".tooltip")).to_contain_text("answers in")


async def test_people_are_listed_under_their_highest_role_and_those_who_are_away_last(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    guild = f"/guilds/{place.guild_id}"
    body = {"name": "Programmers", "hoist": True, "color": 0xFFFF00}
    role = await ask(place, "POST", f"{guild}/roles", body)
    await ask(place, "PUT", f"{guild}/members/{ada.id}/roles/{role['id']}")
    async with visit(browser, place, bob, "/") as page:
        titles = page.locator("#members h2")
        await expect(titles.first).to_have_text("Online — 1")
        async with visit(browser, place, ada, "/"):
            await expect(titles.first).to_have_text("Programmers — 1")
            await expect(member(page, ada).locator(".colored")).to_have_text(ada.username)
            assert await violations_by_day_and_night(page) == []
            await ask(place, "PATCH", f"{guild}/roles/{role['id']}", {"name": "Mathematicians"})
            await expect(titles.first).to_have_text("Mathematicians — 1")
        await expect(titles.first).to_have_text("Online — 1")
    await ask(place, "DELETE", f"{guild}/roles/{role['id']}")


async def test_of_a_long_list_of_people_only_those_in_view_are_in_the_document(browser, place):
    ada = await place.person("ada")
    await place.crowd(400)
    async with visit(browser, place, ada, "/") as page:
        await expect(page.locator("#members li").first).to_be_visible()
        assert await page.locator("#members li").count() < 60
        await page.locator("#members").evaluate("list => { list.scrollTop = list.scrollHeight; }")
        await expect(page.locator("#members li", has_text="crowd.99")).to_be_visible()
        last = page.locator("#members li").last
        assert await last.get_attribute("aria-posinset") == await last.get_attribute("aria-setsize")
        assert await page.locator("#members li").count() < 60
        assert await violations(page) == []


async def test_the_lists_are_drawers_on_a_narrow_screen(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    await place.say(bob, chat, "W" * 300)
    async with visit(browser, place, ada, chat.path, viewport=SMALLEST) as page:
        await expect(messages(page)).to_have_count(1)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        left, people = page.locator("#left"), page.locator("#people")
        await expect(left).to_be_hidden()
        await page.get_by_role("button", name="Channels").click()
        await expect(left).to_be_visible()
        await expect(page.locator("#channels a[aria-current]")).to_be_focused()
        await page.locator("#channels a", has_text="general").click()
        await expect(left).to_be_hidden()
        await expect(page.locator("#title")).to_have_text("#general")
        await page.get_by_role("button", name="Members").click()
        await expect(people).to_be_visible()
        await page.mouse.click(20, 300)
        await expect(people).to_be_hidden()
        await page.set_viewport_size({"width": 1440, "height": 900})
        await expect(left).to_be_visible()
        await expect(people).to_be_visible()
        await page.get_by_role("button", name="Members").click()
        await expect(people).to_be_hidden()
        await page.reload()
        await live(page)
        await expect(people).to_be_hidden()


async def test_the_theme_follows_the_system_unless_somebody_chose(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/", color_scheme="dark", failures=True) as page:
        async def ground():
            return await page.evaluate("getComputedStyle(document.body).backgroundColor")

        dark = await ground()
        await page.emulate_media(color_scheme="light")
        light = await ground()
        assert dark != light
        await page.get_by_role("button", name="Settings").click()
        await page.get_by_role("link", name="Appearance").click()
        await page.get_by_role("radio", name=re.compile("^Dark")).check()
        assert await ground() == dark
        assert await violations(page) == []
        # Before the client is there, which takes its time: nobody sees the other colours first.
        await page.route("**/js/app.js", lambda route: route.abort())
        await page.reload()
        assert await ground() == dark
        await page.unroute("**/js/app.js")
        await page.goto("/channels/@me")
        assert await ground() == dark
        await page.goto("/settings/appearance")
        await page.get_by_role("radio", name=re.compile("^As the system")).check()
        assert await ground() == light
        await page.get_by_role("button", name="Close").click()
        await expect(page.locator("#title")).to_be_visible()


async def test_settings_keep_the_chat_behind_them(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        await page.fill("#composer", "half a sent")
        await page.keyboard.press("Control+,")
        await expect(page).to_have_url(f"{place.url}/settings")
        await expect(page.locator("#page h1")).to_have_text("Settings")
        await expect(page.locator("#composer")).to_be_hidden()
        await place.say(place.owner, chat, "while you were away")
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(place.url + chat.path)
        await expect(messages(page)).to_have_text(["while you were away"])
        await expect(page.locator("#composer")).to_have_value("half a sent")
        await page.set_viewport_size(NARROW)
        await page.goto("/settings")
        await page.get_by_role("link", name="Appearance").click()
        await expect(page.get_by_role("link", name="Appearance")).to_be_hidden()
        assert await violations_by_day_and_night(page) == []
        await page.get_by_role("button", name="Back to the sections").click()
        await expect(page.get_by_role("link", name="Appearance")).to_be_visible()
        assert await violations_by_day_and_night(page) == []


async def test_keys_lead_from_chat_to_chat_and_are_listed(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    one, two = await place.chat("aaa"), await place.chat("bbb")
    async with visit(browser, place, ada, one.path) as page:
        title = page.locator("#title")
        await page.keyboard.press("Alt+ArrowDown")
        await expect(title).to_have_text(f"#{two.name}")
        await page.keyboard.press("Alt+ArrowUp")
        await expect(title).to_have_text(f"#{one.name}")
        await place.say(bob, two, "news")
        await expect(page.locator("#channels a", has_text=two.name)).to_have_attribute("data-unread", "")
        await page.keyboard.press("Alt+Shift+ArrowDown")
        await expect(title).to_have_text(f"#{two.name}")
        await page.keyboard.type("?")
        await expect(page.locator("#composer")).to_have_value("?")
        await page.locator("#messages").focus()
        await page.keyboard.press("?")
        listed = page.get_by_role("dialog", name="Keyboard shortcuts")
        await expect(listed).to_contain_text("Next unread channel")
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("Escape")
        await expect(listed).to_have_count(0)
        await expect(page.locator("#messages")).to_be_focused()
        # One tab stop for the whole list of channels; arrows and letters walk in it.
        await page.locator("#channels a[aria-current]").focus()
        await page.keyboard.press("Home")
        await expect(page.locator("#channels a", has_text="general")).to_be_focused()
        await page.keyboard.press("a")
        await expect(page.locator("#channels a", has_text=one.name)).to_be_focused()
        await expect(page.locator('#channels a[tabindex="0"]')).to_have_count(1)


async def test_a_menu_is_walked_with_the_keys_and_gives_the_focus_back(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/") as page:
        card = page.get_by_role("button", name=f"{ada.username}, your account")
        await card.focus()
        await page.keyboard.press("Enter")
        menu = page.get_by_role("menu")
        await expect(menu.locator("[role^=menuitem]").first).to_be_focused()
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("ArrowUp")
        await expect(menu.get_by_role("menuitem", name="Sign out")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(menu).to_have_count(0)
        await expect(card).to_be_focused()
        await expect(card).to_have_attribute("aria-expanded", "false")


async def test_a_page_left_open_over_a_restart_goes_on_by_itself(browser, fast_path):
    async with (
        running(fast_path / "data") as server,
        visit(browser, server, path="/register", absences=True) as page,
    ):
        await page.fill("[name=username]", "ada")
        await page.fill("[name=password]", PASSWORD)
        await page.click("[type=submit]")
        await live(page)
        await say(page, "before")
        sent = page.locator("article.message[data-message-id]:not(.notice) .content")
        await expect(sent).to_have_text(["before"])
        await server.stop()
        await expect(page.locator("#connection")).to_have_attribute("data-state", "reconnecting")
        await say(page, "meanwhile")
        await expect(page.locator("article.pending")).to_have_count(1)
        settings = page.get_by_role("button", name="Settings")
        await settings.click()
        await expect(page.locator(".toast")).to_contain_text("could not be fetched")
        await page.go_back()
        await server.start()
        await live(page)
        await expect(sent).to_have_text(["before", "meanwhile"])
        await say(page, "after")
        await expect(sent).to_have_text(["before", "meanwhile", "after"])
        await page.get_by_role("button", name="Reload").click()
        await live(page)
        await settings.click()
        await expect(page.locator("#page h1")).to_have_text("Settings")
        await page.go_back()
        await expect(sent).to_have_text(["before", "meanwhile", "after"])


async def test_the_shell_is_kept_for_a_start_without_the_server(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path, service_workers="allow", absences=True) as page:
        await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        names = await page.evaluate("caches.keys()")
        assert [name.partition(" ")[0] for name in names] == ["shell"]
        kept = await page.evaluate(KEPT)
        assert "/assets/js/app.js" in kept and {path.split("/")[1] for path in kept} == {"assets", "setup"}
        await page.reload()
        await live(page)
        await page.context.set_offline(True)
        await page.reload()
        await expect(page.locator("#empty h2")).to_have_text("The server cannot be reached")
        await page.context.set_offline(False)
        await live(page)
        await expect(page.locator("#title")).to_have_text(f"#{chat.name}")
        # A page beside the chat says it too, and goes on when the server is there again.
        await page.context.set_offline(True)
        await page.goto("/settings")
        await expect(page.get_by_role("heading", name="The server cannot be reached")).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("button", name="Try now").click()
        await page.context.set_offline(False)
        await expect(page.locator("#page h1")).to_have_text("Settings")


async def test_the_client_can_be_installed(browser, place):
    async with visit(browser, place, path="/login") as page:
        session = await page.context.new_cdp_session(page)
        manifest = await session.send("Page.getAppManifest")
        assert manifest["url"] == f"{place.url}/manifest.webmanifest" and manifest["errors"] == []
        problems = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
        # Playwright has each profile in memory; all else is as it should be.
        assert [problem["errorId"] for problem in problems] == ["in-incognito"]
