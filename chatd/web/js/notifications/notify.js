/**
 * Desktop notifications and the sound: for what deserves it (level.js), and only while its channel is not looked at
 * in any tab. Of several tabs one tells, the one that holds the lock; each that shows a channel to somebody holds
 * a lock of that channel's name, so what becomes of a tab cannot leave anything behind. How it is told: tell.js.
 */

import { go } from "../router.js";
import { deserves } from "./level.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Message} Message */

const TELLER = "chatd.teller";
/** Before the id of a channel, the name of its lock. */
export const LOOKED_AT = "chatd.looked-at.";

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
  client.addEventListener("MESSAGE_CREATE", async (event) => {
    /** @type {Message} */
    const message = /** @type {CustomEvent} */ (event).detail;
    if (tells && deserves(store, message)) await (await import("./tell.js")).tell(client, message);
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
