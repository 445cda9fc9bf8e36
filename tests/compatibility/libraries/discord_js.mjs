// discord.js through the groups of the matrix. See driver.mjs.

import {
  ActionRowBuilder, ActivityType, ApplicationCommandOptionType, ApplicationCommandType, AttachmentBuilder,
  AuditLogEvent, ButtonBuilder, ButtonStyle, ChannelType, Client, Colors, ContainerBuilder,
  EmbedBuilder, Events, GatewayIntentBits, LabelBuilder, MessageFlags, ModalBuilder, Partials,
  PermissionFlagsBits, PermissionsBitField, StringSelectMenuBuilder, TextDisplayBuilder, TextInputBuilder,
  TextInputStyle, UserSelectMenuBuilder, version,
} from "discord.js";

import { blocked, holds, main, next, same, told, within } from "./driver.mjs";

const intents = Object.values(GatewayIntentBits).filter((bit) => typeof bit === "number");

async function connected(chat) {
  const bot = new Client({
    intents,
    partials: [Partials.Channel],
    // All that a bot changes to run here.
    rest: { api: `${chat.url}/api`, cdn: chat.url },
  });
  await within(20, Promise.all([next(bot, Events.ClientReady), bot.login(chat.token)]), "ready");
  bot.guild = bot.guilds.cache.get(chat.guild.id);
  bot.general = bot.channels.cache.get(chat.channel_id);
  return bot;
}

async function connect(bot, chat) {
  same(bot.user.id, chat.bot_id);
  same([bot.guild.name, bot.guild.channels.cache.map((channel) => channel.name).sort()],
    [chat.guild.name, ["general", "voice"]]);
  holds(bot.guild.members.me.permissions.has("Administrator"), "it is an administrator");
  bot.user.setPresence({ status: "idle", activities: [{ name: "chess", type: ActivityType.Playing }] });
  const shown = await chat.next("PRESENCE_UPDATE", { user: { id: chat.bot_id }, status: "idle" });
  same(shown.activities[0].name, "chess");
}

async function compress(bot, chat) {
  const { sessions } = await chat.ask("GET", `/bots/${chat.bot_id}`);
  same(sessions[0].form, "json zlib-stream");
  const ada = await chat.user("ada");
  for (let number = 0; number < 20; number++) {
    const content = `${number} ${"la ".repeat(500)}`;
    const [, [message]] = await told(next(bot, Events.MessageCreate), () => chat.as(ada, "say", { content }));
    same(message.content.split(" ")[0], String(number));
  }
}

async function resume(bot, chat) {
  const ada = await chat.user("ada");
  const heard = next(bot, Events.MessageCreate);
  await told(next(bot, Events.ShardResume), async () => {
    await chat.bot("drop");
    await chat.as(ada, "say", { content: "while you were away" });
  });
  same((await heard)[0].content, "while you were away");
  await told(next(bot, Events.ShardResume), () => chat.bot("reconnect"));
  await told(next(bot, Events.ShardReady), () => chat.bot("invalidate", { resumable: false }));
}

async function members(bot, chat) {
  const [ada, [member]] = await told(
    next(bot, Events.GuildMemberAdd), () => chat.user("ada", { display_name: "Ada" }),
  );
  same([member.id, member.displayName], [ada.id, "Ada"]);
  const [, [before, after]] = await told(
    next(bot, Events.GuildMemberUpdate), () => member.edit({ nick: "Countess" }),
  );
  same([before.nickname, after.nickname], [null, "Countess"]);
  same((await bot.guild.members.fetch({ query: "Count" })).map((found) => found.id), [member.id]);
  holds((await bot.guild.members.fetch()).has(ada.id), "all members are fetched");
  same((await bot.guild.members.list({ limit: 100 })).has(ada.id), true);
  const [, [, seen]] = await told(
    next(bot, Events.PresenceUpdate), () => chat.as(ada, "presence", { status: "dnd" }),
  );
  same(seen.status, "dnd");
}

