"""Views of discord.py, as bots' authors write them: every menu, a layout, forms, and a view that lasts.

Bob uses them by POST /interactions, as a chat client does; what discord.py makes of it is what is looked at.
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
from discord import ui

from tests.compatibility.bots import WAIT_SECONDS_MAX, Bench, bench, folder_for_a_server, pointed_at, ready
from tests.end_to_end.clients import API

TEST_SECONDS_MAX = 90.0


class Here(NamedTuple):
    bench: Bench
    bot: Any
    general: Any

    async def use(self, message: Any, custom_id: str, **data: Any) -> None:
        """Bob presses a button of a message, or chooses from a menu."""
        await self.post({"type": 3, "message_id": str(message.id), "data": {"custom_id": custom_id, **data}})

    async def send_in(self, opener: discord.Interaction, components: list[Any], *files: str) -> None:
        """Bob sends in the form that was shown to him in answer to an interaction."""
        form = aiohttp.FormData()
        for at, name in enumerate(files):
            form.add_field(f"files[{at}]", name.encode(), filename=name, content_type="text/plain")
        data = {"id": str(opener.id), "custom_id": "form", "components": components}
        await self.post({"type": 5, "data": data}, form)

    async def post(self, body: dict[str, Any], form: aiohttp.FormData | None = None) -> None:
        whole = {"application_id": str(self.bot.application_id), "channel_id": str(self.general.id), **body}
        if form is None or not form.is_multipart:
            sent: dict[str, Any] = {"json": whole}
        else:
            form.add_field("payload_json", json.dumps(whole))
            sent = {"data": form}
        url = f"{self.bench.server.url}{API}/interactions"
        headers = {"Authorization": self.bench.tokens["bob"]}
        async with aiohttp.ClientSession() as http, http.post(url, headers=headers, **sent) as response:
            assert response.status == 204, await response.text()


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    with folder_for_a_server() as data:
        stack = AsyncExitStack()

        async def begin() -> Here:
            place = await stack.enter_async_context(bench(data))
            stack.enter_context(pointed_at(place.server.url))
            token = await place.bot_token("robo", administrator=True)
            client = discord.Client(intents=discord.Intents.all())
            bot = await stack.enter_async_context(ready(client, token))
            guild = bot.get_guild(place.guild_id)
            return Here(place, bot, next(each for each in guild.text_channels if each.name == "general"))

        yield runner.run(begin())
        runner.run(stack.aclose())


class Used:
    """A callback for items: it keeps what was used and says that it was heard."""

    def __init__(self) -> None:
        self._used: asyncio.Queue[discord.Interaction] = asyncio.Queue()

    def on(self, item: Any) -> Any:
        item.callback = self
        return item

    async def __call__(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        self._used.put_nowait(interaction)

    async def next(self) -> discord.Interaction:
        return await asyncio.wait_for(self._used.get(), WAIT_SECONDS_MAX)


async def test_every_menu_gives_what_was_chosen(here):
    used = Used()
    options = [discord.SelectOption(label=each.upper(), value=each, default=each == "a") for each in "abc"]
    menus = [
        used.on(ui.Select(custom_id="text", options=options, min_values=0, max_values=3)),
        used.on(ui.UserSelect(custom_id="user", default_values=[discord.Object(1, type=discord.User)])),
        used.on(ui.RoleSelect(custom_id="role")),
        used.on(ui.MentionableSelect(custom_id="any", max_values=2)),
        used.on(ui.ChannelSelect(custom_id="channel", channel_types=[discord.ChannelType.text])),
    ]
    view = ui.View(timeout=None)
    for menu in menus:
        view.add_item(menu)
    message = await here.general.send("Choose", view=view)
    bob, everyone = here.bench.ids["bob"], here.bench.guild_id
    chosen = {"text": ["c", "a"], "user": [bob], "role": [everyone], "any": [bob, everyone],
              "channel": [here.general.id]}  # fmt: skip
    for menu in menus:
        await here.use(
            message, menu.custom_id, component_type=menu.type.value,
            values=[str(each) for each in chosen[menu.custom_id]],
        )  # fmt: skip
        interaction = await used.next()
        assert interaction.user.id == bob and interaction.message.id == message.id
        values = [each if isinstance(each, str) else each.id for each in menu.values]
        assert values == chosen[menu.custom_id], menu.custom_id
    assert isinstance(menus[1].values[0], discord.Member) and isinstance(menus[2].values[0], discord.Role)
    assert isinstance(menus[3].values[0], discord.Member) and isinstance(menus[3].values[1], discord.Role)
    assert menus[4].values[0].resolve() == here.general
    assert menus[4].values[0].permissions.view_channel


async def test_a_button_changes_its_message_answers_and_follows_up(here):
    class Panel(ui.View):
        @ui.button(label="More", custom_id="more", style=discord.ButtonStyle.green)
        async def more(self, interaction: discord.Interaction, button: ui.Button[Any]) -> None:
            button.label, button.disabled = "Pressed", True
            await interaction.response.edit_message(content=f"by {interaction.user.name}", view=self)
            sent = await interaction.followup.send("And this", wait=True)
            done.set_result(await sent.edit(content="And that"))

    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    message = await here.general.send("?", view=Panel(timeout=None))
    await here.use(message, "more")
    assert (await asyncio.wait_for(done, WAIT_SECONDS_MAX)).content == "And that"
    told = await here.general.fetch_message(message.id)
    assert told.content == "by bob" and told.components[0].children[0].label == "Pressed"


async def test_a_layout_is_shown_and_used(here):
    used = Used()
    view = ui.LayoutView(timeout=None)
    section = ui.Section(
        "# Title", "Words", accessory=used.on(ui.Button(label="Here", custom_id="beside"))
    )
    row = ui.ActionRow(used.on(ui.Select(custom_id="menu", options=[discord.SelectOption(label="One")])))
    gallery = ui.MediaGallery(discord.MediaGalleryItem("attachment://a.txt", description="a file"))
    file = discord.File(__file__, filename="a.txt")
    shown = ui.File("attachment://a.txt")
    box = ui.Container(section, ui.Separator(), gallery, row, shown, accent_color=0xFF)
    view.add_item(box).add_item(ui.TextDisplay("Below"))
    message = await here.general.send(view=view, file=file)
    await here.use(message, "beside")
    assert (await used.next()).message.flags.components_v2
    await here.use(message, "menu", component_type=3, values=["One"])
    assert (await used.next()).data["values"] == ["One"]
    told = await here.general.fetch_message(message.id)
    container, below = told.components
    assert [type(part).__name__ for part in container.children] == [
        "SectionComponent", "SeparatorComponent", "MediaGalleryComponent", "ActionRow", "FileComponent",
    ]  # fmt: skip
    assert below.content == "Below" and container.children[4].name == "a.txt"
    rebuilt = ui.LayoutView.from_message(told)
    assert rebuilt.total_children_count == view.total_children_count


class Form(ui.Modal, title="Tell us"):
    """One of each, as far as five go; the others are the next form's."""

    words = ui.Label(text="Words", component=ui.TextInput(custom_id="words", min_length=2))
    pick = ui.Label(
        text="Pick", description="one", component=ui.Select(
            custom_id="pick", options=[discord.SelectOption(label="Red"), discord.SelectOption(label="Blue")]
        ),
    )  # fmt: skip
    who = ui.Label(text="Who", component=ui.UserSelect(custom_id="who", required=False, min_values=0))
    files = ui.Label(text="Files", component=ui.FileUpload(custom_id="files", max_values=2))
    note = ui.TextDisplay("Thank you.")

    def __init__(self, done: asyncio.Future[Any]) -> None:
        super().__init__(custom_id="form")
        self.done = done

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Thanks", ephemeral=True)
        self.done.set_result(interaction)


