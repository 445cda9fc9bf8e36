/** Doors to make and change guilds, channels, groups, invites, and what moderators do to members. */

import { isPrivate, isThread, Type } from "../channel-types.js";
import { MODERATION_DOORS } from "./moderation.js";
import { inGuild, may, Permission } from "../permissions.js";
import { go } from "../router.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../doors.js").Place} Place */

/** @param {Store} store @param {Place} place */
const channelOf = (store, { channelId }) => store.channels.get(channelId ?? "");

/** A channel of a guild, no thread. @param {Store} store @param {Place} place */
function isOfGuild(store, place) {
  const channel = channelOf(store, place);
  return channel !== undefined && !isPrivate(channel) && !isThread(channel);
}

/** @param {Store} store @param {Place} place */
const isCategory = (store, place) => channelOf(store, place)?.type === Type.CATEGORY;

/** @param {Store} store @param {Place} place */
const isGroup = (store, place) => channelOf(store, place)?.type === Type.GROUP;

/** @param {Store} store @param {Place} place */
const isMine = ({ guilds, me }, { guildId }) => guilds.get(guildId ?? "")?.owner_id === me?.id;

/** @param {Store} store @param {Place} place */
const managesChannel = (store, place) => isOfGuild(store, place) && may(store, place, "MANAGE_CHANNELS");

/** Any of these opens a section of a guild's settings. */
const OPENS_SETTINGS = Permission.MANAGE_GUILD | Permission.MANAGE_ROLES | Permission.MANAGE_CHANNELS
  | Permission.MANAGE_WEBHOOKS | Permission.VIEW_AUDIT_LOG | Permission.KICK_MEMBERS | Permission.BAN_MEMBERS
  | Permission.MODERATE_MEMBERS | Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD_EXPRESSIONS
  | Permission.CREATE_GUILD_EXPRESSIONS | Permission.MANAGE_NICKNAMES;

/** @type {import("../doors.js").Door[]} */
export const MAKING_DOORS = [
  {
    name: "new-direct-message", on: ["home"], main: true, label: "New direct message", icon: "add",
    open: async (client) => (await import("../dialogs/new-direct-message.js")).newDirectMessage(client),
  },
  {
    name: "new-user", on: ["home", "me"], label: "New user", icon: "invite",
    may: (store) => store.me?.admin === true,
    open: async () => (await import("../admin/users.js")).makeUser(),
  },
  {
    name: "new-guild", on: ["rail"], label: "New guild", icon: "add",
    open: async (client) => (await import("../dialogs/new-guild.js")).newGuild(client),
  },
  {
    name: "join-guild", on: ["rail"], label: "Join a guild", icon: "link",
    open: async () => (await import("../dialogs/new-guild.js")).joinGuild(),
  },
  {
    name: "invite-people", on: ["guild", "channel"], main: true, label: "Invite people", icon: "invite",
    may: (store, place) => (place.channelId
      ? isOfGuild(store, place) && !isCategory(store, place) && may(store, place, "CREATE_INSTANT_INVITE")
      : may(store, place, "CREATE_INSTANT_INVITE")),
    open: async (client, place) => (await import("../dialogs/invite-people.js")).invitePeople(client, place),
  },
  {
    name: "new-channel", on: ["category", "guild"], main: true, label: "New channel", icon: "add",
    may: (store, place) => may(store, place, "MANAGE_CHANNELS"),
    open: async (client, place) => (await import("../dialogs/new-channel.js")).newChannel(client, place),
  },
  {
    name: "new-category", on: ["guild"], label: "New category", icon: "menu",
    may: (store, place) => may(store, place, "MANAGE_CHANNELS"),
    open: async (client, place) => (await import("../dialogs/new-channel.js")).newCategory(client, place),
  },
  {
    name: "guild-settings", on: ["guild"], label: "Guild settings", icon: "gear",
    may: (store, { guildId }) => (inGuild(store, store.guilds.get(guildId ?? "")) & OPENS_SETTINGS) !== 0n,
    open: (_, { guildId }) => go(`/guild/${guildId}`),
  },
  {
    name: "channel-settings", on: ["channel", "category"], icon: "gear",
    label: (store, place) => (isCategory(store, place) ? "Edit the category" : "Edit the channel"),
    may: (store, place) => isOfGuild(store, place) && (may(store, place, "MANAGE_CHANNELS")
      || may(store, place, "MANAGE_ROLES") || may(store, place, "MANAGE_WEBHOOKS")),
    open: (_, { channelId }) => go(`/channel/${channelId}`),
  },
  {
    name: "move-up", on: ["channel", "category"], label: "Move up", icon: "up",
    may: managesChannel,
    open: async (client, place) => (await import("../dialogs/move-channel.js")).step(client, place, -1),
  },
  {
    name: "move-down", on: ["channel", "category"], label: "Move down", icon: "down",
    may: managesChannel,
    open: async (client, place) => (await import("../dialogs/move-channel.js")).step(client, place, 1),
  },
  {
    name: "move-to-category", on: ["channel"], label: "Move to a category", icon: "forward",
    may: (store, place) => managesChannel(store, place) && !isCategory(store, place),
    open: async (client, place) => (await import("../dialogs/move-channel.js")).moveToCategory(client, place),
  },
  {
    name: "delete-channel", on: ["channel", "category"], danger: true, icon: "delete",
    label: (store, place) => (isCategory(store, place) ? "Delete the category" : "Delete the channel"),
    may: managesChannel,
    open: async (client, place) => (await import("../dialogs/delete-channel.js")).deleteChannel(client, place),
  },
  {
    name: "add-to-group", on: ["channel", "header"], label: "Add people", icon: "invite", main: true,
    may: (store, place) => {
      const channel = channelOf(store, place);
      return channel !== undefined && isPrivate(channel);
    },
    open: async (client, place) => (await import("../dialogs/groups.js")).addPeople(client, place),
  },
  {
    name: "edit-group", on: ["channel"], label: "Name the group", icon: "edit", may: isGroup,
    open: async (client, place) => (await import("../dialogs/groups.js")).editGroup(client, place),
  },
  {
    name: "remove-from-group", on: ["member"], label: "Take out of the group", icon: "exit", danger: true,
    may: (store, place) => isGroup(store, place) && place.userId !== store.me?.id
      && channelOf(store, place)?.owner_id === store.me?.id,
    open: async (client, place) => (await import("../dialogs/groups.js")).removeFromGroup(client, place),
  },
  {
    name: "leave-group", on: ["channel"], danger: true, icon: "exit",
    label: (store, place) => (isGroup(store, place) ? "Leave the group" : "Close the conversation"),
    may: (store, place) => {
      const channel = channelOf(store, place);
      return channel !== undefined && isPrivate(channel);
    },
    open: async (client, place) => (await import("../dialogs/groups.js")).leave(client, place),
  },
  {
    name: "leave-guild", on: ["guild"], label: "Leave the guild", icon: "exit", danger: true,
    may: (store, place) => store.guilds.has(place.guildId ?? "") && !isMine(store, place),
    open: async (client, place) => (await import("../dialogs/delete-guild.js")).leaveGuild(client, place),
  },
  ...MODERATION_DOORS,
];
