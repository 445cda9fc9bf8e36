"""The chat page while people talk: what each of them sees, and what becomes of what they write."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import live, member, message, messages, opened, say, visit

# What somebody may write to break a page; each must be read as it was written.
HOSTILE = [
    "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>",
    "\"'><b onmouseover=window.broken=1>&lt;b&gt; &amp; &#60;</b></template><!--",
    "javascript:alert(1) [x](javascript:alert(1)) data:text/html,<script>alert(1)</script>",
    'https://example.org/"onmouseover="window.broken=1 HTTPS://EXAMPLE.ORG/\'><svg/onload=alert(1)>',
    "one \u202eright to left, and never back",
    "a\u0301\u0302\u0303\u0304 \u200b\u200d \ufeff \u2028 \u2029 \x07 \x1b[31m \U0001f469\u200d\U0001f680",
    "<@1> <@&2> <#3> <@99999999999999999999> @everyone",
    "W" * 2000,
]

NAMES_WITH_ATTRIBUTES = "all => all.map(one => [one.localName, ...one.getAttributeNames()].join(' '))"


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_a_click_on_a_member_opens_one_direct_message_for_both(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    async with (
        visit(browser, place, ada, "/") as hers,
        visit(browser, place, bob, "/") as his,
    ):
        await member(hers, bob).get_by_role("button").click()
        await hers.get_by_role("dialog", name=bob.username).get_by_role("button", name="Message").click()
        await expect(hers.locator("#title")).to_have_text(bob.username)
        await say(hers, "between you and me")
        await expect(his.locator('#rail a[href="/channels/@me"] .badge')).to_have_text("1")
        await his.get_by_role("link", name="Direct messages, 1 unread").click()
        link = his.locator("#channels a", has_text=ada.username)
        await expect(link.locator(".badge")).to_have_text("1 unread")
        await link.click()
        await expect(messages(his)).to_have_text(["between you and me"])
        await expect(link.locator(".badge")).to_have_count(0)
        await say(his, "so it is")
        await expect(messages(hers)).to_have_text(["between you and me", "so it is"])
        assert hers.url == his.url and "/channels/@me/" in hers.url
        for page in (hers, his):
            await expect(page.locator('#channels a[href^="/channels/@me/"]')).to_have_count(1)
            await expect(page.locator("#members .member")).to_have_count(2)
        await his.reload()
        await expect(messages(his)).to_have_text(["between you and me", "so it is"])


async def test_a_group_shows_who_is_in_it(browser, place):
    ada, bob, cleo = [await place.person(name) for name in ("ada", "bob", "cleo")]
    body = {"recipients": [str(bob.id)]}
    group = (await place.ask("POST", "/api/v10/users/@me/channels", body, ada.token)).body["id"]
    recipient = f"/api/v10/channels/{group}/recipients/{cleo.id}"
    async with visit(browser, place, bob, f"/channels/@me/{group}") as his:
        await expect(his.locator("#title")).to_have_text(ada.username)
        await place.ask("PUT", recipient, None, ada.token)
        await expect(his.locator("#members .member")).to_have_count(3)
        await expect(his.locator("#title")).to_have_text(f"{ada.username}, {cleo.username}")
        await place.ask("DELETE", recipient, None, ada.token)
        await expect(his.locator("#members .member")).to_have_count(2)
        await place.ask("PATCH", f"/api/v10/channels/{group}", {"name": "We two"}, ada.token)
        await expect(his.locator("#title")).to_have_text("We two")


async def test_chats_and_guilds_come_and_go_as_one_comes_to_see_them(browser, place):
    bob, guild = await place.person("bob"), f"/api/v10/guilds/{place.guild_id}"

    async def owner(method, path, body=None):
        reply = await place.ask(method, path, body, place.owner.token)
        assert reply.status < 300, reply
        return reply.body

    async with visit(browser, place, bob, "/") as page:
        kinds = {"rooms": 4, "lounge": 2, "ideas": 15, "pictures": 16, "stage": 13, "news": 5}
        made = {name: await owner("POST", f"{guild}/channels", {"name": name, "type": kind})
                for name, kind in kinds.items()}  # fmt: skip
        link = page.locator("#channels a", has_text="news")
        await expect(link).to_have_count(1)
        path = f"/api/v10/channels/{made['news']['id']}"
        await link.click()
        await owner("PUT", f"{path}/permissions/{place.guild_id}", {"type": 0, "deny": "1024"})
        await expect(link).to_have_count(0)
        await expect(page.get_by_text("it is not open to you")).to_be_visible()
        role = await owner("POST", f"{guild}/roles", {"name": "readers"})
        await owner("PUT", f"{path}/permissions/{role['id']}", {"type": 0, "allow": "1024"})
        await owner("PUT", f"{guild}/members/{bob.id}/roles/{role['id']}")
        await expect(link).to_have_count(1)
        await owner("PATCH", path, {"name": "gazette"})
        await expect(page.locator("#title")).to_have_text("#gazette")
        home = (await place.ask("POST", "/api/v10/guilds", {"name": "Bob's"}, bob.token)).body
        entry = page.get_by_role("link", name="Bob's")
        await expect(entry).to_have_count(1)
        await place.ask("DELETE", f"/api/v10/guilds/{home['id']}", None, bob.token)
        await expect(entry).to_have_count(0)
    for channel in made.values():
        await owner("DELETE", f"/api/v10/channels/{channel['id']}")
    await owner("DELETE", f"{guild}/roles/{role['id']}")


async def test_what_one_device_has_read_is_read_on_the_other_and_after_a_reload(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    chat, elsewhere = await place.chat(), await place.chat()
    async with visit(browser, place, bob, elsewhere.path) as phone:
        link = phone.locator(f'#channels a[href="{chat.path}"]')
        badge, of_guild = link.locator(".badge"), phone.locator("#rail li:has([aria-current]) .badge")
        await place.say(ada, chat, "for anybody")
        await expect(link).to_have_attribute("data-unread", "")
        await expect(badge).to_have_count(0)
        await place.say(ada, chat, f"for <@{bob.id}>")
        await expect(badge).to_have_text("1 mention")
        await expect(of_guild).to_have_text("1")
        await expect(phone).to_have_title(re.compile(r"^\(1\) "))
        await phone.reload()
        await expect(badge).to_have_text("1 mention")
        await expect(of_guild).to_have_text("1")
        async with visit(browser, place, bob, chat.path) as desk:
            await expect(messages(desk)).to_have_count(2)
            await expect(badge).to_have_count(0)
            await expect(of_guild).to_have_count(0)
            await expect(link).not_to_have_attribute("data-unread", "")
        await place.say(ada, elsewhere, "for you, too")
        await expect(messages(phone)).to_have_text(["for you, too"])
        await phone.reload()
        await expect(messages(phone)).to_have_text(["for you, too"])
        await expect(link).not_to_have_attribute("data-unread", "")
        await place.say(ada, chat, "and again")
        await expect(link).to_have_attribute("data-unread", "")
        await phone.reload()
        await expect(link).to_have_attribute("data-unread", "")


async def test_a_message_on_its_way_shows_once_and_stays_one_message(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        arrives = asyncio.Event()

        async def hold(route):
            await arrives.wait()
            await route.continue_()

        await page.route("**/messages", hold)
        await say(page, "on its way")
        await expect(page.locator("article.pending .content")).to_have_text("on its way")
        await expect(page.locator("#composer")).to_have_value("")
        arrives.set()
        await expect(page.locator("article.message[data-message-id] .content")).to_have_text(["on its way"])
        await expect(messages(page)).to_have_count(1)


async def test_a_message_whose_answer_was_lost_is_sent_again_and_posted_once(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with (
        visit(browser, place, ada, failures=True) as hers,
        visit(browser, place, bob, chat.path) as his,
    ):
        tries = []

        async def lose_first_answer(route):
            tries.append(route.request.post_data_json["nonce"])
            answer = await route.fetch()
            await (route.abort() if len(tries) == 1 else route.fulfill(response=answer))

        # The page must not hear of it by the gateway either, or there is nothing to send again.
        await hers.route_web_socket("**/gateway*", lambda socket: mute(socket, "MESSAGE_CREATE"))
        await hers.route("**/messages", lose_first_answer)
        await hers.goto(chat.path)
        await live(hers)
        await say(hers, "once")
        await expect(hers.locator("article.message[data-message-id] .content")).to_have_text(["once"])
        assert len(tries) == 2 and len(set(tries)) == 1
        await expect(messages(his)).to_have_text(["once"])


def mute(socket, name):
    """Let everything through to the page but dispatches of that name."""
    server = socket.connect_to_server()
    server.on_message(lambda text: None if f'"t":"{name}"' in text else socket.send(text))


async def test_only_ones_own_messages_can_be_edited_and_deleted(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    his_words = await place.say(bob, chat, "mine, says bob")
    async with visit(browser, place, ada, chat.path) as hers, visit(browser, place, bob, chat.path) as his:
        await say(hers, "firts")
        await say(hers, "second")
        await expect(messages(his)).to_have_text(["mine, says bob", "firts", "second"])
        await message(hers, his_words).hover()
        await expect(message(hers, his_words).get_by_role("button", name="Reply")).to_be_visible()
        await expect(hers.locator("[data-door=edit-message], [data-door=delete-message]")).to_have_count(0)

        await hers.locator("article", has_text="firts").hover()
        await hers.locator("article", has_text="firts").get_by_role("button", name="Edit").click()
        await hers.fill(".edit-box", "first")
        await hers.keyboard.press("Enter")
        await expect(messages(his)).to_have_text(["mine, says bob", "first edited", "second"])
        await hers.press("#composer", "ArrowUp")
        await hers.fill(".edit-box", "not this")
        await hers.keyboard.press("Escape")
        await expect(messages(hers)).to_have_text(["mine, says bob", "first edited", "second"])

        head = hers.locator("article", has_text="first")
        await expect(hers.locator("article", has_text="second")).to_have_class("message grouped")
        await head.hover()
        await head.get_by_role("button", name="More").click()
        await hers.get_by_role("menuitem", name="Delete").click()
        await hers.locator("#confirm").get_by_role("button", name="Keep it").click()
        await expect(head).to_have_count(1)
        await head.click(button="right")
        await hers.get_by_role("menuitem", name="Delete").click()
        await hers.locator("#confirm").get_by_role("button", name="Delete").click()
        for page in (hers, his):
            await expect(messages(page)).to_have_text(["mine, says bob", "second"])
            await expect(page.locator("article", has_text="second")).to_have_class("message head")


async def test_the_counter_warns_and_a_longer_text_stays_where_it_is(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        counter, box = page.locator("#counter"), page.locator("#composer")
        await box.fill("x" * 1799)
        await expect(counter).to_be_hidden()
        await box.fill("\U0001f600" * 2000)  # counted as the server counts: 2000, not 4000
        await expect(counter).to_have_text("2000 / 2000")
        await expect(page.locator("#send")).to_be_enabled()
        await box.fill("x" * 2001)
        await expect(counter).to_have_text("2001 / 2000")
        await expect(counter).to_have_class("over")
        await expect(page.locator("#send")).to_be_disabled()
        await box.press("Enter")
        await expect(box).to_have_value("x" * 2001)
        await box.press("Backspace")
        await box.press("Enter")
        await expect(messages(page)).to_have_text(["x" * 2000])
        await expect(box).to_have_value("")


async def test_what_people_write_is_shown_as_text(browser, place):
    name = "<img src=x onerror='broken=1'>"
    ada, eve = await place.person("ada"), await place.person("eve", display_name=name)
    chat = await place.chat()
    ids = [await place.say(eve, chat, text) for text in HOSTILE]
    path = f"/api/v10/channels/{chat.id}/messages/{ids[4]}"
    assert (await place.ask("PATCH", path, {"content": HOSTILE[4]}, eve.token)).status == 200
    async with visit(browser, place, ada, chat.path) as page:
        await expect(messages(page)).to_have_count(len(HOSTILE))
        shown = await messages(page).evaluate_all("all => all.map(one => one.textContent)")
        assert shown == [text + " edited" * (number == 4) for number, text in enumerate(HOSTILE)]
        await expect(page.locator(".author").first).to_have_text(name)
        await expect(member(page, eve).locator(".member-name")).to_have_text(name)
        inside = messages(page).locator("*")
        elements = await inside.evaluate_all(NAMES_WITH_ATTRIBUTES)
        assert set(elements) == {"a href target rel", "bdi", "div class", "span class", "span class title"}
        links = messages(page).locator("a")
        protocols = await links.evaluate_all("all => all.map(one => one.protocol)")
        assert protocols == ["https:", "https:"]
        edited = await message(page, ids[4]).locator(".edited").bounding_box()
        text = await message(page, ids[4]).locator("bdi").bounding_box()
        assert edited["x"] >= text["x"] + text["width"] - 1, "the text does not reach over what follows it"
        for part in ("#messages", "#members", "body"):
            fits = "one => one.scrollWidth <= one.clientWidth"
            assert await page.locator(part).evaluate(fits), part
        await place.ask("POST", f"/api/v10/channels/{chat.id}/typing", {}, eve.token)
        await expect(page.locator("#typing")).to_have_text(f"{name} is typing…")
        assert await page.evaluate("window.broken") is None


async def test_a_refused_message_is_kept_with_the_reason(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path, refusals=True) as page:
        await page.locator("#composer").evaluate("box => { box.value = 'a\\0b'; }")
        await page.locator("#composer").dispatch_event("input")
        await page.press("#composer", "Enter")
        failed = page.locator("article.failed")
        await expect(failed.locator(".delivery")).to_contain_text("Must not contain NUL")
        await page.reload()
        await expect(failed).to_have_count(1)
        await failed.get_by_role("button", name="Discard").click()
        await expect(messages(page)).to_have_count(0)


async def test_the_typing_line_ends_by_itself(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada) as page:
        await page.clock.install()
        await page.goto(chat.path)
        await live(page)
        await place.ask("POST", f"/api/v10/channels/{chat.id}/typing", {}, bob.token)
        await expect(page.locator("#typing")).to_have_text(f"{bob.username} is typing…")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#typing")).to_have_text("")


async def test_what_is_written_while_the_connection_is_lost_goes_out_later(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, failures=True) as page:
        lines, is_cut = [], False

        def connect(socket):
            if is_cut:
                return lines.append(asyncio.ensure_future(socket.close(code=1012)))
            lines.append(socket)
            socket.connect_to_server()

        await page.route_web_socket("**/gateway*", connect)
        await page.goto(chat.path)
        await live(page)
        await page.route("**/api/v10/channels/**", lambda route: route.fulfill(status=503, body="{}"))
        is_cut = True
        await lines[0].close(code=1012)
        state = page.locator("#connection")
        await expect(state).to_have_attribute("data-state", "reconnecting")
        await expect(state).to_contain_text("Reconnecting")
        await say(page, "from the tunnel")
        await expect(page.locator("article.pending .delivery")).to_contain_text("Not sent yet")
        await place.say(bob, chat, "where are you?")
        is_cut = False
        await page.unroute("**/api/v10/channels/**")
        await live(page)
        await expect(messages(page)).to_have_text(["where are you?", "from the tunnel"])
        await expect(page.locator("article.pending")).to_have_count(0)


async def test_a_server_that_is_away_from_the_start_is_said_to_be(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada) as page:
        is_away = True

        def connect(socket):
            if is_away:
                closing.append(asyncio.ensure_future(socket.close(code=1012)))
            else:
                socket.connect_to_server()

        closing = []
        await page.route_web_socket("**/gateway*", connect)
        await page.goto(chat.path)
        await expect(page.locator("#empty h2")).to_have_text("The server cannot be reached")
        await expect(page.locator("#compose")).to_be_hidden()
        is_away = False
        await live(page)
        await expect(page.locator("#empty")).to_be_hidden()
        await expect(page.locator("#composer")).to_be_visible()


async def test_two_tabs_of_one_person_show_the_same(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as one:
        two = await one.context.new_page()
        await two.goto(chat.path)
        await live(two)
        await say(one, "from the first")
        await say(two, "from the second")
        await place.say(bob, chat, "from outside")
        for tab in (one, two):
            await expect(messages(tab)).to_have_count(3)
            await expect(member(tab, ada)).to_have_attribute("data-status", "online")
        assert await messages(one).all_text_contents() == await messages(two).all_text_contents()
        await two.close()
        await say(one, "still here")
        await expect(messages(one)).to_have_count(4)
        await expect(member(one, ada)).to_have_attribute("data-status", "online")


async def test_the_dot_tells_who_is_here(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    async with visit(browser, place, ada, "/") as page:
        await expect(member(page, bob)).to_have_attribute("data-status", "offline")
        async with visit(browser, place, bob, "/"):
            await expect(member(page, bob)).to_have_attribute("data-status", "online")
            await expect(member(page, bob).locator(".dot")).to_have_attribute("data-status", "online")
        await expect(member(page, bob)).to_have_attribute("data-status", "offline")


async def test_who_leaves_the_last_chat_sees_that_it_is_empty(browser, place):
    ada = await place.person("ada")
    # What she has read may be told to the server when she is out already, and is refused then.
    async with visit(browser, place, ada, "/", refusals=True) as page:
        await expect(page.locator("#title")).to_contain_text("#general")
        await place.remove_member(ada)
        for _ in range(2):  # at once, and after a reload
            await expect(page.locator("#empty h2")).to_have_text("You are in no chat yet")
            await expect(page.locator("#channels a")).to_have_count(0)
            await expect(page.locator("#compose")).to_be_hidden()
            await page.reload()
            await live(page)
        assert " error " not in place.server.log
