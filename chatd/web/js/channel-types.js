/** The kinds of channels, by the numbers of the API, and what each can hold. */

/** @typedef {import("./types.js").Channel} Channel */

export const Type = {
  TEXT: 0, DIRECT: 1, VOICE: 2, GROUP: 3, CATEGORY: 4, NEWS: 5, NEWS_THREAD: 10, PUBLIC_THREAD: 11,
  PRIVATE_THREAD: 12, STAGE: 13, FORUM: 15, MEDIA: 16,
};

const THREADS = new Set([Type.NEWS_THREAD, Type.PUBLIC_THREAD, Type.PRIVATE_THREAD]);
const VOCAL = new Set([Type.VOICE, Type.STAGE]);
const FORUMS = new Set([Type.FORUM, Type.MEDIA]);
const PRIVATE = new Set([Type.DIRECT, Type.GROUP]);

/** @param {Channel} channel */
export const isThread = ({ type }) => THREADS.has(type);
/** One is in it with one's voice. @param {Channel} channel */
export const isVocal = ({ type }) => VOCAL.has(type);
/** It holds threads and no messages of its own. @param {Channel} channel */
export const isForum = ({ type }) => FORUMS.has(type);
/** A direct message or a group. @param {Channel} channel */
export const isPrivate = ({ type }) => PRIVATE.has(type);
/** One can write in it. @param {Channel} channel */
export const isChat = (channel) => channel.type !== Type.CATEGORY && !isForum(channel);

/** The drawing that stands before its name. @param {Channel} channel */
export function iconOf({ type }) {
  if (VOCAL.has(type)) return type === Type.STAGE ? "stage" : "speaker";
  if (FORUMS.has(type)) return "forum";
  if (THREADS.has(type)) return "thread";
  return { [Type.NEWS]: "news", [Type.GROUP]: "people", [Type.DIRECT]: "at" }[type] ?? "hash";
}
