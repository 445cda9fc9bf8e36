/** What one is told of: everything, mentions or nothing, as the channel, its category, its guild have it. */

import { isPrivate } from "../channel-types.js";
import { isMuted, mentionsMe } from "../select/unread.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Message} Message */

export const EVERYTHING = 0, MENTIONS = 1, NOTHING = 2, INHERITED = 3;

/** @param {Store} store @param {Channel} channel */
export function levelOf(store, channel) {
  const settings = store.notifications.get(channel.guild_id ?? "@me");
  const chosen = (/** @type {string | null | undefined} */ id) =>
    settings?.channel_overrides.find(({ channel_id }) => channel_id === id)?.message_notifications ?? INHERITED;
  const parent = store.channels.get(channel.parent_id ?? "");
  const own = [chosen(channel.id), chosen(channel.parent_id), chosen(parent?.parent_id), settings?.message_notifications ?? INHERITED]
    .find((level) => level !== INHERITED);
  return own ?? (isPrivate(channel) ? EVERYTHING : store.guilds.get(channel.guild_id ?? "")?.default_message_notifications ?? EVERYTHING);
}

/** Does a message deserve a sound and a word on the desktop? @param {Store} store @param {Message} message */
export function deserves(store, message) {
  const channel = store.channels.get(message.channel_id);
  const silent = ((message.flags ?? 0) & (1 << 12)) !== 0;
  if (!channel || silent || message.author.id === store.me?.id || store.settings.status === "dnd") return false;
  const level = levelOf(store, channel);
  if (isMuted(store, channel) || level === NOTHING) return false;
  // What everybody says everywhere would be noise: beyond direct messages and mentions only where it was asked for.
  return mentionsMe(store, message) || (level === EVERYTHING && wasChosen(store, channel));
}

/** Somebody chose "everything", rather than leaving it as it was. @param {Store} store @param {Channel} channel */
function wasChosen(store, channel) {
  const settings = store.notifications.get(channel.guild_id ?? "@me");
  return settings?.message_notifications === EVERYTHING || (settings?.channel_overrides ?? []).some(
    ({ channel_id, message_notifications }) =>
      (channel_id === channel.id || channel_id === channel.parent_id) && message_notifications === EVERYTHING);
}
