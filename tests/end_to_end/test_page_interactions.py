"""The page in front of a bot: what one does with its messages, forms and commands, and what becomes of it.

The bot is tests/end_to_end/robot.py in a process of its own, with an unmodified discord.py.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.async_api import expect

from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.pages import (
    Chat,
    Person,
    Place,
    live,
    message,
    messages,
    opened,
    violations_by_day_and_night,
    visit,
)


class Here(NamedTuple):
    place: Place
    robot: str  # its user's id

    async def show(self, person: Person, chat: Chat, words: str) -> None:
        """Have the bot show what it has."""
        await self.place.say(person, chat, words)


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    for place in opened(runner):

        async def begin(place: Place = place) -> tuple[Any, Here]:
            made = await place.server.command("bot", "create", "robo")
            script = str(ROOT / "tests/end_to_end/robot.py")
            process = await asyncio.create_subprocess_exec(
                sys.executable, script, place.url, made["token"], stdout=asyncio.subprocess.PIPE
            )
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), 45)
            assert json.loads(line) == {"event": "ready"}
            return process, Here(place, str(made["id"]))

        process, here = runner.run(begin())
        yield here
        process.kill()
        runner.run(process.wait())


def from_robot(page: Any) -> Any:
    """The last message of the bot."""
    return page.locator("article.message[data-message-id]", has=page.locator(".components")).last


async def choose(page: Any, menu: str, *names: str) -> None:
    await page.get_by_role("button", name=menu, exact=True).click()
    for name in names:
        await page.get_by_role("option", name=name).click()


# ── components ──────────────────────────────────────────────────────────────────────────────────


async def test_a_button_changes_its_message_and_keeps_the_focus(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!buttons")
        shown = from_robot(page)
        count = shown.get_by_role("button", name="Count")
        await expect(shown.get_by_role("button", name="Sold out")).to_be_disabled()
        rules = shown.get_by_role("link", name="Read the rules")
        await expect(rules).to_have_attribute("href", "https://example.org/rules")
        await expect(rules).to_have_attribute("rel", "noopener noreferrer")
        await count.focus()
        await page.keyboard.press("Enter")
        await expect(shown.locator(".content")).to_contain_text("Counted to 1.")
        await expect(count).to_be_focused()
        await page.keyboard.press("Space")
        await expect(shown.locator(".content")).to_contain_text("Counted to 2.")


async def test_a_button_waits_for_the_bot_and_says_when_it_does_not_answer(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!buttons")
        shown = from_robot(page)
        nothing = shown.get_by_role("button", name="Say nothing")
        await nothing.click()
        await expect(nothing).to_have_attribute("aria-busy", "true")
        await expect(shown.locator(".component-failure")).to_have_text("This application did not respond.")
        await expect(nothing).not_to_have_attribute("aria-busy", "true")
        assert await violations_by_day_and_night(page) == []
        await shown.get_by_role("button", name="Count").click()
        await expect(shown.locator(".content")).to_contain_text("Counted to")


async def test_what_a_bot_tells_one_person_is_seen_by_nobody_else_and_gone_after_a_reload(browser, here):
    ada, bob, chat = await here.place.person("ada"), await here.place.person("bob"), await here.place.chat()
    async with (
        visit(browser, here.place, ada, chat.path) as hers,
        visit(browser, here.place, bob, chat.path) as his,
    ):
        await here.show(ada, chat, "!buttons")
        tell = from_robot(hers).get_by_role("button", name="Tell me")
        await tell.click()
        secret = hers.locator("article.message", has_text="A secret.")
        await expect(secret.locator(".ephemeral")).to_contain_text("Only you can see this")
        await expect(secret.get_by_role("button", name="Add a reaction")).to_have_count(0)
        assert await violations_by_day_and_night(hers) == []
        await secret.get_by_role("button", name="Dismiss").click()
        await expect(secret).to_have_count(0)
        await tell.click()
        await expect(secret).to_have_count(1)
        await here.place.say(bob, chat, "what is it?")
        await expect(messages(his).last).to_have_text("what is it?")
        await expect(his.locator("article.message", has_text="A secret.")).to_have_count(0)
        await hers.reload()
        await live(hers)
        await expect(messages(hers).last).to_have_text("what is it?")
        await expect(secret).to_have_count(0)


async def test_every_menu_can_be_chosen_from(browser, here):
    ada = await here.place.person("ada", display_name="Ada Lovelace")
    await here.place.crowd(12)
    chat = await here.place.chat("orchard")
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!menus")
        await expect(from_robot(page)).to_be_visible()
        await choose(page, "Some fruit", "Apple", "Cherry")
        assert await violations_by_day_and_night(page) == []
        await page.get_by_role("button", name="Choose 2").click()
        answer = page.locator("article.message", has_text="fruit: apple, cherry")
        await expect(answer).to_have_count(1)
        await expect(page.get_by_role("button", name="Some fruit: Apple, Cherry")).to_be_visible()
        # By the keys alone, and found by a part of the name.
        await page.get_by_role("button", name="Somebody", exact=True).press("Enter")
        await expect(page.get_by_role("combobox")).to_be_focused()
        await page.keyboard.type(ada.username)
        await page.keyboard.press("Enter")
        await expect(page.locator("article.message", has_text=f"user: {ada.username}")).to_have_count(1)
        await choose(page, "A role", "@everyone")
        await expect(page.locator("article.message", has_text="role: @everyone")).to_have_count(1)
        await page.get_by_role("button", name="A channel").click()
        await expect(page.get_by_role("option", name=chat.name)).to_be_visible()
        await page.keyboard.type(chat.name)
        await page.get_by_role("option", name=chat.name).click()
        await expect(page.locator("article.message", has_text=f"channel: {chat.name}")).to_have_count(1)
        await choose(page, "Somebody or a role", f"Ada Lovelace {ada.username}")
        await page.get_by_role("button", name="Choose 1").click()
        await expect(page.locator("article.message", has_text=f"any: {ada.username}")).to_have_count(1)


async def test_a_menu_that_is_closed_asks_nothing(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!menus")
        menu = page.get_by_role("button", name="Some fruit")
        await menu.press("Enter")
        await expect(page.get_by_role("listbox")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(page.get_by_role("option", name="Apple")).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Escape")
        await expect(page.locator(".picker")).to_have_count(0)
        await expect(menu).to_be_focused()
        await expect(menu).to_have_text("Some fruit")


async def test_a_layout_is_shown_with_its_pictures_and_files(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(ada, chat, "!layout")
        shown = from_robot(page)
        await expect(shown.locator("h3")).to_have_text("Today")
        await expect(shown.locator("strong")).to_have_text("happens")
        walk = shown.locator(".component-container").first
        assert await walk.evaluate("it => it.style.getPropertyValue('--accent-of')") == "#c0507a"
        await expect(walk.locator(".thumbnail img")).to_have_js_property("naturalWidth", 80)
        await expect(walk.get_by_alt_text("Red")).to_be_visible()
        await expect(walk.locator(".file")).to_contain_text("plan.txt")
        await expect(walk.get_by_role("link", name="Map")).to_have_attribute("href", "https://example.org/map")
        assert await violations_by_day_and_night(page) == []
        await walk.get_by_role("button", name="Spoiler: show").click()
        await expect(walk.get_by_alt_text("Blue")).to_be_visible()
        await shown.get_by_role("button", name="Spoiler: show").click()
        await expect(shown).to_contain_text("It ends well.")
        await walk.get_by_role("button", name="More").click()
        await expect(page.locator("article.message", has_text="There is more.")).to_have_count(1)


# ── commands ────────────────────────────────────────────────────────────────────────────────────


async def begin(page: Any, name: str) -> Any:
    """Choose a command by the keys alone; what is filled in for it."""
    await page.locator("#composer").press_sequentially(f"/{name}")
    await expect(page.locator(".completion .option").first).to_contain_text(f"/{name}")
    await page.keyboard.press("Enter")
    bar = page.locator(".command-bar")
    await expect(bar).to_be_visible()
    return bar


def answer(page: Any, words: str) -> Any:
    return page.locator("article.message[data-message-id]", has_text=words)


async def test_a_command_is_found_by_its_name_and_answered(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await page.locator("#composer").press_sequentially("/")
        options = page.locator(".completion .option-label")
        await expect(options).to_contain_text(["/ask", "/config colour set", "/config show", "/give"])
        await expect(page.get_by_role("group", name="robo")).to_be_visible()
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.type("pi")
        await expect(options).to_have_text(["/ping"])
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Send", exact=True).last).to_be_focused()
        await page.keyboard.press("Enter")
        told = answer(page, "Pong.")
        await expect(told.locator(".used")).to_have_text(f"{ada.username} used /ping")
        await expect(page.locator("#composer")).to_be_focused()
        await expect(page.locator("#composer")).to_have_value("")


async def test_escape_leaves_a_command_and_the_list_of_them(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await page.locator("#composer").press_sequentially("/pin")
        await expect(page.locator(".completion")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator(".completion")).to_be_hidden()
        await page.keyboard.press("Enter")
        await expect(messages(page)).to_have_text(["/pin"])
        await begin(page, "give")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await expect(page.locator(".command-bar")).to_have_count(0)
        await expect(page.locator("#composer")).to_be_focused()


async def test_a_command_is_filled_in_and_what_is_wrong_is_said_beside_it(browser, here):
    ada = await here.place.person("ada", display_name="Ada Lovelace")
    chat = await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        bar = await begin(page, "give")
        fruit, to = bar.get_by_label("fruit", exact=True), bar.get_by_label("to", exact=True)
        await expect(fruit).to_be_focused()
        await page.keyboard.type("ap")
        await expect(bar.get_by_role("option")).to_have_text(["Apple", "Apricot"])
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(fruit).to_have_value("Apricot")
        await page.keyboard.press("Enter")
        await expect(bar.locator("[data-option=to] .field-error")).to_have_text("This is needed.")
        await expect(to).to_be_focused()
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.type(ada.username)
        await page.keyboard.press("Enter")
        await expect(to).to_have_value("Ada Lovelace")
        for name, value in (("count", "12"), ("weight", "1.5")):
            await bar.get_by_role("button", name=f"+ {name}").click()
            await page.keyboard.type(value)
        for name, label in (("wrapped", "True"), ("size", "Large")):
            await bar.get_by_role("button", name=f"+ {name}").click()
            await bar.get_by_label(name, exact=True).select_option(label)
        for name, value in (("where", chat.name), ("role", "everyone"), ("any", ada.username)):
            await bar.get_by_role("button", name=f"+ {name}").click()
            await page.keyboard.type(value)
            await expect(bar.locator(".option:visible")).to_have_count(1)
            await page.keyboard.press("Enter")
        await bar.get_by_role("button", name="+ card").click()
        card = {"name": "card.txt", "mimeType": "text/plain", "buffer": b"With love"}
        await bar.get_by_label("card", exact=True).set_input_files([card])
        await page.click("#send-command")
        await expect(bar.locator("[data-option=count] .field-error")).to_have_text("This must be 9 or less.")
        await bar.get_by_label("count", exact=True).fill("3")
        await page.click("#send-command")
        said = (f"3 apricot to {ada.username} / wrapped / l / 1.5 / {chat.name} / @everyone / "
                f"{ada.username} / With love")  # fmt: skip
        await expect(answer(page, said)).to_have_count(1)


async def test_what_is_left_out_again_is_not_sent(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        bar = await begin(page, "give")
        await page.keyboard.type("plums")
        await bar.get_by_label("to", exact=True).fill(ada.username)
        await bar.get_by_role("button", name="+ count").click()
        await bar.get_by_role("button", name="Leave count out").click()
        await expect(bar.get_by_role("button", name="+ count")).to_be_focused()
        await page.click("#send-command")
        await expect(answer(page, f"1 plums to {ada.username}")).to_have_count(1)


async def test_a_sub_command_is_one_command(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await begin(page, "config colour set")
        await page.keyboard.type("green")
        await page.keyboard.press("Enter")
        told = answer(page, "Now green.")
        await expect(told.locator(".used")).to_contain_text("used /config colour set")


async def test_a_bot_thinks_and_answers_later(browser, here):
    ada, bob, chat = await here.place.person("ada"), await here.place.person("bob"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await here.show(bob, chat, "!stop")
        await begin(page, "slow")
        await page.keyboard.press("Enter")
        await expect(page.locator("article .thinking")).to_contain_text("robo is thinking…")
        assert await violations_by_day_and_night(page) == []
        await here.show(bob, chat, "!go on")
        await expect(answer(page, "At last.").locator(".used")).to_contain_text("used /slow")
        await expect(page.locator("article .thinking")).to_have_count(0)


async def test_a_command_that_nobody_answers_can_be_tried_again(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await begin(page, "silent")
        await page.keyboard.press("Enter")
        asked = page.locator(".asked li")
        await expect(asked).to_have_text("/silentrobo is thinking…")
        await expect(asked).to_contain_text("This application did not respond.")
        assert await violations_by_day_and_night(page) == []
        await asked.get_by_role("button", name="Try again").click()
        await expect(page.locator(".command-bar")).to_contain_text("/silent")
        await expect(asked).to_have_count(0)
        await page.keyboard.press("Enter")
        await asked.get_by_role("button", name="Dismiss").click()
        await expect(asked).to_have_count(0)


async def test_a_whisper_has_its_command_above_and_is_dismissed(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await begin(page, "whisper")
        await page.keyboard.press("Enter")
        told = answer(page, "Between us.")
        await expect(told.locator(".ephemeral")).to_contain_text("Only you can see this")
        await told.get_by_role("button", name="Dismiss").click()
        await expect(told).to_have_count(0)


async def test_the_menus_of_messages_and_people_have_the_commands_of_bots(browser, here):
    ada, bob, chat = await here.place.person("ada"), await here.place.person("bob"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        said = await here.place.say(bob, chat, "To be or not to be")
        await message(page, said).click(button="right")
        await page.get_by_role("menuitem", name="Apps").click()
        await page.get_by_role("menuitem", name="Quote").click()
        quoted = answer(page, f"{bob.username} said To be or not to be")
        await expect(quoted.locator(".used")).to_contain_text("used Quote")
        await page.locator(f'#members li[data-user-id="{bob.id}"]').click(button="right")
        await page.get_by_role("menuitem", name="Apps").click()
        await page.get_by_role("menuitem", name="Wave").click()
        await expect(answer(page, f"Waves at {bob.username}.").locator(".used")).to_contain_text("used Wave")


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_form_is_filled_in_and_what_is_wrong_is_said_at_its_fields(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path, refusals=True) as page:
        await here.show(ada, chat, "!buttons")
        fill_in = from_robot(page).get_by_role("button", name="Fill in")
        await fill_in.click()
        form = page.locator("#modal")
        await expect(form.locator("h2")).to_have_text("Who are you?")
        await expect(form.locator(".content strong")).to_have_text("who you are")
        await expect(form.get_by_label("Name")).to_be_focused()
        await form.get_by_role("button", name="Send").click()
        await expect(form.locator(".field-error")).to_have_text(["This is needed.", "This is needed."])
        await form.get_by_label("Name").fill("Al")
        await form.get_by_label("About you").fill("I count.\nAlways.")
        await choose(page, "Fruit: Make a selection", "cherry")
        text = {"mimeType": "text/plain"}
        papers = [{**text, "name": each, "buffer": each.encode()} for each in ("one", "two")]
        await form.get_by_label("Papers").set_input_files(papers)
        await form.get_by_role("button", name="Send").click()
        wrong = form.locator('[data-name="components.1"] .field-error')
        await expect(wrong).to_contain_text("between 3 and 20")
        assert await violations_by_day_and_night(page) == []
        await form.get_by_label("Name").fill("Alan")
        await form.get_by_role("button", name="Send").click()
        await expect(form).to_have_count(0)
        told = answer(page, "Hello: Alan / I count.")
        await expect(told).to_contain_text("Always. / cherry / one / two")


async def test_a_form_has_radio_buttons_boxes_and_people(browser, here):
    ada, chat = await here.place.person("ada", display_name="Ada Lovelace"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        await begin(page, "ask")
        await page.keyboard.press("Enter")
        form = page.locator("#modal")
        await form.get_by_label("Small").check()
        assert await violations_by_day_and_night(page) == []
        await form.get_by_label("Sugar").check()
        await form.get_by_label("I am sure").check()
        await form.get_by_role("button", name="A friend").click()
        await page.get_by_role("combobox").fill(ada.username)
        await page.get_by_role("option", name=f"Ada Lovelace {ada.username}").click()
        await form.get_by_role("button", name="Send").click()
        await expect(answer(page, f"s [sugar] True [{ada.username}]")).to_have_count(1)


async def test_a_form_is_shown_where_it_was_asked_for_and_nowhere_else(browser, here):
    ada, chat = await here.place.person("ada"), await here.place.chat()
    async with visit(browser, here.place, ada, chat.path) as page:
        other = await page.context.new_page()
        await other.goto(chat.path)
        await live(other)
        for tab in (page, other):  # both have used commands
            await begin(tab, "whisper")
            await tab.keyboard.press("Enter")
            await expect(answer(tab, "Between us.").first).to_be_visible()
        await begin(page, "ask")
        await page.keyboard.press("Enter")
        await expect(page.locator("#modal")).to_be_visible()
        await expect(other.locator("#modal")).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(page.locator("#modal")).to_have_count(0)