async function messages(bot, chat) {
  const ada = await chat.user("ada");
  const content = `hello <@${chat.bot_id}>`;
  const [said, [heard]] = await told(next(bot, Events.MessageCreate), () => chat.as(ada, "say", { content }));
  holds(heard.mentions.has(bot.user), "it is mentioned");
  const embed = new EmbedBuilder().setTitle("Title").setColor(Colors.Blue).addFields({ name: "a", value: "b" });
  const answer = await heard.reply({ content: "hello yourself", embeds: [embed] });
  const shown = await chat.nextMessage();
  same([shown.message_reference.message_id, shown.embeds[0].fields[0].value], [said.id, "b"]);
  await answer.edit("changed");
  same((await chat.next("MESSAGE_UPDATE", { id: shown.id })).content, "changed");
  const path = `/channels/${chat.channel_id}/messages/${said.id}`;
  const [, [before, after]] = await told(
    next(bot, Events.MessageUpdate), () => chat.request(ada, "PATCH", path, { content: "hello all" }),
  );
  same([before.content, after.content], [content, "hello all"]);
  await answer.pin();
  same((await bot.general.messages.fetchPins()).items.map((pin) => pin.message.id), [answer.id]);
  const history = await bot.general.messages.fetch({ limit: 5 });
  same(history.filter((each) => each.content).map((each) => each.content), ["changed", "hello all"]);
  await bot.general.sendTyping();
  same((await chat.next("TYPING_START")).user_id, chat.bot_id);
  const [, [deleted]] = await told(next(bot, Events.MessageDelete), () => chat.request(ada, "DELETE", path));
  same(deleted.id, said.id);
  await answer.delete();
  await chat.next("MESSAGE_DELETE", { id: shown.id });
  const dm = await chat.request(ada, "POST", "/users/@me/channels", { recipient_id: chat.bot_id });
  const [, [direct]] = await told(
    next(bot, Events.MessageCreate), () => chat.as(ada, "say", { content: "psst", channel_id: dm.id }),
  );
  holds(direct.channel.isDMBased(), "it is a direct message");
  await direct.channel.send("yes?");
  await chat.nextMessage({ content: "yes?", channel_id: dm.id });
}

async function files(bot, chat) {
  const content = Buffer.alloc(100_000, "0123456789abcdef");
  const files = [
    new AttachmentBuilder(content, { name: "data.bin", description: "bytes" }),
    new AttachmentBuilder(Buffer.from("hello"), { name: "note.txt" }).setSpoiler(),
  ];
  const message = await bot.general.send({ content: "files", files });
  const [data, note] = message.attachments.values();
  same([data.name, data.size, data.description], ["data.bin", content.length, "bytes"]);
  holds(note.spoiler, "it is a spoiler");
  const read = async (file) => Buffer.from(await (await fetch(file.url)).arrayBuffer());
  same([(await read(data)).equals(content), (await read(note)).toString()], [true, "hello"]);
  const left = await message.edit({ attachments: [data] });
  same(left.attachments.map((each) => each.name), ["data.bin"]);
}

async function reactions(bot, chat) {
  const ada = await chat.user("ada");
  const message = await bot.general.send("react!");
  await message.react("👍");
  const on = { message_id: message.id, emoji: "👍" };
  same((await chat.next("MESSAGE_REACTION_ADD", { message_id: message.id })).emoji.name, "👍");
  const byAda = (_, user) => user.id === ada.id;
  const [, [reaction]] = await told(
    next(bot, Events.MessageReactionAdd, byAda), () => chat.as(ada, "react", on),
  );
  same([reaction.emoji.name, reaction.count], ["👍", 2]);
  same([...(await reaction.users.fetch()).keys()].sort(), [ada.id, chat.bot_id].sort());
  await told(next(bot, Events.MessageReactionRemove), () => chat.as(ada, "react", { ...on, remove: true }));
  await told(next(bot, Events.MessageReactionRemoveAll), () => message.reactions.removeAll());
}

