"""A discord.py bot with slash commands, used by a person over HTTP: what the bot answers, the person is told.

The bot is written as its users write them, with an unmodified library; the person asks by POST /interactions
and listens on the gateway, as a chat client does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import aiohttp
import discord
import pytest
from discord import app_commands

from tests.compatibility.bots import Bench, bench, folder_for_a_server, pointed_at, ready
from tests.end_to_end.clients import API, Listener, listening

TEST_SECONDS_MAX = 90.0

FRUIT = ("apple", "apricot", "banana")


class Form(discord.ui.Modal, title="Who are you?"):
    name = discord.ui.TextInput(label="Name")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Hello, {self.name.value}.", ephemeral=True)


class Buttons(discord.ui.View):
    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="more", view=None)


def commands_of(client: discord.Client) -> app_commands.CommandTree[Any]:
    tree = app_commands.CommandTree(client)

    @tree.command(description="Answers")
    async def ping(interaction: discord.Interaction, text: str = "pong") -> None:
        told = await interaction.response.send_message(text, view=Buttons())
        assert told.message_id is not None and not told.is_thinking()

    @tree.command(description="Answers later, and to you alone")
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("done", ephemeral=True)
        more = await interaction.followup.send("and more", ephemeral=True, wait=True)
        await more.edit(content="and even more")
        await interaction.edit_original_response(content="all done")
        assert (await interaction.original_response()).content == "all done"
        await more.delete()

    @tree.command(description="Chooses")
    async def choose(interaction: discord.Interaction, fruit: str) -> None:
        await interaction.response.send_message(f"{fruit}!", silent=True)

    @choose.autocomplete("fruit")
    async def complete(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        fruit = [each for each in FRUIT if each.startswith(typed)]
        return [app_commands.Choice(name=each.title(), value=each) for each in fruit]

    @tree.command(description="Reads a file")
    async def read(
        interaction: discord.Interaction, file: discord.Attachment, by: discord.Member,
        where: discord.TextChannel,
    ) -> None:  # fmt: skip
        text = (await file.read()).decode()
        copy = await file.to_file()
        await interaction.response.send_message(f"{by.name} in {where.name}: {text}", file=copy)

    @tree.command(description="Asks back")
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @tree.context_menu(name="Quote")
    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.name} said {message.content}")

    return tree


class Here(NamedTuple):
    bench: Bench
    bot: Any
    ids: dict[str, str]  # the commands by name
    channel_id: str

    async def use(
        self, name: str, form: aiohttp.FormData | None = None, *, kind: int = 2, **data: Any
    ) -> None:
        """As bob's client does it."""
        data = {"id": self.ids[name], **data}
        body = {"type": kind, "application_id": str(self.bot.application_id), "channel_id": self.channel_id,
                "guild_id": str(self.bench.guild_id), "nonce": name, "data": data}  # fmt: skip
        await self.post(body, form)

    async def post(self, body: dict[str, Any], form: aiohttp.FormData | None = None) -> None:
        url = f"{self.bench.server.url}{API}/interactions"
        headers = {"Authorization": self.bench.tokens["bob"]}
        if form is not None:
            form.add_field("payload_json", json.dumps(body))
        sent = {"data": form} if form is not None else {"json": body}
        async with aiohttp.ClientSession() as http, http.post(url, headers=headers, **sent) as response:
            assert response.status == 204, await response.text()

    async def history(self) -> list[str]:
        told = await self.bench.say("bob", "GET", f"/channels/{self.channel_id}/messages")
        return [message["content"] for message in told]


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    with folder_for_a_server() as data:
        stack = AsyncExitStack()

        async def begin() -> Here:
            place = await stack.enter_async_context(bench(data))
            stack.enter_context(pointed_at(place.server.url))
            token = await place.bot_token("robo", administrator=False)
            client = discord.Client(intents=discord.Intents(guilds=True))
            tree = commands_of(client)
            bot = await stack.enter_async_context(ready(client, token))
            synced = await tree.sync()
            channels = await place.say("bob", "GET", f"/guilds/{place.guild_id}/channels")
            general = next(channel["id"] for channel in channels if channel["name"] == "general")
            return Here(place, bot, {command.name: str(command.id) for command in synced}, general)

        yield runner.run(begin())
        runner.run(stack.aclose())


def listener(here: Here) -> Any:
    return listening(here.bench.server.url, here.bench.tokens["bob"])


