/** The friends, where no direct message is open: who is here, who has asked, whom one has blocked; and to ask by name. */

import { h, reconcile } from "../dom.js";
import { doorsOn, labelOf, menuOf } from "../doors.js";
import { submit } from "../rest.js";
import { customStatusOf } from "../select/people.js";
import { avatar, STATUS_WORDS } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { clearErrors, demandRequired, errorPlace, fieldElement, showErrors } from "../ui/form.js";
import { openMenu } from "../ui/menu.js";
import { styles } from "../ui/styles.js";
import { tabs } from "../ui/tabs.js";
import { toast } from "../ui/toast.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Relationship} Relationship */

const FRIEND = 1, BLOCKED = 2, ASKS = 3;
const collator = new Intl.Collator(undefined, { sensitivity: "base" });

/** @type {{name: string, empty: string, has: (relationship: Relationship, status: string) => boolean}[]} */
const LISTS = [
  { name: "Online", empty: "No friend of yours is here at the moment.", has: ({ type }, status) => type === FRIEND && status !== "offline" },
  { name: "All", empty: "You have no friends here yet. Add one by their username, or from their card.", has: ({ type }) => type === FRIEND },
  { name: "Pending", empty: "No request is waiting.", has: ({ type }) => type !== FRIEND && type !== BLOCKED },
  { name: "Blocked", empty: "You have blocked nobody.", has: ({ type }) => type === BLOCKED },
];

/** @param {Client} client */
export async function friendsView(client) {
  const { store } = client;
  await styles("settings", "friends");
  const places = LISTS.map((list) => ({ ...list, rows: h("ul", { class: "rows" }), none: h("p", { class: "none" }, list.empty) }));
  const field = { name: "username", label: "Add a friend by username", required: true, attributes: { autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 32 } };
  const form = h("form", { class: "add-friend", novalidate: true, "aria-label": "Add a friend" }, errorPlace(), fieldElement(field),
    h("button", { type: "submit", class: "primary" }, "Send request"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    if (demandRequired(form, [field])) return;
    const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
    const username = input.value.trim().replace(/^@/, "");
    try {
      await submit("POST", "/users/@me/relationships", { username });
      input.value = "";
      toast(`Asked ${username} to be friends.`);
    } catch (error) {
      showErrors(form, error);
    }
  });
  const tabbed = tabs("Friends", places.map(({ name, rows, none }) => ({ name, build: () => h("div", {}, rows, none) })));
  const element = h("div", { class: "friends" }, form, tabbed.element);

  const draw = () => {
    const all = [...store.relationships.values()].sort((a, b) => collator.compare(store.nameOf(a.user), store.nameOf(b.user)));
    places.forEach(({ rows, none, has, name }, n) => {
      const people = all.filter((one) => has(one, store.statusOf(one.id)));
      reconcile(rows, people.map((one) => row(client, one)));
      none.hidden = people.length > 0;
      const tab = tabbed.element.querySelectorAll("[role=tab]")[n];
      if (tab) tab.textContent = people.length && name !== "Blocked" ? `${name} ${people.length}` : name;
    });
  };
  store.subscribe(["relationships", "members"], draw);
  draw();
  return element;
}

/** @param {Client} client @param {Relationship} relationship */
function row(client, { id, type, user }) {
  const { store } = client;
  const known = store.users.get(id) ?? user;
  const name = store.nameOf(known), status = store.statusOf(id);
  const says = type === FRIEND ? customStatusOf(store, id) || STATUS_WORDS[status]
    : type === BLOCKED ? "blocked" : type === ASKS ? "asks to be friends" : "was asked by you";
  const place = { userId: id };
  const names = type === FRIEND ? ["message-somebody"] : ["accept-friend", "refuse-friend", "withdraw-request", "unblock"];
  return {
    key: id, signature: JSON.stringify([name, known.username, known.avatar, status, says, type]),
    build: () => {
      const doors = doorsOn(store, "member", place).filter((door) => names.includes(door.name));
      const more = iconButton("more", `More about ${name}`, { "aria-haspopup": "menu", onclick: () => void openMenu(more, menuOf(client, "member", place)) });
      const face = h("button", {
        type: "button", class: "friend", onclick: async () => (await import("./card.js")).openCard(client, face, place),
      }, avatar(known, name, type === FRIEND ? status : undefined), h("span", { class: "row-words" }, h("b", {}, name), h("span", {}, `@${known.username} · ${says}`)));
      return h("li", { "data-user-id": id }, face,
        ...doors.map((door) => iconButton(door.icon, labelOf(store, door, place), { "data-door": door.name, onclick: () => void door.open(client, place) })), more);
    },
  };
}
