"""discord.py through the groups of the matrix. See driver.py, and discord_family.py for most of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord_family import ALIKE, Channel, of, running
from driver import blocked, main, same, told


@asynccontextmanager
async def connected(bench: Any, chat: Any) -> AsyncIterator[discord.Client]:
    # All that a bot changes to run here.
    Route.BASE = bench.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(bench.ready["gateway"])
    discord.Asset.BASE = bench.url
    client = discord.Client(intents=discord.Intents.all())
    client.tree = app_commands.CommandTree(client)
    async with running(client, bench, chat):
        yield client


async def threads(bot: Any, chat: Any) -> None:
    message = await bot.general.send("a long story")
    thread, created = await told(of("thread_create", bot), message.create_thread(name="the story"))
    same((thread.id, created.name), (created.id, "the story"))
    ada = await chat.user("ada")
    _, heard = await told(of("message", bot), ada.say("go on", channel=Channel(thread.id)))
    same(heard.channel, thread)
    _, (before, after) = await told(of("thread_update", bot), thread.edit(name="told", archived=True))
    same((after.name, after.archived), ("told", True))
    same([found.id async for found in bot.general.archived_threads()], [thread.id])
    forum = await bot.chat_guild.create_forum("forum", available_tags=[discord.ForumTag(name="tag")])
    post = await forum.create_thread(name="post", content="first", applied_tags=forum.available_tags)
    same(([tag.name for tag in post.thread.applied_tags], post.message.content), (["tag"], "first"))
    await told(of("thread_delete", bot), post.thread.delete())


async def moderation(bot: Any, chat: Any) -> None:
    guild, ada, bob = bot.chat_guild, await chat.user("ada"), await chat.user("bob")
    for number in range(3):
        await ada.say(f"spam {number}")
    purging = bot.general.purge(limit=10, check=lambda message: "spam" in message.content)
    await told(of("raw_bulk_message_delete", bot), purging)
    member = guild.get_member(int(ada.id))
    _, (_, after) = await told(of("member_update", bot), member.timeout(timedelta(minutes=5), reason="spam"))
    assert after.is_timed_out()
    await told(of("member_remove", bot), guild.get_member(int(bob.id)).kick(reason="rude"))
    _, (_, banned) = await told(of("member_ban", bot), member.ban(reason="enough", delete_message_seconds=60))
    same(str(banned.id), ada.id)
    same([(str(ban.user.id), ban.reason) async for ban in guild.bans()], [(ada.id, "enough")])
    await told(of("member_unban", bot), guild.unban(banned))
    actions = {(entry.action, entry.reason) async for entry in guild.audit_logs(limit=10)}
    action = discord.AuditLogAction
    same(actions >= {(action.ban, "enough"), (action.kick, "rude"), (action.member_update, "spam")}, True)
    await bot.general.edit(slowmode_delay=5)
    same(bot.general.slowmode_delay, 5)
    trigger = discord.AutoModTrigger(keyword_filter=["secret*"])
    rule = await guild.create_automod_rule(
        name="words", event_type=discord.AutoModRuleEventType.message_send, trigger=trigger,
        actions=[discord.AutoModRuleAction(custom_message="no")], enabled=True,
    )  # fmt: skip
    same([each.id for each in await guild.fetch_automod_rules()], [rule.id])
    eve = await chat.user("eve")
    _, execution = await told(of("automod_action", bot), blocked(eve.say("the secretword")))
    same((execution.rule_id, execution.matched_keyword), (rule.id, "secret*"))


async def commands(bot: Any, chat: Any) -> None:
    tree, ada = bot.tree, await chat.user("ada")

    @tree.command(description="Add")
    @app_commands.describe(a="one", b="another")
    async def add(interaction: discord.Interaction, a: int, b: app_commands.Range[int, 0, 100] = 1) -> None:
        await interaction.response.send_message(str(a + b))
        await interaction.followup.send("and that is that")

    @tree.command(description="Slow")
    async def slow(interaction: discord.Interaction, who: discord.Member) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=f"waited for {who.display_name}")

    group = app_commands.Group(name="queue", description="Queue")

    @group.command(name="clear", description="Clear")
    async def clear(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("cleared", ephemeral=True)

    tree.add_command(group)

    @tree.context_menu(name="Shout")
    async def shout(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content.upper())

    await tree.sync(guild=None)
    same((await ada.invoke("add", {"a": 2})).content, "3")
    await chat.next_message("and that is that")
    waiting = await ada.invoke("slow", {"who": ada})
    same((waiting.outcome, waiting.message.flags & 64), ("success", 64))
    same((await chat.next_edit(waiting.message)).content, "waited for ada")
    same((await ada.invoke("queue clear")).message.flags, 64)
    said = await ada.say("hello")
    same((await ada.invoke("Shout", target=said)).content, "HELLO")
    same({command.name for command in await tree.fetch_commands()}, {"add", "slow", "queue", "Shout"})
    tree.clear_commands(guild=None)
    await tree.sync()


async def components(bot: Any, chat: Any) -> None:
    class Panel(discord.ui.View):
        @discord.ui.button(label="Press", style=discord.ButtonStyle.success)
        async def press(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
            button.label = "Pressed"
            await interaction.response.edit_message(view=self)

        @discord.ui.select(options=[discord.SelectOption(label=each) for each in ("Red", "Blue")])
        async def colour(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
            await interaction.response.send_message(select.values[0], ephemeral=True)

        @discord.ui.select(cls=discord.ui.UserSelect)
        async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect) -> None:
            await interaction.response.send_message(select.values[0].display_name)

    ada = await chat.user("ada", display_name="Ada")
    await bot.general.send("choose", view=Panel())
    panel = await chat.next_message()
    pressed = await ada.click(panel, "Press")
    same(pressed.message.components[0].components[0].label, "Pressed")
    red, who = (row.components[0] for row in panel.components[1:])
    same((await ada.select(panel, "Red", menu=red.custom_id)).content, "Red")
    same((await ada.select(panel, ada, menu=who.custom_id)).content, "Ada")
    layout = discord.ui.LayoutView()
    layout.add_item(discord.ui.Container(discord.ui.TextDisplay("# Title"), accent_colour=0xFF0000))
    sent = await bot.general.send(view=layout)
    shown = await chat.next_message(where=lambda message: message.id == str(sent.id))
    same(shown.components[0].components[0].content, "# Title")


async def modals(bot: Any, chat: Any) -> None:
    class Feedback(discord.ui.Modal, title="Feedback"):
        name = discord.ui.TextInput(label="Name")
        text = discord.ui.TextInput(label="Text", style=discord.TextStyle.paragraph, required=False)

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(f"{self.name.value}: {self.text.value}")

    @bot.tree.command(description="Say what you think")
    async def feedback(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Feedback())

    await bot.tree.sync()
    ada = await chat.user("ada")
    form = await ada.invoke("feedback")
    same((form.outcome, form.title), ("modal", "Feedback"))
    same((await ada.submit(form, {"Name": "Ada", "Text": "good"})).content, "Ada: good")


async def autocomplete(bot: Any, chat: Any) -> None:
    @bot.tree.command(description="Choose a fruit")
    async def fruit(interaction: discord.Interaction, name: str) -> None:
        await interaction.response.send_message(name)

    @fruit.autocomplete("name")
    async def names(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        fruits = ["apple", "apricot", "banana"]
        return [app_commands.Choice(name=each, value=each) for each in fruits if each.startswith(typed)]

    await bot.tree.sync()
    ada = await chat.user("ada")
    choices = await ada.autocomplete("fruit", {"name": "ap"})
    same([choice.value for choice in choices], ["apple", "apricot"])
    same((await ada.invoke("fruit", {"name": "apple"})).content, "apple")


if __name__ == "__main__":
    own = [threads, moderation, commands, components, modals, autocomplete]
    main(discord.__version__, connected, [*ALIKE, *own])
