/**
 * Who has put a reaction below a message: said of the one under the pointer or with the focus, and asked of the server
 * only then. A reaction that changes is drawn anew, and asked for again.
 */

import { call } from "../rest.js";
import { sayTip } from "../ui/tooltip.js";
import { listed } from "./names.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").User} User */

const NAMED_MAX = 4;

/** Reactions that have been asked for. @type {WeakSet<Element>} */
const asked = new WeakSet();

/** @param {Client} client @param {HTMLElement} reaction  its button */
export async function tellReactors({ store }, reaction) {
  const { channelId, messageId } = placeOf(store, reaction);
  const { emoji = "" } = reaction.dataset;
  if (asked.has(reaction) || !messageId) return;
  asked.add(reaction);
  /** @type {User[] | null} */
  const users = await call("GET", `${reactorsPath(channelId, messageId, emoji)}?limit=${NAMED_MAX}`).catch(() => null);
  // It is a help and no more: who does not get it is not told so, and may point at it again.
  if (users === null) return void asked.delete(reaction);
  const guildId = store.channels.get(channelId)?.guild_id;
  const names = users.map((user) => store.nameOf(user, guildId));
  const others = Number(reaction.querySelector(".count")?.textContent) - names.length;
  const parts = listed(others > 0 ? [...names, others === 1 ? "1 other" : `${others} others`] : names);
  reaction.setAttribute("aria-description", parts.map((part) => (part instanceof Node ? part.textContent : part)).join(""));
  sayTip(reaction, parts);
}

/** @param {string} channelId @param {string} messageId @param {string} emoji  its key */
export const reactorsPath = (channelId, messageId, emoji) =>
  `/channels/${channelId}/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`;

/** @param {import("../store.js").Store} store @param {HTMLElement} reaction */
const placeOf = (store, reaction) => ({
  channelId: store.open ?? "",
  messageId: /** @type {HTMLElement | null} */ (reaction.closest("[data-message-id]"))?.dataset.messageId,
});
