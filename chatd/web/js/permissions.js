/**
 * What may I do here? The algebra of roles and overwrites, as the server has it in model/permissions.py.
 *
 * It only decides which controls are shown; the server decides again about each request. Sets are BigInts:
 * a number's bit operations end at 32.
 */

import { isThread, isVocal } from "./channel-types.js";
import { compareIds } from "./ids.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Guild} Guild */
/** @typedef {import("./types.js").Role} Role */
/** @typedef {{guildId?: string | null, channelId?: string | null}} Place */

const bit = (/** @type {number} */ n) => 1n << BigInt(n);

export const Permission = {
  CREATE_INSTANT_INVITE: bit(0), KICK_MEMBERS: bit(1), BAN_MEMBERS: bit(2), ADMINISTRATOR: bit(3),
  MANAGE_CHANNELS: bit(4), MANAGE_GUILD: bit(5), ADD_REACTIONS: bit(6), VIEW_AUDIT_LOG: bit(7),
  PRIORITY_SPEAKER: bit(8), STREAM: bit(9), VIEW_CHANNEL: bit(10), SEND_MESSAGES: bit(11),
  SEND_TTS_MESSAGES: bit(12), MANAGE_MESSAGES: bit(13), EMBED_LINKS: bit(14), ATTACH_FILES: bit(15),
  READ_MESSAGE_HISTORY: bit(16), MENTION_EVERYONE: bit(17), USE_EXTERNAL_EMOJIS: bit(18),
  VIEW_GUILD_INSIGHTS: bit(19), CONNECT: bit(20), SPEAK: bit(21), MUTE_MEMBERS: bit(22),
  DEAFEN_MEMBERS: bit(23), MOVE_MEMBERS: bit(24), USE_VAD: bit(25), CHANGE_NICKNAME: bit(26),
  MANAGE_NICKNAMES: bit(27), MANAGE_ROLES: bit(28), MANAGE_WEBHOOKS: bit(29),
  MANAGE_GUILD_EXPRESSIONS: bit(30), USE_APPLICATION_COMMANDS: bit(31), REQUEST_TO_SPEAK: bit(32),
  MANAGE_EVENTS: bit(33), MANAGE_THREADS: bit(34), CREATE_PUBLIC_THREADS: bit(35),
  CREATE_PRIVATE_THREADS: bit(36), USE_EXTERNAL_STICKERS: bit(37), SEND_MESSAGES_IN_THREADS: bit(38),
  USE_EMBEDDED_ACTIVITIES: bit(39), MODERATE_MEMBERS: bit(40), USE_SOUNDBOARD: bit(42),
  CREATE_GUILD_EXPRESSIONS: bit(43), CREATE_EVENTS: bit(44), USE_EXTERNAL_SOUNDS: bit(45),
  SEND_VOICE_MESSAGES: bit(46), SET_VOICE_CHANNEL_STATUS: bit(48), SEND_POLLS: bit(49),
  USE_EXTERNAL_APPS: bit(50), PIN_MESSAGES: bit(51), BYPASS_SLOWMODE: bit(52),
};
/** @typedef {keyof typeof Permission} PermissionName */

const P = Permission;
export const ALL = Object.values(P).reduce((all, one) => all | one, 0n);

/** @param {PermissionName[]} names */
const sum = (...names) => names.reduce((all, name) => all | P[name], 0n);

// What the sides of a direct message may do there.
const IN_DIRECT_MESSAGES = sum("ADD_REACTIONS", "VIEW_CHANNEL", "SEND_MESSAGES", "SEND_TTS_MESSAGES",
  "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "MENTION_EVERYONE", "USE_EXTERNAL_EMOJIS",
  "USE_EXTERNAL_STICKERS", "USE_APPLICATION_COMMANDS", "SEND_VOICE_MESSAGES", "SEND_POLLS", "PIN_MESSAGES");
const LEFT_BY_TIME_OUT = sum("VIEW_CHANNEL", "READ_MESSAGE_HISTORY");
const NEED_SEND_MESSAGES = sum("MENTION_EVERYONE", "SEND_TTS_MESSAGES", "ATTACH_FILES", "EMBED_LINKS");
const NEED_CONNECT = sum("PRIORITY_SPEAKER", "STREAM", "SPEAK", "MUTE_MEMBERS", "DEAFEN_MEMBERS",
  "MOVE_MEMBERS", "USE_VAD", "REQUEST_TO_SPEAK", "USE_EMBEDDED_ACTIVITIES", "USE_SOUNDBOARD",
  "USE_EXTERNAL_SOUNDS", "SET_VOICE_CHANNEL_STATUS", "MANAGE_CHANNELS", "MANAGE_ROLES");

/**
 * May I do all of `names` there? Without a channel it is asked of the guild, and with an unknown place the
 * answer is no.
 * @param {Store} store
 * @param {Place} place
 * @param {...PermissionName} names
 */
