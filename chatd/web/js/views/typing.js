/** The typing line. When somebody stops is the store's business. */

import { h } from "../dom.js";

const NAMED_MAX = 3;

/** @param {import("../store.js").Store} store @param {HTMLElement} line */
export function showTyping(store, line) {
  store.subscribe(["typing", "members", "open"], () => {
    const channel = store.openChannel;
    const typists = channel ? [...(store.typing.get(channel.id)?.keys() ?? [])] : [];
    const names = typists.map((id) => store.nameOf({ id, username: "Someone" }, channel?.guild_id));
    line.replaceChildren(...sentenceOf(names));
  });
}

/**
 * Each name in an element of its own, so that one written from right to left leaves the others in place.
 * @param {string[]} names
 * @returns {(Node | string)[]}
 */
function sentenceOf(names) {
  if (names.length === 0) return [];
  if (names.length > NAMED_MAX) return ["Several people are typing…"];
  const list = new Intl.ListFormat("en", { type: "conjunction" }).formatToParts(names);
  const parts = list.map(({ type, value }) => (type === "element" ? h("bdi", {}, value) : value));
  return [...parts, names.length === 1 ? " is typing…" : " are typing…"];
}
