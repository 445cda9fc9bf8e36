/** One message as an element: head or time, what it answers, text, what hangs on it, and the thread it began. */

import { h } from "../dom.js";
import { pathOf } from "../paths.js";
import { isNotice, noticeOf, textOf } from "../rows.js";
import { mentionsMe } from "../select/unread.js";
import { clockTime, fullTime, shortTime } from "../time.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";
import { looks } from "../ui/looks.js";
import { bodyOf, contentElement } from "./body.js";
import { plainOf } from "./markup.js";
import { nameColour, namesIn } from "./names.js";
import { isPartial, parts } from "./parts.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Pending} Pending */
/** @typedef {import("../rows.js").MessageRow} MessageRow */
/** @typedef {import("../rows.js").PendingRow} PendingRow */

/** @param {MessageRow} row @param {Store} store */
export function messageElement({ message, grouped, time_ms }, store) {
  const name = authorName(message, store);
  const guildId = store.channels.get(message.channel_id)?.guild_id;
  // In a direct message everything is meant for me.
  const noted = guildId !== undefined && mentionsMe(store, message) && "noted";
  const classes = isNotice(message) ? "message notice" : classesOf(grouped, noted);
  const colour = message.webhook_id ? null : nameColour(store, guildId, message.author.id);
  const children = isNotice(message) ? noticeParts(message, name, time_ms, store) : [
    parts.bots?.usedLine(message, store) ?? replyLine(message, store),
    ...headOf(message.author, name, time_ms, grouped, message.author.bot === true, colour),
    ...bodyOf(message, store),
    threadLine(message, store),
  ];
  const article = h("article", { class: classes, "data-message-id": message.id, tabindex: "-1" }, ...children);
  article.setAttribute("aria-label", `${name}, ${clockTime(time_ms)}`);
  return article;
}

/**
 * What happened, on one line: who, and what they did.
 * @param {Message} message
 * @param {string} name
 * @param {number} time_ms
 * @param {Store} store
 */
function noticeParts(message, name, time_ms, store) {
  const [drawing, words] = noticeOf(message);
  const { message_id: pinned, channel_id } = message.message_reference ?? {};
  const channel = store.channels.get(channel_id ?? "");
  return [
    h("span", { class: "notice-sign" }, icon(drawing)),
    h("div", { class: "content" }, h("span", { class: "author" }, h("bdi", {}, name)), " ", h("bdi", {}, words), " ",
      message.type === 6 && pinned && channel && h("a", { href: pathOf(channel, pinned) }, "See it"), " ",
      timeOf(time_ms, clockTime)),
    threadLine(message, store),
  ];
}

/** @param {PendingRow} row @param {Store} store */
export function pendingElement({ pending, grouped, time_ms }, store) {
  const me = store.me ?? { id: "0", username: "" };
  const guildId = store.channels.get(pending.channel_id)?.guild_id;
  const failed = pending.state === "failed";
  return h("article",
    { class: classesOf(grouped, failed ? "failed" : "pending"), "data-nonce": pending.nonce, tabindex: "-1" },
    pending.reply && h("p", { class: "reply" }, icon("reply"), h("b", {}, pending.reply.name)),
    ...headOf(me, store.nameOf(me, guildId), time_ms, grouped, false),
    contentElement(pending.content, store, guildId),
    uploadElement(pending),
    pending.state === "waiting" &&
      h("p", { class: "delivery" }, "Not sent yet; it goes out when the server answers."),
    failed && h("p", { class: "delivery" }, `Not sent. ${pending.reason} `,
      h("button", { type: "button", "data-action": "retry" }, "Try again"), " ",
      h("button", { type: "button", "data-action": "discard" }, "Discard")));
}

/** The files of a message on its way, and how much of them has gone. @param {Pending} pending */
function uploadElement({ files = [], sent = 0, state }) {
  if (files.length === 0) return null;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const names = files.map(({ name }) => name).join(", ");
  return h("div", { class: "upload" }, icon("attach"),
    h("span", { class: "file-name" }, h("bdi", {}, names)), h("span", { class: "file-size" }, parts.files?.bytesText(size)),
    state !== "failed" && h("progress", { max: 1, value: sent, "aria-label": `Uploading ${names}` }),
    state !== "failed" && h("button", { type: "button", "data-action": "cancel" }, "Cancel"));
}

/** @param {PendingRow} row @param {Store} store */
export function pendingSignature({ grouped, pending: { state, reason, sent = 0 }, time_ms }, store) {
  return JSON.stringify([grouped, state, reason, Math.round(sent * 50), clockTime(time_ms), store.me?.avatar]);
}

