"""discord.py through the groups of the matrix. See driver.py."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from driver import WAIT_S, blocked, main, same, told


@asynccontextmanager
async def connected(bench: Any, chat: Any) -> AsyncIterator[discord.Client]:
    # All that a bot changes to run here.
    Route.BASE = bench.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(bench.ready["gateway"])
    discord.Asset.BASE = bench.url
    client = discord.Client(intents=discord.Intents.all())
    client.tree = app_commands.CommandTree(client)
    is_ready = asyncio.Event()
    client.event(_setting("on_ready", is_ready))
    async with client:
        running = asyncio.create_task(client.start(bench.token))
        waiting = asyncio.create_task(is_ready.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        client.chat_guild = client.get_guild(int(chat.guild.id))
        client.general = client.get_channel(int(chat.channel.id))
        yield client


def _setting(name: str, event: asyncio.Event) -> Any:
    async def on() -> None:
        event.set()

    on.__name__ = name
    return on


def of(event: str, bot: Any, holds: Any = lambda *_: True) -> Any:
    return bot.wait_for(event, check=holds, timeout=WAIT_S)


async def connect(bot: Any, chat: Any) -> None:
    same(str(bot.user.id), chat.bot.id)
    same(bot.chat_guild.name, chat.guild.name)
    same({channel.name for channel in bot.chat_guild.channels}, {"general", "voice"})
    assert bot.chat_guild.me.guild_permissions.administrator
    await bot.change_presence(activity=discord.Game("chess"), status=discord.Status.idle)
    shown = await chat.next_event("PRESENCE_UPDATE", user={"id": chat.bot.id}, status="idle")
    same(shown.activities[0].name, "chess")


async def compress(bot: Any, chat: Any) -> None:
    (session,) = await chat.bot.sessions()
    assert session.form in ("json zlib-stream", "json zstd-stream"), session.form
    ada = await chat.user("ada")
    for number in range(20):
        _, message = await told(of("message", bot), ada.say(f"{number} " + "la " * 500))
        same(message.content.split()[0], str(number))


async def resume(bot: Any, chat: Any) -> None:
    ada = await chat.user("ada")
    resumed = of("resumed", bot)
    message = asyncio.ensure_future(of("message", bot))
    await asyncio.sleep(0)
    await told(resumed, _drop_and_say(ada, chat))
    same((await message).content, "while you were away")
    await told(of("resumed", bot), chat.bot.reconnect())
    await told(of("ready", bot), chat.bot.invalidate(resumable=False))


async def _drop_and_say(ada: Any, chat: Any) -> None:
    await chat.bot.drop()
    await ada.say("while you were away")


async def members(bot: Any, chat: Any) -> None:
    ada, member = await told(of("member_join", bot), chat.user("ada", display_name="Ada"))
    same((str(member.id), member.display_name), (ada.id, "Ada"))
    _, (before, after) = await told(of("member_update", bot), member.edit(nick="Countess"))
    same((before.nick, after.nick), (None, "Countess"))
    same([found.id for found in await bot.chat_guild.query_members("Count")], [member.id])
    same({found.id async for found in bot.chat_guild.fetch_members()} >= {member.id, bot.user.id}, True)
    _, (before, after) = await told(of("presence_update", bot), ada.show("dnd"))
    same(after.status, discord.Status.dnd)


async def messages(bot: Any, chat: Any) -> None:
    ada = await chat.user("ada")
    said, heard = await told(of("message", bot), ada.say("hello <@" + chat.bot.id + ">"))
    assert bot.user in heard.mentions
    embed = discord.Embed(title="Title", description="*text*", colour=0x336699).add_field(name="a", value="b")
    answer = await heard.reply("hello yourself", embed=embed)
    shown = await chat.next_message()
    same((shown.message_reference.message_id, shown.embeds[0].fields[0].value), (said.id, "b"))
    await answer.edit(content="changed")
    same((await chat.next_edit(shown)).content, "changed")
    _, (before, after) = await told(of("message_edit", bot), ada.edit(said, "hello all"))
    same((before.content, after.content), (said.content, "hello all"))
    await answer.pin()
    same([pin.id async for pin in bot.general.pins()], [answer.id])
    same([m.content async for m in bot.general.history(limit=5) if m.content], ["changed", "hello all"])
    async with bot.general.typing():
        same((await chat.next_event("TYPING_START")).user_id, chat.bot.id)
    _, deleted = await told(of("message_delete", bot), ada.delete(said))
    same(str(deleted.id), said.id)
    await answer.delete()
    same((await chat.next_deletion(shown)).id, shown.id)
    _, direct = await told(of("message", bot), ada.say("psst", channel=await ada.dm(chat.bot)))
    assert direct.guild is None
    await direct.channel.send("yes?")
    same((await chat.next_message("yes?")).channel_id, str(direct.channel.id))


async def files(bot: Any, chat: Any) -> None:
    content = bytes(range(256)) * 400
    sent = [discord.File(io.BytesIO(content), "data.bin", description="bytes"),
            discord.File(io.BytesIO(b"hello"), "note.txt", spoiler=True)]  # fmt: skip
    message = await bot.general.send("files", files=sent)
    data, note = message.attachments
    same((data.filename, data.size, data.description), ("data.bin", len(content), "bytes"))
    assert note.is_spoiler()
    same((await data.read(), await note.read()), (content, b"hello"))
    message = await message.edit(attachments=[data])
    same([left.filename for left in message.attachments], ["data.bin"])


async def reactions(bot: Any, chat: Any) -> None:
    ada = await chat.user("ada")
    message = await bot.general.send("react!")
    await message.add_reaction("👍")
    shown = await chat.next_message()
    same((await chat.next_reaction(shown)).emoji.name, "👍")
    _, (reaction, user) = await told(of("reaction_add", bot), ada.react(shown, "👍"))
    same((reaction.emoji, reaction.count, str(user.id)), ("👍", 2, ada.id))
    same({str(user.id) async for user in reaction.users()}, {ada.id, chat.bot.id})
    await told(of("reaction_remove", bot), ada.react(shown, "👍", remove=True))
    await told(of("reaction_clear", bot), message.clear_reactions())


async def threads(bot: Any, chat: Any) -> None:
    message = await bot.general.send("a long story")
    thread, created = await told(of("thread_create", bot), message.create_thread(name="the story"))
    same((thread.id, created.name), (created.id, "the story"))
    ada = await chat.user("ada")
    _, heard = await told(of("message", bot), ada.say("go on", channel=_Channel(thread.id)))
    same(heard.channel, thread)
    _, (before, after) = await told(of("thread_update", bot), thread.edit(name="told", archived=True))
    same((after.name, after.archived), ("told", True))
    same([found.id async for found in bot.general.archived_threads()], [thread.id])
    forum = await bot.chat_guild.create_forum("forum", available_tags=[discord.ForumTag(name="tag")])
    post = await forum.create_thread(name="post", content="first", applied_tags=forum.available_tags)
    same(([tag.name for tag in post.thread.applied_tags], post.message.content), (["tag"], "first"))
    await told(of("thread_delete", bot), post.thread.delete())


class _Channel(dict[str, Any]):
    """A place that the bench's people do not have in their hands."""

    def __init__(self, id: int) -> None:
        super().__init__(id=str(id))


