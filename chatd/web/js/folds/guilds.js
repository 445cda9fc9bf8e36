/** Guilds as such, their roles, emoji and stickers. */

import { idOf } from "../ids.js";
import { removeChannel, setChannel } from "./channels.js";
import { setPresence } from "./members.js";
import { setVoiceState } from "./voice.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Guild} Guild */
/** @typedef {import("../types.js").Member} Member */

/** @type {import("./index.js").Folds} */
export const GUILD_FOLDS = {
  GUILD_CREATE(store, data) {
    store.awaited.delete(data.id);
    if (data.unavailable) return store.tell("open");
    const { channels, threads = [], presences = [], voice_states = [], ...rest } = data;
    /** @type {Map<string, Member>} */
    const members = new Map(data.members.map((/** @type {Member} */ member) => [member.user.id, member]));
    store.guilds.set(data.id, {
      member_count: members.size, ...rest,
      members, roles: byId(data.roles), emojis: byId(data.emojis), stickers: byId(data.stickers ?? []),
    });
    keepChannels(store, data.id, [...channels, ...threads]);
    const joined = idOf(Date.parse(data.joined_at));
    for (const channel of [...channels, ...threads]) {
      // Where nothing was read yet, what was said before we came is not ours to read.
      if (!store.reads.has(channel.id)) store.reads.set(channel.id, { last: joined, mentions: 0 });
      setChannel(store, { ...channel, guild_id: data.id });
    }
    for (const userId of members.keys()) store.presences.delete(userId);
    for (const presence of presences) setPresence(store, presence);
    for (const [, inside] of voiceOf(store, data.id)) inside.clear();
    for (const state of voice_states) setVoiceState(store, { ...state, guild_id: data.id });
    store.tellAll("open", "guilds", "channels", "roles", "members", "emojis", "voice", "messages");
  },

  GUILD_UPDATE(store, { id, roles, emojis, stickers, channels, members, ...rest }) {
    const guild = store.guilds.get(id);
    if (!guild) return;
    Object.assign(guild, rest);
    if (roles) guild.roles = byId(roles);
    if (emojis) guild.emojis = byId(emojis);
    if (stickers) guild.stickers = byId(stickers);
    store.tellAll("guilds", "channels", "roles", "members", "emojis");
  },

  GUILD_DELETE(store, { id, unavailable }) {
    store.awaited.delete(id);
    if (!unavailable) removeGuild(store, id);
    store.tellAll("open", "guilds", "channels", "members");
  },

  GUILD_ROLE_CREATE(store, { guild_id, role }) {
    store.guilds.get(guild_id)?.roles.set(role.id, role);
    store.tellAll("roles", "members", "channels");
  },

  GUILD_ROLE_UPDATE(store, data) {
    GUILD_FOLDS.GUILD_ROLE_CREATE(store, data);
  },

  GUILD_ROLE_DELETE(store, { guild_id, role_id }) {
    const guild = store.guilds.get(guild_id);
    guild?.roles.delete(role_id);
    for (const member of guild?.members.values() ?? []) {
      member.roles = member.roles.filter((id) => id !== role_id);
    }
    store.tellAll("roles", "members", "channels");
  },

  GUILD_EMOJIS_UPDATE(store, { guild_id, emojis }) {
    const guild = store.guilds.get(guild_id);
    if (guild) guild.emojis = byId(emojis);
    store.tell("emojis");
  },

  GUILD_STICKERS_UPDATE(store, { guild_id, stickers }) {
    const guild = store.guilds.get(guild_id);
    if (guild) guild.stickers = byId(stickers);
    store.tell("emojis");
  },
};

/** @param {Store} store @param {string} id */
export function removeGuild(store, id) {
  store.guilds.delete(id);
  keepChannels(store, id, []);
}

/** Forget the channels of a guild that are not among these. @param {Store} store @param {string} guildId @param {Channel[]} kept */
function keepChannels(store, guildId, kept) {
  const ids = new Set(kept.map((channel) => channel.id));
  for (const channel of store.channels.values()) {
    if (channel.guild_id === guildId && !ids.has(channel.id)) removeChannel(store, channel.id);
  }
}

/** @param {Store} store @param {string} guildId */
const voiceOf = (store, guildId) =>
  [...store.voice].filter(([id]) => store.channels.get(id)?.guild_id === guildId);

/**
 * @template {{id: string}} T
 * @param {T[]} list
 * @returns {Map<string, T>}
 */
export const byId = (list) => new Map(list.map((one) => [one.id, one]));
