/** What a bot proposes for an option that is being typed. */

import { mintNonce } from "../ids.js";
import { submit } from "../rest.js";

/** @typedef {import("../client.js").Client} Client */

const ANSWERED_WITHIN_MS = 5000;

/**
 * Answers nothing where the bot does: one can type on without.
 * @param {Client} client
 * @param {{application_id: string, channel_id: string}} about
 * @param {object} data
 * @returns {Promise<import("./choices.js").Choice[]>}
 */
export async function complete(client, about, data) {
  const nonce = mintNonce();
  const stop = new AbortController();
  /** @type {Promise<{name: string, value: string | number}[]>} */
  const answered = new Promise((resolve) => {
    const hear = (/** @type {Event} */ event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (String(detail.nonce) === nonce) resolve(detail.choices ?? []);
    };
    for (const type of ["APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", "INTERACTION_FAILURE"]) {
      client.addEventListener(type, hear, { signal: stop.signal });
    }
    setTimeout(() => resolve([]), ANSWERED_WITHIN_MS);
  });
  const guild_id = client.store.channels.get(about.channel_id)?.guild_id;
  try {
    await submit("POST", "/interactions", { type: 4, ...about, guild_id, nonce, data });
    return (await answered).map(({ name, value }) => ({ label: name, value: String(value), meant: value }));
  } catch {
    return []; // nothing is proposed for what the server does not take, and it says why when the command is sent
  } finally {
    stop.abort();
  }
}
