/**
 * The card of a person, beside whatever shows them: who they are, what they are here, and the doors on them.
 */

import { h } from "../dom.js";
import { doorsOn, labelOf, menuOf } from "../doors.js";
import { hueOf, timeOf } from "../ids.js";
import { pathOfGuild } from "../paths.js";
import { rolesOf } from "../permissions.js";
import { call } from "../rest.js";
import { customStatusOf } from "../select/people.js";
import { avatar, guildIcon, STATUS_WORDS } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { openMenu } from "../ui/menu.js";
import { openPopover } from "../ui/popover.js";
import { styles } from "../ui/styles.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../doors.js").Place} Place */
/** @typedef {import("../types.js").User} User */

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const MUTUAL_MAX = 6;

/**
 * @param {Client} client
 * @param {Element | {x: number, y: number}} anchor
 * @param {Place} place   with `userId`
 * @param {{side?: "left" | "right", known?: User}} [options]  `known`: as a message has them
 */
export async function openCard(client, anchor, place, { side = "right", known } = {}) {
  const { store } = client;
  const id = place.userId ?? "";
  const guild = store.guilds.get(place.guildId ?? "");
  let user = guild?.members.get(id)?.user ?? store.users.get(id) ?? store.relationships.get(id)?.user;
  await styles("card");
  if (!user) {
    // Somebody who is not here: of what was said long ago, or in another guild.
    await client.try(call("GET", `/users/${id}`).then((found) => store.users.set(id, (user = found))));
    user ??= known;
  }
  if (!user) return;
  const card = h("div", { class: "person-card", role: "dialog", "aria-label": store.nameOf(user, guild?.id), tabindex: "-1", "data-user-id": id });
  const { close, element } = openPopover(anchor, card, { side, onclose: () => end() });
  const shown = user;
  const draw = () => {
    const within = card.contains(document.activeElement) && document.activeElement?.getAttribute("data-door");
    card.replaceChildren(...contents(client, store.users.get(id) ?? shown, place, () => close()));
    if (within) /** @type {HTMLElement | null} */ (card.querySelector(`[data-door="${within}"]`))?.focus();
  };
  const end = store.subscribe(["members", "roles", "relationships", "settings", "guilds"], draw);
  draw();
  /** @type {HTMLElement} */ (card.querySelector(".card-buttons button") ?? card).focus({ preventScroll: true });
  element.addEventListener("click", ({ target }) => {
    if (/** @type {Element} */ (target).closest("a")) close();
  });
}

/**
 * @param {Client} client
 * @param {User} user
 * @param {Place} place
 * @param {() => void} close
 */
function contents(client, user, place, close) {
  const { store } = client;
  const guild = store.guilds.get(place.guildId ?? "");
  const member = guild?.members.get(user.id);
  const name = store.nameOf(user, guild?.id);
  const says = customStatusOf(store, user.id);
  const status = store.statusOf(user.id);
  const also = [...new Set([user.global_name, store.relationships.get(user.id)?.nickname])]
    .filter((other) => other && other !== name);
  return [
    h("div", { class: "card-head" }, bannerOf(user, member),
      avatar(member?.avatar ? { ...user, avatar: user.avatar } : user, name, status)),
    h("div", { class: "card-body" },
      h("h2", {}, name),
      h("p", { class: "card-handle" }, `@${user.username}`, user.bot && h("span", { class: "tag" }, "bot"),
        h("span", { class: "unseen" }, `, ${STATUS_WORDS[status]}`)),
      also.length > 0 && h("p", { class: "card-also" }, `Also ${also.join(", ")}`),
      says && h("p", { class: "card-says" }, says),
      buttons(client, user, place, close),
      ...(guild && member ? rolesPart(guild, user.id) : []),
      h("dl", { class: "card-dates" },
        h("div", {}, h("dt", {}, "On this server since"), h("dd", {}, day.format(timeOf(user.id)))),
        guild && member?.joined_at && h("div", {}, h("dt", {}, "In ", h("bdi", {}, guild.name), " since"), h("dd", {}, day.format(Date.parse(member.joined_at))))),
      ...mutualPart(client, user.id)),
  ];
}

/** @param {User} user @param {import("../types.js").Member} [member] */
function bannerOf(user, member) {
  const hash = user.banner;
  const banner = h("div", { class: "card-banner", "aria-hidden": "true" },
    hash && h("img", { src: `/banners/${user.id}/${hash}.png?size=480`, alt: "" }));
  banner.style.setProperty("--hue", String(hueOf(member?.user.id ?? user.id)));
  if (user.accent_color != null) banner.style.background = hexOf(user.accent_color);
  return banner;
}

/** @param {number} color */
export const hexOf = (color) => `#${color.toString(16).padStart(6, "0")}`;

/** What is done most, as buttons; the rest is in the menu. @param {Client} client @param {User} user @param {Place} place @param {() => void} close */
function buttons(client, user, place, close) {
  const about = { ...place, userId: user.id };
  const wanted = new Set(["message-somebody", "accept-friend", "add-friend", "edit-profile", "custom-status"]);
  const on = user.id === client.store.me?.id ? "me" : "member";
  const doors = [...doorsOn(client.store, "member", about), ...doorsOn(client.store, on, about)]
    .filter((door, n, all) => wanted.has(door.name) && all.indexOf(door) === n).slice(0, 2);
  const more = iconButton("more", "More", {
    "aria-haspopup": "menu", onclick: () => {
      const entries = menuOf(client, "member", about).filter((entry) => entry === "line" || !profileEntry(client, entry, about));
      const { left, bottom } = more.getBoundingClientRect();
      close();
      void openMenu({ x: left, y: bottom }, entries, "More");
    },
  });
  return h("div", { class: "card-buttons" },
    ...doors.map((door, n) => h("button", {
      type: "button", class: n === 0 ? "primary" : "plain", "data-door": door.name,
      onclick: () => {
        if (door.name !== "add-friend" && door.name !== "accept-friend") close();
        void door.open(client, about);
      },
    }, icon(door.icon), labelOf(client.store, door, about))), more);
}

/** The door that has led here. @param {Client} client @param {import("../ui/menu.js").Item} entry @param {Place} place */
const profileEntry = (client, entry, place) =>
  doorsOn(client.store, "member", place).some((door) => door.name === "profile" && labelOf(client.store, door, place) === entry.label);

/** @param {import("../types.js").Guild} guild @param {string} userId */
function rolesPart(guild, userId) {
  const roles = rolesOf(guild, userId).filter(({ id }) => id !== guild.id);
  if (roles.length === 0) return [];
  return [h("h3", {}, roles.length === 1 ? "Role" : "Roles"), h("ul", { class: "card-roles" }, ...roles.map((role) => {
    const dot = h("span", { class: "role-dot", "aria-hidden": "true" });
    if (role.color) dot.style.background = hexOf(role.color);
    return h("li", {}, dot, h("span", {}, role.name));
  }))];
}

/** @param {Client} client @param {string} userId */
function mutualPart({ store }, userId) {
  if (userId === store.me?.id) return [];
  const mutual = [...store.guilds.values()].filter(({ members }) => members.has(userId));
  if (mutual.length === 0) return [];
  return [h("h3", {}, mutual.length === 1 ? "A guild in common" : `${mutual.length} guilds in common`),
    h("ul", { class: "card-guilds" }, ...mutual.slice(0, MUTUAL_MAX).map((guild) =>
      h("li", {}, h("a", { href: pathOfGuild(guild.id) }, guildIcon(guild, guild.name), h("span", {}, guild.name)))))];
}