async function threads(bot, chat) {
  const message = await bot.general.send("a long story");
  const [thread, [created]] = await told(
    next(bot, Events.ThreadCreate), () => message.startThread({ name: "the story" }),
  );
  same([thread.id, created.name], [created.id, "the story"]);
  const ada = await chat.user("ada");
  const [, [heard]] = await told(
    next(bot, Events.MessageCreate, (each) => each.author.id === ada.id),
    () => chat.as(ada, "say", { content: "go on", channel_id: thread.id }),
  );
  same(heard.channelId, thread.id);
  const [, [, after]] = await told(
    next(bot, Events.ThreadUpdate), () => thread.edit({ name: "told", archived: true }),
  );
  same([after.name, after.archived], ["told", true]);
  same([...(await bot.general.threads.fetchArchived()).threads.keys()], [thread.id]);
  const forum = await bot.guild.channels.create({
    name: "forum", type: ChannelType.GuildForum, availableTags: [{ name: "tag" }],
  });
  const appliedTags = [forum.availableTags[0].id];
  const post = await forum.threads.create({ name: "post", message: { content: "first" }, appliedTags });
  same([post.appliedTags, (await post.fetchStarterMessage()).content], [appliedTags, "first"]);
  await told(next(bot, Events.ThreadDelete), () => post.delete());
}

async function roles_and_overwrites(bot, chat) {
  const { guild } = bot;
  const role = await guild.roles.create({
    name: "mods", permissions: ["ManageMessages"], colors: { primaryColor: 0x112233 }, hoist: true,
  });
  const ada = await chat.user("ada");
  const member = await guild.members.fetch(ada.id);
  const [, [, after]] = await told(
    next(bot, Events.GuildMemberUpdate), () => member.roles.add(role, "trusted"),
  );
  holds(after.roles.cache.has(role.id) && after.permissions.has("ManageMessages"), "the role was given");
  const secret = await guild.channels.create({
    name: "secret", permissionOverwrites: [{ id: guild.id, deny: ["ViewChannel"] }],
  });
  holds(!secret.permissionsFor(member).has("ViewChannel"), "the channel is hidden");
  const [, [, shown]] = await told(
    next(bot, Events.ChannelUpdate), () => secret.permissionOverwrites.edit(role, { ViewChannel: true }),
  );
  holds(shown.permissionsFor(member).has("ViewChannel"), "the channel is shown");
  await chat.as(ada, "say", { content: "I see", channel_id: secret.id });
  await told(next(bot, Events.GuildRoleUpdate), () => role.edit({ name: "moderators", permissions: [] }));
  await role.setPosition(1);
  await told(next(bot, Events.GuildRoleDelete), () => role.delete());
}

async function moderation(bot, chat) {
  const { guild } = bot;
  const [ada, bob, eve] = [await chat.user("ada"), await chat.user("bob"), await chat.user("eve")];
  for (const number of [0, 1, 2]) await chat.as(ada, "say", { content: `spam ${number}` });
  await told(next(bot, Events.MessageBulkDelete), () => bot.general.bulkDelete(3));
  const member = await guild.members.fetch(ada.id);
  const [, [, after]] = await told(
    next(bot, Events.GuildMemberUpdate), () => member.timeout(300_000, "spam"),
  );
  holds(after.isCommunicationDisabled(), "she is timed out");
  await told(next(bot, Events.GuildMemberRemove), () => guild.members.kick(bob.id, "rude"));
  const [, [ban]] = await told(
    next(bot, Events.GuildBanAdd), () => member.ban({ reason: "enough", deleteMessageSeconds: 60 }),
  );
  same(ban.user.id, ada.id);
  same((await guild.bans.fetch()).map((each) => [each.user.id, each.reason]), [[ada.id, "enough"]]);
  await told(next(bot, Events.GuildBanRemove), () => guild.bans.remove(ada.id));
  const log = (await guild.fetchAuditLogs({ limit: 20 })).entries.map((entry) => `${entry.action} ${entry.reason}`);
  const expected = [
    `${AuditLogEvent.MemberBanAdd} enough`, `${AuditLogEvent.MemberKick} rude`,
    `${AuditLogEvent.MemberUpdate} spam`,
  ];
  holds(expected.every((entry) => log.includes(entry)), "the audit log has it all");
  same((await bot.general.setRateLimitPerUser(5)).rateLimitPerUser, 5);
  const rule = await guild.autoModerationRules.create({
    name: "words", eventType: 1, triggerType: 1, triggerMetadata: { keywordFilter: ["secret*"] },
    actions: [{ type: 1, metadata: { customMessage: "no" } }], enabled: true,
  });
  same([...(await guild.autoModerationRules.fetch()).keys()], [rule.id]);
  const [, [execution]] = await told(
    next(bot, Events.AutoModerationActionExecution),
    () => blocked(chat.as(eve, "say", { content: "the secretword" })),
  );
  same([execution.ruleId, execution.matchedKeyword], [rule.id, "secret*"]);
}

