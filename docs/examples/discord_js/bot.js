// A small bot: answers !ping, and cheers for who says thanks.

import { Client, Events, GatewayIntentBits } from "discord.js";

export function makeBot(options = {}) {
  const { Guilds, GuildMessages, GuildMessageReactions, MessageContent } = GatewayIntentBits;
  const client = new Client({
    intents: [Guilds, GuildMessages, GuildMessageReactions, MessageContent],
    ...options,
  });
  client.on(Events.MessageCreate, async (message) => {
    if (message.author.bot) return;
    if (message.content === "!ping") await message.reply("pong");
    if (/thanks/i.test(message.content)) await message.react("🎉");
  });
  return client;
}

if (process.argv[1] === import.meta.filename) await makeBot().login(process.env.DISCORD_TOKEN);
