/**
 * Tell of a message, by the desktop and by the sound, unless somebody looks at its channel.
 *
 * The service worker shows it, where there is one: on Android nobody else may, and what it has shown can be clicked
 * when no tab is left (sw.js).
 */

import { pathOf } from "../paths.js";
import { go } from "../router.js";
import { titleOf } from "../shell/header.js";
import { authorName } from "../views/message.js";
import { plainOf } from "../views/markup.js";
import { namesIn } from "../views/names.js";
import { textOf } from "../rows.js";
import { chosen } from "./here.js";
import { LOOKED_AT } from "./notify.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Message} Message */

const TEXT_MAX = 200;

/** @param {Client} client @param {Message} message */
export async function tell(client, message) {
  const { store } = client;
  const { held = [] } = await navigator.locks?.query() ?? {};
  if (held.some(({ name }) => name === LOOKED_AT + message.channel_id)) return;
  const { desktop, sound } = chosen();
  if (sound) void import("./sound.js").then(({ chime }) => chime());
  if (!desktop || !("Notification" in window) || Notification.permission !== "granted") return;
  const channel = store.channels.get(message.channel_id);
  if (!channel) return;
  const name = authorName(message, store);
  const text = plainOf(textOf(message), namesIn(store, channel.guild_id)).slice(0, TEXT_MAX);
  const title = channel.guild_id ? `${name} in ${titleOf(store, channel)}` : name;
  const { avatar, id } = message.author;
  const path = pathOf(channel, message.id);
  const options = {
    body: text || "sent a file", tag: message.id, data: { path },
    icon: avatar ? `/avatars/${id}/${avatar}.png?size=128` : "/assets/icons/192.png",
  };
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) return registration.showNotification(title, options);
  const notification = new Notification(title, options);
  notification.onclick = () => {
    notification.close();
    window.focus();
    go(path);
  };
}
