"""hikari as a strict reader: every object, and every event, is what its deserializers expect.

What it cannot read it says in its log and goes on without; so a test fails on any warning there.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import hikari
import pytest

# What hikari does not show at its top.
from hikari.events import application_events, auto_mod_events, stage_events

from tests.compatibility.bots import WAIT_SECONDS_MAX, Bench, bench, folder_for_a_server
from tests.pictures import png

TEST_SECONDS_MAX = 90.0


class Here(NamedTuple):
    bench: Bench
    bot: hikari.GatewayBot
    general: int

    @property
    def guild(self) -> int:
        return self.bench.guild_id

    @property
    def bob(self) -> int:
        return self.bench.ids["bob"]

    async def told(
        self, event: type[Any], doing: Awaitable[Any], holds: Callable[[Any], bool] = lambda event: True
    ) -> tuple[Any, Any]:
        """Do something and wait for the event that must follow."""
        heard = asyncio.ensure_future(
            self.bot.wait_for(event, timeout=WAIT_SECONDS_MAX, predicate=holds)
        )
        await asyncio.sleep(0)
        try:
            done = await doing
        except BaseException:
            heard.cancel()
            raise
        return done, await heard


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    with folder_for_a_server() as data:
        stack = AsyncExitStack()

        async def begin() -> Here:
            place = await stack.enter_async_context(bench(data))
            token = await place.bot_token("robo", administrator=True)
            bot = hikari.GatewayBot(
                token, rest_url=f"{place.server.url}/api/v10", intents=hikari.Intents.ALL, banner=None,
                suppress_optimization_warning=True, logs=None, auto_chunk_members=True,
            )  # fmt: skip
            await bot.start(check_for_updates=False)
            stack.push_async_callback(bot.close)
            (channel,) = await place.say("ada", "GET", f"/guilds/{place.guild_id}/channels")
            return Here(place, bot, int(channel["id"]))

        yield runner.run(begin())
        runner.run(stack.aclose())


@pytest.fixture(autouse=True)
def nothing_to_complain_of(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    said = [record for record in caplog.records if record.name.startswith("hikari")]
    assert [record.getMessage() for record in said if record.levelno >= logging.WARNING] == []


async def test_the_server_is_read_from_the_gateway_and_from_rest(here):
    rest = here.bot.rest
    cached = here.bot.cache.get_guild(here.guild)
    fetched = await rest.fetch_guild(here.guild)
    assert cached is not None and cached.name == fetched.name
    assert set(cached.get_roles()) == set(fetched.roles)
    assert {member.username for member in cached.get_members().values()} >= {"ada", "bob", "robo"}
    assert [member.username async for member in rest.fetch_members(here.guild)]
    assert (await rest.fetch_guild_preview(here.guild)).name == fetched.name
    assert await rest.fetch_application() and await rest.fetch_my_user()
    assert [guild.id async for guild in rest.fetch_my_guilds()] == [here.guild]
    assert isinstance(await rest.fetch_voice_regions(), list | tuple)
    assert (await rest.fetch_gateway_bot_info()).session_start_limit.total == 1000


@pytest.mark.parametrize(
    "make, kind",
    [("create_guild_text_channel", hikari.GuildTextChannel),
     ("create_guild_news_channel", hikari.GuildNewsChannel),
     ("create_guild_voice_channel", hikari.GuildVoiceChannel),
     ("create_guild_category", hikari.GuildCategory),
     ("create_guild_stage_channel", hikari.GuildStageChannel),
     ("create_guild_forum_channel", hikari.GuildForumChannel),
     ("create_guild_media_channel", hikari.GuildMediaChannel)],
)  # fmt: skip
async def test_every_kind_of_channel(here, make, kind):
    rest = here.bot.rest
    channel, event = await here.told(hikari.GuildChannelCreateEvent, getattr(rest, make)(here.guild, "one"))
    assert isinstance(channel, kind) and isinstance(event.channel, kind)
    assert isinstance(await rest.fetch_channel(channel.id), kind)
    _, event = await here.told(hikari.GuildChannelUpdateEvent, rest.edit_channel(channel.id, name="two"))
    assert event.channel.name == "two"
    _, event = await here.told(hikari.GuildChannelDeleteEvent, rest.delete_channel(channel.id))
    assert event.channel_id == channel.id


async def test_roles_members_and_bans(here):
    rest = here.bot.rest
    make = rest.create_role(here.guild, name="crew", color=0xFF)
    role, event = await here.told(hikari.RoleCreateEvent, make)
    assert event.role.name == "crew" and event.role.color == 0xFF
    await here.told(hikari.RoleUpdateEvent, rest.edit_role(here.guild, role, name="hands"))
    _, event = await here.told(
        hikari.MemberUpdateEvent, rest.edit_member(here.guild, here.bob, nickname="Bobby", roles=[role])
    )
    assert event.member.nickname == "Bobby" and role.id in event.member.role_ids
    until = datetime.now(UTC) + timedelta(hours=1)
    timed_out = rest.edit_member(here.guild, here.bob, communication_disabled_until=until)
    _, event = await here.told(hikari.MemberUpdateEvent, timed_out)
    assert event.member.communication_disabled_until() is not None
    await rest.edit_member(here.guild, here.bob, communication_disabled_until=None, roles=[])
    await here.told(hikari.RoleDeleteEvent, rest.delete_role(here.guild, role))
    eve, _ = await here.told(hikari.MemberCreateEvent, here.bench.sign_up("eve"))
    await here.told(hikari.BanCreateEvent, rest.ban_user(here.guild, eve, reason="spam"))
    assert (await rest.fetch_ban(here.guild, eve)).reason == "spam"
    assert [ban.user.id async for ban in rest.fetch_bans(here.guild)] == [eve]
    await here.told(hikari.BanDeleteEvent, rest.unban_user(here.guild, eve))
    log = [entry async for page in rest.fetch_audit_log(here.guild) for entry in page.entries.values()]
    assert hikari.AuditLogEventType.MEMBER_BAN_ADD in {entry.action_type for entry in log}


async def test_invites(here):
    rest = here.bot.rest
    invite, event = await here.told(hikari.InviteCreateEvent, rest.create_invite(here.general, max_uses=2))
    assert event.code == invite.code
    assert (await rest.fetch_invite(invite.code)).guild_id == here.guild
    assert [each.code for each in await rest.fetch_channel_invites(here.general)] == [invite.code]
    await here.told(hikari.InviteDeleteEvent, rest.delete_invite(invite.code))


async def test_messages_with_all_that_they_can_have(here):
    rest = here.bot.rest
    embed = hikari.Embed(title="t", description="d", color=1).add_field("n", "v").set_footer("f")
    message, event = await here.told(
        hikari.GuildMessageCreateEvent,
        rest.create_message(
            here.general, "hello", embed=embed, attachment=hikari.Bytes(io.BytesIO(png()), "a.png")
        ),
    )  # fmt: skip
    assert event.message.id == message.id and event.message.embeds[0].fields[0].value == "v"
    (attachment,) = (await rest.fetch_message(here.general, message)).attachments
    assert (attachment.width, attachment.height) == (2, 1) and await attachment.read() == png()
    reply = await rest.create_message(here.general, "indeed", reply=message)
    assert reply.referenced_message is not None and reply.referenced_message.id == message.id
    _, event = await here.told(
        hikari.GuildMessageUpdateEvent, rest.edit_message(here.general, reply, "quite")
    )
    assert event.message.content == "quite"
    await here.told(hikari.GuildReactionAddEvent, rest.add_reaction(here.general, message, "👍"))
    assert (await rest.fetch_message(here.general, message)).reactions[0].count == 1
    await here.told(hikari.GuildReactionDeleteAllEvent, rest.delete_all_reactions(here.general, message))
    await here.told(hikari.GuildPinsUpdateEvent, rest.pin_message(here.general, message))
    assert [pin.message.id async for pin in rest.fetch_pins(here.general)] == [message.id]
    await here.told(hikari.GuildMessageDeleteEvent, rest.delete_message(here.general, reply))
    assert message.id in [each.id async for each in rest.fetch_messages(here.general)]


async def test_threads(here):
    rest = here.bot.rest
    message = await rest.create_message(here.general, "a subject")
    thread, event = await here.told(
        hikari.GuildThreadCreateEvent, rest.create_message_thread(here.general, message, "aside")
    )
    assert event.thread.id == thread.id and isinstance(thread, hikari.GuildPublicThread)
    await rest.add_thread_member(thread, here.bob)
    assert here.bob in [member.user_id for member in await rest.fetch_thread_members(thread)]
    await here.told(hikari.GuildThreadUpdateEvent, rest.edit_channel(thread, archived=True))
    assert [each.id async for each in rest.fetch_public_archived_threads(here.general)] == [thread.id]
    await here.told(hikari.GuildThreadDeleteEvent, rest.delete_channel(thread))


async def test_emojis_stickers_events_and_stages(here):
    rest = here.bot.rest
    emoji, event = await here.told(
        hikari.EmojisUpdateEvent, rest.create_emoji(here.guild, "night", hikari.Bytes(png(), "n.png"))
    )
    assert [each.id for each in event.emojis] == [emoji.id]
    assert [each.id for each in await rest.fetch_guild_emojis(here.guild)] == [emoji.id]
    await here.told(hikari.EmojisUpdateEvent, rest.delete_emoji(here.guild, emoji))
    image = hikari.Bytes(png(320, 320), "s.png")
    sticker, _ = await here.told(
        hikari.StickersUpdateEvent, rest.create_sticker(here.guild, "night", "🌃", image)
    )
    assert [each.id for each in await rest.fetch_guild_stickers(here.guild)] == [sticker.id]
    start = datetime.now(UTC) + timedelta(hours=1)
    plan = rest.create_external_event(here.guild, "picnic", "the park", start, start + timedelta(hours=1))
    planned, event = await here.told(hikari.ScheduledEventCreateEvent, plan)
    assert event.event.name == "picnic"
    assert [each.id for each in await rest.fetch_scheduled_events(here.guild)] == [planned.id]
    await here.told(hikari.ScheduledEventDeleteEvent, rest.delete_scheduled_event(here.guild, planned))
    channel = await rest.create_guild_stage_channel(here.guild, "stage")
    stage, event = await here.told(
        stage_events.StageInstanceCreateEvent, rest.create_stage_instance(channel, topic="questions")
    )
    assert event.stage_instance.topic == stage.topic == "questions"
    await here.told(stage_events.StageInstanceDeleteEvent, rest.delete_stage_instance(channel))
    await rest.delete_channel(channel)


async def test_voice_presence_and_typing(here):
    rest = here.bot.rest
    voice = await rest.create_guild_voice_channel(here.guild, "voice")
    me = here.bot.get_me()
    assert me is not None
    _, event = await here.told(
        hikari.VoiceStateUpdateEvent, here.bot.update_voice_state(here.guild, voice, self_mute=True)
    )
    assert (event.state.user_id, event.state.channel_id, event.state.is_self_muted) == (me.id, voice.id, True)
    await here.told(hikari.VoiceStateUpdateEvent, here.bot.update_voice_state(here.guild, None))
    _, event = await here.told(
        hikari.PresenceUpdateEvent,
        here.bot.update_presence(status=hikari.Status.IDLE, activity=hikari.Activity(name="chess")),
        lambda event: event.presence.visible_status is hikari.Status.IDLE,
    )  # fmt: skip
    assert event.presence.activities[0].name == "chess"
    typing = here.bench.say("bob", "POST", f"/channels/{here.general}/typing")
    _, event = await here.told(hikari.GuildTypingEvent, typing)
    assert event.user_id == here.bob


async def test_direct_messages(here):
    channel = await here.bot.rest.create_dm_channel(here.bob)
    await here.bot.rest.create_message(channel, "psst")
    path = f"/channels/{channel.id}/messages"
    _, event = await here.told(
        hikari.DMMessageCreateEvent, here.bench.say("bob", "POST", path, {"content": "yes?"}),
        lambda event: event.author_id == here.bob,
    )  # fmt: skip
    assert event.content == "yes?"


async def test_search(here):
    """A message is found when the index has come to it, which nobody waits for but a test."""
    rest = here.bot.rest
    said = await rest.create_message(here.general, "a needle in https://hay.example.com/stack")
    wanted = {
        "content": "need", "has": [hikari.MessageSearchHasType.LINK], "channels": [here.general],
        "link_hostnames": ["example.com"], "authors": [here.bot.get_me().id], "min_id": said.id - 1,
        "sort_by": hikari.MessageSearchSortMode.RELEVANCE,
    }  # fmt: skip
    while not (found := await rest.search_messages(here.guild, **wanted)).messages:
        await asyncio.sleep(0.2)
    assert [message.id for message in found.messages] == [said.id] and found.total_results == 1
    assert not (await rest.search_messages(here.guild, content="need", pinned=True)).messages


async def test_commands_are_registered_and_read_back(here):
    rest, me = here.bot.rest, here.bot.get_me()
    option = hikari.CommandOption(
        type=hikari.OptionType.INTEGER, name="dice", description="How many", is_required=True, min_value=1,
        choices=[hikari.CommandChoice(name="One", value=1, name_localizations={"de": "Eins"})],
        name_localizations={hikari.Locale.DE: "würfel"},
    )  # fmt: skip
    wanted = [
        rest.slash_command_builder("roll", "Roll dice").add_option(option)
        .set_default_member_permissions(hikari.Permissions.BAN_MEMBERS)
        .set_context_types([hikari.ApplicationContextType.GUILD]),
        rest.context_menu_command_builder(hikari.CommandType.USER, "High Five"),
        rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Pin it").set_is_nsfw(True),
    ]
    for guild in (hikari.UNDEFINED, here.guild):
        made = await rest.set_application_commands(me, wanted, guild=guild)
        assert [(command.type, command.name) for command in made] == [
            (hikari.CommandType.SLASH, "roll"), (hikari.CommandType.USER, "High Five"),
            (hikari.CommandType.MESSAGE, "Pin it"),
        ]  # fmt: skip
        roll = made[0]
        assert isinstance(roll, hikari.SlashCommand) and roll.options == [option]
        assert roll.default_member_permissions == hikari.Permissions.BAN_MEMBERS and made[2].is_nsfw
        again = await rest.set_application_commands(me, wanted, guild=guild)
        assert [(command.id, command.version) for command in again] == [
            (command.id, command.version) for command in made
        ]
        assert {command.id for command in await rest.fetch_application_commands(me, guild)} == {
            command.id for command in made
        }
        edited = await rest.edit_application_command(me, roll, guild, description="Roll them")
        assert (edited.id, edited.description, edited.version > roll.version) == (roll.id, "Roll them", True)
        assert (await rest.fetch_application_command(me, roll, guild)).description == "Roll them"
        echo = await rest.create_slash_command(me, "echo", "Say it again", guild=guild)
        assert echo.guild_id == (None if guild is hikari.UNDEFINED else here.guild)
        await rest.delete_application_command(me, echo, guild)
        with pytest.raises(hikari.NotFoundError):
            await rest.fetch_application_command(me, echo, guild)


async def test_interactions_are_read_and_answered(here):
    """A command that is completed, answered, and used for a message; a button, and a form."""
    rest, me = here.bot.rest, here.bot.get_me()
    string = hikari.OptionType.STRING
    text = hikari.CommandOption(type=string, name="text", description="-", autocomplete=True)
    ping = await rest.create_slash_command(me, "ping", "Answers", guild=here.guild, options=[text])
    quote = await rest.create_context_menu_command(me, hikari.CommandType.MESSAGE, "Quote", guild=here.guild)
    said = await rest.create_message(here.general, "hi")

    async def asked(kind: int, data: dict[str, Any], **body: Any) -> Any:
        """Have bob ask, and give what hikari makes of it."""
        body |= {"type": kind, "application_id": str(me.id), "channel_id": str(here.general), "data": data}
        doing = here.bench.say("bob", "POST", "/interactions", body)
        _, event = await here.told(hikari.InteractionCreateEvent, doing)
        return event.interaction

    option = {"type": 3, "name": "text", "value": "hello"}
    typed = await asked(4, {"id": str(ping.id), "options": [{**option, "focused": True}]})
    assert typed.options[0].is_focused and typed.user.username == "bob"
    await typed.create_response([hikari.impl.AutocompleteChoiceBuilder("Hello", "hello")])

    used = await asked(2, {"id": str(ping.id), "options": [option]})
    assert (used.command_name, used.options[0].value, used.guild_id) == ("ping", "hello", here.guild)
    row = rest.build_message_action_row()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "more", label="More")
    answer = hikari.ResponseType.MESSAGE_CREATE
    _, created = await here.told(
        hikari.GuildMessageCreateEvent, used.create_initial_response(answer, "pong", component=row)
    )
    message = created.message
    assert message.interaction_metadata.interaction_id == used.id
    assert (await used.fetch_initial_response()).id == message.id
    assert (await used.edit_initial_response("ping")).content == "ping"
    more = await used.execute("secret", flags=hikari.MessageFlag.EPHEMERAL)
    assert more.flags == hikari.MessageFlag.EPHEMERAL and (await used.fetch_message(more)).content == "secret"
    await used.delete_message(more)

    press = {"component_type": 2, "custom_id": "more"}
    pressed = await asked(3, press, message_id=str(message.id), message_flags=0)
    assert (pressed.custom_id, pressed.message.id) == ("more", message.id)
    await pressed.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
    assert (await pressed.edit_initial_response("pressed", component=None)).id == message.id

    chosen = await asked(2, {"id": str(quote.id), "target_id": str(said.id)})
    assert chosen.target_id == said.id and chosen.resolved.messages[said.id].content == "hi"
    field = rest.build_modal_action_row().add_text_input("name", "Name")
    await chosen.create_modal_response("Who are you?", "form", component=field)
    value = {"type": 4, "custom_id": "name", "value": "Bob"}
    sent = {"id": str(chosen.id), "custom_id": "form", "components": [{"type": 1, "components": [value]}]}
    form = await asked(5, sent)
    assert (form.custom_id, form.components[0][0].value) == ("form", "Bob")
    await form.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
    assert (await form.edit_initial_response("Hello, Bob.")).content == "Hello, Bob."
    await form.delete_initial_response()


async def test_what_a_guild_says_of_a_command_is_told_and_read(here):
    rest, me = here.bot.rest, here.bot.get_me()
    command = await rest.create_slash_command(me, "judge", "It is said who may", guild=here.guild)
    path = f"/applications/{me.id}/guilds/{here.guild}/commands/{command.id}/permissions"
    said = {"permissions": [{"id": str(here.bob), "type": 2, "permission": False}]}
    _, event = await here.told(
        application_events.ApplicationCommandPermissionsUpdateEvent,
        here.bench.say("ada", "PUT", path, said)
    )
    assert event.permissions.command_id == command.id
    read = await rest.fetch_application_command_permissions(me, here.guild, command)
    assert [(each.id, each.has_access) for each in read.permissions] == [(here.bob, False)]
    listed = await rest.fetch_application_guild_commands_permissions(me, here.guild)
    assert [each.command_id for each in listed] == [command.id]
    with pytest.raises(hikari.ForbiddenError):
        await rest.set_application_command_permissions(me, here.guild, command, read.permissions)
    await rest.delete_application_command(me, command, here.guild)


async def test_rules_of_automatic_moderation_are_made_told_and_executed(here):
    rest, build = here.bot.rest, hikari.impl
    kinds = [
        build.AutoModKeywordTriggerBuilder(keyword_filter=["grue"], regex_patterns=["gr+ue"], allow_list=[]),
        build.AutoModSpamTriggerBuilder(),
        build.AutoModKeywordPresetTriggerBuilder(
            presets=[hikari.AutoModKeywordPresetType.SLURS], allow_list=[]
        ),
        build.AutoModMentionSpamTriggerBuilder(mention_total_limit=5, mention_raid_protection_enabled=True),
    ]
    actions = [build.AutoModBlockMessageActionBuilder(custom_message="It is dark."),
               build.AutoModSendAlertMessageActionBuilder(channel_id=here.general)]  # fmt: skip
    rules = []
    for trigger in kinds:
        rule, event = await here.told(
            auto_mod_events.AutoModRuleCreateEvent,
            rest.create_auto_mod_rule(
                here.guild, name="darkness", event_type=hikari.AutoModEventType.MESSAGE_SEND, trigger=trigger,
                actions=actions, enabled=True, exempt_channels=[], exempt_roles=[], reason="night",
            ),
        )  # fmt: skip
        assert event.rule.id == rule.id and rule.trigger.type == trigger.type and rule.is_enabled
        rules.append(rule)
    assert [rule.id for rule in await rest.fetch_auto_mod_rules(here.guild)] == [rule.id for rule in rules]
    assert (await rest.fetch_auto_mod_rule(here.guild, rules[0])).name == "darkness"
    path, body = f"/channels/{here.general}/messages", {"content": "a grue"}
    status, event = await here.told(
        auto_mod_events.AutoModActionExecutionEvent, here.bench.status("bob", "POST", path, body),
        lambda event: event.action.type == hikari.AutoModActionType.SEND_ALERT_MESSAGE,
    )  # fmt: skip
    assert (status, event.rule_id, event.user_id, event.content) == (400, rules[0].id, here.bob, "a grue")
    assert (event.matched_keyword, event.channel_id, event.message_id) == ("grue", here.general, None)
    _, event = await here.told(
        auto_mod_events.AutoModRuleUpdateEvent,
        rest.edit_auto_mod_rule(here.guild, rules[0], name="night", enabled=False)
    )
    assert (event.rule.name, event.rule.is_enabled) == ("night", False)
    assert await rest.fetch_audit_log(here.guild)
    for rule in rules:
        await here.told(
            auto_mod_events.AutoModRuleDeleteEvent, rest.delete_auto_mod_rule(here.guild, rule)
        )
