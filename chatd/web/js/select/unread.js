/**
 * What is unread, and what of it is for me: by channel, by guild, in all.
 *
 * A channel is unread when its newest message is newer than the newest that was read on any device; mentions
 * are counted by the server in READY and MESSAGE_ACK, and on from there as messages come. What is muted is
 * never unread, but mentions still count; in a direct message that would be everything, so there they do not.
 */

import { isChat, isForum, isPrivate, isThread } from "../channel-types.js";
import { compareIds } from "../ids.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {{unread: boolean, mentions: number}} Unread */

const BLOCKED = 2;

/** @param {Store} store @param {Channel} channel @returns {Unread} */
export function unreadOf(store, channel) {
  const read = store.reads.get(channel.id);
  const muted = isMuted(store, channel);
  const mentions = muted && isPrivate(channel) ? 0 : read?.mentions ?? 0;
  const last = channel.last_message_id;
  const newer = Boolean(last) && (!read || compareIds(last ?? "", read.last) > 0);
  // Nobody expects to have read threads that they are not in, nor the posts of a forum as such.
  const concerns = isChat(channel) && !isForum(channel) && (!isThread(channel) || channel.member !== undefined);
  return { unread: mentions > 0 || (newer && concerns && !muted), mentions };
}

/** All the channels of a guild together; null for direct messages. @param {Store} store @param {string | null} guildId @returns {Unread} */
export function unreadIn(store, guildId) {
  let unread = false, mentions = 0;
  for (const channel of store.channels.values()) {
    if ((channel.guild_id ?? null) !== guildId) continue;
    const here = unreadOf(store, channel);
    unread ||= here.unread;
    mentions += here.mentions;
  }
  return { unread, mentions };
}

/** @param {Store} store */
export function mentionsInAll(store) {
  let sum = 0;
  for (const [id, { mentions }] of store.reads) {
    const channel = mentions > 0 ? store.channels.get(id) : undefined;
    if (channel) sum += unreadOf(store, channel).mentions;
  }
  return sum;
}

/** By itself, by its category or channel, or by its guild. @param {Store} store @param {Channel} channel */
export function isMuted(store, channel) {
  const settings = store.notifications.get(channel.guild_id ?? "@me");
  if (!settings) return false;
  if (holds(settings)) return true;
  const around = [channel.id, channel.parent_id, store.channels.get(channel.parent_id ?? "")?.parent_id];
  return settings.channel_overrides.some((override) => around.includes(override.channel_id) && holds(override));
}

/** A time may end it. @param {{muted: boolean, mute_config?: {end_time: string | null} | null}} choice */
function holds({ muted, mute_config }) {
  const end = mute_config?.end_time;
  return muted && (!end || Date.parse(end) > Date.now());
}

/**
 * Does the message count as a mention of me, as the server counts?
 * @param {Store} store
 * @param {Message} message
 */
export function mentionsMe(store, message) {
  const me = store.me?.id ?? "";
  if (message.author.id === me || store.relationships.get(message.author.id)?.type === BLOCKED) return false;
  const channel = store.channels.get(message.channel_id);
  if (channel && isPrivate(channel)) return true;
  if (message.mentions?.some(({ id }) => id === me)) return true;
  const guildId = channel?.guild_id ?? "";
  const settings = store.notifications.get(guildId);
  if (message.mention_everyone && !settings?.suppress_everyone) return true;
  const roles = store.guilds.get(guildId)?.members.get(me)?.roles ?? [];
  return !settings?.suppress_roles && (message.mention_roles ?? []).some((id) => roles.includes(id));
}
