"""What one does with messages: go to one of long ago, answer, attach, complete, pin, find, mark as new."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import (
    message,
    messages,
    opened,
    say,
    violations_by_day_and_night,
    visit,
)

SPRING = datetime(2026, 3, 10, tzinfo=UTC).timestamp()
FITS = "one => one.scrollWidth <= one.clientWidth"
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
    async with visit(browser, place, ada, chat.path, failures=True) as page:
        files = [
            {"name": "dot.png", "mimeType": "image/png", "buffer": PIXEL},
            {"name": "no.txt", "mimeType": "text/plain", "buffer": b"no"},
        ]
        await page.set_input_files("#choose-files", files)
        await expect(page.locator(".card-file")).to_have_count(2)
        await page.get_by_role("button", name="Remove no.txt").click()
        await page.get_by_role("button", name="dot.png: mark as spoiler").click()
        assert await violations_by_day_and_night(page) == []

        held, arrives = asyncio.Event(), asyncio.Event()

        async def hold(route):
            held.set()
            await arrives.wait()

        await page.route("**/messages", hold)
        await say(page, "a dot")
        await held.wait()
        await expect(page.locator("article.pending progress")).to_have_count(1)
        await page.get_by_role("button", name="Cancel").click()
        await expect(messages(page)).to_have_count(0)
        arrives.set()
        await page.unroute("**/messages")
        await page.route("**/messages", lambda route: route.abort())
        await page.set_input_files("#choose-files", files[:1])
        await say(page, "again")
        failed = page.locator("article.failed")
        await expect(failed).to_contain_text("The upload broke off.", timeout=15_000)
        await page.unroute("**/messages")
        await failed.get_by_role("button", name="Try again").click()
        await expect(page.locator("article[data-message-id] .picture img")).to_have_count(1)
        await expect(messages(page)).to_have_count(1)


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
        for _ in range(20):  # it is found within about a second of being said
            await box.press("Enter")
            await expect(page.locator(".search-status")).not_to_have_text("Searching…")
            if await found.count():
                break
            await page.wait_for_timeout(250)
        await expect(found.locator(".content")).to_have_text("a moth in the relay")
        assert await violations_by_day_and_night(page) == []


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


async def test_where_one_may_not_write_the_box_says_why(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    path = f"/api/v10/channels/{chat.id}/permissions/{place.guild_id}"
    await place.ask("PUT", path, {"type": 0, "deny": str(1 << 11)}, place.owner.token)
    async with visit(browser, place, ada, chat.path) as page:
        await expect(page.locator("#composer")).to_be_disabled()
        words = "You may read here, and not write."
        await expect(page.locator("#composer")).to_have_attribute("placeholder", words)


async def test_nothing_that_is_huge_or_piled_up_breaks_the_page(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    word, zalgo = "W" * 100_000, "a" + "\u0335\u0301\u0489" * 300
    hostile = [
        word, zalgo, "<@1>" * 2000, f"<@{ada.id}>" * 2000, "\u202e" + "x" * 500,
        "<script>window.broken=1</script>" * 50,
    ]  # fmt: skip
    await place.history(chat, [(ada, SPRING + n, text) for n, text in enumerate(hostile)])
    name = "\u202e<img src=x onerror='window.broken=1'>.png"
    async with visit(browser, place, ada, chat.path, viewport={"width": 390, "height": 844}) as page:
        await expect(messages(page)).to_have_count(len(hostile))
        await page.set_input_files(
            "#choose-files", [{"name": name, "mimeType": "text/plain", "buffer": b"x"}]
        )
        await page.press("#composer", "Enter")
        await expect(page.locator("article[data-message-id] .file")).to_have_count(1)
        for part in ("#messages", "body"):
            assert await page.locator(part).evaluate(FITS), part
        assert await page.evaluate("window.broken") is None
        assert await page.locator("article script, article img[src=x]").count() == 0
