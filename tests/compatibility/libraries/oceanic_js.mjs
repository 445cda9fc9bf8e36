// oceanic.js through the groups of the matrix. See driver.mjs.

import {
  ActivityTypes, ApplicationCommandOptionTypes, ApplicationCommandTypes, AuditLogActionTypes, AutoModerationActionTypes,
  AutoModerationEventTypes, AutoModerationTriggerTypes, ButtonStyles, ChannelTypes, Client, ComponentTypes,
  InteractionTypes, MessageFlags, OverwriteTypes, Permissions, TextInputStyles, VERSION,
} from "oceanic.js";

import { blocked, holds, main, next, same, told, within } from "./driver.mjs";

async function connected(chat) {
  const bot = new Client({
    token: chat.token,
    // All that a bot changes to run here.
    rest: { baseURL: chat.api },
    gateway: { intents: ["ALL"], compress: "zlib-stream" },
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
  await bot.editStatus("idle", [{ name: "chess", type: ActivityTypes.GAME }]);
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
  const [, [after]] = await told(next(bot, "guildMemberUpdate"), () => member.edit({ nick: "Countess" }));
  same([after.id, after.nick], [ada.id, "Countess"]);
  same((await bot.guild.fetchMembers({ query: "Count", limit: 5 })).map((found) => found.id), [member.id]);
  const listed = await bot.guild.getMembers({ limit: 100 });
  holds(listed.some((found) => found.id === ada.id), "all members are listed");
  const [, [, , seen]] = await told(
    next(bot, "presenceUpdate", (_, who) => who.id === ada.id), () => chat.as(ada, "presence", { status: "dnd" }),
  );
  same(seen.status, "dnd");
}

async function messages(bot, chat) {
  const ada = await chat.user("ada");
  const content = `hello <@${chat.bot_id}>`;
  const [said, [heard]] = await told(next(bot, "messageCreate"), () => chat.as(ada, "say", { content }));
  same(heard.mentions.users.map((user) => user.id), [bot.user.id]);
  const embed = { title: "Title", color: 0x336699, fields: [{ name: "a", value: "b" }] };
  const answer = await heard.reply({ content: "hello yourself", embeds: [embed] });
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
  same(history.filter((each) => each.content).map((each) => each.content), ["changed", "hello all"]);
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
  await (await direct.author.createDM()).createMessage({ content: "yes?" });
  await chat.nextMessage({ content: "yes?", channel_id: dm.id });
}

async function files(bot) {
  const content = Buffer.alloc(100_000, "0123456789abcdef");
  const message = await bot.general.createMessage({
    content: "files",
    files: [{ name: "data.bin", contents: content }, { name: "note.txt", contents: Buffer.from("hello") }],
    attachments: [{ id: "1", description: "bytes" }, { id: "2" }], // it numbers its files from 1
  });
  const [data, note] = [...message.attachments.values()];
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
  const [, [{ id }, , reaction]] = await told(
    next(bot, "messageReactionAdd", byAda), () => chat.as(ada, "react", on),
  );
  same([id, reaction.emoji.name], [message.id, "👍"]);
  same((await message.getReactions("👍")).map((user) => user.id).sort(), [ada.id, chat.bot_id].sort());
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
  const [, [after, before]] = await told(next(bot, "threadUpdate"), () => thread.edit({ archived: true }));
  same([after.id, before.id, after.threadMetadata.archived], [thread.id, thread.id, true]);
  same((await bot.general.getPublicArchivedThreads()).threads.map((each) => each.id), [thread.id]);
  const forum = await bot.guild.createChannel(ChannelTypes.GUILD_FORUM, {
    name: "forum", availableTags: [{ name: "tag", emoji: null, moderated: false }],
  });
  const appliedTags = [forum.availableTags[0].id];
  const post = await forum.startThread({ name: "post", message: { content: "first" }, appliedTags });
  // Its constructor forgets the tags that a thread comes with, so it is asked again.
  same((await bot.rest.channels.get(post.id)).appliedTags, appliedTags);
  same((await post.getMessage(post.id)).content, "first");
  await told(next(bot, "threadDelete"), () => post.delete());
}

async function roles_and_overwrites(bot, chat) {
  const { guild } = bot;
  const role = await guild.createRole({
    name: "mods", permissions: String(Permissions.MANAGE_MESSAGES), colors: { primaryColor: 0x112233 }, hoist: true,
  });
  const ada = await chat.user("ada");
  const member = await guild.getMember(ada.id);
  const [, [after]] = await told(next(bot, "guildMemberUpdate"), () => member.addRole(role.id, "trusted"));
  holds(after.roles.includes(role.id) && after.permissions.has("MANAGE_MESSAGES"), "the role was given");
  const hidden = { id: guild.id, type: OverwriteTypes.ROLE, allow: 0n, deny: Permissions.VIEW_CHANNEL };
  const secret = await guild.createChannel(ChannelTypes.GUILD_TEXT, {
    name: "secret", permissionOverwrites: [hidden],
  });
  holds(!secret.permissionsOf(after).has("VIEW_CHANNEL"), "the channel is hidden");
  const allow = Permissions.VIEW_CHANNEL;
  const [, [shown]] = await told(
    next(bot, "channelUpdate"), () => secret.editPermission(role.id, { type: OverwriteTypes.ROLE, allow, deny: 0n }),
  );
  holds(shown.permissionsOf(after).has("VIEW_CHANNEL"), "the channel is shown");
  await chat.as(ada, "say", { content: "I see", channel_id: secret.id });
  await told(next(bot, "guildRoleUpdate"), () => role.edit({ name: "moderators", permissions: "0" }));
  await guild.editRolePositions([{ id: role.id, position: 1 }]);
  await told(next(bot, "guildRoleDelete"), () => role.delete());
}

async function moderation(bot, chat) {
  const { guild } = bot;
  const [ada, bob, eve] = [await chat.user("ada"), await chat.user("bob"), await chat.user("eve")];
  for (const number of [0, 1, 2]) await chat.as(ada, "say", { content: `spam ${number}` });
  const filter = (message) => message.content.startsWith("spam");
  await told(next(bot, "messageDeleteBulk"), () => bot.general.purge({ limit: 10, filter }));
  const member = await guild.getMember(ada.id);
  const communicationDisabledUntil = new Date(Date.now() + 300_000).toISOString();
  const [, [after]] = await told(
    next(bot, "guildMemberUpdate"), () => member.edit({ communicationDisabledUntil, reason: "spam" }),
  );
  holds(after.communicationDisabledUntil > new Date(), "she is timed out");
  await told(next(bot, "guildMemberRemove"), () => guild.removeMember(bob.id, "rude"));
  const [, [, banned]] = await told(
    next(bot, "guildBanAdd"), () => member.ban({ reason: "enough", deleteMessageSeconds: 60 }),
  );
  same(banned.id, ada.id);
  same((await guild.getBans()).map((each) => [each.user.id, each.reason]), [[ada.id, "enough"]]);
  await told(next(bot, "guildBanRemove"), () => guild.removeBan(ada.id));
  const { entries } = await guild.getAuditLog({ limit: 20 });
  const log = entries.map((entry) => `${entry.actionType} ${entry.reason}`);
  const { MEMBER_BAN_ADD, MEMBER_KICK, MEMBER_UPDATE } = AuditLogActionTypes;
  const expected = [`${MEMBER_BAN_ADD} enough`, `${MEMBER_KICK} rude`, `${MEMBER_UPDATE} spam`];
  holds(expected.every((entry) => log.includes(entry)), "the audit log has it all");
  same((await bot.general.edit({ rateLimitPerUser: 5 })).rateLimitPerUser, 5);
  const rule = await guild.createAutoModerationRule({
    name: "words", eventType: AutoModerationEventTypes.MESSAGE_SEND, enabled: true,
    triggerType: AutoModerationTriggerTypes.KEYWORD, triggerMetadata: { keywordFilter: ["secret*"] },
    actions: [{ type: AutoModerationActionTypes.BLOCK_MESSAGE, metadata: { customMessage: "no" } }],
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
  same((await bot.general.getWebhooks()).map((each) => each.id), [webhook.id]);
  same((await webhook.edit({ name: "other" })).name, "other");
  await webhook.deleteMessage(sent.id);
  await webhook.delete();
}

async function commands(bot, chat) {
  const { INTEGER, USER, SUB_COMMAND } = ApplicationCommandOptionTypes;
  const answers = {
    async add(interaction) {
      const [a, b] = ["a", "b"].map((name) => interaction.data.options.getInteger(name));
      const answered = await interaction.createMessage({ content: String(a + (b ?? 1)) });
      same(answered.callback.resource.message.content, String(a + (b ?? 1)));
      await interaction.createFollowup({ content: "and that is that" });
    },
    async slow(interaction) {
      await interaction.defer(MessageFlags.EPHEMERAL);
      const who = interaction.data.options.getMember("who", true);
      await interaction.editOriginal({ content: `waited for ${who.displayName}` });
    },
    async queue(interaction) {
      const [content] = interaction.data.options.getSubCommand(true);
      await interaction.createMessage({ content, flags: MessageFlags.EPHEMERAL });
    },
    async Shout(interaction) {
      await interaction.createMessage({ content: interaction.data.target.content.toUpperCase() });
    },
  };
  bot.on("interactionCreate", (interaction) => answers[interaction.data.name](interaction));
  const { CHAT_INPUT, MESSAGE } = ApplicationCommandTypes;
  await bot.application.bulkEditGlobalCommands([
    { type: CHAT_INPUT, name: "add", description: "Add", options: [
      { type: INTEGER, name: "a", description: "one", required: true },
      { type: INTEGER, name: "b", description: "another", minValue: 0, maxValue: 100 },
    ] },
    { type: CHAT_INPUT, name: "slow", description: "Slow", options: [
      { type: USER, name: "who", description: "for whom", required: true },
    ] },
    { type: CHAT_INPUT, name: "queue", description: "Queue", options: [
      { type: SUB_COMMAND, name: "clear", description: "Clear" },
    ] },
    { type: MESSAGE, name: "Shout" },
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
  same((await bot.application.getGlobalCommands()).map((command) => command.name).sort(),
    ["Shout", "add", "queue", "slow"]);
  await bot.application.bulkEditGlobalCommands([]);
}

async function components(bot, chat) {
  const row = (component) => ({ type: ComponentTypes.ACTION_ROW, components: [component] });
  const button = (label) => row({
    type: ComponentTypes.BUTTON, style: ButtonStyles.SUCCESS, customID: "press", label,
  });
  const options = ["Red", "Blue"].map((label) => ({ label, value: label }));
  const menus = [
    row({ type: ComponentTypes.STRING_SELECT, customID: "colour", options }),
    row({ type: ComponentTypes.USER_SELECT, customID: "who" }),
  ];
  const answers = {
    press: (interaction) => interaction.editParent({ components: [button("Pressed"), ...menus] }),
    colour: (interaction) => interaction.createMessage({
      content: interaction.data.values.getStrings()[0], flags: MessageFlags.EPHEMERAL,
    }),
    who: (interaction) => interaction.createMessage({ content: interaction.data.values.getMembers()[0].displayName }),
  };
  bot.on("interactionCreate", (interaction) => answers[interaction.data.customID](interaction));
  const ada = await chat.user("ada", { display_name: "Ada" });
  const { id } = await bot.general.createMessage({ content: "choose", components: [button("Press"), ...menus] });
  const pressed = await chat.as(ada, "click", { message_id: id, button: "Press" });
  same(pressed.message.components[0].components[0].label, "Pressed");
  const select = (menu, values) => chat.as(ada, "select", { message_id: id, menu, values });
  same((await select("colour", ["Red"])).message.content, "Red");
  same((await select("who", [ada.id])).message.content, "Ada");
  const title = { type: ComponentTypes.TEXT_DISPLAY, content: "# Title" };
  const laidOut = await bot.general.createMessage({
    components: [{ type: ComponentTypes.CONTAINER, accentColor: 0xff0000, components: [title] }],
    flags: MessageFlags.IS_COMPONENTS_V2,
  });
  const shown = await chat.next("MESSAGE_CREATE", { id: laidOut.id });
  same(shown.components[0].components[0].content, "# Title");
}

async function modals(bot, chat) {
  const label = (text, customID, style) => ({
    type: ComponentTypes.LABEL, label: text,
    component: { type: ComponentTypes.TEXT_INPUT, customID, style, required: customID === "name" },
  });
  const form = {
    customID: "feedback", title: "Feedback",
    components: [label("Name", "name", TextInputStyles.SHORT), label("Text", "text", TextInputStyles.PARAGRAPH)],
  };
  bot.on("interactionCreate", async (interaction) => {
    if (interaction.type === InteractionTypes.APPLICATION_COMMAND) return interaction.createModal(form);
    const [name, text] = ["name", "text"].map((id) => interaction.data.components.getTextInput(id));
    await interaction.createMessage({ content: `${name}: ${text}` });
  });
  await bot.application.bulkEditGlobalCommands([
    { type: ApplicationCommandTypes.CHAT_INPUT, name: "feedback", description: "Say what you think" },
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
    const { options } = interaction.data;
    if (interaction.type === InteractionTypes.APPLICATION_COMMAND)
      return interaction.createMessage({ content: options.getString("name") });
    const fruits = ["apple", "apricot", "banana"].filter((each) => each.startsWith(options.getFocused(true).value));
    await interaction.result(fruits.map((name) => ({ name, value: name })));
  });
  await bot.application.bulkEditGlobalCommands([
    { type: ApplicationCommandTypes.CHAT_INPUT, name: "fruit", description: "Choose a fruit", options: [
      { type: ApplicationCommandOptionTypes.STRING, name: "name", description: "which", autocomplete: true },
    ] },
  ]);
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
