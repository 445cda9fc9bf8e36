/** Doors on the members of a guild: what goes by one's permissions and by who stands above whom. */

import { isAboveMember, isAboveRole, may } from "../permissions.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../doors.js").Place} Place */
/** @typedef {import("../permissions.js").PermissionName} PermissionName */

/** @param {Store} store @param {Place} place */
const isSelf = ({ me }, { userId }) => userId === me?.id;

/** I may do this to who stands below me. @param {PermissionName} permission @returns {(store: Store, place: Place) => boolean} */
const below = (permission) => (store, place) => {
  const guild = store.guilds.get(place.guildId ?? "");
  return guild !== undefined && guild.members.has(place.userId ?? "") && !isSelf(store, place)
    && may(store, { guildId: guild.id }, permission) && isAboveMember(store, guild, place.userId ?? "");
};

/** @param {Store} store @param {Place} place */
const isOut = ({ guilds }, { guildId, userId }) => {
  const until = guilds.get(guildId ?? "")?.members.get(userId ?? "")?.communication_disabled_until;
  return Boolean(until && Date.parse(until) > Date.now());
};

/** @type {import("../doors.js").Door[]} */
export const MODERATION_DOORS = [
  {
    name: "nickname", on: ["member"], label: "Change the nickname", icon: "edit",
    may: below("MANAGE_NICKNAMES"),
    open: async (client, place) => (await import("../dialogs/members.js")).changeNickname(client, place),
  },
  {
    name: "member-roles", on: ["member"], label: "Roles", icon: "people",
    may: (store, { guildId, userId }) => {
      const guild = store.guilds.get(guildId ?? "");
      return guild !== undefined && guild.members.has(userId ?? "") && may(store, { guildId }, "MANAGE_ROLES")
        && [...guild.roles.values()].some((role) => role.id !== guild.id && !role.managed && isAboveRole(store, guild, role));
    },
    open: async (client, place) => (await import("../dialogs/members.js")).changeRoles(client, place),
  },
  {
    name: "time-out", on: ["member"], icon: "clock",
    label: (store, place) => (isOut(store, place) ? "End the time-out" : "Time out"),
    may: below("MODERATE_MEMBERS"),
    open: async (client, place) => {
      const { timeOut, endTimeOut } = await import("../dialogs/members.js");
      return isOut(client.store, place) ? endTimeOut(client, place) : timeOut(client, place);
    },
  },
  {
    name: "kick", on: ["member"], label: "Put out of the guild", icon: "exit", danger: true, may: below("KICK_MEMBERS"),
    open: async (client, place) => (await import("../dialogs/members.js")).kick(client, place),
  },
  {
    name: "ban", on: ["member"], label: "Ban", icon: "ban", danger: true, may: below("BAN_MEMBERS"),
    open: async (client, place) => (await import("../dialogs/members.js")).ban(client, place),
  },
];
