/** Parts of a page that are drawn anew with what they show. */

/** @typedef {import("../client.js").Client} Client */

/**
 * Draw now, and after each change of these topics until one goes to another address.
 * @param {Client} client
 * @param {import("../store.js").Topic[]} topics
 * @param {() => void} draw
 */
export function live(client, topics, draw) {
  draw();
  onLeaving(client, client.store.subscribe(topics, draw));
}

/**
 * The same with dispatches that the store does not keep: invites, bans, webhooks.
 * @param {Client} client
 * @param {string[]} types
 * @param {(data: any) => void} heard
 */
export function onDispatch(client, types, heard) {
  const listener = (/** @type {Event} */ event) => heard(/** @type {CustomEvent} */ (event).detail);
  for (const type of types) client.addEventListener(type, listener);
  onLeaving(client, () => types.forEach((type) => client.removeEventListener(type, listener)));
}

/** @param {Client} client @param {() => void} call */
function onLeaving(client, call) {
  client.addEventListener("route", call, { once: true });
}
