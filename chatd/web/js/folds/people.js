/** What is one's own: friends and blocks, settings, and what has been read. */

import { compareIds } from "../ids.js";

/** @type {import("./index.js").Folds} */
export const PEOPLE_FOLDS = {
  RELATIONSHIP_ADD(store, relationship) {
    const known = store.relationships.get(relationship.id);
    store.relationships.set(relationship.id, { ...known, ...relationship });
    if (relationship.user) store.users.set(relationship.id, relationship.user);
    store.tellAll("relationships", "channels", "members");
  },

  RELATIONSHIP_UPDATE(store, relationship) {
    PEOPLE_FOLDS.RELATIONSHIP_ADD(store, relationship);
  },

  RELATIONSHIP_REMOVE(store, { id }) {
    store.relationships.delete(id);
    store.tellAll("relationships", "channels", "members");
  },

  USER_SETTINGS_UPDATE(store, settings) {
    store.settings = { ...store.settings, ...settings };
    store.tellAll("settings", "guilds");
  },

  USER_GUILD_SETTINGS_UPDATE(store, settings) {
    store.notifications.set(notificationKey(settings), settings);
    store.tellAll("settings", "guilds", "channels");
  },

  /** A device of ours has read, this one perhaps. By hand, it has marked something unread. */
  MESSAGE_ACK(store, { channel_id, message_id, mention_count, manual }) {
    const read = store.reads.get(channel_id);
    if (!manual && read && compareIds(message_id, read.last) < 0) return;
    store.reads.set(channel_id, { last: message_id, mentions: mention_count ?? 0 });
    store.tellAll("channels", "guilds", "messages");
  },
};

/** @param {{guild_id: string | null}} settings */
export const notificationKey = ({ guild_id }) => guild_id ?? "@me";
