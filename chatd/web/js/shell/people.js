/** The people of the open chat, by role and presence. A click opens the main door on a member. */

import { h } from "../dom.js";
import { doorsOn, menuOf } from "../doors.js";
import { customStatusOf, groupsOf } from "../select/people.js";
import { avatar, STATUS_WORDS } from "../ui/avatar.js";
import { onContextMenu } from "../ui/menu.js";
import { rove } from "../ui/roving.js";
import { icon } from "../ui/icons.js";
import { VirtualList } from "../ui/virtual.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../select/people.js").Person} Person */

// As css/people.css has them.
const TITLE_REM = 2.5, PERSON_REM = 2.75;

/** @param {Client} client @param {HTMLElement} place @param {() => boolean} isShown */
export function showPeople(client, place, isShown) {
  const { store } = client;
  const list = h("ul", { class: "people-list" });
  const more = h("p", { class: "more" });
  const scroller = h("div", { id: "members" }, list, more);
  place.append(scroller);
  const virtual = new VirtualList(list, scroller);
  const roving = rove(list, "button.member");
  const placeOf = (/** @type {HTMLElement} */ element) =>
    ({ guildId: store.openGuild, channelId: store.open, userId: element.closest("li")?.dataset.userId });
  list.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    if (!button) return;
    const about = { ...placeOf(button), anchor: button };
    void doorsOn(store, "member", about).find(({ main }) => main)?.open(client, about);
  });
  onContextMenu(list, "li[data-user-id]", (element) => menuOf(client, "member", placeOf(element)));

  store.subscribe(["members", "open", "roles", "relationships", "channels"], () => {
    const channel = store.shownChannel;
    if (!isShown() && !place.classList.contains("open") && !channel) return;
    const groups = channel ? groupsOf(store, channel) : [];
    const rem_px = parseFloat(getComputedStyle(document.documentElement).fontSize);
    virtual.show(groups.flatMap(({ key, title, people }) => [
      titleRow(key, title, people.length, rem_px),
      ...people.map((person) => personRow(client, person, store.openGuild, rem_px)),
    ]));
    const listed = groups.reduce((sum, { people }) => sum + people.length, 0);
    const members = store.guilds.get(channel?.guild_id ?? "");
    const unlisted = (members?.member_count ?? 0) - (members?.members.size ?? 0);
    more.textContent = listed && unlisted > 0 ? `and ${unlisted} more` : "";
    roving.refresh();
  });
}

/** @param {string} key @param {string} title @param {number} count @param {number} rem_px */
function titleRow(key, title, count, rem_px) {
  return {
    key: `title:${key}`, signature: `${title} ${count}`, height_px: TITLE_REM * rem_px,
    build: () => h("li", { class: "people-title" }, h("h2", {}, h("bdi", {}, title), ` — ${count}`)),
  };
}

/** @param {Client} client @param {Person} person @param {string | null} guildId @param {number} rem_px */
function personRow({ store }, { user, name, status, color }, guildId, rem_px) {
  const self = user.id === store.me?.id;
  const says = customStatusOf(store, user.id);
  const owner = guildId !== null && store.guilds.get(guildId)?.owner_id === user.id;
  const place = { guildId, channelId: store.open, userId: user.id };
  const door = doorsOn(store, "member", place).find(({ main }) => main);
  const parts = () => [
    avatar(user, name, status),
    h("span", { class: "member-words" },
      h("span", { class: "member-line" }, named(name, color),
        owner && h("span", { class: "member-owner", "data-tip": "Owner" }, icon("crown"), h("span", { class: "unseen" }, ", owner")),
        user.bot && h("span", { class: "tag" }, "bot"), self && h("span", { class: "tag" }, "you")),
      says && h("span", { class: "member-says" }, says)),
    h("span", { class: "unseen" }, `, ${STATUS_WORDS[status]}`),
  ];
  return {
    key: user.id, height_px: PERSON_REM * rem_px,
    signature: [name, status, user.avatar, color, says, owner, self, door?.name].join("\n"),
    build: () => h("li", { "data-user-id": user.id, "data-status": status },
      door ? h("button", { type: "button", class: "member", "data-word": name }, ...parts())
        : h("span", { class: "member" }, ...parts())),
  };
}

/** @param {string} name @param {string | null} color */
function named(name, color) {
  const element = h("span", { class: "member-name" }, name);
  if (color) element.style.setProperty("--role", color);
  if (color) element.classList.add("colored");
  return element;
}
