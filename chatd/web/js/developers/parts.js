/** What the pages of developers have in common: an application as such, and its picture. */

import { h } from "../dom.js";
import { hueOf } from "../ids.js";
import { initialsOf } from "../ui/avatar.js";

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

/** @param {number} count */
export const inGuilds = (count) =>
  (count === 0 ? "in no guild yet" : count === 1 ? "in 1 guild" : `in ${count} guilds`);
