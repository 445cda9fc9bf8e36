// oceanic.js through the groups of the matrix. See driver.mjs.

import {
  ApplicationCommandOptionTypes as Option, AuditLogActionTypes as Audit, ButtonStyles, ChannelTypes, Client,
  ComponentTypes as Component, InteractionTypes, MessageFlags, TextInputStyles, VERSION,
} from "oceanic.js";

import { blocked, holds, main, next, same, told, within } from "./driver.mjs";

const VIEW_CHANNEL = 1n << 10n;
const MANAGE_MESSAGES = 1n << 13n;

async function connected(chat) {
  const bot = new Client({
    auth: `Bot ${chat.token}`,
    gateway: { intents: ["ALL"], compress: "zlib-stream" },
    rest: { baseURL: chat.api }, // all that a bot changes to run here
  });
  bot.on("error", (error) => console.error(error));
  await within(20, Promise.all([next(bot, "ready"), bot.connect()]), "ready");
  bot.guild = bot.guilds.get(chat.guild.id);
  bot.general = bot.getChannel(chat.channel_id);
  return bot;
}

async function connect(bot, chat) {
  same(bot.user.id, chat.bot_id);
  same([bot.guild.name, bot.guild.channels.map((channel) => channel.name).sort()],
    [chat.guild.name, ["general", "voice"]]);
  holds(bot.guild.clientMember.permissions.has("ADMINISTRATOR"), "it is an administrator");
  await bot.editStatus("idle", [{ name: "chess", type: 0 }]);
  const shown = await chat.next("PRESENCE_UPDATE", { user: { id: chat.bot_id }, status: "idle" });
  same(shown.activities[0].name, "chess");
}

async function compress(bot, chat) {
  const { sessions } = await chat.ask("GET", `/bots/${chat.bot_id}`);
  same(sessions[0].form, "json zlib-stream");
  const ada = await chat.user("ada");
  for (let number = 0; number < 20; number++) {
    const content = `${number} ${"la ".repeat(500)}`;
    const [, [message]] = await told(next(bot, "messageCreate"), () => chat.as(ada, "say", { content }));
    same(message.content.split(" ")[0], String(number));
  }
}

async function resume(bot, chat) {
  const ada = await chat.user("ada");
  const heard = next(bot, "messageCreate");
  await told(next(bot, "shardResume"), async () => {
    await chat.bot("drop");
    await chat.as(ada, "say", { content: "while you were away" });
  });
  same((await heard)[0].content, "while you were away");
  await told(next(bot, "shardResume"), () => chat.bot("reconnect"));
  await told(next(bot, "shardReady"), () => chat.bot("invalidate", { resumable: false }));
}

async function members(bot, chat) {
  const [ada, [member]] = await told(
    next(bot, "guildMemberAdd"), () => chat.user("ada", { display_name: "Ada" }),
  );
  same([member.id, member.displayName], [ada.id, "Ada"]);
  const [, [after, before]] = await told(
    next(bot, "guildMemberUpdate"), () => bot.guild.editMember(ada.id, { nick: "Countess" }),
  );
  same([before.nick, after.nick], [null, "Countess"]);
  same((await bot.guild.requestMembers({ query: "Count", limit: 5 })).map((found) => found.id), [ada.id]);
  same((await bot.guild.searchMembers({ query: "Count" })).map((found) => found.id), [ada.id]);
  holds((await bot.guild.getMembers({ limit: 100 })).some((each) => each.id === ada.id), "all are listed");
  const [, [, , presence]] = await told(
    next(bot, "presenceUpdate"), () => chat.as(ada, "presence", { status: "dnd" }),
  );
  same(presence.status, "dnd");
}

