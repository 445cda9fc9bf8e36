/** Doors on messages. They come with views/actions.js, when somebody comes near a message. */

import { Type } from "../channel-types.js";
import { may } from "../permissions.js";
import { call } from "../rest.js";

/** @typedef {import("../doors.js").Place} Place */
/** @typedef {import("../store.js").Store} Store */

const DEFAULT = 0, REPLY = 19, COMMAND = 20, CONTEXT_COMMAND = 23;
const SUPPRESS_EMBEDS = 1 << 2, EPHEMERAL = 1 << 6;

/** @param {Store} store @param {Place} place */
const messageAt = (store, { channelId, messageId }) => store.messageOf(channelId ?? "", messageId ?? "");

/** Everybody here can see it, not only who is told. @param {Store} store @param {Place} place */
const isPublic = (store, place) => ((messageAt(store, place)?.flags ?? 0) & EPHEMERAL) === 0;

/** Written by a person or a bot for all, and no notice. @param {Store} store @param {Place} place */
const isWritten = (store, place) =>
  [DEFAULT, REPLY, COMMAND, CONTEXT_COMMAND].includes(messageAt(store, place)?.type ?? -1) && isPublic(store, place);

/** @param {Store} store @param {Place} place */
function isOwn(store, place) {
  const message = messageAt(store, place);
  return message !== undefined && message.author.id === store.me?.id && !message.webhook_id;
}

/** @param {Store} store @param {Place} place */
const channelAt = (store, { channelId }) => store.channels.get(channelId ?? "");

/** @param {Place} place */
const pathOfMessage = ({ channelId, messageId }) => `/channels/${channelId}/messages/${messageId}`;

/**
 * The card of whoever wrote it, beside their name, or where that would stand.
 * @param {import("../client.js").Client} client
 * @param {Place} place
 */
async function openAuthor(client, place) {
  const author = messageAt(client.store, place)?.author;
  if (!author) return;
  const { openCard } = await import("../people/card.js");
  const article = place.anchor?.closest("article") ?? document.querySelector(`article[data-message-id="${place.messageId}"]`);
  const anchor = article?.querySelector(".author, time") ?? { x: innerWidth / 2, y: innerHeight / 4 };
  return openCard(client, anchor, { ...place, userId: author.id }, { known: author });
}

/** @type {import("../doors.js").Door[]} */
export const MESSAGE_DOORS = [
  {
    name: "react", on: ["message"], main: true, label: "Add a reaction", icon: "smile",
    may: (store, place) => isPublic(store, place) && may(store, place, "ADD_REACTIONS", "READ_MESSAGE_HISTORY"),
    open: (client, place) => client.conversation?.pickReaction(place),
  },
  {
    name: "reply", on: ["message"], main: true, label: "Reply", icon: "reply",
    may: (store, place) => isWritten(store, place) && may(store, place, "SEND_MESSAGES", "READ_MESSAGE_HISTORY"),
    open: (client, { messageId }) => client.conversation?.reply(messageId ?? ""),
  },
  {
    name: "edit-message", on: ["message"], main: true, label: "Edit", icon: "edit",
    may: (store, place) => isOwn(store, place) && isWritten(store, place),
    open: (client, { messageId }) => client.conversation?.edit(messageId ?? ""),
  },
  {
    name: "start-thread", on: ["message"], label: "Start a thread", icon: "thread",
    may: (store, place) => {
      const channel = channelAt(store, place);
      return [Type.TEXT, Type.NEWS].includes(channel?.type ?? -1) && isWritten(store, place)
        && !store.channels.has(place.messageId ?? "") && may(store, place, "CREATE_PUBLIC_THREADS");
    },
    open: async (client, place) => (await import("../dialogs/threads.js")).startThread(client, place),
  },
  {
    name: "forward", on: ["message"], label: "Forward", icon: "forward", may: isWritten,
    open: async (client, place) => (await import("../dialogs/forward.js")).forward(client, place),
  },
  {
    name: "pin", on: ["message"], icon: "pin", group: "keep",
    label: (store, place) => (messageAt(store, place)?.pinned ? "Unpin" : "Pin"),
    may: (store, place) => isWritten(store, place) && may(store, place, "PIN_MESSAGES"),
    open: (client, place) => client.try(call(messageAt(client.store, place)?.pinned ? "DELETE" : "PUT",
      `/channels/${place.channelId}/messages/pins/${place.messageId}`)),
  },
  {
    name: "mark-unread", on: ["message"], label: "Mark unread from here", icon: "unread", group: "keep", may: isPublic,
    open: (client, { messageId }) => client.conversation?.markUnread(messageId ?? ""),
  },
  {
    name: "author", on: ["message"], label: "Profile", icon: "person", group: "about",
    // A webhook is nobody.
    may: (store, place) => !messageAt(store, place)?.webhook_id,
    open: (client, place) => openAuthor(client, place),
  },
  {
    name: "reactions", on: ["message"], label: "Who reacted", icon: "people", group: "about",
    may: (store, place) => Boolean(messageAt(store, place)?.reactions?.length) && may(store, place, "READ_MESSAGE_HISTORY"),
    open: async (client, place) => (await import("../dialogs/reactions.js")).whoReacted(client, place),
  },
  {
    name: "copy-text", on: ["message"], label: "Copy text", icon: "copy", group: "about",
    may: (store, place) => Boolean(messageAt(store, place)?.content),
    open: (client, place) => client.conversation?.copy(messageAt(client.store, place)?.content ?? ""),
  },
  {
    name: "copy-link", on: ["message"], label: "Copy link", icon: "link", group: "about", may: isPublic,
    open: (client, { guildId, channelId, messageId }) =>
      client.conversation?.copy(`${location.origin}/channels/${guildId ?? "@me"}/${channelId}/${messageId}`),
  },
  {
    name: "copy-message-id", on: ["message"], label: "Copy id", icon: "hash", group: "about",
    open: (client, { messageId }) => client.conversation?.copy(messageId ?? ""),
  },
  {
    name: "suppress-embeds", on: ["message"], icon: "hidden", group: "about",
    label: (store, place) => ((messageAt(store, place)?.flags ?? 0) & SUPPRESS_EMBEDS ? "Show previews" : "Hide previews"),
    may: (store, place) => {
      const { embeds = [], flags = 0 } = messageAt(store, place) ?? {};
      return isPublic(store, place) && (embeds.length > 0 || (flags & SUPPRESS_EMBEDS) > 0)
        && (isOwn(store, place) || may(store, place, "MANAGE_MESSAGES"));
    },
    open: (client, place) => {
      const flags = (messageAt(client.store, place)?.flags ?? 0) ^ SUPPRESS_EMBEDS;
      return client.try(call("PATCH", pathOfMessage(place), { flags }));
    },
  },
  {
    name: "report-message", on: ["message"], label: "Report", icon: "flag", danger: true,
    may: (store, place) => !isOwn(store, place) && isWritten(store, place),
    open: async (client, place) => (await import("../dialogs/report.js")).report(client, place),
  },
  {
    name: "delete-message", on: ["message"], label: "Delete", icon: "delete", danger: true,
    may: (store, place) => {
      const type = messageAt(store, place)?.type ?? 1;
      // What tells of a group, or begins a thread, stays.
      return isPublic(store, place) && !((type >= 1 && type <= 5) || type === 21) && (isOwn(store, place) || may(store, place, "MANAGE_MESSAGES"));
    },
    open: (client, { messageId }) => client.conversation?.remove(messageId ?? ""),
  },
];
