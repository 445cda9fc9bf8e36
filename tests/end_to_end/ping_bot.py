"""An ordinary discord.py bot. Only its base address is changed; it knows nothing of chatd.

`python ping_bot.py URL TOKEN` answers "!ping" with "pong", and prints what it sees as JSON lines.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

url, token = sys.argv[1:]
Route.BASE = f"{url}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1))

client = discord.Client(intents=discord.Intents.all())


def saw(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


@client.event
async def on_ready() -> None:
    saw("ready", guilds=[guild.name for guild in client.guilds])


@client.event
async def on_resumed() -> None:
    saw("resumed")


@client.event
async def on_message(message: discord.Message) -> None:
    saw("message", id=str(message.id), author=message.author.name, content=message.content)
    if message.content.startswith("!ping"):
        await message.channel.send(message.content.replace("!ping", "pong"))


@client.event
async def on_message_edit(before: discord.Message, after: discord.Message) -> None:
    saw("edit", id=str(after.id), before=before.content, after=after.content)


@client.event
async def on_message_delete(message: discord.Message) -> None:
    saw("delete", id=str(message.id), content=message.content)


@client.event
async def on_typing(channel: Any, user: Any, when: Any) -> None:
    saw("typing", user=user.name)


@client.event
async def on_member_join(member: discord.Member) -> None:
    saw("join", user=member.name)


@client.event
async def on_presence_update(before: discord.Member, after: discord.Member) -> None:
    saw("presence", user=after.name, status=str(after.status))


client.run(token, log_handler=None)
