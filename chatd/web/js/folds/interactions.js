/** What becomes of that which we have asked of bots. Each of our sessions hears of all; our own we know by their nonce. */

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Asked} Asked */

/** By reason_code. @type {Record<number, string>} */
const REASONS = {
  1: "This application is not running.",
  2: "This application did not respond.",
  3: "This application has given an answer that makes no sense.",
};

/** @type {import("./index.js").Folds} */
export const INTERACTION_FOLDS = {
  INTERACTION_CREATE(store, { id, nonce }) {
    change(store, nonce, (asked) => ({ ...asked, id }));
  },

  INTERACTION_SUCCESS(store, { nonce }) {
    if (store.asked.delete(String(nonce))) store.tellAll("asked", "messages");
  },

  INTERACTION_FAILURE(store, { nonce, reason_code }) {
    change(store, nonce, (asked) => ({ ...asked, state: "failed", reason: REASONS[reason_code] ?? REASONS[2] }));
  },
};

/** @param {Store} store @param {string | number} nonce @param {(asked: Asked) => Asked} changed */
function change(store, nonce, changed) {
  const asked = store.asked.get(String(nonce));
  if (!asked) return;
  store.asked.set(asked.nonce, changed(asked));
  store.tellAll("asked", "messages");
}
