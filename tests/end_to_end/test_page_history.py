"""What was said before the page came: who stands under one name, where a day begins, and scrolling back."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import message, messages, opened, visit

SPRING = datetime(2026, 3, 10, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60, 3600, 86_400

# The reader drags to the very top. What is then first on the screen, and where it ends: it gives its name up
# to an older one of the same author.
TO_THE_TOP = """async () => {
    const list = document.querySelector("#messages"), top = list.getBoundingClientRect().top;
    list.scrollTop = 0;
    for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
    const first = [...document.querySelectorAll("article[data-message-id]")]
        .find(one => one.getBoundingClientRect().bottom > top);
    return [first.dataset.messageId, first.getBoundingClientRect().bottom];
}"""
END_OF = "one => one.getBoundingClientRect().bottom"
# Everything that is said, read by walking down the list with the keyboard's page key.
READ_ALL = """async () => {
    const list = document.querySelector("#messages"), read = new Map();
    for (list.scrollTop = 0;; list.scrollTop += list.clientHeight / 2) {
        for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
        for (const one of document.querySelectorAll("article[data-message-id]")) {
            read.set(one.dataset.messageId, one.querySelector(".content").textContent);
        }
        if (list.scrollHeight - list.scrollTop - list.clientHeight < 2) break;
    }
    return [...read].sort(([a], [b]) => Number(BigInt(a) - BigInt(b))).map(([, text]) => text);
}"""
IS_AT_END = "list => list.scrollHeight - list.scrollTop - list.clientHeight < 2"


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def kinds(page):
    """The rows from top to bottom: "day", "head" or "grouped", without what begins the channel."""
    rows = await page.locator("#messages > :not(.top, .space)").evaluate_all(
        "all => all.map(row => ['day', 'head', 'grouped'].find(kind => row.classList.contains(kind)))"
    )
    return " ".join(rows)


async def test_messages_of_five_minutes_stand_under_one_name(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    noon = SPRING + 12 * HOUR
    times = [
        (ada, noon), (ada, noon + 4 * MINUTE + 59),  # 4:59 after the one before
        (ada, noon + 10 * MINUTE),  # 5:01
        (bob, noon + 10 * MINUTE + 5), (bob, noon + 10 * MINUTE + 6),
        (ada, noon + 10 * MINUTE + 7),
        (ada, noon + 10 * MINUTE + 8), (ada, noon + 10 * MINUTE + 9),  # the first of these is an answer
        (ada, SPRING + DAY - MINUTE), (ada, SPRING + DAY + MINUTE),  # two minutes, and midnight between
    ]  # fmt: skip
    ids = await place.history(chat, [(who, at_s, f"number {n}") for n, (who, at_s) in enumerate(times)])
    answer = {"message_reference": {"type": 0, "message_id": ids[0], "channel_id": str(chat.id)}}
    change = "update messages set type = 19, details = $2 where id = $1"
    await place.store.pool.execute(change, int(ids[6]), json.dumps(answer))
    async with visit(browser, place, ada, chat.path) as page:
        await expect(messages(page)).to_have_count(len(times))
        assert await kinds(page) == "day head grouped head head grouped head head grouped head day head"
        days = page.locator(".day")
        await expect(days).to_have_text(["Tuesday, 10 March 2026", "Wednesday, 11 March 2026"])
        head, grouped = message(page, ids[0]), message(page, ids[1])
        await expect(head.locator(".author")).to_have_text(ada.username)
        await expect(head.locator(".avatar")).to_have_count(1)
        await expect(head.locator("time")).to_have_text("12:00")
        await expect(grouped.locator(".author, .avatar")).to_have_count(0)
        await expect(grouped.locator("time")).to_have_text("12:04")

        path = f"/api/v10/channels/{chat.id}/messages/{ids[0]}"
        assert (await place.ask("DELETE", path, token=ada.token)).status == 204
        await expect(head).to_have_count(0)
        assert await kinds(page) == "day head head head grouped head head grouped head day head"
        await expect(grouped.locator(".author")).to_have_text(ada.username)


async def test_days_begin_where_the_reader_is(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    # In Auckland, thirteen hours ahead, both are of the eleventh; in London of two days.
    await place.history(chat, [(ada, SPRING + DAY - MINUTE, "late"), (ada, SPRING + DAY + MINUTE, "early")])
    for zone, rows in (("Europe/London", "day head day head"), ("Pacific/Auckland", "day head grouped")):
        async with visit(browser, place, ada, chat.path, timezone_id=zone) as page:
            await expect(messages(page)).to_have_count(2)
            assert await kinds(page) == rows


async def test_scrolling_up_reads_back_to_the_beginning_and_holds_the_place(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    said = [f"number {n}" + " and so on" * (n % 40) for n in range(300)]
    authors = [(ada, bob)[n // 7 % 2] for n in range(300)]
    await place.history(chat, [(authors[n], SPRING + n * 50, text) for n, text in enumerate(said)])
    async with visit(browser, place, ada, chat.path) as page:
        await expect(messages(page)).to_have_count(50)
        assert await page.locator("#messages").evaluate(IS_AT_END)
        pages_read, asked, let_go = 1, asyncio.Event(), asyncio.Event()

        async def hold(route):
            asked.set()
            await let_go.wait()
            await route.continue_()

        await page.route("**/messages?*before=*", hold)
        while not await page.locator(".beginning").count():
            first, end_px = await page.evaluate(TO_THE_TOP)
            await asked.wait()
            async with page.expect_response("**/messages?*before=*"):
                let_go.set()
            asked.clear(), let_go.clear()
            pages_read += 1
            await expect(page.locator("#messages")).to_have_attribute("aria-busy", "false")
            assert abs(await message(page, first).evaluate(END_OF) - end_px) <= 1
        assert pages_read == 7  # the last one is empty, and says that nothing is before it
        assert await page.evaluate(READ_ALL) == said


async def test_who_reads_above_is_not_moved_and_told_what_is_new_below(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    await place.history(chat, [(bob, SPRING + n * MINUTE, f"number {n}") for n in range(40)])
    async with visit(browser, place, ada, chat.path) as page:
        await expect(messages(page)).to_have_count(40)
        first, end_px = await page.evaluate(TO_THE_TOP)
        new = await place.say(bob, chat, "news")
        await expect(message(page, new)).to_have_count(1)
        assert await message(page, first).evaluate(END_OF) == end_px
        await expect(page.locator("#to-latest")).to_have_text("1 new below")
        open_link = page.locator("#channels a[aria-current]")
        await expect(open_link).to_have_attribute("data-unread", "")
        await page.click("#to-latest")
        await expect(page.locator("#to-latest")).to_be_hidden()
        await expect(open_link).not_to_have_attribute("data-unread", "")
        newer = await place.say(bob, chat, "more news")
        await expect(message(page, newer)).to_be_in_viewport()
        assert await page.locator("#messages").evaluate(IS_AT_END)


async def test_a_chat_without_a_word_says_where_it_begins(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        await expect(page.locator(".beginning")).to_contain_text(f"This is the beginning of #{chat.name}.")
        await expect(messages(page)).to_have_count(0)