async function messages(bot, chat) {
  const ada = await chat.user("ada");
  const content = `hello <@${chat.bot_id}>`;
  const [said, [heard]] = await told(next(bot, "messageCreate"), () => chat.as(ada, "say", { content }));
  same(heard.mentions.users.map((user) => user.id), [chat.bot_id]);
  const embeds = [{ title: "Title", color: 0x336699, fields: [{ name: "a", value: "b" }] }];
  const messageReference = { messageID: heard.id };
  const answer = await bot.general.createMessage({ content: "hello yourself", embeds, messageReference });
  const shown = await chat.nextMessage();
  same([shown.message_reference.message_id, shown.embeds[0].fields[0].value], [said.id, "b"]);
  await answer.edit({ content: "changed" });
  same((await chat.next("MESSAGE_UPDATE", { id: shown.id })).content, "changed");
  const path = `/channels/${chat.channel_id}/messages/${said.id}`;
  const [, [after, before]] = await told(
    next(bot, "messageUpdate", (message) => message.id === said.id),
    () => chat.request(ada, "PATCH", path, { content: "hello all" }),
  );
  same([before.content, after.content], [content, "hello all"]);
  await answer.pin();
  same((await bot.general.getPins()).map((pin) => pin.message.id), [answer.id]);
  const history = await bot.general.getMessages({ limit: 5 });
  same(history.map((each) => each.content).filter(Boolean), ["changed", "hello all"]);
  await bot.general.sendTyping();
  same((await chat.next("TYPING_START")).user_id, chat.bot_id);
  const [, [deleted]] = await told(next(bot, "messageDelete"), () => chat.request(ada, "DELETE", path));
  same(deleted.id, said.id);
  await answer.delete();
  await chat.next("MESSAGE_DELETE", { id: shown.id });
  const dm = await chat.request(ada, "POST", "/users/@me/channels", { recipient_id: chat.bot_id });
  const [, [direct]] = await told(
    next(bot, "messageCreate"), () => chat.as(ada, "say", { content: "psst", channel_id: dm.id }),
  );
  holds(direct.inDirectMessageChannel(), "it is a direct message");
  await bot.rest.channels.createMessage(direct.channelID, { content: "yes?" });
  await chat.nextMessage({ content: "yes?", channel_id: dm.id });
}

async function files(bot) {
  const content = Buffer.alloc(100_000, "0123456789abcdef");
  const message = await bot.general.createMessage({
    content: "files",
    files: [{ name: "data.bin", contents: content }, { name: "note.txt", contents: Buffer.from("hello") }],
    attachments: [{ id: 0, description: "bytes" }, { id: 1 }],
  });
  const [data, note] = message.attachments.toArray();
  same([data.filename, data.size, data.description], ["data.bin", content.length, "bytes"]);
  const read = async (file) => Buffer.from(await (await fetch(file.url)).arrayBuffer());
  same([(await read(data)).equals(content), (await read(note)).toString()], [true, "hello"]);
  const left = await message.edit({ attachments: [{ id: data.id }] });
  same(left.attachments.map((each) => each.filename), ["data.bin"]);
}

async function reactions(bot, chat) {
  const ada = await chat.user("ada");
  const message = await bot.general.createMessage({ content: "react!" });
  await message.createReaction("👍");
  const on = { message_id: message.id, emoji: "👍" };
  same((await chat.next("MESSAGE_REACTION_ADD", { message_id: message.id })).emoji.name, "👍");
  const byAda = (_, reactor) => reactor.id === ada.id;
  const [, [, , reaction]] = await told(
    next(bot, "messageReactionAdd", byAda), () => chat.as(ada, "react", on),
  );
  same(reaction.emoji.name, "👍");
  const users = await message.getReactions("👍");
  same(users.map((user) => user.id).sort(), [ada.id, chat.bot_id].sort());
  await told(next(bot, "messageReactionRemove"), () => chat.as(ada, "react", { ...on, remove: true }));
  await told(next(bot, "messageReactionRemoveAll"), () => message.deleteReactions());
}

async function threads(bot, chat) {
  const message = await bot.general.createMessage({ content: "a long story" });
  const [thread, [created]] = await told(
    next(bot, "threadCreate"), () => message.startThread({ name: "the story" }),
  );
  same([thread.id, created.name], [created.id, "the story"]);
  const ada = await chat.user("ada");
  const [, [heard]] = await told(
    next(bot, "messageCreate", (each) => each.author.id === ada.id),
    () => chat.as(ada, "say", { content: "go on", channel_id: thread.id }),
  );
  same(heard.channelID, thread.id);
  const [, [after]] = await told(
    next(bot, "threadUpdate"), () => thread.edit({ name: "told", archived: true }),
  );
  same([after.name, after.threadMetadata.archived], ["told", true]);
  same((await bot.general.getPublicArchivedThreads()).threads.map((found) => found.id), [thread.id]);
  const forum = await bot.guild.createChannel(ChannelTypes.GUILD_FORUM, {
    name: "forum", availableTags: [{ name: "tag" }],
  });
  const appliedTags = [forum.availableTags[0].id];
  const post = await forum.startThread({ name: "post", message: { content: "first" }, appliedTags });
  same(post.appliedTags, appliedTags);
  same((await bot.rest.channels.getMessage(post.id, post.id)).content, "first");
  await told(next(bot, "threadDelete"), () => post.delete());
}