async function webhooks(bot) {
  const webhook = await bot.general.createWebhook({ name: "hook" });
  const [sent, [heard]] = await told(
    next(bot, Events.MessageCreate), () => webhook.send({ content: "by a hook", username: "Captain" }),
  );
  same([heard.author.username, heard.webhookId], ["Captain", webhook.id]);
  const embeds = [new EmbedBuilder().setTitle("e")];
  const edited = await webhook.editMessage(sent.id, { content: "changed", embeds });
  same([edited.content, edited.embeds[0].title], ["changed", "e"]);
  same([...(await bot.general.fetchWebhooks()).keys()], [webhook.id]);
  same((await webhook.edit({ name: "other" })).name, "other");
  await webhook.deleteMessage(sent.id);
  await webhook.delete();
}

async function commands(bot, chat) {
  const { Integer, User, Subcommand } = ApplicationCommandOptionType;
  const answers = {
    async add(interaction) {
      const [a, b] = [interaction.options.getInteger("a"), interaction.options.getInteger("b") ?? 1];
      const { resource } = await interaction.reply({ content: String(a + b), withResponse: true });
      same(resource.message.content, String(a + b));
      await interaction.followUp("and that is that");
    },
    async slow(interaction) {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply(`waited for ${interaction.options.getMember("who").displayName}`);
    },
    async queue(interaction) {
      const content = interaction.options.getSubcommand();
      await interaction.reply({ content, flags: MessageFlags.Ephemeral });
    },
    async Shout(interaction) {
      await interaction.reply(interaction.targetMessage.content.toUpperCase());
    },
  };
  bot.on(Events.InteractionCreate, (interaction) => answers[interaction.commandName](interaction));
  await bot.application.commands.set([
    { name: "add", description: "Add", options: [
      { type: Integer, name: "a", description: "one", required: true },
      { type: Integer, name: "b", description: "another", minValue: 0, maxValue: 100 },
    ] },
    { name: "slow", description: "Slow", options: [
      { type: User, name: "who", description: "for whom", required: true },
    ] },
    { name: "queue", description: "Queue", options: [
      { type: Subcommand, name: "clear", description: "Clear" },
    ] },
    { name: "Shout", type: ApplicationCommandType.Message },
  ]);
  const ada = await chat.user("ada");
  const invoke = (name, fields) => chat.as(ada, "invoke", { name, ...fields });
  same((await invoke("add", { options: { a: 2 } })).message.content, "3");
  await chat.nextMessage({ content: "and that is that" });
  const waiting = await invoke("slow", { options: { who: ada.id } });
  same([waiting.outcome, waiting.message.flags & 64], ["success", 64]);
  const done = await chat.next("MESSAGE_UPDATE", { id: waiting.message.id });
  same(done.content, "waited for ada");
  const cleared = await invoke("queue clear");
  same([cleared.message.content, cleared.message.flags], ["clear", 64]);
  const said = await chat.as(ada, "say", { content: "hello" });
  same((await invoke("Shout", { target_id: said.id })).message.content, "HELLO");
  same((await bot.application.commands.fetch()).map((command) => command.name).sort(),
    ["Shout", "add", "queue", "slow"]);
  await bot.application.commands.set([]);
}

