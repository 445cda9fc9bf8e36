/** What the pages of developers have in common: an application's picture, and a text to be copied. */

import { h } from "../dom.js";
import { hueOf } from "../ids.js";
import { initialsOf } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { toast } from "../ui/toast.js";

/**
 * An application as the server tells its owner of it.
 * @typedef {object} Application
 * @property {string} id
 * @property {string} name
 * @property {string | null} icon
 * @property {string} description
 * @property {string[]} tags
 * @property {number} flags
 * @property {boolean} bot_public
 * @property {string} verify_key
 * @property {string | null} interactions_endpoint_url
 * @property {string} [terms_of_service_url]
 * @property {string} [privacy_policy_url]
 * @property {number} approximate_guild_count
 * @property {import("../types.js").User} bot
 */

/** @param {Pick<Application, "id" | "name" | "icon">} application */
export function applicationIcon({ id, name, icon }) {
  const element = h("span", { class: "guild-icon application-icon", "aria-hidden": "true" },
    icon ? h("img", { src: `/app-icons/${id}/${icon}.png?size=128`, alt: "" }) : initialsOf(name));
  element.style.setProperty("--hue", String(hueOf(id)));
  return element;
}

/**
 * A text that cannot be changed, and a button that copies it.
 * @param {string} label
 * @param {string} text
 * @param {string} [hint]
 */
export function copyable(label, text, hint) {
  const id = `copy-${label.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  const input = h("input", { id, class: "input", readonly: true, spellcheck: "false", onfocus: () => input.select() });
  input.value = text;
  const copy = iconButton("copy", `Copy ${label.toLowerCase()}`, { onclick: () => void copyText(input) });
  const element = h("div", { class: "field copyable" },
    h("label", { for: id }, label), h("div", { class: "copy-row" }, input, copy),
    hint && h("p", { class: "hint" }, hint));
  return { element, set: (/** @type {string} */ value) => { input.value = value; } };
}

/** @param {HTMLInputElement} input */
async function copyText(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    toast("Copied.");
  } catch {
    // Without TLS, or where the browser was told not to: it is selected, and a key does the rest.
    input.select();
    toast("Press Ctrl+C to copy what is selected.");
  }
}

/** @param {number} count */
export const inGuilds = (count) =>
  (count === 0 ? "in no guild yet" : count === 1 ? "in 1 guild" : `in ${count} guilds`);
