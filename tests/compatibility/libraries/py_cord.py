"""py-cord through the groups of the matrix. See driver.py, and discord_family.py for most of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import discord
from discord.http import Route
from discord_family import ALIKE, Channel, of, running
from driver import blocked, main, same, told


@asynccontextmanager
async def connected(bench: Any, chat: Any) -> AsyncIterator[discord.Bot]:
    # All that a bot changes to run here.
    Route.API_BASE_URL = bench.api
    discord.Asset.BASE = bench.url
    bot = discord.Bot(intents=discord.Intents.all(), auto_sync_commands=False)
    async with running(bot, bench, chat):
        yield bot


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
    _, forum = await told(of("guild_channel_create", bot), bot.chat_guild.create_forum_channel("forum"))
    tagging = forum.edit(available_tags=[discord.ForumTag(name="tag")])  # it sends none with a new forum
    _, (_, forum) = await told(of("guild_channel_update", bot), tagging)
    post = await forum.create_thread("post", content="first", applied_tags=forum.available_tags)
    same([tag.name for tag in post.applied_tags], ["tag"])
    same((await post.fetch_message(post.id)).content, "first")
    await told(of("thread_delete", bot), post.delete())


async def moderation(bot: Any, chat: Any) -> None:
    guild, ada, bob = bot.chat_guild, await chat.user("ada"), await chat.user("bob")
    for number in range(3):
        await ada.say(f"spam {number}")
    purging = bot.general.purge(limit=10, check=lambda message: "spam" in message.content)
    await told(of("raw_bulk_message_delete", bot), purging)
    member = guild.get_member(int(ada.id))
    timing_out = member.timeout_for(timedelta(minutes=5), reason="spam")
    _, (_, after) = await told(of("member_update", bot), timing_out)
    assert after.timed_out
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
    words = discord.AutoModTriggerMetadata(keyword_filter=["secret*"])
    metadata = discord.AutoModActionMetadata(custom_message="no")
    action = discord.AutoModAction(discord.AutoModActionType.block_message, metadata)
    rule = await guild.create_auto_moderation_rule(
        name="words", event_type=discord.AutoModEventType.message_send,
        trigger_type=discord.AutoModTriggerType.keyword, trigger_metadata=words, actions=[action],
        enabled=True,
    )  # fmt: skip
    same([each.id for each in await guild.fetch_auto_moderation_rules()], [rule.id])
    eve = await chat.user("eve")
    _, execution = await told(of("auto_moderation_action_execution", bot), blocked(eve.say("the secretword")))
    same((execution.rule_id, execution.matched_keyword), (rule.id, "secret*"))


async def commands(bot: Any, chat: Any) -> None:
    ada = await chat.user("ada")

    @bot.slash_command(description="Add")
    @discord.option("a", int, description="one")
    @discord.option("b", int, description="another", min_value=0, max_value=100, default=1)
    async def add(ctx: discord.ApplicationContext, a: int, b: int) -> None:
        await ctx.respond(str(a + b))
        await ctx.followup.send("and that is that")

    @bot.slash_command(description="Slow")
    @discord.option("who", discord.Member, description="for whom")
    async def slow(ctx: discord.ApplicationContext, who: discord.Member) -> None:
        await ctx.defer(ephemeral=True)
        await ctx.interaction.edit_original_response(content=f"waited for {who.display_name}")

    queue = bot.create_group("queue", "Queue")

    @queue.command(description="Clear")
    async def clear(ctx: discord.ApplicationContext) -> None:
        await ctx.respond("cleared", ephemeral=True)

    @bot.message_command(name="Shout")
    async def shout(ctx: discord.ApplicationContext, message: discord.Message) -> None:
        await ctx.respond(message.content.upper())

    await bot.sync_commands()
    same((await ada.invoke("add", {"a": 2})).content, "3")
    await chat.next_message("and that is that")
    waiting = await ada.invoke("slow", {"who": ada})
    same((waiting.outcome, waiting.message.flags & 64), ("success", 64))
    same((await chat.next_edit(waiting.message)).content, "waited for ada")
    same((await ada.invoke("queue clear")).message.flags, 64)
    said = await ada.say("hello")
    same((await ada.invoke("Shout", target=said)).content, "HELLO")
    registered = await bot.http.get_global_commands(bot.user.id)
    same({command["name"] for command in registered}, {"add", "slow", "queue", "Shout"})
    await bot.http.bulk_upsert_global_commands(bot.user.id, [])


async def components(bot: Any, chat: Any) -> None:
    class Panel(discord.ui.View):
        @discord.ui.button(label="Press", style=discord.ButtonStyle.success)
        async def press(self, button: discord.ui.Button, interaction: discord.Interaction) -> None:
            button.label = "Pressed"
            await interaction.response.edit_message(view=self)

        @discord.ui.select(options=[discord.SelectOption(label=each) for each in ("Red", "Blue")])
        async def colour(self, select: discord.ui.Select, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(select.values[0], ephemeral=True)

        @discord.ui.user_select()
        async def who(self, select: discord.ui.Select, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(select.values[0].display_name)

    ada = await chat.user("ada", display_name="Ada")
    await bot.general.send("choose", view=Panel())
    panel = await chat.next_message()
    pressed = await ada.click(panel, "Press")
    same(pressed.message.components[0].components[0].label, "Pressed")
    red, who = (row.components[0] for row in panel.components[1:])
    same((await ada.select(panel, "Red", menu=red.custom_id)).content, "Red")
    same((await ada.select(panel, ada, menu=who.custom_id)).content, "Ada")
    container = discord.ui.Container(discord.ui.TextDisplay("# Title"), color=discord.Colour(0xFF0000))
    sent = await bot.general.send(view=discord.ui.DesignerView(container))
    shown = await chat.next_message(where=lambda message: message.id == str(sent.id))
    same(shown.components[0].components[0].content, "# Title")


async def modals(bot: Any, chat: Any) -> None:
    class Feedback(discord.ui.Modal):
        def __init__(self) -> None:
            super().__init__(title="Feedback")
            self.add_item(discord.ui.InputText(label="Name"))
            style = discord.InputTextStyle.long
            self.add_item(discord.ui.InputText(label="Text", style=style, required=False))

        async def callback(self, interaction: discord.Interaction) -> None:
            name, text = (child.value for child in self.children)
            await interaction.response.send_message(f"{name}: {text}")

    @bot.slash_command(description="Say what you think")
    async def feedback(ctx: discord.ApplicationContext) -> None:
        await ctx.send_modal(Feedback())

    await bot.sync_commands()
    ada = await chat.user("ada")
    form = await ada.invoke("feedback")
    same((form.outcome, form.title), ("modal", "Feedback"))
    same((await ada.submit(form, {"Name": "Ada", "Text": "good"})).content, "Ada: good")


async def autocomplete(bot: Any, chat: Any) -> None:
    async def names(ctx: discord.AutocompleteContext) -> list[str]:
        return [each for each in ("apple", "apricot", "banana") if each.startswith(ctx.value)]

    @bot.slash_command(description="Choose a fruit")
    @discord.option("name", str, description="which", autocomplete=names)
    async def fruit(ctx: discord.ApplicationContext, name: str) -> None:
        await ctx.respond(name)

    await bot.sync_commands()
    ada = await chat.user("ada")
    choices = await ada.autocomplete("fruit", {"name": "ap"})
    same([choice.value for choice in choices], ["apple", "apricot"])
    same((await ada.invoke("fruit", {"name": "apple"})).content, "apple")


if __name__ == "__main__":
    own = [threads, moderation, commands, components, modals, autocomplete]
    main(discord.__version__, connected, [*ALIKE, *own])
