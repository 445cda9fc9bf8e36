/** Embeds: cards that bots write and that links get. A picture from elsewhere is a link, for no other site is asked. */

import { h } from "../dom.js";
import { momentTime } from "../time.js";
import { pathOfFile, fitted } from "./attachments.js";
import { inlineMarkupOf, markupOf } from "./markup.js";

/** @typedef {import("../types.js").Embed} Embed */
/** @typedef {import("./markup.js").Names} Names */

/** @param {Embed[]} embeds @param {Names} names */
export const embedElements = (embeds, names) => embeds.map((embed) => embedElement(embed, names));

/** @param {Embed} embed @param {Names} names */
function embedElement(embed, names) {
  const { provider, author, title, description, url, color, fields = [], footer, timestamp } = embed;
  const element = h("section", { class: "embed", "aria-label": title ?? author?.name ?? "Embed" },
    h("div", { class: "embed-words" },
      provider?.name && h("p", { class: "embed-provider" }, linked(provider.url, [provider.name])),
      author && h("p", { class: "embed-author" }, linked(author.url, [author.name])),
      title && h("p", { class: "embed-title" }, linked(url, inlineMarkupOf(title, names))),
      description && h("div", { class: "embed-description" }, ...markupOf(description, names)),
      fields.length > 0 && h("dl", { class: "embed-fields" }, ...fields.map((field) => fieldElement(field, names))),
      footerElement(footer?.text, timestamp)),
    pictureOf(embed.thumbnail, "embed-thumbnail"),
    pictureOf(embed.image, "embed-image"));
  if (color) element.style.setProperty("--embed", `#${color.toString(16).padStart(6, "0")}`);
  return element;
}

/** @param {{name: string, value: string, inline?: boolean}} field @param {Names} names */
function fieldElement({ name, value, inline }, names) {
  return h("div", { class: inline ? "inline" : null },
    h("dt", {}, ...inlineMarkupOf(name, names)), h("dd", {}, ...markupOf(value, names)));
}

/** @param {string | undefined} text @param {string | undefined} timestamp */
function footerElement(text, timestamp) {
  const time = timestamp && !Number.isNaN(Date.parse(timestamp)) ? new Date(timestamp) : null;
  if (!text && !time) return null;
  const shown = time && momentTime(time.getTime());
  return h("p", { class: "embed-footer" }, text && h("bdi", {}, text), text && time && " · ",
    time && h("time", { datetime: time.toISOString() }, shown));
}

/** @param {string | undefined} url @param {(Node | string)[]} children */
function linked(url, children) {
  if (!url || !/^https?:\/\//i.test(url)) return h("span", {}, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** @param {Embed["image"]} picture @param {string} kind */
function pictureOf(picture, kind) {
  if (!picture) return null;
  const src = pathOfFile(picture.proxy_url) ?? pathOfFile(picture.url);
  if (src === null) return h("p", { class: "embed-elsewhere" }, linked(picture.url, ["Picture"]));
  const size = picture.width && picture.height ? fitted(picture.width, picture.height) : {};
  return h("img", { class: kind, src, alt: "", loading: "lazy", ...size });
}
