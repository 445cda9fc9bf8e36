/**
 * A panel at the side of the room: what was found, what is pinned, which threads there are. One is open at a
 * time; Escape, its cross and another channel close it.
 */

import { h } from "../dom.js";
import { iconButton } from "../ui/buttons.js";
import { styles } from "../ui/styles.js";

/** @typedef {import("../client.js").Client} Client */

/** @type {{id: string, close: () => void} | null} */
let open = null;

/**
 * Open it; null if that closed it, for its button does both.
 * @param {Client} client
 * @param {{id: string, title: string, anchor?: HTMLElement, body: HTMLElement[], stays?: boolean}} content  `stays`
 *   when another channel is opened
 */
export async function openPanel(client, { id, title, anchor, body, stays = false }) {
  const wasOpen = open?.id === id;
  open?.close();
  if (wasOpen) return null;
  await styles("panels");
  const room = /** @type {HTMLElement} */ (document.querySelector(".room"));
  const element = h("aside", { class: "panel", id, "aria-label": title },
    h("header", {}, h("h2", {}, title), iconButton("close", "Close", { onclick: () => close() })), ...body);
  const channel = client.store.open;
  const end = client.store.subscribe(["open"], () => {
    if (!client.store.openChannel || (!stays && client.store.open !== channel)) close();
  });
  const close = () => {
    if (open?.close !== close) return;
    open = null;
    end();
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    if (hadFocus && anchor?.isConnected) anchor.focus();
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  open = { id, close };
  room.append(element);
  return { element, close };
}

/** Panels lie over the room where it is narrow: who has found something wants to see it. */
export function leaveNarrowPanel() {
  if (matchMedia("(max-width: 759px)").matches) open?.close();
}