async function roles_and_overwrites(bot, chat) {
  const { guild } = bot;
  const role = await guild.createRole({
    name: "mods", permissions: String(MANAGE_MESSAGES), color: 0x112233, hoist: true,
  });
  const ada = await chat.user("ada");
  const [, [after]] = await told(
    next(bot, "guildMemberUpdate"), () => guild.addMemberRole(ada.id, role.id, "trusted"),
  );
  holds(after.roles.includes(role.id) && after.permissions.has("MANAGE_MESSAGES"), "the role was given");
  const secret = await guild.createChannel(ChannelTypes.GUILD_TEXT, {
    name: "secret", permissionOverwrites: [{ id: guild.id, type: 0, allow: 0n, deny: VIEW_CHANNEL }],
  });
  holds(!secret.permissionsOf(ada.id).has("VIEW_CHANNEL"), "the channel is hidden");
  const [, [shown]] = await told(
    next(bot, "channelUpdate"), () => secret.editPermission(role.id, { type: 0, allow: VIEW_CHANNEL, deny: 0n }),
  );
  holds(shown.permissionsOf(ada.id).has("VIEW_CHANNEL"), "the channel is shown");
  await chat.as(ada, "say", { content: "I see", channel_id: secret.id });
  await told(next(bot, "guildRoleUpdate"), () => role.edit({ name: "moderators", permissions: "0" }));
  await guild.editRolePositions([{ id: role.id, position: 1 }]);
  await told(next(bot, "guildRoleDelete"), () => role.delete());
}

async function moderation(bot, chat) {
  const { guild } = bot;
  const [ada, bob, eve] = [await chat.user("ada"), await chat.user("bob"), await chat.user("eve")];
  for (const number of [0, 1, 2]) await chat.as(ada, "say", { content: `spam ${number}` });
  const filter = (message) => message.content.includes("spam");
  await told(next(bot, "messageDeleteBulk"), () => bot.general.purge({ limit: 10, filter }));
  const communicationDisabledUntil = new Date(Date.now() + 300_000).toISOString();
  const [, [after]] = await told(
    next(bot, "guildMemberUpdate"),
    () => guild.editMember(ada.id, { communicationDisabledUntil, reason: "spam" }),
  );
  holds(after.communicationDisabledUntil, "she is timed out");
  await told(next(bot, "guildMemberRemove"), () => guild.removeMember(bob.id, "rude"));
  const [, [, banned]] = await told(
    next(bot, "guildBanAdd"), () => guild.createBan(ada.id, { reason: "enough", deleteMessageSeconds: 60 }),
  );
  same(banned.id, ada.id);
  same((await guild.getBans()).map((ban) => [ban.user.id, ban.reason]), [[ada.id, "enough"]]);
  await told(next(bot, "guildBanRemove"), () => guild.removeBan(ada.id));
  const log = (await guild.getAuditLog({ limit: 20 })).entries;
  for (const [action, reason] of [
    [Audit.MEMBER_BAN_ADD, "enough"], [Audit.MEMBER_KICK, "rude"], [Audit.MEMBER_UPDATE, "spam"],
  ]) holds(log.some((entry) => entry.actionType === action && entry.reason === reason), `${reason} is logged`);
  same((await bot.general.edit({ rateLimitPerUser: 5 })).rateLimitPerUser, 5);
  const rule = await guild.createAutoModerationRule({
    name: "words", eventType: 1, triggerType: 1, triggerMetadata: { keywordFilter: ["secret*"] },
    actions: [{ type: 1, metadata: { customMessage: "no" } }], enabled: true,
  });
  same((await guild.getAutoModerationRules()).map((each) => each.id), [rule.id]);
  const [, [, , , execution]] = await told(
    next(bot, "autoModerationActionExecution"),
    () => blocked(chat.as(eve, "say", { content: "the secretword" })),
  );
  same([execution.ruleID, execution.matchedKeyword], [rule.id, "secret*"]);
}

