/** One message as an element: head or time, text, what hangs on it, and the buttons of its owner. */

import { h } from "../dom.js";
import { isNotice, noticeText, textOf } from "../rows.js";
import { nodesOf } from "../text.js";
import { clockTime, fullTime, shortTime } from "../time.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Pending} Pending */
/** @typedef {import("../rows.js").MessageRow} MessageRow */
/** @typedef {import("../rows.js").PendingRow} PendingRow */

// Pictures wider than this many pixels are drawn smaller.
const IMAGE_WIDTH_MAX = 480;

/** @param {MessageRow} row @param {Store} store */
export function messageElement({ message, grouped, time_ms }, store) {
  const name = authorName(message, store);
  const own = message.author.id === store.me?.id && !message.webhook_id;
  const classes = isNotice(message) ? "message notice" : classesOf(grouped);
  const parts = isNotice(message) ? noticeOf(message, name, time_ms) : [
    ...headOf(message.author, name, time_ms, grouped, message.author.bot === true),
    replyLine(message, store),
    bodyOf(message, store),
    ...extrasOf(message),
    own && actions(),
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
    h("div", { class: "content", dir: "auto" }, ...nodesOf(pending.content, mentionsFor(store, guildId))),
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
  const { content, edited_timestamp, attachments, embeds, referenced_message: replied } = message;
  return JSON.stringify([grouped, authorName(message, store), content, edited_timestamp, attachments, embeds,
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
 */
function headOf(author, name, time_ms, grouped, bot) {
  if (grouped) return [timeOf(time_ms, shortTime)];
  return [
    avatar(author, name),
    h("header", {}, h("span", { class: "author" }, name), bot && h("span", { class: "tag" }, "bot"),
      timeOf(time_ms, clockTime)),
  ];
}

/** @param {number} time_ms @param {(time_ms: number) => string} written */
function timeOf(time_ms, written) {
  return h("time", { datetime: new Date(time_ms).toISOString(), title: fullTime(time_ms) }, written(time_ms));
}

/** @param {Message} message @param {Store} store */
function bodyOf(message, store) {
  const edited = message.edited_timestamp;
  const guildId = store.channels.get(message.channel_id)?.guild_id;
  const text = nodesOf(textOf(message), mentionsFor(store, guildId));
  if (!edited) return h("div", { class: "content", dir: "auto" }, ...text);
  // The text may turn the direction of writing around, but not that of the word after it.
  return h("div", { class: "content", dir: "auto" }, h("bdi", {}, ...text),
    h("span", { class: "edited", title: fullTime(Date.parse(edited)) }, "edited"));
}

/** @param {Store} store @param {string} [guildId] */
function mentionsFor(store, guildId) {
  return (/** @type {string} */ sigil, /** @type {string} */ id) => {
    if (sigil === "#") return store.channels.has(id) ? `#${store.channels.get(id)?.name}` : null;
    if (sigil === "@&") return null;
    const user = store.guilds.get(guildId ?? "")?.members.get(id)?.user ?? store.users.get(id);
    return user ? `@${store.nameOf(user, guildId)}` : null;
  };
}

/** @param {Message} message @param {Store} store */
function replyLine(message, store) {
  if (message.type !== 19) return null;
  const to = message.referenced_message;
  if (!to) return h("p", { class: "reply" }, "In reply to a deleted message");
  return h("p", { class: "reply" }, "In reply to ", h("b", {}, authorName(to, store)), ` ${textOf(to)}`);
}

/** @param {Message} message */
function extrasOf({ attachments = [], embeds = [] }) {
  return [...attachments.map(attachmentElement), ...embeds.map(embedElement)];
}

/**
 * A picture of this server is shown; anything else is a link.
 * @param {import("../types.js").Attachment} attachment
 */
function attachmentElement({ url, filename, size, content_type, width, height, description }) {
  const address = URL.canParse(url, location.href) ? new URL(url, location.href) : null;
  if (!address || !/^https?:$/.test(address.protocol)) return h("p", { class: "attachment" }, filename);
  const link = { href: address.href, target: "_blank", rel: "noopener noreferrer", class: "attachment" };
  if (!content_type?.startsWith("image/") || !width || !height || address.origin !== location.origin) {
    return h("a", link, `${filename} (${bytes(size)})`);
  }
  const scale = Math.min(1, IMAGE_WIDTH_MAX / width);
  return h("a", link, h("img", {
    src: address.href, alt: description ?? filename, loading: "lazy",
    width: Math.round(width * scale), height: Math.round(height * scale),
  }));
}

/** @param {import("../types.js").Embed} embed */
function embedElement({ title, description, url, color, fields = [] }) {
  const heading = title && url && /^https?:/i.test(url)
    ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title)
    : title;
  const element = h("section", { class: "embed" },
    heading && h("p", { class: "embed-title" }, heading),
    description && h("p", {}, ...nodesOf(description, () => null)),
    ...fields.map(({ name, value }) => h("p", {}, h("b", {}, name), " ", value)));
  if (color) element.style.setProperty("--embed", `#${color.toString(16).padStart(6, "0")}`);
  return element;
}

/** @param {number} size */
function bytes(size) {
  if (size < 1024) return `${size} B`;
  return size < 2 ** 20 ? `${Math.round(size / 1024)} KB` : `${(size / 2 ** 20).toFixed(1)} MB`;
}

/** Not in the tab order until their message has the focus: see messages.js. */
function actions() {
  const button = (/** @type {string} */ action, /** @type {string} */ label) =>
    h("button", {
      type: "button",
      class: "icon-button",
      tabindex: "-1",
      "data-action": action,
      "aria-label": label,
      "data-tip": label,
    }, icon(action));
  return h("div", { class: "actions" }, button("edit", "Edit"), button("delete", "Delete"));
}
