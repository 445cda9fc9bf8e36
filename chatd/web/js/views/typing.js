/** The typing line. When somebody stops is the store's business. */

import { find } from "../dom.js";

const NAMED_MAX = 3;

/** @param {import("../store.js").Store} store */
export function showTyping(store) {
  const line = find("#typing");
  store.subscribe(["typing", "members"], () => {
    const channel = store.openChannel;
    const typists = channel ? [...(store.typing.get(channel.id)?.keys() ?? [])] : [];
    const names = typists.map((id) => store.nameOf({ id, username: "Someone" }, channel?.guild_id));
    line.textContent = sentenceOf(names);
  });
}

/** @param {string[]} names */
function sentenceOf(names) {
  if (names.length === 0) return "";
  if (names.length > NAMED_MAX) return "Several people are typing…";
  const list = new Intl.ListFormat("en", { type: "conjunction" }).format(names);
  return `${list} ${names.length === 1 ? "is" : "are"} typing…`;
}
