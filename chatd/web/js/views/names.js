/** What people and things are called in a place: in mentions, for markup.js, and in a row. */

import { h } from "../dom.js";
import { pathOf } from "../paths.js";
import { colorOf } from "../select/people.js";

/** @typedef {import("../store.js").Store} Store */

/**
 * @param {Store} store
 * @param {string} [guildId]  absent in direct messages
 * @returns {import("./markup.js").Names}
 */
export function namesIn(store, guildId) {
  const guild = store.guilds.get(guildId ?? "");
  return {
    me: store.me?.id,
    user(id) {
      const user = guild?.members.get(id)?.user ?? store.users.get(id);
      return user ? store.nameOf(user, guildId) : null;
    },
    role(id) {
      const role = guild?.roles.get(id);
      const colour = role?.color ? `#${role.color.toString(16).padStart(6, "0")}` : null;
      return role ? { name: role.name, colour } : null;
    },
    channel(id) {
      const channel = store.channels.get(id);
      return channel?.name ? { name: channel.name, href: pathOf(channel) } : null;
    },
    emoji: emojiAddress,
  };
}

/** Where the picture of a custom emoji is. @param {string} id @param {boolean} animated */
export const emojiAddress = (id, animated) => `/emojis/${id}.${animated ? "gif" : "png"}`;

/** The colour of a name in a guild. @param {Store} store @param {string | undefined} guildId @param {string} userId */
export function nameColour(store, guildId, userId) {
  const guild = store.guilds.get(guildId ?? "");
  return guild ? colorOf(guild, userId) : null;
}

/**
 * "Ada, Bob and Cleo", each name in an element of its own, so that one written from right to left leaves the others in
 * place.
 * @param {string[]} names
 * @returns {(Node | string)[]}
 */
export function listed(names) {
  const parts = new Intl.ListFormat("en", { type: "conjunction" }).formatToParts(names);
  return parts.map(({ type, value }) => (type === "element" ? h("bdi", {}, value) : value));
}