async function webhooks(bot) {
  const webhook = await bot.general.createWebhook({ name: "hook" });
  const [sent, [heard]] = await told(
    next(bot, "messageCreate"),
    () => webhook.execute({ content: "by a hook", username: "Captain", wait: true }),
  );
  same([heard.author.username, heard.webhookID], ["Captain", webhook.id]);
  const edited = await webhook.editMessage(sent.id, { content: "changed", embeds: [{ title: "e" }] });
  same([edited.content, edited.embeds[0].title], ["changed", "e"]);
  same((await bot.general.getWebhooks()).map((hook) => hook.id), [webhook.id]);
  same((await webhook.edit({ name: "other" })).name, "other");
  await webhook.deleteMessage(sent.id);
  await webhook.delete();
}

async function commands(bot, chat) {
  const answers = {
    async add(interaction) {
      const { options } = interaction.data;
      await interaction.createMessage({ content: String(options.getInteger("a") + (options.getInteger("b") ?? 1)) });
      await interaction.createFollowup({ content: "and that is that" });
    },
    async slow(interaction) {
      await interaction.defer(MessageFlags.EPHEMERAL);
      const who = interaction.data.options.getMember("who").displayName;
      await interaction.editOriginal({ content: `waited for ${who}` });
    },
    async queue(interaction) {
      const [content] = interaction.data.options.getSubCommand();
      await interaction.createMessage({ content, flags: MessageFlags.EPHEMERAL });
    },
    async Shout(interaction) {
      await interaction.createMessage({ content: interaction.data.target.content.toUpperCase() });
    },
  };
  bot.on("interactionCreate", (interaction) => answers[interaction.data.name](interaction));
  await bot.application.bulkEditGlobalCommands([
    { type: 1, name: "add", description: "Add", options: [
      { type: Option.INTEGER, name: "a", description: "one", required: true },
      { type: Option.INTEGER, name: "b", description: "another", minValue: 0, maxValue: 100 },
    ] },
    { type: 1, name: "slow", description: "Slow", options: [
      { type: Option.USER, name: "who", description: "for whom", required: true },
    ] },
    { type: 1, name: "queue", description: "Queue", options: [
      { type: Option.SUB_COMMAND, name: "clear", description: "Clear" },
    ] },
    { type: 3, name: "Shout" },
  ]);
  const ada = await chat.user("ada");
  const invoke = (name, fields) => chat.as(ada, "invoke", { name, ...fields });
  same((await invoke("add", { options: { a: 2 } })).message.content, "3");
  await chat.nextMessage({ content: "and that is that" });
  const waiting = await invoke("slow", { options: { who: ada.id } });
  same([waiting.outcome, waiting.message.flags & 64], ["success", 64]);
  same((await chat.next("MESSAGE_UPDATE", { id: waiting.message.id })).content, "waited for ada");
  const cleared = await invoke("queue clear");
  same([cleared.message.content, cleared.message.flags], ["clear", 64]);
  const said = await chat.as(ada, "say", { content: "hello" });
  same((await invoke("Shout", { target_id: said.id })).message.content, "HELLO");
  same((await bot.application.getGlobalCommands()).map((command) => command.name).sort(),
    ["Shout", "add", "queue", "slow"]);
  await bot.application.bulkEditGlobalCommands([]);
}

