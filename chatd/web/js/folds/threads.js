/** Threads. They are channels with a parent; `member` is there when we are in one. */

import { removeChannel, setChannel } from "./channels.js";

/** @typedef {import("../types.js").Channel} Channel */

/** @type {import("./index.js").Folds} */
export const THREAD_FOLDS = {
  THREAD_CREATE(store, { newly_created, ...thread }) {
    setChannel(store, thread);
    store.tellAll("channels", "open", "messages");
  },

  THREAD_UPDATE(store, thread) {
    THREAD_FOLDS.THREAD_CREATE(store, thread);
  },

  THREAD_DELETE(store, { id }) {
    removeChannel(store, id);
    store.tellAll("channels", "open", "messages");
  },

  /** The active threads of some channels, or of the whole guild: those not named are not active there. */
  THREAD_LIST_SYNC(store, { guild_id, channel_ids, threads, members }) {
    const listed = new Set(threads.map((/** @type {Channel} */ thread) => thread.id));
    for (const thread of store.channels.values()) {
      const meant = channel_ids ? channel_ids.includes(thread.parent_id) : thread.guild_id === guild_id;
      if (meant && thread.thread_metadata && !listed.has(thread.id)) removeChannel(store, thread.id);
    }
    for (const thread of threads) setChannel(store, thread);
    for (const member of members) THREAD_FOLDS.THREAD_MEMBER_UPDATE(store, member);
    store.tellAll("channels", "open");
  },

  THREAD_MEMBER_UPDATE(store, { id, guild_id, ...member }) {
    const thread = store.channels.get(id);
    if (thread) thread.member = member;
    store.tell("channels");
  },

  THREAD_MEMBERS_UPDATE(store, { id, member_count, added_members = [], removed_member_ids = [] }) {
    const thread = store.channels.get(id);
    if (!thread) return;
    thread.member_count = member_count;
    const me = store.me?.id;
    const own = added_members.find((/** @type {{user_id: string}} */ { user_id }) => user_id === me);
    if (own) thread.member = { join_timestamp: own.join_timestamp, flags: own.flags };
    if (removed_member_ids.includes(me)) delete thread.member;
    store.tellAll("channels", "members");
  },
};
