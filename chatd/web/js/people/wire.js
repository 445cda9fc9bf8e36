/**
 * What goes on about people beside the views, from the moment that it is known who we are: one's presence is
 * told, names lead to cards, and what deserves it is announced.
 */

import { wireFavicon } from "../notifications/favicon.js";
import { wireMutes } from "../notifications/mutes.js";
import { wireNotifications } from "../notifications/notify.js";
import { tellPresence } from "./presence.js";

/** @typedef {import("../client.js").Client} Client */

// In a message: the picture and the name of who has written, and who is mentioned.
const NAMED = "article.message > .avatar, article.message header .author, .mention[data-user]";

/** @param {Client} client */
export function wirePeople(client) {
  tellPresence(client);
  wireNotifications(client);
  client.addEventListener("CHATD_ADMIN_NOTICE", async (event) =>
    (await import("./admin-notices.js")).tellNotice(client, /** @type {CustomEvent} */ (event).detail));
  wireFavicon(client);
  wireMutes(client);
  document.addEventListener("click", (event) => {
    const named = /** @type {Element} */ (event.target).closest?.(NAMED);
    if (named instanceof HTMLElement && !event.defaultPrevented) void showNamed(client, named);
  });
}

/** @param {Client} client @param {HTMLElement} named */
async function showNamed(client, named) {
  const { store } = client;
  const channel = store.openChannel;
  const message = store.timelines.get(channel?.id ?? "")?.get(named.closest("article")?.dataset.messageId ?? "");
  const mentioned = named.dataset.user;
  // A webhook is nobody.
  if (!mentioned && (!message || message.webhook_id)) return;
  const { openCard } = await import("./card.js");
  await openCard(client, named, { guildId: channel?.guild_id, channelId: channel?.id, userId: mentioned ?? message?.author.id },
    { known: mentioned ? undefined : message?.author });
}