class Choices(ui.Modal, title="Choose"):
    radio = ui.Label(text="One", component=ui.RadioGroup(
        custom_id="radio", options=[discord.RadioGroupOption(label=each, value=each) for each in "ab"]
    ))  # fmt: skip
    boxes = ui.Label(text="Some", component=ui.CheckboxGroup(
        custom_id="boxes", options=[discord.CheckboxGroupOption(label=each, value=each) for each in "abc"]
    ))  # fmt: skip
    box = ui.Label(text="Yes?", component=ui.Checkbox(custom_id="box"))
    where = ui.Label(text="Where", component=ui.ChannelSelect(custom_id="where"))
    old = ui.TextInput(label="Old", custom_id="old", required=False)

    def __init__(self, done: asyncio.Future[Any]) -> None:
        super().__init__(custom_id="form")
        self.done = done

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="Chosen")
        self.done.set_result(interaction)


async def opened(here: Here, form: ui.Modal) -> tuple[Any, discord.Interaction]:
    """A button that shows the form, pressed: its message, and the interaction."""
    pressed: asyncio.Future[discord.Interaction] = asyncio.get_running_loop().create_future()

    class Opener(ui.View):
        @ui.button(label="Open", custom_id="open")
        async def open(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.send_modal(form)
            pressed.set_result(interaction)

    message = await here.general.send("?", view=Opener(timeout=None))
    await here.use(message, "open")
    return message, await asyncio.wait_for(pressed, WAIT_SECONDS_MAX)


def label(custom_id: str, **answer: Any) -> dict[str, Any]:
    return {"type": 18, "component": {"custom_id": custom_id, **answer}}


async def test_a_form_gives_what_was_filled_in(here):
    form = Form(asyncio.get_running_loop().create_future())
    message, opener = await opened(here, form)
    bob = here.bench.ids["bob"]
    await here.send_in(
        opener, [label("words", value="hello"), label("pick", values=["Blue"]),
                 label("who", values=[str(bob)]), label("files", values=["1", "0"])],
        "a.txt", "b.txt",
    )  # fmt: skip
    interaction = await asyncio.wait_for(form.done, WAIT_SECONDS_MAX)
    assert interaction.message.id == message.id and interaction.user.id == bob
    assert form.words.component.value == "hello" and form.pick.component.values == ["Blue"]
    assert [each.id for each in form.who.component.values] == [bob]
    files = form.files.component.values
    assert [each.filename for each in files] == ["b.txt", "a.txt"]
    assert [await each.read() for each in files] == [b"b.txt", b"a.txt"]


async def test_a_form_of_choices_changes_the_message_that_it_came_from(here):
    form = Choices(asyncio.get_running_loop().create_future())
    message, opener = await opened(here, form)
    old = {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": ""}]}
    await here.send_in(opener, [
        label("radio", value="b"), label("boxes", values=["c", "a"]), label("box", value=True),
        label("where", values=[str(here.general.id)]), old,
    ])  # fmt: skip
    await asyncio.wait_for(form.done, WAIT_SECONDS_MAX)
    assert (form.radio.component.value, form.boxes.component.values) == ("b", ["c", "a"])
    assert form.box.component.value is True and form.old.value == ""
    assert form.where.component.values[0].id == here.general.id
    assert (await here.general.fetch_message(message.id)).content == "Chosen"


async def test_a_view_that_lasts_hears_of_a_message_from_before(here):
    used = Used()

    def lasting() -> ui.View:
        view = ui.View(timeout=None)
        view.add_item(used.on(ui.Button(label="Still here?", custom_id="lasting")))
        return view

    before = lasting()
    message = await here.general.send("?", view=before)
    before.stop()  # as if the bot had been started anew
    here.bot.add_view(lasting())
    await here.use(message, "lasting")
    assert (await used.next()).data["custom_id"] == "lasting"
