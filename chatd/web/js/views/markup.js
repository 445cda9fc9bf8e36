/**
 * The tree of a text (markdown/) as nodes of the page.
 *
 * Everything somebody wrote goes in as text nodes; addresses have passed markdown/'s patterns, which let only
 * http and https through. Names of people, roles and channels are looked up when it is shown, and a mention of
 * what is not known here stays the text it is.
 *
 * @import {Block, Inline} from "../markdown/tree.js"
 */

import { h } from "../dom.js";
import { parseMarkdown } from "../markdown/blocks.js";
import { parseInline } from "../markdown/inline.js";
import { locale } from "../time.js";

/**
 * What a mention is called here; null for what is not known.
 * @typedef {object} Names
 * @property {(id: string) => string | null} user
 * @property {(id: string) => {name: string, colour: string | null} | null} role
 * @property {(id: string) => {name: string, href: string} | null} channel
 * @property {(id: string, animated: boolean) => string} emoji  the address of its picture
 * @property {string} [me]  whose mentions stand out
 */

const LEVELS = /** @type {const} */ ({ 1: "h3", 2: "h4", 3: "h5", 4: "small" });
const STYLES = /** @type {const} */ ({ bold: "strong", italic: "em", underline: "u", strike: "s" });
const EMOJI_ALONE_MAX = 30;

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const TIMES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" }, S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = /** @type {const} */ ([
  ["year", 31_556_952_000], ["month", 2_629_746_000], ["week", 604_800_000], ["day", 86_400_000],
  ["hour", 3_600_000], ["minute", 60_000], ["second", 1000],
]);
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/**
 * A whole text: what a message says, or the description of an embed.
 * @param {string} text
 * @param {Names} names
 * @returns {Node[]}
 */
export function markupOf(text, names) {
  const blocks = parseMarkdown(text);
  const nodes = blocks.map((block) => blockNode(block, names));
  if (onlyEmoji(blocks)) nodes.forEach((node) => node.classList.add("only-emoji"));
  return nodes;
}

/**
 * A text of one line, without headings and lists: a topic, the title of an embed.
 * @param {string} text
 * @param {Names} names
 * @returns {(Node | string)[]}
 */
export const inlineMarkupOf = (text, names) => inlineNodes(parseInline(text), names);

/**
 * The same without any form, on one line: for a reply, a notification, a screen reader. What is hidden stays so.
 * @param {string} text
 * @param {Names} names
 */
export function plainOf(text, names) {
  return plainBlocks(parseMarkdown(text), names).replace(/\s+/g, " ").trim();
}

/** @param {Block[]} blocks @param {Names} names @returns {string} */
function plainBlocks(blocks, names) {
  return blocks.map((block) => {
    if (block.type === "list") return block.items.map((item) => plainBlocks(item, names)).join(" ");
    if (block.type === "quote") return plainBlocks(block.children, names);
    return plainNodes(block.children, names);
  }).join(" ");
}

/** @param {Inline[]} nodes @param {Names} names @returns {string} */
function plainNodes(nodes, names) {
  return nodes.map((node) => {
    if (node.type === "spoiler") return "▮▮▮";
    if ("children" in node) return plainNodes(node.children, names);
    if (node.type === "emoji") return `:${node.name}:`;
    const shown = inlineNode(node, names);
    return typeof shown === "string" ? shown : isolated(shown.textContent ?? "");
  }).join("");
}

// Letters and marks that are written from right to left, or have others be so.
const TURNING = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What `<bdi>` is among elements, for a name in plain text: it turns nothing behind it. @param {string} name */
const isolated = (name) => (TURNING.test(name) ? `\u2068${name.replace(/[\u2066-\u2069]/g, "")}\u2069` : name);

/** @param {Block} block @param {Names} names @returns {HTMLElement} */
function blockNode(block, names) {
  switch (block.type) {
    case "paragraph":
      return h("div", { class: "paragraph" }, ...inlineNodes(block.children, names));
    case "heading":
      return h(LEVELS[block.level], {}, ...inlineNodes(block.children, names));
    case "quote":
      return h("blockquote", {}, ...block.children.map((child) => blockNode(child, names)));
    case "list": {
      const items = block.items.map((item) => h("li", {}, ...item.map((child) => blockNode(child, names))));
      return block.start === null ? h("ul", {}, ...items) : h("ol", { start: block.start }, ...items);
    }
  }
}