async def roles_and_overwrites(bot: Any, chat: Any) -> None:
    guild = bot.chat_guild
    permissions = discord.Permissions(manage_messages=True)
    role = await guild.create_role(name="mods", permissions=permissions, colour=0x112233, hoist=True)
    ada = await chat.user("ada")
    member = await guild.fetch_member(int(ada.id))
    member = guild.get_member(member.id)
    _, (before, after) = await told(of("member_update", bot), member.add_roles(role, reason="trusted"))
    assert role in after.roles and after.guild_permissions.manage_messages
    hidden = {guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    secret = await guild.create_text_channel("secret", overwrites=hidden)
    assert not secret.permissions_for(member).view_channel
    letting_in = secret.set_permissions(role, view_channel=True)
    _, (before, after) = await told(of("guild_channel_update", bot), letting_in)
    assert after.permissions_for(member).view_channel
    await ada.say("I see", channel=_Channel(secret.id))
    await told(of("guild_role_update", bot), role.edit(name="moderators", permissions=discord.Permissions()))
    await guild.edit_role_positions({role: 1})
    await told(of("guild_role_delete", bot), role.delete())


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


async def webhooks(bot: Any, chat: Any) -> None:
    webhook = await bot.general.create_webhook(name="hook")
    sent, heard = await told(of("message", bot), webhook.send("by a hook", username="Captain", wait=True))
    same((heard.author.name, heard.webhook_id), ("Captain", webhook.id))
    edited = await sent.edit(content="changed", embeds=[discord.Embed(title="e")])
    same((edited.content, edited.embeds[0].title), ("changed", "e"))
    same([hook.id for hook in await bot.general.webhooks()], [webhook.id])
    await webhook.edit(name="other")
    await sent.delete()
    await webhook.delete()


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


async def rate_limits(bot: Any, chat: Any) -> None:
    path = f"/channels/{chat.channel.id}/messages"
    for number in range(7):  # of which five may come in five seconds
        await bot.general.send(str(number))
        same((await chat.bot.next_request("POST", path)).status, 200)
    for scope in ("user", "shared", "global"):
        await chat.fail_next(429, method="POST", path=path, scope=scope, retry_after_s=0.2)
        await bot.general.send(scope)
        await chat.next_message(scope)
        refused = await chat.bot.next_request("POST", path)
        granted = await chat.bot.next_request("POST", path)
        same((refused.status, granted.status), (429, 200))
        assert granted.at - refused.at > 0.19, f"it came back after {granted.at - refused.at} s"
    await chat.fail_next(502, method="POST", path=path)
    await bot.general.send("after trouble")
    await chat.next_message("after trouble")


if __name__ == "__main__":
    main(
        discord.__version__, connected,
        [connect, compress, resume, members, messages, files, reactions, threads, roles_and_overwrites,
         moderation, webhooks, commands, components, modals, autocomplete, rate_limits],
    )  # fmt: skip
