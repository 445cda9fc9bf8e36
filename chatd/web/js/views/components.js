/**
 * What a message is made of beside its text: buttons, menus, and the layout of version 2.
 *
 * Drawn from the message and from `store.asked`: a control that was used waits for the bot's answer. What is
 * behind the controls is loaded when the first is used (interactions/use.js).
 */

import { h } from "../dom.js";
import { icon } from "../ui/icons.js";
import { attachmentsElement, fitted, hidden, pathOfFile } from "./attachments.js";
import { markupOf } from "./markup.js";
import { emojiAddress } from "./names.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Component} Component */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("./markup.js").Names} Names */
/** @typedef {{message: Message, store: Store, names: Names}} Context */

export const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;

const BUTTON_STYLES = ["", "primary", "secondary", "success", "danger", "link"];
const LINK = 5;

/** @type {Record<number, (component: Component, context: Context) => HTMLElement | false | null>} */
const KINDS = {
  1: ({ components = [] }, context) => h("div", { class: "component-row" }, ...drawn(components, context)),
  2: buttonElement,
  3: menuElement, 5: menuElement, 6: menuElement, 7: menuElement, 8: menuElement,
  9: sectionElement,
  10: ({ content = "" }, { names }) => h("div", { class: "content", dir: "auto" }, ...markupOf(content, names)),
  11: ({ media, description, spoiler }) => picture(media, description, spoiler, "thumbnail"),
  12: galleryElement,
  13: fileElement,
  14: ({ divider, spacing }) =>
    h("hr", { class: "component-separator", "data-spacing": spacing, "data-divider": divider !== false && "" }),
  17: containerElement,
};

/** @param {Message} message @param {Store} store @param {Names} names */
export function componentsElement(message, store, names) {
  const { components = [] } = message;
  if (components.length === 0) return null;
  return h("div", { class: "components" }, ...drawn(components, { message, store, names }), failureElement(message, store));
}

/** What of it depends on more than the message: see messageSignature. @param {Message} message @param {Store} store */
export function componentsSignature({ id, components = [] }, store) {
  if (components.length === 0) return "";
  const used = [...store.asked.values()].filter(({ key }) => key?.startsWith(`${id} `)).map(({ key, state, reason }) => [key, state, reason]);
  const chosen = [...store.chosen].filter(([key]) => key.startsWith(`${id} `));
  return JSON.stringify([used, chosen]);
}

/** @param {Component[]} components @param {Context} context */
const drawn = (components, context) => components.map((one) => KINDS[one.type]?.(one, context));

/** @param {Message} message @param {Component} component */
export const keyOf = ({ id }, component) => `${id} ${component.id}`;

/** What became of a control that was used. @param {Component} component @param {Context} context */
function usedOf(component, { message, store }) {
  const key = keyOf(message, component);
  return [...store.asked.values()].find((asked) => asked.key === key);
}

/** @param {Message} message @param {Store} store */
function failureElement({ id }, store) {
  const failed = [...store.asked.values()].find(({ key, state }) => state === "failed" && key?.startsWith(`${id} `));
  return failed && h("p", { class: "component-failure", role: "alert" }, icon("warning"), h("span", {}, failed.reason));
}

/** @param {Component} component @param {Context} context */
function buttonElement(component, context) {
  const { style = 2, label, emoji, disabled, url = "" } = component;
  const inside = [emojiElement(emoji), label && h("span", {}, label)];
  const named = label ? null : emoji?.name;
  const common = { class: "component-button", "data-style": BUTTON_STYLES[style], "aria-label": named };
  if (style === LINK && !disabled && /^https?:\/\//i.test(url)) {
    return h("a", { ...common, href: url, target: "_blank", rel: "noopener noreferrer" }, ...inside, icon("external"));
  }
  const waits = usedOf(component, context)?.state === "sent";
  return h("button", {
    ...common, type: "button", disabled, "data-component": component.id, "data-key": `component ${component.id}`,
    "aria-busy": waits && "true", "aria-disabled": waits && "true",
  }, ...inside, style === LINK && icon("external"), waits && spinner());
}

/** @param {Component} component @param {Context} context */
function menuElement(component, context) {
  const { placeholder = "Make a selection", disabled } = component;
  const waits = usedOf(component, context)?.state === "sent";
  const chosen = context.store.chosen.get(keyOf(context.message, component)) ?? chosenOf(component);
  const words = chosen.map((value) => wordsOf(component, value, context)).filter(Boolean).join(", ");
  return h("button", {
    type: "button", class: "component-menu", disabled, "data-component": component.id,
    "data-key": `component ${component.id}`, "aria-haspopup": "listbox", "aria-expanded": "false",
    "aria-label": words ? `${placeholder}: ${words}` : placeholder,
    "aria-busy": waits && "true", "aria-disabled": waits && "true",
  }, words ? h("span", { class: "menu-chosen" }, words) : h("span", { class: "menu-placeholder" }, placeholder),
  waits ? spinner() : icon("chevron"));
}

