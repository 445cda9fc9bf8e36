"""What one does with messages: go to one of long ago, answer, attach, complete, pin, find, mark as new."""

from __future__ import annotations

import asyncio
import base64
import io
import re
import struct
import wave
import zlib
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.end_to_end.cable import cable
from tests.end_to_end.pages import (
    live,
    message,
    messages,
    opened,
    say,
    violations_by_day_and_night,
    visit,
)

SPRING = datetime(2026, 3, 10, tzinfo=UTC).timestamp()
# A megabyte each, held as one holds files that are dragged or pasted.
FILES = """names => {
    const held = new DataTransfer();
    for (const name of names) held.items.add(new File([new Uint8Array(2 ** 20)], name));
    return held;
}"""
PASTE = """held => document.querySelector("#composer").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }))"""
PLACES = """() => [...document.querySelectorAll("article, .picture, #compose")].map(
    one => Object.values(one.getBoundingClientRect().toJSON()).join())"""
# Of each message as it comes into the document: whether its poll is there.
WRITE_DOWN_DRAWN = """self.drawn = []; new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) {
        if (node.matches?.("article.message")) drawn.push(node.querySelector(".poll") !== null);
    }
}).observe(document, { childList: true, subtree: true });"""
IN_DOCUMENT = "() => document.querySelectorAll('article[data-message-id]').length"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf"
    "c0000003010100c9fe92ef0000000049454e44ae426082"
)

# A list of 50 000 rows, made without a server, and walked through from end to end.
TALL = """async () => {
    const { TallList } = await import("/assets/js/views/tall-list.js");
    const scroller = document.createElement("div");
    const style = { height: "600px", overflow: "auto", position: "fixed", inset: 0, overflowAnchor: "none" };
    Object.assign(scroller.style, style);
    document.body.append(scroller);
    const list = new TallList(scroller, () => {});
    const items = Array.from({ length: 50_000 }, (_, n) => ({
        key: `k${n}`, signature: "", guess_px: 30,
        build: () => {
            const row = document.createElement("article");
            row.textContent = `row ${n}`;
            row.style.height = `${20 + (n % 7) * 9}px`;
            return row;
        },
    }));
    list.show(items, true);
    const settled = async () => { for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame); };
    await settled();
    const seen = { end: list.inView().at(-1).textContent, most: 0, steady: true };
    for (let n = 0; n < 200; n++) {
        const [first] = list.inView(), before = first.getBoundingClientRect().top;
        scroller.scrollTop -= 250;
        await settled();
        const moved = first.isConnected ? first.getBoundingClientRect().top - before : NaN;
        seen.steady &&= Math.abs(moved - 250) <= 1;
        seen.most = Math.max(seen.most, scroller.childElementCount);
    }
    scroller.scrollTop = scroller.scrollHeight / 2;
    await settled();
    seen.middle = Number(list.inView()[0].textContent.slice(4));
    seen.named = list.reveal("k123", "center").textContent;
    scroller.scrollTop = 0;
    await settled();
    seen.start = list.inView()[0].textContent;
    scroller.remove();
    return seen;
}"""


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_of_fifty_thousand_rows_those_in_view_are_in_the_document(browser, place):
    async with visit(browser, place, path="/login") as page:
        seen = await page.evaluate(TALL)
        assert seen["end"] == "row 49999" and seen["start"] == "row 0" and seen["named"] == "row 123"
        assert seen["most"] < 400
        assert seen["steady"], "what is in view moves as far as one scrolls"
        assert 15_000 < seen["middle"] < 35_000