/**
 * What of a message is drawn, as one string: equal strings need no new element.
 * @param {MessageRow} row
 * @param {Store} store
 */
export function messageSignature({ message, grouped }, store) {
  const { content, edited_timestamp, attachments, embeds, reactions, poll, flags, referenced_message: replied, pinned } = message;
  const guildId = store.channels.get(message.channel_id)?.guild_id;
  const thread = threadOf(message, store);
  return JSON.stringify([grouped, authorName(message, store), nameColour(store, guildId, message.author.id), content,
    edited_timestamp, attachments, embeds, reactions, poll, flags, pinned, message.author.avatar, message.components,
    isPartial(message), parts.bots?.componentsSignature(message, store) ?? "", looks().clock,
    replied && [replied.content, authorName(replied, store)],
    thread && [thread.name, thread.message_count, thread.thread_metadata?.archived]]);
}

/** About how high a message will be, before it has been in the document. @param {MessageRow} row */
export function guessOf({ message, grouped }) {
  const { content, attachments = [], embeds = [], reactions = [] } = message;
  const lines = content.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 90)), 0);
  const pictures = attachments.reduce((sum, { height }) => sum + (height ? Math.min(360, height) + 8 : 56), 0);
  return (grouped ? 4 : 40) + lines * 24 + pictures + embeds.length * 140 + (reactions.length ? 34 : 0)
    + (message.type === 19 ? 22 : 0);
}

/** @param {Message} message @param {Store} store */
export function authorName(message, store) {
  const { author, member, webhook_id, channel_id } = message;
  if (webhook_id) return author.username;
  const guildId = store.channels.get(channel_id)?.guild_id;
  const here = store.guilds.get(guildId ?? "")?.members.has(author.id);
  // Of someone who has left, the message itself still knows the name.
  return (!here && member?.nick) || store.nameOf(author, guildId);
}

/** @param {boolean} grouped @param {string | false} [state] */
function classesOf(grouped, state) {
  return ["message", grouped ? "grouped" : "head", state].filter(Boolean).join(" ");
}

/**
 * Avatar, name and time for the first of a group; the time alone for the others.
 * @param {import("../types.js").User} author
 * @param {string} name
 * @param {number} time_ms
 * @param {boolean} grouped
 * @param {boolean} bot
 * @param {string | null} [colour]  of their name
 */
function headOf(author, name, time_ms, grouped, bot, colour = null) {
  if (grouped) return [timeOf(time_ms, shortTime)];
  const shown = h("button", { type: "button", class: "author", tabindex: "-1", "data-user": author.id }, h("bdi", {}, name));
  if (colour) shown.style.setProperty("--role", colour);
  return [
    avatar(author, name),
    h("header", {}, shown, bot && h("span", { class: "tag" }, "bot"),
      timeOf(time_ms, clockTime)),
  ];
}

/** @param {number} time_ms @param {(time_ms: number) => string} written */
function timeOf(time_ms, written) {
  return h("time", { datetime: new Date(time_ms).toISOString(), title: fullTime(time_ms) }, written(time_ms));
}

/** What it answers: who said what, and the way there. @param {Message} message @param {Store} store */
function replyLine(message, store) {
  if (message.type !== 19) return null;
  const to = message.referenced_message;
  const channel = store.channels.get(message.channel_id);
  if (!to || !channel) return h("p", { class: "reply" }, icon("reply"), h("i", {}, "A message that was deleted"));
  const guildId = channel.guild_id;
  const name = h("b", {}, authorName(to, store));
  const colour = to.webhook_id ? null : nameColour(store, guildId, to.author.id);
  if (colour) name.style.setProperty("--role", colour);
  const said = plainOf(textOf(to), namesIn(store, guildId)) || "something to look at";
  return h("a", { class: "reply", href: pathOf(channel, to.id) }, icon("reply"),
    h("span", { class: "unseen" }, "In answer to "), name, h("span", { class: "reply-words", dir: "auto" }, said));
}

/** A thread begins at a message and has its id. @param {Message} message @param {Store} store */
const threadOf = (message, store) => store.channels.get(message.id) ?? message.thread;

/** @param {Message} message @param {Store} store */
function threadLine(message, store) {
  const thread = message.type === 21 ? undefined : threadOf(message, store);
  if (!thread) return null;
  const count = thread.message_count ?? 0;
  return h("a", { class: "thread-line", href: pathOf(thread) }, icon("thread"),
    h("b", {}, h("bdi", {}, thread.name)), h("span", {}, count === 1 ? "1 message" : `${count} messages`,
      thread.thread_metadata?.archived && ", archived"));
}
