/**
 * What has been read, told to the server: it tells our other devices, and us after a reload.
 *
 * The store says what is read, here it becomes requests: for each channel one at a time and then a pause, so
 * that reading along in a lively one costs a request a second. One that fails is made up for by the next.
 */

import * as rest from "./rest.js";

/** @typedef {import("./store.js").Store} Store */

const PAUSE_MS = 1000;

/** @param {Store} store */
export function tellWhatIsRead(store) {
  /** Channels of which somebody is telling. @type {Set<string>} */
  const telling = new Set();

  /** @param {string} channelId */
  async function tell(channelId) {
    if (telling.has(channelId)) return;
    telling.add(channelId);
    let told;
    // Of what one has left meanwhile there is nothing to tell.
    const newest = () => (store.channels.has(channelId) ? store.reads.get(channelId)?.last : undefined);
    for (let read = newest(); read && read !== told; read = newest()) {
      told = read;
      await rest.ackMessage(channelId, read).catch(() => {});
      await rest.pause(PAUSE_MS);
    }
    telling.delete(channelId);
  }

  store.subscribe(["read"], (channelIds) => {
    for (const channelId of channelIds) void tell(channelId);
  });
}