async function components(bot, chat) {
  const row = (component) => new ActionRowBuilder().addComponents(component);
  const button = (label) => row(new ButtonBuilder().setCustomId("press").setLabel(label).setStyle(ButtonStyle.Success));
  const options = ["Red", "Blue"].map((label) => ({ label, value: label }));
  const menus = [
    row(new StringSelectMenuBuilder().setCustomId("colour").addOptions(options)),
    row(new UserSelectMenuBuilder().setCustomId("who")),
  ];
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isButton()) await interaction.update({ components: [button("Pressed"), ...menus] });
    else if (interaction.isStringSelectMenu())
      await interaction.reply({ content: interaction.values[0], flags: MessageFlags.Ephemeral });
    else await interaction.reply(interaction.members.first().displayName);
  });
  const ada = await chat.user("ada", { display_name: "Ada" });
  const { id } = await bot.general.send({ content: "choose", components: [button("Press"), ...menus] });
  const pressed = await chat.as(ada, "click", { message_id: id, button: "Press" });
  same(pressed.message.components[0].components[0].label, "Pressed");
  const select = (menu, values) => chat.as(ada, "select", { message_id: id, menu, values });
  same((await select("colour", ["Red"])).message.content, "Red");
  same((await select("who", [ada.id])).message.content, "Ada");
  const container = new ContainerBuilder().setAccentColor(0xff0000)
    .addTextDisplayComponents(new TextDisplayBuilder().setContent("# Title"));
  const laidOut = await bot.general.send({ components: [container], flags: MessageFlags.IsComponentsV2 });
  const shown = await chat.next("MESSAGE_CREATE", { id: laidOut.id });
  same(shown.components[0].components[0].content, "# Title");
}

async function modals(bot, chat) {
  const input = (id, style) => new TextInputBuilder().setCustomId(id).setStyle(style).setRequired(id === "name");
  const label = (text, component) => new LabelBuilder().setLabel(text).setTextInputComponent(component);
  const form = new ModalBuilder().setCustomId("feedback").setTitle("Feedback").addLabelComponents(
    label("Name", input("name", TextInputStyle.Short)),
    label("Text", input("text", TextInputStyle.Paragraph)),
  );
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand()) return interaction.showModal(form);
    const [name, text] = ["name", "text"].map((id) => interaction.fields.getTextInputValue(id));
    await interaction.reply(`${name}: ${text}`);
  });
  await bot.application.commands.set([{ name: "feedback", description: "Say what you think" }]);
  const ada = await chat.user("ada");
  const shown = await chat.as(ada, "invoke", { name: "feedback" });
  same([shown.outcome, shown.title], ["modal", "Feedback"]);
  const fields = { Name: "Ada", Text: "good" };
  const sent = await chat.as(ada, "submit", { interaction_id: shown.id, fields });
  same(sent.message.content, "Ada: good");
}

async function autocomplete(bot, chat) {
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isAutocomplete()) return interaction.reply(interaction.options.getString("name"));
    const fruits = ["apple", "apricot", "banana"].filter((each) => each.startsWith(interaction.options.getFocused()));
    await interaction.respond(fruits.map((name) => ({ name, value: name })));
  });
  await bot.application.commands.set([{ name: "fruit", description: "Choose a fruit", options: [
    { type: ApplicationCommandOptionType.String, name: "name", description: "which", autocomplete: true },
  ] }]);
  const ada = await chat.user("ada");
  const typed = await chat.as(ada, "autocomplete", { name: "fruit", options: { name: "ap" }, focused: "name" });
  same(typed.choices.map((choice) => choice.value), ["apple", "apricot"]);
  same((await chat.as(ada, "invoke", { name: "fruit", options: { name: "apple" } })).message.content, "apple");
}

async function rate_limits(bot, chat) {
  const path = `/channels/${chat.channel_id}/messages`;
  const sending = { kind: "request", method: "POST", path };
  for (let number = 0; number < 7; number++) { // of which five may come in five seconds
    await bot.general.send(String(number));
    same((await chat.found(sending)).status, 200);
  }
  for (const scope of ["user", "shared", "global"]) {
    await chat.ask("POST", "/faults", { status: 429, method: "POST", path, scope, retry_after_s: 0.2 });
    await bot.general.send(scope);
    await chat.nextMessage({ content: scope });
    const [refused, granted] = [await chat.found(sending), await chat.found(sending)];
    same([refused.status, granted.status], [429, 200]);
    holds(granted.at - refused.at > 0.19, "it waited for as long as it was told");
  }
  await chat.ask("POST", "/faults", { status: 502, method: "POST", path });
  await bot.general.send("after trouble");
  await chat.nextMessage({ content: "after trouble" });
}

await main(version, connected, (bot) => bot.destroy(), [
  connect, compress, resume, members, messages, files, reactions, threads, roles_and_overwrites, moderation,
  webhooks, commands, components, modals, autocomplete, rate_limits,
]);
