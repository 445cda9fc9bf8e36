/** Doors on people, and on oneself. */

import { may } from "../permissions.js";
import { go } from "../router.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../doors.js").Place} Place */

const FRIEND = 1, BLOCKED = 2, ASKS = 3, ASKED = 4;

/** @param {Store} store @param {Place} place */
const isMe = (store, { userId }) => userId === store.me?.id;
/** How one stands to somebody. @param {Store} store @param {Place} place */
const relation = (store, { userId }) => store.relationships.get(userId ?? "")?.type;
/** Somebody whom one can be friends with. @param {Store} store @param {Place} place */
const isOther = (store, place) => {
  const user = store.users.get(place.userId ?? "") ?? store.guilds.get(place.guildId ?? "")?.members.get(place.userId ?? "")?.user;
  return !isMe(store, place) && !user?.bot && !user?.system;
};
/** @param {Store} store @param {Place} place */
const nameOf = (store, { userId = "", guildId }) =>
  store.nameOf(store.users.get(userId) ?? { id: userId, username: "" }, guildId ?? undefined);
const relations = () => import("../people/relations.js");
const ofGuild = (/** @type {Store} */ _, /** @type {Place} */ { guildId }) => Boolean(guildId);

/** @param {string} value @param {string} label @returns {import("../doors.js").Door} */
const status = (value, label) => ({
  name: `status-${value}`, on: ["me"], label, icon: "circle", group: "status", checked: (store) => (store.settings.status ?? "online") === value,
  open: async (client) => (await import("../people/own-status.js")).chooseStatus(client, value),
});

/** @type {import("../doors.js").Door[]} */
export const PEOPLE_DOORS = [
  {
    name: "profile", on: ["member"], main: true, label: "Profile", icon: "person",
    open: async (client, place) => (await import("../people/card.js")).openCard(
      client, place.anchor ?? { x: innerWidth / 2, y: innerHeight / 4 }, place, { side: "left" }),
  },
  {
    name: "message-somebody", on: ["member"], label: "Message", icon: "message",
    // Nobody reads what is written to the server's own user.
    may: (store, place) => !isMe(store, place) && relation(store, place) !== BLOCKED && !store.users.get(place.userId ?? "")?.system,
    open: (client, { userId }) => client.openDirectMessage(userId ?? ""),
  },
  {
    name: "add-friend", on: ["member"], label: "Add friend", icon: "invite",
    may: (store, place) => isOther(store, place) && relation(store, place) === undefined,
    open: async (client, { userId }) => (await relations()).befriend(client, userId ?? ""),
  },
  {
    name: "accept-friend", on: ["member"], label: "Accept request", icon: "check",
    may: (store, place) => relation(store, place) === ASKS,
    open: async (client, { userId }) => (await relations()).befriend(client, userId ?? ""),
  },
  {
    name: "refuse-friend", on: ["member"], label: "Ignore request", icon: "close",
    may: (store, place) => relation(store, place) === ASKS,
    open: async (client, { userId }) => (await relations()).forget(client, userId ?? ""),
  },
  {
    name: "withdraw-request", on: ["member"], label: "Withdraw request", icon: "close",
    may: (store, place) => relation(store, place) === ASKED,
    open: async (client, { userId }) => (await relations()).forget(client, userId ?? ""),
  },
  {
    name: "name-friend", on: ["member"], label: "Name of your own", icon: "edit",
    may: (store, place) => relation(store, place) === FRIEND,
    open: async (client, { userId }) => (await relations()).nameFriend(client, userId ?? ""),
  },
  {
    name: "own-nickname", on: ["member", "guild"], label: "Change nickname", icon: "edit",
    may: (store, place) => Boolean(place.guildId) && (!place.userId || isMe(store, place)) && may(store, place, "CHANGE_NICKNAME"),
    open: async (client, place) => (await import("../people/nickname.js")).ownNickname(client, place),
  },
  {
    name: "guild-notifications", on: ["guild"], label: "Notifications", icon: "bell", may: ofGuild,
    open: async (client, place) => (await import("../notifications/choose.js")).chooseForGuild(client, place),
  },
  {
    name: "channel-notifications", on: ["channel", "category"], label: "Notifications", icon: "bell",
    may: (store, { channelId }) => store.channels.has(channelId ?? ""),
    open: async (client, place) => (await import("../notifications/choose.js")).chooseForChannel(client, place),
  },
  {
    name: "copy-user-id", on: ["member"], label: "Copy ID", icon: "copy",
    open: async (_, { userId }) => (await import("../ui/copyable.js")).copy(userId ?? ""),
  },
  {
    name: "unblock", on: ["member"], label: "Unblock", icon: "ban",
    may: (store, place) => relation(store, place) === BLOCKED,
    open: async (client, { userId }) => (await relations()).forget(client, userId ?? ""),
  },
  {
    name: "unfriend", on: ["member"], label: "Remove friend", icon: "close", danger: true,
    may: (store, place) => relation(store, place) === FRIEND,
    open: async (client, place) => (await relations()).unfriend(client, place.userId ?? "", nameOf(client.store, place)),
  },
  {
    name: "block", on: ["member"], label: "Block", icon: "ban", danger: true,
    may: (store, place) => isOther(store, place) && relation(store, place) !== BLOCKED,
    open: async (client, place) => (await relations()).block(client, place.userId ?? "", nameOf(client.store, place)),
  },
  {
    name: "friends", on: ["home"], icon: "people",
    label: (store) => {
      const waiting = [...store.relationships.values()].filter(({ type }) => type === ASKS).length;
      return waiting ? `Friends, ${waiting} waiting` : "Friends";
    },
    open: () => go("/channels/@me"),
  },
  status("online", "Online"), status("idle", "Away"), status("dnd", "Do not disturb"), status("invisible", "Invisible"),
  {
    name: "custom-status", on: ["me"], label: "Custom status", icon: "smile", group: "status",
    open: async (client) => (await import("../people/custom-status.js")).customStatus(client),
  },
  { name: "edit-profile", on: ["me"], label: "Edit profile", icon: "person", open: () => go("/settings/profile") },
  { name: "settings", on: ["me"], main: true, label: "Settings", icon: "gear", keys: "Mod+,", open: () => go("/settings") },
  { name: "developers", on: ["me"], label: "Applications", icon: "bot", open: () => go("/developers") },
  { name: "sign-out", on: ["me"], label: "Sign out", icon: "exit", danger: true, open: (client) => client.signOut() },
];