async function components(bot, chat) {
  const row = (component) => ({ type: Component.ACTION_ROW, components: [component] });
  const button = (label) => row({ type: Component.BUTTON, style: ButtonStyles.SUCCESS, customID: "press", label });
  const options = ["Red", "Blue"].map((label) => ({ label, value: label }));
  const menus = [
    row({ type: Component.STRING_SELECT, customID: "colour", options }),
    row({ type: Component.USER_SELECT, customID: "who" }),
  ];
  bot.on("interactionCreate", async (interaction) => {
    const { customID, values } = interaction.data;
    if (customID === "press") await interaction.editParent({ components: [button("Pressed"), ...menus] });
    else if (customID === "colour")
      await interaction.createMessage({ content: values.getStrings()[0], flags: MessageFlags.EPHEMERAL });
    else await interaction.createMessage({ content: values.getMembers()[0].displayName });
  });
  const ada = await chat.user("ada", { display_name: "Ada" });
  const { id } = await bot.general.createMessage({ content: "choose", components: [button("Press"), ...menus] });
  const pressed = await chat.as(ada, "click", { message_id: id, button: "Press" });
  same(pressed.message.components[0].components[0].label, "Pressed");
  const select = (menu, values) => chat.as(ada, "select", { message_id: id, menu, values });
  same((await select("colour", ["Red"])).message.content, "Red");
  same((await select("who", [ada.id])).message.content, "Ada");
  const laidOut = await bot.general.createMessage({ flags: MessageFlags.IS_COMPONENTS_V2, components: [
    { type: Component.CONTAINER, accentColor: 0xff0000, components: [
      { type: Component.TEXT_DISPLAY, content: "# Title" },
    ] },
  ] });
  const shown = await chat.next("MESSAGE_CREATE", { id: laidOut.id });
  same(shown.components[0].components[0].content, "# Title");
}

async function modals(bot, chat) {
  const field = (label, customID, style) => ({
    type: Component.LABEL, label, component: { type: Component.TEXT_INPUT, customID, style },
  });
  const form = { customID: "feedback", title: "Feedback", components: [
    field("Name", "name", TextInputStyles.SHORT), field("Text", "text", TextInputStyles.PARAGRAPH),
  ] };
  bot.on("interactionCreate", async (interaction) => {
    if (interaction.type === InteractionTypes.APPLICATION_COMMAND) return interaction.createModal(form);
    const [name, text] = ["name", "text"].map((id) => interaction.data.components.getTextInput(id));
    await interaction.createMessage({ content: `${name}: ${text}` });
  });
  await bot.application.bulkEditGlobalCommands([
    { type: 1, name: "feedback", description: "Say what you think" },
  ]);
  const ada = await chat.user("ada");
  const shown = await chat.as(ada, "invoke", { name: "feedback" });
  same([shown.outcome, shown.title], ["modal", "Feedback"]);
  const fields = { Name: "Ada", Text: "good" };
  const sent = await chat.as(ada, "submit", { interaction_id: shown.id, fields });
  same(sent.message.content, "Ada: good");
}

async function autocomplete(bot, chat) {
  bot.on("interactionCreate", async (interaction) => {
    const name = interaction.data.options.getString("name");
    if (interaction.type === InteractionTypes.APPLICATION_COMMAND)
      return interaction.createMessage({ content: name });
    const fruits = ["apple", "apricot", "banana"].filter((each) => each.startsWith(name));
    await interaction.result(fruits.map((each) => ({ name: each, value: each })));
  });
  await bot.application.bulkEditGlobalCommands([{ type: 1, name: "fruit", description: "Choose", options: [
    { type: Option.STRING, name: "name", description: "which", autocomplete: true },
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
    await bot.general.createMessage({ content: String(number) });
    same((await chat.found(sending)).status, 200);
  }
  for (const scope of ["user", "shared", "global"]) {
    await chat.ask("POST", "/faults", { status: 429, method: "POST", path, scope, retry_after_s: 0.2 });
    await bot.general.createMessage({ content: scope });
    await chat.nextMessage({ content: scope });
    const [refused, granted] = [await chat.found(sending), await chat.found(sending)];
    same([refused.status, granted.status], [429, 200]);
    holds(granted.at - refused.at > 0.19, "it waited for as long as it was told");
  }
  await chat.ask("POST", "/faults", { status: 502, method: "POST", path });
  await bot.general.createMessage({ content: "after trouble" });
  await chat.nextMessage({ content: "after trouble" });
}

await main(VERSION, connected, (bot) => bot.disconnect(false), [
  connect, compress, resume, members, messages, files, reactions, threads, roles_and_overwrites, moderation,
  webhooks, commands, components, modals, autocomplete, rate_limits,
]);
