/** Channels in the order in which people see them. */

import { isChat, isPrivate, isThread, isVocal, Type } from "../channel-types.js";
import { compareIds } from "../ids.js";
import { may } from "../permissions.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {{category: Channel | null, channels: {channel: Channel, threads: Channel[]}[]}} Section */

/** Text before voice, then by position. @param {Channel} a @param {Channel} b */
const byPlace = (a, b) =>
  Number(isVocal(a)) - Number(isVocal(b)) || (a.position ?? 0) - (b.position ?? 0) || compareIds(a.id, b.id);

/**
 * The channels of a guild by category: first those without one, then each category in its place. An empty
 * category is listed for those who could fill it.
 * @param {Store} store
 * @param {string} guildId
 * @returns {Section[]}
 */
export function sectionsOf(store, guildId) {
  const all = [...store.channels.values()].filter((channel) => channel.guild_id === guildId);
  const categories = all.filter(({ type }) => type === Type.CATEGORY).sort(byPlace);
  const known = new Set(categories.map(({ id }) => id));
  const plain = all.filter((channel) => channel.type !== Type.CATEGORY && !isThread(channel)).sort(byPlace);
  const manages = may(store, { guildId }, "MANAGE_CHANNELS");
  return [null, ...categories]
    .map((category) => ({
      category,
      channels: plain
        .filter(({ parent_id }) => (known.has(parent_id ?? "") ? parent_id : undefined) === category?.id)
        .map((channel) => ({ channel, threads: threadsOf(store, channel.id) })),
    }))
    .filter(({ category, channels }) => channels.length > 0 || (category !== null && manages));
}

/** The active threads below a channel that we are in, or that is open. @param {Store} store @param {string} channelId */
export function threadsOf(store, channelId) {
  return [...store.channels.values()]
    .filter((thread) => thread.parent_id === channelId && isThread(thread)
      && (thread.id === store.open || (thread.member && !thread.thread_metadata?.archived)))
    .sort((a, b) => compareIds(a.id, b.id));
}

/** The chats of a guild, from top to bottom. @param {Store} store @param {string} guildId */
export function chatsOf(store, guildId) {
  return sectionsOf(store, guildId).flatMap(({ channels }) => channels.map(({ channel }) => channel))
    .filter((channel) => isChat(channel));
}

/** Direct messages and groups, the one written in last first. @param {Store} store */
export function directMessages(store) {
  return [...store.channels.values()]
    .filter(isPrivate)
    .sort((a, b) => compareIds(b.last_message_id ?? b.id, a.last_message_id ?? a.id));
}

/** Guilds in the order that one has chosen, else by when one came. @param {Store} store */
export function guildsInOrder(store) {
  /** @type {string[]} */
  const chosen = store.settings.guild_positions ?? [];
  const rank = (/** @type {string} */ id) => (chosen.includes(id) ? chosen.indexOf(id) : -1);
  return [...store.guilds.values()].sort((a, b) =>
    rank(a.id) - rank(b.id) || a.joined_at.localeCompare(b.joined_at) || compareIds(a.id, b.id));
}

/** Where to go when a guild is entered: its first text channel. @param {Store} store @param {string} guildId */
export function firstChatOf(store, guildId) {
  const chats = chatsOf(store, guildId);
  return chats.find((channel) => !isVocal(channel)) ?? chats[0];
}
