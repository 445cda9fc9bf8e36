"""The groups that discord.py and its descendants go through alike; each program adds the others."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from driver import WAIT_S, same, told


@asynccontextmanager
async def running(client: Any, bench: Any, chat: Any) -> AsyncIterator[Any]:
    """The client once it is ready; closed at the end."""
    is_ready = asyncio.Event()

    @client.event
    async def on_ready() -> None:
        is_ready.set()

    async with client:
        run = asyncio.create_task(client.start(bench.token))
        waiting = asyncio.create_task(is_ready.wait())
        await asyncio.wait({run, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if run.done():
            run.result()
        client.chat_guild = client.get_guild(int(chat.guild.id))
        client.general = client.get_channel(int(chat.channel.id))
        yield client


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
    pins = [getattr(pin, "message", pin) async for pin in bot.general.pins()]
    same([pin.id for pin in pins], [answer.id])
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


class Channel(dict[str, Any]):
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
    await ada.say("I see", channel=Channel(secret.id))
    await told(of("guild_role_update", bot), role.edit(name="moderators", permissions=discord.Permissions()))
    await guild.edit_role_positions({role: 1})
    await told(of("guild_role_delete", bot), role.delete())


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


ALIKE = [connect, compress, resume, members, messages, files, reactions, roles_and_overwrites, webhooks,
         rate_limits]  # fmt: skip
