"""hikari through the groups of the matrix. See driver.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import hikari
from driver import WAIT_S, blocked, main, same, told
from hikari.events import auto_mod_events
from hikari.impl import special_endpoints as building


class Bot(hikari.GatewayBot):
    """With the guild of the test, and its channel."""

    guild_id = channel_id = 0


@asynccontextmanager
async def connected(bench: Any, chat: Any) -> AsyncIterator[hikari.GatewayBot]:
    bot = Bot(
        bench.token, intents=hikari.Intents.ALL, banner=None, logs="WARNING",
        suppress_optimization_warning=True,
        rest_url=bench.api,  # all that a bot changes to run here
    )  # fmt: skip
    await bot.start(check_for_updates=False)
    try:
        bot.guild_id, bot.channel_id = int(chat.guild.id), int(chat.channel.id)
        yield bot
    finally:
        await bot.close()


def of(event: type[Any], bot: Any, holds: Callable[[Any], bool] = lambda event: True) -> Awaitable[Any]:
    return bot.wait_for(event, timeout=WAIT_S, predicate=holds)


def answering(bot: Any, answer: Callable[[Any], Awaitable[None]]) -> None:
    """From here on `answer` is given every interaction."""

    async def on(event: hikari.InteractionCreateEvent) -> None:
        await answer(event.interaction)

    bot.event_manager.subscribe(hikari.InteractionCreateEvent, on)


async def connect(bot: Any, chat: Any) -> None:
    same(str(bot.get_me().id), chat.bot.id)
    guild = bot.cache.get_guild(bot.guild_id)
    same((guild.name, {channel.name for channel in guild.get_channels().values()}),
         (chat.guild.name, {"general", "voice"}))  # fmt: skip
    roles = [role for role in guild.get_my_member().get_roles() if role.permissions & 8]
    same(len(roles), 1)
    await bot.update_presence(activity=hikari.Activity(name="chess"), status=hikari.Status.IDLE)
    shown = await chat.next_event("PRESENCE_UPDATE", user={"id": chat.bot.id}, status="idle")
    same(shown.activities[0].name, "chess")


async def compress(bot: Any, chat: Any) -> None:
    (session,) = await chat.bot.sessions()
    assert session.form in ("json zlib-stream", "json zstd-stream"), session.form
    ada = await chat.user("ada")
    for number in range(20):
        _, event = await told(of(hikari.MessageCreateEvent, bot), ada.say(f"{number} " + "la " * 500))
        same(event.content.split()[0], str(number))


async def resume(bot: Any, chat: Any) -> None:
    ada = await chat.user("ada")

    async def drop_and_say() -> None:
        await chat.bot.drop()
        await ada.say("while you were away")

    heard = asyncio.ensure_future(of(hikari.MessageCreateEvent, bot))
    await told(of(hikari.ShardResumedEvent, bot), drop_and_say())
    same((await heard).content, "while you were away")
    await told(of(hikari.ShardResumedEvent, bot), chat.bot.reconnect())
    await told(of(hikari.ShardReadyEvent, bot), chat.bot.invalidate(resumable=False))


async def members(bot: Any, chat: Any) -> None:
    ada, event = await told(of(hikari.MemberCreateEvent, bot), chat.user("ada", display_name="Ada"))
    same((str(event.user_id), event.member.display_name), (ada.id, "Ada"))
    editing = bot.rest.edit_member(bot.guild_id, event.user_id, nickname="Countess")
    _, changed = await told(of(hikari.MemberUpdateEvent, bot), editing)
    same((changed.old_member.nickname, changed.member.nickname), (None, "Countess"))
    chunk = of(hikari.MemberChunkEvent, bot)
    _, chunked = await told(chunk, bot.request_guild_members(bot.guild_id, query="Count", limit=5))
    same([member.id for member in chunked.members.values()], [event.user_id])
    found = await bot.rest.search_members(bot.guild_id, "Count")
    same([member.id for member in found], [event.user_id])
    listed = {member.id async for member in bot.rest.fetch_members(bot.guild_id)}
    same(listed >= {event.user_id, bot.get_me().id}, True)
    _, seen = await told(of(hikari.PresenceUpdateEvent, bot), ada.show("dnd"))
    same(seen.presence.visible_status, hikari.Status.DO_NOT_DISTURB)


async def messages(bot: Any, chat: Any) -> None:
    ada, rest, here = await chat.user("ada"), bot.rest, bot.channel_id
    said, heard = await told(of(hikari.GuildMessageCreateEvent, bot), ada.say(f"hello <@{chat.bot.id}>"))
    assert bot.get_me().id in heard.message.user_mentions_ids
    embed = hikari.Embed(title="Title", description="*text*", colour=0x336699).add_field("a", "b")
    answer = await heard.message.respond("hello yourself", embed=embed, reply=True)
    shown = await chat.next_message()
    same((shown.message_reference.message_id, shown.embeds[0].fields[0].value), (said.id, "b"))
    await answer.edit("changed")
    same((await chat.next_edit(shown)).content, "changed")
    edited = of(hikari.MessageUpdateEvent, bot)
    _, event = await told(edited, ada.edit(said, "hello all"))
    same((event.old_message.content, event.message.content), (said.content, "hello all"))
    await rest.pin_message(here, answer)
    same([pin.message.id async for pin in rest.fetch_pins(here)], [answer.id])
    history = [message.content async for message in rest.fetch_messages(here).limit(5) if message.content]
    same(history, ["changed", "hello all"])
    await rest.trigger_typing(here)
    same((await chat.next_event("TYPING_START")).user_id, chat.bot.id)
    _, deleted = await told(of(hikari.MessageDeleteEvent, bot), ada.delete(said))
    same(str(deleted.message_id), said.id)
    await answer.delete()
    same((await chat.next_deletion(shown)).id, shown.id)
    direct = await ada.dm(chat.bot)
    _, event = await told(of(hikari.DMMessageCreateEvent, bot), ada.say("psst", channel=direct))
    await event.message.respond("yes?")
    same((await chat.next_message("yes?")).channel_id, direct.id)


async def files(bot: Any, chat: Any) -> None:
    content = bytes(range(256)) * 400
    sent = [hikari.Bytes(content, "data.bin"), hikari.Bytes(b"hello", "note.txt", spoiler=True)]
    message = await bot.rest.create_message(bot.channel_id, "files", attachments=sent)
    data, note = message.attachments
    same((data.filename, data.size, note.filename), ("data.bin", len(content), "SPOILER_note.txt"))
    same((await data.read(), await note.read()), (content, b"hello"))
    message = await message.edit(attachments=[data])
    same([left.filename for left in message.attachments], ["data.bin"])


async def reactions(bot: Any, chat: Any) -> None:
    ada = await chat.user("ada")
    message = await bot.rest.create_message(bot.channel_id, "react!")
    await message.add_reaction("👍")
    shown = await chat.next_message()
    same((await chat.next_reaction(shown)).emoji.name, "👍")
    by_ada = of(hikari.GuildReactionAddEvent, bot, lambda event: str(event.user_id) == ada.id)
    _, event = await told(by_ada, ada.react(shown, "👍"))
    same(event.emoji_name, "👍")
    users = {str(user.id) async for user in bot.rest.fetch_reactions_for_emoji(bot.channel_id, message, "👍")}
    same(users, {ada.id, chat.bot.id})
    taken = of(hikari.GuildReactionDeleteEvent, bot)
    await told(taken, ada.react(shown, "👍", remove=True))
    await told(of(hikari.GuildReactionDeleteAllEvent, bot), message.remove_all_reactions())


async def threads(bot: Any, chat: Any) -> None:
    rest = bot.rest
    message = await rest.create_message(bot.channel_id, "a long story")
    making = rest.create_message_thread(bot.channel_id, message, "the story")
    thread, event = await told(of(hikari.GuildThreadCreateEvent, bot), making)
    same((thread.id, event.thread.name), (event.thread_id, "the story"))
    ada = await chat.user("ada")
    by_ada = of(hikari.GuildMessageCreateEvent, bot, lambda event: str(event.author_id) == ada.id)
    _, heard = await told(by_ada, ada.say("go on", channel={"id": str(thread.id)}))
    same(heard.channel_id, thread.id)
    editing = rest.edit_channel(thread, name="told", archived=True)
    _, event = await told(of(hikari.GuildThreadUpdateEvent, bot), editing)
    same((event.thread.name, event.thread.is_archived), ("told", True))
    archived = [found.id async for found in rest.fetch_public_archived_threads(bot.channel_id)]
    same(archived, [thread.id])
    forum = await rest.create_guild_forum_channel(
        bot.guild_id, "forum", available_tags=[hikari.ForumTag(name="tag")]
    )
    tag = forum.available_tags[0].id
    post = await rest.create_forum_post(forum, "post", "first", tags=[tag])
    same(list(post.applied_tag_ids), [tag])
    same((await rest.fetch_message(post, post.id)).content, "first")
    await told(of(hikari.GuildThreadDeleteEvent, bot), rest.delete_channel(post))


async def roles_and_overwrites(bot: Any, chat: Any) -> None:
    rest, guild = bot.rest, bot.guild_id
    manage, view = hikari.Permissions.MANAGE_MESSAGES, hikari.Permissions.VIEW_CHANNEL
    role = await rest.create_role(guild, name="mods", permissions=manage, color=0x112233, hoist=True)
    ada = await chat.user("ada")
    giving = rest.add_role_to_member(guild, int(ada.id), role, reason="trusted")
    _, event = await told(of(hikari.MemberUpdateEvent, bot), giving)
    assert role.id in event.member.role_ids
    hidden = hikari.PermissionOverwrite(id=guild, type=hikari.PermissionOverwriteType.ROLE, deny=view)
    secret = await rest.create_guild_text_channel(guild, "secret", permission_overwrites=[hidden])
    same(secret.permission_overwrites[guild].deny, view)
    letting_in = rest.edit_permission_overwrite(secret, role, allow=view)
    _, event = await told(of(hikari.GuildChannelUpdateEvent, bot), letting_in)
    same(event.channel.permission_overwrites[role.id].allow, view)
    await ada.say("I see", channel={"id": str(secret.id)})
    editing = rest.edit_role(guild, role, name="moderators", permissions=hikari.Permissions.NONE)
    _, event = await told(of(hikari.RoleUpdateEvent, bot), editing)
    same((event.role.name, event.role.permissions), ("moderators", hikari.Permissions.NONE))
    await rest.reposition_roles(guild, {1: role})
    await told(of(hikari.RoleDeleteEvent, bot), rest.delete_role(guild, role))


async def moderation(bot: Any, chat: Any) -> None:
    rest, guild = bot.rest, bot.guild_id
    ada, bob, eve = [await chat.user(name) for name in ("ada", "bob", "eve")]
    spam = [(await ada.say(f"spam {number}")).id for number in range(3)]
    purging = rest.delete_messages(bot.channel_id, [int(id) for id in spam])
    await told(of(hikari.GuildBulkMessageDeleteEvent, bot), purging)
    until = datetime.now(UTC) + timedelta(minutes=5)
    timing_out = rest.edit_member(guild, int(ada.id), communication_disabled_until=until, reason="spam")
    _, event = await told(of(hikari.MemberUpdateEvent, bot), timing_out)
    assert event.member.communication_disabled_until() is not None
    kicking = rest.kick_user(guild, int(bob.id), reason="rude")
    await told(of(hikari.MemberDeleteEvent, bot), kicking)
    banning = rest.ban_user(guild, int(ada.id), reason="enough", delete_message_seconds=60)
    _, event = await told(of(hikari.BanCreateEvent, bot), banning)
    same(str(event.user_id), ada.id)
    bans = [(str(ban.user.id), ban.reason) async for ban in rest.fetch_bans(guild)]
    same(bans, [(ada.id, "enough")])
    await told(of(hikari.BanDeleteEvent, bot), rest.unban_user(guild, int(ada.id)))
    kinds = hikari.AuditLogEventType
    actions = {(entry.action_type, entry.reason) async for log in rest.fetch_audit_log(guild)
               for entry in log.entries.values()}  # fmt: skip
    expected = {(kinds.MEMBER_BAN_ADD, "enough"), (kinds.MEMBER_KICK, "rude"), (kinds.MEMBER_UPDATE, "spam")}
    same(actions >= expected, True)
    edited = await rest.edit_channel(bot.channel_id, rate_limit_per_user=5)
    same(edited.rate_limit_per_user, timedelta(seconds=5))
    rule = await rest.create_auto_mod_rule(
        guild, name="words", event_type=hikari.AutoModEventType.MESSAGE_SEND,
        trigger=building.AutoModKeywordTriggerBuilder(
            keyword_filter=["secret*"], regex_patterns=[], allow_list=[]
        ),
        actions=[building.AutoModBlockMessageActionBuilder(custom_message="no")],
    )  # fmt: skip
    rule = await rest.edit_auto_mod_rule(guild, rule, enabled=True)
    same([each.id for each in await rest.fetch_auto_mod_rules(guild)], [rule.id])
    executed = of(auto_mod_events.AutoModActionExecutionEvent, bot)
    _, event = await told(executed, blocked(eve.say("the secretword")))
    same((event.rule_id, event.matched_keyword), (rule.id, "secret*"))


async def webhooks(bot: Any, chat: Any) -> None:
    rest = bot.rest
    webhook = await rest.create_webhook(bot.channel_id, "hook")
    sending = webhook.execute("by a hook", username="Captain")
    sent, event = await told(of(hikari.GuildMessageCreateEvent, bot), sending)
    same((event.author.username, event.message.webhook_id), ("Captain", webhook.id))
    edited = await webhook.edit_message(sent, "changed", embed=hikari.Embed(title="e"))
    same((edited.content, edited.embeds[0].title), ("changed", "e"))
    same([hook.id for hook in await rest.fetch_channel_webhooks(bot.channel_id)], [webhook.id])
    same((await webhook.edit(name="other")).name, "other")
    await webhook.delete_message(sent)
    await webhook.delete()


async def commands(bot: Any, chat: Any) -> None:
    rest, kind, option = bot.rest, hikari.OptionType, hikari.CommandOption

    async def answer(interaction: Any) -> None:
        options = {each.name: each.value for each in interaction.options or ()}
        message, deferred = hikari.ResponseType.MESSAGE_CREATE, hikari.ResponseType.DEFERRED_MESSAGE_CREATE
        match interaction.command_name:
            case "add":
                text = str(options["a"] + options.get("b", 1))
                await interaction.create_initial_response(message, text)
                await interaction.execute("and that is that")
            case "slow":
                flags = hikari.MessageFlag.EPHEMERAL
                await interaction.create_initial_response(deferred, flags=flags)
                who = interaction.resolved.members[options["who"]]
                await interaction.edit_initial_response(f"waited for {who.display_name}")
            case "queue":
                flags = hikari.MessageFlag.EPHEMERAL
                await interaction.create_initial_response(message, interaction.options[0].name, flags=flags)
            case "Shout":
                said = interaction.resolved.messages[interaction.target_id]
                await interaction.create_initial_response(message, said.content.upper())

    answering(bot, answer)
    add = rest.slash_command_builder("add", "Add")
    add.add_option(option(type=kind.INTEGER, name="a", description="one", is_required=True))
    add.add_option(option(type=kind.INTEGER, name="b", description="another", min_value=0, max_value=100))
    slow = rest.slash_command_builder("slow", "Slow")
    slow.add_option(option(type=kind.USER, name="who", description="for whom", is_required=True))
    queue = rest.slash_command_builder("queue", "Queue")
    queue.add_option(option(type=kind.SUB_COMMAND, name="clear", description="Clear"))
    shout = rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Shout")
    application = await rest.fetch_application()
    await rest.set_application_commands(application, [add, slow, queue, shout])
    ada = await chat.user("ada")
    same((await ada.invoke("add", {"a": 2})).content, "3")
    await chat.next_message("and that is that")
    waiting = await ada.invoke("slow", {"who": ada})
    same((waiting.outcome, waiting.message.flags & 64), ("success", 64))
    same((await chat.next_edit(waiting.message)).content, "waited for ada")
    cleared = await ada.invoke("queue clear")
    same((cleared.content, cleared.message.flags), ("clear", 64))
    said = await ada.say("hello")
    same((await ada.invoke("Shout", target=said)).content, "HELLO")
    names = {command.name for command in await rest.fetch_application_commands(application)}
    same(names, {"add", "slow", "queue", "Shout"})
    await rest.set_application_commands(application, [])


async def components(bot: Any, chat: Any) -> None:
    rest = bot.rest

    def rows(label: str) -> list[Any]:
        button, colours, people = (rest.build_message_action_row() for _ in range(3))
        button.add_interactive_button(hikari.ButtonStyle.SUCCESS, "press", label=label)
        colours.add_text_menu("colour").add_option("Red", "Red").add_option("Blue", "Blue")
        people.add_select_menu(hikari.ComponentType.USER_SELECT_MENU, "who")
        return [button, colours, people]

    async def answer(interaction: Any) -> None:
        message, update = hikari.ResponseType.MESSAGE_CREATE, hikari.ResponseType.MESSAGE_UPDATE
        match interaction.custom_id:
            case "press":
                await interaction.create_initial_response(update, components=rows("Pressed"))
            case "colour":
                flags = hikari.MessageFlag.EPHEMERAL
                await interaction.create_initial_response(message, interaction.values[0], flags=flags)
            case "who":
                (who,) = interaction.resolved.members.values()
                await interaction.create_initial_response(message, who.display_name)

    answering(bot, answer)
    ada = await chat.user("ada", display_name="Ada")
    await rest.create_message(bot.channel_id, "choose", components=rows("Press"))
    panel = await chat.next_message()
    pressed = await ada.click(panel, "Press")
    same(pressed.message.components[0].components[0].label, "Pressed")
    same((await ada.select(panel, "Red", menu="colour")).content, "Red")
    same((await ada.select(panel, ada, menu="who")).content, "Ada")
    container = building.ContainerComponentBuilder(accent_color=hikari.Color(0xFF0000))
    container.add_text_display("# Title")
    sent = await rest.create_message(bot.channel_id, component=container)
    shown = await chat.next_message(where=lambda message: message.id == str(sent.id))
    same(shown.components[0].components[0].content, "# Title")


async def modals(bot: Any, chat: Any) -> None:
    rest = bot.rest

    async def answer(interaction: Any) -> None:
        if interaction.type == hikari.InteractionType.APPLICATION_COMMAND:
            name, text = rest.build_modal_action_row(), rest.build_modal_action_row()
            name.add_text_input("name", "Name")
            text.add_text_input("text", "Text", style=hikari.TextInputStyle.PARAGRAPH, required=False)
            await interaction.create_modal_response("Feedback", "feedback", components=[name, text])
            return
        name, text = (row.components[0].value for row in interaction.components)
        await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, f"{name}: {text}")

    answering(bot, answer)
    command = rest.slash_command_builder("feedback", "Say what you think")
    await rest.set_application_commands(await rest.fetch_application(), [command])
    ada = await chat.user("ada")
    form = await ada.invoke("feedback")
    same((form.outcome, form.title), ("modal", "Feedback"))
    same((await ada.submit(form, {"Name": "Ada", "Text": "good"})).content, "Ada: good")


async def autocomplete(bot: Any, chat: Any) -> None:
    rest = bot.rest

    async def answer(interaction: Any) -> None:
        value = interaction.options[0].value
        if interaction.type == hikari.InteractionType.APPLICATION_COMMAND:
            await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, value)
            return
        fruits = [each for each in ("apple", "apricot", "banana") if each.startswith(value)]
        await interaction.create_response([building.AutocompleteChoiceBuilder(each, each) for each in fruits])

    answering(bot, answer)
    fruit = rest.slash_command_builder("fruit", "Choose a fruit")
    fruit.add_option(hikari.CommandOption(type=hikari.OptionType.STRING, name="name", description="which",
                                          is_required=True, autocomplete=True))  # fmt: skip
    await rest.set_application_commands(await rest.fetch_application(), [fruit])
    ada = await chat.user("ada")
    choices = await ada.autocomplete("fruit", {"name": "ap"})
    same([choice.value for choice in choices], ["apple", "apricot"])
    same((await ada.invoke("fruit", {"name": "apple"})).content, "apple")


async def rate_limits(bot: Any, chat: Any) -> None:
    path = f"/channels/{chat.channel.id}/messages"
    for number in range(7):  # of which five may come in five seconds
        await bot.rest.create_message(bot.channel_id, str(number))
        same((await chat.bot.next_request("POST", path)).status, 200)
    for scope in ("user", "shared", "global"):
        await chat.fail_next(429, method="POST", path=path, scope=scope, retry_after_s=0.2)
        await bot.rest.create_message(bot.channel_id, scope)
        await chat.next_message(scope)
        refused = await chat.bot.next_request("POST", path)
        granted = await chat.bot.next_request("POST", path)
        same((refused.status, granted.status), (429, 200))
        assert granted.at - refused.at > 0.19, f"it came back after {granted.at - refused.at} s"
    await chat.fail_next(502, method="POST", path=path)
    await bot.rest.create_message(bot.channel_id, "after trouble")
    await chat.next_message("after trouble")


if __name__ == "__main__":
    main(
        hikari.__version__, connected,
        [connect, compress, resume, members, messages, files, reactions, threads, roles_and_overwrites,
         moderation, webhooks, commands, components, modals, autocomplete, rate_limits],
    )  # fmt: skip