async def answer_to(bob: Listener, nonce: str) -> dict[str, Any]:
    """The message that answers what was asked with this nonce."""
    asked = await bob.dispatch("INTERACTION_CREATE", lambda d: d["nonce"] == nonce)
    await bob.dispatch("INTERACTION_SUCCESS", lambda d: d["id"] == asked["id"])
    return next(
        d for d in bob.dispatches("MESSAGE_CREATE")
        if d.get("interaction_metadata", {}).get("id") == asked["id"]
    )  # fmt: skip


async def test_a_command_is_answered_and_its_button_changes_the_answer(here):
    async with listener(here) as bob:
        await here.use("ping", options=[{"type": 3, "name": "text", "value": "hello"}])
        message = await answer_to(bob, "ping")
        assert message["content"] == "hello" and message["author"]["username"] == "robo"
        (row,) = message["components"]
        body = {"type": 3, "application_id": message["application_id"], "channel_id": here.channel_id,
                "message_id": message["id"], "message_flags": 0, "nonce": "press",
                "data": {"component_type": 2, "custom_id": row["components"][0]["custom_id"]}}  # fmt: skip
        await here.post(body)
        changed = await bob.dispatch("MESSAGE_UPDATE", lambda d: d["id"] == message["id"])
        assert changed["content"] == "more" and changed["components"] == []
    assert (await here.history())[0] == "more"


async def test_a_deferred_ephemeral_answer_is_seen_by_one_and_gone_on_reload(here):
    before = await here.history()
    async with listener(here) as bob:
        await here.use("later")
        message = await answer_to(bob, "later")
        assert message["flags"] == 64 | 128 and message["content"] == ""
        done = await bob.dispatch("MESSAGE_UPDATE", lambda d: d["content"] == "all done")
        assert done["id"] == message["id"] and done["flags"] == 64
        gone = await bob.dispatch("MESSAGE_DELETE")
        more = next(d for d in bob.dispatches("MESSAGE_CREATE") if d["content"] == "and more")
        assert gone["id"] == more["id"] and more["flags"] == 64
    assert await here.history() == before


async def test_what_is_typed_is_completed(here):
    async with listener(here) as bob:
        option = {"type": 3, "name": "fruit", "value": "ap", "focused": True}
        await here.use("choose", kind=4, options=[option])
        told = await bob.dispatch("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE")
        assert [choice["value"] for choice in told["choices"]] == ["apple", "apricot"]
        await here.use("choose", options=[{"type": 3, "name": "fruit", "value": "apple"}])
        message = await answer_to(bob, "choose")
        assert message["content"] == "apple!" and message["flags"] == 1 << 12


async def test_a_file_a_member_and_a_channel_are_handed_to_a_command_and_a_file_comes_back(here):
    async with listener(here) as bob:
        form = aiohttp.FormData()
        form.add_field("files[0]", b"meow", filename="cat.txt", content_type="text/plain")
        options = [{"type": 11, "name": "file", "value": "0"},
                   {"type": 6, "name": "by", "value": str(here.bench.ids["bob"])},
                   {"type": 7, "name": "where", "value": here.channel_id}]  # fmt: skip
        files = [{"id": "0", "filename": "cat.txt"}]
        await here.use("read", form, options=options, attachments=files)
        message = await answer_to(bob, "read")
        assert message["content"] == "bob in general: meow"
        (attachment,) = message["attachments"]
        assert attachment["filename"] == "cat.txt" and attachment["size"] == 4


async def test_a_form_is_filled_in_and_sent(here):
    async with listener(here) as bob:
        await here.use("ask")
        form = await bob.dispatch("INTERACTION_MODAL_CREATE")
        assert form["title"] == "Who are you?" and form["application"]["name"] == "robo"
        (outer,) = form["components"]
        field = outer["component"] if "component" in outer else outer["components"][0]
        answer = {"type": 4, "custom_id": field["custom_id"], "value": "Bob"}
        inside = {"component": answer} if "component" in outer else {"components": [answer]}
        data = {"id": form["id"], "custom_id": form["custom_id"],
                "components": [{"type": outer["type"], **inside}]}  # fmt: skip
        body = {"type": 5, "application_id": form["application"]["id"], "channel_id": here.channel_id}
        await here.post({**body, "nonce": "form", "data": data})
        message = await answer_to(bob, "form")
        assert message["content"] == "Hello, Bob." and message["flags"] == 64


async def test_a_command_of_a_context_menu_is_given_its_message(here):
    said = await here.bench.say("bob", "POST", f"/channels/{here.channel_id}/messages", {"content": "hi"})
    async with listener(here) as bob:
        await here.use("Quote", target_id=said["id"])
        message = await answer_to(bob, "Quote")
        assert message["content"] == "bob said hi" and message["type"] == 23
        assert message["referenced_message"]["id"] == said["id"]
