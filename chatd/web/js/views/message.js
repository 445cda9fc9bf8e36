/** One message as an element: head or time, text, what hangs on it, and the buttons of its owner. */

import { h } from "../dom.js";
import { may } from "../permissions.js";
import { isNotice, noticeText, textOf } from "../rows.js";
import { mentionsMe } from "../select/unread.js";
import { clockTime, fullTime, shortTime } from "../time.js";
import { avatar } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { bodyOf, contentElement } from "./body.js";
import { componentsSignature, isEphemeral, usedLine } from "./components.js";
import { plainOf } from "./markup.js";
import { nameColour, namesIn } from "./names.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Pending} Pending */
/** @typedef {import("../rows.js").MessageRow} MessageRow */
/** @typedef {import("../rows.js").PendingRow} PendingRow */

/** @param {MessageRow} row @param {Store} store */
export function messageElement({ message, grouped, time_ms }, store) {
  const name = authorName(message, store);
  const own = message.author.id === store.me?.id && !message.webhook_id;
  const guildId = store.channels.get(message.channel_id)?.guild_id;
  // In a direct message everything is meant for me.
  const noted = guildId !== undefined && mentionsMe(store, message) && "noted";
  const classes = isNotice(message) ? "message notice" : classesOf(grouped, noted);
  const colour = message.webhook_id ? null : nameColour(store, guildId, message.author.id);
  const parts = isNotice(message) ? noticeOf(message, name, time_ms) : [
    ...headOf(message.author, name, time_ms, grouped, message.author.bot === true, colour),
    usedLine(message, store) ?? replyLine(message, store),
    ...bodyOf(message, store),
    actions(own, !isEphemeral(message) && may(store, { channelId: message.channel_id }, "ADD_REACTIONS")),
  ];
  const article = h("article", { class: classes, "data-message-id": message.id, tabindex: "-1" }, ...parts);
  article.setAttribute("aria-label", `${name}, ${clockTime(time_ms)}`);
  return article;
}

/**
 * What happened, on one line: who, and what they did.
 * @param {Message} message
 * @param {string} name
 * @param {number} time_ms
 */
function noticeOf(message, name, time_ms) {
  return [
    timeOf(time_ms, shortTime),
    h("div", { class: "content" }, h("span", { class: "author" }, name), " ", noticeText(message)),
  ];
}

/** @param {PendingRow} row @param {Store} store */
export function pendingElement({ pending, grouped, time_ms }, store) {
  const me = store.me ?? { id: "0", username: "" };
  const guildId = store.channels.get(pending.channel_id)?.guild_id;
  const failed = pending.state === "failed";
  return h("article",
    { class: classesOf(grouped, failed ? "failed" : "pending"), "data-nonce": pending.nonce, tabindex: "-1" },
    ...headOf(me, store.nameOf(me, guildId), time_ms, grouped, false),
    contentElement(pending.content, store, guildId),
    pending.state === "waiting" &&
      h("p", { class: "delivery" }, "Not sent yet; it goes out when the server answers."),
    failed && h("p", { class: "delivery" }, `Not sent. ${pending.reason} `,
      h("button", { type: "button", "data-action": "retry" }, "Try again"), " ",
      h("button", { type: "button", "data-action": "discard" }, "Discard")));
}

/**
 * What of a message is drawn, as one string: equal strings need no new element.
 * @param {MessageRow} row
 * @param {Store} store
 */
export function messageSignature({ message, grouped }, store) {
  const { content, edited_timestamp, attachments, embeds, reactions, poll, flags, referenced_message: replied } = message;
  const guildId = store.channels.get(message.channel_id)?.guild_id;
  return JSON.stringify([grouped, authorName(message, store), nameColour(store, guildId, message.author.id), content,
    edited_timestamp, attachments, embeds, reactions, poll, flags, message.components, componentsSignature(message, store),
    replied && [replied.content, authorName(replied, store)]]);
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
  const shown = h("span", { class: "author" }, name);
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

/** @param {Message} message @param {Store} store */
function replyLine(message, store) {
  if (message.type !== 19) return null;
  const to = message.referenced_message;
  if (!to) return h("p", { class: "reply" }, "In reply to a deleted message");
  const names = namesIn(store, store.channels.get(to.channel_id)?.guild_id);
  return h("p", { class: "reply", "data-action": "jump-to-reply" }, "In reply to ", h("b", {}, authorName(to, store)), " ",
    plainOf(textOf(to), names));
}

/** Not in the tab order until their message has the focus: see messages.js. */
function actions(/** @type {boolean} */ own, /** @type {boolean} */ mayReact) {
  const button = (/** @type {string} */ action, /** @type {string} */ label, /** @type {string} */ drawing = action) =>
    iconButton(drawing, label, { tabindex: "-1", "data-action": action });
  return h("div", { class: "actions" },
    mayReact && button("react", "Add a reaction", "smile"),
    own && button("edit", "Edit"), own && button("delete", "Delete"));
}
