"""A small bot: answers !ping, cheers for who says thanks, and keeps notes."""

import os

import discord
from discord import app_commands
from discord.ext import commands

intents = discord.Intents.default() | discord.Intents(message_content=True)
bot = commands.Bot(command_prefix="!", intents=intents)
notes: dict[int, list[str]] = {}


@bot.event
async def setup_hook() -> None:
    await bot.tree.sync()


@bot.command()
async def ping(ctx: commands.Context) -> None:
    await ctx.reply("pong")


@bot.listen()
async def on_message(message: discord.Message) -> None:
    if "thanks" in message.content.lower() and not message.author.bot:
        await message.add_reaction("🎉")


@bot.tree.command(description="Keep a note")
async def note(interaction: discord.Interaction, text: str) -> None:
    kept = notes.setdefault(interaction.user.id, [])
    kept.append(text)
    await interaction.response.send_message(f"Kept. {len(kept)} in all.", ephemeral=True)


@bot.tree.command(description="Show a note")
async def show(interaction: discord.Interaction, text: str) -> None:
    is_kept = text in notes.get(interaction.user.id, [])
    await interaction.response.send_message(text if is_kept else "No such.")


@show.autocomplete("text")
async def notes_like(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    found = [each for each in notes.get(interaction.user.id, []) if typed.lower() in each.lower()]
    return [app_commands.Choice(name=each, value=each) for each in found[:25]]


@bot.tree.command(description="Forget all notes")
async def forget(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Forget all of them?", view=Sure())


class Sure(discord.ui.View):
    @discord.ui.button(label="Forget", style=discord.ButtonStyle.danger)
    async def forget(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        notes.pop(interaction.user.id, None)
        await interaction.response.edit_message(content="Forgotten.", view=None)


if __name__ == "__main__":
    bot.run(os.environ["DISCORD_TOKEN"])