async def test_a_link_leads_to_a_message_of_long_ago_and_on_to_the_present(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    ids = await place.history(chat, [(bob, SPRING + n * 3600, f"number {n}") for n in range(400)])
    async with visit(browser, place, ada, f"{chat.path}/{ids[100]}") as page:
        await expect(message(page, ids[100])).to_be_in_viewport()
        await expect(message(page, ids[100])).to_be_focused()
        await expect(page.locator("#to-latest")).to_have_text("Jump to the present")
        assert await page.evaluate(IN_DOCUMENT) < 200
        new = await place.say(bob, chat, "news")
        await expect(message(page, new)).to_have_count(0)
        for _ in range(40):  # on and on, until past and present touch
            if await message(page, ids[399]).count():
                break
            await page.locator("#messages").evaluate("list => { list.scrollTop = list.scrollHeight; }")
            await page.wait_for_function(
                "() => document.querySelector('#messages').getAttribute('aria-busy') === 'false'"
            )
        await page.locator("#messages").evaluate("list => { list.scrollTop -= 2000; }")
        await page.click("#to-latest")
        await expect(message(page, new)).to_be_in_viewport()
        await page.goto(f"{chat.path}/1")
        await expect(page.locator(".toast")).to_have_text("That message is not here any more.")


async def test_an_answer_leads_to_what_it_answers(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    asked = await place.say(bob, chat, "shall **we**?")
    async with visit(browser, place, ada, chat.path) as page:
        await message(page, asked).hover()
        await message(page, asked).get_by_role("button", name="Reply").click()
        await expect(page.locator(".reply-bar")).to_contain_text(f"Replying to {bob.username}")
        await page.keyboard.press("Escape")
        await expect(page.locator(".reply-bar")).to_be_hidden()
        await message(page, asked).hover()
        await message(page, asked).get_by_role("button", name="Reply").click()
        await page.locator(".ping").click()
        await say(page, "yes")
        answer = page.locator("article[data-message-id]", has_text="yes")
        await expect(answer.locator("a.reply")).to_contain_text(f"{bob.username}shall we?")
        said = await place.ask("GET", f"/api/v10/channels/{chat.id}/messages?limit=1", token=ada.token)
        assert said.body[0]["message_reference"]["message_id"] == asked and said.body[0]["mentions"] == []
        await answer.locator("a.reply").click()
        await expect(page).to_have_url(f"{place.url}{chat.path}/{asked}")
        await expect(message(page, asked)).to_be_focused()
        assert await violations_by_day_and_night(page) == []


async def test_files_are_shown_before_they_go_and_one_can_think_again(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        files = [
            {"name": "dot.png", "mimeType": "image/png", "buffer": PIXEL},
            {"name": "no.txt", "mimeType": "text/plain", "buffer": b"no"},
        ]
        await page.set_input_files("#choose-files", files)
        await expect(page.locator(".card-file")).to_have_count(2)
        await page.get_by_role("button", name="Remove no.txt").click()
        await page.get_by_role("button", name="dot.png: mark as spoiler").click()
        assert await violations_by_day_and_night(page) == []

        await say(page, "a dot")
        await expect(page.locator("article[data-message-id] .veiled .picture img")).to_have_count(1)
        await expect(messages(page)).to_have_text(["a dot"])


async def test_an_upload_that_breaks_off_says_so_and_arrives_once(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    path, names = f"/api/v10/channels/{chat.id}/messages", ["dropped.bin", "pasted.bin"]
    async with (
        cable(place.url) as line,
        visit(browser, line, ada, chat.path, absences=True) as page,
    ):
        files = await page.evaluate_handle(FILES, ["dropped.bin"])
        await page.dispatch_event("#messages", "dragenter", {"dataTransfer": files})
        await expect(page.locator(".drop-sign")).to_be_visible()
        await page.dispatch_event("#messages", "drop", {"dataTransfer": files})
        await expect(page.locator(".drop-sign")).to_be_hidden()
        await expect(page.locator(".card-name")).to_have_text(["dropped.bin"])
        await page.evaluate(PASTE, await page.evaluate_handle(FILES, ["pasted.bin"]))
        await expect(page.locator(".card-name")).to_have_text(names)

        line.uploads = "stall"
        await say(page, "two files")
        progress = page.locator("article.pending progress")
        await expect(progress).to_have_attribute("aria-label", "Uploading dropped.bin, pasted.bin")
        await expect(progress).not_to_have_js_property("value", 0)
        await page.get_by_role("button", name="Cancel").click()
        await expect(messages(page)).to_have_count(0)

        line.uploads = "cut"
        for name in names:
            await page.evaluate(PASTE, await page.evaluate_handle(FILES, [name]))
        await expect(page.locator(".card-name")).to_have_text(names)
        await say(page, "two files")
        failed = page.locator("article.failed")
        await expect(failed).to_contain_text("The upload broke off.", timeout=15_000)
        assert (await place.ask("GET", path, token=ada.token)).body == []
        line.uploads = "unanswered"
        await failed.get_by_role("button", name="Try again").click()
        await expect(page.locator("article[data-message-id] .file-name")).to_have_text(names, timeout=15_000)
        await expect(page.locator("article[data-nonce]")).to_have_count(0)
        assert line.uploads == "pass", "an answer was lost"
        await expect(messages(page)).to_have_text(["two files"])
        said = (await place.ask("GET", path, token=ada.token)).body
        assert [[one["size"] for one in each["attachments"]] for each in said] == [[2**20, 2**20]]


async def test_what_messages_carry_is_there_when_they_are_drawn(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    path = f"/api/v10/channels/{chat.id}/messages"
    answers = [{"poll_media": {"text": text}} for text in ("Tea", "Coffee")]
    poll = {"question": {"text": "What shall it be?"}, "answers": answers}
    for _ in range(2):
        await place.ask("POST", path, {"poll": poll}, ada.token)
    async with visit(browser, place, ada) as page:
        await page.add_init_script(WRITE_DOWN_DRAWN)
        await page.goto(chat.path)
        await expect(page.locator(".poll")).to_have_count(2)
        await page.locator(".answer", has_text="Tea").last.click()
        await expect(page.locator('.answer[aria-pressed="true"]')).to_have_count(1)
        # Once each; the vote is drawn in the place of the last.
        assert await page.evaluate("drawn") == [True, True, True]


async def test_names_are_completed_and_sent_as_mentions(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    eve = await place.person("eve", display_name="Eve of Destruction")
    async with visit(browser, place, ada, chat.path) as page:
        await page.locator("#composer").press_sequentially("hello @eve")
        option = page.get_by_role("option", name="Eve of Destruction")
        await expect(option.first).to_have_attribute("aria-selected", "true")
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("Enter")
        await page.keyboard.type(f"in #{chat.name}")
        await page.keyboard.press("Tab")
        await page.keyboard.type(":rocket")
        await expect(page.get_by_role("listbox", name="Emoji")).to_be_visible()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        words = f"hello @Eve of Destruction in #{chat.name} 🚀"
        await expect(page.locator("article[data-message-id] .content")).to_have_text(words)
        said = await place.ask("GET", f"/api/v10/channels/{chat.id}/messages", token=ada.token)
        assert said.body[0]["content"] == f"hello <@{eve.id}> in <#{chat.id}> 🚀"


async def test_pins_and_what_was_found_stand_beside_the_room_and_lead_there(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    ids = await place.history(chat, [(bob, SPRING + n * 60, f"number {n}") for n in range(120)])
    await place.say(bob, chat, "a moth in the relay")
    pin = f"/api/v10/channels/{chat.id}/messages/pins/{ids[3]}"
    assert (await place.ask("PUT", pin, None, place.owner.token)).status == 204
    async with visit(browser, place, ada, chat.path) as page:
        await page.click("[data-door=pins]")
        await expect(page.locator("#pins .content")).to_have_text("number 3")
        assert await violations_by_day_and_night(page) == []
        await page.locator("#pins").get_by_role("link", name="Jump").click()
        await expect(message(page, ids[3]).first).to_be_in_viewport()
        await page.click("[data-door=pins]")
        await expect(page.locator("#pins")).to_have_count(0)

        await page.click("[data-door=search]")
        box = page.get_by_role("searchbox", name="Search messages")
        await box.press_sequentially(f"from:{bob.username} moth")
        await expect(page.locator(".chip.set")).to_have_text(f"from: {bob.username}")
        found = page.locator("#search .found")
        await until_found(place, ada, "moth")
        await box.press("Enter")
        await expect(found.locator(".content")).to_have_text("a moth in the relay")
        assert await violations_by_day_and_night(page) == []


async def until_found(place, person, words):
    """It is found within about a second of being said."""
    path = f"/api/v10/guilds/{place.guild_id}/messages/search?content={words}"
    while not (await place.ask("GET", path, None, person.token)).body.get("total_results"):
        await asyncio.sleep(0.1)


async def test_what_is_new_stands_below_a_line_until_it_is_read(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    chat, elsewhere = await place.chat(), await place.chat()
    await place.say(bob, chat, "old")
    async with visit(browser, place, ada, chat.path) as page:
        link = page.locator(f'#channels a[href="{chat.path}"]')
        await expect(link).not_to_have_attribute("data-unread", "")
        await page.click(f'#channels a[href="{elsewhere.path}"]')
        ids = [await place.say(bob, chat, f"new {n}\n" * 8) for n in range(8)]
        await link.click()
        await expect(page.locator(".new-line")).to_be_in_viewport()
        await expect(message(page, ids[0])).to_be_in_viewport()
        await expect(message(page, ids[7])).not_to_be_in_viewport()
        await expect(link).to_have_attribute("data-unread", "")
        await page.keyboard.press("Escape")
        await expect(message(page, ids[7])).to_be_in_viewport()
        await expect(page.locator(".new-line")).to_have_count(0)
        await expect(link).not_to_have_attribute("data-unread", "")
        await message(page, ids[7]).click(button="right")
        await page.get_by_role("menuitem", name="Mark unread from here").click()
        await expect(page.locator(".new-line")).to_have_count(1)
        await expect(link).to_have_attribute("data-unread", "")


async def test_a_thread_begins_at_a_message(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    said = await place.say(place.owner, chat, "the carry mechanism")
    async with visit(browser, place, place.owner, chat.path) as page:
        await message(page, said).click(button="right")
        await page.get_by_role("menuitem", name="Start a thread").click()
        await page.locator("#new-thread").get_by_role("button", name="Start").click()
        await expect(page.locator("#title")).to_have_text("the carry mechanism")
        await say(page, "slips in the cold")
        await expect(page.locator("article[data-message-id]", has_text="slips")).to_have_count(1)
    async with visit(browser, place, ada, chat.path) as page:
        await expect(message(page, said).locator(".thread-line")).to_contain_text("the carry mechanism")
        await page.click("[data-door=threads]")
        await page.locator("#threads").get_by_role("link", name="the carry mechanism").click()
        await expect(page.locator("#title")).to_have_text("the carry mechanism")
        # What it began at stands above what was said in it.
        await expect(messages(page)).to_have_text(["the carry mechanism", "slips in the cold"])


async def test_where_one_may_not_write_the_box_says_why(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    path = f"/api/v10/channels/{chat.id}/permissions/{place.guild_id}"
    await place.ask("PUT", path, {"type": 0, "deny": str(1 << 11)}, place.owner.token)
    async with visit(browser, place, ada, chat.path) as page:
        await expect(page.locator("#composer")).to_be_disabled()
        words = "You may read here, and not write."
        await expect(page.locator("#composer")).to_have_attribute("placeholder", words)


async def test_slow_mode_counts_down_for_all_but_moderators(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    path = f"/api/v10/channels/{chat.id}"
    assert (await place.ask("PATCH", path, {"rate_limit_per_user": 90}, place.owner.token)).status == 200
    async with visit(browser, place, ada) as page:
        await page.clock.install()
        await page.goto(chat.path)
        await live(page)
        slow = page.locator("#slow")
        await expect(slow).to_have_text("Slow mode: one message in 1 min 30 s")
        await say(page, "one")
        await expect(messages(page)).to_have_text(["one"])
        await expect(slow).to_contain_text(re.compile(r"Slow mode: 1 min .* left"))
        await page.fill("#composer", "two")
        await expect(page.locator("#send")).to_be_disabled()
        await page.press("#composer", "Enter")
        await expect(page.locator("#composer")).to_have_value("two")
        assert await violations_by_day_and_night(page) == []
        await page.reload()  # what was said before holds one back too
        await live(page)
        await expect(slow).to_contain_text("left")
        await expect(page.locator("#composer")).to_have_value("two")
        await page.clock.fast_forward(95_000)
        await expect(page.locator("#send")).to_be_enabled()
    async with visit(browser, place, place.owner, chat.path) as page:
        for text in ("a moderator", "waits for nobody"):
            await say(page, text)
        await expect(messages(page)).to_have_text(["one", "a moderator", "waits for nobody"])
        await expect(page.locator("#slow")).to_be_hidden()


async def test_a_message_is_passed_on_and_reported(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    chat, other = await place.chat(), await place.chat("elsewhere")
    said = await place.say(bob, chat, "a **moth** in the relay")
    async with visit(browser, place, ada, chat.path) as page:
        await message(page, said).click(button="right")
        await page.get_by_role("menuitem", name="Forward").click()
        await page.select_option("#forward select", label=f"#{other.name} · {await guild_name(place)}")
        assert await violations_by_day_and_night(page) == []
        await page.locator("#forward").get_by_role("button", name="Forward").click()
        await page.get_by_role("button", name="Go there").click()
        passed = page.locator("article[data-message-id] .forward")
        await expect(passed).to_have_text(re.compile("^Forwardeda moth in the relay"))
        await page.go_back()
        await message(page, said).click(button="right")
        await page.get_by_role("menuitem", name="Report").click()
        form = page.locator("#report")
        await form.get_by_label("Harassment").check()
        await form.get_by_label("Anything to add").fill("It bites.")
        assert await violations_by_day_and_night(page) == []
        await form.get_by_role("button", name="Report").click()
        await expect(page.locator(".toast")).to_contain_text("It has been received.")
    reports = f"/api/v10/guilds/{place.guild_id}/reports"
    found = (await place.ask("GET", reports, token=place.owner.token)).body["reports"]
    about = [(one["category"], one["text"]) for one in found if one["message_id"] == said]
    assert about == [("harassment", "It bites.")]


async def guild_name(place):
    guild = await place.ask("GET", f"/api/v10/guilds/{place.guild_id}", token=place.owner.token)
    return guild.body["name"]


async def test_a_long_press_opens_the_menu_of_a_message(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    said = await place.say(bob, chat, "press me")
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with visit(browser, place, ada, chat.path, **phone) as page:
        await expect(message(page, said)).to_be_in_viewport()
        box = await message(page, said).locator(".content").bounding_box()
        touch = await page.context.new_cdp_session(page)
        points = [{"x": box["x"] + 10, "y": box["y"] + box["height"] / 2}]
        await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
        menu = page.get_by_role("menu")
        await expect(menu).to_be_visible()
        await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await expect(menu.get_by_role("menuitem", name="Forward")).to_be_visible()
        await expect(menu.get_by_role("separator")).not_to_have_count(0)
        await menu.get_by_role("menuitem", name="Reply").tap()
        await expect(page.locator(".reply-bar")).to_contain_text(f"Replying to {bob.username}")


async def test_a_reaction_tells_who_has_put_it_there(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    people = [await place.person(name) for name in ("bob", "cleo", "dora", "emil", "finn")]
    said = await place.say(ada, chat, "who is in?")
    path = f"/api/v10/channels/{chat.id}/messages/{said}/reactions/%F0%9F%91%8D/@me"
    for person in people:
        assert (await place.ask("PUT", path, token=person.token)).status == 204
    bob, cleo, dora, emil, _ = [person.username for person in people]
    async with visit(browser, place, ada, chat.path) as page:
        thumb, tip = page.locator(".reaction[data-emoji='👍']"), page.locator(".tooltip")
        await thumb.hover()
        await expect(tip).to_have_text(f"{bob}, {cleo}, {dora}, {emil}, and 1 other")
        await page.mouse.move(0, 0)
        await expect(tip).to_be_hidden()
        await thumb.click()
        await expect(thumb).to_have_attribute("aria-pressed", "true")
        await expect(thumb).to_be_focused()
        # By the keys alone: to the author of the message, and on to those who answered with a thumb.
        await message(page, said).focus()
        await page.keyboard.press("Tab")
        while not await thumb.evaluate("one => one === document.activeElement"):
            await page.keyboard.press("Tab")
        await expect(tip).to_have_text(re.compile("and 2 others$"))
        await expect(thumb).to_have_attribute("aria-description", re.compile(f"^{re.escape(ada.username)}, "))
        assert await violations_by_day_and_night(page) == []
        await message(page, said).click(button="right")
        await page.get_by_role("menuitem", name="Who reacted").click()
        await expect(page.locator("#reactions li")).to_have_text(
            [re.compile(f"{person.username}$") for person in [ada, *people]]
        )
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("Escape")
        await message(page, said).focus()
        await page.keyboard.press("ContextMenu")
        await page.get_by_role("menuitem", name="Profile").press("Enter")
        await expect(page.get_by_role("dialog", name=ada.username)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(message(page, said)).to_be_focused()


async def test_posts_of_a_forum_are_chosen_by_tag(browser, place):
    ada, owner = await place.person("ada"), place.owner.token
    tags = [{"name": "open", "emoji_name": "🌱"}, {"name": "done"}, {"name": "\u202e<b>unused"}]
    body = {"name": "wishes", "type": 15, "available_tags": tags}
    forum = (await place.ask("POST", f"/api/v10/guilds/{place.guild_id}/channels", body, owner)).body
    green, done, _ = [tag["id"] for tag in forum["available_tags"]]
    names = {"A lamp": [green], "A mill": [done], "A pump": [green, done], "A bare one": []}
    for name, given in names.items():
        post = {"name": name, "message": {"content": "please"}, "applied_tags": given}
        made = await place.ask("POST", f"/api/v10/channels/{forum['id']}/threads", post, owner)
        assert made.status == 201, made
    async with visit(browser, place, ada, f"/channels/{place.guild_id}/{forum['id']}") as page:
        names, choose = page.locator(".post b"), page.get_by_role("group", name="Posts with the tag")
        await expect(names).to_have_text([re.compile(name) for name in ("bare", "pump", "mill", "lamp")])
        await expect(page.locator(".post", has_text="A pump").locator(".post-tag")).to_have_text(
            ["🌱open", "done"]
        )
        await choose.get_by_role("button", name="open").click()
        await expect(names).to_have_text([re.compile("pump"), re.compile("lamp")])
        assert await violations_by_day_and_night(page) == []
        await choose.get_by_role("button", name="done").press("Enter")
        await expect(names).to_have_text([re.compile(name) for name in ("pump", "mill", "lamp")])
        await expect(choose.get_by_role("button", name="done")).to_be_focused()
        for name in ("open", "done", "unused"):
            await choose.get_by_role("button", name=name).click()
        await expect(page.locator(".posts-none")).to_have_text("No post here has that tag.")
        # A tag that is taken away keeps no post back.
        path = f"/api/v10/channels/{forum['id']}"
        await place.ask("PATCH", path, {"available_tags": forum["available_tags"][:2]}, owner)
        await expect(names).to_have_count(4)


def png(width, height):
    """A picture that is all black."""
    head = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1 + width) * height)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def silence(seconds=1):
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * seconds)
    return sound.getvalue()


async def test_pictures_keep_their_place_and_sounds_and_films_can_be_played(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    await place.history(chat, [(ada, SPRING + n, f"number {n}") for n in range(30)])
    async with visit(browser, place, ada, chat.path) as page:
        arrives = asyncio.Event()

        async def hold(route):
            await arrives.wait()
            await route.continue_()

        await page.route("**/attachments/**/wide.png*", hold)
        await page.set_input_files("#choose-files", [
            {"name": "wide.png", "mimeType": "image/png", "buffer": png(960, 240)},
            {"name": "hum.wav", "mimeType": "audio/wav", "buffer": silence()},
            {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"no film at all"},
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"n" * 2048},
        ])  # fmt: skip
        await page.get_by_role("button", name="Describe wide.png").click()
        await page.fill("#describe [name=description]", "A wide plain")
        await page.click("#describe [type=submit]")
        await page.press("#composer", "Enter")
        picture = page.get_by_role("img", name="A wide plain")
        await expect(picture).to_have_attribute("width", "480")
        before = await page.evaluate(PLACES)
        assert await picture.evaluate("one => [one.naturalWidth, one.width, one.height]") == [0, 480, 120]
        arrives.set()
        await expect(picture).to_have_js_property("naturalWidth", 960)
        assert await page.evaluate(PLACES) == before, "nothing moves when it comes"
        sound = page.locator("audio[controls]")
        await expect(sound).to_have_attribute("aria-label", "hum.wav")
        assert await sound.evaluate("one => (one.muted = true, one.play().then(() => one.duration))") == 1
        await expect(page.locator("video[controls]")).to_have_attribute("aria-label", "film.mp4")
        notes = page.locator("a.file", has_text="notes.txt")
        await expect(notes).to_contain_text("2 KB")
        await expect(notes).to_have_attribute("download", "notes.txt")
        assert await violations_by_day_and_night(page) == []


async def test_emoji_are_chosen_for_a_text_and_for_a_reaction(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    image = "data:image/png;base64," + base64.b64encode(png(8, 8)).decode()
    path = f"/api/v10/guilds/{place.guild_id}/emojis"
    made = await place.ask("POST", path, {"name": "moth", "image": image}, place.owner.token)
    assert made.status == 201, made
    said = await place.say(bob, chat, "what do you say?")
    async with visit(browser, place, ada, chat.path) as hers, visit(browser, place, bob, chat.path) as his:
        await hers.fill("#composer", "a")
        await hers.click("#pick-emoji")
        await expect(hers.get_by_role("searchbox", name="Search emoji")).to_be_focused()
        await hers.keyboard.type("moth")
        await expect(hers.locator(".emoji-cells button")).to_have_attribute("aria-label", "moth")
        assert await violations_by_day_and_night(hers) == []
        await hers.keyboard.press("Enter")
        await expect(hers.locator("#composer")).to_have_value("a :moth: ")
        await expect(hers.locator("#composer")).to_be_focused()
        await hers.press("#composer", "Enter")
        emoji = his.locator("article .content img.emoji")
        await expect(emoji).to_have_attribute("src", f"/emojis/{made.body['id']}.png")
        await expect(emoji).to_have_js_property("naturalWidth", 8)
        await message(hers, said).hover()
        await message(hers, said).get_by_role("button", name="Add a reaction").click()
        await hers.keyboard.type("rocket")
        await hers.keyboard.press("ArrowDown")
        await hers.keyboard.press("Enter")
        for page, mine in ((hers, "true"), (his, "false")):
            reaction = message(page, said).locator(".reaction[data-emoji='🚀']")
            await expect(reaction).to_have_attribute("aria-pressed", mine)
            await expect(reaction.locator(".count")).to_have_text("1")
        await message(his, said).locator(".reaction[data-emoji='🚀']").click()
        await expect(message(hers, said).locator(".count")).to_have_text("2")
        await message(hers, said).locator(".reaction[data-emoji='🚀']").click()
        await expect(message(his, said).locator(".count")).to_have_text("1")


async def test_what_is_begun_in_a_channel_stays_there(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    chat, other = await place.chat(), await place.chat()
    said = await place.say(bob, chat, "well?")
    async with visit(browser, place, ada, chat.path) as page:
        box = page.locator("#composer")
        await message(page, said).hover()
        await message(page, said).get_by_role("button", name="Reply").click()
        await box.fill("half a sent")
        text = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}
        await page.set_input_files("#choose-files", [text])
        await expect(page.locator(".card-file")).to_have_count(1)
        await page.click(f'#channels a[href="{other.path}"]')
        await expect(box).to_have_value("")
        await expect(page.locator(".reply-bar")).to_be_hidden()
        await expect(page.locator(".card-file")).to_have_count(0)
        await box.fill("another")
        await page.click(f'#channels a[href="{chat.path}"]')
        await expect(box).to_have_value("half a sent")
        await expect(page.locator(".card-file")).to_have_count(1)
        await page.reload()
        await expect(box).to_have_value("half a sent")
        await expect(page.locator(".reply-bar")).to_contain_text(bob.username)
        await box.press("Enter")
        await expect(page.locator("a.reply")).to_contain_text("well?")
        await page.click(f'#channels a[href="{other.path}"]')
        await expect(box).to_have_value("another")
