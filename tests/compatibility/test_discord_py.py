"""discord.py over the breadth of the API: what its user does happens, and comes back as an event."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, NamedTuple

import aiohttp
import discord
import pytest
from discord import app_commands

from tests.compatibility.bots import Bench, bench, folder_for_a_server, pointed_at, ready, told
from tests.pictures import png
from tests.sounds import mp3

TEST_SECONDS_MAX = 90.0


class Here(NamedTuple):
    bench: Bench
    bot: Any  # a discord.Client with every intent, an administrator of the guild

    @property
    def guild(self) -> discord.Guild:
        guild = self.bot.get_guild(self.bench.guild_id)
        assert guild is not None
        return guild

    @property
    def general(self) -> discord.TextChannel:
        return next(channel for channel in self.guild.text_channels if channel.name == "general")

    @property
    def bob(self) -> discord.Member:
        member = self.guild.get_member(self.bench.ids["bob"])
        assert member is not None
        return member


@pytest.fixture(scope="module")
def here(runner: asyncio.Runner) -> Iterator[Here]:
    with folder_for_a_server() as data:
        stack = AsyncExitStack()

        async def begin() -> Here:
            place = await stack.enter_async_context(bench(data))
            stack.enter_context(pointed_at(place.server.url))
            token = await place.bot_token("robo", administrator=True)
            client = discord.Client(intents=discord.Intents.all())
            return Here(place, await stack.enter_async_context(ready(client, token)))

        yield runner.run(begin())
        runner.run(stack.aclose())


# ── guild, channels, roles ──


async def test_the_guild_is_edited(here):
    _, (before, after) = await told(
        here.bot, "guild_update",
        here.guild.edit(name="Home", description="ours", icon=png(), reason="a fresh start"),
    )  # fmt: skip
    assert (before.name != "Home", after.name, after.description) == (True, "Home", "ours")
    fetched = await here.bot.fetch_guild(here.guild.id, with_counts=True)
    assert fetched.name == "Home" and fetched.icon is not None and fetched.approximate_member_count >= 3
    assert await fetched.icon.read() == png()


@pytest.mark.parametrize(
    "make, kind",
    [("create_text_channel", discord.TextChannel), ("create_voice_channel", discord.VoiceChannel),
     ("create_category", discord.CategoryChannel), ("create_forum", discord.ForumChannel)],
)  # fmt: skip
async def test_channels_come_change_and_go(here, make, kind):
    channel, heard = await told(here.bot, "guild_channel_create", getattr(here.guild, make)("one"))
    assert isinstance(channel, kind) and heard == channel
    _, (before, after) = await told(here.bot, "guild_channel_update", channel.edit(name="two"))
    assert (before.name, after.name) == ("one", "two")
    _, gone = await told(here.bot, "guild_channel_delete", channel.delete())
    assert gone == channel


async def test_a_channel_is_moved_and_its_settings_kept(here):
    category = await here.guild.create_category("rooms")
    channel = await here.guild.create_text_channel("a", topic="t", slowmode_delay=10, nsfw=True)
    _, (_, after) = await told(here.bot, "guild_channel_update", channel.edit(category=category))
    assert (after.category, after.topic, after.slowmode_delay, after.nsfw) == (category, "t", 10, True)
    await channel.delete()
    await category.delete()


async def test_a_role_is_made_given_taken_and_deleted(here):
    permissions = discord.Permissions(manage_messages=True)
    role, heard = await told(
        here.bot, "guild_role_create",
        here.guild.create_role(name="crew", permissions=permissions, colour=discord.Colour.red(), hoist=True),
    )  # fmt: skip
    assert heard == role and role.permissions == permissions and role.hoist
    _, (_, after) = await told(here.bot, "guild_role_update", role.edit(name="hands", mentionable=True))
    assert (after.name, after.mentionable) == ("hands", True)
    _, (_, member) = await told(here.bot, "member_update", here.bob.add_roles(role, reason="welcome"))
    assert role in member.roles
    _, (_, member) = await told(here.bot, "member_update", here.bob.remove_roles(role))
    assert role not in member.roles
    _, gone = await told(here.bot, "guild_role_delete", role.delete())
    assert gone == role


async def test_an_overwrite_hides_a_channel_from_a_member(here):
    channel = await here.guild.create_text_channel("secret")
    assert channel.permissions_for(here.bob).view_channel
    _, (_, after) = await told(
        here.bot, "guild_channel_update", channel.set_permissions(here.bob, view_channel=False)
    )
    assert not after.permissions_for(here.bob).view_channel
    assert await here.bench.status("bob", "GET", f"/channels/{channel.id}") == 404
    await channel.delete()


# ── members ──


async def test_members_are_found_in_every_way(here):
    assert {member.name async for member in here.guild.fetch_members()} >= {"ada", "bob", "robo"}
    assert [member.name for member in await here.guild.query_members("bo", limit=5)] == ["bob"]
    assert [m.id for m in await here.guild.query_members(user_ids=[here.bob.id], presences=True)] == [
        here.bob.id
    ]
    assert (await here.guild.fetch_member(here.bob.id)).name == "bob"


async def test_a_member_is_renamed_and_sent_to_the_corner(here):
    _, (_, after) = await told(here.bot, "member_update", here.bob.edit(nick="Bobby"))
    assert after.nick == "Bobby"
    _, (_, after) = await told(here.bot, "member_update", here.bob.timeout(timedelta(minutes=5)))
    assert after.is_timed_out()
    _, (_, after) = await told(here.bot, "member_update", here.bob.timeout(None))
    assert not after.is_timed_out()


async def test_a_member_is_kicked_banned_and_pardoned(here):
    user_id, joined = await told(
        here.bot, "member_join", here.bench.sign_up("eve"), lambda m: m.name == "eve"
    )
    assert joined.id == user_id
    _, gone = await told(here.bot, "member_remove", joined.kick(reason="too loud"))
    assert gone.id == user_id
    _, (guild, user) = await told(
        here.bot, "member_ban", here.guild.ban(discord.Object(user_id), reason="spam")
    )
    assert (guild.id, user.id) == (here.guild.id, user_id)
    assert [(ban.user.id, ban.reason) async for ban in here.guild.bans()] == [(user_id, "spam")]
    assert (await here.guild.fetch_ban(discord.Object(user_id))).reason == "spam"
    await told(here.bot, "member_unban", here.guild.unban(discord.Object(user_id)))
    done = await here.guild.bulk_ban([discord.Object(user_id)])
    assert [user.id for user in done.banned] == [user_id]
    actions = [entry.action async for entry in here.guild.audit_logs(limit=8)]
    # What the banned have said is deleted by and by, and noted when that is done.
    others = [action for action in actions if action != discord.AuditLogAction.message_delete]
    assert others[1:4] == [
        discord.AuditLogAction.unban,
        discord.AuditLogAction.ban,
        discord.AuditLogAction.kick,
    ]


async def test_a_bot_comes_and_is_sent_away(here):
    coming = here.bench.bot_token("guest", administrator=False)
    _, integration = await told(here.bot, "integration_create", coming)
    assert (integration.name, integration.type) == ("guest", "discord")
    assert integration.id in [each.id for each in await here.guild.integrations()]
    _, gone = await told(here.bot, "raw_integration_delete", integration.delete())
    assert gone.integration_id == integration.id


async def test_an_invite_is_made_looked_at_and_withdrawn(here):
    invite, heard = await told(here.bot, "invite_create", here.general.create_invite(max_age=60, max_uses=3))
    assert heard.code == invite.code and invite.max_uses == 3
    assert (await here.bot.fetch_invite(invite.code)).guild.id == here.guild.id
    assert invite.code in [each.code for each in await here.guild.invites()]
    _, gone = await told(here.bot, "invite_delete", invite.delete())
    assert gone.code == invite.code


async def test_every_audit_entry_arrives(here):
    role, entry = await told(
        here.bot, "audit_log_entry_create", here.guild.create_role(name="seen", reason="because")
    )
    assert (entry.action, entry.target, entry.reason) == (discord.AuditLogAction.role_create, role, "because")
    assert entry.user == here.bot.user
    await role.delete()


# ── messages ──


async def test_messages_are_sent_answered_edited_and_deleted(here):
    embed = discord.Embed(title="t", description="d").add_field(name="n", value="v")
    sent, heard = await told(here.bot, "message", here.general.send("hello", embed=embed))
    assert heard == sent and heard.embeds[0].fields[0].value == "v"
    reply, heard = await told(here.bot, "message", sent.reply("indeed", mention_author=False))
    assert heard.reference.message_id == sent.id and heard.reference.resolved == sent
    assert reply.type is discord.MessageType.reply
    _, (before, after) = await told(here.bot, "message_edit", reply.edit(content="quite"))
    assert (before.content, after.content) == ("indeed", "quite") and after.edited_at is not None
    _, gone = await told(here.bot, "message_delete", reply.delete())
    assert gone == reply
    forwarded = await sent.forward(here.general)
    assert forwarded.message_snapshots[0].content == "hello"


async def test_history_is_read_both_ways_and_purged_at_once(here):
    channel = await here.guild.create_text_channel("past")
    sent = [await channel.send(str(number)) for number in range(7)]
    assert [m.id async for m in channel.history(limit=3)] == [m.id for m in sent[:-4:-1]]
    assert [m.id async for m in channel.history(after=sent[1])] == [m.id for m in sent[2:]]
    around = [m.id async for m in channel.history(around=sent[3], limit=3)]
    assert sorted(around) == [m.id for m in sent[2:5]]
    doomed, gone = await told(here.bot, "bulk_message_delete", channel.purge(limit=5))
    assert {m.id for m in gone} == {m.id for m in doomed} == {m.id for m in sent[2:]}
    await channel.delete()


async def test_a_message_is_pinned(here):
    sent = await here.general.send("important")
    _, notice = await told(here.bot, "message", sent.pin(), lambda m: m.type is discord.MessageType.pins_add)
    assert notice.reference.message_id == sent.id
    assert sent.id in [m.id async for m in here.general.pins()]
    await told(here.bot, "guild_channel_pins_update", sent.unpin())
    assert sent.id not in [m.id async for m in here.general.pins()]


async def test_reactions_come_and_go(here):
    sent = await here.general.send("what do you think?")
    _, (reaction, user) = await told(here.bot, "reaction_add", sent.add_reaction("👍"))
    assert (str(reaction.emoji), user.id) == ("👍", here.bot.user.id)
    path = f"/channels/{sent.channel.id}/messages/{sent.id}/reactions/%F0%9F%91%8D/@me"
    await told(here.bot, "reaction_add", here.bench.say("bob", "PUT", path))
    fetched = await here.general.fetch_message(sent.id)
    (reaction,) = fetched.reactions
    assert reaction.count == 2 and reaction.me
    assert {user.name async for user in reaction.users()} == {"robo", "bob"}
    await told(here.bot, "reaction_remove", fetched.remove_reaction("👍", here.bob))
    await told(here.bot, "reaction_clear_emoji", fetched.clear_reaction("👍"))
    await sent.add_reaction("🎉")
    await told(here.bot, "reaction_clear", sent.clear_reactions())


async def test_files_are_sent_described_kept_and_dropped(here):
    files = [discord.File(io.BytesIO(png()), "a.png", description="black"),
             discord.File(io.BytesIO(b"words"), "b.txt", spoiler=True)]  # fmt: skip
    sent = await here.general.send("two", files=files)
    picture, text = sent.attachments
    assert (picture.filename, picture.description, picture.width, picture.height) == (
        "a.png",
        "black",
        2,
        1,
    )
    assert text.is_spoiler() and await picture.read() == png() and await text.read() == b"words"
    edited = await sent.edit(attachments=[text])
    assert [each.id for each in edited.attachments] == [text.id]


async def test_a_poll_is_held(here):
    poll = discord.Poll("again?", timedelta(hours=1))
    poll.add_answer(text="yes", emoji="👍").add_answer(text="no")
    sent = await here.general.send(poll=poll)
    path = f"/channels/{sent.channel.id}/polls/{sent.id}/answers/1/votes/@me"
    _, (voter, answer) = await told(here.bot, "poll_vote_add", here.bench.say("bob", "PUT", path))
    assert (voter.id, answer.text) == (here.bob.id, "yes")
    fetched = await here.general.fetch_message(sent.id)
    assert [user.id async for user in fetched.poll.answers[0].voters()] == [here.bob.id]
    ended = await fetched.poll.end()
    assert ended.is_finalised()


async def test_typing_is_seen(here):
    _, (channel, user, _) = await told(
        here.bot, "typing", here.bench.say("bob", "POST", f"/channels/{here.general.id}/typing")
    )
    assert (channel, user.id) == (here.general, here.bob.id)


async def test_a_direct_message_goes_both_ways(here):
    sent = await here.bob.send("psst")
    assert isinstance(sent.channel, discord.DMChannel) and sent.channel.recipient.id == here.bob.id
    path = f"/channels/{sent.channel.id}/messages"
    _, heard = await told(here.bot, "message", here.bench.say("bob", "POST", path, {"content": "yes?"}))
    assert heard.content == "yes?" and heard.guild is None


async def test_news_is_published(here):
    news = await here.guild.create_text_channel("news", news=True)
    sent = await news.send("extra")
    await news.follow(destination=here.general, reason="we want to know")
    _, copy = await told(
        here.bot, "message", sent.publish(), lambda m: m.channel == here.general and m.content
    )
    assert copy.content == "extra" and copy.flags.is_crossposted
    await news.delete()


# ── threads ──


async def test_a_thread_lives_from_its_message_to_its_end(here):
    sent = await here.general.send("a subject")
    thread, heard = await told(here.bot, "thread_create", sent.create_thread(name="aside"))
    assert heard == thread and thread.id == sent.id and thread.parent == here.general
    await thread.send("inside")
    await told(here.bot, "thread_member_join", thread.add_user(here.bob))
    assert {member.id for member in await thread.fetch_members()} == {here.bot.user.id, here.bob.id}
    await told(here.bot, "thread_member_remove", thread.remove_user(here.bob))
    _, (_, after) = await told(here.bot, "thread_update", thread.edit(archived=True, locked=True))
    assert after.archived and after.locked
    assert thread.id in [each.id async for each in here.general.archived_threads()]
    # discord.py forgets a thread that is archived, and has only the raw event for it.
    _, gone = await told(here.bot, "raw_thread_delete", thread.delete())
    assert gone.thread_id == thread.id and gone.parent_id == here.general.id


async def test_private_threads_and_forum_posts(here):
    private = await here.general.create_thread(name="quiet", type=discord.ChannelType.private_thread)
    assert private.is_private()
    await private.edit(archived=True)
    assert private.id in [each.id async for each in here.general.archived_threads(private=True)]
    forum = await here.guild.create_forum("help", available_tags=[discord.ForumTag(name="bug")])
    (tag,) = forum.available_tags
    made, heard = await told(
        here.bot, "thread_create", forum.create_thread(name="how?", content="like this?", applied_tags=[tag])
    )
    assert made.thread == heard and made.message.content == "like this?" and made.thread.applied_tags == [tag]
    assert made.thread.id in [each.id for each in await here.guild.active_threads()]
    await forum.delete()


# ── expressions, events, stages ──


async def test_an_emoji_is_made_used_and_deleted(here):
    emoji, (_, _, after) = await told(
        here.bot, "guild_emojis_update", here.guild.create_custom_emoji(name="night", image=png())
    )
    assert [each.id for each in after] == [emoji.id] and await emoji.read() == png()
    sent = await here.general.send(f"so {emoji}")
    _, (reaction, _) = await told(here.bot, "reaction_add", sent.add_reaction(emoji))
    assert reaction.emoji == emoji
    await told(here.bot, "guild_emojis_update", emoji.edit(name="noir"))
    await told(here.bot, "guild_emojis_update", emoji.delete())


async def test_a_sticker_is_made_sent_and_deleted(here):
    file = discord.File(io.BytesIO(png(320, 320)), "s.png")
    sticker, (_, _, after) = await told(
        here.bot, "guild_stickers_update",
        here.guild.create_sticker(name="night", description="all of it", emoji="🌃", file=file),
    )  # fmt: skip
    assert [each.id for each in after] == [sticker.id]
    sent = await here.general.send(stickers=[sticker])
    assert [item.id for item in sent.stickers] == [sticker.id]
    await told(here.bot, "guild_stickers_update", sticker.delete())


async def test_an_event_is_planned_joined_and_called_off(here):
    start = discord.utils.utcnow() + timedelta(hours=1)
    event, heard = await told(
        here.bot, "scheduled_event_create",
        here.guild.create_scheduled_event(
            name="picnic", start_time=start, end_time=start + timedelta(hours=1), location="the park",
            entity_type=discord.EntityType.external, privacy_level=discord.PrivacyLevel.guild_only,
        ),
    )  # fmt: skip
    assert heard == event and event.location == "the park"
    path = f"/guilds/{here.guild.id}/scheduled-events/{event.id}/users/@me"
    await told(here.bot, "scheduled_event_user_add", here.bench.say("bob", "PUT", path))
    assert [user.id async for user in event.users()] == [here.bob.id]
    await told(here.bot, "scheduled_event_update", event.edit(description="bring cake"))
    await told(here.bot, "scheduled_event_delete", event.delete())


async def test_a_stage_is_opened_and_closed(here):
    stage = await here.guild.create_stage_channel("stage")
    instance, heard = await told(here.bot, "stage_instance_create", stage.create_instance(topic="questions"))
    assert heard == instance and instance.topic == "questions"
    await told(here.bot, "stage_instance_update", instance.edit(topic="answers"))
    await told(here.bot, "stage_instance_delete", instance.delete())
    await stage.delete()


async def test_a_sound_is_kept(here):
    sound, heard = await told(
        here.bot, "soundboard_sound_create", here.guild.create_soundboard_sound(name="tick", sound=mp3())
    )
    assert heard.id == sound.id
    assert [each.id for each in await here.guild.fetch_soundboard_sounds()] == [sound.id]
    await told(here.bot, "soundboard_sound_delete", sound.delete())


async def test_somebody_joins_a_voice_channel_and_leaves_it(here):
    voice = await here.guild.create_voice_channel("voice")
    _, (member, _, after) = await told(
        here.bot, "voice_state_update", here.guild.change_voice_state(channel=voice, self_mute=True)
    )
    assert (member.id, after.channel, after.self_mute) == (here.bot.user.id, voice, True)
    assert [each.id for each in voice.members] == [here.bot.user.id]
    _, (_, before, after) = await told(
        here.bot, "voice_state_update", here.guild.change_voice_state(channel=None)
    )
    assert before.channel == voice and after.channel is None
    await voice.delete()


# ── the gateway ──


async def test_a_presence_is_shown_to_others(here):
    activity = discord.Game("chess")
    token = await here.bench.bot_token("second", administrator=False)
    async with ready(discord.Client(intents=discord.Intents.all()), token) as second:
        _, (_, after) = await told(
            here.bot, "presence_update",
            second.change_presence(status=discord.Status.dnd, activity=activity),
            lambda _, after: after.id == second.user.id and after.status is discord.Status.dnd,
        )  # fmt: skip
        assert after.activity == activity


async def test_content_is_kept_from_who_did_not_ask_for_it(here):
    token = await here.bench.bot_token("blind", administrator=False)
    async with ready(discord.Client(intents=discord.Intents.default()), token) as blind:
        _, heard = await told(
            blind, "message", here.general.send("not for you", embed=discord.Embed(title="t"))
        )
        assert (heard.content, heard.embeds) == ("", [])
        _, heard = await told(blind, "message", here.general.send(f"{blind.user.mention} for you"))
        assert heard.content == f"{blind.user.mention} for you"


async def test_a_sharded_bot_gets_each_guild_once(here):
    token = await here.bench.bot_token("sharded", administrator=False)
    client = discord.AutoShardedClient(intents=discord.Intents.all(), shard_count=2)
    async with ready(client, token) as sharded:
        assert sorted(sharded.shards) == [0, 1]
        (guild,) = sharded.guilds
        assert guild.shard_id == (guild.id >> 22) % 2
        _, heard = await told(sharded, "message", here.general.send("once"))
        assert heard.content == "once"


# ── webhooks ──


async def test_a_webhook_is_made_posts_edits_and_goes(here):
    making = here.general.create_webhook(name="News", avatar=png())
    webhook, _ = await told(here.bot, "webhooks_update", making)
    assert webhook.channel == here.general and webhook.user.id == here.bot.user.id and webhook.token
    assert await webhook.avatar.read() == png()
    assert webhook in await here.general.webhooks() and webhook in await here.guild.webhooks()
    sent, heard = await told(
        here.bot, "message",
        webhook.send(
            "hello", username="Ticker", embeds=[discord.Embed(title="new")], wait=True,
            file=discord.File(io.BytesIO(png()), "news.png"), allowed_mentions=discord.AllowedMentions.none(),
        ),
        lambda message: message.webhook_id == webhook.id,
    )  # fmt: skip
    assert heard.id == sent.id and heard.author.name == sent.author.name == "Ticker"
    assert heard.author.bot and heard.author.id == webhook.id and not isinstance(heard.author, discord.Member)
    assert await sent.attachments[0].read() == png()
    _, (_, after) = await told(here.bot, "message_edit", sent.edit(content="better", attachments=[]))
    assert (after.content, after.attachments) == ("better", [])
    assert (await webhook.fetch_message(sent.id)).content == "better"
    _, gone = await told(here.bot, "message_delete", webhook.delete_message(sent.id))
    assert gone.id == sent.id
    renamed = await webhook.edit(name="Olds", avatar=None, reason="no news")
    assert (renamed.name, renamed.avatar) == ("Olds", None)
    entry = [entry async for entry in here.guild.audit_logs(action=discord.AuditLogAction.webhook_update)][0]
    assert (entry.reason, entry.target.id, entry.after.name) == ("no news", webhook.id, "Olds")
    await told(here.bot, "webhooks_update", webhook.delete())
    with pytest.raises(discord.NotFound):
        await webhook.send("anybody there?")


async def test_a_webhook_is_known_by_its_address_alone(here):
    made = await here.general.create_webhook(name="News")
    address = f"https://discord.com/api/webhooks/{made.id}/{made.token}"  # the only ones that it knows
    async with aiohttp.ClientSession() as session:
        webhook = await discord.Webhook.from_url(address, session=session).fetch()
        assert (webhook.name, webhook.guild_id, webhook.user) == ("News", here.guild.id, None)
        thread = await here.general.create_thread(name="aside", type=discord.ChannelType.public_thread)
        sent = await webhook.send("psst", thread=thread, wait=True)
        assert (await thread.fetch_message(sent.id)).content == "psst"
        assert (await webhook.edit_message(sent.id, content="hush", thread=thread)).content == "hush"
        forum = await here.guild.create_forum("ideas")
        there = await forum.create_webhook(name="Ideas")
        by_address = discord.Webhook.partial(there.id, there.token, session=session)
        post = await by_address.send("fly", thread_name="wings", wait=True)
        assert (await here.bot.fetch_channel(post.channel.id)).name == "wings"
        await webhook.delete()
    await thread.delete()
    await forum.delete()


# ── commands ──


class Rolls(app_commands.Group):
    """A group with a sub command in a group, and one beside it."""

    inner = app_commands.Group(name="many", description="Several")

    @inner.command(name="dice")
    @app_commands.describe(sides="Of each", loaded="Whether it falls as it should")
    @app_commands.choices(sides=[app_commands.Choice(name="Six", value=6)])
    async def dice(
        self, interaction: discord.Interaction, sides: int, loaded: bool | None = None
    ) -> None:
        """Roll some."""

    @app_commands.command(name="coin")
    async def coin(
        self, interaction: discord.Interaction, odds: app_commands.Range[float, 0, 1],
        room: discord.TextChannel | None = None, proof: discord.Attachment | None = None,
    ) -> None:
        """Toss one."""


@app_commands.context_menu(name="High Five")
async def high_five(interaction: discord.Interaction, member: discord.Member) -> None:
    """Chosen for somebody."""


@app_commands.context_menu(name="Pin it")
async def pin_it(interaction: discord.Interaction, message: discord.Message) -> None:
    """Chosen for a message."""


@pytest.fixture(scope="module")
def tree(here):
    """The one that a client has; each test leaves it empty."""
    return app_commands.CommandTree(here.bot)


async def test_a_tree_of_commands_is_synced_and_fetched(here, tree):
    rolls = Rolls(
        name="roll", description="Roll", default_permissions=discord.Permissions(ban_members=True), nsfw=True,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )  # fmt: skip
    for guild in (None, here.guild):
        for command in (rolls, high_five, pin_it):
            tree.add_command(command, guild=guild)
        synced = await tree.sync(guild=guild)
        assert [command.name for command in synced] == ["roll", "High Five", "Pin it"]
        roll = synced[0]
        assert roll.default_member_permissions == discord.Permissions(ban_members=True) and roll.nsfw
        many, coin = roll.options
        assert (many.type, coin.type) == (
            discord.AppCommandOptionType.subcommand_group, discord.AppCommandOptionType.subcommand,
        )  # fmt: skip
        (dice,) = many.options
        assert [(each.name, each.required) for each in dice.options] == [("sides", True), ("loaded", False)]
        assert dice.options[0].choices == [app_commands.Choice(name="Six", value=6)]
        assert (coin.options[0].min_value, coin.options[0].max_value) == (0, 1)
        assert coin.options[1].channel_types == [discord.ChannelType.text, discord.ChannelType.news]
        assert [each.id for each in await tree.sync(guild=guild)] == [each.id for each in synced]
        fetched = await tree.fetch_commands(guild=guild)
        assert {each.id for each in fetched} == {each.id for each in synced}
        edited = await roll.edit(description="Roll them", options=[])
        assert (edited.id, edited.description, edited.options) == (roll.id, "Roll them", [])
        await edited.delete()
        with pytest.raises(discord.NotFound):
            await tree.fetch_command(roll.id, guild=guild)
        tree.clear_commands(guild=guild)
        assert await tree.sync(guild=guild) == []


async def test_a_tree_that_is_refused_says_where(tree):
    @tree.command(name="good", description="x" * 100)
    async def good(interaction: discord.Interaction, word: str) -> None:
        pass

    good._params["word"].description = "x" * 101
    with pytest.raises(app_commands.CommandSyncFailure) as refusal:
        await tree.sync()
    assert "word" in str(refusal.value) and "100 or fewer" in str(refusal.value)
    assert await tree.fetch_commands() == []
    tree.clear_commands(guild=None)


async def test_what_a_guild_says_of_a_command_is_told_read_and_logged(here, tree):
    @tree.command(name="judge", description="It is said who may", guild=here.guild)
    async def judge(interaction: discord.Interaction) -> None:
        pass

    (command,) = await tree.sync(guild=here.guild)
    with pytest.raises(discord.NotFound):
        await command.fetch_permissions(here.guild)
    path = f"/applications/{here.bot.user.id}/guilds/{here.guild.id}/commands/{command.id}/permissions"
    said = {"permissions": [
        {"id": str(here.bob.id), "type": 2, "permission": False},
        {"id": str(here.guild.id - 1), "type": 3, "permission": True},
    ]}  # fmt: skip
    _, event = await told(
        here.bot, "raw_app_command_permissions_update", here.bench.say("ada", "PUT", path, said)
    )
    assert (event.target_id, event.guild) == (command.id, here.guild)
    read = await command.fetch_permissions(here.guild)
    assert [each.permission for each in read.permissions] == [False, True]
    assert read.permissions[0].target == here.bob
    assert isinstance(read.permissions[1].target, app_commands.AllChannels)
    action = discord.AuditLogAction.app_command_permission_update
    entry = [entry async for entry in here.guild.audit_logs(action=action)][0]
    assert entry.target.id == command.id and len(entry.after.app_command_permissions) == 2
    tree.clear_commands(guild=here.guild)
    await tree.sync(guild=here.guild)


# ── automatic moderation ──


async def test_rules_are_made_changed_and_deleted(here):
    trigger = discord.AutoModTrigger(
        keyword_filter=["grue*"], regex_patterns=["(?i)gr+ue"], allow_list=["gruel"]
    )
    actions = [
        discord.AutoModRuleAction(custom_message="It is dark."),
        discord.AutoModRuleAction(channel_id=here.general.id),
        discord.AutoModRuleAction(duration=timedelta(minutes=1)),
    ]
    rule, heard = await told(
        here.bot, "automod_rule_create",
        here.guild.create_automod_rule(
            name="darkness", event_type=discord.AutoModRuleEventType.message_send, trigger=trigger,
            actions=actions, enabled=True, exempt_channels=[here.general], reason="a torch is needed",
        ),
    )  # fmt: skip
    assert heard.id == rule.id and rule.exempt_channels == [here.general] and rule.creator == here.guild.me
    assert [action.type for action in rule.actions] == [action.type for action in actions]
    assert rule.trigger.keyword_filter == ["grue*"] and rule.actions[2].duration == timedelta(minutes=1)
    _, after = await told(here.bot, "automod_rule_update", rule.edit(name="night", exempt_channels=[]))
    assert (after.name, after.exempt_channels) == ("night", [])
    assert (await here.guild.fetch_automod_rule(rule.id)).name == "night"
    assert [each.id for each in await here.guild.fetch_automod_rules()] == [rule.id]
    action = discord.AuditLogAction.automod_rule_create
    entry = [each async for each in here.guild.audit_logs(action=action)][0]
    assert entry.reason == "a torch is needed" and entry.target.id == rule.id
    await told(here.bot, "automod_rule_delete", rule.delete())
    for trigger in (
        discord.AutoModTrigger(type=discord.AutoModRuleTriggerType.spam),
        discord.AutoModTrigger(presets=discord.AutoModPresets.all()),
        discord.AutoModTrigger(mention_limit=5, mention_raid_protection=True),
    ):
        rule = await here.guild.create_automod_rule(
            name="one of each", event_type=discord.AutoModRuleEventType.message_send, trigger=trigger,
            actions=actions[:1],
        )  # fmt: skip
        assert rule.trigger.to_metadata_dict() == trigger.to_metadata_dict()
        await rule.delete()


async def test_what_a_rule_does_is_told_and_logged(here):
    rule = await here.guild.create_automod_rule(
        name="darkness", event_type=discord.AutoModRuleEventType.message_send, enabled=True,
        trigger=discord.AutoModTrigger(keyword_filter=["grue"]),
        actions=[
            discord.AutoModRuleAction(custom_message="It is dark."),
            discord.AutoModRuleAction(channel_id=here.general.id),
        ],
    )  # fmt: skip
    path, body = f"/channels/{here.general.id}/messages", {"content": "a Grue"}
    status, alert = await told(
        here.bot, "message", here.bench.status("bob", "POST", path, body),
        lambda message: message.type is discord.MessageType.auto_moderation_action,
    )  # fmt: skip
    assert status == 400 and alert.author == here.bob and alert.embeds[0].description == "a Grue"
    status, execution = await told(
        here.bot, "automod_action", here.bench.status("bob", "POST", path, body),
        lambda execution: execution.action.type is discord.AutoModRuleActionType.send_alert_message,
    )  # fmt: skip
    assert (status, execution.rule_id, execution.member) == (400, rule.id, here.bob)
    assert execution.content == "a Grue"
    assert (execution.matched_keyword, execution.matched_content) == ("grue", "Grue")
    assert execution.alert_system_message_id is not None and execution.message_id is None
    action = discord.AuditLogAction.automod_block_message
    entry = [each async for each in here.guild.audit_logs(action=action)][0]
    assert (entry.user, entry.target) == (here.bob, here.bob)
    assert (entry.extra.automod_rule_name, entry.extra.channel) == ("darkness", here.general)
    await here.general.send("bots may speak of a grue")
    await rule.delete()
    assert await here.bench.status("bob", "POST", path, body) == 200
