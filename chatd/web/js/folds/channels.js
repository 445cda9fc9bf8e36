/** Channels of guilds, direct messages and groups. */

import { compareIds } from "../ids.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */

/** @type {import("./index.js").Folds} */
export const CHANNEL_FOLDS = {
  CHANNEL_CREATE(store, channel) {
    setChannel(store, channel);
    store.tellAll("channels", "guilds", "open", "members");
  },

  CHANNEL_UPDATE(store, channel) {
    CHANNEL_FOLDS.CHANNEL_CREATE(store, channel);
  },

  CHANNEL_DELETE(store, { id }) {
    // Its threads go with it, unsaid.
    for (const thread of store.channels.values()) {
      if (thread.parent_id === id && thread.thread_metadata) removeChannel(store, thread.id);
    }
    removeChannel(store, id);
    store.tellAll("channels", "guilds", "open");
  },

  CHANNEL_PINS_UPDATE(store, { channel_id, last_pin_timestamp }) {
    const channel = store.channels.get(channel_id);
    if (channel) channel.last_pin_timestamp = last_pin_timestamp;
    store.tell("channels");
  },

  CHANNEL_RECIPIENT_ADD(store, { channel_id, user }) {
    store.users.set(user.id, user);
    setRecipients(store, channel_id, (others) => [...others.filter(({ id }) => id !== user.id), user]);
  },

  CHANNEL_RECIPIENT_REMOVE(store, { channel_id, user }) {
    setRecipients(store, channel_id, (others) => others.filter(({ id }) => id !== user.id));
  },
};

/** @param {Store} store @param {Channel} channel */
export function setChannel(store, channel) {
  const known = store.channels.get(channel.id);
  const merged = { ...known, ...channel };
  // A channel object may be older than the last message we heard.
  if (known?.last_message_id && compareIds(merged.last_message_id ?? "", known.last_message_id) < 0) {
    merged.last_message_id = known.last_message_id;
  }
  store.channels.set(channel.id, merged);
  for (const user of channel.recipients ?? []) store.users.set(user.id, user);
}

/** @param {Store} store @param {string} id */
export function removeChannel(store, id) {
  store.channels.delete(id);
  store.timelines.delete(id);
  store.windows.delete(id);
  store.voice.delete(id);
}

/**
 * Somebody has come into a group, or is in it no more.
 * @param {Store} store
 * @param {string} channelId
 * @param {(others: import("../types.js").User[]) => import("../types.js").User[]} change
 */
function setRecipients(store, channelId, change) {
  const channel = store.channels.get(channelId);
  if (channel) channel.recipients = change(channel.recipients ?? []);
  store.tellAll("channels", "members", "open");
}
