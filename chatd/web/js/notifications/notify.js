/**
 * Desktop notifications and the sound: for what deserves it (level.js), and only while its channel is not looked at
 * in any tab. Of several tabs one tells, the one that holds the lock; each that shows a channel to somebody holds
 * a lock of that channel's name, so what becomes of a tab cannot leave anything behind.
 *
 * They are shown by the service worker, where there is one: on Android nobody else may, and what it has shown can be
 * clicked when no tab is left (sw.js).
 */

import { pathOf } from "../paths.js";
import { go } from "../router.js";
import { titleOf } from "../shell/header.js";
import { authorName } from "../views/message.js";
import { plainOf } from "../views/markup.js";
import { namesIn } from "../views/names.js";
import { textOf } from "../rows.js";
import { deserves } from "./level.js";
import { chosen } from "./here.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Message} Message */

const TELLER = "chatd.teller", LOOKED_AT = "chatd.looked-at.";
const TEXT_MAX = 200;

/** @param {Client} client */
export function wireNotifications(client) {
  const { store } = client;
  // Without locks, which need a secure page, each tab tells: there are no desktop notifications then either.
  let tells = !navigator.locks;
  void navigator.locks?.request(TELLER, () => {
    tells = true;
    return new Promise(() => {});
  });
  lookAt(client);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.go && go(data.go));
  client.addEventListener("MESSAGE_CREATE", (event) => {
    /** @type {Message} */
    const message = /** @type {CustomEvent} */ (event).detail;
    if (tells && deserves(store, message)) void tell(client, message);
  });
}

/** The lock of the channel on screen, while the page is looked at. @param {Client} client */
function lookAt({ store }) {
  let held = "", release = () => {};
  const look = () => {
    const now = document.visibilityState === "visible" && document.hasFocus() && store.open ? LOOKED_AT + store.open : "";
    if (now === held) return;
    release();
    held = now;
    if (now) void navigator.locks?.request(now, { mode: "shared" }, () => new Promise((resolve) => (release = () => resolve(null))));
  };
  store.subscribe(["open"], look);
  for (const type of ["focus", "blur"]) addEventListener(type, look);
  document.addEventListener("visibilitychange", look);
  look();
}

/** @param {Client} client @param {Message} message */
async function tell(client, message) {
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
