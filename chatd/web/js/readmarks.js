/**
 * What has been read, kept in this browser: the newest message seen per channel and user.
 *
 * The store decides what is unread; this only carries its `lastRead` over a reload.
 */

/** @typedef {import("./store.js").Store} Store */

/** @param {string} userId */
const keyOf = (userId) => `chatd.read.${userId}`;

/**
 * Before READY is folded, since folding a channel compares it with its mark.
 * @param {Store} store
 * @param {string} userId
 */
export function loadReadMarks(store, userId) {
  const kept = localStorage.getItem(keyOf(userId));
  store.firstVisit = kept === null;
  if (kept !== null) store.lastRead = new Map(Object.entries(JSON.parse(kept)));
}

/** @param {Store} store */
export function keepReadMarks(store) {
  store.subscribe(["channels"], () => {
    if (!store.me || !store.settled) return;
    store.firstVisit = false;
    localStorage.setItem(keyOf(store.me.id), JSON.stringify(Object.fromEntries(store.lastRead)));
  });
}