/** What is chosen from the beginning. @param {Component} menu */
export function chosenOf({ options = [], default_values = [] }) {
  return [...options.filter((one) => one.default).map(({ value }) => value), ...default_values.map(({ id }) => id)];
}

/** @param {Component} menu @param {string} value @param {Context} context */
function wordsOf({ options, type }, value, { names }) {
  if (options) return options.find((one) => one.value === value)?.label;
  if (type === 8) return `#${names.channel(value)?.name ?? "unknown"}`;
  return names.user(value) ?? names.role(value)?.name;
}

/** @param {Component} component @param {Context} context */
function sectionElement({ components = [], accessory }, context) {
  return h("div", { class: "component-section" },
    h("div", { class: "section-texts" }, ...drawn(components, context)),
    accessory && h("div", { class: "section-accessory" }, ...drawn([accessory], context)));
}

/** @param {Component} component @param {Context} context */
function containerElement({ components = [], accent_color, spoiler }, context) {
  const element = h("section", { class: "component-container", "aria-label": "Container" }, ...drawn(components, context));
  if (accent_color !== null && accent_color !== undefined) {
    element.style.setProperty("--accent-of", `#${accent_color.toString(16).padStart(6, "0")}`);
    element.dataset.accent = "";
  }
  return spoiler ? hidden(element) : element;
}

/** @param {Component} component */
function galleryElement({ items = [] }) {
  return h("div", { class: "component-gallery", "data-count": items.length },
    ...items.map(({ media, description, spoiler }) => picture(media, description, spoiler, "gallery-item")));
}

/** @param {import("../types.js").Media | undefined} media @param {string | undefined} description @param {boolean | undefined} spoiler @param {string} kind */
function picture(media, description, spoiler, kind) {
  if (!media) return null;
  const src = pathOfFile(media.proxy_url) ?? pathOfFile(media.url);
  const shown = src === null ? elsewhere(media.url, description) : shownMedia(media, src, description);
  const element = h("div", { class: kind }, shown);
  return spoiler ? hidden(element) : element;
}

/** @param {import("../types.js").Media} media @param {string} src @param {string | undefined} description */
function shownMedia({ width, height, content_type = "" }, src, description) {
  const size = width && height ? fitted(width, height) : {};
  if (content_type.startsWith("video/")) {
    return h("video", { src, controls: true, preload: "metadata", "aria-label": description ?? "Video", ...size });
  }
  return h("a", { class: "picture", href: src, target: "_blank", rel: "noopener noreferrer" },
    h("img", { src, alt: description ?? "Picture", title: description, loading: "lazy", ...size }));
}

/** No other site is asked for it. @param {string} url @param {string | undefined} description */
function elsewhere(url, description) {
  if (!/^https?:\/\//i.test(url)) return null;
  return h("a", { class: "elsewhere", href: url, target: "_blank", rel: "noopener noreferrer" }, description || "Picture", icon("external"));
}

/** @param {Component} component */
function fileElement({ file, name = "file", size = 0, spoiler }) {
  if (!file) return null;
  const element = attachmentsElement([{ id: "0", filename: name, size, url: file.proxy_url ?? file.url }]);
  return element && spoiler ? hidden(element) : element;
}

/** @param {import("../types.js").PartialEmoji | undefined} emoji */
export function emojiElement(emoji) {
  if (!emoji?.name && !emoji?.id) return null;
  if (!emoji.id) return h("span", { class: "emoji", "aria-hidden": "true" }, emoji.name);
  return h("img", { class: "emoji", src: emojiAddress(emoji.id, emoji.animated === true), alt: "" });
}

const spinner = () => h("span", { class: "spinner", "aria-hidden": "true" });

// What is said around the message.

/** Who has used which command. @param {Message} message @param {Store} store */
export function usedLine({ type, channel_id, interaction, interaction_metadata: metadata }, store) {
  if ((type !== 20 && type !== 23) || !metadata) return null;
  const who = store.nameOf(metadata.user, store.channels.get(channel_id)?.guild_id);
  const name = interaction?.name ?? metadata.name;
  return h("p", { class: "reply used" }, icon("bot"), h("b", {}, h("bdi", {}, who)), " used ",
    h("span", { class: "used-command" }, name ? (type === 20 ? `/${name}` : name) : "a command"));
}

/** @param {Message} message */
export function isThinking({ flags = 0, content }) {
  return (flags & LOADING) !== 0 && content === "";
}

/** @param {string} name */
export const thinkingElement = (name) => h("div", { class: "content thinking", role: "status" },
  h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, h("bdi", {}, name), " is thinking…"));

/** Shown to us alone: nobody can react to it. @param {Message} message */
export const isEphemeral = ({ flags = 0 }) => (flags & EPHEMERAL) !== 0;

/** @param {Message} message */
export function ephemeralLine(message) {
  return isEphemeral(message) ? h("p", { class: "ephemeral" }, icon("hidden"), "Only you can see this · ",
    h("button", { type: "button", class: "link", "data-dismiss": "" }, "Dismiss")) : null;
}
