"""An ordinary discord.py bot with buttons, menus, layouts, forms and commands, as its users write them.

`python robot.py URL TOKEN`: "!menus" and the like show what there is to use, "/" has its commands. It knows
nothing of chatd but its address, and prints "ready" as a JSON line once its commands are known.
"""

from __future__ import annotations

import asyncio
import io
import json
import struct
import sys
import zlib
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

url, token = sys.argv[1:]
Route.BASE = f"{url}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1))

FRUIT = ("apple", "apricot", "banana", "blackberry", "cherry")

client = discord.Client(intents=discord.Intents.all())
tree = app_commands.CommandTree(client)
# What "/slow" and the button "Wait" wait for: that somebody says "!go on".
go_on = asyncio.Event()


def picture(red: int, green: int, blue: int) -> io.BytesIO:
    """A PNG of 80 x 60 in one colour."""
    row = b"\0" + bytes((red, green, blue)) * 80
    head = struct.pack(">2I5B", 80, 60, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(row * 60)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks]
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


# ── components ──────────────────────────────────────────────────────────────────────────────────


class Buttons(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.count = 0
        self.add_item(ui.Button(label="Read the rules", url="https://example.org/rules"))

    @ui.button(label="Count", style=discord.ButtonStyle.primary, emoji="🎲", custom_id="count")
    async def up(self, interaction: discord.Interaction, _: Any) -> None:
        self.count += 1
        await interaction.response.edit_message(content=f"Counted to {self.count}.")

    @ui.button(label="Wait", style=discord.ButtonStyle.secondary, custom_id="wait")
    async def wait_for_it(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.defer()
        await go_on.wait()
        await interaction.edit_original_response(content="Waited.")

    @ui.button(label="Tell me", style=discord.ButtonStyle.success, custom_id="tell")
    async def tell(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_message("A secret.", ephemeral=True)

    @ui.button(label="Say nothing", style=discord.ButtonStyle.danger, custom_id="nothing")
    async def nothing(self, interaction: discord.Interaction, _: Any) -> None:
        """It never answers."""

    @ui.button(label="Sold out", custom_id="off", disabled=True, row=1)
    async def off(self, interaction: discord.Interaction, _: Any) -> None:
        raise AssertionError("it is disabled")

    @ui.button(label="Fill in", custom_id="form", row=1)
    async def form(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Form())


class Menus(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        options = [
            discord.SelectOption(label=each.title(), value=each, description=f"A kind of {each}", emoji="🍎")
            for each in FRUIT
        ]
        self.add(ui.Select(custom_id="fruit", placeholder="Some fruit", options=options, max_values=3))
        self.add(ui.UserSelect(custom_id="user", placeholder="Somebody"))
        self.add(ui.RoleSelect(custom_id="role", placeholder="A role"))
        self.add(ui.MentionableSelect(custom_id="any", placeholder="Somebody or a role", max_values=2))
        self.add(ui.ChannelSelect(custom_id="channel", placeholder="A channel"))

    def add(self, menu: Any) -> None:
        async def chosen(interaction: discord.Interaction) -> None:
            names = ", ".join(getattr(each, "name", each) for each in menu.values)
            await interaction.response.send_message(f"{menu.custom_id}: {names}", ephemeral=True)

        menu.callback = chosen
        self.add_item(menu)


class Layout(ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        more: Any = ui.Button(label="More", custom_id="more", style=discord.ButtonStyle.primary)
        more.callback = self.more
        self.add_item(ui.TextDisplay("# Today\nWhat **happens** today."))
        self.add_item(ui.Container(
            ui.Section("## A walk", "Along the river, *slowly*.", accessory=ui.Thumbnail("attachment://red.png")),
            ui.Separator(spacing=discord.SeparatorSpacing.large),
            ui.Section("Tell me more of it", accessory=more),
            ui.MediaGallery(
                discord.MediaGalleryItem("attachment://red.png", description="Red"),
                discord.MediaGalleryItem("attachment://blue.png", description="Blue", spoiler=True),
            ),
            ui.File("attachment://plan.txt"),
            ui.ActionRow(ui.Button(label="Map", url="https://example.org/map")),
            accent_colour=discord.Colour(0xC0507A),
        ))  # fmt: skip
        self.add_item(ui.Container(ui.TextDisplay("It ends well."), spoiler=True))

    async def more(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("There is more.", ephemeral=True)


def layout_files() -> list[discord.File]:
    return [
        discord.File(picture(190, 60, 50), "red.png"), discord.File(picture(40, 90, 170), "blue.png"),
        discord.File(io.BytesIO(b"at ten"), "plan.txt"),
    ]  # fmt: skip


class Form(ui.Modal, title="Who are you?"):
    words = ui.TextDisplay("Tell us **who you are**.")
    name: Any = ui.Label(text="Name", component=ui.TextInput(min_length=3, max_length=20, placeholder="Ada"))
    about: Any = ui.Label(
        text="About you", description="As long as you like",
        component=ui.TextInput(style=discord.TextStyle.paragraph, required=False),
    )  # fmt: skip
    fruit: Any = ui.Label(
        text="Fruit", component=ui.Select(options=[discord.SelectOption(label=each) for each in FRUIT])
    )  # fmt: skip
    papers: Any = ui.Label(text="Papers", component=ui.FileUpload(required=False, max_values=2))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        papers = [(await each.read()).decode() for each in self.papers.component.values]
        said = [self.name.component.value, self.about.component.value, *self.fruit.component.values, *papers]
        await interaction.response.send_message("Hello: " + " / ".join(said))


class Boxes(ui.Modal, title="What do you like?"):
    size: Any = ui.Label(text="Size", component=ui.RadioGroup(options=[
        discord.RadioGroupOption(label="Small", value="s", description="Fits in a pocket"),
        discord.RadioGroupOption(label="Large", value="l"),
    ]))  # fmt: skip
    extras: Any = ui.Label(text="Extras", component=ui.CheckboxGroup(required=False, options=[
        discord.CheckboxGroupOption(label="Milk", value="milk"),
        discord.CheckboxGroupOption(label="Sugar", value="sugar"),
    ]))  # fmt: skip
    sure: Any = ui.Label(text="I am sure", component=ui.Checkbox())
    friend: Any = ui.Label(text="A friend", component=ui.UserSelect(required=False))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        extras = ", ".join(self.extras.component.values)
        friends = ", ".join(each.name for each in self.friend.component.values)
        await interaction.response.send_message(
            f"{self.size.component.value} [{extras}] {self.sure.component.value} [{friends}]"
        )


# ── commands ────────────────────────────────────────────────────────────────────────────────────


@tree.command(description="Answers at once")
async def ping(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Pong.", view=Buttons())


@tree.command(description="Answers when it is told to")
async def slow(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await go_on.wait()
    await interaction.followup.send("At last.")


@tree.command(description="Never answers")
async def silent(interaction: discord.Interaction) -> None:
    pass


@tree.command(description="Tells you something that nobody else sees")
async def whisper(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Between us.", ephemeral=True)


@tree.command(description="Asks back")
async def ask(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Boxes())


@tree.command(description="Sends a gift to somebody")
@app_commands.describe(
    fruit="What it is", to="Who gets it", count="How many", wrapped="In paper", size="How large",
    weight="In kilograms", where="Where they get it", role="Who else", any="Or whom",
    card="A picture to go with it",
)  # fmt: skip
async def give(
    interaction: discord.Interaction, fruit: app_commands.Range[str, 3, 12], to: discord.Member,
    count: app_commands.Range[int, 1, 9] = 1, wrapped: bool = False,
    size: app_commands.Choice[str] | None = None,
    weight: app_commands.Range[float, 0.5, 2.5] | None = None, where: discord.TextChannel | None = None,
    role: discord.Role | None = None, any: discord.Role | discord.Member | None = None,
    card: discord.Attachment | None = None,
) -> None:  # fmt: skip
    text = (await card.read()).decode() if card else ""
    names = [each.name for each in (where, role, any) if each]
    said = [
        f"{count} {fruit} to {to.name}", "wrapped" if wrapped else "", size.value if size else "",
        str(weight or ""), *names, text,
    ]  # fmt: skip
    await interaction.response.send_message(" / ".join(filter(None, said)))


give = app_commands.choices(size=[
    app_commands.Choice(name="Small", value="s"), app_commands.Choice(name="Large", value="l"),
])(give)  # fmt: skip


@give.autocomplete("fruit")
async def complete(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=each.title(), value=each) for each in FRUIT if each.startswith(typed)]


config = app_commands.Group(name="config", description="Settings")
colour = app_commands.Group(name="colour", description="Colours", parent=config)


@colour.command(name="set", description="Chooses a colour")
async def set_colour(interaction: discord.Interaction, name: str) -> None:
    await interaction.response.send_message(f"Now {name}.")


@config.command(name="show", description="Shows what is set")
async def show(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Nothing is set.")


tree.add_command(config)


@tree.context_menu(name="Quote")
async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"{message.author.name} said {message.content}")


@tree.context_menu(name="Wave")
async def wave(interaction: discord.Interaction, member: discord.Member) -> None:
    await interaction.response.send_message(f"Waves at {member.name}.")


# ── what it hears ───────────────────────────────────────────────────────────────────────────────


@client.event
async def on_ready() -> None:
    await tree.sync()
    print(json.dumps({"event": "ready"}), flush=True)


@client.event
async def on_message(message: discord.Message) -> None:
    if message.content == "!buttons":
        await message.channel.send("Press one.", view=Buttons())
    elif message.content == "!menus":
        await message.channel.send("Choose.", view=Menus())
    elif message.content == "!layout":
        await message.channel.send(view=Layout(), files=layout_files())
    elif message.content == "!go on":
        go_on.set()
    elif message.content == "!stop":
        go_on.clear()


client.run(token, log_handler=None)