export function may(store, { guildId, channelId }, ...names) {
  const wanted = sum(...names);
  const channel = channelId ? store.channels.get(channelId) : undefined;
  const id = channel?.guild_id ?? guildId ?? "";
  const mine = channel ? inChannel(store, channel) : inGuild(store, store.guilds.get(id));
  return (mine & wanted) === wanted;
}

/**
 * What a member, oneself by default, may do in the guild as such.
 * @param {Store} store
 * @param {Guild | undefined} guild
 */
export function inGuild(store, guild, userId = store.me?.id) {
  const member = guild?.members.get(userId ?? "");
  if (!guild || !member) return 0n;
  return limited(baseOf(guild, member), member);
}

/**
 * What a member, oneself by default, may do in a channel.
 * @param {Store} store
 * @param {Channel} channel
 */
export function inChannel(store, channel, userId = store.me?.id) {
  if (!channel.guild_id) return IN_DIRECT_MESSAGES;
  const guild = store.guilds.get(channel.guild_id);
  const member = guild?.members.get(userId ?? "");
  if (!guild || !member) return 0n;
  const base = baseOf(guild, member);
  if (base & P.ADMINISTRATOR) return ALL;
  const thread = isThread(channel);
  const ruling = thread ? store.channels.get(channel.parent_id ?? "") : channel;
  let mine = overwritten(base, guild.id, member, ruling?.permission_overwrites ?? []);
  if (thread) {
    mine = mine & P.SEND_MESSAGES_IN_THREADS ? mine | P.SEND_MESSAGES : mine & ~P.SEND_MESSAGES;
  }
  return limited(implied(mine & ~P.ADMINISTRATOR, isVocal(channel)), member);
}

/** @param {Guild} guild @param {import("./types.js").Member} member */
function baseOf(guild, member) {
  if (guild.owner_id === member.user.id) return ALL;
  const granted = [guild.id, ...member.roles].map((id) => BigInt(guild.roles.get(id)?.permissions ?? 0));
  const base = granted.reduce((all, one) => all | one, 0n);
  return base & P.ADMINISTRATOR ? ALL : base;
}

/**
 * The exception for everyone, then those of all roles together, then the member's own.
 * @param {bigint} base
 * @param {string} guildId
 * @param {import("./types.js").Member} member
 * @param {import("./types.js").Overwrite[]} overwrites
 */
function overwritten(base, guildId, member, overwrites) {
  const byId = new Map(overwrites.map((one) => [one.id, one]));
  const steps = [[guildId], member.roles.filter((id) => id !== guildId), [member.user.id]];
  for (const ids of steps) {
    let allow = 0n, deny = 0n;
    for (const id of ids) {
      const exception = byId.get(id);
      allow |= BigInt(exception?.allow ?? 0);
      deny |= BigInt(exception?.deny ?? 0);
    }
    base = (base & ~deny) | allow;
  }
  return base;
}

/** Take away what the lack of another permission denies. @param {bigint} mine @param {boolean} vocal */
function implied(mine, vocal) {
  if (!(mine & P.VIEW_CHANNEL)) return 0n;
  if (!(mine & P.SEND_MESSAGES)) mine &= ~NEED_SEND_MESSAGES;
  if (vocal && !(mine & P.CONNECT)) mine &= ~NEED_CONNECT;
  return mine;
}

/** @param {bigint} mine @param {import("./types.js").Member} member */
function limited(mine, member) {
  const until = member.communication_disabled_until;
  const out = until && Date.parse(until) > Date.now() && !(mine & P.ADMINISTRATOR);
  return out ? mine & LEFT_BY_TIME_OUT : mine;
}

// Who stands above whom.

/** Negative when `a` stands below `b`. Of two at one position the older is higher. @param {Role} a @param {Role} b */
export const compareRoles = (a, b) => a.position - b.position || compareIds(b.id, a.id);

/** The roles of a member, the highest first, @everyone last. @param {Guild} guild @param {string} userId */
export function rolesOf(guild, userId) {
  const ids = [...(guild.members.get(userId)?.roles ?? []), guild.id];
  const roles = ids.map((id) => guild.roles.get(id)).filter((role) => role !== undefined);
  return /** @type {Role[]} */ (roles).sort((a, b) => compareRoles(b, a));
}

/** I stand above this role, so I may give, take and change it (if I may manage roles). @param {Store} store @param {Guild} guild @param {Role} role */
export function isAboveRole(store, guild, role) {
  if (guild.owner_id === store.me?.id) return true;
  const highest = rolesOf(guild, store.me?.id ?? "")[0];
  return highest !== undefined && compareRoles(highest, role) > 0;
}

/** I stand above this member. @param {Store} store @param {Guild} guild @param {string} userId */
export function isAboveMember(store, guild, userId) {
  if (guild.owner_id === userId) return false;
  const highest = rolesOf(guild, userId)[0];
  return highest === undefined || isAboveRole(store, guild, highest);
}
