/** The typing line. When somebody stops is the store's business. */

import { listed } from "./names.js";

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

/** @param {string[]} names @returns {(Node | string)[]} */
function sentenceOf(names) {
  if (names.length === 0) return [];
  if (names.length > NAMED_MAX) return ["Several people are typing…"];
  return [...listed(names), names.length === 1 ? " is typing…" : " are typing…"];
}
