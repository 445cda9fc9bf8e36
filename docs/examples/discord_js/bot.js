// A small bot: answers !ping, cheers for who says thanks, and counts what is counted by /count and its button.

import {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, SlashCommandBuilder,
} from "discord.js";

const commands = [new SlashCommandBuilder().setName("count").setDescription("Begin to count")];
const more = new ActionRowBuilder().addComponents(
  new ButtonBuilder().setCustomId("more").setLabel("One more").setStyle(ButtonStyle.Primary),
);

export function makeBot(options = {}) {
  const { Guilds, GuildMessages, GuildMessageReactions, MessageContent } = GatewayIntentBits;
  const client = new Client({
    intents: [Guilds, GuildMessages, GuildMessageReactions, MessageContent],
    ...options,
  });
  client.on(Events.ClientReady, () => client.application.commands.set(commands));
  client.on(Events.MessageCreate, async (message) => {
    if (message.author.bot) return;
    if (message.content === "!ping") await message.reply("pong");
    if (/thanks/i.test(message.content)) await message.react("🎉");
  });
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply({ content: "1", components: [more] });
    if (interaction.isButton()) await interaction.update(String(Number(interaction.message.content) + 1));
  });
  return client;
}

if (process.argv[1] === import.meta.filename) await makeBot().login(process.env.DISCORD_TOKEN);
