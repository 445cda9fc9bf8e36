"""What people do with an application, and what they are told has become of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from chatd.testbench.asking import Refused
from chatd.testbench.interacting import filled_in, options_of
from tests.end_to_end.clients import API, ask, listening

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, LABEL = 1, 2, 3, 4, 5, 18
BUTTONS = {"type": ROW, "components": [
    {"type": BUTTON, "style": 1, "label": "Yes", "custom_id": "y"},
    {"type": BUTTON, "style": 4, "label": "No", "custom_id": "n"},
]}  # fmt: skip
COLOURS = {"type": ROW, "components": [
    {"type": STRING_SELECT, "custom_id": "colour", "max_values": 2,
     "options": [{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}]},
]}  # fmt: skip
FORM = {"custom_id": "form", "title": "Who are you?", "components": [
    {"type": LABEL, "label": "Name", "component": {"type": TEXT_INPUT, "custom_id": "name", "style": 1}},
    {"type": LABEL, "label": "Colours", "component": COLOURS["components"][0]},
]}  # fmt: skip


class Answering:
    """A bot that answers what it hears as it was told to."""

    def __init__(self, chat, listener):
        self.chat = chat
        self.listener = listener

    async def request(self, method, path, body):
        reply = await ask(self.chat.url, method, API + path, body, authorization=f"Bot {self.chat.token}")
        assert reply.status < 300, reply.content
        return reply.json if reply.content else None

    async def heard(self):
        """The interaction that comes."""
        return await self.listener.dispatch("INTERACTION_CREATE")

    async def answers(self, doing, answer):
        """Have something done, and answer the interaction that comes of it; both as they are told."""
        done = asyncio.ensure_future(doing)
        interaction = await self.heard()
        self.listener.heard.clear()
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        await self.request("POST", path, answer)
        return interaction, await done

    async def says(self, **message):
        await self.request("POST", f"/channels/{self.chat.channel.id}/messages", message)
        return await self.chat.next_message()


@pytest.fixture
def answering(chat):
    @asynccontextmanager
    async def identified():
        async with listening(chat.url, chat.token) as listener:
            yield Answering(chat, listener)

    return identified


async def test_a_button_is_pressed_by_its_label_and_the_answer_is_given_back(chat, answering):
    ada = await chat.user("ada")
    async with answering() as bot:
        message = await bot.says(content="sure?", components=[BUTTONS])
        answer = {"type": 4, "data": {"content": "so be it", "flags": 64}}
        heard, told = await bot.answers(ada.click(message, "No"), answer)
        assert heard["data"]["custom_id"] == "n"
        assert heard["member"]["user"]["id"] == ada.id
        assert (told.outcome, told.content, told.message.flags) == ("success", "so be it", 64)
        heard, told = await bot.answers(ada.click(message, "y"), {"type": 7, "data": {"content": "done"}})
        assert (told.content, told.message.id) == ("done", message.id)
        heard, told = await bot.answers(ada.click(message, "Yes"), {"type": 6})
        assert (told.outcome, told.message) == ("success", None)


async def test_a_button_that_is_not_there_is_named_beside_those_that_are(chat, answering):
    ada = await chat.user("ada")
    async with answering() as bot:
        message = await bot.says(content="sure?", components=[BUTTONS])
        with pytest.raises(Refused, match="no button 'Maybe' for them here; there are: 'Yes', 'No'"):
            await ada.click(message, "Maybe")
        with pytest.raises(Refused, match="404"):
            await ada.click(message)


async def test_options_are_chosen_by_their_labels_and_people_as_themselves(chat, answering):
    ada = await chat.user("ada")
    users = {"type": ROW, "components": [{"type": USER_SELECT, "custom_id": "who"}]}
    async with answering() as bot:
        message = await bot.says(content="choose", components=[COLOURS, users])
        heard, _ = await bot.answers(ada.select(message, "Blue", "r", menu="colour"), {"type": 6})
        assert heard["data"]["values"] == ["b", "r"]
        heard, _ = await bot.answers(ada.select(message, ada, menu="who"), {"type": 6})
        assert heard["data"]["values"] == [ada.id]


async def test_a_form_is_shown_and_filled_in(chat, answering):
    ada = await chat.user("ada")
    async with answering() as bot:
        message = await bot.says(content="who?", components=[BUTTONS])
        _, form = await bot.answers(ada.click(message, "Yes"), {"type": 9, "data": FORM})
        assert (form.outcome, form.title) == ("modal", "Who are you?")
        with pytest.raises(Refused, match="no field 'Age'"):
            await ada.submit(form, {"Age": "36"})
        filling = ada.submit(form, {"Name": "Ada", "colour": ["Blue"]})
        heard, told = await bot.answers(filling, {"type": 4, "data": {"content": "hello Ada"}})
        name, colours = (part["component"] for part in heard["data"]["components"])
        assert (name["value"], colours["values"]) == ("Ada", ["b"])
        assert told.content == "hello Ada"


async def test_commands_are_used_by_their_names_once_they_are_registered(chat, answering):
    ada = await chat.user("ada")
    command = {"name": "play", "description": "Play", "options": [
        {"type": 3, "name": "song", "description": "Which", "autocomplete": True},
        {"type": 6, "name": "to", "description": "Whom"},
    ]}  # fmt: skip
    menu = {"type": 3, "name": "Translate"}
    async with answering() as bot:
        playing = asyncio.ensure_future(ada.invoke("play", {"song": "x", "to": ada}))
        await bot.request("PUT", f"/applications/{chat.bot.id}/commands", [command, menu])
        heard, told = await bot.answers(playing, {"type": 4, "data": {"content": "la la"}})
        assert [option["value"] for option in heard["data"]["options"]] == ["x", ada.id]
        assert told.content == "la la"
        choice = {"name": "Xylophone", "value": "x"}
        typing = ada.autocomplete("play", {"song": "x"})
        heard, choices = await bot.answers(typing, {"type": 8, "data": {"choices": [choice]}})
        assert [each.name for each in choices] == ["Xylophone"]
        said = await ada.say("bonjour")
        translating = ada.invoke("Translate", target=said)
        heard, told = await bot.answers(translating, {"type": 4, "data": {"content": "hello"}})
        assert heard["data"]["target_id"] == said.id
        await bot.request("PUT", f"/applications/{chat.bot.id}/commands", [])


async def test_who_is_not_answered_is_told_so(chat, answering):
    ada = await chat.user("ada")
    async with answering() as bot:
        message = await bot.says(content="sure?", components=[BUTTONS])
        clicking = asyncio.ensure_future(ada.click(message, "Yes"))
        await bot.heard()
        await chat.advance(4)
        told = await clicking
        assert (told.outcome, told.reason_code) == ("failure", 2)


def test_values_become_the_options_of_a_sub_command():
    defined = [{"type": 2, "name": "queue", "options": [
        {"type": 1, "name": "add", "options": [
            {"type": 3, "name": "song"}, {"type": 4, "name": "times"},
        ]},
    ]}]  # fmt: skip
    assert options_of(defined, ["queue", "add"], {"song": "x", "times": 2}, "song") == [
        {"type": 2, "name": "queue", "options": [
            {"type": 1, "name": "add", "options": [
                {"type": 3, "name": "song", "value": "x", "focused": True},
                {"type": 4, "name": "times", "value": 2},
            ]},
        ]},
    ]  # fmt: skip


def test_a_row_of_a_form_is_filled_in_as_one():
    row = {"type": ROW, "components": [{"type": TEXT_INPUT, "custom_id": "a", "label": "A", "value": "?"}]}
    submitted = [{"type": ROW, "components": [{"type": TEXT_INPUT, "custom_id": "a", "value": "x"}]}]
    assert filled_in({"components": [row]}, {"A": "x"}) == submitted
    assert filled_in({"components": [row]}, {})[0]["components"][0]["value"] == "?"
