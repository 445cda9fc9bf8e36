/** Faces: a person's picture, or initials on a colour that belongs to the id; with a dot for presence. */

import { h } from "../dom.js";
import { hueOf } from "../ids.js";

/** @typedef {import("../types.js").Status} Status */

/** @type {Record<Status, string>} */
export const STATUS_WORDS = { online: "online", idle: "away", dnd: "do not disturb", offline: "offline" };

/**
 * @param {{id: string, avatar?: string | null}} user
 * @param {string} name
 * @param {Status} [status]  with a dot that shows it
 */
export function avatar({ id, avatar: hash }, name, status) {
  return picture(id, name, hash ? `/avatars/${id}/${hash}.png?size=128` : null, "avatar", status);
}

/** @param {{id: string, icon?: string | null}} guild @param {string} name */
export function guildIcon({ id, icon }, name) {
  return picture(id, name, icon ? `/icons/${id}/${icon}.png?size=128` : null, "guild-icon");
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string | null} src
 * @param {string} kind
 * @param {Status} [status]
 */
function picture(id, name, src, kind, status) {
  const element = h("span", { class: kind, "aria-hidden": "true" },
    src ? h("img", { src, alt: "", loading: "lazy", draggable: "false" }) : initialsOf(name),
    status && presenceDot(status));
  element.style.setProperty("--hue", String(hueOf(id)));
  return element;
}

/** @param {Status} status */
export const presenceDot = (status) => h("span", { class: "dot", "data-status": status });

/** "Ada Lovelace" to "AL", "ada" to "A". @param {string} name */
export function initialsOf(name) {
  const words = name.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const firsts = words.map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? "");
  const [first = "?", last = ""] = firsts.length > 1 ? [firsts[0], firsts[firsts.length - 1]] : firsts;
  return (first + last).toLocaleUpperCase();
}
