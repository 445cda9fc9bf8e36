/**
 * What a message carries, below its head: the text, what it passes on, files, embeds, stickers, a poll, and
 * what others have put below it.
 */

import { h } from "../dom.js";
import { may } from "../permissions.js";
import { fullTime } from "../time.js";
import { orToast } from "../ui/toast.js";
import { markupOf } from "./markup.js";
import { namesIn } from "./names.js";
import { isPartial, parts, ready } from "./parts.js";
import { reactionsElement } from "./reactions.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Message} Message */

const SUPPRESS_EMBEDS = 1 << 2, COMPONENTS_V2 = 1 << 15;
const LOTTIE = 3, GIF = 4;

/** @param {Message} message @param {Store} store @returns {(Node | null | undefined | false)[]} */
export function bodyOf(message, store) {
  const guildId = store.channels.get(message.channel_id)?.guild_id;
  const names = namesIn(store, guildId);
  const { attachments = [], embeds = [], sticker_items = [], message_snapshots = [], flags = 0 } = message;
  if (isPartial(message)) void ready([message]).then(() => store.tell("messages"));
  const { files, embeds: cards, polls, bots } = parts;
  const after = [
    bots?.componentsElement(message, store, names),
    reactionsElement(message, may(store, { channelId: message.channel_id }, "ADD_REACTIONS")),
    bots?.ephemeralLine(message),
  ];
  if (bots?.isThinking(message)) return [bots.thinkingElement(store.nameOf(message.author, guildId)), bots.ephemeralLine(message)];
  if (flags & COMPONENTS_V2) return after;
  return [
    textElement(message, names),
    ...message_snapshots.map(({ message: passed }) => forwardElement(passed, names)),
    files?.attachmentsElement(attachments),
    ...(flags & SUPPRESS_EMBEDS ? [] : cards?.embedElements(embeds, names) ?? []),
    ...sticker_items.map(stickerElement),
    polls?.pollElement(message, orToast),
    ...after,
  ];
}

/** @param {string} content @param {Store} store @param {string} [guildId] */
export const contentElement = (content, store, guildId) =>
  h("div", { class: "content", dir: "auto" }, ...markupOf(content, namesIn(store, guildId)));

/** @param {Message} message @param {import("./markup.js").Names} names */
function textElement({ content, edited_timestamp: edited }, names) {
  const text = content === "" ? [] : markupOf(content, names);
  if (!edited) return h("div", { class: "content", dir: "auto" }, ...text);
  const mark = h("span", { class: "edited", title: fullTime(Date.parse(edited)) }, "edited");
  // Behind the last line, unless that is a list or a quote.
  const last = text.at(-1);
  const inline = last instanceof HTMLElement && last.classList.contains("paragraph");
  // What turns the direction of the text does not turn that of the mark.
  if (inline) last.replaceChildren(h("bdi", {}, ...last.childNodes), " ", mark);
  return h("div", { class: "content", dir: "auto" }, ...text, !inline && mark);
}

/** @param {NonNullable<Message["message_snapshots"]>[number]["message"]} passed @param {import("./markup.js").Names} names */
function forwardElement({ content, attachments = [], embeds = [] }, names) {
  return h("blockquote", { class: "forward" }, h("p", { class: "hint" }, "Forwarded"),
    h("div", { dir: "auto" }, ...markupOf(content, names)),
    parts.files?.attachmentsElement(attachments), ...(parts.embeds?.embedElements(embeds, names) ?? []));
}

/** @param {{id: string, name: string, format_type: number}} sticker */
function stickerElement({ id, name, format_type }) {
  if (format_type === LOTTIE) return h("p", { class: "hint" }, `Sticker: ${name}`);
  const src = `/stickers/${id}.${format_type === GIF ? "gif" : "png"}`;
  return h("img", { class: "sticker", src, alt: `Sticker: ${name}`, title: name, width: 160, height: 160, loading: "lazy" });
}
