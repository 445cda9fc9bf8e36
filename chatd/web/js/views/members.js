/** The people of the open chat, those who are here first; a click opens a direct message. */

import { find, h, reconcile } from "../dom.js";
import { avatar } from "./avatar.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Status} Status */
/** @typedef {import("../types.js").User} User */
/** @typedef {{user: User, name: string, status: Status}} Person */

// A longer list is of no use to anyone; the rest is given as a number.
const SHOWN_MAX = 1000;
/** @type {Record<Status, string>} */
const WORDS = { online: "online", idle: "away", dnd: "do not disturb", offline: "offline" };

/**
 * @param {Store} store
 * @param {(userId: string) => void} openDirectMessage
 */
export function showMembers(store, openDirectMessage) {
  const place = find("#members");
  const lists = { here: h("ul"), away: h("ul") };
  const titles = { here: h("h2"), away: h("h2") };
  const more = h("p", { class: "more" });
  place.append(titles.here, lists.here, titles.away, lists.away, more);
  find("#members").addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    const id = button?.closest("li")?.dataset.userId;
    if (id) openDirectMessage(id);
  });

  store.subscribe(["members", "open"], () => {
    const people = peopleOf(store);
    const here = people.filter(({ status }) => status !== "offline");
    const room = Math.max(0, SHOWN_MAX - here.length);
    const away = people.filter(({ status }) => status === "offline").slice(0, room);
    fill(titles.here, lists.here, "Online", here.slice(0, SHOWN_MAX), here.length, store);
    fill(titles.away, lists.away, "Offline", away, people.length - here.length, store);
    const unlisted = totalOf(store, people.length) - Math.min(here.length, SHOWN_MAX) - away.length;
    more.textContent = unlisted > 0 ? `and ${unlisted} more` : "";
  });
}

/** @param {Store} store @returns {Person[]} */
function peopleOf(store) {
  const channel = store.openChannel;
  if (!channel) return [];
  return store.peopleIn(channel)
    .map((user) => ({ user, name: store.nameOf(user, channel.guild_id), status: store.statusOf(user.id) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** @param {Store} store @param {number} known */
function totalOf(store, known) {
  const guild = store.guilds.get(store.openChannel?.guild_id ?? "");
  return Math.max(known, guild?.member_count ?? 0);
}

/**
 * @param {HTMLElement} title
 * @param {HTMLElement} list
 * @param {string} word
 * @param {Person[]} people
 * @param {number} count
 * @param {Store} store
 */
function fill(title, list, word, people, count, store) {
  title.textContent = `${word} — ${count}`;
  title.hidden = list.hidden = count === 0;
  reconcile(list, people.map((person) => ({
    key: person.user.id,
    signature: [person.name, person.status, person.user.id === store.me?.id].join("\n"),
    build: () => entryOf(person, person.user.id === store.me?.id),
  })));
}

/** @param {Person} person @param {boolean} self */
function entryOf({ user, name, status }, self) {
  const parts = [
    avatar(user.id, name, status),
    h("span", { class: "member-name" }, name),
    user.bot && h("span", { class: "tag" }, "bot"),
    self && h("span", { class: "tag" }, "you"),
    h("span", { class: "unseen" }, `, ${WORDS[status]}`),
  ];
  // Nobody reads what is written to the server's own user.
  const entry = self || user.system
    ? h("span", { class: "member" }, ...parts)
    : h("button", { type: "button", class: "member", title: `Message ${name}` }, ...parts);
  return h("li", { "data-user-id": user.id, "data-status": status }, entry);
}
