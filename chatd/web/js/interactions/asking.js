/**
 * Asking bots: POST /interactions, and what is known of it until the answer.
 *
 * The request itself answers nothing. What becomes of it comes by the gateway under the nonce, and is folded
 * into `store.asked` (folds/interactions.js); the answer is a message like any other, or a form (modal.js).
 */

import { mintNonce } from "../ids.js";
import { upload, submit } from "../rest.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Asked} Asked */

// The server gives a bot three seconds; when nothing was heard by then, what it said was lost on its way to us.
const HEARD_WITHIN_MS = 20_000;

/**
 * Ask, and wait until the server has taken it. Throws what it says against it; then nothing was asked.
 * @param {Client} client
 * @param {{channel_id: string, application_id: string, key?: string, words?: string, again?: () => void}} about
 * @param {object} body   the rest of it: type, data, message_id
 * @param {File[]} [files]
 * @returns {Promise<string>} the nonce
 */
export async function ask({ store }, about, body, files = []) {
  const nonce = mintNonce();
  for (const [known, { key }] of store.asked) if (key !== undefined && key === about.key) store.asked.delete(known);
  store.asked.set(nonce, { nonce, ...about, state: "sent", reason: "" });
  store.tellAll("asked", "messages");
  const { application_id, channel_id } = about;
  const guild_id = store.channels.get(channel_id)?.guild_id;
  const whole = { application_id, channel_id, guild_id, nonce, ...body };
  try {
    await (files.length ? upload("/interactions", whole, files) : submit("POST", "/interactions", whole));
  } catch (error) {
    drop(store, nonce);
    throw error;
  }
  setTimeout(() => lose(store, nonce), HEARD_WITHIN_MS);
  return nonce;
}

/** Nobody asks any more what became of it. @param {import("../store.js").Store} store @param {string} nonce */
export function drop(store, nonce) {
  if (store.asked.delete(nonce)) store.tellAll("asked", "messages");
}

/** @param {import("../store.js").Store} store @param {string} nonce @param {string} reason */
export function fail(store, nonce, reason) {
  const asked = store.asked.get(nonce);
  if (!asked) return;
  store.asked.set(nonce, { ...asked, state: "failed", reason });
  store.tellAll("asked", "messages");
}

/** @param {import("../store.js").Store} store @param {string} nonce */
function lose(store, nonce) {
  if (store.asked.get(nonce)?.state === "sent") fail(store, nonce, "Nobody knows what became of it.");
}

/**
 * Wait for the answer to what was asked: "" when there is one, else why there is none.
 * @param {import("../store.js").Store} store
 * @param {string} nonce
 * @returns {Promise<string>}
 */
export function outcome(store, nonce) {
  return new Promise((resolve) => {
    const look = () => {
      const asked = store.asked.get(nonce);
      if (asked?.state === "sent") return;
      end();
      drop(store, nonce);
      resolve(asked?.reason ?? "");
    };
    const end = store.subscribe(["asked"], look);
    look();
  });
}
