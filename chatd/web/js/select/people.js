/** The people of a channel, in the groups in which they are listed. */

import { Type } from "../channel-types.js";
import { compareRoles, inChannel, Permission, rolesOf } from "../permissions.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Guild} Guild */
/** @typedef {import("../types.js").User} User */
/** @typedef {{user: User, name: string, status: import("../types.js").Status, color: string | null}} Person */
/** @typedef {{key: string, title: string, people: Person[]}} Group */

/** The people in a chat. @param {Store} store @param {Channel} channel @returns {User[]} */
export function peopleIn(store, channel) {
  if (!channel.guild_id) return [...(channel.recipients ?? []), ...(store.me ? [store.me] : [])];
  return [...(store.guilds.get(channel.guild_id)?.members.values() ?? [])].map(({ user }) => user);
}

/**
 * Those who are here under their highest hoisted role, the highest first; the others who are here; those who
 * are not.
 * @param {Store} store
 * @param {Channel} channel
 * @returns {Group[]}
 */
export function groupsOf(store, channel) {
  const guild = store.guilds.get(channel.guild_id ?? "");
  const hoisted = [...(guild?.roles.values() ?? [])].filter(({ hoist }) => hoist)
    .sort((a, b) => compareRoles(b, a));
  /** @type {Map<string, Group>} */
  const groups = new Map(hoisted.map(({ id, name }) => [id, { key: id, title: name, people: [] }]));
  groups.set("online", { key: "online", title: "Online", people: [] });
  groups.set("offline", { key: "offline", title: "Offline", people: [] });
  const closed = guild && isClosed(channel, guild);
  for (const user of peopleIn(store, channel)) {
    if (closed && !(inChannel(store, channel, user.id) & Permission.VIEW_CHANNEL)) continue;
    const person = personOf(store, user, guild);
    const role = hoisted.find(({ id }) => guild?.members.get(user.id)?.roles.includes(id));
    const key = person.status === "offline" ? "offline" : role?.id ?? "online";
    groups.get(key)?.people.push(person);
  }
  const filled = [...groups.values()].filter(({ people }) => people.length > 0);
  for (const { people } of filled) people.sort((a, b) => collator.compare(a.name, b.name));
  return filled;
}

const collator = new Intl.Collator(undefined, { sensitivity: "base" });

/** Somebody may not see it, so everybody must be asked about. @param {Channel} channel @param {Guild} guild */
function isClosed(channel, guild) {
  const overwrites = channel.permission_overwrites ?? [];
  const everyone = BigInt(guild.roles.get(guild.id)?.permissions ?? 0);
  return channel.type !== Type.GROUP && (!(everyone & Permission.VIEW_CHANNEL)
    || overwrites.some(({ deny }) => BigInt(deny) & Permission.VIEW_CHANNEL));
}

/** @param {Store} store @param {User} user @param {Guild | undefined} guild @returns {Person} */
export function personOf(store, user, guild) {
  return {
    user: store.users.get(user.id) ?? guild?.members.get(user.id)?.user ?? user, name: store.nameOf(user, guild?.id), status: store.statusOf(user.id),
    color: guild ? colorOf(guild, user.id) : null,
  };
}

/** The colour of the highest role that has one, as "#rrggbb". @param {Guild} guild @param {string} userId */
export function colorOf(guild, userId) {
  const color = rolesOf(guild, userId).find((role) => role.color !== 0)?.color;
  return color ? `#${color.toString(16).padStart(6, "0")}` : null;
}

/** "listening to …" or what they chose to say, without its emoji. @param {Store} store @param {string} userId */
export function customStatusOf(store, userId) {
  const activity = store.presences.get(userId)?.activities.find(({ type }) => type === 4);
  const emoji = activity?.emoji && !activity.emoji.id ? `${activity.emoji.name} ` : "";
  return activity ? `${emoji}${activity.state ?? ""}`.trim() : "";
}
