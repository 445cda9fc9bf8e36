/** Initials on a colour that belongs to the id: nobody needs a picture to be told apart. */

import { h } from "../dom.js";
import { hueOf } from "../ids.js";

/**
 * @param {string} id
 * @param {string} name
 * @param {import("../types.js").Status} [status]  with a dot that shows it
 */
export function avatar(id, name, status) {
  const element = h("span", { class: "avatar", "aria-hidden": "true" }, initialsOf(name));
  element.style.setProperty("--hue", String(hueOf(id)));
  if (status) element.append(h("span", { class: "dot", "data-status": status }));
  return element;
}

/** "Ada Lovelace" to "AL", "ada" to "A". @param {string} name */
function initialsOf(name) {
  const words = name.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const firsts = words.map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? "");
  const [first = "?", last = ""] = firsts.length > 1 ? [firsts[0], firsts[firsts.length - 1]] : firsts;
  return (first + last).toLocaleUpperCase();
}