/** @param {Inline[]} nodes @param {Names} names @returns {(Node | string)[]} */
function inlineNodes(nodes, names) {
  return nodes.map((node, n) => {
    // A block of code ends its line by itself.
    const below = node.type === "text" && nodes[n - 1]?.type === "codeblock";
    return below ? node.text.replace(/^\n/, "") : inlineNode(node, names);
  });
}

/** @param {Inline} node @param {Names} names @returns {Node | string} */
function inlineNode(node, names) {
  switch (node.type) {
    case "text": return node.text;
    case "code": return h("code", {}, node.text);
    case "codeblock": return codeBlock(node.text, node.language);
    case "spoiler": return spoiler(inlineNodes(node.children, names));
    case "link":
      return h("a", { href: node.href, target: "_blank", rel: "noopener noreferrer", title: node.title },
        ...inlineNodes(node.children, names));
    case "emoji": return emoji(node.name, names.emoji(node.id, node.animated));
    case "time": return time(node.time_ms, node.style);
    case "everyone": return mention(node.text, "mention me");
    case "command": return mention(`/${node.name}`);
    case "user": return userMention(node.id, names);
    case "role": return roleMention(node.id, names);
    case "channel": return channelMention(node.id, names);
    default: return h(STYLES[node.type], {}, ...inlineNodes(node.children, names));
  }
}

/** @param {string} text @param {string} [kind] */
const mention = (text, kind = "mention") => h("span", { class: kind }, h("bdi", {}, text));

/** @param {string} id @param {Names} names */
function userMention(id, names) {
  const name = names.user(id);
  if (name === null) return `<@${id}>`;
  const node = mention(`@${name}`, id === names.me ? "mention me" : "mention");
  node.dataset.user = id;
  return node;
}

/** @param {string} id @param {Names} names */
function roleMention(id, names) {
  const role = names.role(id);
  if (role === null) return `<@&${id}>`;
  const node = mention(`@${role.name}`);
  if (role.colour) node.style.setProperty("--role", role.colour);
  return node;
}

/** @param {string} id @param {Names} names */
function channelMention(id, names) {
  const channel = names.channel(id);
  if (channel === null) return `<#${id}>`;
  return h("a", { class: "mention", href: channel.href }, h("bdi", {}, `#${channel.name}`));
}

/** @param {string} name @param {string} src */
function emoji(name, src) {
  const label = `:${name}:`;
  return h("img", { class: "emoji", src, alt: label, title: label, loading: "lazy", draggable: "false" });
}

/** What is hidden until somebody asks for it, by pointer or key. @param {(Node | string)[]} children */
function spoiler(children) {
  const node = h("span", {
    class: "spoiler", role: "button", tabindex: 0, "aria-label": "Spoiler: show", "aria-expanded": "false",
  }, h("span", { inert: true }, ...children));
  const show = (/** @type {Event} */ event) => {
    if (node.classList.contains("open")) return;
    event.preventDefault();
    node.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) node.removeAttribute(name);
    node.firstElementChild?.removeAttribute("inert");
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") show(event);
  });
  return node;
}

/** @param {string} text @param {string | null} language */
function codeBlock(text, language) {
  return h("pre", { tabindex: 0, role: "group", "aria-label": language ? `Code, ${language}` : "Code" },
    h("code", { "data-language": language }, text));
}

/** @param {number} time_ms @param {string} style */
function time(time_ms, style) {
  const date = new Date(time_ms);
  const full = date.toLocaleString(locale(), TIMES.F);
  const shown = style === "R" ? fromNow(time_ms) : date.toLocaleString(locale(), TIMES[style]);
  return h("time", { datetime: date.toISOString(), title: full, "data-relative": style === "R" }, shown);
}

/** "in 5 minutes", "yesterday". @param {number} time_ms */
export function fromNow(time_ms, now_ms = Date.now()) {
  const ahead_ms = time_ms - now_ms;
  const [unit, unit_ms] = UNITS.find(([, ms]) => Math.abs(ahead_ms) >= ms) ?? UNITS[UNITS.length - 1];
  return relative.format(Math.trunc(ahead_ms / unit_ms), unit);
}

/** A message of a few emoji and nothing else shows them large. @param {Block[]} blocks */
function onlyEmoji(blocks) {
  if (blocks.length !== 1 || blocks[0].type !== "paragraph") return false;
  let count = 0;
  for (const node of blocks[0].children) {
    if (node.type === "emoji") count++;
    else if (node.type !== "text" || !/^(?:\p{RGI_Emoji}|\s)*$/v.test(node.text)) return false;
    else count += node.text.match(/\p{RGI_Emoji}/gv)?.length ?? 0;
    if (count > EMOJI_ALONE_MAX) return false;
  }
  return count > 0;
}
