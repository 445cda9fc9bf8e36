/** The sidebar: the chats of every guild, then direct messages, with what is unread. */

import { find, h, reconcile } from "../dom.js";
import { pathOf } from "../paths.js";
import { avatar } from "./avatar.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Channel} Channel */

/** @param {Store} store */
export function showChannels(store) {
  const place = find("#channels");
  store.subscribe(["channels", "members", "open"], () => reconcile(place, itemsOf(store)));
}

/** @param {Store} store */
function itemsOf(store) {
  const items = [];
  for (const guild of store.guilds.values()) {
    const chats = store.chatsOf(guild.id);
    // The only guild gives its name to the whole page; see store.name.
    if (chats.length) items.push(headingItem(guild.id, store.guilds.size === 1 ? "Chats" : guild.name));
    for (const channel of chats) items.push(linkItem(store, channel));
  }
  const direct = store.directMessages();
  if (direct.length) items.push(headingItem("direct", "Direct messages"));
  for (const channel of direct) items.push(linkItem(store, channel));
  return items;
}

/** @param {string} key @param {string} title */
function headingItem(key, title) {
  return { key, signature: title, build: () => h("h2", {}, title) };
}

/** @param {Store} store @param {Channel} channel */
function linkItem(store, channel) {
  const title = store.titleOf(channel);
  const unread = store.unread.get(channel.id);
  const isOpen = store.open === channel.id;
  const other = channel.guild_id ? null : channel.recipients?.[0];
  const status = other ? store.statusOf(other.id) : undefined;
  return {
    key: channel.id,
    signature: [title, unread, isOpen, status].join("\n"),
    build: () => h("a",
      {
        href: pathOf(channel),
        "data-channel-id": channel.id,
        "data-unread": unread,
        "aria-current": isOpen && "page",
      },
      other ? avatar(other.id, title, status) : h("span", { class: "hash", "aria-hidden": "true" }, "#"),
      h("span", { class: "channel-name" }, title),
      unread !== undefined && unreadBadge(unread)),
  };
}

/** @param {number} unread  0: something, nobody counted how much */
function unreadBadge(unread) {
  const text = unread === 0 ? "" : unread > 99 ? "99+" : String(unread);
  return h("span", { class: "badge" }, text, h("span", { class: "unseen" }, " unread"));
}
