/** Doors to what a channel holds: its header, and the choices of every reader. */

import { isForum, isThread, Type } from "../channel-types.js";
import { may } from "../permissions.js";
import { call } from "../rest.js";

/** @typedef {import("../doors.js").Place} Place */
/** @typedef {import("../store.js").Store} Store */

/** @param {Store} store @param {Place} place */
const channelAt = (store, { channelId }) => store.channels.get(channelId ?? "");

/** @type {import("../doors.js").Door[]} */
export const CHANNEL_DOORS = [
  {
    name: "threads", on: ["header"], label: "Threads", icon: "thread",
    may: (store, place) => {
      const channel = channelAt(store, place);
      return channel !== undefined && [Type.TEXT, Type.NEWS].includes(channel.type);
    },
    open: async (client, place) => (await import("../views/threads.js")).openThreads(client, place),
  },
  {
    name: "pins", on: ["header"], label: "Pinned messages", icon: "pin",
    may: (store, place) => {
      const channel = channelAt(store, place);
      return channel !== undefined && !isForum(channel) && may(store, place, "READ_MESSAGE_HISTORY");
    },
    open: async (client, place) => (await import("../views/pins.js")).openPins(client, place),
  },
  {
    name: "search", on: ["header"], label: "Search", icon: "search", keys: "Mod+F",
    open: async (client, place) => (await import("../views/search.js")).openSearch(client, place),
  },
  {
    name: "new-post", on: ["channel"], main: true, label: "New post", icon: "add",
    may: (store, place) => {
      const channel = channelAt(store, place);
      return channel !== undefined && isForum(channel) && may(store, place, "SEND_MESSAGES");
    },
    open: async (client, { channelId }) => {
      const forum = client.store.channels.get(channelId ?? "");
      if (forum) await (await import("../dialogs/threads.js")).newPost(client, forum);
    },
  },
  {
    name: "leave-thread", on: ["channel"], label: "Leave thread", icon: "exit",
    may: (store, place) => {
      const channel = channelAt(store, place);
      return channel !== undefined && isThread(channel) && channel.member !== undefined;
    },
    open: (client, { channelId }) => client.try(call("DELETE", `/channels/${channelId}/thread-members/@me`)),
  },
  {
    name: "mark-read", on: ["channel"], label: "Mark as read", icon: "check",
    may: (store, place) => {
      const channel = channelAt(store, place);
      return channel !== undefined && (store.reads.get(channel.id)?.last ?? "0") !== (channel.last_message_id ?? "0");
    },
    open: (client, { channelId }) => client.store.markRead(channelId ?? ""),
  },
];
