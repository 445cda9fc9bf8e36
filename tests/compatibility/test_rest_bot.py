"""hikari's RESTBot: a bot that is never on the gateway, and checks the signature of whatever it is asked.

Its key is the one that the server shows as `verify_key`; its address is stored by the bot itself.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import hikari
import pytest
from hikari.impl import ModalActionRowBuilder

from tests.compatibility.bots import Bench, bench, folder_for_a_server
from tests.end_to_end.clients import API, Listener, ask, listening

TEST_SECONDS_MAX = 90.0


async def on_command(interaction: hikari.CommandInteraction) -> Any:
    word = str((interaction.options or [])[0].value)
    row = hikari.impl.MessageActionRowBuilder().add_interactive_button(1, "form", label="Open")
    answer = interaction.build_response().set_content(f"{interaction.user.username}: {word}")
    return answer.add_component(row).add_attachment(hikari.Bytes(word.encode(), "word.txt"))


async def on_typing(interaction: hikari.AutocompleteInteraction) -> Any:
    return interaction.build_response([hikari.impl.AutocompleteChoiceBuilder("hello", "hello")])


async def on_component(interaction: hikari.ComponentInteraction) -> None:
    """By the callback's own route: what is posted is answered with 204, and the form is there already."""
    row = ModalActionRowBuilder().add_text_input("why", "Why?")
    await interaction.create_modal_response("Tell us", "form", component=row)


async def on_form(interaction: hikari.ModalInteraction) -> AsyncIterator[Any]:
    yield interaction.build_deferred_response()
    await interaction.edit_initial_response(f"Because: {interaction.components[0].components[0].value}")


class Here(NamedTuple):
    bench: Bench
    bot: hikari.RESTBot
    application_id: str
    channel_id: str
    command_id: str

    async def make(self, kind: int, data: dict[str, Any], **fields: Any) -> None:
        body = {"type": kind, "application_id": self.application_id, "channel_id": self.channel_id,
                "nonce": str(kind), "data": data, **fields}  # fmt: skip
        await self.bench.say("bob", "POST", "/interactions", body)


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    with folder_for_a_server() as data:
        stack = AsyncExitStack()

        async def begin() -> Here:
            networks = {"CHATD_INTERACTIONS_ENDPOINT_NETWORKS": "127.0.0.0/8"}
            place = await stack.enter_async_context(bench(data, **networks))
            token = await place.bot_token("robo", administrator=False)
            bot = hikari.RESTBot(
                token, hikari.TokenType.BOT, rest_url=f"{place.server.url}/api/v10", banner=None, logs=None,
                suppress_optimization_warning=True,
            )  # fmt: skip
            bot.set_listener(hikari.CommandInteraction, on_command)
            bot.set_listener(hikari.AutocompleteInteraction, on_typing)
            bot.set_listener(hikari.ComponentInteraction, on_component)
            bot.set_listener(hikari.ModalInteraction, on_form)
            listener = socket.create_server(("127.0.0.1", 0))
            await bot.start(socket=listener, check_for_updates=False, shutdown_timeout=1)
            stack.push_async_callback(bot.close)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            stored = await ask(
                place.server.url, "PATCH", f"{API}/applications/@me", {"interactions_endpoint_url": address},
                authorization=f"Bot {token}",
            )  # fmt: skip
            assert stored.status == 200, stored.content
            application = await bot.rest.fetch_application()
            option = hikari.CommandOption(
                type=hikari.OptionType.STRING, name="word", description="A word", is_required=True,
                autocomplete=True,
            )  # fmt: skip
            command = await bot.rest.create_slash_command(application, "say", "Says it", options=[option])
            (channel,) = await place.say("bob", "GET", f"/guilds/{place.guild_id}/channels")
            return Here(place, bot, str(application.id), channel["id"], str(command.id))

        yield runner.run(begin())
        runner.run(stack.aclose())


def used(here: Here, word: str, **fields: Any) -> dict[str, Any]:
    return {"id": here.command_id, "options": [{"name": "word", "type": 3, "value": word, **fields}]}


async def said(bob: Listener, content: str) -> Any:
    return await bob.dispatch("MESSAGE_CREATE", lambda d: d["content"] == content)


async def test_a_bot_that_is_on_no_gateway_answers_with_words_and_a_file(here):
    async with listening(here.bench.server.url, here.bench.tokens["bob"]) as bob:
        await here.make(2, used(here, "hello"))
        told = await said(bob, "bob: hello")
        (file,) = told["attachments"]
        assert (file["filename"], file["size"]) == ("word.txt", 5)
        await here.make(4, used(here, "he", focused=True))
        proposed = await bob.dispatch("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE")
        assert [choice["value"] for choice in proposed["choices"]] == ["hello"]


async def test_a_form_goes_to_the_person_and_what_they_say_to_the_bot(here):
    async with listening(here.bench.server.url, here.bench.tokens["bob"]) as bob:
        await here.make(2, used(here, "form"))
        message = await said(bob, "bob: form")
        await here.make(3, {"custom_id": "form"}, message_id=message["id"])
        form = await bob.dispatch("INTERACTION_MODAL_CREATE")
        components = [{"type": 1, "components": [{"type": 4, "custom_id": "why", "value": "so"}]}]
        await here.make(5, {"id": form["id"], "custom_id": "form", "components": components})
        told = await bob.dispatch("MESSAGE_UPDATE", lambda d: d["content"] == "Because: so")
        assert told["edited_timestamp"] is None and told["author"]["username"] == "robo"
